"""Golden resizes: python3 resize.py > resize.json   (numpy, torch CPU, pillow<13, clean-fid, torch-fidelity)

Frames are bytes from a linear congruential generator, which the test repeats. Each case keeps every `step`-th value of the
result in the network's range, row-major, computed in the order of its reference:
  half-pixel, TATS         F.interpolate on 0..255, then 2x/255 - 1
  tf1                      TensorFlow 1 `resize_bilinear` (legacy corners) in NumPy float32, then 2x/255 - 1
  align-corners            x/255 * 2 - 1, then F.interpolate(align_corners=True)
  antialias                F.interpolate(antialias=True) on 0..255, then 2x/255 - 1
  short side: VideoGPT     x/255, short side by F.interpolate, centre crop, (x - 0.5) * 2; common_metrics the same
  loader: cd-fvd           x/255, antialiased short side, centre crop, (x * 255).byte(), then TATS
  half-pixel: pytorch-fid  x/255, F.interpolate, 2x - 1, as in its InceptionV3.forward
  tf1: torch-fidelity      its own interpolate_compat_tensorflow.py on 0..255, then (x - 128)/128
  PIL bicubic: clean-fid   its own resize.py (Pillow, mode F, clipped) on 0..255, then (x - 128)/128
  2:1, PIL bicubic         the middle of aspect 2:1 (256x128 of 256x160), then as clean-fid
"""
import json
import math

import cleanfid.resize
import numpy as np
import PIL
import torch
import torch.nn.functional as F
from frames import frame
from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x


def nchw(x):
    return torch.from_numpy(x).permute(2, 0, 1)[None].float()


def hwc(x):
    return x[0].permute(1, 2, 0).numpy()


def stretch(x, size, **options):
    return F.interpolate(x, size=(size, size), mode="bilinear", **options)


def tats(x, size):
    return 2.0 * stretch(x, size, align_corners=False) / 255.0 - 1


def short_side(x, size, antialias=False):
    h, w = x.shape[-2:]
    scale = size / min(h, w)
    target = (size, math.ceil(w * scale)) if h < w else (math.ceil(h * scale), size)
    x = F.interpolate(x, size=target, mode="bilinear", align_corners=False, antialias=antialias)
    top, left = (x.shape[-2] - size) // 2, (x.shape[-1] - size) // 2
    return x[..., top : top + size, left : left + size]


def tf1(x, size):
    one = np.float32(1)

    def axis(length):
        source = np.arange(size, dtype=np.float32) * (np.float32(length) / np.float32(size))
        low = np.floor(source).astype(np.int64)
        return low, np.minimum(low + 1, length - 1), (source - low.astype(np.float32)) * one

    image = x.astype(np.float32)
    y0, y1, fy = axis(image.shape[0])
    x0, x1, fx = axis(image.shape[1])
    fx, fy = fx[None, :, None], fy[:, None, None]
    top = image[y0][:, x0] + (image[y0][:, x1] - image[y0][:, x0]) * fx
    bottom = image[y1][:, x0] + (image[y1][:, x1] - image[y1][:, x0]) * fx
    return np.float32(2) * (top + (bottom - top) * fy) / np.float32(255) - one


def cdfvd(x, size, resolution):
    square = short_side(nchw(x) / 255.0, resolution, antialias=True)
    return tats((square * 255).byte().float(), size)


def by_torch_fidelity(x, size):
    return (interpolate_bilinear_2d_like_tensorflow1x(nchw(x), size=(size, size), align_corners=False) - 128) / 128


def by_clean_fid(x, size):
    resized = cleanfid.resize.make_resizer("PIL", False, "bicubic", (size, size))(x)
    return (resized - np.float32(128)) / np.float32(128)


def two_to_one(x):
    height, width = x.shape[:2]
    kept_height, kept_width = min(height, width // 2), min(width, 2 * height)
    top, left = (height - kept_height) // 2, (width - kept_width) // 2
    return x[top : top + kept_height, left : left + kept_width]


METHODS = {
    "half-pixel": lambda x, n: hwc(tats(nchw(x), n)),
    "tf1": tf1,
    "align-corners": lambda x, n: hwc(stretch(nchw(x) / 255.0 * 2 - 1, n, align_corners=True)),
    "antialias": lambda x, n: hwc(2 * stretch(nchw(x), n, align_corners=False, antialias=True) / 255 - 1),
    "short side: VideoGPT": lambda x, n: hwc((short_side(nchw(x) / 255.0, n) - 0.5) * 2),
    "loader 16: cd-fvd": lambda x, n: hwc(cdfvd(x, n, 16)),
    "loader 128: cd-fvd": lambda x, n: hwc(cdfvd(x, n, 128)),
    "half-pixel: pytorch-fid": lambda x, n: hwc(2 * stretch(nchw(x) / 255.0, n, align_corners=False) - 1),
    "tf1: torch-fidelity": lambda x, n: hwc(by_torch_fidelity(x, n)),
    "PIL bicubic: clean-fid": by_clean_fid,
    "2:1, PIL bicubic": lambda x, n: by_clean_fid(two_to_one(x), n),
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    cases = []
    for method, compute in METHODS.items():
        sizes = [(48, 64, 224), (37, 23, 28), (30, 60, 224), (240, 320, 224), (28, 28, 28), (1, 3, 5)]
        if "fid" in method or "2:1" in method:
            sizes += [(160, 256, 299), (299, 299, 299), (40, 299, 299), (540, 31, 30)]
        for height, width, size in sizes:
            if method.startswith("loader 16") and height * width > 4000:
                continue
            if method.startswith("loader 128") and height * width < 1000:
                continue
            values = compute(frame(height, width, height + width), size).reshape(-1)
            step = max(values.size // 41, 1)
            cases.append(
                {
                    "method": method, "height": height, "width": width, "size": size, "step": step,
                    "mean": float(values.astype(np.float64).mean()),
                    "values": [float(np.format_float_positional(v, unique=True)) for v in values[::step]],
                })
    versions = {"torch": torch.__version__, "numpy": np.__version__, "pillow": PIL.__version__}
    print(json.dumps({**versions, "cases": cases}))
