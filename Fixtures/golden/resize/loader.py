"""Golden bytes of published programs' loaders: python3 loader.py > loader.json   (numpy, torch 2.5.1 CPU, torchvision 0.20.1)

Frames are those of resize.py. A loader turns bytes into floats, resizes the short side, cuts out the centre and truncates to
bytes, on two threads: on one, PyTorch's bilinear resize of frames whose colours lie side by side rounds otherwise in a few
places, and a few bytes of `VideoGPT` become others by one. Each case keeps a hash of all bytes (FNV-1a, 32 bits) and every `step`-th byte, row-major.
  VideoGPT             videogpt/data.py preprocess and scripts/compute_fvd.py eval_fvd; TATS has the same
  LVDM                 lvdm/data/frame_dataset.py and scripts/eval_cal_fvd_kvd.py run, Resize as in torchvision 0.10: no antialiasing
  LVDM, antialiased    the same with torchvision from 0.17 on
  cd-fvd               cdfvd/utils/data_utils.py preprocess and cdfvd/fvd.py compute_real_stats
"""
import json
import math
import sys
import types

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
import torchvision.transforms as transforms

# resize.py imports packages that are not needed here.
for missing in ("cleanfid", "cleanfid.resize", "torch_fidelity", "torch_fidelity.interpolate_compat_tensorflow"):
    sys.modules.setdefault(missing, types.ModuleType(missing))
sys.modules["torch_fidelity.interpolate_compat_tensorflow"].interpolate_bilinear_2d_like_tensorflow1x = None
from resize import frame, short_side  # noqa: E402


def unit(x):
    """[T, H, W, C] bytes to [T, C, H, W] floats, with the strides that the programs' tensors have."""
    return torch.from_numpy(x[None]).permute(0, 3, 1, 2).float() / 255.0


def videogpt(x, resolution):
    real = short_side(unit(x), resolution).permute(1, 0, 2, 3).contiguous()
    real -= 0.5
    real = (real + 0.5).permute(1, 2, 3, 0).numpy()
    return (real * 255).astype("uint8")[0]


def lvdm(x, resolution, antialias=False):
    to_tensor = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
    clip = to_tensor(x)[:, None]
    clip = transforms.Resize(resolution, antialias=antialias)(clip)
    top, left = (int(round((side - resolution) / 2.0)) for side in clip.shape[-2:])
    clip = clip[..., top : top + resolution, left : left + resolution]
    return ((clip + 1) * 255 / 2).int().numpy().transpose(1, 2, 3, 0)[0].astype(np.uint8)


def cdfvd(x, resolution):
    return (short_side(unit(x), resolution, antialias=True) * 255).byte().numpy().transpose(0, 2, 3, 1)[0]


LOADERS = {
    "VideoGPT": videogpt,
    "LVDM": lvdm,
    "LVDM, antialiased": lambda x, resolution: lvdm(x, resolution, antialias=True),
    "cd-fvd": cdfvd,
}


def fnv1a(values):
    result = 0x811C9DC5
    for value in values.tolist():
        result = ((result ^ value) * 0x01000193) % 2**32
    return result


if __name__ == "__main__":
    cases = []
    for loader, compute in LOADERS.items():
        for height, width, resolution in [
            (160, 212, 128), (97, 131, 64), (240, 135, 64), (72, 128, 64), (48, 48, 48), (40, 64, 96), (61, 30, 45),
        ]:
            values = compute(frame(height, width, height + width), resolution).reshape(-1)
            step = max(values.size // 41, 1)
            cases.append({
                "loader": loader, "height": height, "width": width, "resolution": resolution,
                "fnv1a": fnv1a(values), "step": step, "values": values[::step].tolist()})
    print(json.dumps({"torch": torch.__version__, "torchvision": torchvision.__version__, "cases": cases}))
