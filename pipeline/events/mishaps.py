"""Where a mishap happened and which end of its way that was, when its clause says it by the phase of the flight only.

In: the events of an article. Out: the incident's place: the airport it had just left ("seconds after departure from Zhukovsky"),
or at which it was about to land ("on approach to Pokhara"); the end at which it happened ("overran the runway at Bari", "crashed
short of the runway at Goma").
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.annotations import EventNote
from pipeline.events.clauses import is_noun
from pipeline.events.fillers import in_class
from pipeline.events.itinerary import trigger_token
from pipeline.records import EventType

_BEFELL = frozenset({"crash", "runway_excursion", "other", "collision", "emergency_landing"})


def complete_ends(doc: Doc, events: list[EventNote]) -> None:
    """Fills the end at which a machine came to grief at a runway: it was landing, unless the sentence has it take off."""
    for event in events:
        places = event.roles.get("place")
        if (
            event.type is not EventType.AVIATION_INCIDENT
            or not places
            or any(event.roles.get(r) for r in ("destination", "agent"))
        ):
            continue
        token = trigger_token(doc, event)
        role = _runway_end(event, token) if token is not None else None
        if role is not None and not event.roles.get(role):
            event.roles[role] = list(places)
            event.why.append(f"{role}: where it happened, by the phase of the flight")


def _runway_end(event: EventNote, trigger: Token) -> str | None:
    if event.action == "runway_excursion":
        leaving = any(t != trigger and in_class(t, "setting_off") for t in trigger.sent)
        return "origin" if leaving else "destination"
    short = any(in_class(t, "short_of") and t.i + 1 < len(t.doc) and t.nbor().lower_ == "of" for t in trigger.sent)
    at_runway = short and any(in_class(t, "runway") for t in trigger.sent)
    return "destination" if event.action == "crash" and at_runway else None


def complete_places(doc: Doc, events: list[EventNote]) -> None:
    """Fills where incidents happened that their phase of flight tells."""
    for event in events:
        if event.type is not EventType.AVIATION_INCIDENT or event.action not in _BEFELL or event.roles.get("place"):
            continue
        token = trigger_token(doc, event)
        role = _end_nearby(token) if token is not None else None
        if role is None and event.action == "runway_excursion" and not event.roles.get("origin"):
            role = "destination"
        if role is not None and event.roles.get(role):
            event.roles["place"] = list(event.roles[role])
            event.why.append(f"place: its {role}, by the phase of the flight")


def _end_nearby(trigger: Token) -> str | None:
    """The end of the route at which the sentence has the aircraft."""
    for word in trigger.sent:
        before = trigger.doc[max(0, word.i - 4) : word.i]
        under_way = is_noun(word) and any(in_class(t, "in_the_act") for t in before[-3:])
        if in_class(word, "setting_off") and (under_way or any(in_class(t, "at_once") for t in before)):
            return "origin"
        if in_class(word, "coming_in") and (under_way or any(t.lower_ == "while" for t in before[-1:])):
            return "destination"
    return None
