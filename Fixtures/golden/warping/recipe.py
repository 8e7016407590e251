#!/usr/bin/env python3
"""The reference for the metrics of optical flow: published functions on made-up clips, with RAFT's made-up weights.

    python3 -m pip install torch numpy opencv-python easydict scipy decord tqdm pillow
    git clone https://github.com/Vchitect/VBench VBENCH                                      # commit 45e79ec
    git clone https://github.com/phoenix104104/fast_blind_video_consistency FAST_BLIND       # commit bce0c7e
    git clone https://github.com/evalcrafter/EvalCrafter EVALCRAFTER                         # commit 1275bda
    python3 recipe.py golden --vbench VBENCH --fast-blind FAST_BLIND --evalcrafter EVALCRAFTER     # writes warping.json
    python3 recipe.py weights FILE --vbench VBENCH ...                                       # the same weights as raft-things.pth

What is run, from the clones, nothing of which is copied here: `detect_occlusion` of FAST_BLIND/utils.py and the whole of
FAST_BLIND/evaluate_WarpError.py; `compute_video_warping_error` and `calculate_flow_score` of EVALCRAFTER/metrics/RAFT/optical_flow_scores.py with
its RAFT; `StaticFilter` of VBENCH/static_filter.py. Their warp, `Resample2d`, is a program for GPUs: the same rule in PyTorch takes its
place (`Warp`, from networks/resample2d_package/src/Resample2d_kernel.cu 27-58). The flow in FAST_BLIND's definition is FlowNet2's; here it
is RAFT's, as in the protocol. The error between two flows has no published program: `flow_errors` is NumPy.

Weights and clips are those of ../raft/recipe.py; the last convolution of the flow head is made smaller (`scale`), so that flows to and
fro agree in places.

warping.json: `masks`, which pixels of made-up flows are left out, and the errors of a pair of frames; `videos`, of clips [number, T, H, W],
each program's value; `errors`, the end-point errors between the flows of two clips; `static`, whether clips stand, with the lengths that are compared.
"""
import argparse
import importlib.util
import json
import pathlib
import runpy
import sys
import tempfile
import types

import cv2
import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


raft = load(HERE.parent / "raft" / "recipe.py", "raft_recipe")
SCALE = 0.01
LAST = "update_block.flow_head.conv2."
# Number, frames, height, width.
FAST_BLIND_CLIPS = [(0, 4, 121, 150), (1, 3, 128, 128)]
EVALCRAFTER_CLIPS = [(2, 3, 250, 265), (3, 3, 248, 256)]
FLOW_CLIPS = [(0, 4, 121, 150), (1, 3, 128, 136)]
ERROR_PAIRS = [((0, 4, 121, 150), (4, 4, 121, 150)), ((1, 3, 128, 136), (5, 3, 128, 136))]
# Clips and scales: those that move, those that stand, and those that move only from end to end.
STATIC_CLIPS = [(0, 4, 121, 150), (1, 9, 128, 136), (2, 12, 128, 128)]
STATIC_SCALES = [1, 0.2, 0.03]


class Warp(torch.nn.Module):
    """Resample2d: bilinear at the end of a flow; places beyond an edge are at it."""

    def forward(self, image, flow):
        height, width = flow.shape[-2:]
        y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        right, down = x.float() + flow[0, 0], y.float() + flow[0, 1]
        left, top = torch.floor(right), torch.floor(down)
        a, b = (right - left).double(), (down - top).double()

        def at(row, column):
            row, column = row.clamp(0, height - 1).long(), column.clamp(0, width - 1).long()
            return image[0][:, row, column].double()

        warped = (1 - b) * ((1 - a) * at(top, left) + a * at(top, left + 1)) + b * (
            (1 - a) * at(top + 1, left) + a * at(top + 1, left + 1))
        return warped.float()[None]

    def to(self, *_):
        return self


def stub(name, **values):
    module = types.ModuleType(name)
    module.__path__ = []
    module.__dict__.update(values)
    sys.modules[name] = module
    return module


def stubs():
    """What the programs import and that is for GPUs or for debugging."""
    for name in ["networks", "networks.resample2d_package", "networks.resample2d_package.modules"]:
        stub(name)
    stub("networks.resample2d_package.modules.resample2d", Resample2d=Warp)
    stub("networks.resample2d_package.resample2d", Resample2d=Warp)
    stub("ipdb")
    torch.Tensor.cuda = lambda self, *_: self
    torch.nn.Module.cuda = lambda self, *_: self


class Capture:
    """A clip in the place of a video file."""

    frames = []

    def __init__(self, _):
        self.left = list(Capture.frames)

    def isOpened(self):
        return True

    def read(self):
        return (True, self.left.pop(0)[:, :, ::-1].copy()) if self.left else (False, None)

    def release(self):
        pass


def network(model, scale):
    """A RAFT with made-up weights, those of the last convolution times `scale`: flows are about so much shorter."""
    state = {}
    for name, tensor in model.state_dict().items():
        own = name.replace("norm3.", "downsample.1.")
        state[name] = tensor if name.endswith("num_batches_tracked") else raft.made_up(own, tuple(tensor.shape))
        if name.startswith(LAST):
            state[name] = state[name] * scale
    model.load_state_dict(state)
    return model.eval()


@torch.no_grad()
def flow(model, padder, first, second):
    a, b = (torch.from_numpy(f).permute(2, 0, 1).float()[None] for f in (first, second))
    padder = padder(a.shape)
    return padder.unpad(model(*padder.pad(a, b), iters=20, test_mode=True)[1])[0].permute(1, 2, 0).numpy()


def made_up_flows(height, width):
    """Forward and backward: a slope with noise, and nearly its opposite."""
    y, x = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    slope = np.stack([2 + 0.02 * x, -1 + 0.01 * y], axis=2)
    noise = raft.uniform("forward", height * width * 2).reshape(height, width, 2)
    forward = slope + 0.2 * noise
    back = -slope + 1.6 * raft.uniform("backward", height * width * 2).reshape(height, width, 2) - 0.8
    return forward.astype(np.float32), back.astype(np.float32)


def masks(utils):
    height, width = 24, 36
    forward, back = made_up_flows(height, width)
    hidden = utils.detect_occlusion(back, forward)
    first, second = (f.astype(np.float32) / 255 for f in raft.clip(7, 2, height, width))
    warped = utils.tensor2img(Warp()(utils.img2tensor(second), utils.img2tensor(forward)))
    shown = (1 - hidden)[:, :, None]
    apart = ((warped - first) * shown).astype(np.float64)
    return {"size": [height, width], "hidden": hidden.astype(int).reshape(-1).tolist(),
            "squared": float((apart**2).sum() / (3 * shown.sum())), "absolute": float(np.abs(apart).sum() / (3 * shown.sum()))}


def fast_blind(folder, utils, model, padder):
    values = []
    kept = np.savetxt
    with tempfile.TemporaryDirectory() as data:
        data = pathlib.Path(data)
        shares = []
        for number, frames, height, width in FAST_BLIND_CLIPS:
            clip = raft.clip(number, frames, height, width)
            name = f"clip{number}"
            parts = {kind: data / "test" / kind / "set" / name for kind in ["fw_flow", "fw_occlusion"]}
            parts["frames"] = data / "test" / "method" / "task" / "set" / name
            for part in parts.values():
                part.mkdir(parents=True)
            hidden = []
            for t in range(frames):
                # A PNG by what it holds: nothing is lost.
                (parts["frames"] / f"{t:05d}.jpg").write_bytes(cv2.imencode(".png", clip[t][:, :, ::-1])[1].tobytes())
                if t + 1 == frames:
                    continue
                forward, back = (flow(model, padder, clip[a], clip[b]) for a, b in [(t, t + 1), (t + 1, t)])
                occlusion = utils.detect_occlusion(back, forward)
                hidden.append(occlusion.mean())
                utils.save_flo(forward, str(parts["fw_flow"] / f"{t:05d}.flo"))
                utils.save_img(occlusion, str(parts["fw_occlusion"] / f"{t:05d}.png"))
            shares.append(float(np.mean(hidden)))
        (data / "set_test.txt").write_text("\n".join(f"clip{c[0]}" for c in FAST_BLIND_CLIPS) + "\n")
        np.savetxt = lambda _, numbers, **__: values.extend(float(n) for n in numbers)
        device, torch.device = torch.device, lambda *_: cpu
        cpu = device("cpu")
        arguments, sys.argv = sys.argv, ["evaluate_WarpError.py", "-task", "task", "-method", "method", "-dataset", "set",
                                         "-data_dir", str(data), "-list_dir", str(data)]
        try:
            runpy.run_path(str(folder / "evaluate_WarpError.py"), run_name="__main__")
        finally:
            np.savetxt, torch.device, sys.argv = kept, device, arguments
    return [{"clip": clip, "fast-blind": value, "hidden": share} for clip, value, share in zip(FAST_BLIND_CLIPS, values, shares)]


def flow_errors(model, padder):
    errors = []
    for first, second in ERROR_PAIRS:
        a, b = raft.clip(*first), raft.clip(*second)
        each = [float(np.linalg.norm(flow(model, padder, a[t], a[t + 1]) - flow(model, padder, b[t], b[t + 1]), axis=2)
                      .astype(np.float64).mean()) for t in range(len(a) - 1)]
        errors.append({"clips": [first, second], "errors": each})
    return errors


def static(vbench, weights):
    from easydict import EasyDict

    module = load(vbench / "static_filter.py", "static_filter")
    module.DEVICE = "cpu"
    found = []
    for scale in STATIC_SCALES:
        arguments = EasyDict(model=str(weights), small=False, mixed_precision=False, alternate_corr=False)
        torch.save({"module." + name: tensor for name, tensor in network(module.RAFT(arguments), scale).state_dict().items()}, weights)
        program = module.StaticFilter(arguments, "cpu")
        score = program.get_score
        for number, frames, height, width in STATIC_CLIPS:
            lengths = []
            program.get_score = lambda *a: lengths.append(float(score(*a))) or lengths[-1]
            Capture.frames = raft.clip(number, frames, height, width)
            stands = bool(program.infer("clip.mp4"))
            print(f"static, scale {scale}, {width}x{height}, {frames} frames: {stands}, {lengths}", file=sys.stderr)
            found.append({"clip": [number, frames, height, width], "scale": scale, "stands": stands, "lengths": lengths})
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["golden", "weights"])
    parser.add_argument("file", nargs="?")
    parser.add_argument("--vbench", required=True, type=pathlib.Path)
    parser.add_argument("--fast-blind", type=pathlib.Path)
    parser.add_argument("--evalcrafter", type=pathlib.Path)
    parser.add_argument("--scale", type=float, default=SCALE)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    stubs()
    sys.path.insert(0, str(arguments.vbench))
    from easydict import EasyDict
    from vbench.dynamic_degree import RAFT, InputPadder

    settings = EasyDict(small=False, mixed_precision=False, alternate_corr=False)
    model = network(RAFT(settings), arguments.scale)
    if arguments.what == "weights":
        torch.save({"module." + name: tensor for name, tensor in model.state_dict().items()}, arguments.file)
        return
    utils = load(arguments.fast_blind / "utils.py", "utils")
    # evaluate_WarpError.py imports it by this name.
    sys.modules["utils"] = utils
    result = {"scale": arguments.scale, "masks": masks(utils)}
    result["videos"] = fast_blind(arguments.fast_blind, utils, model, InputPadder)
    result["errors"] = flow_errors(model, InputPadder)

    del sys.modules["utils"]
    folder = arguments.evalcrafter / "metrics" / "RAFT"
    sys.path[:0] = [str(folder), str(folder / "core")]
    module = load(folder / "optical_flow_scores.py", "optical_flow_scores")
    module.device = "cpu"
    module.cv2.VideoCapture = Capture
    own = network(module.RAFT(settings), arguments.scale)
    for clip in EVALCRAFTER_CLIPS:
        Capture.frames = raft.clip(*clip)
        result["videos"].append({"clip": clip, "evalcrafter": float(module.compute_video_warping_error("clip.mp4", own))})
    for clip in FLOW_CLIPS:
        Capture.frames = raft.clip(*clip)
        result["videos"].append({"clip": clip, "magnitude": float(module.calculate_flow_score("clip.mp4", own))})
    with tempfile.TemporaryDirectory() as place:
        result["static"] = static(arguments.vbench, pathlib.Path(place) / "raft-things.pth")
    for part in ["videos", "errors"]:
        print(json.dumps(result[part], indent=1), file=sys.stderr)
    print("masks:", np.mean(result["masks"]["hidden"]), result["masks"]["squared"], file=sys.stderr)
    (HERE / "warping.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
