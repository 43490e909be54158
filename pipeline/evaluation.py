"""Records against gold records: how good the extraction is, as figures that can be pinned.

In: a folder of gold records (`<stem>.json` in the shape of `records.Record`, beside it an optional `<stem>.notes.json`) and
the records of the same articles, matched by the stem of `article.source`. Out: a `Report` of named figures with their
floors. Pure functions; nothing is printed.

Units: every figure is 0..1. `n` is how many gold items (F1, accuracy) or predictions (calibration) a figure rests on; a figure
with nothing to rest on is None. All are better when higher, except `calibration.ece`.

Definitions
    article.body_f1     4-token shingles of the text after the title, as multisets; harmonic mean of mean precision and recall
    times.*_f1          TempEval-3: strict = same span, relaxed = overlap, value = overlap and same value
    entities.<type>_f1  one-to-one by name or code within a type; links.acc: of matched entities, the gold's codes that are right
    events.*            one-to-one within a type by role fillers and trigger; statements are counted apart (`statements.*`),
                        as they outnumber the rest; `contact` events have no gold and are left out
    events.flight_exact of gold flights with origin, destination and date, those with all three right
    calibration.ece     expected calibration error of `confidence` over ten equal bins

What the notes call optional neither counts when missed nor hurts when found. At most six statements an article are annotated:
where gold has six, further ones are not counted as false. Unmatched `generic` events are not counted as false either.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from pipeline.errors import UsageError
from pipeline.records import BlockKind, Entity, EntityType, Event, EventType, Realis, Record, Span

NOTES = ".notes.json"
SHINGLE = 4
BINS = 10
STATEMENT_LIMIT = 6
MACRO_MINIMUM = 5
"""A type with fewer gold events than this says nothing about the type, so it stays out of `events.macro_f1`."""
SAME_EVENT = 0.30
"""Least similarity for two events to be the same one: a shared trigger, or half of the role fillers."""
ROLE_WEIGHT, TRIGGER_WEIGHT, EVIDENCE_WEIGHT = 0.6, 0.4, 0.2
_DETERMINERS = re.compile(r"^(?:the|an?|this|that|its|their|his|her) ")
_IDENTIFYING = ("icao", "iata", "icao_type", "iso3166", "geonames", "wikidata")
_IN_ROLES_ONLY = (EntityType.GROUP, EntityType.EQUIPMENT)
"""Types that gold names only where they fill a role: others of them in a record are not counted as false."""
_ROOMS = ("article", "times", "entities", "links", "events", "statements", "calibration")


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold record and what its notes add.

    Args:
        stem: file name without extension, which ties it to `article.source`.
        optional: ids of events and entities that a careful annotator could leave out.
        within: entity id → ids of the coarser places that are right in its stead (airport → its city, its country).
    """

    stem: str
    record: Record
    optional: frozenset[str] = frozenset()
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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


# -------------------------------------------------------------------------------------------------------- the whole comparison


def run(gold_dir: Path, records: Iterable[Record], floors: Path | None = None) -> Report:
    """Compares records with the gold of a folder and with the floors of a TOML file.

    Raises UsageError when there is no gold, a gold file is malformed, or the floors name a figure that does not exist.
    """
    report = evaluate(load_gold(gold_dir), records)
    if floors is None:
        return report
    limits = load_floors(floors)
    if strange := sorted(set(limits) - set(report.figures)):
        raise UsageError(f"{floors} names unknown figures: {', '.join(strange)}", "see pipeline/evaluation.py for the names")
    short = tuple(name for name in report.figures if name in limits and not meets(name, report.figures[name], limits[name]))
    return Report(report.figures, report.reliability, report.misses, report.missing, limits, short)


def evaluate(gold: Sequence[Gold], records: Iterable[Record]) -> Report:
    """All figures of these records against this gold; a gold article without a record counts as wholly missed."""
    by_stem = {stem_of(r.article.source): r for r in records}
    tally = _Tally()
    missing = []
    for g in gold:
        record = by_stem.get(g.stem)
        if record is None:
            missing.append(g.stem)
            record = Record(article=g.record.article.model_copy(update=_NOTHING))
        _compare(tally, g, record)
    return Report(tally.figures(), tally.reliability(), tuple(tally.misses), tuple(missing))


_NOTHING = {"text": "", "title": None, "authors": (), "published": None, "blocks": ()}


def load_gold(folder: Path) -> list[Gold]:
    """The gold records of a folder, by stem."""
    paths = sorted(p for p in folder.glob("*.json") if not p.name.endswith(NOTES)) if folder.is_dir() else []
    if not paths:
        raise UsageError(f"{folder} holds no gold records", "name a folder of <article>.json files with --gold")
    return [_load_one(path) for path in paths]


def _load_one(path: Path) -> Gold:
    notes_path = path.with_name(path.stem + NOTES)
    try:
        record = Record.model_validate_json(path.read_bytes())
        notes = json.loads(notes_path.read_bytes()) if notes_path.exists() else {}
    except (ValidationError, json.JSONDecodeError) as error:
        raise UsageError(f"{path} is not a gold record: {error}", "see corpus/README.md") from error
    within = {key: tuple(ids) for key, ids in notes.get("within", {}).items()}
    return Gold(path.stem, record, frozenset(notes.get("optional", ())), within)


def load_floors(path: Path) -> dict[str, float]:
    """The pinned limits: tables `[floors]` (may not fall) and `[ceilings]` (may not rise)."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read the floors in {path}: {error}") from error
    return {name: float(value) for table in ("floors", "ceilings") for name, value in tables.get(table, {}).items()}


def stem_of(source: str) -> str:
    """What ties a record to its gold: "corpus/articles/a.html" and "dump.zip!/a.html.gz" are both "a"."""
    name = PurePosixPath(source.replace("\\", "/")).name.rsplit("#", 1)[-1]
    return re.sub(r"\.(?:x?html?|jsonl?|txt)(?:\.gz)?$", "", name)


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


# --------------------------------------------------------------------------------------------------------------------- counting


@dataclass(slots=True)
class _Tally:
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
        out = {name: self.f1(name) for name in (*_F1_FIGURES, *(f"entities.{t}_f1" for t in EntityType), *_TYPE_FIGURES.values())}
        out |= {name: self.accuracy(name) for name in _ACCURACY_FIGURES}
        out["article.body_f1"] = self._body()
        out["events.precision"] = self.share("events.f1", self.false)
        out["events.recall"] = self.share("events.f1", self.missed)
        out["events.macro_f1"] = self._macro(out)
        out["calibration.ece"] = self._calibration_error()
        return dict(sorted(out.items(), key=lambda item: (_ROOMS.index(item[0].split(".")[0]), item[0].count("."), item[0])))

    def _body(self) -> Figure:
        p, r = _mean(self.precisions), _mean(self.recalls)
        value = round(2 * p * r / (p + r), 4) if p and r else (0.0 if self.recalls else None)
        return Figure(value, len(self.recalls))

    def _macro(self, figures: Mapping[str, Figure]) -> Figure:
        values = [f.value or 0.0 for f in (figures[name] for name in _TYPE_FIGURES.values()) if f.n >= MACRO_MINIMUM]
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


_F1_FIGURES = (
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
_ACCURACY_FIGURES = (
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
_TYPE_FIGURES: dict[EventType, str] = {
    t: f"events.type.{t}_f1" for t in EventType if t not in (EventType.STATEMENT, EventType.CONTACT)
}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _compare(tally: _Tally, gold: Gold, record: Record) -> None:
    tally.stem = gold.stem
    _article(tally, gold.record, record)
    shift = offset_map(record.article.text, gold.record.article.text)
    _times(tally, gold.record, record, shift)
    _entities(tally, gold, record)
    _events(tally, gold, record, shift)


# ------------------------------------------------------------------------------------------------------------- article and times


def _body_text(record: Record) -> str:
    text, blocks = record.article.text, record.article.blocks
    return "\n\n".join(text[b.start : b.end] for b in blocks if b.kind is not BlockKind.TITLE) if blocks else text


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The multiset of overlapping 4-token runs; a shorter text is one shorter run."""
    tokens = re.findall(r"\w+", text)
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(max(1, len(tokens) - SHINGLE + 1)))


def _letters(text: str | None) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text or "").casefold() if c.isalnum())


def _article(tally: _Tally, gold: Record, record: Record) -> None:
    want, got = shingles(_body_text(gold)), shingles(_body_text(record))
    common = (want & got).total()
    if got:
        tally.precisions.append(common / got.total())
    if want:
        tally.recalls.append(common / want.total())
    g, r = gold.article, record.article
    if g.title:
        tally.ask("article.title_acc", _letters(g.title) == _letters(r.title), f"got {r.title!r} want {g.title!r}")
    if g.published:
        ok = (r.published or "")[:10] == g.published[:10]
        tally.ask("article.date_acc", ok, f"got {r.published} want {g.published}")
    same = {_letters(a) for a in g.authors} == {_letters(a) for a in r.authors}
    if g.authors or not same:
        tally.ask("article.authors_acc", same, f"got {r.authors} want {g.authors}")


class OffsetMap:
    """Where a character offset of one text lies in another text that tells the same; built from common tokens."""

    def __init__(self, source: str, target: str) -> None:
        self._same = source == target
        if self._same:
            return
        a, b = ([(m.group(), m.start()) for m in re.finditer(r"\w+|[^\w\s]", t)] for t in (source, target))
        matcher = difflib.SequenceMatcher(None, [w for w, _ in a], [w for w, _ in b], autojunk=False)
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        for i, j, size in matcher.get_matching_blocks():
            for k in range(size):
                (word, x), (_, y) = a[i + k], b[j + k]
                self._starts[x] = y
                self._ends[x + len(word)] = y + len(word)

    def __call__(self, span: Span) -> tuple[int, int] | None:
        """The span in the target text; None where the target has no such words."""
        if self._same:
            return span.start, span.end
        start, end = self._starts.get(span.start), self._ends.get(span.end)
        return (start, end) if start is not None and end is not None and start < end else None


def offset_map(source: str, target: str) -> OffsetMap:
    """A map of character offsets from `source` to `target`."""
    return OffsetMap(source, target)


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> int:
    return min(a[1], b[1]) - max(a[0], b[0])


def _times(tally: _Tally, gold: Record, record: Record, shift: OffsetMap) -> None:
    want = [(t.start, t.end) for t in gold.times]
    got = [shift(t) for t in record.times]
    cells = sorted(
        (g != p, -_overlap(g, p), i, j) for i, g in enumerate(want) for j, p in enumerate(got) if p and _overlap(g, p) > 0
    )
    pairs: dict[int, int] = {}
    for _, _, i, j in cells:
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    strict = sum(want[i] == got[j] for i, j in pairs.items())
    value = sum(gold.times[i].value == record.times[j].value for i, j in pairs.items())
    for name, hits in (("strict", strict), ("relaxed", len(pairs)), ("value", value)):
        tally.count(f"times.{name}_f1", hits, len(got), len(want))
    for i, t in enumerate(gold.times):
        p = record.times[pairs[i]] if i in pairs else None
        if p is None or p.value != t.value:
            tally.miss("times.value_f1", f"{t.text!r} want {t.value} got {p.value if p else None}")
    for j in sorted(set(range(len(got))) - set(pairs.values())):
        tally.miss("times.strict_f1", f"false {record.times[j].text!r} {record.times[j].value}")


# --------------------------------------------------------------------------------------------------------------------- entities


def normalise(name: str) -> str:
    """A name without case, diacritics, possessive, punctuation and leading determiner."""
    folded = name.replace("Ł", "L").replace("ł", "l").replace("’", "'")
    folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)).casefold()
    words = " ".join(re.findall(r"\w+", re.sub(r"'s\b", "", folded)))
    return _DETERMINERS.sub("", words)


def same_name(a: str, b: str) -> bool:
    """Equal, or one is the tail of the other ("President Putin", "Putin"), or its head from two words on."""
    x, y = normalise(a).split(), normalise(b).split()
    if not x or not y:
        return False
    short, long = sorted((x, y), key=len)
    return long[-len(short) :] == short or (len(short) > 1 and long[: len(short)] == short)


def _names(entity: Entity) -> set[str]:
    """Names only: a pronoun or "the jet" says nothing about which one is meant, except where no entity has a proper name."""
    if entity.type in _IN_ROLES_ONLY:
        return {entity.name, *(m.text for m in entity.mentions)}
    return {entity.name, *(m.text for m in entity.mentions if any(c.isupper() or c.isdigit() for c in m.text[1:] + m.text[:1]))}


def _codes(entity: Entity) -> set[tuple[str, str]]:
    links = entity.links
    return {(key, value) for key in _IDENTIFYING if (value := getattr(links, key)) is not None}


def same_entity(a: Entity, b: Entity) -> bool:
    """Whether two entities of one article, from two annotators, are the same thing: a shared code, or a shared name."""
    return bool(_codes(a) & _codes(b)) or any(same_name(x, y) for x in _names(a) for y in _names(b))


def _entities(tally: _Tally, gold: Gold, record: Record) -> None:
    used = {i for e in record.events for ids in e.roles.values() for i in ids}
    for kind in EntityType:
        want = [e for e in gold.record.entities if e.type is kind]
        got = [e for e in record.entities if e.type is kind and (kind not in _IN_ROLES_ONLY or e.id in used)]
        pairs = _pair(got, want)
        optional = [p for p, g in pairs if g.id in gold.optional]
        pairs = [(p, g) for p, g in pairs if g.id not in gold.optional]
        wanted = [g for g in want if g.id not in gold.optional]
        figure = f"entities.{kind}_f1"
        tally.count(figure, len(pairs), len(got) - len(optional), len(wanted))
        matched_gold, matched_got = {g.id for _, g in pairs}, {p.id for p, _ in pairs} | {p.id for p in optional}
        for g in wanted:
            if g.id not in matched_gold:
                tally.miss(figure, f"missed {g.name!r}")
        for p in got:
            if p.id not in matched_got:
                tally.miss(figure, f"false {p.name!r}")
        for p, g in pairs:
            _links(tally, p, g)


def _links(tally: _Tally, predicted: Entity, gold: Entity) -> None:
    for key in (*_IDENTIFYING, "country"):
        want, got = getattr(gold.links, key), getattr(predicted.links, key)
        if want is not None:
            tally.ask("links.acc", want == got, f"{gold.name} {key}: got {got} want {want}")


def _pair(got: Sequence[Entity], want: Sequence[Entity]) -> list[tuple[Entity, Entity]]:
    """One-to-one, most certain first: equal canonical names, then whatever else is the same."""
    cells = [
        (normalise(p.name) != normalise(g.name), i, j) for i, p in enumerate(got) for j, g in enumerate(want) if same_entity(p, g)
    ]
    rows: set[int] = set()
    columns: set[int] = set()
    out = []
    for _, i, j in sorted(cells):
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            out.append((got[i], want[j]))
    return out


# ----------------------------------------------------------------------------------------------------------------------- events


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
    if trigger and _overlap(trigger, (gold.trigger.start, gold.trigger.end)) > 0:
        anchor = TRIGGER_WEIGHT
    elif trigger and any(_overlap(trigger, (s.start, s.end)) > 0 for s in gold.evidence):
        anchor = EVIDENCE_WEIGHT
    return ROLE_WEIGHT * role_score + anchor


def _align(predicted: Sequence[Event], gold: Sequence[Event], fillers: _Fillers, shift: OffsetMap) -> list[tuple[Event, Event]]:
    cells = [
        (-score, i, j)
        for i, p in enumerate(predicted)
        for j, g in enumerate(gold)
        if p.type is g.type and (score := _similarity(p, g, fillers, shift)) >= SAME_EVENT
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


def _events(tally: _Tally, gold: Gold, record: Record, shift: OffsetMap) -> None:
    fillers = _Fillers(gold, record)
    predicted = [e for e in record.events if e.type is not EventType.CONTACT]
    pairs = _align(predicted, gold.record.events, fillers, shift)
    of_gold = {g.id: p for p, g in pairs}
    of_predicted = {p.id: g for p, g in pairs}
    many_statements = sum(g.type is EventType.STATEMENT for g in gold.record.events) >= STATEMENT_LIMIT
    for p in predicted:
        unmatched = p.id not in of_predicted
        if unmatched and (p.realis is Realis.GENERIC or (many_statements and p.type is EventType.STATEMENT)):
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


def _event_figure(kind: EventType) -> str:
    return "statements.f1" if kind is EventType.STATEMENT else _TYPE_FIGURES[kind]


def _argument_figure(kind: EventType) -> str:
    return "statements.argument_f1" if kind is EventType.STATEMENT else "events.argument_f1"


def _count_event(tally: _Tally, kind: EventType, found: int, predicted: int, gold: int) -> None:
    tally.count(_event_figure(kind), found, predicted, gold)
    if kind is not EventType.STATEMENT:
        tally.count("events.f1", found, predicted, gold)


def _aspects(tally: _Tally, p: Event, g: Event, fillers: _Fillers, of_predicted: Mapping[str, Event]) -> None:
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


def _dates(tally: _Tally, p: Event, g: Event, label: str) -> None:
    want, got = edtf_of(g), edtf_of(p)
    only_inferred = want is not None and want.endswith("?") and got is None
    if want is not None and g.type is not EventType.STATEMENT and not only_inferred:
        tally.ask("events.date_acc", same_date(got, want), f"{label}: got {got} want {want}")
    for end in ("departure", "arrival"):
        gold_time, time = getattr(g, end), getattr(p, end)
        if gold_time is not None and gold_time.edtf:
            got = time.edtf if time is not None else None
            tally.ask("events.clock_acc", same_date(got, gold_time.edtf), f"{label} {end}: got {got} want {gold_time.edtf}")


def _novelty(tally: _Tally, p: Event, g: Event, label: str, of_predicted: Mapping[str, Event]) -> None:
    got, want = p.novelty.kind if p.novelty else None, g.novelty.kind if g.novelty else None
    hit = int(want is not None and got is want)
    tally.count("events.novelty_f1", hit, int(got is not None), int(want is not None))
    if got is not want:
        tally.miss("events.novelty_f1", f"{label}: got {got} want {want}")
    if g.novelty and g.novelty.since_event:
        since = of_predicted.get(p.novelty.since_event or "") if p.novelty else None
        ok = since is not None and since.id == g.novelty.since_event
        tally.ask("events.since_acc", ok, f"{label}: got {since.summary if since else None}")


def _flight_exact(tally: _Tally, p: Event | None, g: Event, fillers: _Fillers) -> None:
    date = edtf_of(g)
    if g.type is not EventType.FLIGHT or not date or not (g.roles.get("origin") and g.roles.get("destination")):
        return
    ok = p is not None and same_date(edtf_of(p), date)
    for role in ("origin", "destination"):
        ok = ok and p is not None and len(fillers.hits(p.roles.get(role, ()), g.roles[role])) == len(g.roles[role])
    tally.ask("events.flight_exact", ok, g.summary)
