"""How far a device's features and scores are from the program's own."""

from __future__ import annotations

import json
import os
import struct
import tempfile
import warnings
from typing import Any, Dict, List, Optional, Sequence

from . import _program
from ._calls import features, submit
from ._errors import InputError, ScoreWarning
from ._options import Value
from ._sets import Path, SetLike, VideoSet, opened


def read_features(path: Path) -> Any:
    """The features of a `.safetensors` file as a NumPy array [N,D], in the order of its rows; what they are of is in
    `vidmetrics features info --json`."""
    import numpy

    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        tensor = json.loads(file.read(length))["features"]
        begin, end = tensor["data_offsets"]
        file.seek(8 + length + begin)
        kind = {"F32": "<f4", "F64": "<f8"}[tensor["dtype"]]
        return numpy.frombuffer(file.read(end - begin), dtype=kind).reshape(tensor["shape"])


def selftest(
    real: Optional[SetLike] = None, fake: Optional[SetLike] = None, *, device: str = "onnxruntime",
    metrics: Sequence[str] = ("fvd", "fid"), **options: Value,
) -> List[Dict[str, Any]]:
    """Computes two sets on a device and by the program itself, and prints how far apart features and scores are.

    Args:
        real, fake: what is compared; without them, the clips that `vidmetrics demo` draws.
        metrics: one for each network that is to be compared; `fvd` has I3D and `fid` has Inception-v3.
        device: as of `score`: `onnxruntime`, `onnxruntime:cuda`, `onnxruntime:cpu`.
        options: as of `score`.

    Returns:
        For each network: `metric`, `device`, `largest_feature`, `feature_difference` (the largest of any value), `own` and
        `other` (the two scores) and `score_difference` (relative).

    Raises:
        InputError: where the runtime or a network's weights are not on this machine.
    """
    with tempfile.TemporaryDirectory(prefix="vidmetrics-selftest-") as folder:
        if (real is None) != (fake is None):
            raise InputError("both sets are given, or none")
        if real is None or fake is None:
            _program.output(["demo", "--out", os.path.join(folder, "demo")])
            real, fake = (os.path.join(folder, "demo", name) for name in ("real", "fake-mild"))
        layout = options.pop("layout", None)
        sets = [opened(one, None if layout is None else str(layout), "videos")[0] for one in (real, fake)]
        found = []
        for metric in metrics:
            found.append(_compared(metric, sets, device, folder, dict(options)))
            print(_text(found[-1]))
        return found


def _compared(metric: str, sets: List[VideoSet], device: str, folder: str, options: Dict[str, Any]) -> Dict[str, Any]:
    import numpy

    files = {}
    for name, chosen in (("own", None), ("other", device)):
        files[name] = [
            features(
                one, os.path.join(folder, f"{metric}-{name}-{side}.safetensors"), metric, side=side, device=chosen, cache=False,
                **options,
            )
            for side, one in zip(("real", "fake"), sets)
        ]
    own, other = (numpy.concatenate([read_features(path) for path in files[name]]) for name in ("own", "other"))
    recipe = _program.document(["features", "info", "--json", files["other"][0]])[0]["recipe"]
    told = {name: value for name, value in options.items() if name not in ("value_range", "on_error", "images")}
    if "frames" in recipe:
        told["frames"] = recipe["frames"]
    values = {}
    for name, pair in files.items():
        extra = {"device": recipe["device"]} if name == "other" else {}
        given: Dict[str, Any] = {**told, **extra, "record": False}
        with warnings.catch_warnings():
            # How few samples there are says nothing about the device.
            warnings.simplefilter("ignore", ScoreWarning)
            values[name] = submit(pair[0], pair[1], metric, **given).result().only.value
    return {
        "metric": metric,
        "device": recipe["device"],
        "largest_feature": float(numpy.abs(own).max()),
        "feature_difference": float(numpy.abs(own - other).max()),
        **values,
        "score_difference": abs(values["other"] - values["own"]) / abs(values["own"]) if values["own"] else float("nan"),
    }


def _text(row: Dict[str, Any]) -> str:
    return (
        f"{row['metric']} on {row['device']}: features differ by {row['feature_difference']:.3g} at most (the largest is "
        f"{row['largest_feature']:.3g}); {row['metric']} {row['other']:.9g}, by the program {row['own']:.9g}, relative "
        f"difference {row['score_difference']:.2g}"
    )
