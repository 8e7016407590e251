"""Golden PSNR and SSIM: python3 pixels.py > pixels.json   (numpy, scipy)

From the definitions, as common_metrics_on_video_quality has them (`calculate_psnr.py`, `calculate_ssim.py`): the
Gaussian of 11 taps with sigma 1.5 in both directions, only where it fits. Pixels are integers over 255 in float32 from
a linear congruential generator.
"""
import json
import math

import numpy as np
import scipy
from scipy.signal import convolve2d


def levels(frames, height, width, seed):
    state, values = seed, []
    for index in range(frames * height * width * 3):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append(((state >> 33) % 256 + index // 3 % width * 3) % 256)
    return np.array(values).reshape(frames, height, width, 3)


def clip(levels):
    return levels.astype(np.float32) / np.float32(255)


def psnr(a, b):
    mse = np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2)
    return 100.0 if mse < 1e-10 else 20 * math.log10(1 / math.sqrt(mse))


def ssim(a, b):
    taps = np.exp(-((np.arange(11) - 5.0) ** 2) / (2 * 1.5**2))
    taps /= taps.sum()
    window = np.outer(taps, taps)

    def mean(x):
        return convolve2d(x, window, mode="valid")

    values = []
    for channel in range(3):
        x, y = a[..., channel].astype(np.float64), b[..., channel].astype(np.float64)
        mx, my = mean(x), mean(y)
        vx, vy, cov = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
        c1, c2 = 0.01**2, 0.03**2
        values.append((((2 * mx * my + c1) * (2 * cov + c2)) / ((mx**2 + my**2 + c1) * (vx + vy + c2))).mean())
    return float(np.mean(values))


frames, height, width = 2, 23, 31
first, second = levels(frames, height, width, 1), levels(frames, height, width, 2)
a, b, near = clip(first), clip(second), clip((9 * first + second) // 10)
grey = a.astype(np.float64) * 255
flickering = (255 - np.mean([np.abs(x - y).mean() for x, y in zip(grey, grey[1:])])) / 255
print(json.dumps({
    "numpy": np.__version__, "scipy": scipy.__version__, "frames": frames, "height": height, "width": width,
    "psnr": [psnr(x, y) for x, y in zip(a, b)], "ssim": [ssim(x, y) for x, y in zip(a, b)],
    "near_psnr": [psnr(x, y) for x, y in zip(near, a)], "near_ssim": [ssim(x, y) for x, y in zip(near, a)],
    "flickering": float(flickering),
}, indent=1))
