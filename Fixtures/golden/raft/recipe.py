#!/usr/bin/env python3
"""The reference for RAFT and VBench's dynamic degree: the published code on made-up weights in the published layout.

    python3 -m pip install torch numpy opencv-python easydict scipy decord
    git clone https://github.com/Vchitect/VBench VBENCH                  # commit 45e79ec
    python3 recipe.py golden --vbench VBENCH                             # writes raft.json beside this file
    python3 recipe.py weights FILE --vbench VBENCH                       # the same weights as raft-things.pth (21 MB)
    python3 recipe.py videos PROGRAM VIDEO... --vbench VBENCH            # dynamic degree of video files by both

What is run is RAFT of vbench/third_party/RAFT and `DynamicDegree` of vbench/dynamic_degree.py; nothing of them is copied here.

Number i of a tensor is a hash of i and of the tensor's published name (`uniform`, also in Tests/ParityTests/MadeUpNumbers.swift):
a kernel 2u - 1 times sqrt(3 / inputs) times a gain, a bias 0.2 u - 0.1; of batch normalisation a factor 0.8 + 0.4 u, an offset and
a mean 0.2 u - 0.1, a variance 0.5 + u. The gains keep flows between 0.5 and 30 pixels. Frames are squares of 8x8 pixels in
random colours that move to the right, as in ../vbench/recipe.py.

raft.json: `colours`, what flow_viz.py makes of a made-up flow, [H][W][3]; `flows`, each of a pair of frames of `size`, padded by InputPadder, after `iterations`: `first`, `step` and the values
first, first + step, ... of [H][W][2] of the padded flow. `dynamics`: of clips [T, H, W] and a frame rate, what DynamicDegree finds, and the mean of the largest
lengths for each pair of frames that it takes; `still`: the same of a clip that stands. `tiny`: whether the published program's flow of small frames is a number.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import types

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
# Height, width, iterations.
FLOWS = [(128, 128, 1), (128, 128, 20), (121, 150, 1), (137, 141, 20), (176, 256, 20)]
# Frames, height, width, frames a second: rates that Python rounds down and up, and clips of two and three frames that are taken.
CLIPS = [(4, 128, 136, 8.0), (9, 121, 150, 20.0), (7, 130, 128, 12.0), (6, 128, 128, 24.0)]
# A clip whose frames are all its first, by weights whose flow head is so much smaller: flows too short to count.
STILL = (9, 128, 136, 8.0, 0.02)
GAINS = {"update_block.flow_head.conv2": 0.11, "update_block.mask.2": 2.0}


def uniform(name, count):
    start = 0x811C9DC5
    for byte in name.encode():
        start = ((start ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = (np.arange(count, dtype=np.uint64) + start) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    x ^= x >> 16
    return (x >> 8).astype(np.float64) * 2.0**-24


def made_up(name, shape):
    values = uniform(name, math.prod(shape))
    layer, part = name.rsplit(".", 1)
    if len(shape) == 4:
        values = (2 * values - 1) * math.sqrt(3 / math.prod(shape[1:])) * GAINS.get(layer, 1.4)
    elif part == "running_var":
        values = 0.5 + values
    elif part == "weight":
        values = 0.8 + 0.4 * values
    else:
        values = 0.2 * values - 0.1
    return torch.tensor(values.astype(np.float32)).reshape(shape)


def mix(v):
    v = np.asarray(v, dtype=np.uint64) & np.uint64(0xFFFFFFFF)
    for shift, factor in [(16, 0x85EBCA6B), (13, 0xC2B2AE35)]:
        v = ((v ^ (v >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    return v ^ (v >> np.uint64(16))


def clip(number, frames, height, width):
    """[T][H][W][3] uint8, as in ../vbench/recipe.py."""
    t, y, x, c = np.meshgrid(np.arange(frames), np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    coarse = mix(((number * 4096 + y // 8) * 4096 + (x + 2 * t) // 8) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    fine = mix((((number * 64 + t + 1000) * 4096 + y) * 4096 + x) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    return ((coarse * np.uint64(7) + fine) // np.uint64(8)).astype(np.uint8)


class Reference:
    def __init__(self, vbench, weights):
        sys.path.insert(0, str(vbench))
        from easydict import EasyDict
        from vbench import dynamic_degree

        self.module = dynamic_degree
        network = dynamic_degree.RAFT(EasyDict(small=False, mixed_precision=False, alternate_corr=False))
        state = {}
        for name, tensor in network.state_dict().items():
            # The third norm of a block is one module under two names.
            own = name.replace("norm3.", "downsample.1.")
            state["module." + name] = tensor if name.endswith("num_batches_tracked") else made_up(own, tuple(tensor.shape))
        torch.save(state, weights)
        arguments = EasyDict(model=str(weights), small=False, mixed_precision=False, alternate_corr=False)
        self.dynamic = dynamic_degree.DynamicDegree(arguments, "cpu")

    @torch.no_grad()
    def flow(self, number, height, width, iterations):
        frames = [torch.from_numpy(f).permute(2, 0, 1).float()[None] for f in clip(number, 2, height, width)]
        padder = self.module.InputPadder(frames[0].shape)
        return self.dynamic.model(*padder.pad(*frames), iters=iterations, test_mode=True)[1][0].permute(1, 2, 0).numpy()

    def degree(self, path):
        """What infer says, and the lengths that it compares."""
        lengths = []
        score = self.module.DynamicDegree.get_score

        def kept(own, *arguments):
            lengths.append(score(own, *arguments))
            return lengths[-1]

        self.dynamic.get_score = types.MethodType(kept, self.dynamic)
        return bool(self.dynamic.infer(path)), lengths

    def scale(self, factor):
        """Makes the last convolution of the flow head smaller."""
        last = self.dynamic.model.update_block.flow_head.conv2
        last.weight.data *= factor
        last.bias.data *= factor

    def degree_of_clip(self, number, frames, height, width, rate, still=False):
        class Capture:
            def __init__(self, _):
                self.left = list(clip(number, 1 if still else frames, height, width)) * (frames if still else 1)

            def get(self, _):
                return rate

            def isOpened(self):
                return True

            def read(self):
                return (True, self.left.pop(0)[:, :, ::-1].copy()) if self.left else (False, None)

            def release(self):
                pass

        kept, self.module.cv2.VideoCapture = self.module.cv2.VideoCapture, Capture
        try:
            return self.degree("clip.mp4")
        finally:
            self.module.cv2.VideoCapture = kept


def golden(reference):
    flows = []
    for number, (height, width, iterations) in enumerate(FLOWS):
        flow = reference.flow(number, height, width, iterations)
        lengths = np.linalg.norm(flow, axis=2)
        print(f"{width}x{height}, {iterations} iterations: {lengths.min():.3f} to {lengths.max():.3f} pixels, median "
              f"{np.median(lengths):.3f}", file=sys.stderr)
        step = 2 * 97 + 1
        flows.append({
            "size": [height, width], "iterations": iterations, "first": number, "step": step, "count": flow.size,
            "values": [round(float(v), 6) for v in flow.reshape(-1)[number::step]],
            "largest": [round(float(lengths.max()), 5), round(float(np.median(lengths)), 5)]})
    dynamics = []
    for number, (frames, height, width, rate) in enumerate(CLIPS):
        moves, lengths = reference.degree_of_clip(number, frames, height, width, rate)
        print(f"{width}x{height}, {frames} frames at {rate}: {moves}, {lengths}", file=sys.stderr)
        dynamics.append({"clip": [frames, height, width], "rate": rate, "moves": moves, "lengths": lengths})
    frames, height, width, rate, scale = STILL
    number = len(dynamics)
    reference.scale(scale)
    moves, lengths = reference.degree_of_clip(number, frames, height, width, rate, still=True)
    print(f"a still, flow head times {scale}: {moves}, {lengths}", file=sys.stderr)
    still = {"clip": [frames, height, width], "rate": rate, "scale": scale, "moves": moves, "lengths": lengths}
    tiny = {}
    for height, width in [(120, 128), (128, 64), (64, 64), (32, 32)]:
        try:
            tiny[f"{height}x{width}"] = bool(np.isfinite(reference.flow(0, height, width, 1)).all())
        except RuntimeError as error:
            tiny[f"{height}x{width}"] = str(error)
    print(tiny, file=sys.stderr)
    from vbench.third_party.RAFT.core.utils_core import flow_viz

    flow = (20 * uniform("colours", 12 * 18 * 2) - 10).astype(np.float32).reshape(12, 18, 2)
    colours = {"of itself": flow_viz.flow_to_image(flow).reshape(-1).tolist(),
               "of 5 pixels": flow_viz.flow_uv_to_colors(flow[..., 0] / np.float32(5 + 1e-5), flow[..., 1] / np.float32(5 + 1e-5)).reshape(-1).tolist()}
    (HERE / "raft.json").write_text(json.dumps({"flows": flows, "dynamics": dynamics, "still": still, "tiny": tiny, "colours": colours}) + "\n")


def videos(reference, weights, program, paths):
    import os

    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, VIDMETRICS_CACHE=folder + "/cache")
        subprocess.run([program, "weights", "import", str(weights), "--as", "raft-things"], check=True, env=environment)
        for path in paths:
            moves, lengths = reference.degree(path)
            own = subprocess.run([program, "dynamic-degree", path, "--json", "--no-record"], check=True, env=environment,
                                 stdout=subprocess.PIPE)
            found = json.loads(own.stdout)
            value = found["scores"][0]["value"] if "scores" in found else found["value"]
            print(f"{path}: VBench {float(moves)}, this program {value}; lengths {[round(v, 4) for v in lengths]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["golden", "weights", "videos"])
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--vbench", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        weights = pathlib.Path(arguments.paths[0] if arguments.what == "weights" else folder + "/raft-things.pth")
        reference = Reference(arguments.vbench, weights)
        if arguments.what == "golden":
            golden(reference)
        elif arguments.what == "videos":
            videos(reference, weights, arguments.paths[0], arguments.paths[1:])


if __name__ == "__main__":
    main()
