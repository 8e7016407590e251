"""Scores beside a training loop: one after the other, in a child process, each under the step that it belongs to."""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, Dict, List, Optional, Tuple

from ._calls import Metrics, submit
from ._jobs import Job
from ._options import Value
from ._scores import Scores
from ._sets import SetLike, VideoSet, check_range, opened


class Scorer:
    """Scores generated videos of many steps against one real set while training goes on.

        scorer = vidmetrics.Scorer(real, metrics=["fvd", "kvd"], value_range="-1..1", name="mine")
        for step in range(steps):
            ...
            if step % 1000 == 0:
                scorer.submit(sample(256), step=step)
            for scores in scorer.finished():
                logger.log(scores.numbers("val/"), step=scores.step)
        for scores in scorer.wait():
            logger.log(scores.numbers("val/"), step=scores.step)

    Real arrays are copied once, and the real set's features are computed by the first score and come from the cache for all
    others. One score is computed at a time; further ones wait, their videos in shared memory. Make one in the main process
    alone (rank 0).

    Args:
        real, metrics, layout, options: as of `score`.
        waiting: how many scores may wait; `submit` waits for the oldest where there would be more.
    """

    def __init__(
        self, real: Optional[SetLike], metrics: Metrics = "fvd", *, layout: Optional[str] = None, waiting: int = 2,
        **options: Value,
    ) -> None:
        self._real: Optional[VideoSet] = None
        self._owns_real = False
        if real is not None:
            self._real, self._owns_real = opened(real, layout, "real")
        self._metrics, self._layout, self._options = metrics, layout, options
        self._most = waiting
        self._waiting: Deque[Tuple[int, VideoSet, bool]] = deque()
        self._running: Optional[Tuple[Job, Optional[VideoSet]]] = None
        self._done: List[Job] = []

    def submit(self, videos: SetLike, step: int) -> None:
        """Takes the videos of a step; arrays are copied before it returns."""
        one, is_own = opened(videos, self._layout, "fake")
        try:
            value_range = self._options.get("value_range")
            check_range([self._real, one], None if value_range is None else str(value_range))
        except BaseException:
            if is_own:
                one.close()
            raise
        self._waiting.append((step, one, is_own))
        self._advance()
        while len(self._waiting) > self._most:
            self._advance(waits=True)

    def finished(self) -> List[Scores]:
        """The scores that have been computed since the last call, by rising step; to be called now and then, as it also starts
        what waits.

        Raises:
            VidmetricsError: of a score that failed. The others come with the next call.
        """
        self._advance()
        return self._taken()

    def wait(self) -> List[Scores]:
        """Waits for all scores that are still to come. Raises as `finished` does."""
        while self._running is not None or self._waiting:
            self._advance(waits=True)
        return self._taken()

    def close(self) -> None:
        """Ends what is being computed, and gives the arrays back."""
        if self._running is not None:
            self._running[0].cancel()
            self._release()
        for _, one, is_own in self._waiting:
            if is_own:
                one.close()
        self._waiting.clear()
        if self._owns_real and self._real is not None:
            self._real.close()

    def __enter__(self) -> "Scorer":
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is None:
            while self._running is not None or self._waiting:
                self._advance(waits=True)
        self.close()

    def _advance(self, waits: bool = False) -> None:
        if self._running is not None:
            job = self._running[0]
            if waits:
                job._process.wait()
            if not job.done():
                return
            # The answer is read now, since the arrays are given back.
            self._done.append(job)
            self._release()
        if self._waiting:
            step, one, is_own = self._waiting.popleft()
            options: Dict[str, Any] = {**self._options, "step": step}
            self._running = (submit(self._real, one, self._metrics, **options), one if is_own else None)

    def _release(self) -> None:
        assert self._running is not None
        own = self._running[1]
        self._running = None
        if own is not None:
            own.close()

    def _taken(self) -> List[Scores]:
        scores = []
        while self._done:
            scores.append(self._done.pop(0)._result(None, stacklevel=3))
        return scores
