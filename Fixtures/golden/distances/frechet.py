"""Golden Fréchet distances: python3 frechet.py > frechet.json   (numpy, scipy, mpmath)

  scipy     StyleGAN-V, pytorch-fid, cd-fvd: np.real(trace of scipy.linalg.sqrtm(S1 S2)), float64
  tfgan     TensorFlow-GAN `classifier_metrics.py`: symmetric root by SVD, singular values < 1e-10 kept, float64
  exact     eigenvalues of S1^(1/2) S2 S1^(1/2) in 60-digit arithmetic
"""
import json

import mpmath
import numpy as np
import scipy.linalg

from samples import features

mpmath.mp.dps = 60


def statistics(x, ddof):
    return x.mean(axis=0), np.atleast_2d(np.cov(x, rowvar=False, ddof=ddof))


def scipy_distance(a, b, ddof):
    (m1, s1), (m2, s2) = statistics(a, ddof), statistics(b, ddof)
    root = scipy.linalg.sqrtm(s1 @ s2)
    return float(np.real(np.sum((m1 - m2) ** 2) + np.trace(s1 + s2 - 2 * root)))


def tfgan_distance(a, b, ddof, eps=1e-10):
    def root(matrix):
        u, s, vt = np.linalg.svd(matrix)
        return u @ np.diag(np.where(s < eps, s, np.sqrt(s))) @ vt

    (m1, s1), (m2, s2) = statistics(a, ddof), statistics(b, ddof)
    half = root(s1)
    return float(np.sum((m1 - m2) ** 2) + np.trace(s1 + s2) - 2 * np.trace(root(half @ s2 @ half)))


def exact_distance(a, b, ddof):
    def stats(x):
        rows, columns = x.shape
        x = mpmath.matrix(x.tolist())
        mean = [mpmath.fsum(x[i, j] for i in range(rows)) / rows for j in range(columns)]
        centred = mpmath.matrix(rows, columns)
        for i in range(rows):
            for j in range(columns):
                centred[i, j] = x[i, j] - mean[j]
        return mean, centred.T * centred / (rows - ddof)

    (m1, s1), (m2, s2) = stats(a), stats(b)
    size = len(m1)
    values, vectors = mpmath.eigsy(s1)
    roots = mpmath.diag([mpmath.sqrt(max(v, 0)) for v in values])
    half = vectors * roots * vectors.T
    product = half * s2 * half
    cross = mpmath.eigsy((product + product.T) / 2, eigvals_only=True)
    trace = mpmath.fsum(mpmath.sqrt(max(v, 0)) for v in cross)
    mean = mpmath.fsum((p - q) ** 2 for p, q in zip(m1, m2))
    return float(mean + mpmath.fsum(s1[i, i] + s2[i, i] for i in range(size)) - 2 * trace)


cases = []
for name, n1, n2, columns, ddof, unit in [
    ("full rank", 120, 100, 24, 1, 64),
    ("full rank, ddof 0", 120, 100, 24, 0, 64),
    ("deficient", 8, 13, 24, 1, 64),
    ("deficient, ddof 0", 8, 13, 24, 0, 64),
    ("one set deficient", 120, 5, 24, 1, 64),
    ("small values: the epsilon rule acts", 120, 100, 24, 1, 2**24),
]:
    a, b = features(n1, columns, 1, 0, unit), features(n2, columns, 2, 50, unit)
    cases.append(
        {
            "name": name, "rows": [n1, n2], "columns": columns, "ddof": ddof, "unit": unit,
            "scipy": scipy_distance(a, b, ddof), "tfgan": tfgan_distance(a, b, ddof), "exact": exact_distance(a, b, ddof),
            "ranks": [int(np.linalg.matrix_rank(statistics(x, ddof)[1], hermitian=True)) for x in (a, b)],
        })
print(json.dumps({"numpy": np.__version__, "scipy": scipy.__version__, "cases": cases}, indent=1))
