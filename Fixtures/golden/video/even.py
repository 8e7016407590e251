"""NumPy's evenly spread frames, as LFDM takes them: python3 even.py > even.json   (written with NumPy 2.4.6)

DM/datasets_mug.py l.284-287: np.linspace(0, T - 1, n, dtype=int); a video of fewer than n frames is taken whole, and its last
frame is repeated. Of the pairs, (46, 40), (91, 40), (170, 40) and (120, 50) have places whose exact value is a whole number
that NumPy's product falls short of.
"""
import json

import numpy as np

PAIRS = [(1, 1), (1, 5), (7, 1), (2, 2), (5, 9), (24, 16), (24, 40), (40, 40), (41, 40), (46, 40), (79, 40), (91, 40),
         (120, 50), (170, 40), (300, 40), (1000, 3)]


def even(length, count):
    if length < count:
        return list(range(length)) + [length - 1] * (count - length)
    return np.linspace(0, length - 1, count, dtype=int).tolist()


rows = [json.dumps({"length": t, "count": n, "frames": even(t, n)}) for t, n in PAIRS]
print("[\n" + ",\n".join(rows) + "\n]")
