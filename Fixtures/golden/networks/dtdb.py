#!/usr/bin/env python3
"""The reference for DT-FVD's network: I3D as trained on DTDB (18 classes), in PyTorch, float32, on the CPU.

    python3 -m pip install numpy torch
    python3 dtdb.py --golden dtdb.json            # writes the golden features of the parity test
    python3 dtdb.py --checkpoint I3D_16.pth.tar   # the made-up weights in the layout of the published files

Dorkenwald et al., "Stochastic Image-to-Video Synthesis using cINNs" (CVPR 2021), publish I3D_16.pth.tar and
I3D_32.pth.tar, which are in no package index. The network is that of metrics/DTFVD of their repository: kinetics-i3d's
layers, "SAME" padding with zeros (the odd cell behind) of convolutions and max pools, batch norm with a trained scale
and epsilon 1e-5; a clip's feature is Mixed_5c behind an average pool of [2,7,7] for 16 frames, [4,7,7] for 32.

Weights: of tensor `name` (canonical: kernels kT,kH,kW,Cin,Cout), element i, flat, has u = mix(fnv1a(name) + i) / 2^24 in
[0, 1), where mix is the finaliser of MurmurHash3 and its low 8 bits are dropped. Kernels are (2u - 1) sqrt(6 / inputs of
a sum), gamma and moving_variance u + 1/2, beta and moving_mean (u - 1/2) / 2.
The head has weights in the checkpoint only; features do not depend on it.

Input: uint8 [T,224,224,3] from the stream ((i * 1103515245 + 12345) mod 2^32 >> 16) & 255, where i is the flat index,
scaled 2x/255 - 1.
"""
import argparse
import json

import numpy as np
import torch
from torch import nn
from torch.nn import functional

# Name, then either the channels in and out, kernel and stride of a convolution, or the kernel and stride of a pool, or
# the channels in and those of the six convolutions of a Mixed block.
LAYERS = [
    ("Conv3d_1a_7x7", "unit", 3, 64, 7, 2),
    ("MaxPool3d_2a_3x3", "pool", (1, 3, 3), (1, 2, 2)),
    ("Conv3d_2b_1x1", "unit", 64, 64, 1, 1),
    ("Conv3d_2c_3x3", "unit", 64, 192, 3, 1),
    ("MaxPool3d_3a_3x3", "pool", (1, 3, 3), (1, 2, 2)),
    ("Mixed_3b", "mixed", 192, 64, 96, 128, 16, 32, 32),
    ("Mixed_3c", "mixed", 256, 128, 128, 192, 32, 96, 64),
    ("MaxPool3d_4a_3x3", "pool", (3, 3, 3), (2, 2, 2)),
    ("Mixed_4b", "mixed", 480, 192, 96, 208, 16, 48, 64),
    ("Mixed_4c", "mixed", 512, 160, 112, 224, 24, 64, 64),
    ("Mixed_4d", "mixed", 512, 128, 128, 256, 24, 64, 64),
    ("Mixed_4e", "mixed", 512, 112, 144, 288, 32, 64, 64),
    ("Mixed_4f", "mixed", 528, 256, 160, 320, 32, 128, 128),
    ("MaxPool3d_5a_2x2", "pool", (2, 2, 2), (2, 2, 2)),
    ("Mixed_5b", "mixed", 832, 256, 160, 320, 32, 128, 128),
    ("Mixed_5c", "mixed", 832, 384, 192, 384, 48, 128, 128),
]
# The names of a Mixed block's convolutions in the checkpoint, and what this project calls them.
BRANCHES = {
    "b0": "Branch_0/Conv3d_0a_1x1",
    "b1a": "Branch_1/Conv3d_0a_1x1",
    "b1b": "Branch_1/Conv3d_0b_3x3",
    "b2a": "Branch_2/Conv3d_0a_1x1",
    "b2b": "Branch_2/Conv3d_0b_3x3",
    "b3b": "Branch_3/Conv3d_0b_1x1",
}
CLASSES = 18


def padded(x, kernel, stride):
    pads = []
    for size, k, s in zip(x.shape[:1:-1], kernel[::-1], stride[::-1]):
        total = max((-(-size // s) - 1) * s + k - size, 0)
        pads += [total // 2, total - total // 2]
    return functional.pad(x, pads)


class Unit(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        self.conv3d = nn.Conv3d(inputs, outputs, kernel, stride, bias=False)
        self.bn = nn.BatchNorm3d(outputs, eps=1e-5)

    def forward(self, x):
        return self.bn(self.conv3d(padded(x, self.conv3d.kernel_size, self.conv3d.stride))).relu()


class Pool(nn.Module):
    def __init__(self, kernel, stride):
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x):
        return functional.max_pool3d(padded(x, self.kernel, self.stride), self.kernel, self.stride)


class Mixed(nn.Module):
    def __init__(self, inputs, c0, c1a, c1b, c2a, c2b, c3):
        super().__init__()
        self.b0 = Unit(inputs, c0, 1)
        self.b1a, self.b1b = Unit(inputs, c1a, 1), Unit(c1a, c1b, 3)
        self.b2a, self.b2b = Unit(inputs, c2a, 1), Unit(c2a, c2b, 3)
        self.pool, self.b3b = Pool((3, 3, 3), (1, 1, 1)), Unit(inputs, c3, 1)

    def forward(self, x):
        branches = [self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.pool(x))]
        return torch.cat(branches, dim=1)


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv3d = nn.Conv3d(1024, CLASSES, 1)


class DTI3D(nn.Module):
    def __init__(self):
        super().__init__()
        kinds = {"unit": Unit, "pool": Pool, "mixed": Mixed}
        for name, kind, *sizes in LAYERS:
            self.add_module(name, kinds[kind](*sizes))
        self.logits = Head()
        self.load_state_dict({key: made_up(key, value) for key, value in self.state_dict().items()})
        self.eval()

    def forward(self, x):
        for name, *_ in LAYERS:
            x = self.get_submodule(name)(x)
        frames = {2: 2, 4: 4}[x.shape[2]]
        return functional.avg_pool3d(x, (frames, 7, 7), 1).flatten()


def canonical(key):
    """`Mixed_3b.b1a.bn.weight` is `Mixed_3b/Branch_1/Conv3d_0a_1x1/gamma` here."""
    *units, kind, leaf = key.split(".")
    parts = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
    if kind == "conv3d":
        parts = {"weight": "kernel", "bias": "bias"}
    unit = "/".join(BRANCHES.get(u, u) for u in units)
    return ("Logits/Conv3d_0c_1x1" if unit == "logits" else unit) + "/" + parts[leaf]


def uniform(name, count):
    """`count` numbers of [0, 1) with 24 bits, float64."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    x = np.arange(count, dtype=np.uint32) + np.uint32(h)
    x = (x ^ x >> np.uint32(16)) * np.uint32(0x85EBCA6B)
    x = (x ^ x >> np.uint32(13)) * np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float64) / 2**24


def made_up(key, like):
    if key.endswith("num_batches_tracked"):
        return torch.tensor(1)
    name = canonical(key)
    part = name.rsplit("/", 1)[1]
    u = uniform(name, like.numel())
    if part == "kernel":
        inputs = like[0].numel()
        values = ((2 * u - 1) * np.sqrt(6 / inputs)).astype(np.float32)
        outputs, channels, *sides = like.shape
        return torch.from_numpy(values.reshape(*sides, channels, outputs)).permute(4, 3, 0, 1, 2).contiguous()
    values = u + 0.5 if part in ("gamma", "moving_variance") else (u - 0.5) / 2
    return torch.from_numpy(values.astype(np.float32))


def clip(frames):
    i = np.arange(frames * 224 * 224 * 3, dtype=np.uint64)
    stream = ((((i * 1103515245 + 12345) & 0xFFFFFFFF) >> 16) & 255).astype(np.float32)
    return torch.tensor((stream * (2 / 255) - 1).reshape(1, frames, 224, 224, 3)).permute(0, 4, 1, 2, 3).contiguous()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--golden")
    arguments.add_argument("--checkpoint")
    arguments.add_argument("--threads", type=int, default=2)
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    net = DTI3D()
    if arguments.checkpoint:
        torch.save({"epoch": 1, "state_dict": net.state_dict()}, arguments.checkpoint)
    if arguments.golden:
        with torch.inference_mode():
            features = {str(t): [float(f"{v:.7g}") for v in net(clip(t)).tolist()] for t in (16, 32)}
        golden = {"made_with": f"dtdb.py beside this file, torch {torch.__version__}, float32, CPU", "features": features}
        with open(arguments.golden, "w") as file:
            json.dump(golden, file, separators=(",", ":"))
            file.write("\n")


main()
