"""`score`, `submit`, `features` and `inspect`: from Python's arguments to the program's and back."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from . import _options, _program
from ._devices import with_runtime
from ._errors import InputError
from ._jobs import Job
from ._options import Value
from ._scores import Scores
from ._sets import Path, SetLike, VideoSet, check_range, opened

Metrics = Union[str, Sequence[str]]


def score(
    real: Optional[SetLike], fake: SetLike, metrics: Metrics = "fvd", *, layout: Optional[str] = None, **options: Value
) -> Scores:
    """Scores a set of generated videos.

        scores = vidmetrics.score(real, fake, metrics=["fvd", "kvd"], step=1000)
        print(scores["fvd"].value, scores["fvd"].fingerprint)

    Args:
        real: the real videos, or None for metrics that need none: what `VideoSet` takes.
        fake: the generated videos, likewise.
        metrics: names, each perhaps with a protocol: `fvd`, `fvd:tats`.
        layout: the axes of arrays, see `VideoSet`; of sets with other axes than each other's, make `VideoSet`s.
        options: the options of `vidmetrics score` with `_` for `-` (`value_range="-1..1"`, `bootstrap=1000`, `clips="all"`,
            `step=1000`, `name="mine"`, `tag=["a", "b"]`, `record=False`, `cache=False`, `threads=4`), and any
            field of a protocol (`kernel_degree=2`); `**{"fvd.ddof": 1}` is for one metric. `device="onnxruntime"` computes
            the networks by ONNX Runtime, on a GPU where it has one (`onnxruntime:cpu` says which); the device is then part
            of the scores' fingerprints.

    Warnings of a score are given as `ScoreWarning`. As on the command line the run is kept in the history
    (`vidmetrics.sqlite` in the working folder, `VIDMETRICS_DB` or `db`) unless `record=False`.

    Raises:
        InputError: for what cannot be used, with the program's words and way out.
        NoSpace: for arrays that fit nowhere.
        VidmetricsError: the base of these and others.
    """
    job = submit(real, fake, metrics, layout=layout, **options)
    return job._result(None, stacklevel=2)


def submit(
    real: Optional[SetLike], fake: SetLike, metrics: Metrics = "fvd", *, layout: Optional[str] = None, **options: Value
) -> Job:
    """Like `score`, by a child process: returns as soon as the arrays are copied, while the process computes.

        job = vidmetrics.submit(real, fake, metrics=["fvd"], step=step, threads=4)
        ...
        if job.done():
            log(job.result().numbers(), step=job.step)

    A set that was passed as a `VideoSet` must stay open until the job is done.
    """
    own: List[VideoSet] = []
    try:
        sets: List[VideoSet] = []
        given: Tuple[Tuple[str, Optional[SetLike]], ...] = (("real", real), ("fake", fake))
        for name, videos in given:
            if videos is None:
                if name == "fake":
                    raise InputError("there is no set of generated videos")
                continue
            one, is_own = opened(videos, layout, name)
            sets.append(one)
            own += [one] if is_own else []
        value_range = options.get("value_range")
        check_range(sets, None if value_range is None else str(value_range))
        names = [metrics] if isinstance(metrics, str) else list(metrics)
        step = options.get("step")
        arguments = ["score", *(one.path for one in sets), "--json", *_options.arguments(with_runtime(options))]
        if names:
            arguments.append(f"--metrics={','.join(names)}")
        return Job(arguments, own, None if step is None else int(str(step)))
    except BaseException:
        for one in own:
            one.close()
        raise


def features(
    videos: SetLike, out: Path, metric: str = "fvd", *, layout: Optional[str] = None, replace: bool = False,
    side: str = "real", **options: Value,
) -> str:
    """Computes the features of a set once, into a file that stands for the set wherever one is expected.

    Args:
        out: the file, `.safetensors`; or `.npz` for mean and covariance alone.
        metric: whose network and protocol, unless `protocol` or other options say so.
        side: `real` or `fake`: whose clips are taken, where a protocol treats the two in different ways.
        replace: replaces a file that is there.

    Returns:
        The file's path.
    """
    one, is_own = opened(videos, layout, "videos")
    try:
        value_range = options.get("value_range")
        check_range([one], None if value_range is None else str(value_range))
        path = os.fspath(out)
        arguments = ["features", "extract", one.path, "--out", path, "--metric", metric, "--as", side]
        _program.output([*arguments, *(["--force"] if replace else []), *_options.arguments(with_runtime(options))])
        return path
    finally:
        if is_own:
            one.close()


def inspect(videos: SetLike, *, layout: Optional[str] = None, **options: Value) -> Dict[str, Any]:
    """What is in a set: counts, sizes, lengths, rates and problems, as `vidmetrics inspect --json` prints them."""
    one, is_own = opened(videos, layout, "videos")
    try:
        found: Dict[str, Any] = _program.document(["inspect", one.path, "--json", *_options.arguments(options)])
        return found
    finally:
        if is_own:
            one.close()
