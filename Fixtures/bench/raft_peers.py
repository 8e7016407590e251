#!/usr/bin/env python3
"""Times RAFT on a pair of frames of 480x832, 20 iterations, float32, on this machine's CPU: vidmetrics, PyTorch, ONNX Runtime and OpenVINO, in turn.

    python3 -m pip install torch onnxruntime openvino easydict scipy
    git clone https://github.com/Vchitect/VBench VBENCH
    python3 raft_peers.py VIDMETRICS --vbench VBENCH [--threads 2] [--rounds 3] [--without openvino]

PyTorch runs the published network (vbench/third_party/RAFT). ONNX Runtime and OpenVINO run what `vidmetrics networks export`
writes, whose turns are written one after the other: it leaves out what the published program computes and throws away (the mask
and the upsampled flow of all turns but the last). The weights are random: times do not depend on them. Other machines' work
disturbs times: each round runs every program once in turn, and medians and minima are over all rounds.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import numpy

import pair_rounds

SIZE = (480, 832)


class PyTorch:
    def __init__(self, vbench, threads):
        import torch
        from easydict import EasyDict

        sys.path.insert(0, os.path.join(vbench, "vbench/third_party/RAFT"))
        from core.raft import RAFT

        torch.set_num_threads(threads)
        self.torch = torch
        self.network = RAFT(EasyDict(small=False, mixed_precision=False, alternate_corr=False)).eval()
        self.name = f"torch {torch.__version__.split('+')[0]}"

    def __call__(self, frames):
        with self.torch.inference_mode():
            first, second = (self.torch.from_numpy(f).permute(2, 0, 1)[None] for f in frames)
            return self.network(first, second, iters=20, test_mode=True)


class ONNXRuntime:
    def __init__(self, path, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.name = f"onnxruntime {onnxruntime.__version__}"

    def __call__(self, frames):
        return self.session.run(None, {"input": frames[None]})


class OpenVINO:
    def __init__(self, path, threads):
        import openvino

        model = openvino.Core().read_model(path)
        model.reshape([1, 2, *SIZE, 3])
        self.compiled = openvino.compile_model(
            model, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        self.name = f"openvino {openvino.__version__.split('-')[0]}"

    def __call__(self, frames):
        return self.compiled(frames[None])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vidmetrics")
    parser.add_argument("--vbench", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without", nargs="*", default=[])
    arguments = parser.parse_args()
    frames = (255 * numpy.random.default_rng(0).random((2, *SIZE, 3))).astype("float32")
    peers = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "raft.onnx")
        subprocess.run([arguments.vidmetrics, "networks", "export", "raft-things", "--size", f"{SIZE[0]}x{SIZE[1]}",
                        "--onnx", path], check=True)
        for name, make in [("torch", lambda: PyTorch(arguments.vbench, arguments.threads)),
                           ("onnxruntime", lambda: ONNXRuntime(path, arguments.threads)),
                           ("openvino", lambda: OpenVINO(path, arguments.threads))]:
            if name in arguments.without:
                continue
            try:
                peers.append(make())
            except ImportError as error:
                print(f"left out: {error}")
    times = pair_rounds.run(
        arguments.vidmetrics, "raft", peers, frames, arguments.threads, arguments.rounds)
    pair_rounds.show(
        f"RAFT, {SIZE[1]}x{SIZE[0]}, 20 iterations, {arguments.threads} threads, {arguments.rounds} runs each, ms a pair", times)


main()
