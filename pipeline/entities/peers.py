"""Whose office a counterpart holds: "President Novak and his Omani counterpart Ali Hasan" are both presidents.

In: a Doc, its person entities and their profiles. Out: profiles of named counterparts with the office of the one whose
counterpart they are, and, for "his Omani counterpart" without a name, the only person of that state who holds the same office.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote
from pipeline.entities.gender import Profile
from pipeline.entities.phrases import words
from pipeline.records import EntityType

Profiles = dict[int, Profile]


def is_peer(office: str) -> bool:
    """Whether the last word of an office says that it is another's too."""
    return office.rpartition(" ")[2] in words("coreference", "offices", "peers")


def share_offices(doc: Doc, entities: list[EntityNote], profiles: Profiles) -> None:
    """Gives named counterparts the office of the person named before them in the sentence."""
    persons = [n for n in entities if n.type is EntityType.PERSON]
    for note in persons:
        own = profiles[id(note)]
        if not own.offices or not all(is_peer(office) for office in own.offices):
            continue
        first = next(m for m in note.mentions if m.form == "name")
        held = _offices_before(doc[first.token_start], [n for n in persons if n is not note], profiles)
        own.offices = (*own.offices, *held)


def _offices_before(token: Token, persons: list[EntityNote], profiles: Profiles) -> tuple[str, ...]:
    """The offices of the person named or meant nearest before a token, in its sentence."""
    start = token.sent.start
    found = [(m.token_start, n) for n in persons for m in n.mentions if start <= m.token_start < token.i]
    for _, note in sorted(found, key=lambda pair: -pair[0]):
        offices = tuple(o for o in profiles[id(note)].offices if not is_peer(o))
        if offices:
            return offices
    return ()


def counterpart(token: Token, iso2: str, entities: list[EntityNote], profiles: Profiles) -> EntityNote | None:
    """The only person of a state who holds the office of the person before "his Omani counterpart"."""
    persons = [n for n in entities if n.type is EntityType.PERSON]
    theirs = [n for n in persons if (profiles[id(n)].country or profiles[id(n)].known_country) == iso2]
    offices = _offices_before(token, [n for n in persons if n not in theirs], profiles)
    heads = {_head(office) for office in offices}
    fitting = [n for n in theirs if heads & {_head(o) for o in profiles[id(n)].offices or profiles[id(n)].known_offices}]
    return fitting[0] if len(fitting) == 1 else None


def _head(office: str) -> str:
    """The noun of an office, and what tells it from others: "foreign minister" of both a minister of foreign affairs and a
    foreign minister."""
    said = office.replace("defense", "defence").split() or [""]
    end = next((i for i, word in enumerate(said) if word in ("of", "for")), len(said))
    apart = words("coreference", "offices", "before") | words("coreference", "offices", "prime")
    return " ".join([*[w for w in said if w in apart][:1], said[end - 1]]) if end else office
