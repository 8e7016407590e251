"""Distances of given features as published programs compute them where they differ from vidmetrics in arithmetic. Needs NumPy."""
import numpy as np


def root32(matrix):
    """The square root by singular values, of which those below 1e-10 are not rooted."""
    u, s, vt = np.linalg.svd(matrix)
    return (u * np.where(s < np.float32(1e-10), s, np.sqrt(s))) @ vt


def fvd_single(a, b):
    """FVD in float32, as videogpt/fvd/fvd.py l.18-60, tats/fvd/fvd.py and LVDM's fvd_utils.py"""
    a, b = a.astype(np.float32), b.astype(np.float32)
    x, y = a - a.mean(0), b - b.mean(0)
    s, t = x.T @ x * np.float32(1 / (len(x) - 1)), y.T @ y * np.float32(1 / (len(y) - 1))
    root = root32(s)
    return float(np.trace(s + t) - 2 * np.trace(root32(root @ (t @ root))) + np.sum((a.mean(0) - b.mean(0)) ** 2))


def unbiased(xx, yy, xy):
    m, n = xy.shape
    return float((xx.sum() - np.trace(xx)) / (m * (m - 1)) + (yy.sum() - np.trace(yy)) / (n * (n - 1)) - 2 * xy.sum() / (m * n))


def mmd_single(a, b):
    """MMD in float32, as tats/fvd/fvd.py l.103-115 and torchmetrics/image/kid.py l.34-68"""
    a, b = a.astype(np.float32), b.astype(np.float32)
    kernel = lambda p, q: (p @ q.T * np.float32(1 / p.shape[1]) + np.float32(1)) ** 3
    return unbiased(kernel(a, a), kernel(b, b), kernel(a, b))


def fid_eigenvalues(a, b):
    """FID by the roots of the eigenvalues of the product, as torchmetrics/image/fid.py l.190-194"""
    a, b = a.astype(np.float64), b.astype(np.float64)
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    roots = np.sqrt(np.linalg.eigvals(s @ t).astype(complex)).real.sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * roots)


def fvd_sqrtm(a, b):
    """FVD by SciPy's sqrtm of the product, divisor N, as stylegan-v/src/metrics/frechet_video_distance.py l.54-56"""
    import scipy.linalg

    a, b = a.astype(np.float64), b.astype(np.float64)
    s, t = np.cov(a, rowvar=False, ddof=0), np.cov(b, rowvar=False, ddof=0)
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s + t) - 2 * np.trace(scipy.linalg.sqrtm(t @ s)).real)
