"""What the tests share: made-up videos, their score by hand, and a history of their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator

import numpy as np
import pytest

from drawing import COUNT, FRAMES, SIDE, Pair, places
from vidmetrics import _program


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing comes from an earlier run's cache, and weights come from the machine's."""
    before = os.environ.get("VIDMETRICS_CACHE")
    machine = before or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "vidmetrics")
    cache = tmp_path_factory.mktemp("cache")
    (cache / "weights").symlink_to(os.path.join(machine, "weights"))
    os.environ["VIDMETRICS_CACHE"] = str(cache)
    yield
    if before is None:
        del os.environ["VIDMETRICS_CACHE"]
    else:
        os.environ["VIDMETRICS_CACHE"] = before


@pytest.fixture(autouse=True)
def own_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """And a look at what a test leaves in shared memory."""
    monkeypatch.setenv("VIDMETRICS_DB", str(tmp_path / "history.sqlite"))
    own = str(os.getpid())
    before = places(own)
    yield
    left = places(own) - before
    assert not left, f"left behind: {left}"


@pytest.fixture(scope="session")
def videos() -> Pair:
    """Real and fake [N,T,H,W,3] bytes: squares that move, and the same darker and with noise."""
    draw = np.random.default_rng(7)
    real = np.zeros((COUNT, FRAMES, SIDE, SIDE, 3), np.uint8)
    for video in range(COUNT):
        for frame in range(FRAMES):
            real[video, frame, 4 + video : 14 + video, 2 + frame : 12 + frame] = draw.integers(120, 255, 3)
    fake = (real * 0.7 + draw.integers(0, 60, real.shape)).astype(np.uint8)
    return real, fake


@pytest.fixture(scope="session")
def fvd(videos: Pair, tmp_path_factory: pytest.TempPathFactory) -> float:
    """The score of those videos as the program gives it for .npy files, without this package's arrays."""
    folder = tmp_path_factory.mktemp("by-hand")
    for name, array in zip(("real", "fake"), videos):
        np.save(folder / f"{name}.npy", array)
    line = ["fvd", str(folder / "real.npy"), str(folder / "fake.npy"), "--json", "--no-record"]
    return float(_program.document(line)["scores"][0]["value"])
