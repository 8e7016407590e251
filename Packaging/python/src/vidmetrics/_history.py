"""The history of runs, as dictionaries."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, Dict, List, Mapping, Optional

from . import _program
from ._errors import InputError
from ._options import _dashes, _text
from ._sets import Path

_FILTERS = frozenset("metric generator suite dataset name tag since until limit".split())


class History:
    """A history that the program keeps, read through the program.

    Args:
        path: the file; None for `VIDMETRICS_DB`, or `vidmetrics.sqlite` in the working folder.

    A run is named by its id or the first digits of it, `latest`, `tag:NAME` or `name:NAME`.
    """

    def __init__(self, path: Optional[Path] = None) -> None:
        self.path = None if path is None else os.fspath(path)

    def runs(self, **filters: Any) -> List[Dict[str, Any]]:
        """Runs with all that is known of them, newest first.

        Args:
            filters: `metric`, `generator`, `suite`, `dataset`, `name`, `tag`, `since`, `until` and `limit`.
        """
        unknown = sorted(set(filters) - _FILTERS)
        if unknown:
            raise InputError(f"runs are not chosen by {', '.join(unknown)}", f"there are {', '.join(sorted(_FILTERS))}")
        line = [f"--{_dashes(name)}={_text(name, value)}" for name, value in filters.items() if value is not None]
        found: List[Dict[str, Any]] = _program.document(["runs", "--json", *line, *self._db()])
        return found

    def run(self, run: str = "latest") -> Dict[str, Any]:
        """One run."""
        found: Dict[str, Any] = _program.document(["show", run, "--json", *self._db()])
        return found

    def scores(self, **filters: Any) -> List[Dict[str, Any]]:
        """One dictionary for each score, oldest first: metric, value, std, low, high, direction, protocol, fingerprint and
        the run's id, date, name, step, generator, dataset and tags.

        Args:
            filters: as of `runs`.
        """
        metric = filters.get("metric")
        rows = [row for run in reversed(self.runs(**filters)) for row in _rows(run)]
        return [row for row in rows if metric is None or row["metric"] == metric]

    def best(self, metric: str, **filters: Any) -> Optional[Dict[str, Any]]:
        """The best measured score of a metric, as `vidmetrics best --json` prints it: value, run, date, name, step, whether it is
        `shown` to be best, and else beside which run not; None where no run has that metric.

        Args:
            filters: `generator`, `suite`, `dataset`, `name`, `tag` and `since`.

        Raises:
            InputError: where the scores cannot be ranked, since they are of several protocols or real sets.
        """
        if not self.runs(metric=metric, **filters):
            return None
        line = [f"--{_dashes(name)}={_text(name, value)}" for name, value in filters.items() if value is not None]
        found: List[Dict[str, Any]] = _program.document(["best", f"--metric={metric}", "--json", *line, *self._db()])
        if len(found) > 1:
            raise InputError(
                f"the scores `{metric}` are of {len(found)} protocols or real sets and have no best one",
                "choose by `dataset`, `name`, `tag` or `generator`; `compare` says what differs",
            )
        return found[0]

    def compare(self, first: str, second: str, metric: Optional[str] = None) -> Dict[str, Any]:
        """Two runs, metric by metric, as `vidmetrics compare --json` prints it: values, the difference, what is known of it,
        and the reasons where two scores cannot be compared."""
        line = [] if metric is None else ["--metric", metric]
        found: Dict[str, Any] = _program.document(["compare", first, second, "--json", *line, *self._db()], (0, 3))
        return found

    def diff(self, first: str, second: str, metric: Optional[str] = None) -> List[Dict[str, Any]]:
        """Which fields make the scores of two runs differ."""
        line = [] if metric is None else ["--metric", metric]
        found: List[Dict[str, Any]] = _program.document(["diff", first, second, "--json", *line, *self._db()], (0, 3))
        return found

    def query(self, sql: str) -> List[Dict[str, Any]]:
        """SQL that reads; `vidmetrics query --schema` prints the tables."""
        found: List[Dict[str, Any]] = _program.document(["query", "--sql", sql, "--json", *self._db()])
        return found

    def to_pandas(self, **filters: Any) -> Any:
        """`scores()` as a DataFrame; needs pandas."""
        return import_module("pandas").DataFrame(self.scores(**filters))

    def report(self, html: Path, *runs: str) -> str:
        """Writes the page of these runs, or of all; returns its path."""
        _program.output(["report", *runs, "--html", os.fspath(html), *self._db()])
        return os.fspath(html)

    def _db(self) -> List[str]:
        return [] if self.path is None else ["--db", self.path]


def _rows(run: Mapping[str, Any]) -> List[Dict[str, Any]]:
    about = {name: run[name] for name in ("date", "origin", "name", "step", "generator", "dataset", "suite", "tags")}
    rows = []
    for score in run["scores"]:
        settings, interval = score["settings"] or {}, score["interval"] or {}
        rows.append(
            {
                "run": run["id"], **about, "metric": score["metric"], "value": score["value"], "std": score["std"],
                "low": interval.get("low"), "high": interval.get("high"), "direction": score["direction"],
                "protocol": settings.get("name"), "fingerprint": settings.get("fingerprint"),
                "real_digest": (score["real"] or {}).get("digest"), "fake_digest": (score["fake"] or {}).get("digest"),
            }
        )
    return rows
