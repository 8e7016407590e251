"""What can go wrong, as exceptions that carry the program's own words and its way out."""

from __future__ import annotations

import signal
from typing import Optional, Sequence


class VidmetricsError(Exception):
    """Base of all errors here.

    Attributes:
        words: what is wrong, in one or more lines.
        hint: the way out; None where there is none.
        status: the program's exit status; None where no program ran.
        command: what was run, for a report of the error.
    """

    def __init__(
        self, words: str, hint: Optional[str] = None, *, status: Optional[int] = None, command: Sequence[str] = ()
    ) -> None:
        super().__init__(f"{words}\nhint: {hint}" if hint else words)
        self.words = words
        self.hint = hint
        self.status = status
        self.command = list(command)


class InputError(VidmetricsError, ValueError):
    """A set, an option or a field that cannot be used (exit status 2)."""


class NotComparable(VidmetricsError):
    """Two scores that cannot be held against each other (exit status 3)."""


class Interrupted(VidmetricsError):
    """The program was asked to stop; the features that it had computed are kept (exit status 130)."""


class ProgramFailed(VidmetricsError):
    """The program ended in another way: by a signal, or with an answer that is not one."""


class ProgramMissing(VidmetricsError, FileNotFoundError):
    """The program `vidmetrics` is not on this machine."""


class NoSpace(VidmetricsError, OSError):
    """An array does not fit where it can be handed over."""


class ScoreWarning(UserWarning):
    """What a reader of a score must know.

    Attributes:
        code: the warning's name, such as `rank-deficient`; `skipped` for inputs that were left out.
        metric: the scores that it belongs to, by their names.
        text: its words.
    """

    def __init__(self, text: str, code: str, metric: str = "") -> None:
        super().__init__(f"{metric}: {text}" if metric else text)
        self.code = code
        self.metric = metric
        self.text = text


_KINDS = {2: InputError, 3: NotComparable, 130: Interrupted}


def from_text(text: str, status: int, command: Sequence[str]) -> VidmetricsError:
    """The exception for what the program wrote to stderr, `error: ...` and perhaps `hint: ...`."""
    hint: Optional[str] = None
    lines = text.strip().splitlines()
    for index, line in enumerate(lines):
        if line.startswith("hint: "):
            hint = "\n".join([line[len("hint: ") :], *lines[index + 1 :]])
            lines = lines[:index]
            break
    words = "\n".join(lines)
    if words.startswith("error: "):
        words = words[len("error: ") :]
    if status < 0:
        words = f"the program was ended by signal {-status} ({_signal(-status)})" + (f": {words}" if words else "")
        if -status == signal.SIGKILL:
            hint = hint or "the system ends programs so when memory is short: pass fewer `threads`"
    return _KINDS.get(status, ProgramFailed)(
        words or f"the program ended with status {status} and said nothing", hint, status=status, command=command
    )


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
