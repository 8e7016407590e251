"""Compares the program's networks with ONNX Runtime on the CPU: `vidmetrics networks export` writes each network with an input and
what the program computes from it; ONNX Runtime computes the same input.

    python3 -m venv v && v/bin/pip install onnx==1.23.2 onnxruntime==1.32.0 numpy safetensors
    v/bin/python Fixtures/golden/networks/onnx_runtime.py .build/release/vidmetrics i3d=i3d-kinetics400 inception-v3=... clip-image

A name alone has made-up weights; words behind commas are options of `networks export`: i3d,--frames,32. Without a name, every
network of `networks list` is compared but AMT-S, which needs weights: amt-s,--size,128x144=amt-s. Prints the largest difference as a part of the largest value; exit status 1 beyond 1e-4.
"""

import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from safetensors.numpy import load_file


# Made-up weights make flows that grow from turn to turn, and with them what rounding makes of them.
OPTIONS = {"raft-things": ["--size", "128x136", "--iterations", "1"]}
# Three levels of flows of any length are too many: its recipe makes weights whose flows are short (../amt/recipe.py weights FILE).
NEEDS_WEIGHTS = {"amt-s"}


def difference(program, name, weights, extra, folder):
    model, example = f"{folder}/{name}.onnx", f"{folder}/{name}.safetensors"
    command = [program, "networks", "export", name, "--onnx", model, "--example", example, *(extra or OPTIONS.get(name, []))]
    subprocess.run(command + (["--weights", weights] if weights else []), check=True)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    values = load_file(example)
    wanted = session.get_inputs()[0]
    kind = numpy.int64 if "int64" in wanted.type else numpy.float32
    item = values["input"].reshape([1] + wanted.shape[1:]).astype(kind)
    # Two items of one batch, of which the second is the example.
    item = numpy.concatenate([item[:, ::-1], item])
    worst = 0.0
    for output in session.get_outputs():
        found = session.run([output.name], {"input": item})[0][1].reshape(-1)
        ours = values[output.name]
        worst = max(worst, float(numpy.abs(found - ours).max() / numpy.abs(found).max()))
    return worst


def networks(program):
    lines = subprocess.run([program, "networks", "list"], check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in (line.split()[0] for line in lines[1:]) if name not in NEEDS_WEIGHTS]


def main():
    program, failed = sys.argv[1], False
    with tempfile.TemporaryDirectory() as folder:
        for word in sys.argv[2:] or networks(program):
            (name, *extra), weights = word.partition("=")[0].split(","), word.partition("=")[2]
            found = difference(program, name, weights, extra, folder)
            failed |= not found < 1e-4
            print(f"{name:20} {weights or 'made-up':22} {found:.2e}", flush=True)
    sys.exit(failed)


main()
