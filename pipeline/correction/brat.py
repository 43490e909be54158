"""Brat standoff: `<name>.ann` over `<name>.txt`, which brat itself, INCEpTION and others open and write.

In: a gold record. Out: the .ann file, and the annotation.conf for the tools. `brat_reading.py` reads it back.

    T   a mention of an entity (its type), a time expression (DATE, TIME, DURATION, SET), or an event's trigger (its type, with
        a capital: some types of entities and events are called the same)
    *   Equiv: mentions of one entity          N   Reference T1 icao:ZKPY, with the entity's name
    R   Within: a coarser place that is right as well
    E   an event with its roles; Source: to whom it is attributed; Since: the event its novelty counts from
    A   Action, Realis (actual when left out), Novelty, Optional, Refers (a mention that only refers: "the jet"), Mod (of a time)
    #   notes, "key=value | key=value": what NOTES lists; a part without "=" is a person's remark
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.correction.model import EntityRow, EventRow, Place, rows_of
from pipeline.evaluation import Gold
from pipeline.event_types import TypeInfo
from pipeline.records import EntityType, NoveltyKind, Realis, TimeModifier, TimeType

QUANTITY = "quantity."
NOTES = {
    "event": (
        "date", "departure", "arrival", "scope", "since_date", "quote", "attributes", "problems", "evidence", f"{QUANTITY}killed"
    ),
    "time": ("value", "quant", "freq"),
    "entity": ("name",),
}  # fmt: skip
FLAGS = ("Optional", "Refers")
CHOICES: dict[str, tuple[str, ...]] = {
    "Realis": tuple(Realis),
    "Novelty": tuple(NoveltyKind),
    "Mod": tuple(TimeModifier),
}


def label(kind: str) -> str:
    """What an event type is called in brat."""
    return kind.capitalize()


def configuration(types: Mapping[str, TypeInfo]) -> dict[str, str]:
    """brat's annotation.conf for these event types."""
    known = [info for name, info in types.items() if name != "contact"]
    actions = dict.fromkeys(action for info in known for action in info.actions)
    lines = ["[entities]", *EntityType, *TimeType, "", "[relations]"]
    lines += [
        "Equiv\tArg1:<ENTITY>, Arg2:<ENTITY>, <REL-TYPE>:symmetric-transitive",
        "Within\tArg1:<ENTITY>, Arg2:<ENTITY>",
        "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:contain",
    ]
    lines += ["", "[events]"]
    for info in known:
        roles = [f"{r.name}*:{'|'.join(sorted(r.types))}" for r in info.roles.values()]
        lines.append(f"{label(info.type)}\t{', '.join([*roles, 'Source*:<ENTITY>', 'Since?:<EVENT>'])}")
    lines += ["", "[attributes]", f"Action\tArg:<EVENT>, Value:{'|'.join(actions)}"]
    lines += [f"{name}\tArg:<EVENT>, Value:{'|'.join(CHOICES[name])}" for name in ("Realis", "Novelty")]
    lines += ["Optional\tArg:<ANY>", "Refers\tArg:<ENTITY>", f"Mod\tArg:{'|'.join(TimeType)}, Value:{'|'.join(TimeModifier)}"]
    return {"annotation.conf": "\n".join(lines) + "\n"}


# --- writing -------------------------------------------------------------------------------------------------------------


class _Writer:
    """Collects the lines of one file."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: list[str] = []
        self._counts = dict.fromkeys("TENRA#", 0)

    def add(self, kind: str, content: str) -> str:
        """A line with a new number; returns its id."""
        self._counts[kind] += 1
        name = f"{kind}{self._counts[kind]}"
        self._lines.append(f"{name}\t{content}")
        return name

    def equal(self, names: list[str]) -> None:
        self._lines.append(f"*\tEquiv {' '.join(names)}")

    def span(self, kind: str, place: Place) -> str:
        """A text-bound annotation; one that runs over a line break is split there, as brat asks."""
        words = self._text[slice(*place)].replace("\r", " ")
        parts, start = [], place[0]
        for piece in re.split(r"(\s*\n\s*)", words):
            if "\n" not in piece and piece:
                parts.append(f"{start} {start + len(piece)}")
            start += len(piece)
        return self.add(
            "T", f"{kind} {';'.join(parts)}\t{' '.join(words.split())}" if len(parts) > 1 else f"{kind} {parts[0]}\t{words}"
        )

    def note(self, name: str, notes: Mapping[str, str | None]) -> None:
        told = " | ".join(f"{key}={_escaped(value)}" for key, value in notes.items() if value is not None)
        if told:
            self.add("#", f"AnnotatorNotes {name}\t{told}")

    def content(self) -> str:
        return "\n".join([*self._lines, ""])


def write(gold: Gold, types: Mapping[str, TypeInfo]) -> str:
    """The .ann file of one article."""
    entities, times, events = rows_of(gold)
    writer = _Writer(gold.record.article.text)
    marks: dict[int, dict[Place, str]] = {}
    for entity in entities.values():
        marks[id(entity)] = _write_entity(writer, entity)
    for entity in entities.values():
        for outer in entity.within:
            ends = (next(iter(marks[id(e)].values())) for e in (entity, outer))
            writer.add("R", "Within Arg1:{} Arg2:{}".format(*ends))
    for time in times:
        name = writer.span(time.type, time.span)
        if time.mod:
            writer.add("A", f"Mod {name} {time.mod}")
        writer.note(name, {"value": time.value, "quant": time.quant, "freq": time.freq})
    triggers = [writer.span(label(event.type), event.trigger) for event in events.values()]
    numbers = {id(event): f"E{n}" for n, event in enumerate(events.values(), 1)}
    for event, trigger in zip(events.values(), triggers, strict=True):
        _write_event(writer, event, trigger, marks, numbers)
    return writer.content()


def _write_entity(writer: _Writer, entity: EntityRow) -> dict[Place, str]:
    marks = {
        place: writer.span(entity.type, place)
        for place in [*entity.named, *(p for p in entity.referred if p not in entity.named)]
    }
    first = next(iter(marks.values()))
    if len(marks) > 1:
        writer.equal(list(marks.values()))
    for code, value in entity.links.items():
        writer.add("N", f"Reference {first} {code}:{value}\t{entity.name}")
    writer.note(first, {"name": entity.name})
    for place in entity.referred:
        writer.add("A", f"Refers {marks[place]}")
    if entity.optional:
        writer.add("A", f"Optional {first}")
    return marks


def _write_event(
    writer: _Writer, event: EventRow, trigger: str, marks: Mapping[int, dict[Place, str]], numbers: Mapping[int, str]
) -> None:
    def nearest(entity: EntityRow) -> str:
        places = marks[id(entity)]
        return places[min(entity.named or entity.referred, key=lambda p: (abs(p[0] - event.trigger[0]), p))]

    arguments = [f"{label(event.type)}:{trigger}"]
    for role, fillers in [*event.roles.items(), ("Source", event.sources)]:
        arguments += [f"{role}{'' if n == 1 else n}:{nearest(filler)}" for n, filler in enumerate(fillers, 1)]
    if event.since is not None:
        arguments.append(f"Since:{numbers[id(event.since)]}")
    name = writer.add("E", " ".join(arguments))
    chosen = {"Action": event.action, "Realis": event.realis if event.realis != "actual" else None, "Novelty": event.novelty}
    for attribute, value in chosen.items():
        if value:
            writer.add("A", f"{attribute} {name} {value}")
    if event.optional:
        writer.add("A", f"Optional {name}")
    notes = {key: getattr(event, key) for key in ("date", "departure", "arrival", "scope", "since_date", "quote")}
    notes |= {key: ", ".join(getattr(event, key)) or None for key in ("attributes", "problems")}
    notes |= {f"{QUANTITY}{key}": f"{value:g}" if isinstance(value, float) else value for key, value in event.quantities.items()}
    notes["evidence"] = ", ".join(f"{start}:{end}" for start, end in event.evidence)
    writer.note(name, notes)


ESCAPES = {"\\": "\\\\", "|": "\\p", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(value: str) -> str:
    return "".join(ESCAPES.get(c, c) for c in value)
