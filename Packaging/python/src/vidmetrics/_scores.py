"""Scores, as the program's documents have them."""

from __future__ import annotations

import warnings
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from ._errors import ScoreWarning, VidmetricsError


class Interval(NamedTuple):
    """From `low` to `high` with probability `level`."""

    low: float
    high: float
    level: float


class Score:
    """One number with what decided it. `float(score)` is its value."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    @property
    def metric(self) -> str:
        return str(self._document["metric"])

    @property
    def value(self) -> float:
        return float(self._document["value"])

    @property
    def std(self) -> Optional[float]:
        """Of repeats, subsets or groups; None of a single number."""
        std = self._document["std"]
        return None if std is None else float(std)

    @property
    def interval(self) -> Optional[Interval]:
        """Of the bootstrap (`bootstrap=1000`) or of the metric itself; None where there is none."""
        interval = self._document["interval"]
        return None if interval is None else Interval(interval["low"], interval["high"], interval["level"])

    @property
    def lower_is_better(self) -> bool:
        return bool(self._document["direction"] == "lower")

    @property
    def protocol(self) -> str:
        return str(self._document["settings"]["name"])

    @property
    def fingerprint(self) -> str:
        """`sha256:...` of all fields that decided the score; only scores of one fingerprint can be compared."""
        return str(self._document["settings"]["fingerprint"])

    @property
    def fields(self) -> Dict[str, Any]:
        """Every field of the protocol that decided the score."""
        return dict(self._document["settings"]["fields"])

    @property
    def warnings(self) -> List[ScoreWarning]:
        return [ScoreWarning(w["text"], w["code"], self.metric) for w in self._document["warnings"]]

    def to_dict(self) -> Dict[str, Any]:
        """The whole record, as `vidmetrics score --json` prints it."""
        return dict(self._document)

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        text = f"{self.metric} {self.value:.6g}"
        if self.interval:
            text += f" ({self.interval.low:.6g} to {self.interval.high:.6g})"
        return f"<{text} by {self.protocol}>"


class Scores(Mapping[str, Score]):
    """The scores of one call, by their names: `scores["fvd"].value`.

    A name is the metric's, as in the history; two scores of one metric have their protocols behind a colon (`fvd:tats`).
    Where there is one score alone, `scores.value`, `.interval`, `.std` and `.fingerprint` are its own.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        records = [Score(record) for record in document["scores"]]
        self._scores = _named(records)

    def __getitem__(self, name: str) -> Score:
        return self._scores[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    @property
    def only(self) -> Score:
        """The one score.

        Raises:
            VidmetricsError: where there are several.
        """
        if len(self._scores) != 1:
            raise VidmetricsError(f"there are {len(self._scores)} scores: {', '.join(self)}", "take one by its name")
        return next(iter(self._scores.values()))

    @property
    def value(self) -> float:
        return self.only.value

    @property
    def std(self) -> Optional[float]:
        return self.only.std

    @property
    def interval(self) -> Optional[Interval]:
        return self.only.interval

    @property
    def fingerprint(self) -> str:
        return self.only.fingerprint

    @property
    def run(self) -> str:
        """The run's id in the history."""
        return str(self._document["id"])

    @property
    def step(self) -> Optional[int]:
        return None if self._document["step"] is None else int(self._document["step"])

    @property
    def skipped(self) -> List[Tuple[str, str]]:
        """Inputs that were left out (`on_error="skip"`), each with the reason."""
        return [(one["path"], one["reason"]) for one in self._document["skipped"]]

    @property
    def warnings(self) -> List[ScoreWarning]:
        """All warnings, each text once with the names of its scores."""
        texts: Dict[Tuple[str, str], List[str]] = {}
        for name, score in self.items():
            for warning in score.warnings:
                texts.setdefault((warning.code, warning.text), []).append(name)
        found = [ScoreWarning(text, code, ", ".join(names)) for (code, text), names in texts.items()]
        return found + [ScoreWarning(f"{path} was left out: {reason}", "skipped") for path, reason in self.skipped]

    def numbers(self, prefix: str = "") -> Dict[str, float]:
        """Names and values, for a logger: `logger.log_metrics(scores.numbers("val/"), step=step)`."""
        return {prefix + name: score.value for name, score in self.items()}

    def to_dict(self) -> Dict[str, Any]:
        """The whole document, as `vidmetrics score --json` prints it."""
        return dict(self._document)

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return f"Scores({', '.join(repr(score) for score in self.values())})"

    def warn(self, stacklevel: int) -> None:
        for warning in self.warnings:
            warnings.warn(warning, stacklevel=stacklevel + 1)


def _named(scores: List[Score]) -> Dict[str, Score]:
    named: Dict[str, Score] = {}
    for score in scores:
        alike = [other for other in scores if other.metric == score.metric]
        name = score.metric
        if len(alike) > 1:
            name += ":" + score.protocol
            if sum(other.protocol == score.protocol for other in alike) > 1:
                overrides = score.to_dict()["settings"]["overrides"]
                name += "".join(f"+{field}={value}" for field, value in sorted(overrides.items()))
        if name in named:
            raise VidmetricsError(f"two scores are called {name}", "ask for each metric and protocol once")
        named[name] = score
    return named
