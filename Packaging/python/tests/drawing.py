"""Pictures of arrays, and what lies in shared memory."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any, List, Set, Tuple

Pair = Tuple[Any, Any]
COUNT, FRAMES, SIDE = 4, 10, 32


def places(process: str = "*") -> Set[str]:
    """Folders in shared memory: of one process, or of all on this machine."""
    return {path.name for path in Path("/dev/shm").glob(f"vidmetrics-{process}-*")}


def write_frames(array: Any, folder: Path) -> List[str]:
    """Each video as a folder of PNG pictures; the folders' paths."""
    paths = []
    for index, video in enumerate(array):
        place = folder / f"video-{index}"
        place.mkdir(parents=True)
        for number, frame in enumerate(video):
            (place / f"{number:03}.png").write_bytes(png(frame))
        paths.append(str(place))
    return paths


def png(frame: Any) -> bytes:
    """A picture of bytes [H,W,3] (the PNG specification: signature, IHDR, IDAT, IEND)."""
    height, width, _ = frame.shape
    rows = b"".join(b"\0" + frame[row].tobytes() for row in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
