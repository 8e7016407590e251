"""The program: where it is, and running it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from typing import Any, List, Sequence

from ._errors import ProgramFailed, ProgramMissing, from_text

VARIABLE = "VIDMETRICS_PROGRAM"


def program() -> str:
    """The path of the program: `VIDMETRICS_PROGRAM`, else the one that was installed with this package, else the first on the
    `PATH`.

    Raises:
        ProgramMissing: where there is none.
    """
    told = os.environ.get(VARIABLE)
    if told:
        if os.access(told, os.X_OK) and os.path.isfile(told):
            return told
        raise ProgramMissing(f"{VARIABLE} is `{told}`, which is not a program")
    # Python 3.9 has no get_preferred_scheme; on Linux the user's scheme is this one.
    user = sysconfig.get_preferred_scheme("user") if hasattr(sysconfig, "get_preferred_scheme") else "posix_user"
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", user)]
    # Of `pip install --target FOLDER`: FOLDER/bin.
    folders.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin"))
    found = shutil.which("vidmetrics", path=os.pathsep.join(folders)) or shutil.which("vidmetrics")
    if found is None:
        raise ProgramMissing(
            f"the program is not in {', '.join(folders)}, nor on the PATH",
            f"install the package again, or set {VARIABLE} to the program",
        )
    return found


def output(arguments: Sequence[str], accepted: Sequence[int] = (0,)) -> str:
    """What the program prints.

    Args:
        accepted: exit statuses that are answers and not errors.
    """
    command = [program(), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    if done.returncode not in accepted:
        raise from_text(done.stderr.decode(errors="replace"), done.returncode, command)
    return done.stdout.decode()


def document(arguments: Sequence[str], accepted: Sequence[int] = (0,)) -> Any:
    """What the program prints, which is JSON."""
    return parsed(output(arguments, accepted), arguments)


def parsed(text: str, arguments: Sequence[str]) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ProgramFailed(f"the program's answer is not JSON: {error}", command=list(arguments)) from error


def lines(text: str, arguments: Sequence[str]) -> List[Any]:
    return [parsed(line, arguments) for line in text.splitlines() if line]
