"""The program as a child that stays up and is fed batches: `vidmetrics features stream`.

The protocol is in that command's help: a line of JSON each way, videos by files in shared memory.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import deque
from typing import Any, Deque, Dict, IO, List, Mapping, Optional, Sequence

from . import _options, _program
from ._errors import InputError, from_text
from ._sets import SetLike, VideoSet, check_range

# Batches that are handed over and not yet computed: one is being computed while the next is being made.
_MOST_PENDING = 2


class Stream:
    """Features of batches, kept in the child; at most two batches are in memory at a time."""

    def __init__(self, metrics: Sequence[str], side: str, options: Mapping[str, Any]) -> None:
        line = ["features", "stream", f"--metrics={','.join(metrics)}", "--as", side, *_options.arguments(options)]
        self._command = [_program.program(), *line]
        self._value_range = options.get("value_range")
        self._errors: IO[bytes] = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )
        self._pending: Deque[VideoSet] = deque()
        self._count = 0
        self._answer()

    def add(self, videos: SetLike, layout: Optional[str]) -> None:
        """Hands a batch over and returns when at most one before it is still being computed.

        Raises:
            VidmetricsError: for this batch, or for an earlier one that could not be used; that one is not counted.
        """
        while len(self._pending) >= _MOST_PENDING:
            self._take()
        one = videos if isinstance(videos, VideoSet) else VideoSet(videos, layout=layout, name="videos")
        try:
            check_range([one], None if self._value_range is None else str(self._value_range))
            self._send({"add": one.path, "name": f"batch-{self._count:06}"})
        except BaseException:
            if one is not videos:
                one.close()
            raise
        self._count += 1
        # A set of the caller's is not ours to close.
        self._pending.append(_Borrowed(one) if one is videos else one)

    def write(self, folder: str) -> List[str]:
        """Writes the features of all batches into an empty folder; the names of its files."""
        self.settle()
        self._send({"write": folder})
        return [str(name) for name in self._answer()["files"]]

    def reset(self) -> None:
        self.settle()
        self._send({"reset": True})
        self._answer()

    def settle(self) -> None:
        """Waits for all batches."""
        while self._pending:
            self._take()

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                pass
        self._process.terminate()
        self._process.wait()
        self._errors.close()
        while self._pending:
            self._pending.popleft().close()

    def _take(self) -> None:
        one = self._pending.popleft()
        try:
            self._answer()
        finally:
            one.close()

    def _send(self, request: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self._fail()

    def _answer(self) -> Dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._fail()
        answer: Dict[str, Any] = _program.parsed(line.decode(), self._command)
        if "error" in answer:
            raise InputError(answer["error"], answer["hint"], command=self._command)
        return answer

    def _fail(self) -> None:
        status = self._process.wait()
        self._errors.seek(0)
        raise from_text(self._errors.read().decode(errors="replace"), status, self._command)


class _Borrowed(VideoSet):
    def __init__(self, one: VideoSet) -> None:
        self._place = None
        self._one = one
