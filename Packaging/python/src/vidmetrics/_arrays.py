"""Arrays and tensors on their way to the program: brought to [N,T,H,W,3] and copied once, into a file in shared memory."""

from __future__ import annotations

import mmap
import os
import sys
from typing import Any, List, Optional, Sequence, Tuple

from ._errors import InputError
from ._places import Place

# Element types as .npy files spell them.
_STORED = {"uint8": "|u1", "float16": "<f2", "float32": "<f4", "float64": "<f8"}
# What a tensor may be besides: every bfloat16 is a float32.
_WIDENED = {"bfloat16": "float32"}
_AXES = "NTHWC"


def is_array(value: Any) -> bool:
    """Whether it is an array of NumPy, a tensor of PyTorch, or what NumPy can look at as an array."""
    return hasattr(value, "shape") and hasattr(value, "dtype")


class Videos:
    """An array or tensor with what its axes are. Nothing is copied when it is made.

    Args:
        layout: the axes by their letters: N videos, T frames, C channels, H rows, W columns; `NCTHW`, `CTHW` for one
            video, `NCHW` for pictures. None: a five-axis array with one axis of three channels, where it says so by itself.

    Raises:
        InputError: for axes that are not told and not clear, and for elements that are neither bytes nor floats.
    """

    def __init__(self, array: Any, layout: Optional[str] = None) -> None:
        self._array = array if _is_tensor(array) else _as_numpy(array)
        shape = tuple(int(size) for size in self._array.shape)
        self.layout = _checked(layout, shape) if layout is not None else _guessed(shape)
        sizes = dict(zip(self.layout, shape))
        if sizes["C"] != 3:
            raise InputError(
                f"the channel axis of an array {_text(shape)} ({self.layout}) has {sizes['C']} values, and R, G and B are "
                "expected",
                "give it three: grey videos repeat their one, and an alpha channel is to be blended or left out first",
            )
        if 0 in shape:
            raise InputError(f"an array {_text(shape)} holds nothing")
        self.shape: Tuple[int, int, int, int, int] = (sizes.get("N", 1), sizes.get("T", 1), sizes["H"], sizes["W"], 3)
        name = str(self._array.dtype).replace("torch.", "")
        self.dtype = _WIDENED.get(name, name)
        if self.dtype not in _STORED:
            raise InputError(
                f"an array of {name} is not one of videos: uint8, float16, bfloat16, float32 and float64 are",
                "bytes 0..255 as uint8, or floats with `value_range`",
            )

    @property
    def holds_floats(self) -> bool:
        return self.dtype != "uint8"

    @property
    def nbytes(self) -> int:
        size = {"uint8": 1, "float16": 2, "float32": 4, "float64": 8}[self.dtype]
        for axis in self.shape:
            size *= axis
        return size

    def write(self, path: str) -> None:
        """Writes the .npy file. The bytes are reserved before they are copied, so that a full folder is an error."""
        head = header(self.dtype, self.shape)
        total = len(head) + self.nbytes
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, total)
            with mmap.mmap(descriptor, total) as memory:
                memory[: len(head)] = head
                self._fill(memory, len(head))
        finally:
            os.close(descriptor)

    def _fill(self, memory: mmap.mmap, offset: int) -> None:
        order = [self.layout.index(axis) for axis in _AXES if axis in self.layout]
        count = self.nbytes // _itemsize(self.dtype)
        if _is_tensor(self._array):
            torch = sys.modules["torch"]
            target = torch.frombuffer(memory, dtype=getattr(torch, self.dtype), count=count, offset=offset)
            source = self._array.detach().permute(order)
            target.view(tuple(source.shape)).copy_(source)
            del target
        else:
            import numpy

            array = numpy.frombuffer(memory, dtype=_STORED[self.dtype], count=count, offset=offset)
            values = self._array.transpose(order)
            numpy.copyto(array.reshape(values.shape), values)
            del array


def header(dtype: str, shape: Sequence[int]) -> bytes:
    """The beginning of a .npy file, version 1.0 (NumPy's `numpy/lib/format.py`), a multiple of 64 bytes long."""
    axes = ", ".join(str(size) for size in shape) + ("," if len(shape) == 1 else "")
    text = f"{{'descr': '{_STORED[dtype]}', 'fortran_order': False, 'shape': ({axes}), }}"
    text += " " * (-(10 + len(text) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin-1")


def _itemsize(dtype: str) -> int:
    return int(_STORED[dtype][-1])


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _as_numpy(value: Any) -> Any:
    import numpy

    return numpy.asarray(value)


def _checked(layout: str, shape: Tuple[int, ...]) -> str:
    layout = layout.upper()
    if len(set(layout)) != len(layout) or not set("CHW") <= set(layout) <= set(_AXES):
        raise InputError(
            f"`{layout}` is not a layout", "it has a letter for each axis: N videos, T frames, C channels, H rows, W columns"
        )
    if len(layout) != len(shape):
        raise InputError(f"the layout {layout} is for {len(layout)} axes, and the array {_text(shape)} has {len(shape)}")
    return layout


def _guessed(shape: Tuple[int, ...]) -> str:
    if len(shape) != 5:
        raise InputError(
            f"what the axes of an array {_text(shape)} are is not clear",
            "pass `layout`: `THWC` for one video, `NCHW` for pictures, `NTCHW` for videos",
        )
    found = [layout for layout, axis in (("NCTHW", 1), ("NTCHW", 2), ("NTHWC", 4)) if shape[axis] == 3]
    if len(found) != 1:
        reason = f"may be {' or '.join(found)}" if found else "has no axis of three channels where one is looked for"
        raise InputError(f"an array {_text(shape)} {reason}", "pass `layout`, such as `layout=\"NTCHW\"`")
    return found[0]


def _text(shape: Sequence[int]) -> str:
    return "[" + ",".join(str(size) for size in shape) + "]"


class ArrayWriter:
    """Puts batches, each a file of its own, into one folder that is a set."""

    def __init__(self, place: Place, layout: Optional[str]) -> None:
        self._place = place
        self._layout = layout
        self.folder = place.folder("videos")
        self.shapes: List[Tuple[int, int, int, int, int]] = []
        self.dtypes: List[str] = []

    def add(self, batch: Any) -> str:
        """Returns the file of the batch."""
        videos = Videos(batch, self._layout)
        if self.dtypes and (videos.dtype == "uint8") != (self.dtypes[0] == "uint8"):
            raise InputError(
                f"a batch of {videos.dtype} follows batches of {self.dtypes[0]}", "give all batches one element type"
            )
        path = self._place.file(os.path.join("videos", f"batch-{len(self.shapes):06}.npy"), videos.nbytes)
        videos.write(os.path.realpath(path))
        self.shapes.append(videos.shape)
        self.dtypes.append(videos.dtype)
        return path
