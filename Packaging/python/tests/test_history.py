"""The history as dictionaries."""

from __future__ import annotations

from pathlib import Path

import pytest

import vidmetrics
from drawing import Pair


def test_history(videos: Pair, tmp_path: Path) -> None:
    real, fake = videos
    path = tmp_path / "runs.sqlite"
    for step, array in ((1, fake // 3), (2, fake)):
        vidmetrics.score(real, array, metrics=["fvd", "kvd"], step=step, name="mine", db=path)
    history = vidmetrics.History(path)
    assert [run["step"] for run in history.runs()] == [2, 1]
    assert [row["step"] for row in history.scores(metric="fvd")] == [1, 2]
    best = history.best("fvd")
    assert best is not None and best["value"] == min(row["value"] for row in history.scores(metric="fvd"))
    assert best == history.best("fvd", name="mine") and history.best("fvd", name="other") is None
    first, second = (run["id"] for run in reversed(history.runs()))
    compared = history.compare(first, second, metric="fvd")["scores"][0]
    assert compared["comparable"]
    values = [row["value"] for row in history.scores(metric="fvd")]
    assert history.query("SELECT count(*) AS n FROM scores")[0]["n"] == 4
    assert history.diff(first, second)[0]["comparable"]
    assert [compared["first"]["value"], compared["second"]["value"]] == values
    assert Path(history.report(tmp_path / "page.html")).read_text().count("<svg") >= 1
    assert history.runs(limit=1)[0]["id"] == second
    assert vidmetrics.History(tmp_path / "runs.sqlite").best("fid") is None
    with pytest.raises(vidmetrics.InputError, match="not chosen by colour"):
        history.runs(colour="red")


def test_no_best_among_different_protocols(videos: Pair, tmp_path: Path) -> None:
    vidmetrics.score(*videos, metrics=["fvd", "fvd:tats"])
    with pytest.raises(vidmetrics.InputError, match="have no best one"):
        vidmetrics.History().best("fvd")


def test_pandas(videos: Pair, fvd: float) -> None:
    pytest.importorskip("pandas")
    vidmetrics.fvd(*videos, step=5)
    table = vidmetrics.History().to_pandas()
    assert list(table["value"]) == [fvd] and list(table["step"]) == [5]


def test_no_history(tmp_path: Path) -> None:
    with pytest.raises(vidmetrics.InputError, match="nothere.sqlite"):
        vidmetrics.History(tmp_path / "nothere.sqlite").runs()
