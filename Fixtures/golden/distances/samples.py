"""Features for the recipes: integers over a power of two from a linear congruential generator, so that the tests make
the same bits."""
import numpy as np


def features(rows, columns, seed, shift=0, unit=256):
    state, values = seed, []
    for index in range(rows * columns):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        fresh = (state >> 33) % 2001 - 1000
        previous = values[-1] if index % columns else 0
        values.append(previous // 2 + fresh // (1 + index % columns % 5) + shift)
    return (np.array(values, dtype=np.float64) / unit).reshape(rows, columns)
