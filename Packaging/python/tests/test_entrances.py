"""The same pixels have the same score to the bit, through whichever entrance they come."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import vidmetrics
from drawing import FRAMES, Pair, write_frames


@pytest.mark.parametrize("layout", ["NTHWC", "NTCHW", "NCTHW"])
@pytest.mark.parametrize("told", [True, False])
def test_arrays(videos: Pair, fvd: float, layout: str, told: bool) -> None:
    order = ["NTHWC".index(axis) for axis in layout]
    real, fake = (np.ascontiguousarray(array.transpose(order)) for array in videos)
    assert vidmetrics.fvd(real, fake, layout=layout if told else None).value == fvd


@pytest.mark.parametrize("order", ["NTHWC", "NTCHW", "NCTHW"])
def test_tensors(videos: Pair, fvd: float, order: str) -> None:
    torch = pytest.importorskip("torch")
    axes = ["NTHWC".index(axis) for axis in order]
    real, fake = (torch.from_numpy(array).permute(axes) for array in videos)
    assert vidmetrics.fvd(real, fake).value == fvd


def test_slices_and_strides(videos: Pair, fvd: float) -> None:
    """What is not contiguous is copied as it is seen."""
    wide = [np.concatenate([array, array[..., ::-1]], axis=0) for array in videos]
    assert vidmetrics.fvd(wide[0][: len(wide[0]) // 2], wide[1][: len(wide[1]) // 2]).value == fvd


def test_files(videos: Pair, fvd: float, tmp_path: Path) -> None:
    real = write_frames(videos[0], tmp_path / "real")
    fake = write_frames(videos[1], tmp_path / "fake")
    lists = vidmetrics.fvd(real, fake, frames=FRAMES).value
    folders = vidmetrics.fvd(tmp_path / "real", str(tmp_path / "fake"), frames=FRAMES).value
    assert lists == fvd and folders == fvd


def test_batches(videos: Pair, fvd: float) -> None:
    real, fake = videos
    assert vidmetrics.fvd((real[i : i + 1] for i in range(len(real))), [fake[:3], fake[3:]]).value == fvd
    # Single videos are batches of one.
    assert vidmetrics.fvd(list(real), iter(fake), layout="THWC").value == fvd


def test_features(videos: Pair, fvd: float, tmp_path: Path) -> None:
    files = [
        vidmetrics.features(array, tmp_path / f"{side}.safetensors", side=side)
        for side, array in zip(("real", "fake"), videos)
    ]
    assert vidmetrics.fvd(*files, frames=FRAMES).value == fvd


def test_submit(videos: Pair, fvd: float) -> None:
    real, fake = videos
    with vidmetrics.VideoSet(real) as kept:
        jobs = [vidmetrics.submit(kept, fake, step=step) for step in (10, 20)]
        scores = [job.result() for job in jobs]
    assert [score.value for score in scores] == [fvd, fvd]
    assert [score.step for score in scores] == [10, 20] and [job.step for job in jobs] == [10, 20]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats(videos: Pair, fvd: float, dtype: str) -> None:
    """Whole numbers of 0..255 are the same pixels as bytes."""
    real, fake = (array.astype(dtype) for array in videos)
    assert vidmetrics.fvd(real, fake, value_range="0..255").value == pytest.approx(fvd, rel=1e-6)


def test_bfloat16(videos: Pair) -> None:
    torch = pytest.importorskip("torch")
    real, fake = (torch.from_numpy(array).float() / 127.5 - 1 for array in videos)
    narrow = [tensor.to(torch.bfloat16) for tensor in (real, fake)]
    widened = [tensor.float() for tensor in narrow]
    values = [vidmetrics.fvd(*pair, value_range="-1..1").value for pair in (narrow, widened)]
    assert values[0] == values[1]
