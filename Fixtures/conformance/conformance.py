#!/usr/bin/env python3
"""Computes the published FVDs with the binary and prints the table of the README; fails if one is missed.

    python3 conformance.py .build/release/vidmetrics [--quick]

Needs nothing but Python's own library: numpy.random.RandomState(seed).rand is the Mersenne Twister of Python's `random`
with another seeding (Knuth's initialiser of MT19937, `init_genrand`), two 32-bit words to a double.

Published numbers: TensorFlow's 151.39244 (black and white, T = 30) from the README of
common_metrics_on_video_quality (commit 5f75173), 10.13808536529541 from the README of fvd-comparison (commit 33a5552).
The other T: this network in PyTorch (Fixtures/golden/networks/i3d.py), because the published list was made with
reduced-precision convolutions (it differs from TensorFlow by 0.09 % at T = 30).
"""
import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
from array import array


def header(dtype, shape):
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (63 - (10 + len(text)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def constant(path, value, frames):
    with open(path, "wb") as file:
        file.write(header("|u1", (8, frames, 64, 64, 3)))
        file.write(bytes([value]) * (8 * frames * 64 * 64 * 3))


def random_state(seed):
    """numpy.random.RandomState(seed), as Python's own generator."""
    words = [seed]
    for i in range(1, 624):
        words.append((1812433253 * (words[-1] ^ (words[-1] >> 30)) + i) & 0xFFFFFFFF)
    generator = random.Random()
    generator.setstate((3, tuple(words) + (624,), None))
    return generator


def uniform(path, seed):
    """RandomState(seed).rand(128, 16, 224, 224, 3).astype(float32)"""
    generator = random_state(seed).random
    with open(path, "wb") as file:
        file.write(header("<f4", (128, 16, 224, 224, 3)))
        for _ in range(128):
            array("f", [generator() for _ in range(16 * 224 * 224 * 3)]).tofile(file)


def fvd(binary, real, fake, *options):
    command = [binary, "fvd", real, fake, "--json", *options]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)["scores"][0]["value"]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--quick", action="store_true", help="black and white only")
    arguments = arguments.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "golden", "networks", "i3d.json")) as file:
        by_frames = json.load(file)["fvd_black_white"]
    rows = []
    with tempfile.TemporaryDirectory(prefix="vidmetrics-conformance-") as folder:
        black, white = os.path.join(folder, "black.npy"), os.path.join(folder, "white.npy")
        for frames in range(10, 31):
            constant(black, 0, frames)
            constant(white, 255, frames)
            value = fvd(arguments.binary, black, white)
            if frames == 30:
                rows.append(("black and white, T = 30", "TensorFlow", 151.39244, value, 1e-5))
            rows.append((f"black and white, T = {frames}", "this network in PyTorch", by_frames[str(frames)], value, 1e-4))
            print(f"T = {frames}: {value:.6f}", file=sys.stderr)
        if not arguments.quick:
            a, b = os.path.join(folder, "a.npy"), os.path.join(folder, "b.npy")
            uniform(a, 1)
            uniform(b, 2)
            print("random arrays written", file=sys.stderr)
            value = fvd(arguments.binary, a, b, "--protocol", "tf-original", "--value-range", "network")
            rows.append(("random arrays, 128 × 16 × 224², fed unscaled", "TensorFlow", 10.13808536529541, value, 1e-5))
    print("| input | program | published | here | relative difference | allowed |\n|---|---|---|---|---|---|")
    missed = False
    for name, program, published, value, allowed in rows:
        relative = abs(value / published - 1)
        missed |= relative > allowed
        print(f"| {name} | {program} | {published:.6f} | {value:.6f} | {relative:.1e} | {allowed:.0e} |")
    sys.exit(1 if missed else 0)


main()
