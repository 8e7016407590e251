"""From keyword arguments to the command line."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Mapping, Sequence, Union

from ._errors import InputError

Value = Union[None, bool, int, float, str, "os.PathLike[str]", Sequence[Union[str, int, float]]]

# The options of `vidmetrics score` by what they are for; a keyword that is none of these is a field of the protocol.
# A test holds these against the program's help.
EXTRACTION = frozenset(
    """protocol weights allow_other_weights bn_eps resize crop ddof root frames stride clips offset seed repeats skip_first
    max_videos value_range on_error images threads cache include exclude path_column memory runtime""".split()
)
REPORT = frozenset(
    """windows prefixes window_step reference group_by group_ddof bootstrap floor drift n_curve append db record name dataset
    generator checkpoint step tag input prompts flow table pair_by""".split()
)
# True gives the flag, False is its absence, or the other way round.
_FLAGS = {"allow_other_weights": "--allow-other-weights", "images": "--images", "floor": "--floor", "drift": "--drift"}
_NEGATED = {"cache": "--no-cache", "record": "--no-record"}


def arguments(options: Mapping[str, Any]) -> List[str]:
    """The command line for `options`: `group_by="class"` is `--group-by class`, `tag=["a", "b"]` is `--tag a --tag b`,
    `record=False` is `--no-record`, and what is no option is a field: `kernel_degree=2` is `--set kernel-degree=2`. None is
    as if it were not given.

    Raises:
        InputError: for a value of another kind than the option takes.
    """
    line: List[str] = []
    for name, value in options.items():
        if value is None:
            continue
        if name in _FLAGS or name in _NEGATED:
            if not isinstance(value, bool):
                raise InputError(f"`{name}` is True or False, and {value!r} was given")
            flag = _FLAGS.get(name) or _NEGATED[name]
            line += [flag] if value == (name in _FLAGS) else []
            continue
        is_option = name in EXTRACTION or name in REPORT
        if isinstance(value, (list, tuple)) and is_option:
            for item in value:
                line.append(f"--{_dashes(name)}={_text(name, item)}")
        elif is_option:
            line.append(f"--{_dashes(name)}={_text(name, value)}")
        else:
            line += ["--set", f"{_dashes(name)}={_text(name, value)}"]
    return line


def split(options: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    """The options that decide features, fields among them, and those that decide what is made of features."""
    report = {name: value for name, value in options.items() if name in REPORT}
    return {"extraction": {name: value for name, value in options.items() if name not in REPORT}, "report": report}


def _dashes(name: str) -> str:
    return name.replace("_", "-")


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        raise InputError(f"`{name}` does not take {value}", "a value of it is a number or a word")
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(f"`{name}` does not take {value!r}", "a value of it is a number or a word") from None
    whole = int(number) if number == number and abs(number) != float("inf") else None
    return str(whole) if whole is not None and whole == number else repr(number)
