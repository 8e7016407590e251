"""Where arrays are handed over: a folder in shared memory, or a temporary one where that is small.

A folder holds a file `lock` that its process keeps locked. Folders whose lock is free are of processes that were killed, and
are removed when the next one is made. (Process numbers would not do: containers share /dev/shm and not their numbers.)
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from typing import List, Optional

from ._errors import NoSpace

SHARED = "/dev/shm"
_PREFIX = "vidmetrics-"
# What is left free, for the rest of the machine.
_RESERVE = 64 << 20


class Place:
    """A folder with names of its own; files that are large lie wherever there is room, behind links where it is elsewhere."""

    def __init__(self) -> None:
        self._roots: List[str] = []
        self._locks: List[int] = []
        base = SHARED if os.access(SHARED, os.W_OK) and os.path.isdir(SHARED) else tempfile.gettempdir()
        self.path = self._make(base)
        self.close = weakref.finalize(self, _remove, self._roots, self._locks, os.getpid())

    def folder(self, name: str) -> str:
        path = os.path.join(self.path, name)
        os.mkdir(path)
        return path

    def file(self, name: str, size: int) -> str:
        """The path of a file that is to be written; it may be a link to where there is room for `size` bytes.

        Raises:
            NoSpace: where there is none, with what there is.
        """
        path = os.path.join(self.path, name)
        temporary = tempfile.gettempdir()
        bases = [os.path.dirname(self.path)] + ([temporary] if temporary != os.path.dirname(self.path) else [])
        for base in bases:
            if size + _RESERVE <= _free(base):
                if base == bases[0]:
                    return path
                root = next((root for root in self._roots if os.path.dirname(root) == base), None) or self._make(base)
                elsewhere = os.path.join(root, name.replace(os.sep, "-"))
                os.symlink(elsewhere, path)
                return path
        found = ", ".join(f"`{base}` has room for {_megabytes(max(0, _free(base) - _RESERVE))}" for base in bases)
        raise NoSpace(
            f"an array takes {_megabytes(size)}, and {found}",
            "set TMPDIR to a folder with room, pass bytes (uint8) and not floats, or pass batches to an `Accumulator`",
        )

    def text(self, name: str, content: str) -> str:
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path

    def _make(self, base: str) -> str:
        _sweep(base)
        root = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base)
        self._roots.append(root)
        lock = _lock(root, create=True)
        assert lock is not None, "nobody else knows of this folder"
        self._locks.append(lock)
        return root


def _lock(root: str, create: bool = False) -> Optional[int]:
    """The locked file of a folder; None where another process has it."""
    try:
        descriptor = os.open(os.path.join(root, "lock"), os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _sweep(base: str) -> None:
    for entry in os.listdir(base):
        root = os.path.join(base, entry)
        if entry.startswith(_PREFIX) and not os.path.islink(root):
            lock = _lock(root)
            if lock is not None:
                _remove([root], [lock], os.getpid())


def _remove(roots: List[str], locks: List[int], owner: int) -> None:
    # A process that was forked off has this object, too, and the folders are not its own.
    for root in roots if os.getpid() == owner else []:
        shutil.rmtree(root, ignore_errors=True)
    for lock in locks:
        os.close(lock)
    roots.clear()
    locks.clear()


def _free(base: str) -> int:
    status = os.statvfs(base)
    free = status.f_bavail * status.f_frsize
    if base != SHARED:
        return free
    # Shared memory is memory: what the folder may hold and what the machine has are two things.
    with open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            if line.startswith("MemAvailable:"):
                return min(free, int(line.split()[1]) * 1024)
    return free


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"
