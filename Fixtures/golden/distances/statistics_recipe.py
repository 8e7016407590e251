"""Golden distances of pytorch-fid and torch-fidelity: python3 statistics_recipe.py > statistics.json

  window         pytorch-fid's distance of statistics of fewer rows than columns to statistics of many
  full_rank      d = 400, N = 1000 a side: scipy's sqrtm (pytorch-fid), and torch-fidelity's eigenvalues of the product
  weighted       a resample with repeated rows against all rows, by scipy
"""
import json

import numpy as np
import scipy
from pytorch_fid.fid_score import calculate_frechet_distance
from torch_fidelity.metric_fid import fid_statistics_to_metric

from samples import features


def statistics(x):
    return np.mean(x, axis=0), np.cov(x, rowvar=False)


def pytorch_fid(a, b):
    return float(calculate_frechet_distance(*statistics(a), *statistics(b)))


def torch_fidelity(a, b):
    stats = [dict(zip(("mu", "sigma"), statistics(x))) for x in (a, b)]
    return fid_statistics_to_metric(*stats, verbose=False)["frechet_inception_distance"]


many, few = features(300, 40, 1), features(25, 40, 2, shift=30)
a, b = features(1000, 400, 3), features(1000, 400, 4, shift=3)
rows = [(7 * i * i + 3 * i) % 300 for i in range(300)]
print(json.dumps({
    "numpy": np.__version__, "scipy": scipy.__version__,
    "window": pytorch_fid(many, few),
    "full_rank": {"pytorch_fid": pytorch_fid(a, b), "torch_fidelity": torch_fidelity(a, b)},
    "weighted": pytorch_fid(many[rows], many),
}, indent=1))
