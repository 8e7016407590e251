"""`python -m vidmetrics.runtime`: computes the program's networks by ONNX Runtime, on a GPU where it has one.

The program starts it (`--runtime`, or `device="onnxruntime"` from Python) and hands over the graph and the clips that it has
decoded and resized; see `Sources/Evaluation/Networks/RuntimeProcess.swift` for the messages. It says which device it is, and
that name is part of every feature's and every score's identity.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import sys
from importlib import import_module
from typing import Any, BinaryIO, Dict, List, Optional, Tuple

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


def chosen(provider: Optional[str], available: List[str]) -> str:
    """The execution provider: the one that is asked for, or else the GPU's, or else the CPU's.

    Raises:
        ValueError: where this ONNX Runtime does not have it.
    """
    if provider is None:
        provider = "cuda" if PROVIDERS["cuda"] in available else "cpu"
    name = PROVIDERS.get(provider, provider)
    if name not in available:
        raise ValueError(f"this ONNX Runtime has no {name}, but {', '.join(available)}: `pip install onnxruntime-gpu`?")
    return name


def device_name(version: str, provider: str, models: List[str]) -> str:
    """`onnxruntime 1.32.0 CUDAExecutionProvider NVIDIA H100`: what decides a feature beside the graph."""
    on = " " + " + ".join(sorted(set(models))) if provider != PROVIDERS["cpu"] and models else ""
    return f"onnxruntime {version} {provider}{on}"


def graphics_cards() -> List[str]:
    """The models of NVIDIA's cards, as their driver lists them."""
    found = []
    for path in glob.glob("/proc/driver/nvidia/gpus/*/information"):
        with open(path, encoding="utf-8", errors="replace") as file:
            found += [line.split(":", 1)[1].strip() for line in file if line.startswith("Model:")]
    return found


class Runtime:
    """One graph at a time, run by ONNX Runtime."""

    def __init__(self, provider: Optional[str], threads: int) -> None:
        self._onnxruntime: Any = import_module("onnxruntime")
        self._numpy: Any = import_module("numpy")
        self._provider = chosen(provider, list(self._onnxruntime.get_available_providers()))
        self._threads = threads
        self._session: Any = None
        self.device = device_name(self._onnxruntime.__version__, self._provider, graphics_cards())

    def load(self, path: str) -> None:
        options = self._onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.use_deterministic_compute = True
        # Float32 and not TensorFloat-32, which keeps ten bits of it.
        more: Dict[str, Any] = {"use_tf32": "0"} if self._provider == PROVIDERS["cuda"] else {}
        self._session = self._onnxruntime.InferenceSession(
            path, options, providers=[(self._provider, more)]
        )
        used = self._session.get_providers()[0]
        if used != self._provider:
            raise RuntimeError(f"ONNX Runtime fell back from {self._provider} to {used}: its messages above say why")

    def run(self, data: bytes, shape: Tuple[int, ...]) -> Any:
        values = self._numpy.frombuffer(data, dtype="<f4").reshape(shape)
        first = self._session.get_outputs()[0].name
        features = self._session.run([first], {self._session.get_inputs()[0].name: values})[0]
        return self._numpy.ascontiguousarray(features.reshape(shape[0], -1), dtype="<f4")


def serve(runtime: Runtime, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers requests until there are no more."""

    def answer(message: Dict[str, Any], data: bytes = b"") -> None:
        answers.write(json.dumps(message).encode() + b"\n" + data)
        answers.flush()

    answer({"device": runtime.device})
    for line in iter(requests.readline, b""):
        request = json.loads(line)
        # What belongs to a request is read before anything can fail.
        shape = tuple(request.get("run", ()))
        size = 4
        for axis in shape:
            size *= axis
        data = requests.read(size) if shape else b""
        try:
            if shape:
                features = runtime.run(data, shape)
                rows, columns = features.shape
                answer({"rows": rows, "columns": columns}, features.tobytes())
            else:
                runtime.load(request["load"])
                answer({"loaded": True})
        except Exception as error:  # noqa: BLE001 - the program tells its user
            answer({"error": f"{type(error).__name__}: {error}"})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m vidmetrics.runtime", description=__doc__)
    parser.add_argument("--provider", help="cpu, cuda, or a name of ONNX Runtime; the GPU's where there is one")
    parser.add_argument("--threads", type=int, default=0, help="of the CPU provider; as many as there are")
    given = parser.parse_args()
    # The answers' own descriptor: whatever else prints does so to stderr.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        runtime = Runtime(given.provider, given.threads)
    except (ImportError, ValueError) as error:
        hint = " (`pip install onnxruntime`, or onnxruntime-gpu)" if isinstance(error, ImportError) else ""
        answers.write(json.dumps({"error": f"{error}{hint}"}).encode() + b"\n")
        answers.flush()
        sys.exit(1)
    serve(runtime, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
