"""What comes back: scores, warnings, errors, the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vidmetrics
from drawing import Pair, places, write_frames
from vidmetrics import _options, _program


def test_scores(videos: Pair, tmp_path: Path) -> None:
    scores = vidmetrics.score(
        *videos, metrics=["fvd", "fvd:tats", "kvd"], bootstrap=50, step=7, name="mine", tag=["a", "b"]
    )
    assert list(scores) == ["fvd:stylegan-v", "fvd:tats", "kvd"]
    first = scores["fvd:stylegan-v"]
    assert first.interval is not None and first.interval.low <= first.interval.high and first.interval.level == 0.95
    assert first.fingerprint.startswith("sha256:") and first.fields["frames"] == 10 and first.lower_is_better
    assert scores.numbers("val/") == {f"val/{name}": float(score) for name, score in scores.items()}
    assert scores.to_dict()["name"] == "mine" and scores.to_dict()["tags"] == ["a", "b"] and scores.step == 7
    assert json.loads(json.dumps(scores.to_dict())) == scores.to_dict()
    with pytest.raises(vidmetrics.VidmetricsError, match="there are 3 scores"):
        scores.value
    assert vidmetrics.History().run()["id"] == scores.run


def test_warnings_come_once_and_from_the_callers_line(videos: Pair) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scores = vidmetrics.score(*videos, metrics=["fvd", "kvd"], record=False)
        vidmetrics.fvd(*videos, record=False)
        job = vidmetrics.submit(*videos, record=False)
        job.result()
        job.result()
    found = [one for one in caught if isinstance(one.message, vidmetrics.ScoreWarning)]
    assert {one.filename for one in found} == {__file__}
    codes = [one.message.code for one in found if isinstance(one.message, vidmetrics.ScoreWarning)]
    assert codes.count("rank-deficient") == 3 and "small-n" in codes
    both = [one for one in scores.warnings if one.code == "small-n"]
    assert any(one.metric == "fvd" for one in both)


@pytest.mark.parametrize(
    ("make", "words", "hint"),
    [
        (lambda real, fake: vidmetrics.fvd("nothere", fake), "no such file or folder: `nothere`", None),
        (lambda real, fake: vidmetrics.fvd(real, fake, sed=1), "no field `sed`", "did you mean `seed`"),
        (lambda real, fake: vidmetrics.score(real, fake, "fdv"), "fdv", "fvd"),
        (lambda real, fake: vidmetrics.fvd(real / 255.0, fake), "what the floats", 'value_range`: "0..1"'),
        (lambda real, fake: vidmetrics.fvd(real / 255.0, fake, value_range="-2..2"), "-2..2", None),
        (lambda real, fake: vidmetrics.fvd(real.astype(np.int64), fake), "an array of int64", "uint8"),
        (lambda real, fake: vidmetrics.fvd(real[..., :1], fake, layout="NTHWC"), "has 1 values", "grey"),
        (lambda real, fake: vidmetrics.fvd(real[:, :3], fake), "may be NCTHW or NTHWC", "layout"),
        (lambda real, fake: vidmetrics.fvd(real[..., :2], fake), "no axis of three channels", "layout"),
        (lambda real, fake: vidmetrics.fvd(real[0], fake), "[10,32,32,3]", "`THWC` for one video"),
        (lambda real, fake: vidmetrics.fvd(real, fake, layout="NTHW"), "`NTHW` is not a layout", "a letter for each"),
        (lambda real, fake: vidmetrics.fvd(real, fake, layout="THWC"), "is for 4 axes", None),
        (lambda real, fake: vidmetrics.fvd(real, []), "not one batch", "an iterator"),
        (lambda real, fake: vidmetrics.fvd(real, 3), "int is not a set", "a set is a path"),
        (lambda real, fake: vidmetrics.fvd(real, [fake, fake.astype("f4")], value_range="0..255"), "float32 follows", "one"),
        (lambda real, fake: vidmetrics.fvd(real, fake, cache="no"), "`cache` is True or False", None),
        (lambda real, fake: vidmetrics.fvd(real, fake, step=True), "`step` does not take True", None),
        (lambda real, fake: vidmetrics.fvd("a", "b", layout="NTHWC"), "`layout` is for arrays", None),
    ],
)
def test_errors(videos: Pair, make: Any, words: str, hint: Any) -> None:
    with pytest.raises(vidmetrics.InputError) as caught:
        make(*videos)
    assert words in caught.value.words
    assert hint is None or hint in (caught.value.hint or "")
    assert isinstance(caught.value, (ValueError, vidmetrics.VidmetricsError))


def test_skipped_inputs_are_warned_of(videos: Pair, tmp_path: Path) -> None:
    write_frames(videos[1], tmp_path / "fake")
    write_frames(videos[1][:1, :3], tmp_path / "fake" / "short")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scores = vidmetrics.fvd(videos[0], tmp_path / "fake", frames=10, on_error="skip")
    assert len(scores.skipped) == 1 and "short" in scores.skipped[0][0]
    assert "skipped" in [one.message.code for one in caught if isinstance(one.message, vidmetrics.ScoreWarning)]
    with pytest.raises(vidmetrics.InputError) as stopped:
        vidmetrics.fvd(videos[0], tmp_path / "fake", frames=10)
    assert stopped.value.status == 2 and "score" in stopped.value.command


def test_no_space(videos: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidmetrics._places._free", lambda base: 1 << 20)
    with pytest.raises(vidmetrics.NoSpace, match="set TMPDIR"):
        vidmetrics.fvd(*videos)


def test_small_shared_memory(videos: Pair, fvd: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where shared memory is too small, arrays go to the temporary folder, and the score is the same."""
    monkeypatch.setattr("vidmetrics._places._free", lambda base: 0 if base == "/dev/shm" else 1 << 40)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    job = vidmetrics.submit(videos[0], [videos[1][:2], videos[1][2:]])
    assert len(list(tmp_path.glob("vidmetrics-*/*.npy"))) == 3
    assert job.result().value == fvd
    assert not list(tmp_path.glob("vidmetrics-*"))


def test_what_killed_processes_left_is_removed(videos: Pair) -> None:
    code = (
        "import os, sys, numpy, vidmetrics\n"
        "kept = vidmetrics.VideoSet(numpy.zeros((2, 10, 8, 8, 3), 'u1'))\n"
        "print(kept.path, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, env=_environment(), check=False)
    left = Path(done.stdout.decode().strip()).parent.name
    assert left in places()
    with vidmetrics.VideoSet(videos[0]):
        assert left not in places()


def test_a_job_that_nobody_waits_for_is_told_of(videos: Pair) -> None:
    code = (
        "import numpy, vidmetrics\n"
        "draw = numpy.random.default_rng()\n"
        "a = draw.integers(0, 256, (8, 16, 64, 64, 3), 'u1')\n"
        "job = vidmetrics.submit(a, a, step=3, cache=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, env=_environment(), check=True)
    assert "a score of step 3 was still being computed and is lost" in done.stderr.decode()


def test_cancel_and_timeout(videos: Pair) -> None:
    draw = np.random.default_rng()
    job = vidmetrics.submit(draw.integers(0, 256, (8, 16, 64, 64, 3), "u1"), videos[1], frames=10, cache=False)
    with pytest.raises(TimeoutError):
        job.result(timeout=0.01)
    assert not job.done() and vidmetrics.finished([job]) == []
    job.cancel()
    with pytest.raises(vidmetrics.VidmetricsError):
        job.result()
    assert job.done()


def test_nothing_but_the_standard_library_is_imported() -> None:
    code = (
        "import sys; before = set(sys.modules); import vidmetrics\n"
        "names = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(names - set(sys.stdlib_module_names) - {'vidmetrics'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, env=_environment(), check=True)
    assert done.stdout.decode().strip() == "[]"


def test_the_module_is_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vidmetrics", "--version"], stdout=subprocess.PIPE, env=_environment(), check=True
    )
    assert done.stdout.decode() == _program.output(["--version"])
    assert done.stdout.decode().split()[0] == vidmetrics.__version__


def test_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDMETRICS_PROGRAM", "/nothere/vidmetrics")
    with pytest.raises(vidmetrics.ProgramMissing, match="is not a program"):
        vidmetrics.fvd("a", "b")


def test_every_option_of_the_program_is_known() -> None:
    text = _program.output(["score", "--help"])
    options = set(re.findall(r"^  --([a-z-]+)", text, re.M)) | set(re.findall(r", --([a-z-]+)", text))
    # Arrays are brought to one layout here, so `--layout` is not passed on.
    own = {"json", "help", "version", "metrics", "set", "batch-norm-eps", "layout", "quiet"}
    known = {name.replace("_", "-") for name in _options.EXTRACTION | _options.REPORT}
    known = {{"cache": "no-cache", "record": "no-record"}.get(name, name) for name in known}
    aliases = {"bn-eps"}  # printed as `--bn-eps, --batch-norm-eps`
    assert options - own - known == set(), "options that Python would take for fields"
    assert known - options - aliases == set(), "options that the program does not have"


def test_every_metric_has_its_function() -> None:
    text = _program.output(["--help"])
    part = text.split("METRIC SUBCOMMANDS:")[1].split("SUBCOMMANDS:")[0]
    names = re.findall(r"^  ([a-z][a-z-]+) ", part, re.M)
    assert len(names) > 10
    for name in names:
        assert callable(getattr(vidmetrics, name.replace("-", "_")))


def _environment() -> "dict[str, str]":
    source = str(Path(__file__).parents[1] / "src")
    return {**os.environ, "PYTHONPATH": source, "VIDMETRICS_PROGRAM": vidmetrics.program()}
