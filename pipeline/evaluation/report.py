"""What a comparison returns, and the lines that show it to a person.

In: figures and limits. Out: `Report`, lines of text. Nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and the number of items it rests on."""

    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Bin:
    """A row of the reliability table: events whose confidence lies in [low, high)."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Miss:
    """One difference between a record and its gold."""

    stem: str
    figure: str
    text: str

    def __str__(self) -> str:
        return f"{self.stem}: {self.figure}: {self.text}"


@dataclass(frozen=True, slots=True)
class Report:
    """What `run` returns.

    Args:
        figures: by name, in the order they are shown.
        reliability: the non-empty bins of `confidence`.
        misses: every single difference, for reading.
        missing: stems of gold articles that have no record.
        floors: the pinned limits, by figure name.
        short: names of the figures that are worse than their limit.
    """

    figures: Mapping[str, Figure]
    reliability: tuple[Bin, ...]
    misses: tuple[Miss, ...]
    missing: tuple[str, ...]
    floors: Mapping[str, float] = field(default_factory=dict)
    short: tuple[str, ...] = ()


def lower_is_better(name: str) -> bool:
    """Whether a figure's limit is a ceiling."""
    return name == "calibration.ece"


def meets(name: str, figure: Figure, limit: float) -> bool:
    """Whether a figure keeps to its limit; one that could not be measured does not."""
    if figure.value is None:
        return False
    return figure.value <= limit + 5e-4 if lower_is_better(name) else figure.value >= limit - 5e-4


def format_table(report: Report) -> list[str]:
    """Lines of figure, value, count, floor and whether it is met, for a person."""
    lines = [f"{'figure':<34}{'value':>7}{'n':>7}{'floor':>8}"]
    for name, figure in report.figures.items():
        value = "–" if figure.value is None else f"{figure.value:.3f}"
        limit = report.floors.get(name)
        floor = "" if limit is None else f"{limit:8.3f}  {'short' if name in report.short else 'met'}"
        lines.append(f"{name:<34}{value:>7}{figure.n:>7}{floor}".rstrip())
    if report.missing:
        lines.append(f"no record for: {', '.join(report.missing)}")
    return lines


def format_reliability(report: Report) -> list[str]:
    """Lines of the reliability table: how often events of a given confidence are right."""
    lines = [f"{'confidence':<14}{'events':>7}{'mean':>8}{'right':>8}"]
    lines += [f"{b.low:.1f} – {b.high:.1f}{b.n:>13}{b.confidence:>8.2f}{b.right:>8.2f}" for b in report.reliability]
    return lines
