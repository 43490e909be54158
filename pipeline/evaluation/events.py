"""Events against gold: aligned one to one within a type, then aspect by aspect.

In: two records of one article. Out: counts in the tally. Two events are the same one when they share role fillers or a trigger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.evaluation.alignment import OffsetMap, overlap
from pipeline.evaluation.entities import same_entity
from pipeline.evaluation.gold import Gold
from pipeline.evaluation.tally import Tally, type_figure
from pipeline.records import Event, EventType, Realis, Record

STATEMENT_LIMIT = 6
SAME_EVENT = 0.30
"""Least similarity for two events to be the same one: a shared trigger, or half of the role fillers."""
ROLE_WEIGHT, TRIGGER_WEIGHT, EVIDENCE_WEIGHT = 0.6, 0.4, 0.2


class _Fillers:
    """The role fillers of one article's events on both sides, and which of them are the same."""

    def __init__(self, gold: Gold, record: Record) -> None:
        self.gold = {e.id: e for e in gold.record.entities}
        self.predicted = {e.id: e for e in record.entities}
        self._within = gold.within
        self._known: dict[tuple[str, str], bool] = {}

    def same(self, predicted: str, gold: str) -> bool:
        key = predicted, gold
        if key not in self._known:
            accepted = (gold, *self._within.get(gold, ()))
            p = self.predicted.get(predicted)
            self._known[key] = p is not None and any(same_entity(p, self.gold[g]) for g in accepted)
        return self._known[key]

    def hits(self, predicted: Sequence[str], gold: Sequence[str]) -> list[str]:
        """The gold ids that these predicted ones fill, one to one."""
        left, out = list(gold), []
        for p in predicted:
            hit = next((g for g in left if self.same(p, g)), None)
            if hit is not None:
                left.remove(hit)
                out.append(hit)
        return out

    def all_hits(self, predicted: Event, gold: Event) -> int:
        return sum(len(self.hits(predicted.roles.get(role, ()), ids)) for role, ids in gold.roles.items())


def _size(event: Event) -> int:
    return sum(map(len, event.roles.values()))


def _similarity(predicted: Event, gold: Event, fillers: _Fillers, shift: OffsetMap) -> float:
    sizes = _size(predicted) + _size(gold)
    role_score = 2 * fillers.all_hits(predicted, gold) / sizes if sizes else 0.0
    trigger = shift(predicted.trigger)
    anchor = 0.0
    if trigger and overlap(trigger, (gold.trigger.start, gold.trigger.end)) > 0:
        anchor = TRIGGER_WEIGHT
    elif trigger and any(overlap(trigger, (s.start, s.end)) > 0 for s in gold.evidence):
        anchor = EVIDENCE_WEIGHT
    return ROLE_WEIGHT * role_score + anchor


def _align(predicted: Sequence[Event], gold: Sequence[Event], fillers: _Fillers, shift: OffsetMap) -> list[tuple[Event, Event]]:
    cells = [
        (-score, i, j)
        for i, p in enumerate(predicted)
        for j, g in enumerate(gold)
        if p.type == g.type and (score := _similarity(p, g, fillers, shift)) >= SAME_EVENT
    ]
    rows: set[int] = set()
    columns: set[int] = set()
    out = []
    for _, i, j in sorted(cells):
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            out.append((predicted[i], gold[j]))
    return out


def judged(gold: Gold, record: Record) -> dict[str, bool]:
    """By id, whether an event of a record is in the gold; events that count neither way are not there."""
    shift = OffsetMap(record.article.text, gold.record.article.text)
    predicted = [e for e in record.events if e.type is not EventType.CONTACT]
    found = {p.id for p, _ in _align(predicted, gold.record.events, _Fillers(gold, record), shift)}
    many = _many_statements(gold)
    return {p.id: p.id in found for p in predicted if p.id in found or _counts_when_false(p, many)}


def _many_statements(gold: Gold) -> bool:
    return sum(g.type is EventType.STATEMENT for g in gold.record.events) >= STATEMENT_LIMIT


def _counts_when_false(event: Event, many_statements: bool) -> bool:
    return event.realis is not Realis.GENERIC and not (many_statements and event.type is EventType.STATEMENT)


def compare_events(tally: Tally, gold: Gold, record: Record, shift: OffsetMap) -> None:
    fillers = _Fillers(gold, record)
    predicted = [e for e in record.events if e.type is not EventType.CONTACT]
    pairs = _align(predicted, gold.record.events, fillers, shift)
    of_gold = {g.id: p for p, g in pairs}
    of_predicted = {p.id: g for p, g in pairs}
    many_statements = _many_statements(gold)
    for p in predicted:
        unmatched = p.id not in of_predicted
        if unmatched and not _counts_when_false(p, many_statements):
            continue
        tally.confidences.append((p.confidence, not unmatched))
        if unmatched:
            _count_event(tally, p.type, 0, 1, 0)
            tally.count(_argument_figure(p.type), 0, _size(p), 0)
            tally.miss(_event_figure(p.type), f"false {p.summary!r} ({p.trigger.text!r})")
    for g in gold.record.events:
        if g.id in gold.optional:
            continue
        if g.id in of_gold:
            _count_event(tally, g.type, 1, 1, 1)
            _aspects(tally, of_gold[g.id], g, fillers, of_predicted)
        else:
            _count_event(tally, g.type, 0, 0, 1)
            tally.count(_argument_figure(g.type), 0, 0, _size(g))
            tally.miss(_event_figure(g.type), f"missed {g.summary!r} ({g.trigger.text!r})")
        _flight_exact(tally, of_gold.get(g.id), g, fillers)


def _event_figure(kind: str) -> str:
    return "statements.f1" if kind == EventType.STATEMENT else type_figure(kind)


def _argument_figure(kind: str) -> str:
    return "statements.argument_f1" if kind == EventType.STATEMENT else "events.argument_f1"


def _count_event(tally: Tally, kind: str, found: int, predicted: int, gold: int) -> None:
    tally.count(_event_figure(kind), found, predicted, gold)
    if kind != EventType.STATEMENT:
        tally.count("events.f1", found, predicted, gold)


def _aspects(tally: Tally, p: Event, g: Event, fillers: _Fillers, of_predicted: Mapping[str, Event]) -> None:
    """Everything about a matched pair of events other than that it was found."""
    label = f"{g.type} {g.trigger.text!r}"
    tally.count(_argument_figure(g.type), fillers.all_hits(p, g), _size(p), _size(g))
    for role, ids in g.roles.items():
        for lost in set(ids) - set(fillers.hits(p.roles.get(role, ()), ids)):
            tally.miss(_argument_figure(g.type), f"missed {role} {fillers.gold[lost].name!r} of {label}")
    for role, ids in p.roles.items():
        right = len(fillers.hits(ids, g.roles.get(role, ())))
        if right < len(ids):
            names = ", ".join(fillers.predicted[i].name for i in ids if i in fillers.predicted)
            tally.miss(_argument_figure(g.type), f"false {role} among [{names}] of {label}")
    if g.action:
        tally.ask("events.action_acc", p.action == g.action, f"{label}: got {p.action} want {g.action}")
    tally.ask("events.realis_acc", p.realis is g.realis, f"{label}: got {p.realis} want {g.realis}")
    sources = len(fillers.hits(p.attributed_to, g.attributed_to))
    tally.count("events.attribution_f1", sources, len(p.attributed_to), len(g.attributed_to))
    codes = {x.code for x in p.problems}, {x.code for x in g.problems}
    tally.count("events.problems_f1", len(codes[0] & codes[1]), len(codes[0]), len(codes[1]))
    _dates(tally, p, g, label)
    _novelty(tally, p, g, label, of_predicted)


def edtf_of(event: Event | None) -> str | None:
    """The event's date as it stands."""
    return event.time.edtf if event is not None and event.time is not None else None


def same_date(predicted: str | None, gold: str) -> bool:
    """Equal at the gold's own granularity; qualifiers ("?", "~") aside. A finer date inside the gold's one is right."""
    p, g = (re.sub(r"[?~%]", "", value or "").replace("+00:00", "Z") for value in (predicted, gold))
    if not p or p == g:
        return p == g
    if "/" in p or "/" in g:
        return False
    if "T" in g:
        return "T" in p and p[:16].rstrip("Z") == g[:16].rstrip("Z")
    return p.startswith(g) and p[len(g)] in "-T"


def _dates(tally: Tally, p: Event, g: Event, label: str) -> None:
    want, got = edtf_of(g), edtf_of(p)
    only_inferred = want is not None and want.endswith("?") and got is None
    if want is not None and g.type is not EventType.STATEMENT and not only_inferred:
        tally.ask("events.date_acc", same_date(got, want), f"{label}: got {got} want {want}")
    for end in ("departure", "arrival"):
        gold_time, time = getattr(g, end), getattr(p, end)
        if gold_time is not None and gold_time.edtf:
            got = time.edtf if time is not None else None
            tally.ask("events.clock_acc", same_date(got, gold_time.edtf), f"{label} {end}: got {got} want {gold_time.edtf}")


def _novelty(tally: Tally, p: Event, g: Event, label: str, of_predicted: Mapping[str, Event]) -> None:
    got, want = p.novelty.kind if p.novelty else None, g.novelty.kind if g.novelty else None
    hit = int(want is not None and got is want)
    tally.count("events.novelty_f1", hit, int(got is not None), int(want is not None))
    if got is not want:
        tally.miss("events.novelty_f1", f"{label}: got {got} want {want}")
    if g.novelty and g.novelty.since_event:
        since = of_predicted.get(p.novelty.since_event or "") if p.novelty else None
        ok = since is not None and since.id == g.novelty.since_event
        tally.ask("events.since_acc", ok, f"{label}: got {since.summary if since else None}")


def _flight_exact(tally: Tally, p: Event | None, g: Event, fillers: _Fillers) -> None:
    date = edtf_of(g)
    if g.type is not EventType.FLIGHT or not date or not (g.roles.get("origin") and g.roles.get("destination")):
        return
    ok = p is not None and same_date(edtf_of(p), date)
    for role in ("origin", "destination"):
        ok = ok and p is not None and len(fillers.hits(p.roles.get(role, ()), g.roles[role])) == len(g.roles[role])
    tally.ask("events.flight_exact", ok, g.summary)
