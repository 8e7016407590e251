"""A score in the making: the program as a child process."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
import weakref
from typing import IO, List, Optional, Sequence

from . import _program
from ._errors import VidmetricsError, from_text
from ._scores import Scores
from ._sets import VideoSet

# The program's own statuses of a score: done, and done with inputs left out.
_DONE = (0, 4)
_running: "weakref.WeakSet[Job]" = weakref.WeakSet()


class Job:
    """A score that a child process computes on the CPU. `submit` makes it.

    Attributes:
        step: the training step that the score belongs to, as it was given to `submit`.
    """

    def __init__(self, arguments: Sequence[str], own: List[VideoSet], step: Optional[int] = None) -> None:
        self.step = step
        self._owner = os.getpid()
        self._own = own
        self._command = [_program.program(), *arguments]
        self._output: IO[bytes] = tempfile.TemporaryFile()
        self._errors: IO[bytes] = tempfile.TemporaryFile()
        self._scores: Optional[Scores] = None
        self._error: Optional[VidmetricsError] = None
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._errors
        )
        _running.add(self)

    def done(self) -> bool:
        """Whether the process has ended; `result()` then returns at once."""
        return self._process.poll() is not None

    def result(self, timeout: Optional[float] = None) -> Scores:
        """Waits for the scores; their warnings are given as Python warnings the first time.

        Args:
            timeout: seconds; None waits for as long as it takes.

        Raises:
            TimeoutError: where the process still computes after that time; it goes on.
            VidmetricsError: the program's error.
        """
        return self._result(timeout, stacklevel=2)

    def _result(self, timeout: Optional[float], stacklevel: int) -> Scores:
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"the score is not there after {timeout} s") from None
        except KeyboardInterrupt:
            self.cancel()
            raise
        if self._scores is None and self._error is None:
            self._finish()
            if self._scores is not None:
                self._scores.warn(stacklevel + 1)
        if self._error is not None:
            raise self._error
        assert self._scores is not None
        return self._scores

    def cancel(self) -> None:
        """Ends the process. Features that are in the cache stay there, and no score is kept."""
        if not self.done():
            self._process.terminate()
            self._process.wait()
        self._close()

    def _finish(self) -> None:
        text, errors = _content(self._output).decode(), _content(self._errors).decode(errors="replace")
        status = self._process.returncode
        if status in _DONE:
            self._scores = Scores(_program.parsed(text, self._command))
            if errors:
                print(errors, end="", file=sys.stderr)
        else:
            self._error = from_text(errors, status, self._command)
        self._close()

    def _close(self) -> None:
        _running.discard(self)
        for one in self._own:
            one.close()
        self._own = []

    def __repr__(self) -> str:
        state = f"ended with status {self._process.returncode}" if self.done() else f"process {self._process.pid}"
        return f"<Job {state}{'' if self.step is None else f', step {self.step}'}>"


def finished(jobs: List[Job]) -> List[Job]:
    """Takes the jobs that have ended out of the list, in their order, and returns them: called now and then in a training
    loop."""
    done = [job for job in jobs if job.done()]
    jobs[:] = [job for job in jobs if job not in done]
    return done


def _content(file: IO[bytes]) -> bytes:
    # The child's descriptor shares its place in the file with this one.
    file.seek(0)
    content = file.read()
    file.close()
    return content


@atexit.register
def _end() -> None:
    # A process that was forked off has these objects, too, and the children are not its own.
    for job in [job for job in _running if job._owner == os.getpid() and not job.done()]:
        step = "" if job.step is None else f" of step {job.step}"
        print(f"vidmetrics: a score{step} was still being computed and is lost; `job.result()` waits", file=sys.stderr)
        job.cancel()

