#!/usr/bin/env python3
"""Times MUSIQ on frames of 512x288 in PyTorch, ONNX Runtime and OpenVINO, float32, on this machine's CPU, in turn with vidmetrics.

    python3 -m pip install torch pyiqa openvino onnxruntime
    python3 musiq_peers.py VIDMETRICS [VIDMETRICS ...] [--threads 2] [--rounds 5]

PyTorch runs pyiqa's network, from the frame on: it cuts the patches itself and computes 81 tokens of padding, which it masks.
ONNX Runtime and OpenVINO run what `vidmetrics networks export` writes, from the patches on. The weights are random: times do not
depend on them. Other machines' work disturbs times: each round runs every program once in turn, and medians and minima are over
all rounds.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy
import torch


def peers(program, threads):
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.onnx")
        subprocess.run([program, "networks", "export", "musiq-spaq", "--onnx", path], check=True, capture_output=True)
        try:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            shape = [1] + session.get_inputs()[0].shape[1:]
            patches = numpy.random.rand(*shape).astype("float32")
            found[f"onnxruntime {onnxruntime.__version__}"] = lambda: session.run(None, {"input": patches})
        except ImportError:
            print("ONNX Runtime is not installed")
        try:
            import openvino

            model = openvino.Core().read_model(path)
            sizes = model.inputs[0].partial_shape
            model.reshape([1 if i == 0 else n for i, n in enumerate(sizes)])
            compiled = openvino.compile_model(
                model, "CPU",
                {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
            given = numpy.random.rand(*[n.get_length() for n in compiled.inputs[0].partial_shape]).astype("float32")
            found[f"openvino {openvino.__version__.split('-')[0]}"] = lambda: compiled(given)
        except ImportError:
            print("OpenVINO is not installed")
    try:
        from pyiqa.archs.musiq_arch import MUSIQ

        network, frame = MUSIQ(pretrained=False).eval(), torch.rand(1, 3, 288, 512)
        found[f"torch {torch.__version__.split('+')[0]} pyiqa"] = lambda: network(frame)
    except ImportError:
        print("pyiqa is not installed")
    return found


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("vidmetrics", nargs="+")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    others = peers(arguments.vidmetrics[0], arguments.threads)
    times = {}
    with torch.inference_mode():
        for _ in range(arguments.rounds):
            for program in arguments.vidmetrics:
                command = [program, "bench", "musiq", "--threads", str(arguments.threads), "--repeats", "3", "--json"]
                document = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                version = subprocess.check_output([program, "--version"], text=True).split()[0]
                times.setdefault(f"vidmetrics {version} {document['isa']}", []).extend(document["ms_per_frame"])
            for name, run in others.items():
                run()
                for _ in range(3):
                    start = time.perf_counter()
                    run()
                    times.setdefault(name, []).append(1000 * (time.perf_counter() - start))
    print(f"musiq-spaq, 512x288, {arguments.threads} threads, {3 * arguments.rounds} runs each, ms a frame")
    ours = statistics.median(next(iter(times.values())))
    for name, took in times.items():
        median = statistics.median(took)
        print(f"{name:32s} median {median:7.1f}   min {min(took):7.1f}   first/this {ours / median:.2f}")


main()
