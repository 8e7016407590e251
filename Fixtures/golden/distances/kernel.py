"""Golden kernel distances: python3 kernel.py > kernel.json   (numpy, scikit-learn, torch-fidelity, clean-fid)

  tats             TATS `tats/fvd/fvd.py` l.103-115 (LVDM has the same), float64
  torch_fidelity   `kid_features_to_metric`, and the distance of each of its subsets
  clean_fid        `kernel_distance` after `np.random.seed`
  float32          the same two of float32 features, as the packages run: their own rounding
  random_state     draws of numpy's RandomState
"""
import json

import cleanfid.fid
import numpy as np
import sklearn
import torch
import torch_fidelity
from sklearn.metrics.pairwise import polynomial_kernel
from torch_fidelity import metric_kid

from samples import features


def tats(a, b):
    m, n = a.shape[0], b.shape[0]
    k_aa, k_ab, k_bb = polynomial_kernel(a, a), polynomial_kernel(a, b), polynomial_kernel(b, b)
    k_aa = (k_aa.sum() - np.trace(k_aa)) / (m * (m - 1))
    k_bb = (k_bb.sum() - np.trace(k_bb)) / (n * (n - 1))
    return float(k_aa + k_bb - 2 * k_ab.mean())


def biased(a, b, **kernel):
    means = [polynomial_kernel(x, y, **kernel).mean() for x, y in [(a, a), (b, b), (a, b)]]
    return float(means[0] + means[1] - 2 * means[2])


def torch_fidelity_kid(a, b, subsets, size):
    options = dict(kid_subsets=subsets, kid_subset_size=size, verbose=False)
    out = metric_kid.kid_features_to_metric(torch.from_numpy(a), torch.from_numpy(b), **options)
    generator, values = np.random.RandomState(2020), []
    for _ in range(subsets):
        x = a[generator.choice(len(a), size, replace=False)]
        y = b[generator.choice(len(b), size, replace=False)]
        values.append(float(metric_kid.kernel_mmd(x, y)))
    mean, std = out["kernel_inception_distance_mean"], out["kernel_inception_distance_std"]
    return {"mean": mean, "std": std, "subsets": values}


def clean_fid_kid(a, b, subsets, size, seed):
    np.random.seed(seed)
    return cleanfid.fid.kernel_distance(a, b, num_subsets=subsets, max_subset_size=size)


# More rows than one tile of 512, and a part of one.
a, b = features(600, 24, 1), features(530, 24, 2, shift=20)
single_a, single_b = a.astype(np.float32), b.astype(np.float32)
generator = np.random.RandomState(2020)
print(json.dumps({
    "numpy": np.__version__, "sklearn": sklearn.__version__, "torch_fidelity": torch_fidelity.__version__,
    "rows": [600, 530], "columns": 24, "shift": 20, "unit": 256,
    "tats": tats(a, b),
    "biased_cubic": biased(a, b),
    "biased_degree_2_gamma_half_coef_3": biased(a, b, degree=2, gamma=0.5, coef0=3),
    "biased_degree_4": biased(a, b, degree=4),
    "biased_linear": biased(a, b, degree=1),
    "subsets": 20, "size": 100,
    "torch_fidelity_kid": torch_fidelity_kid(a, b, 20, 100),
    "clean_fid": {"seed": 7, "mean": clean_fid_kid(a, b, 20, 100, 7)},
    "clean_fid_all_rows": {"seed": 7, "subsets": 3, "mean": clean_fid_kid(a, b, 3, 1000, 7)},
    "float32": {"torch_fidelity": torch_fidelity_kid(single_a, single_b, 20, 100)["mean"],
                "clean_fid": clean_fid_kid(single_a, single_b, 20, 100, 7)},
    "random_state": {
        "words": [int(x) for x in np.random.RandomState(5489).randint(0, 2**32, 5, dtype=np.uint64)],
        "uniform": [float(generator.random_sample()) for _ in range(4)],
        "permutation": generator.permutation(12).tolist(),
        "choice": generator.choice(5000, 8, replace=False).tolist(),
        "after": [float(generator.random_sample()) for _ in range(2)],
    },
}, indent=1))
