#!/usr/bin/env python3
"""Times ViT-B/16 at 224x224 in PyTorch, float32, on this machine's CPU, in turn with vidmetrics.

    python3 -m pip install torch dreamsim==0.2.1 timm
    python3 vit_peers.py VIDMETRICS [VIDMETRICS ...] [--batch 1 4 8] [--threads 2] [--rounds 5]

PyTorch runs two programs of the network: DreamSim's (dreamsim/feature_extraction/vision_transformer.py, `vit_base`, which
is DINO's) and timm's `vit_base_patch16_224`, whose attention is PyTorch's fused one. The weights are random: times do not
depend on them. Other machines' work disturbs times: each round runs every program once in turn, and medians and minima are
over all rounds.
"""
import argparse
import json
import statistics
import subprocess
import time

import timm
import torch
from dreamsim.feature_extraction.vision_transformer import vit_base


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("vidmetrics", nargs="+")
    arguments.add_argument("--batch", type=int, nargs="+", default=[1, 4, 8])
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    programs = {
        f"torch {torch.__version__.split('+')[0]} dreamsim": vit_base(patch_size=16).eval(),
        f"torch {torch.__version__.split('+')[0]} timm {timm.__version__}": timm.create_model("vit_base_patch16_224", num_classes=0).eval(),
    }
    times = {}
    with torch.inference_mode():
        for _ in range(arguments.rounds):
            for batch in arguments.batch:
                for program in arguments.vidmetrics:
                    command = [program, "bench", "vit", "--frames", batch, "--threads", arguments.threads]
                    command = [str(word) for word in command + ["--repeats", 3, "--json"]]
                    document = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                    version = subprocess.check_output([program, "--version"], text=True).split()[0]
                    name = f"vidmetrics {version} {document['isa']}"
                    times.setdefault((batch, name), []).extend(document["ms_per_frame"])
                frames = torch.rand(batch, 3, 224, 224)
                for name, network in programs.items():
                    network(frames)
                    for _ in range(3):
                        start = time.perf_counter()
                        network(frames)
                        times.setdefault((batch, name), []).append(1000 * (time.perf_counter() - start) / batch)
    print(f"ViT-B/16, {arguments.threads} threads, {3 * arguments.rounds} runs each, ms a frame")
    for (batch, name), took in times.items():
        ours = next(value for key, value in times.items() if key[0] == batch)
        ratio = statistics.median(ours) / statistics.median(took)
        print(f"batch {batch}   {name:28s} median {statistics.median(took):7.1f}   min {min(took):7.1f}   first/this {ratio:.2f}")


main()
