"""Golden differences: python3 difference.py > difference.json   (numpy, scipy)

Each case holds the difference of two distances to one real set, its standard error and degrees of freedom, its 95 % interval and
the p of the exchange test, computed from their definitions:

  influences   of the Fréchet distance from the eigenvectors of both covariances (ddof 0), of the kernel distance row by row
  error        the infinitesimal jackknife over units (Efron 1982, chapter 6), n/(n - 1) times the sum of squares
  degrees      Satterthwaite 1946
  p            (1 + b) / (1 + permutations), orders drawn by Fisher and Yates from SplitMix64's streams
"""
import json

import numpy as np
import scipy
from scipy.stats import t

from samples import features

MASK = 2**64 - 1
STEP = 0x9E3779B97F4A7C15
PERMUTATIONS, SEED = 999, 5


def mixed(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Stream:
    def __init__(self, seed, stream):
        self.state = mixed((mixed(seed) + stream * STEP) & MASK)

    def next(self):
        self.state = (self.state + STEP) & MASK
        return mixed(self.state)

    def below(self, bound):
        if bound == 1:
            return 0
        mask = (1 << (bound - 1).bit_length()) - 1
        while True:
            value = self.next() & mask
            if value < bound:
                return value


def centred(values):
    return values - values.mean()


def frechet(x, y, ddof=0):
    """The distance, and the influences of the rows of x and y on it."""
    mean, other = x.mean(0), y.mean(0)
    a, b = np.cov(x.T, ddof=0), np.cov(y.T, ddof=0)
    scale_a, scale_b = len(x) / (len(x) - ddof), len(y) / (len(y) - ddof)
    values, vectors = np.linalg.eigh(a)
    half = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    squares, turn = np.linalg.eigh(half @ b @ half)
    roots = np.sqrt(np.maximum(squares, 0))
    kept = roots > 1e-7 * roots[-1]
    roots, turn = roots[kept], turn[:, kept]
    of_x = b @ half @ turn / roots**1.5
    of_y = half @ turn / np.sqrt(roots)
    apart = mean - other
    value = apart @ apart + scale_a * np.trace(a) + scale_b * np.trace(b) - 2 * np.sqrt(scale_a * scale_b) * roots.sum()

    def influence(rows, shift, lines):
        return centred((rows**2).sum(1) + 2 * rows @ shift - ((rows @ lines) ** 2).sum(1))

    return value, influence(x - mean, apart, of_x), influence(y - other, -apart, of_y)


def kernel(x, y):
    k = lambda p, q: (p @ q.T / p.shape[1] + 1) ** 3
    own = lambda p: (k(p, p).sum(1) - np.diag(k(p, p))) / (len(p) - 1)
    across = k(x, y)
    value = own(x).mean() + own(y).mean() - 2 * across.mean()
    return value, centred(2 * (own(x) - across.mean(1))), centred(2 * (own(y) - across.mean(0)))


def units(values, labels):
    names = sorted(set(labels))
    rows = {name: [v for v, label in zip(values, labels) if label == name] for name in names}
    return names, np.array([sum(rows[name]) for name in names]), np.array([len(rows[name]) for name in names])


def exchange(first, second, paired):
    sums, rows = np.concatenate([first[1], second[1]]), np.concatenate([first[2], second[2]])
    split = len(first[1])
    mean = lambda chosen: sums[chosen].sum() / rows[chosen].sum()
    statistic = lambda order: abs(mean(order[split:]) - mean(order[:split]))
    own = statistic(np.arange(len(sums)))
    threshold = own - 1e-9 * max(own, np.abs(sums).sum() / rows.sum())
    extreme = 0
    for permutation in range(PERMUTATIONS):
        stream, order = Stream(SEED, permutation), np.arange(len(sums))
        for place in range(split if paired else len(sums)):
            if paired:
                other = place + split if stream.next() >> 63 else place
            else:
                other = place + stream.below(len(sums) - place)
            order[[place, other]] = order[[other, place]]
        extreme += statistic(order) >= threshold
    return (1 + extreme) / (1 + PERMUTATIONS)


def difference(value, real, first, second, pooled, labels):
    real, a, b = units(real, labels[0]), units(first, labels[1]), units(second, labels[2])
    share = lambda unit: unit[1] / unit[2].sum()
    paired = a[0] == b[0]
    if not paired:
        parts = [-share(a), share(b)] + ([share(real)] if real[0] else [])
    elif real[0] == a[0]:
        parts = [share(b) - share(a) + share(real)]
    else:
        parts = [share(b) - share(a)] + ([share(real)] if real[0] else [])
    variances = [len(p) / (len(p) - 1) * (p**2).sum() for p in parts]
    error = np.sqrt(sum(variances))
    degrees = sum(variances) ** 2 / sum(v**2 / (len(p) - 1) for v, p in zip(variances, parts))
    reach = t.ppf(0.975, degrees) * error
    pool = [units(pooled[: len(first)], labels[1]), units(pooled[len(first) :], labels[2])]
    return dict(
        value=value, standard_error=error, degrees=degrees, lower=value - reach, upper=value + reach,
        p=exchange(*pool, paired))


def case(measure, rows, columns, each, prefixes):
    """Sets of those numbers of rows, `each` rows a unit, with labels of those prefixes."""
    real = features(rows[0], columns, 1)
    a, b = features(rows[1], columns, 2, shift=40), features(rows[2], columns, 3, shift=70, unit=224)
    b = b.astype(np.float32).astype(np.float64)
    labels = [[f"{prefix}{row // each}" for row in range(count)] for prefix, count in zip(prefixes, rows)]
    of = dict(frechet=lambda x, y: frechet(x, y, ddof=1), kernel=kernel)[measure]
    first, second = of(real, a), of(real, b)
    pooled = of(real, np.vstack([a, b]))[2]
    found = difference(second[0] - first[0], second[1] - first[1], first[2], second[2], pooled, labels)
    return dict(measure=measure, rows=rows, columns=columns, each=each, prefixes=prefixes) | found


cases = [
    case("frechet", [40, 30, 30], 6, 2, "rab"),
    case("frechet", [40, 30, 30], 6, 3, "rvv"),
    case("frechet", [30, 30, 30], 6, 1, "vvv"),
    case("frechet", [14, 12, 12], 20, 1, "rab"),
    case("frechet", [60, 8, 8], 10, 1, "rab"),
    case("frechet", [9, 30, 30], 10, 1, "rab"),
    case("kernel", [20, 16, 18], 5, 1, "rab"),
    case("kernel", [20, 16, 16], 5, 2, "rvv"),
]
print(json.dumps(dict(numpy=np.__version__, scipy=scipy.__version__, permutations=PERMUTATIONS, seed=SEED, cases=cases), indent=1))
