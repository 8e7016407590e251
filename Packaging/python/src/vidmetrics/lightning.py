"""A callback for Lightning: scores of generated videos, computed on the CPU while training goes on."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Callable, Dict, List, Optional

from ._calls import Metrics
from ._options import Value
from ._scores import Scores
from ._scorer import Scorer
from ._sets import SetLike


def _lightning() -> Any:
    """Lightning under either of its names."""
    try:
        return import_module("lightning.pytorch")
    except ImportError:
        return import_module("pytorch_lightning")


_Callback: Any = _lightning().Callback


class ScoreVideos(_Callback):  # type: ignore[misc, unused-ignore]
    """Scores what a model generates at the end of validation epochs.

        from vidmetrics.lightning import ScoreVideos
        scores = ScoreVideos(real, lambda module: module.sample(256), metrics=["fvd", "kvd"], value_range="-1..1")
        trainer = Trainer(callbacks=[scores])

    On the main process alone, the videos are handed to a child process, and training goes on. Each score is logged under the
    step that its videos are of, by every logger of the trainer, as soon as it is there; the last ones at the end of `fit`,
    which waits for them. As everywhere, runs are kept in the history with their step.

    Args:
        real: the real videos, as `score` takes them; their features are computed once.
        generate: makes the videos of a module: an array, tensor or iterable of batches. It is called without gradients, in the
            main process alone, so it must not communicate with other processes.
        every_n_epochs: how many validation epochs lie between two scores.
        prefix: what stands before the names of scores in the log.
        metrics, layout, options: as of `score`; `threads` leaves processors to the data loaders.

    Attributes:
        results: all scores so far.
    """

    def __init__(
        self, real: SetLike, generate: Callable[[Any], SetLike], metrics: Metrics = "fvd", *, every_n_epochs: int = 1,
        prefix: str = "val/", layout: Optional[str] = None, **options: Value,
    ) -> None:
        super().__init__()
        self.results: List[Scores] = []
        self._generate, self._every, self._prefix = generate, every_n_epochs, prefix
        self._given = (real, metrics, layout, dict(options))
        self._scorer: Optional[Scorer] = None
        self._epochs = 0

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        if trainer.is_global_zero:
            real, metrics, layout, options = self._given
            given: Dict[str, Any] = dict(options)
            self._scorer = Scorer(real, metrics, layout=layout, **given)

    def on_validation_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        if trainer.sanity_checking or self._scorer is None:
            return
        self._epochs += 1
        if self._epochs % self._every == 0:
            self._scorer.submit(self._generate(pl_module), step=trainer.global_step)
        self._log(trainer, self._scorer.finished())

    def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
        if self._scorer is not None:
            self._log(trainer, self._scorer.finished())

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        if self._scorer is not None:
            self._log(trainer, self._scorer.wait())
            self._close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self._close()

    def _close(self) -> None:
        if self._scorer is not None:
            self._scorer.close()
            self._scorer = None

    def _log(self, trainer: Any, found: List[Scores]) -> None:
        for scores in found:
            self.results.append(scores)
            for logger in trainer.loggers:
                logger.log_metrics(scores.numbers(self._prefix), step=scores.step)
