#!/usr/bin/env python3
"""Golden values of LPIPS by the package lpips 0.1.4, with weights that the formula below makes.

    python3 -m pip install lpips==0.1.4 torch torchvision
    python3 recipe.py lpips.json

Value i of a tensor is 2u - 1, u the upper 24 bits of a hash of i and the tensor's name (`uniform`, also in
Tests/ParityTests/LPIPSParityTests.swift), times sqrt(6 / inputs) for a kernel, so that a rectified sum is as large as what
goes in, and 0.1 for a bias; of a head 2u, weights are not negative. Frames are bytes, 255 u, over 255.
"""

import copy
import json
import sys

import lpips
import numpy as np
import torch
import torchvision

SIZES = [(31, 31), (64, 64), (65, 97), (160, 256)]
LAYERS = [(11, 3, 64), (5, 64, 192), (3, 192, 384), (3, 384, 256), (3, 256, 256)]


def uniform(name, count):
    start = 0x811C9DC5
    for byte in name.encode():
        start = ((start ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = (np.arange(count, dtype=np.uint64) + start) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    x ^= x >> 16
    return (x >> 8).astype(np.float64) * 2.0**-24


def network():
    # The package asks torchvision for trained weights; it gets none.
    alexnet = torchvision.models.alexnet
    torchvision.models.alexnet = lambda pretrained=False: alexnet(weights=None)
    model = lpips.LPIPS(net="alex", version="0.1", pretrained=False, verbose=False)
    slices = [model.net.slice1, model.net.slice2, model.net.slice3, model.net.slice4, model.net.slice5]
    for index, ((side, inputs, outputs), part, head) in enumerate(zip(LAYERS, slices, model.lins), start=1):
        convolution = next(module for module in part if isinstance(module, torch.nn.Conv2d))
        kernel = (2 * uniform(f"conv_{index}/kernel", side * side * inputs * outputs) - 1) * np.sqrt(6 / (side * side * inputs))
        kernel = kernel.reshape(side, side, inputs, outputs).transpose(3, 2, 0, 1)
        bias = (2 * uniform(f"conv_{index}/bias", outputs) - 1) * 0.1
        convolution.weight.data = torch.tensor(kernel.astype(np.float32)).contiguous()
        convolution.bias.data = torch.tensor(bias.astype(np.float32))
        weights = (2 * uniform(f"head_{index}/kernel", outputs)).astype(np.float32)
        head.model[1].weight.data = torch.tensor(weights).reshape(1, outputs, 1, 1)
    return model.eval()


def frame(name, height, width):
    values = np.floor(255 * uniform(f"{name} {height}x{width}", height * width * 3))
    return torch.tensor((values.astype(np.float32) / 255).reshape(height, width, 3)).permute(2, 0, 1)[None].contiguous()


def main():
    model = network()
    double = copy.deepcopy(model).double()
    golden = {}
    with torch.inference_mode():
        for height, width in SIZES:
            a, b = frame("a", height, width), frame("b", height, width)
            black = torch.zeros_like(a)
            values = {}
            for key, (one, other) in {"a b": (a, b), "a black": (a, black), "black white": (black, black + 1)}.items():
                value = model(one, other, normalize=True).item()
                exact = double(one.double(), other.double(), normalize=True).item()
                values[key] = exact
                print(height, width, key, value, exact, f"float32 differs by {abs(value / exact - 1):.1e}")
            golden[f"{height}x{width}"] = values
    with open(sys.argv[1], "w") as file:
        made_with = f"lpips 0.1.4, torch {torch.__version__}, float64"
        json.dump({"made_with": made_with, "distances": golden}, file, indent=1)
        file.write("\n")


main()
