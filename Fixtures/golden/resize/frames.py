"""The made-up frames of resize.py and torchvision_resize.py."""
import numpy as np


def frame(height, width, seed):
    state, values, previous = seed, [], 128
    for _ in range(height * width * 3):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        previous = (3 * previous + (state >> 40) % 256) // 4 if state >> 60 else (state >> 40) % 256
        values.append(previous)
    return np.array(values, dtype=np.uint8).reshape(height, width, 3)
