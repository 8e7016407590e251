"""Scores of videos that come batch by batch, in the manner of torchmetrics."""

from __future__ import annotations

import os
import weakref
from typing import Any, Dict, List, Optional

from . import _options, _program
from ._calls import Metrics
from ._devices import with_runtime
from ._errors import InputError
from ._jobs import Job
from ._options import Value
from ._places import Place
from ._scores import Scores
from ._sets import SetLike, VideoSet
from ._stream import Stream

# What says how videos are read: of no use where features stand for them.
_OF_VIDEOS = frozenset({"value_range", "on_error", "images", "device"})


class Accumulator:
    """Takes generated videos batch by batch and scores all of them together.

        accumulator = vidmetrics.Accumulator(real, metrics=["fvd", "kvd"], value_range="-1..1")
        for batch in batches:
            accumulator.update(batch)
        print(accumulator.compute(step=1000)["fvd"].value)
        accumulator.reset()

    A child process computes the features of one batch while the next one is made, and keeps features alone: memory does not
    grow with the videos. The real set's features are computed once, when the first score is asked for. Scores are those of
    one call with all videos, to the bit, in any sizes of batches; only where a protocol draws clips at random do the draws
    differ, since they go by the videos' names.

    Args:
        real: the real videos, as `score` takes them, or features; None for metrics that need none.
        metrics: as of `score`.
        layout: the axes of arrays, see `VideoSet`.
        options: as of `score`. Those of a run (`step`, `name`, `bootstrap`, ...) can also be given to `compute`.
    """

    def __init__(
        self, real: Optional[SetLike], metrics: Metrics = "fvd", *, layout: Optional[str] = None, **options: Value
    ) -> None:
        self._metrics = [metrics] if isinstance(metrics, str) else list(metrics)
        self._layout = layout
        self._options: Dict[str, Any] = dict(options)
        self._place = Place()
        self._writes = 0
        self._real: Optional[str] = None
        self._extraction = with_runtime(_options.split(options)["extraction"])
        self._fake = Stream(self._metrics, "fake", self._extraction)
        self._reals = None if real is None or _holds_features(real) else Stream(self._metrics, "real", self._extraction)
        self.close = weakref.finalize(self, _close, self._fake, self._reals, self._place, os.getpid())
        try:
            if self._reals is not None:
                assert real is not None
                self._reals.add(real, layout)
            elif real is not None:
                self._real = str(real.path if isinstance(real, VideoSet) else real)
        except BaseException:
            self.close()
            raise

    def update(self, batch: SetLike) -> None:
        """Adds generated videos: an array or tensor, or anything else that `score` takes.

        Raises:
            VidmetricsError: for this batch or an earlier one; that one is not counted.
        """
        self._fake.add(batch, self._layout)

    def compute(self, **options: Value) -> Scores:
        """The scores of all batches since the last `reset`."""
        return self.submit(**options)._result(None, stacklevel=2)

    def submit(self, **options: Value) -> Job:
        """Like `compute`, without waiting for the distances; features are waited for."""
        unknown = sorted(set(options) - _options.REPORT)
        if unknown:
            raise InputError(
                f"{', '.join(unknown)} cannot be given when features are there already", "give it to `Accumulator(...)`"
            )
        if self._real is None and self._reals is not None:
            self._real = self._write(self._reals)
            self._reals.close()
        fake = self._write(self._fake)
        own = {name: value for name, value in self._options.items() if name not in _OF_VIDEOS}
        own.update(options)
        recipes = [one["recipe"] for one in _program.document(["features", "info", "--json", *_files(fake)])]
        frames = {recipe["frames"] for recipe in recipes if "frames" in recipe}
        if frames and "windows" not in own and "prefixes" not in own:
            # Rows of arrays are clips, and a file of features does not say whether it is of an array.
            own["frames"] = frames.pop()
        devices = {recipe["device"] for recipe in recipes if "device" in recipe}
        if devices:
            own["device"] = devices.pop()
        sets = [path for path in (self._real, fake) if path is not None]
        line = ["score", *sets, "--json", f"--metrics={','.join(self._metrics)}", *_options.arguments(own)]
        step = own.get("step")
        return Job(line, [], None if step is None else int(str(step)))

    def reset(self) -> None:
        """Forgets the generated videos; the real ones stay."""
        self._fake.reset()

    def __enter__(self) -> "Accumulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, stream: Stream) -> str:
        self._writes += 1
        folder = self._place.folder(f"features-{self._writes}")
        stream.write(folder)
        return folder


def _holds_features(real: Any) -> bool:
    path = real.path if isinstance(real, VideoSet) else real
    if not isinstance(path, (str, os.PathLike)):
        return False
    if os.path.isdir(path):
        names = [name for name in os.listdir(path) if not name.startswith(".")]
        return bool(names) and all(name.endswith(".safetensors") for name in names)
    return os.fspath(path).endswith((".safetensors", ".npz"))


def _files(folder: str) -> List[str]:
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def _close(fake: Stream, reals: Optional[Stream], place: Place, owner: int) -> None:
    # A process that was forked off has these objects, too, and the children are not its own.
    if os.getpid() != owner:
        return
    fake.close()
    if reals is not None:
        reals.close()
    place.close()
