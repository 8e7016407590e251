#!/usr/bin/env python3
"""Times ViT-B/16, or CLIP's ViT-L/14, at 224x224 in PyTorch and OpenVINO, float32, on this machine's CPU, in turn with vidmetrics.

    python3 -m pip install torch dreamsim==0.2.1 timm openai-clip openvino
    python3 vit_peers.py VIDMETRICS [VIDMETRICS ...] [--network vit|vit-l14] [--batch 1 4 8] [--threads 2] [--rounds 5]

PyTorch runs two programs of the network: DreamSim's (dreamsim/feature_extraction/vision_transformer.py, `vit_base`, which
is DINO's) and timm's `vit_base_patch16_224`, whose attention is PyTorch's fused one; of ViT-L/14, openai-clip's image tower and
timm's `vit_large_patch14_clip_224`. OpenVINO runs what `vidmetrics networks export` writes, where it is installed. The weights are random: times do not
depend on them. Other machines' work disturbs times: each round runs every program once in turn, and medians and minima are
over all rounds.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import timm
import torch

KINDS = {"vit": "vit-dino", "vit-l14": "clip-image-large"}


def networks(name):
    torch_version = f"torch {torch.__version__.split('+')[0]}"
    timm_name = {"vit": "vit_base_patch16_224", "vit-l14": "vit_large_patch14_clip_224"}[name]
    found = {f"{torch_version} timm {timm.__version__}": timm.create_model(timm_name, num_classes=0).eval()}
    if name == "vit":
        from dreamsim.feature_extraction.vision_transformer import vit_base

        return {f"{torch_version} dreamsim": vit_base(patch_size=16).eval()} | found
    from clip.model import VisionTransformer

    return {f"{torch_version} openai-clip": VisionTransformer(224, 14, 1024, 24, 16, 768).float().eval()} | found


class OpenVINO:
    """The exported network, one batch a call."""

    def __init__(self, program, kind, batch, threads):
        import numpy
        import openvino

        self.batch = batch
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "network.onnx")
            subprocess.run([program, "networks", "export", kind, "--onnx", path], check=True, capture_output=True)
            model = openvino.Core().read_model(path)
            model.reshape([batch if i == 0 else n for i, n in enumerate(model.inputs[0].partial_shape)])
            self.compiled = openvino.compile_model(
                model, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        shape = [n.get_length() for n in self.compiled.inputs[0].partial_shape]
        self.frames = numpy.random.rand(*shape).astype("float32")
        self.name = f"openvino {openvino.__version__.split('-')[0]}"

    def __call__(self, _):
        return self.compiled(self.frames)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("vidmetrics", nargs="+")
    arguments.add_argument("--network", choices=list(KINDS), default="vit")
    arguments.add_argument("--batch", type=int, nargs="+", default=[1, 4, 8])
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    programs = networks(arguments.network)
    exported = {}
    try:
        for batch in arguments.batch:
            exported[batch] = OpenVINO(arguments.vidmetrics[0], KINDS[arguments.network], batch, arguments.threads)
    except ImportError:
        print("OpenVINO is not installed")
    times = {}
    with torch.inference_mode():
        for _ in range(arguments.rounds):
            for batch in arguments.batch:
                for program in arguments.vidmetrics:
                    command = [program, "bench", arguments.network, "--frames", batch, "--threads", arguments.threads]
                    command = [str(word) for word in command + ["--repeats", 3, "--json"]]
                    document = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                    version = subprocess.check_output([program, "--version"], text=True).split()[0]
                    name = f"vidmetrics {version} {document['isa']}"
                    times.setdefault((batch, name), []).extend(document["ms_per_frame"])
                frames = torch.rand(batch, 3, 224, 224)
                mine = {exported[batch].name: exported[batch]} if batch in exported else {}
                for name, network in {**programs, **mine}.items():
                    network(frames)
                    for _ in range(3):
                        start = time.perf_counter()
                        network(frames)
                        times.setdefault((batch, name), []).append(1000 * (time.perf_counter() - start) / batch)
    print(f"{KINDS[arguments.network]}, {arguments.threads} threads, {3 * arguments.rounds} runs each, ms a frame")
    for (batch, name), took in times.items():
        ours = next(value for key, value in times.items() if key[0] == batch)
        ratio = statistics.median(ours) / statistics.median(took)
        print(f"batch {batch}   {name:28s} median {statistics.median(took):7.1f}   min {min(took):7.1f}   first/this {ratio:.2f}")


main()
