"""Training loops."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict, List

import pytest

import vidmetrics
from drawing import Pair


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
