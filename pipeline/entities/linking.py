"""Decides between finders that disagree, and gathers what names one thing into one entity.

In: a Doc and the `Found` of all finders. Out: `EntityNote`, in the order of their first mention.

Overlaps: where spans overlap, the one with the higher value stays; value is the finder's score plus a bonus for each further
word, because the longer name says more ("Sunan International Airport" over "Sunan"). Found below `LEAST` are dropped.
Entities: one per key; a name without a key joins the keyed entity that the article calls by the same name, then the entity of
its type with the same name, then, for persons, the only fuller name that ends in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from spacy.tokens import Doc

from pipeline.annotations import EntityNote, MentionNote
from pipeline.entities.finding import Found
from pipeline.entities.matching import fold
from pipeline.records import EntityType, Links

LEAST = 0.5
_PER_WORD = 0.04
_WORDS = 5


def link(doc: Doc, found: list[Found]) -> list[EntityNote]:
    """The entities of the Doc."""
    chosen = resolve_overlaps(found)
    groups = _group(doc, chosen)
    notes = {key: _note(doc, group) for key, group in groups.items()}
    for key, group in groups.items():
        parent = _parent_of(group, notes)
        if parent is not None and parent != key:
            notes[key].parent = notes[parent]
    return sorted(notes.values(), key=lambda note: (note.mentions[0].start, note.mentions[0].end))


def _parent_of(group: list[Found], notes: dict[str, EntityNote]) -> str | None:
    """The key of the nearest thing named that it belongs to: its city, its region, its state."""
    near = next((f.parent_key for f in group if f.parent_key), None)
    region = next((f.region_key for f in group if f.region_key), None)
    keys = (near, region) if near is None or notes.get(near, group[0]).type is not EntityType.COUNTRY else (region, near)
    return next((k for k in keys if k is not None and k in notes), None)


def resolve_overlaps(found: list[Found]) -> list[Found]:
    """The best set of spans that do not overlap, best first choice, in text order."""
    taken: set[int] = set()
    chosen = []
    for f in sorted((f for f in found if f.score >= LEAST), key=lambda f: (-_value(f), f.start, f.finder)):
        tokens = range(f.start, f.end)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            chosen.append(f)
    return sorted(chosen, key=lambda f: f.start)


def _value(f: Found) -> float:
    return f.score + _PER_WORD * min(f.end - f.start - 1, _WORDS)


def _group(doc: Doc, chosen: list[Found]) -> dict[str, list[Found]]:
    groups: dict[str, list[Found]] = defaultdict(list)
    called: dict[str, Counter[str]] = defaultdict(Counter)
    for f in chosen:
        if f.key:
            groups[f.key].append(f)
            if f.form == "name":
                called[_said(doc, f)][f.key] += 1
                called[fold(f.name)][f.key] += 1
    loose = [f for f in chosen if not f.key]
    types = _types_by_vote(doc, loose)
    for f in loose:
        said = _said(doc, f)
        if said in called:
            groups[called[said].most_common(1)[0][0]].append(f)
            continue
        f.type = types[said]
        groups[f"{f.type}:{said}"].append(f)
    _merge_persons(groups)
    return groups


def _said(doc: Doc, f: Found) -> str:
    return " ".join(fold(doc[f.start : f.end].text).split()).removeprefix("the ")


def _types_by_vote(doc: Doc, loose: list[Found]) -> dict[str, EntityType]:
    """One type for each name, the one that most of its mentions have: the tagger changes its mind within an article."""
    votes: dict[str, Counter[EntityType]] = defaultdict(Counter)
    for f in loose:
        votes[_said(doc, f)][f.type] += 1
    return {said: max(count, key=lambda t: (count[t], t == EntityType.PERSON, t.value)) for said, count in votes.items()}


def _merge_persons(groups: dict[str, list[Found]]) -> None:
    """A surname alone is the person whose full name ends in it, when the article has only one."""
    prefix = f"{EntityType.PERSON}:"
    persons = {key: fold(group[0].name).split() for key, group in groups.items() if group[0].type is EntityType.PERSON}
    for key in [k for k in groups if k.startswith(prefix)]:
        words = key.removeprefix(prefix).split()
        fuller = [
            k
            for k, full in persons.items()
            if k != key and len(full) > len(words) and full[-len(words) :] == words and k in groups
        ]
        if len(fuller) == 1:
            groups[fuller[0]] += groups.pop(key)


def _note(doc: Doc, group: list[Found]) -> EntityNote:
    group.sort(key=lambda f: f.start)
    best = max(group, key=lambda f: (f.key is not None, f.form == "name", f.score, len(f.name)))
    links = Links(
        **{name: next((value for f in [best, *group] if (value := getattr(f.links, name))), None) for name in Links.model_fields}
    )
    return EntityNote(
        best.type,
        best.name,
        [MentionNote.of(doc[f.start : f.end], f.finder, f.form) for f in group],
        links,
        next((f.latitude for f in [best, *group] if f.latitude is not None), None),
        next((f.longitude for f in [best, *group] if f.longitude is not None), None),
        next((f.role for f in [best, *group] if f.role), None),
        next((f.kind for f in [best, *group] if f.kind), None),
        best.candidates,
        next((f.treaty for f in [best, *group] if f.treaty), None),
    )
