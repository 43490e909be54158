"""Counts while articles are compared, and the figures they come to.

In: hits, predictions, gold items and answers, by figure name. Out: figures in the order they are shown, the reliability table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.evaluation.report import Bin, Figure, Miss
from pipeline.records import EntityType, EventType

BINS = 10
"""Equal bins of `confidence` in the reliability table and in `calibration.ece`."""
MACRO_MINIMUM = 5
"""A type with fewer gold events than this says nothing about the type, so it stays out of `events.macro_f1`."""
_ROOMS = ("article", "times", "entities", "links", "events", "statements", "calibration")


F1_FIGURES = (
    "times.strict_f1",
    "times.relaxed_f1",
    "times.value_f1",
    "events.f1",
    "events.argument_f1",
    "events.novelty_f1",
    "events.attribution_f1",
    "events.problems_f1",
    "statements.f1",
    "statements.argument_f1",
)
ACCURACY_FIGURES = (
    "article.title_acc",
    "article.date_acc",
    "article.authors_acc",
    "links.acc",
    "events.action_acc",
    "events.realis_acc",
    "events.date_acc",
    "events.clock_acc",
    "events.since_acc",
    "events.flight_exact",
)


def type_figure(kind: str) -> str:
    """The name of the F1 of one event type; a user's own type has one too."""
    return f"events.type.{kind}_f1"


TYPE_FIGURES = [type_figure(t) for t in EventType if t not in (EventType.STATEMENT, EventType.CONTACT)]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


@dataclass(slots=True)
class Tally:
    """Counts by figure name while articles are compared."""

    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    precisions: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    confidences: list[tuple[float, bool]] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    stem: str = ""

    def miss(self, figure: str, text: str) -> None:
        self.misses.append(Miss(self.stem, figure, text))

    def count(self, figure: str, found: int, predicted: int, gold: int) -> None:
        self.found[figure] += found
        self.false[figure] += predicted - found
        self.missed[figure] += gold - found

    def ask(self, figure: str, right: bool, text: str) -> None:
        self.asked[figure] += 1
        self.right[figure] += right
        if not right:
            self.miss(figure, text)

    def f1(self, figure: str) -> Figure:
        hits, false, missed = self.found[figure], self.false[figure], self.missed[figure]
        total = 2 * hits + false + missed
        return Figure(round(2 * hits / total, 4) if total else None, hits + missed)

    def accuracy(self, figure: str) -> Figure:
        n = self.asked[figure]
        return Figure(round(self.right[figure] / n, 4) if n else None, n)

    def share(self, figure: str, other: Counter[str]) -> Figure:
        n = self.found[figure] + other[figure]
        return Figure(round(self.found[figure] / n, 4) if n else None, n)

    def figures(self) -> dict[str, Figure]:
        out = {name: self.f1(name) for name in (*F1_FIGURES, *(f"entities.{t}_f1" for t in EntityType), *self._types())}
        out |= {name: self.accuracy(name) for name in ACCURACY_FIGURES}
        out["article.body_f1"] = self._body()
        out["events.precision"] = self.share("events.f1", self.false)
        out["events.recall"] = self.share("events.f1", self.missed)
        out["events.macro_f1"] = self._macro(out)
        out["calibration.ece"] = self._calibration_error()
        return dict(sorted(out.items(), key=lambda item: (_ROOMS.index(item[0].split(".")[0]), item[0].count("."), item[0])))

    def _types(self) -> list[str]:
        """The figures of our types, and of others that were met."""
        met = {name for c in (self.found, self.false, self.missed) for name in c if name.startswith(type_figure("")[:-3])}
        return [*TYPE_FIGURES, *sorted(met - set(TYPE_FIGURES))]

    def _body(self) -> Figure:
        p, r = _mean(self.precisions), _mean(self.recalls)
        value = round(2 * p * r / (p + r), 4) if p and r else (0.0 if self.recalls else None)
        return Figure(value, len(self.recalls))

    def _macro(self, figures: Mapping[str, Figure]) -> Figure:
        values = [f.value or 0.0 for f in (figures[name] for name in self._types()) if f.n >= MACRO_MINIMUM]
        return Figure(round(_mean(values) or 0.0, 4) if values else None, len(values))

    def _calibration_error(self) -> Figure:
        n = len(self.confidences)
        error = sum(b.n * abs(b.confidence - b.right) for b in self.reliability())
        return Figure(round(error / n, 4) if n else None, n)

    def reliability(self) -> tuple[Bin, ...]:
        rows = []
        for k in range(BINS):
            inside = [(c, ok) for c, ok in self.confidences if min(int(c * BINS + 1e-9), BINS - 1) == k]
            if inside:
                n = len(inside)
                rows.append(Bin(k / BINS, (k + 1) / BINS, n, sum(c for c, _ in inside) / n, sum(ok for _, ok in inside) / n))
        return tuple(rows)
