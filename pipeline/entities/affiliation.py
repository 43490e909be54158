"""Says what a person belongs to: the organisation or state that stands in the role beside the name.

In: a parsed Doc and linked entities. Out: `parent` and, where a state is named, `links.country` of persons. "NATO
Secretary-General" belongs to NATO, "adjunct professor at the University of Tokyo" to the university, "US ambassador to
Germany" to the US, "Merkel's spokesperson" to what Merkel belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from pipeline.annotations import EntityNote, MentionNote
from pipeline.entities import nations, roles
from pipeline.entities.phrases import words
from pipeline.entities.roles import Role
from pipeline.records import EntityType

_BODIES = (EntityType.ORGANIZATION, EntityType.GROUP)
_STATES = (EntityType.COUNTRY,)


def resolve(doc: Doc, entities: list[EntityNote]) -> None:
    """Sets the parents of all persons that have none."""
    persons = [note for note in entities if note.type is EntityType.PERSON]
    held = {id(note): list(_roles(doc, note)) for note in persons}
    for note in persons:
        for role in held[id(note)]:
            nation = roles.nation(doc, role)
            if note.parent is None:
                note.parent = _parent(doc, role, note, entities, nation)
            if note.links.country is None and nation is not None:
                note.links = note.links.model_copy(update={"country": nation.iso2, "country_3": nation.iso3})


def resolve_owned(doc: Doc, entities: list[EntityNote]) -> None:
    """Sets the parents of persons whose role begins with a resolved "its" or "their" ("Its president, Aleksandar Vucic"), or with
    a noun that stands for a named body ("Ana Silva, the authority's director of safety")."""
    owners = {
        m.token_start: note
        for note in entities
        if note.type in (*_BODIES, *_STATES)
        for m in note.mentions
        if m.form == "pronoun" or (m.form == "nominal" and _owns(doc, m) and note.mentions[0].form == "name")
    }
    for note in entities:
        if note.type is not EntityType.PERSON or note.parent is not None or not owners:
            continue
        owner = next((owners[i] for role in _roles(doc, note) for i in (role.start, role.start - 1) if i in owners), None)
        if owner is None:
            continue
        note.parent = owner
        iso2 = owner.links.iso3166 or owner.links.country
        if note.links.country is None and iso2 is not None:
            note.links = note.links.model_copy(
                update={"country": iso2, "country_3": owner.links.iso3166_3 or owner.links.country_3}
            )


def _owns(doc: Doc, mention: MentionNote) -> bool:
    return mention.token_end < len(doc) and doc[mention.token_end].tag_ == "POS"


def _roles(doc: Doc, note: EntityNote) -> Iterable[Role]:
    """The roles beside all names of a person, those with a head word first."""
    found = [r for m in note.mentions if m.form == "name" for r in roles.around(doc, m.token_start, m.token_end)]
    return sorted(found, key=lambda r: r.head is None)


def _parent(
    doc: Doc, role: Role, person: EntityNote, entities: list[EntityNote], nation: nations.Nation | None
) -> EntityNote | None:
    inside = [
        (m, note) for note in entities for m in note.mentions if m.form != "pronoun" and _within(m, role) and note is not person
    ]
    inside.sort(key=lambda pair: pair[0].token_start)
    bodies = [(m, note) for m, note in inside if _is_body(m, note, role) and not _qualifies(doc, m, note)]
    states = [(m, note) for m, note in inside if note.type in _STATES]
    head = doc[role.head].lower_ if role.head is not None else None
    if role.head is not None and head in words("people", "relations", "of_state") and states:
        first = states[0][0].token_start
        if first < role.head and not any(m.token_start <= first for m, _ in bodies):
            return states[0][1]
    if bodies:
        return bodies[0][1]
    if head in words("people", "relations", "of_person"):
        chief = next((note for _, note in inside if note.type is EntityType.PERSON), None)
        if chief is not None:
            return chief.parent or chief
    if nation is not None:
        return next((note for note in entities if note.links.iso3166 == nation.iso2 and note.type in _STATES), None)
    return states[0][1] if states else None


def _qualifies(doc: Doc, mention: MentionNote, note: EntityNote) -> bool:
    """ "Secretary for African affairs": a people's name that only qualifies what the role is for."""
    root = doc[mention.token_start : mention.token_end].root
    return note.type is EntityType.GROUP and root.dep_ == "amod" and root.head.i >= mention.token_end


def _is_body(mention: MentionNote, note: EntityNote, role: Role) -> bool:
    """Whether one can belong to what a role mentions: a named body or ship, or an unnamed body when nothing else is said."""
    if note.type is EntityType.EQUIPMENT:
        return note.kind == "ship"
    if note.type not in _BODIES:
        return False
    return mention.form == "name" or (role.head is None and note.kind != "people")


def _within(mention: MentionNote, role: Role) -> bool:
    return role.start <= mention.token_start and mention.token_end <= role.end + 1 and mention.token_start < role.end
