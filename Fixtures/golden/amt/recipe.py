#!/usr/bin/env python3
"""The reference for AMT-S and VBench's motion smoothness: the published code on made-up weights in the published layout.

    python3 -m pip install torch numpy opencv-python omegaconf imageio scipy decord
    git clone https://github.com/Vchitect/VBench VBENCH                  # commit 45e79ec
    python3 recipe.py golden --vbench VBENCH                             # writes amt.json beside this file
    python3 recipe.py weights FILE --vbench VBENCH                       # the same weights as amt-s.pth (12 MB)
    python3 recipe.py videos PROGRAM VIDEO... --vbench VBENCH            # motion smoothness of video files by both

What is run is AMT-S of vbench/third_party/amt and `MotionSmoothness` of vbench/motion_smoothness.py; nothing of them is copied here.

Number i of a tensor is a hash of i and of the tensor's published name (`uniform`, also in Tests/ParityTests/MadeUpNumbers.swift):
a kernel 2u - 1 times sqrt(3 / inputs) times a gain, a bias 0.2 u - 0.1, the slopes of a PReLU 0.1 + 0.3 u. The gains keep flows
between 0.5 and 30 pixels, and interpolated frames between black and white. Frames are squares of 8x8 pixels in random colours that
move to the right, as in ../vbench/recipe.py.

amt.json: `frames`, each of a pair of frames of `size`: `first`, `step` and the values first, first + step, ... of the interpolated
frame [H][W][3] without its padding, and of `flows`, [h][w][4] with the padding: to both frames, at a half, a quarter and an eighth of
the size. `smoothness`: of clips [T, H, W], moving or still, what MotionSmoothness finds. `tiny`: whether the published program's
frame between small frames is a number.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
FRAMES = [(128, 128), (113, 150), (137, 141), (176, 256)]
# Frames, height, width, whether they move: of an even number the last frame is left out.
CLIPS = [(3, 128, 136, True), (6, 113, 150, True), (7, 130, 128, True), (5, 128, 128, False)]
GAINS = {"decoder4.convblock.2": 0.4, "decoder3.convblock.2": 0.3, "decoder2.convblock.2": 0.3, "decoder1.convblock.2": 0.06,
         "update4.flow_head.2": 0.35, "update3.flow_head.2": 0.1, "update2.flow_head.2": 0.08, "comb_block.2": 0.15}


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
        # Of a transposed convolution, [in][out][4][4], each output sees 2x2 taps.
        inputs = 4 * shape[0] if layer.endswith("convblock.2") else math.prod(shape[1:])
        values = (2 * values - 1) * math.sqrt(3 / inputs) * GAINS.get(layer, 1.2)
    elif part == "weight":
        values = 0.1 + 0.3 * values
    else:
        values = 0.2 * values - 0.1
    return torch.tensor(values.astype(np.float32)).reshape(shape)


def mix(v):
    v = np.asarray(v, dtype=np.uint64) & np.uint64(0xFFFFFFFF)
    for shift, factor in [(16, 0x85EBCA6B), (13, 0xC2B2AE35)]:
        v = ((v ^ (v >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    return v ^ (v >> np.uint64(16))


def clip(number, frames, height, width, moves=True):
    """[T][H][W][3] uint8, as in ../vbench/recipe.py; a still one is its first frame."""
    t, y, x, c = np.meshgrid(np.arange(frames), np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    t = t if moves else 0 * t
    coarse = mix(((number * 4096 + y // 8) * 4096 + (x + 2 * t) // 8) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    fine = mix((((number * 64 + t + 1000) * 4096 + y) * 4096 + x) * 4 + c & 0xFFFFFFFF) & np.uint64(255)
    return ((coarse * np.uint64(7) + fine) // np.uint64(8)).astype(np.uint8)


class Reference:
    def __init__(self, vbench, weights):
        sys.path.insert(0, str(vbench))
        from vbench import motion_smoothness

        self.module = motion_smoothness
        config = str(pathlib.Path(vbench) / "vbench/third_party/amt/cfgs/AMT-S.yaml")
        network = motion_smoothness.build_from_cfg(motion_smoothness.OmegaConf.load(config).network)
        state = {name: made_up(name, tuple(tensor.shape)) for name, tensor in network.state_dict().items()}
        torch.save({"state_dict": state}, weights)
        self.smoothness = motion_smoothness.MotionSmoothness(config, str(weights), "cpu")

    @torch.no_grad()
    def between(self, number, height, width):
        """The interpolated frame without its padding, and the flows with it."""
        frames = [self.module.img2tensor(frame) for frame in clip(number, 2, height, width)]
        padder = self.module.InputPadder(frames[0].shape, 16)
        found = self.smoothness.model(*padder.pad(*frames), self.smoothness.embt, scale_factor=1.0)
        frame = padder.unpad(found["imgt_pred"])[0].permute(1, 2, 0).numpy()
        flows = [torch.cat(pair, 1)[0].permute(1, 2, 0).numpy()
                 for pair in list(zip(found["flow0_pred"], found["flow1_pred"]))[1:]]
        return frame, flows

    def of_clip(self, number, frames, height, width, moves):
        class Capture:
            def __init__(self, _):
                self.left = list(clip(number, frames, height, width, moves))

            def isOpened(self):
                return True

            def read(self):
                return (True, self.left.pop(0)[:, :, ::-1].copy()) if self.left else (False, None)

            def release(self):
                pass

        kept, self.module.cv2.VideoCapture = self.module.cv2.VideoCapture, Capture
        try:
            return float(self.smoothness.motion_score("clip.mp4"))
        finally:
            self.module.cv2.VideoCapture = kept


def sampled(values, first, step):
    return {"first": first, "step": step, "count": values.size,
            "values": [round(float(v), 6) for v in values.reshape(-1)[first::step]]}


def golden(reference):
    frames = []
    for number, (height, width) in enumerate(FRAMES):
        frame, flows = reference.between(number, height, width)
        lengths = [np.linalg.norm(flow.reshape(-1, 2), axis=1) for flow in flows]
        print(f"{width}x{height}: frame {frame.min():.3f} to {frame.max():.3f}, {100 * np.mean((frame <= 0) | (frame >= 1)):.2f} % at an "
              f"end, deviation {frame.std():.3f}; flows, finest first: "
              + ", ".join(f"median {np.median(l):.2f}, {l.min():.2f} to {l.max():.2f}" for l in lengths), file=sys.stderr)
        frames.append({"size": [height, width], "frame": sampled(frame, number, 97),
                       "flows": [sampled(flow, number, 2 * 37 + 1) for flow in flows]})
    smoothness = []
    for number, (count, height, width, moves) in enumerate(CLIPS):
        value = reference.of_clip(number, count, height, width, moves)
        print(f"{width}x{height}, {count} frames, {'moving' if moves else 'still'}: {value}", file=sys.stderr)
        smoothness.append({"clip": [count, height, width], "moves": moves, "value": value})
    tiny = {}
    for height, width in [(112, 128), (128, 64), (64, 64), (32, 32), (8, 8)]:
        try:
            tiny[f"{height}x{width}"] = bool(np.isfinite(reference.between(0, height, width)[0]).all())
        except (RuntimeError, AssertionError) as error:
            tiny[f"{height}x{width}"] = str(error)[:100]
    print(tiny, file=sys.stderr)
    (HERE / "amt.json").write_text(json.dumps({"frames": frames, "smoothness": smoothness, "tiny": tiny}) + "\n")


def videos(reference, weights, program, paths):
    import os

    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, VIDMETRICS_CACHE=folder + "/cache")
        subprocess.run([program, "weights", "import", str(weights), "--as", "amt-s"], check=True, env=environment)
        for path in paths:
            value = reference.smoothness.motion_score(path)
            own = subprocess.run([program, "motion-smoothness", path, "--json", "--no-record"], check=True, env=environment,
                                 stdout=subprocess.PIPE)
            found = json.loads(own.stdout)
            here = found["scores"][0]["value"] if "scores" in found else found["value"]
            print(f"{path}: VBench {value:.9f}, this program {here:.9f}, difference {abs(here - value):.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["golden", "weights", "videos"])
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--vbench", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        weights = pathlib.Path(arguments.paths[0] if arguments.what == "weights" else folder + "/amt-s.pth")
        reference = Reference(arguments.vbench, weights)
        if arguments.what == "golden":
            golden(reference)
        elif arguments.what == "videos":
            videos(reference, weights, arguments.paths[0], arguments.paths[1:])


if __name__ == "__main__":
    main()
