"""Batches, and training loops."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

import vidmetrics
from drawing import FRAMES, Pair, places

METRICS = ["fvd", "kvd", "fid"]


@pytest.mark.parametrize("sizes", [[4], [1, 1, 1, 1], [3, 1]])
def test_batches_of_any_sizes(videos: Pair, sizes: List[int]) -> None:
    real, fake = videos
    whole = vidmetrics.score(real, fake, metrics=METRICS)
    with vidmetrics.Accumulator(real, metrics=METRICS, cache=False) as accumulator:
        start = 0
        for size in sizes:
            accumulator.update(fake[start : start + size])
            start += size
        scores = accumulator.compute(step=3)
    assert scores.numbers() == whole.numbers()
    assert [score.fingerprint for score in scores.values()] == [score.fingerprint for score in whole.values()]
    assert scores.step == 3 and vidmetrics.History().run()["step"] == 3


def test_reset_keeps_the_real_set(videos: Pair, fvd: float, tmp_path: Path) -> None:
    real, fake = videos
    features = vidmetrics.features(real, tmp_path / "real.safetensors")
    for given in (real, features, vidmetrics.VideoSet(real)):
        with vidmetrics.Accumulator(given, "fvd") as accumulator:
            accumulator.update(fake[:2] // 2)
            accumulator.update(fake[2:])
            other = accumulator.compute().value
            accumulator.reset()
            accumulator.update(fake)
            assert accumulator.compute().value == fvd != other
            assert accumulator.compute(bootstrap=40).interval is not None
        if isinstance(given, vidmetrics.VideoSet):
            given.close()


def test_a_batch_that_cannot_be_used_is_told_of_and_left_out(videos: Pair, fvd: float) -> None:
    real, fake = videos
    with vidmetrics.Accumulator(real, "fvd") as accumulator:
        accumulator.update(fake[:2])
        accumulator.update(fake[:1, :9])
        with pytest.raises(vidmetrics.InputError, match="`frames` is `10` in `the first batch` and `9` in `batch-000001`"):
            accumulator.compute()
        with pytest.raises(vidmetrics.InputError, match="float32 and float64 are"):
            accumulator.update(fake.astype(np.int16))
        accumulator.update(fake[2:])
        assert accumulator.compute().value == fvd
        with pytest.raises(vidmetrics.InputError, match="protocol cannot be given"):
            accumulator.compute(protocol="tats")
    with pytest.raises(vidmetrics.InputError, match="nothing to merge"):
        with vidmetrics.Accumulator(real, "fvd") as accumulator:
            accumulator.compute()
    with pytest.raises(vidmetrics.InputError, match="fdv"):
        vidmetrics.Accumulator(real, "fdv")


def test_memory_does_not_grow_with_the_videos(videos: Pair) -> None:
    """Of the child: what 8 and 40 batches need differs by less than one batch."""
    batch = np.random.default_rng(0).integers(0, 256, (1, FRAMES, 256, 256, 3), "u1")
    with vidmetrics.Accumulator(videos[0], "fvd", threads=1, cache=False) as accumulator:
        peaks = []
        for count in range(40):
            batch[0, 0, 0, 0] = count
            accumulator.update(batch)
            assert len(places(str(os.getpid()))) <= 6
            if count + 1 in (8, 40):
                accumulator._fake.settle()
                status = Path(f"/proc/{accumulator._fake._process.pid}/status").read_text()
                peaks.append(int(status.split("VmHWM:")[1].split()[0]) * 1024)
    assert peaks[1] - peaks[0] < 4 << 20, f"{peaks}"


def test_a_child_that_dies_is_an_error(videos: Pair) -> None:
    with vidmetrics.Accumulator(videos[0], "fvd") as accumulator:
        os.kill(accumulator._fake._process.pid, 9)
        with pytest.raises(vidmetrics.ProgramFailed, match="signal 9 .SIGKILL."):
            for _ in range(4):
                accumulator.update(videos[1])
                time.sleep(0.1)


def test_no_child_is_left(videos: Pair) -> None:
    accumulator = vidmetrics.Accumulator(videos[0], "fvd")
    children = [accumulator._fake._process, accumulator._reals._process] if accumulator._reals else []
    del accumulator
    gc.collect()
    assert len(children) == 2 and all(child.poll() is not None for child in children)


def test_plain_loop(videos: Pair, fvd: float) -> None:
    real, fake = videos
    logged: Dict[int, float] = {}
    with vidmetrics.Scorer(real, "fvd", name="toy") as scorer:
        for step in range(1, 41):
            time.sleep(0.01)
            if step % 10 == 0:
                scorer.submit(fake if step == 40 else fake // 2 + step, step=step)
            for scores in scorer.finished():
                logged[int(scores.step or 0)] = scores.value
        for scores in scorer.wait():
            logged[int(scores.step or 0)] = scores.value
    assert sorted(logged) == [10, 20, 30, 40] and logged[40] == fvd
    rows = vidmetrics.History().scores()
    assert {row["step"]: row["value"] for row in rows} == logged and len({row["real_digest"] for row in rows}) == 1


def test_a_score_that_fails_does_not_lose_the_others(videos: Pair, fvd: float) -> None:
    real, fake = videos
    with vidmetrics.Scorer(real, "fvd") as scorer:
        scorer.submit(fake[:, :5], step=1)
        scorer.submit(fake, step=2)
        with pytest.raises(vidmetrics.InputError):
            scorer.wait()
        assert [(scores.step, scores.value) for scores in scorer.wait()] == [(2, fvd)]


def test_lightning(videos: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    lightning = pytest.importorskip("lightning.pytorch")
    from lightning.pytorch.loggers import CSVLogger

    from vidmetrics.lightning import ScoreVideos

    real, _ = videos

    class Toy(lightning.LightningModule):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))

        def training_step(self, batch: Any, _: int) -> Any:
            return ((self.weight - batch) ** 2).mean()

        def validation_step(self, batch: Any, _: int) -> None:
            pass

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

        def sample(self) -> Any:
            assert not torch.is_grad_enabled()
            noise = torch.from_numpy(real).permute(0, 1, 4, 2, 3).float() / 255
            return (noise * self.weight.clamp(0, 1)).half()

    loader = torch.utils.data.DataLoader(torch.ones(8), batch_size=2)
    logger = CSVLogger(str(tmp_path), flush_logs_every_n_steps=1)
    callback = ScoreVideos(real, lambda module: module.sample(), metrics=["fvd"], value_range="0..1", name="toy")
    trainer = lightning.Trainer(
        max_epochs=3, logger=logger, callbacks=[callback], enable_progress_bar=False, enable_model_summary=False,
        accelerator="cpu", default_root_dir=str(tmp_path), log_every_n_steps=1,
    )
    trainer.fit(Toy(), loader, loader)
    assert [scores.step for scores in callback.results] == [4, 8, 12]
    logged = [(step, metrics["val/fvd"]) for step, metrics in _rows(logger) if "val/fvd" in metrics]
    assert logged == [(scores.step, scores.value) for scores in callback.results]
    assert [row["step"] for row in vidmetrics.History().scores()] == [4, 8, 12]
    values = [scores.value for scores in callback.results]
    assert values == sorted(values, reverse=True), "the model learns to show the real videos"


def _rows(logger: Any) -> List[Any]:
    import csv

    found = []
    with open(Path(logger.log_dir) / "metrics.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            numbers = {name: float(value) for name, value in row.items() if value}
            found.append((int(numbers.pop("step")), numbers))
    return found
