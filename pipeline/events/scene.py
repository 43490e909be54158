"""The airport that a text is speaking of: where what lands, and says not where, lands.

In: a Doc and its events. Out: the same flights, with the destinations that their paragraph leaves unsaid because it has just
named the place: "The airport reopened on Monday. The first plane landed at noon."
"""

from __future__ import annotations

from bisect import bisect_right

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote, MentionNote
from pipeline.events.fillers import in_class
from pipeline.events.itinerary import fill, trigger_token
from pipeline.records import EntityType, EventType, Realis

_PLACES = frozenset({EntityType.AIRPORT, EntityType.PLACE})
_TOLD = frozenset({Realis.ACTUAL, Realis.PLANNED})


def complete_scenes(doc: Doc, events: list[EventNote]) -> None:
    """Lets arrivals without a destination end at the airport that their paragraph named last."""
    article = doc_notes.article(doc)
    begins = [b.start for b in article.blocks] if article is not None else []
    if not begins:
        return
    places = sorted(
        ((m, n) for n in doc_notes.entities(doc) if n.type in _PLACES for m in n.mentions), key=lambda pair: pair[0].token_start
    )
    for event in events:
        token = trigger_token(doc, event)
        if event.type is not EventType.FLIGHT or event.realis not in _TOLD or event.roles.get("destination") or token is None:
            continue
        if not _comes(token, event):
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
