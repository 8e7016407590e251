#!/usr/bin/env python3
"""Times AMT-S on a pair of frames of 480x832, float32, on this machine's CPU: vidmetrics, PyTorch, ONNX Runtime and OpenVINO, in turn.

    python3 -m pip install torch onnx onnxruntime openvino omegaconf
    git clone https://github.com/Vchitect/VBench VBENCH
    python3 amt_peers.py VIDMETRICS --vbench VBENCH [--threads 2] [--rounds 5] [--without openvino]

PyTorch runs the published network (vbench/third_party/amt). ONNX Runtime and OpenVINO run what torch.onnx writes of it, and, with
`--exported`, what `vidmetrics networks export` writes, whose transposed convolutions are convolutions of 3x3 taps. The weights are
random: times do not depend on them. Other machines' work disturbs times: each round runs every program once in turn, and medians and
minima are over all rounds.
"""
import argparse
import importlib
import os
import subprocess
import sys
import tempfile
import warnings

import numpy

import pair_rounds

SIZE = (480, 832)


def published(vbench):
    import torch

    sys.path.insert(0, vbench)
    sys.path.insert(0, os.path.join(vbench, "vbench/third_party/amt"))
    network = importlib.import_module("networks.AMT-S").Model().eval()

    class Pair(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, first, second):
            time = torch.full((1, 1, 1, 1), 0.5)
            return self.network(first, second, time, scale_factor=1.0, eval=True)["imgt_pred"]

    return Pair().eval()


class PyTorch:
    def __init__(self, network, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.network = network
        self.name = f"torch {torch.__version__.split('+')[0]}"

    def __call__(self, frames):
        with self.torch.inference_mode():
            return self.network(*(self.torch.from_numpy(f).permute(2, 0, 1)[None] / 255 for f in frames))


class ONNXRuntime:
    def __init__(self, path, threads, note=""):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.name = f"onnxruntime {onnxruntime.__version__}{note}"

    def __call__(self, frames):
        return self.session.run(None, inputs([i.name for i in self.session.get_inputs()], frames))


class OpenVINO:
    def __init__(self, path, threads, note=""):
        import openvino

        model = openvino.Core().read_model(path)
        if note:
            model.reshape([1, 2, *SIZE, 3])
        self.compiled = openvino.compile_model(
            model, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        self.names = [i.get_any_name() for i in self.compiled.inputs]
        self.name = f"openvino {openvino.__version__.split('-')[0]}{note}"

    def __call__(self, frames):
        return self.compiled(inputs(self.names, frames))


def inputs(names, frames):
    if len(names) == 1:
        return {names[0]: frames[None]}
    return {name: numpy.ascontiguousarray(f.transpose(2, 0, 1))[None] / 255 for name, f in zip(names, frames)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vidmetrics")
    parser.add_argument("--vbench", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--exported", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    import torch

    frames = (255 * numpy.random.default_rng(0).random((2, *SIZE, 3))).astype("float32")
    peers, threads = [], arguments.threads
    network = published(arguments.vbench)
    with tempfile.TemporaryDirectory() as folder:
        path, own = os.path.join(folder, "amt.onnx"), os.path.join(folder, "exported.onnx")
        example = tuple(torch.zeros(1, 3, *SIZE) for _ in range(2))
        with torch.no_grad():
            torch.onnx.export(network, example, path, opset_version=17, input_names=["first", "second"], dynamo=False)
        makers = [("torch", lambda: PyTorch(network, threads)), ("onnxruntime", lambda: ONNXRuntime(path, threads)),
                  ("openvino", lambda: OpenVINO(path, threads))]
        if arguments.exported:
            subprocess.run([arguments.vidmetrics, "networks", "export", "amt-s", "--size", f"{SIZE[0]}x{SIZE[1]}", "--onnx", own],
                           check=True)
            makers += [("onnxruntime", lambda: ONNXRuntime(own, threads, ", exported")),
                       ("openvino", lambda: OpenVINO(own, threads, ", exported"))]
        for name, make in makers:
            if name in arguments.without:
                continue
            try:
                peers.append(make())
            except ImportError as error:
                print(f"left out: {error}")
        times = pair_rounds.run(arguments.vidmetrics, "amt", peers, frames, threads, arguments.rounds)
    pair_rounds.show(f"AMT-S, {SIZE[1]}x{SIZE[0]}, {threads} threads, {arguments.rounds} runs each, ms a pair", times)


main()
