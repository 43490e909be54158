"""Who acts in public: states, their bodies and forces, international and armed organisations, parties, and people in office.

In: an entity of a role. Out: whether it is one of them. Types whose row in event_types.toml names roles under `public` are only
told of such: two exporters who meet, or a family on a trip, are no news of states. Words: models/lexicons/events.toml.
"""

from __future__ import annotations

from pipeline.annotations import EntityNote
from pipeline.events.fillers import is_leader, lexicon
from pipeline.records import EntityType

_PRIVATE = ("passenger_word", "private_word", "private_person", "private_circle")
_ENDS_HEAD = frozenset({"of", "from", "in", "at", "for", "with"})


def is_public(note: EntityNote) -> bool:
    """Whether a filler acts in public."""
    if note.type is EntityType.COUNTRY:
        return True
    if note.type is EntityType.ORGANIZATION:
        return note.kind in lexicon()["public_kind"]
    if note.type is EntityType.PERSON:
        return in_office(note)
    if note.type is EntityType.EQUIPMENT:
        return note.kind == "ship"
    return note.type is EntityType.GROUP and _is_public_group(note)


def in_office(person: EntityNote) -> bool:
    """Whether a person holds, or held, a public office as far as the text or the table of known persons says."""
    if person.kind == "public_figure" or is_leader(person):
        return True
    if person.role is None:
        return person.links.country is not None
    words = [w.strip(".,'’") for w in person.role.lower().replace("-", " ").split()]
    if any(_has(words, name) for name in ("private_word", "private_person", "private_circle")):
        return False
    held = [w for w in words if _has([w], "office") or _has([w], "rank")]
    if any(not _has([w], "body_office") for w in held):
        return True
    # "president of the Carnegie Corporation", "head of Airbus": an office of a private body is none of these
    body = person.parent
    return bool(held) and (body is None or body.type is not EntityType.ORGANIZATION or is_public(body))


def _is_public_group(note: EntityNote) -> bool:
    words = note.name.lower().split()
    stop = next((i for i, w in enumerate(words) if i and w in _ENDS_HEAD), len(words))
    head = words[stop - 1 : stop]
    if _has(head, "public_word") or _has(head, "office") or _has(head, "troops"):
        return True
    if _has(head, "mission_word") and (_is_mission(words) or _of_a_body(note.name) or note.links.country is not None):
        return True
    # "North Korean military educators": people of a named state, where they are none who act for themselves
    return note.links.country is not None and not any(_has(head, name) for name in _PRIVATE)


def _is_mission(words: list[str]) -> bool:
    """ "A technical team", "a group of mediators": what kind of people it is made of, or what it is for."""
    return any(_has([w], "delegate") or _has([w], "mission_kind") for w in words)


def _of_a_body(name: str) -> bool:
    """ "A team of the International Atomic Energy Agency", which many teams of a lesser kind do not name."""
    _, of, body = name.partition(" of the ")
    return bool(of) and body[:1].isupper()


def _has(words: list[str], name: str) -> bool:
    known = lexicon()[name]
    forms = (form for w in words for form in (w, w.removesuffix("s"), w.removesuffix("es"), w.removesuffix("ies") + "y"))
    return any(form in known for form in forms)
