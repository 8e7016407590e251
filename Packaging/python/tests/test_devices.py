"""Networks by ONNX Runtime: their features have an identity of their own."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

import vidmetrics
from drawing import FRAMES, Pair
from networks import tensors
from vidmetrics import _program, runtime

DEVICE = "onnxruntime:cpu"


@pytest.fixture(autouse=True)
def needs_onnxruntime() -> None:
    pytest.importorskip("onnxruntime")


def name() -> str:
    onnxruntime = pytest.importorskip("onnxruntime")

    return f"onnxruntime {onnxruntime.__version__} CPUExecutionProvider"


def test_scores_are_near_and_of_another_fingerprint(videos: Pair) -> None:
    own = vidmetrics.score(*videos, metrics=["fvd", "fid"])
    other = vidmetrics.score(*videos, metrics=["fvd", "fid"], device=DEVICE)
    for metric in own:
        assert other[metric].value == pytest.approx(own[metric].value, rel=1e-5)
        assert other[metric].fingerprint != own[metric].fingerprint
        assert other[metric].fields["device"] == name() and "device" not in own[metric].fields
    assert other.to_dict()["circumstances"]["isa"] == name()
    compared = vidmetrics.History().compare(own.run, other.run, metric="fvd")["scores"][0]
    assert not compared["comparable"] and "device" in str(compared["reasons"])


def test_features_know_their_device(videos: Pair, fvd: float, tmp_path: Path) -> None:
    """They are not mixed with others in silence."""
    real, fake = videos
    own = vidmetrics.features(real, tmp_path / "own.safetensors")
    pair = [
        vidmetrics.features(array, tmp_path / f"{side}.safetensors", side=side, device=DEVICE)
        for side, array in (("real", real), ("fake", fake))
    ]
    words = re.escape(f"was made with device = {name()}, and the protocol asks for cpu")
    with pytest.raises(vidmetrics.InputError, match=words):
        vidmetrics.fvd(own, pair[1], frames=FRAMES)
    with pytest.raises(vidmetrics.InputError, match=re.escape(f"made with device = cpu, and the protocol asks for {name()}")):
        vidmetrics.fvd(own, pair[1], frames=FRAMES, device=name())
    with pytest.raises(vidmetrics.InputError, match="have no features of .* yet") as caught:
        vidmetrics.fvd(real, pair[1], device=name(), cache=False)
    assert "--runtime COMMAND" in (caught.value.hint or "")
    scores = vidmetrics.fvd(*pair, frames=FRAMES, device=name())
    assert scores.value == vidmetrics.fvd(real, fake, device=DEVICE).value == pytest.approx(fvd, rel=1e-5)
    merged = tmp_path / "merged.safetensors"
    with pytest.raises(vidmetrics.InputError, match="`device` is"):
        _program.output(["features", "merge", own, pair[0], "--out", str(merged)])


def test_features_of_one_device_are_not_kept_for_another(videos: Pair) -> None:
    """The key of the cache has the whole name of the device."""
    code = "from vidmetrics import runtime; runtime.device_name = lambda *_: 'onnxruntime 0.1 Other'; runtime.main()"
    other = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} --provider cpu"
    environment = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(vidmetrics.__file__).parent.parent), environment])
    try:
        computed = [
            vidmetrics.score(*videos, metrics=["fvd"], bn_eps=0.002, **how).to_dict()["circumstances"]["clips_computed"]
            for how in ({"device": DEVICE}, {"runtime": other}, {"device": DEVICE}, {"runtime": other})
        ]
    finally:
        os.environ["PYTHONPATH"] = environment
    clips = 2 * len(videos[0])
    assert computed == [clips, clips, 0, 0]


def test_batches_on_a_device(videos: Pair) -> None:
    real, fake = videos
    whole = vidmetrics.score(real, fake, metrics=["fvd", "fid"], device=DEVICE)
    with vidmetrics.Accumulator(real, ["fvd", "fid"], device=DEVICE) as accumulator:
        accumulator.update(fake[:1])
        accumulator.update(fake[1:])
        scores = accumulator.compute()
    assert scores.numbers() == whole.numbers()
    assert [score.fingerprint for score in scores.values()] == [score.fingerprint for score in whole.values()]


def test_selftest(videos: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    rows = vidmetrics.selftest(*videos, device=DEVICE)
    assert [row["metric"] for row in rows] == ["fvd", "fid"]
    for row in rows:
        assert 0 < row["feature_difference"] < 1e-4 * row["largest_feature"]
        assert row["score_difference"] < 1e-5 and row["device"] == name()
    assert capsys.readouterr().out.count("features differ by") == 2


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("false", "it has ended"),
        ("echo hello", "its answer is not JSON: hello"),
        ("echo '{}'", "it did not say which device it is"),
        ("echo '{\"error\": \"no card\"}'", "no card"),
        ("""sh -c 'echo "{\\"device\\": \\"d\\"}"; read x; echo "{\\"error\\": \\"no memory\\"}"; read x'""", "no memory"),
        ("""sh -c 'echo "{\\"device\\": \\"d\\"}"; read x; echo "{\\"loaded\\": true}"'""", "it has ended"),
    ],
)
def test_a_runtime_that_fails(videos: Pair, command: str, words: str) -> None:
    with pytest.raises(vidmetrics.InputError) as caught:
        vidmetrics.fvd(*videos, runtime=command, cache=False)
    assert words in caught.value.words


def test_providers() -> None:
    assert runtime.chosen(None, ["CPUExecutionProvider"]) == "CPUExecutionProvider"
    assert runtime.chosen(None, ["CUDAExecutionProvider", "CPUExecutionProvider"]) == "CUDAExecutionProvider"
    assert runtime.device_name("1.2", "CUDAExecutionProvider", ["B", "A", "B"]) == "onnxruntime 1.2 CUDAExecutionProvider A + B"
    with pytest.raises(ValueError, match="has no CUDAExecutionProvider, but CPUExecutionProvider"):
        runtime.chosen("cuda", ["CPUExecutionProvider"])


def test_a_device_that_is_none(videos: Pair) -> None:
    with pytest.raises(vidmetrics.InputError, match="`cuda` is not a device"):
        vidmetrics.fvd(*videos, device="cuda")
    with pytest.raises(vidmetrics.InputError, match="psnr has no field `device`"):
        vidmetrics.psnr(*videos, device=DEVICE)
    if "CUDAExecutionProvider" not in __import__("onnxruntime").get_available_providers():
        with pytest.raises(vidmetrics.InputError, match="has no CUDAExecutionProvider"):
            vidmetrics.fvd(*videos, device="onnxruntime:cuda", cache=False)


def test_the_messages_of_the_runtime(tmp_path: Path) -> None:
    """What the program says and hears, with a network's own example."""
    graph, example = tmp_path / "network.onnx", tmp_path / "example.safetensors"
    line = ["networks", "export", "inception-v3", "--weights", "inception-2015-12-05", "--onnx", str(graph)]
    _program.output([*line, "--example", str(example)])
    given = tensors(example)
    clip = given["input"].tobytes()
    requests = [
        b'{"load": "/nothere.onnx"}\n', json.dumps({"load": str(graph)}).encode() + b"\n",
        b'{"run": [2, 1, 299, 299, 3]}\n' + clip + clip, b'{"run": [1, 1, 2, 2, 3]}\n' + bytes(48),
        b'{"run": [1, 1, 299, 299, 3]}\n' + clip,
    ]
    answers = io.BytesIO()
    runtime.serve(runtime.Runtime("cpu", 1), io.BytesIO(b"".join(requests)), answers)
    answers.seek(0)
    assert json.loads(answers.readline()) == {"device": name()}
    assert "nothere.onnx" in json.loads(answers.readline())["error"]
    assert json.loads(answers.readline()) == {"loaded": True}
    for rows in (2, None, 1):
        answer = json.loads(answers.readline())
        if rows is None:
            assert "error" in answer, "what does not fit the network is told of, and the next request is read"
            continue
        assert answer == {"rows": rows, "columns": 2048}
        found = np.frombuffer(answers.read(4 * rows * 2048), "<f4").reshape(rows, 2048)
        assert np.abs(found - given["output_1"]).max() < 1e-5 * np.abs(given["output_1"]).max()
    assert answers.read() == b""
