#!/usr/bin/env python3
"""Writes the files of features beside it as other programs do. NumPy 2.4, safetensors 0.8.

    python3 recipe.py

Statistics: `mu` and `sigma` of five rows of three small integers, as pytorch-fid's `save_fid_stats` and clean-fid write
them (`np.savez_compressed`), and stored, in Fortran order, and in float32.
Sets: the same rows as .npy, and as a safetensors file without this project's fields.
"""
import os

import numpy as np
from safetensors.numpy import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = np.array([[1, 2, 3], [2, 4, 1], [0, -2, 5], [7, 1, 1], [0, 0, -10]], np.float32)


def path(name):
    return os.path.join(HERE, name)


mu, sigma = np.mean(ROWS.astype(np.float64), axis=0), np.cov(ROWS.astype(np.float64), rowvar=False)
np.savez_compressed(path("compressed.npz"), mu=mu, sigma=sigma)
np.savez(path("fortran.npz"), mu=mu, sigma=np.asfortranarray(sigma))
np.savez(path("float32.npz"), mu=mu.astype(np.float32), sigma=sigma.astype(np.float32))
np.save(path("rows.npy"), ROWS)
np.save(path("fortran.npy"), np.asfortranarray(ROWS.astype(np.float64)))
save_file({"features": ROWS}, path("foreign.safetensors"))
save_file({"features": ROWS.astype(np.float64)}, path("float64.safetensors"))
