"""Where a text stands: the end of flights that come, and say not where to.

In: a Doc and its events. Out: destinations of flights: the place that the article is told from, that its title names, or the
airport of which a paragraph has just spoken.
"""

from __future__ import annotations

from bisect import bisect_right

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote, MentionNote
from pipeline.events.fillers import LOCATIONS, in_class
from pipeline.events.itinerary import fill, followed_by, trigger_token
from pipeline.records import BlockKind, EntityType, EventType, Realis

_PLACES = frozenset({EntityType.AIRPORT, EntityType.PLACE})
_TOLD = frozenset({Realis.ACTUAL, Realis.PLANNED})


def complete_scenes(doc: Doc, events: list[EventNote]) -> None:
    """Fills destinations by where the article is told from, by its title, and by the airport that a paragraph named last."""
    flights = [e for e in events if e.type is EventType.FLIGHT and e.realis is not Realis.GENERIC]
    _here(doc, flights)
    _title_destination(doc, flights)
    _at_the_airport(doc, flights)


def _here(doc: Doc, flights: list[EventNote]) -> None:
    """ "A Polish team came from Warsaw", "an engine arrived from overseas in an An-124": what comes, and says not where to,
    comes to where the article is told from."""
    place = doc_notes.dateline_place(doc, doc_notes.entities(doc))
    if place is None:
        return
    for event in flights:
        token = trigger_token(doc, event)
        if token is None or not in_class(token, "coming_here"):
            continue
        if event.roles.get("origin") or any(in_class(t, "from_afar") for t in token.subtree):
            fill(event, "destination", [place], "the place of the dateline")


def _title_destination(doc: Doc, flights: list[EventNote]) -> None:
    """ "Who has flown what into Myanmar": where a note or a "flew in" names no place, the title's destination is meant."""
    article = doc_notes.article(doc)
    title = next((b for b in article.blocks if b.kind is BlockKind.TITLE), None) if article is not None else None
    if title is None:
        return
    into = [
        n
        for n in doc_notes.entities(doc)
        if n.type in LOCATIONS
        and any(
            title.start <= m.start < title.end and doc[m.token_start - 1].lower_ in ("to", "into", "in")
            for m in n.mentions
            if m.token_start
        )
    ]
    if len(into) != 1:
        return
    for event in flights:
        open_ended = event.rule == "flight.noted" or followed_by(doc, event, "inward")
        if open_ended and event.realis in _TOLD:
            fill(event, "destination", into, "where the title's flights go")


def _at_the_airport(doc: Doc, flights: list[EventNote]) -> None:
    """ "The airport reopened on Monday. The first plane landed at noon": at the airport that the paragraph named last."""
    article = doc_notes.article(doc)
    begins = [b.start for b in article.blocks] if article is not None else []
    if not begins:
        return
    places = sorted(
        ((m, n) for n in doc_notes.entities(doc) if n.type in _PLACES for m in n.mentions), key=lambda pair: pair[0].token_start
    )
    for event in flights:
        token = trigger_token(doc, event)
        if event.realis not in _TOLD or event.roles.get("destination") or token is None or not _comes(token, event):
            continue
        begin = begins[max(bisect_right(begins, token.idx) - 1, 0)]
        told = [(m, n) for m, n in places if begin <= m.start and m.token_end <= token.i and not _is_other(m, n, event, doc)]
        if told and told[-1][1].type is EntityType.AIRPORT:
            fill(event, "destination", [told[-1][1]], f"{told[-1][0].text!r}, of which its paragraph speaks")


def _comes(token: Token, event: EventNote) -> bool:
    """Whether a trigger tells of coming to where the text stands: "landed", "flew in", "brought … from Miami"."""
    inward = any(c.dep_ in ("prt", "advmod") and in_class(c, "inward") for c in token.children)
    brought = token.lemma_ == "bring" and bool(event.roles.get("origin"))
    return inward or brought or (event.action == "landed" and in_class(token, "arriving"))


def _is_other(mention: MentionNote, note: EntityNote, event: EventNote, doc: Doc) -> bool:
    """Whether a mention tells where something came from, or only which thing is meant ("the *Miami* flight")."""
    first = doc[mention.token_start]
    last = doc[mention.token_end - 1]
    before = first.nbor(-1).lower_ if first.i else ""
    return before in ("from", "of") or last.dep_ in ("compound", "amod", "nmod") or note in event.roles.get("origin", [])
