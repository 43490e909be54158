"""Whose service it is and between which places, where the clause that tells of it leaves that open; and the services that first
flights open.

In: the merged events. Out: operators and ends of air services, and services of their own. A service takes an end from a flight of
its carrier only where the two agree in all that is told of both.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events.fillers import in_class, lexicon
from pipeline.events.itinerary import fill, shared_place, trigger_token
from pipeline.events.machines import is_of_airport
from pipeline.events.sameness import same
from pipeline.records import EventType, NoveltyKind, Realis

_AHEAD_OR_DONE = frozenset({Realis.ACTUAL, Realis.PLANNED})
_ENDS = ("origin", "destination")
_GOT = frozenset({"ordered", "delivered"})
_OPENING = frozenset({"launch", "resume"})


def complete_services(doc: Doc, events: list[EventNote]) -> None:
    """Fills who flies and where, and adds the services that first flights open or bring back."""
    services = [e for e in events if e.type is EventType.AIR_SERVICE and e.realis is not Realis.GENERIC]
    flights = [e for e in events if e.type is EventType.FLIGHT and e.realis in _AHEAD_OR_DONE]
    for service in services:
        if not is_of_airport(service):
            _carrier_spoken_of(doc, service, "operator")
    for order in (e for e in events if e.type is EventType.ORDER and e.action in _GOT and _is_from_maker(e)):
        _carrier_spoken_of(doc, order, "recipient")
    for service in services:
        for flight in flights:
            if service.action in _OPENING and service.realis in _AHEAD_OR_DONE and _opens(flight, service):
                _lend(flight, service)
    for flight in flights:
        action = _opened_by(doc, flight)
        if action is not None and not any(_opens(flight, s) or _tells_of(s, flight) for s in services):
            services.append(_service_of(flight, action))
            events.append(services[-1])


def _is_from_maker(order: EventNote) -> bool:
    return any(n.kind == "aircraft_maker" for n in order.roles.get("supplier", []))


_ITEM = re.compile(r"[A-Z][^.,:;\n]{1,40}: [A-Z]")
"""The beginning of a paragraph that has a heading of its own: "Morocco: The first six …"."""


def _carrier_spoken_of(doc: Doc, event: EventNote, role: str) -> None:
    """ "Norvik flies to Turku. Flights to Tampere begin in May", "the company ordered ten from Embraer": an open carrier is
    the one that the paragraph, or the one before, speaks of and no other."""
    token = trigger_token(doc, event)
    article = doc_notes.article(doc)
    if token is None or article is None or event.roles.get(role):
        return
    begins = [b.start for b in article.blocks]
    at = bisect_right(begins, token.idx) - 1
    carriers = [n for n in doc_notes.entities(doc) if n.kind == "airline"]
    of_its_own = at < 1 or _ITEM.match(doc.text, begins[at])
    for first in (at,) if of_its_own else (at, at - 1):
        here = [n for n in carriers if any(begins[first] <= m.start < token.sent.end_char for m in n.mentions)]
        if len(here) == 1:
            event.roles[role] = here
            event.why.append(f"{role} {here[0].name!r}: the only carrier that its paragraph speaks of")
        if here:
            return


def _agree(a: EventNote, b: EventNote, role: str) -> bool:
    mine, theirs = a.roles.get(role), b.roles.get(role)
    return not (mine and theirs) or shared_place(mine, theirs)


def _opens(flight: EventNote, service: EventNote) -> bool:
    """Whether a flight may be one of those that a service begins with: nothing told of both differs, and they share their carrier
    or an end, and the day where they share no end."""
    if not all(_agree(flight, service, role) for role in ("operator", *_ENDS)) or not _same_day(flight, service):
        return False
    if any(shared_place(flight.roles.get(a, []), service.roles.get(b, [])) for a, b in (_ENDS, _ENDS[::-1])):
        return False  # the way back
    ends = any(flight.roles.get(role) and service.roles.get(role) for role in _ENDS)
    carrier = bool(flight.roles.get("operator") and service.roles.get("operator"))
    return ends if not carrier else ends or bool(flight.time and service.time)


def _same_day(flight: EventNote, service: EventNote) -> bool:
    a, b = flight.time, service.time
    if a is None or b is None or not (a.earliest and a.latest and b.earliest and b.latest):
        return True
    return a.earliest[:10] <= b.latest[:10] and b.earliest[:10] <= a.latest[:10]


def _lend(flight: EventNote, service: EventNote) -> None:
    if not service.roles.get("operator") and flight.roles.get("operator"):
        service.roles["operator"] = list(flight.roles["operator"])
        service.why.append("operator: of the flight that opened it")
    for role in _ENDS:
        fill(service, role, flight.roles.get(role, []), "of the flight that opened it")


def _tells_of(service: EventNote, flight: EventNote) -> bool:
    """Whether the article tells itself of a service that a flight's carrier opened, or of one to the same place."""
    mine, theirs = service.roles.get("operator", []), flight.roles.get("operator", [])
    if mine and not any(same(a, b) for a in mine for b in theirs):
        return False
    opened = service.action in _OPENING and service.realis is Realis.ACTUAL
    return opened or any(shared_place(service.roles.get(r, []), flight.roles.get(r, [])) for r in _ENDS)


def _opened_by(doc: Doc, flight: EventNote) -> str | None:
    """What a first flight of an airline does to its service: "its first scheduled flight" launches it, "the first since 2011"
    brings it back; a special flight does neither."""
    carriers = [n for n in flight.roles.get("operator", []) if n.kind == "airline"]
    new = flight.novelty is not None and flight.novelty.kind in (NoveltyKind.FIRST, NoveltyKind.RESUMPTION)
    if not (new and carriers and flight.roles.get("destination")) or flight.action == "evacuated":
        return None
    words = _told_in(doc, flight)
    scope = flight.novelty.scope if flight.novelty is not None and flight.novelty.scope else ""
    if any(in_class(t, "special_flight") for t in words) or set(scope.lower().split()) & lexicon()["special_flight"]:
        return None
    if any(in_class(t, "after_long") and _is_long(t) for t in words):
        # where charters are spoken of at all, no regular service is back
        return None if any(in_class(t, "unscheduled") for t in doc) else "resume"
    return "launch" if any(_is_regular(t) for t in words) else None


def _told_in(doc: Doc, flight: EventNote) -> list[Token]:
    """The words of the paragraphs that tell of a flight first, and of its own sentences."""
    article = doc_notes.article(doc)
    spans = list(flight.evidence)
    blocks = article.blocks if article is not None else ()
    spans += [(b.start, b.end) for b in blocks if b.start <= flight.trigger[0] < b.end]
    found = [doc.char_span(*span, alignment_mode="expand") for span in spans]
    return [t for span in found if span is not None for t in span]


def _is_regular(word: Token) -> bool:
    """ "The first *scheduled* flight", "*inaugurated* the link"."""
    return in_class(word, "regular_flight") and (word.pos_ == "VERB" or in_class(word.head, "service"))


def _is_long(word: Token) -> bool:
    """ "Since 2011", "after nearly 14 years", "in more than 20 years"."""
    behind = word.doc[word.i + 1 : min(word.i + 1 + _REACH, word.sent.end)]
    years = any(in_class(t, "long_time") for t in behind)
    return years or (word.lower_ == "since" and any(t.ent_type_ == "DATE" for t in behind))


_REACH = 6
"""Words behind "after" or "in" among which the years stand."""


def _service_of(flight: EventNote, action: str) -> EventNote:
    roles: dict[str, list[EntityNote]] = {r: list(flight.roles[r]) for r in ("operator", *_ENDS) if flight.roles.get(r)}
    why = f"air service: a first flight of {roles['operator'][0].name!r}"
    return flight.implies(EventType.AIR_SERVICE, action, roles, "air_service.first_flight", why, new=True)
