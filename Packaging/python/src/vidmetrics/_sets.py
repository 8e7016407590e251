"""What can stand for a set of videos."""

from __future__ import annotations

import json
import os
from typing import Any, Iterable, Optional, Sequence, Tuple, Union

from ._arrays import ArrayWriter, Videos, is_array
from ._errors import InputError
from ._places import Place

Path = Union[str, "os.PathLike[str]"]
# A path, paths of videos, an array, or batches of arrays; NumPy and PyTorch are not imported for their names' sake.
SetLike = Union[Path, Sequence[Path], "VideoSet", Any, Iterable[Any]]


class VideoSet:
    """A set of videos as the program can read it.

    Arrays are copied when it is made, once, to shared memory, or to the temporary folder (TMPDIR) where shared memory is too
    small; the copy is removed by `close()`, at the end of a `with` block, or with the object. To score against the same real
    arrays again and again, make a `VideoSet` of them and pass that.

    Args:
        videos: one of
            a path: all that the program takes, see `vidmetrics inspect --help`;
            a list of paths of videos, folders of frames, or arrays of one video;
            an array or tensor of videos, see `layout`;
            an iterable of such arrays (batches), taken one after the other.
        layout: the axes of arrays, such as `NTCHW`, `NTHWC`, `NCTHW`, `CTHW` (one video) or `NCHW` (pictures). Needed
            where the axes are not clear by themselves: a five-axis array is clear where one axis of three channels is.
        name: what a history calls a set of arrays.
    """

    def __init__(self, videos: SetLike, *, layout: Optional[str] = None, name: str = "videos") -> None:
        self._place: Optional[Place] = None
        # Whether there are floats in it whose range must be told; of paths, the program knows.
        self.holds_floats = False
        # Frames of a row, of arrays.
        self.frames: Optional[int] = None
        try:
            self._take(videos, layout, name)
        except BaseException:
            self.close()
            raise

    def _take(self, videos: SetLike, layout: Optional[str], name: str) -> None:
        if isinstance(videos, (str, os.PathLike)):
            self._refuse(layout)
            self.path = os.fspath(videos)
        elif is_array(videos):
            self._take_array(Videos(videos, layout), name)
        elif isinstance(videos, (list, tuple)) and videos and all(isinstance(v, (str, os.PathLike)) for v in videos):
            self._refuse(layout)
            self._place = Place()
            lines = (json.dumps({"path": os.path.abspath(os.fspath(path))}, ensure_ascii=False) for path in videos)
            self.path = self._place.text(f"{_file_name(name)}.jsonl", "\n".join(lines) + "\n")
        elif hasattr(videos, "__iter__"):
            self._take_batches(videos, layout)
        else:
            raise InputError(
                f"{type(videos).__name__} is not a set of videos",
                "a set is a path, a list of paths, an array or tensor, or an iterable of arrays",
            )

    def _refuse(self, layout: Optional[str]) -> None:
        if layout is not None:
            raise InputError("`layout` is for arrays in memory, and paths were given")

    def _take_array(self, videos: Videos, name: str) -> None:
        self._place = Place()
        self.path = self._place.file(f"{_file_name(name)}.npy", videos.nbytes)
        videos.write(os.path.realpath(self.path))
        self.holds_floats, self.frames = videos.holds_floats, videos.shape[1]

    def _take_batches(self, batches: Iterable[Any], layout: Optional[str]) -> None:
        self._place = Place()
        writer = ArrayWriter(self._place, layout)
        for batch in batches:
            if not is_array(batch):
                raise InputError(f"{type(batch).__name__} is not a batch of videos", "batches are arrays or tensors")
            writer.add(batch)
        if not writer.shapes:
            raise InputError("there is not one batch in the iterable", "an iterator gives its batches once: make a new one")
        self.path = writer.folder
        self.holds_floats, self.frames = writer.dtypes[0] != "uint8", writer.shapes[0][1]

    def close(self) -> None:
        if self._place is not None:
            self._place.close()

    def __enter__(self) -> "VideoSet":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"VideoSet({self.path!r})"


def opened(videos: SetLike, layout: Optional[str], name: str) -> Tuple[VideoSet, bool]:
    """The set, and whether it was made here and is to be closed."""
    if isinstance(videos, VideoSet):
        return videos, False
    return VideoSet(videos, layout=layout, name=name), True


def check_range(sets: Iterable[Optional[VideoSet]], value_range: Optional[str]) -> None:
    if value_range is None and any(one is not None and one.holds_floats for one in sets):
        raise InputError(
            "what the floats of an array mean is not told",
            "pass `value_range`: \"0..1\", \"-1..1\" or \"0..255\"; bytes (uint8) need none",
        )


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name) or "videos"
