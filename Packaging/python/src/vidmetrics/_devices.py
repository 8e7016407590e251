"""`device="onnxruntime"`: networks by ONNX Runtime, on a GPU where it has one."""

from __future__ import annotations

import os
import shlex
import sys
from typing import Any, Dict, Mapping

from ._errors import InputError

RUNTIME = "onnxruntime"


def command(device: str, threads: Any = None) -> str:
    """The command line of the runtime that the program starts: this Python with `vidmetrics.runtime`.

    Args:
        device: `onnxruntime`, or with a provider: `onnxruntime:cuda`, `onnxruntime:cpu`.
    """
    name, _, provider = device.partition(":")
    if name != RUNTIME:
        raise InputError(
            f"`{device}` is not a device that computes",
            "`onnxruntime`, or with a provider behind a colon: `onnxruntime:cuda`, `onnxruntime:cpu`",
        )
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    code = f"import sys; sys.path.insert(0, {root!r}); from vidmetrics.runtime import main; main()"
    line = [sys.executable, "-c", code]
    line += ["--provider", provider] if provider else []
    line += ["--threads", str(threads)] if threads is not None else []
    return " ".join(shlex.quote(part) for part in line)


def with_runtime(options: Mapping[str, Any]) -> Dict[str, Any]:
    """Options with the runtime's command in place of a device that is to compute. The full name of one, as features carry it
    (`onnxruntime 1.32.0 CPUExecutionProvider`), stays: it is the protocol's field, for features that are there already."""
    device = options.get("device")
    rest = {name: value for name, value in options.items() if name != "device"}
    if device is None or device == "cpu":
        return rest
    if " " in str(device):
        return dict(options)
    return {**rest, "runtime": command(str(device), options.get("threads"))}
