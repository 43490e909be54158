"""Records against gold records: how good the extraction is, as figures that can be pinned.

In: a folder of gold records (`<stem>.json` in the shape of `records.Record`, beside it an optional `<stem>.notes.json`) and
the records of the same articles, matched by id, or by the stem of
`article.source`. Out: a `Report` of named figures with their
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
    calibration.ece     expected calibration error of `confidence` over ten equal bins; on the held-out articles where the gold
                        has some, as more is right in articles that rules were written from than a user will see

What the notes call optional neither counts when missed nor hurts when found. At most six statements an article are annotated:
where gold has six, further ones are not counted as false. Unmatched `generic` events are not counted as false either.
Differences on held-out articles are counted and never listed, so that nobody writes rules from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.evaluation.alignment import OffsetMap
from pipeline.evaluation.entities import IN_ROLES_ONLY, compare_entities, normalise, same_entity, same_name
from pipeline.evaluation.events import compare_events, judged, same_date
from pipeline.evaluation.gold import NOTES, Gold, Half, load_floors, load_gold, stem_of
from pipeline.evaluation.report import Bin, Figure, Miss, Report, format_reliability, format_table, lower_is_better, meets
from pipeline.evaluation.tally import Tally
from pipeline.evaluation.texts import compare_article, compare_times, shingles
from pipeline.records import Record

__all__ = [
    "IN_ROLES_ONLY",
    "NOTES",
    "Bin",
    "Figure",
    "Gold",
    "Half",
    "Miss",
    "Report",
    "evaluate",
    "format_reliability",
    "format_table",
    "judged",
    "load_floors",
    "load_gold",
    "lower_is_better",
    "meets",
    "normalise",
    "run",
    "same_date",
    "same_entity",
    "same_name",
    "shingles",
    "stem_of",
]


def run(gold_dir: Path, records: Iterable[Record], floors: Path | None = None, half: Half | None = None) -> Report:
    """Compares records with the gold of a folder, or of one half of it, and with the floors of a TOML file.

    Floors hold for the whole folder, and are left out when `half` is given.
    Raises UsageError when there is no gold, a gold file is malformed, or the floors name a figure that does not exist.
    """
    report = evaluate(load_gold(gold_dir, half), records)
    if floors is None or half is not None:
        return report
    limits = load_floors(floors)
    if strange := sorted(set(limits) - set(report.figures)):
        raise UsageError(
            f"{floors} names unknown figures: {', '.join(strange)}", "`dateline eval` without floors lists the names"
        )
    short = tuple(name for name in report.figures if name in limits and not meets(name, report.figures[name], limits[name]))
    return Report(report.figures, report.reliability, report.misses, report.missing, limits, short)


def evaluate(gold: Sequence[Gold], records: Iterable[Record]) -> Report:
    """All figures of these records against this gold; a gold article without a record counts as wholly missed."""
    records = list(records)
    by_id = {r.article.id: r for r in records}
    by_stem = {stem_of(r.article.source): r for r in records}
    heldout = {g.stem for g in gold if g.half is Half.HELDOUT}
    tally = Tally()
    missing = []
    for g in gold:
        record = by_id.get(g.record.article.id) or by_stem.get(g.stem)
        if record is None:
            missing.append(g.stem)
            record = Record(article=g.record.article.model_copy(update=_NOTHING))
        before = len(tally.confidences)
        _compare(tally, g, record)
        if heldout and g.stem not in heldout:
            del tally.confidences[before:]
    misses = tuple(m for m in tally.misses if m.stem not in heldout)
    return Report(tally.figures(), tally.reliability(), misses, tuple(missing))


_NOTHING = {"text": "", "title": None, "authors": (), "published": None, "blocks": ()}


def _compare(tally: Tally, gold: Gold, record: Record) -> None:
    tally.stem = gold.stem
    compare_article(tally, gold.record, record)
    shift = OffsetMap(record.article.text, gold.record.article.text)
    compare_times(tally, gold.record, record, shift)
    compare_entities(tally, gold, record)
    compare_events(tally, gold, record, shift)
