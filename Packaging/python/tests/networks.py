"""Every network of the program by ONNX Runtime, against the program's own example of it.

    VIDMETRICS_PROGRAM=.build/release/vidmetrics python Packaging/python/tests/networks.py

Networks whose weights are not on every machine have made-up ones, as `vidmetrics networks export` gives them.
"""

from __future__ import annotations

import json
import struct
import tempfile
from pathlib import Path
from typing import Any, Dict

import numpy as np

from vidmetrics import _program

WEIGHTS = {"i3d": "i3d-kinetics400", "inception-v3": "inception-2015-12-05"}


def tensors(path: Path) -> Dict[str, Any]:
    """The float32 tensors of a .safetensors file, flat."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    head, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4")
        for name, entry in head.items() if name != "__metadata__"
    }


def compare(network: str, onnxruntime: Any) -> str:
    with tempfile.TemporaryDirectory() as folder:
        graph, example = Path(folder) / "network.onnx", Path(folder) / "example.safetensors"
        line = ["networks", "export", network, "--onnx", str(graph), "--example", str(example)]
        _program.output([*line, *(["--weights", WEIGHTS[network]] if network in WEIGHTS else [])])
        given = tensors(example)
        session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    head = session.get_inputs()[0]
    values = given["input"].reshape([1, *head.shape[1:]])
    found = session.run(None, {head.name: values.astype(np.int64) if "int64" in head.type else values})
    pairs = [(one.ravel(), given[f"output_{index + 1}"]) for index, one in enumerate(found)]
    difference = max(float(np.abs(one - other).max()) for one, other in pairs)
    largest = max(float(np.abs(other).max()) for _, other in pairs)
    weights = WEIGHTS.get(network, "made-up weights")
    return f"{network:19} {weights:21} largest {largest:8.4g}  difference {difference:8.2g}  relative {difference / largest:.1e}"


def main() -> None:
    import onnxruntime  # type: ignore[import-untyped, unused-ignore]

    print("onnxruntime", onnxruntime.__version__)
    rows = _program.output(["networks", "list"]).splitlines()[1:]
    for network in [row.split()[0] for row in rows if row.strip() and not row.startswith("-")]:
        print(compare(network, onnxruntime), flush=True)


if __name__ == "__main__":
    main()
