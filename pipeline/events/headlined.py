"""What the place of two tellings says about whether they are one event: a headline and its lead, an occasion and what takes
place beside it.

In: two tellings, or a telling and a group. Out: yes or no; `merging` asks.
"""

from __future__ import annotations

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote
from pipeline.events.fillers import in_class, within
from pipeline.events.tellings import DEFINITE, Group, Telling
from pipeline.records import BlockKind, EventType

_WHO: dict[EventType | str, str] = {EventType.MEETING: "participants", EventType.VISIT: "visitor"}


def is_headline_of(telling: Telling, group: Group) -> bool:
    """ "Leaders hold summit" over "The presidents of Oman and Kenya met": what a headline tells of people whom it does not name
    the text tells first of all."""
    role = _WHO.get(group.type)
    if role is None or len(group.tellings) > 1 or not in_title(group.tellings[0]) or in_title(telling):
        return False
    head = telling.mention.predicate.head
    article = doc_notes.article(head.doc)
    lead = next((b for b in article.blocks if b.kind is BlockKind.PARAGRAPH), None) if article is not None else None
    if lead is None or not lead.start <= head.idx < lead.end:
        return False
    return not any(_is_named(n) for r in (role, "destination", "place") for n in group.fillers(r))


def retells_headline(telling: Telling, group: Group) -> bool:
    """ "Drones hit depot in Gao", and below it "*the attack* on Mali's largest fuel terminal": the attack that the headline told,
    where no place is against it."""
    head = telling.mention.predicate.head
    definite = any(c.dep_ == "det" and c.lower_ in DEFINITE for c in head.children)
    if group.type is not EventType.STRIKE or not definite or not all(map(in_title, group.tellings)) or in_title(telling):
        return False
    article = doc_notes.article(head.doc)
    below = next((b for b in article.blocks if b.kind is not BlockKind.TITLE), None) if article is not None else None
    if below is None or not below.start <= head.idx < below.end:
        return False
    theirs = group.fillers("place")
    mine = [f.note for f in telling.mention.roles.get("place", [])]
    return all(a is b or within(a, b) or within(b, a) for a in mine for b in theirs)


_LEAD = 2
"""Sentences below the headline that tell what it tells."""


def follows_headline(telling: Telling, group: Group) -> bool:
    """ "Suicide bombing kills 3" over "A bomber detonated …": the first telling below a headline that nothing contradicts."""
    head = telling.mention.predicate.head
    if in_title(telling) or group.type is EventType.STATEMENT or not all(map(in_title, group.tellings)):
        return False
    article = doc_notes.article(head.doc)
    title = next((b for b in article.blocks if b.kind is BlockKind.TITLE), None) if article is not None else None
    return title is not None and sum(1 for s in head.doc.sents if title.end <= s.start_char <= head.idx) <= _LEAD


def drop_headline_names(group: Group) -> None:
    """Whom a headline only calls "leaders" the text names."""
    role = _WHO.get(group.type)
    if role is None or not any(t.mention.roles.get(role) and not in_title(t) for t in group.tellings):
        return
    told = [t for t in group.tellings if not in_title(t)]
    for telling in [t for t in group.tellings if t not in told]:
        if len(group.tellings) > 1 and all(t.realis is not telling.realis for t in told):
            # "Minister leaves for talks": what the text tells of is yet to come
            group.tellings.remove(telling)
        elif not any(_is_named(f.note) for f in telling.mention.roles.get(role, [])):
            telling.mention.roles.pop(role, None)


def _is_named(note: EntityNote) -> bool:
    return any(m.form == "name" for m in note.mentions)


def in_title(telling: Telling) -> bool:
    """Whether a headline tells it."""
    head = telling.mention.predicate.head
    article = doc_notes.article(head.doc)
    return article is not None and any(b.kind is BlockKind.TITLE and b.start <= head.idx < b.end for b in article.blocks)


def on_the_sidelines(telling: Telling, other: Telling) -> bool:
    """ "Met on the sidelines of a summit", "talks on the margins of the ministers' meeting": the occasion is another event."""
    for occasion, event in ((telling, other), (other, telling)):
        head = occasion.mention.predicate.head
        side = next((a for a in (head, *head.ancestors) if in_class(a, "margin")), None)
        if side is not None and event.mention.predicate.head.sent == side.sent:
            return event.mention.predicate.head not in side.subtree
    return False
