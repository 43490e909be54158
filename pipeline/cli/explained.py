"""What `dateline explain` shows of one event: its record line by line with the reason for each, then each telling as it was read.

In: an event with its notes. Out: lines of at most WIDTH columns.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from pipeline.annotations import EntityNote, EventNote, ToldNote
from pipeline.events.confidence import parts

WIDTH = 100
_LABEL = 13
"""Columns of the first column."""


def lines(name: str, event: EventNote, text: str) -> list[str]:
    """The whole explanation."""
    shown = [f"{name}  {event.summary}", ""]
    for label, value in _rows(event, text):
        shown += _row(label, value)
    for number, told in enumerate(event.told, 1):
        head = f"telling {number}" if len(event.told) > 1 else "told"
        shown += ["", *_row(head, _marked(text, told.sentence, told.trigger))]
        for label, value in _telling(told):
            shown += _row(f"  {label}", value)
    return shown


def _rows(event: EventNote, text: str) -> Iterator[tuple[str, str]]:
    """What the record says, each with its reason."""
    trigger = text[slice(*event.trigger)]
    yield "type", f"{event.type}{f' {event.action}' if event.action else ''}: rule {event.rule} at {trigger!r}"
    for role, notes in event.roles.items():
        for note in notes:
            yield role, f"{note.name}: {_reason(event, role, note)}"
    if event.time is not None and event.time.edtf:
        yield "time", f"{event.time.edtf}: {_time_reason(event)}"
    for end in ("departure", "arrival"):
        time = getattr(event, end)
        if time is not None:
            yield end, f"{time.edtf}: the clock time of the verb"
    yield "status", f"{event.realis.value}: {_status_reason(event)}"
    for source in event.sources:
        yield "source", source.name
    if event.novelty is not None:
        since = event.since.summary if event.since is not None else event.novelty.since
        yield (
            "novelty",
            ", ".join(filter(None, (event.novelty.kind.value, event.novelty.scope, since and f"counted from {since}"))),
        )
    if event.plover is not None:
        sides = " → ".join(" and ".join(n.name for n in event.plover.get(side, [])) or "?" for side in ("actor", "recipient"))
        yield "plover", "/".join(filter(None, (event.plover["type"], event.plover.get("mode")))) + f", {sides}"
    for key, number in event.quantities.items():
        yield key, f"{number:g}" if isinstance(number, float) else number
    if event.quote:
        yield "quote", f"“{event.quote}”"
    yield (
        "confidence",
        f"{event.confidence:.2f}: {', '.join(f'{what} {weight:+.2f}' for what, weight in parts(event))}, in logits",
    )
    for problem in event.problems:
        yield "problem", f"{problem.code}: {problem.message}"
    if not event.told:
        for span in event.evidence:
            yield "evidence", _marked(text, span, event.trigger)
        for reason in event.why:
            yield "because", reason


def _reason(event: EventNote, role: str, note: EntityNote) -> str:
    """Where a filler comes from: words of a telling, or what completed the event."""
    places = [
        f"{source}{f' of telling {n}' if len(event.told) > 1 else ''}"
        for n, told in enumerate(event.told, 1)
        for r, filler, source in told.fills
        if (r, filler) == (role, note.name)
    ]
    if places:
        more = f", and {len(places) - 1} more" if len(places) > 1 else ""
        kept = {n.name for n in event.roles[role]}
        others = dict.fromkeys(f for told in event.told for r, f, _ in told.fills if r == role and f not in kept)
        return places[0] + more + (f"; says more than {', '.join(others)}" if others and len(kept) == 1 else "")
    given = [w for w in event.why if re.match(rf"{re.escape(role)}[ :]", w)]
    own = next((w for w in given if repr(note.name) in w), given[0] if given else None)
    if own is not None:
        return own.partition(": ")[2] or own
    other = next(((r, source) for told in event.told for r, filler, source in told.fills if filler == note.name), None)
    if other is not None:
        return f"{other[1]}, as {other[0]} there"
    return "who says it" if role == "speaker" else "from the rest of the article" if event.told else "named with the speaker"


def _time_reason(event: EventNote) -> str:
    edtf = event.time.edtf if event.time is not None else None
    for number, told in enumerate(event.told, 1):
        if told.time is not None and edtf is not None and told.time[:10].rstrip("?~") == edtf[:10].rstrip("?~"):
            return told.why_time + (f", in telling {number}" if len(event.told) > 1 else "")
    return "when it was said" if not event.told else "from its tellings together"


def _status_reason(event: EventNote) -> str:
    for number, told in enumerate(event.told, 1):
        if told.realis == event.realis.value:
            return told.why_realis + (f", in telling {number}" if len(event.told) > 1 else "")
    return "said" if not event.told else "from its tellings together"


def _telling(told: ToldNote) -> Iterator[tuple[str, str]]:
    yield "rule", told.rule + (f", action {told.action}" if told.action else "")
    yield "parse", " · ".join(told.parse)
    if told.holds:
        yield "holds", " · ".join(told.holds)
    if told.fills:
        yield "fills", " · ".join(f"{role} ← {source}" for role, _, source in told.fills)
    yield "time", f"{told.time or 'none'}: {told.why_time}"
    yield "status", f"{told.realis}: {told.why_realis}"
    if told.sources:
        yield "source", ", ".join(told.sources)
    for reason in told.why:
        yield "because", reason


def _marked(text: str, span: tuple[int, int], trigger: tuple[int, int]) -> str:
    """A passage with the trigger in brackets."""
    start, end = span
    if not start <= trigger[0] < trigger[1] <= end:
        return f"“{' '.join(text[start:end].split())}”"
    return f"“{' '.join(f'{text[start : trigger[0]]}[{text[slice(*trigger)]}]{text[trigger[1] : end]}'.split())}”"


def _row(label: str, value: str) -> list[str]:
    """A label and its value, wrapped under itself."""
    pad = f"{label:<{_LABEL}} "
    indent = " " * (_LABEL + 1)
    return textwrap.wrap(value, WIDTH, initial_indent=pad, subsequent_indent=indent, break_long_words=False) or [pad.rstrip()]
