"""Which entities the head of an argument stands for in a role: the role's selectional restrictions.

In: a token, the argument that it heads, a role. Out: entities that may play it, ones made for nominal phrases among them.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote
from pipeline.event_types import Role, TypeInfo
from pipeline.events.arguments import Argument
from pipeline.events.filled import come_from, is_bare_noun, is_unnamed_ship, told_among
from pipeline.events.fillers import Index, in_class
from pipeline.events.states import acting_through
from pipeline.events.vehicles import counted
from pipeline.records import EntityType

_PRONOUN_TAGS = frozenset({"PRP", "PRP$", "WDT", "WP", "WP$", "DT", "EX"})
ENDS = frozenset({"origin", "destination", "via"})


def of_head(head: Token, argument: Argument, role: Role, info: TypeInfo, index: Index) -> list[EntityNote]:
    """The entities for which `head` stands in a role."""
    if argument.marker is not None and argument.marker.lower_ == "by" and in_class(head, "surface_vehicle") and head.n_lefts == 0:
        # "went on by train"
        return []
    if argument.marker is not None and any(c.dep_ == "det" and c.lower_ == "no" for c in head.children):
        # "left with no passengers"
        return []
    nominal = not role.nominal_heads or any(in_class(head, c) for c in role.nominal_heads)
    nominal = nominal and not (role.is_location and is_bare_noun(head))
    resolved = index.resolve(head) or index.treaty_meant(head, role.types)
    accepted = [n for n in resolved if role.accepts(n) and (nominal or n.kind != "nominal") and not _never(n, role, index)]
    accepted = _named_beside(head, role, resolved, index) or accepted
    if not (resolved or accepted) and role.nominal and nominal and _may_be_nominal(head, argument, role):
        note = index.nominal(head, role.nominal, expanse=role.is_location and bool(role.nominal_heads))
        accepted = [note] if note is not None else []
    if not accepted and not is_time(head):
        accepted = _without_a_name(head, argument, role, info, resolved, index)
    if not accepted and role.by_office:
        accepted = [state for n in resolved for state in acting_through(n, index.doc)]
    if role.name == "participants":
        accepted = [n for n in accepted if not is_unnamed_ship(n)]
    return come_from(head, accepted, role, index) or accepted


def _named_beside(head: Token, role: Role, resolved: list[EntityNote], index: Index) -> list[EntityNote]:
    """The airport behind its city ("from Tehran *Imam Khomeini International Airport*"), the type before its noun
    ("two new *C-390* transports")."""
    if EntityType.AIRPORT in role.types:
        beside = [c for c in head.children if c.dep_ == "appos" and c.left_edge.i == head.i + 1]
        airports = [n for c in beside for n in index.notes_at(c) if n.type is EntityType.AIRPORT]
        if airports:
            return airports[:1]
    if not resolved and EntityType.AIRCRAFT_TYPE in role.types:
        named = [n for c in head.children if c.dep_ in ("compound", "nmod") for n in index.notes_at(c)]
        return [n for n in named if n.type is EntityType.AIRCRAFT_TYPE]
    return []


def _may_be_nominal(head: Token, argument: Argument, role: Role) -> bool:
    """Whether a phrase without a name may play the role."""
    # "a surprise visit": a word before the trigger is a thing ("a missile strike"), and nobody
    if argument.slot == "mod" and role.nominal is not EntityType.EQUIPMENT:
        return False
    # "pledged $5 million" moves money, "jets for $5 million" does not
    if argument.slot != "obj" and head.ent_type_ == "MONEY":
        return False
    return head.tag_ not in _PRONOUN_TAGS and not is_time(head) and not any(in_class(head, c) for c in role.not_heads)


def _without_a_name(
    head: Token, argument: Argument, role: Role, info: TypeInfo, resolved: list[EntityNote], index: Index
) -> list[EntityNote]:
    """A bare number of people ("landed as well, *with 91*"), or a name that nothing knows where only a place can stand."""
    note = None
    if head.tag_ == "CD" and argument.slot == "prep:with" and role.name == "passengers" and head.n_rights == 0:
        note = index.number(head, EntityType.GROUP)
    if note is None and _leads_somewhere(role, argument, info):
        note = index.unknown_place(head, resolved)
    return [note] if note is not None else []


def listed(head: Token, accepted: list[EntityNote], role: Role, index: Index) -> list[EntityNote]:
    """Whom a group's apposition names one by one ("his counterparts, Nikos Dendias and Jean-Yves Le Drian"), and who leads it
    ("a delegation headed by Ana Silva")."""
    if role.single or not accepted or accepted[0].type is not EntityType.GROUP:
        return []
    apposed = [h for c in head.children if c.dep_ == "appos" for h in index.heads(c)]
    # "several officials, including Admiral Jan Novak"
    among = (c for c in head.children if c.dep_ == "prep" and c.lower_ in ("including", "among"))
    apposed += [h for c in among for o in c.children if o.dep_ == "pobj" for h in index.heads(o)]
    led = [c for c in head.children if c.dep_ == "acl" and in_class(c, "leading")]
    for agent in (a for c in led for a in c.children if a.dep_ == "agent"):
        heads = [h for p in agent.children if p.dep_ == "pobj" for h in index.heads(p)]
        apposed += [*heads, *(c for h in heads for c in h.children if c.dep_ == "appos")]
    apposed += told_among(head, index)
    return [n for h in apposed for n in index.notes_at(h) if role.accepts(n) and n is not accepted[0]]


def _never(note: EntityNote, role: Role, index: Index) -> bool:
    """ "The victims of the attack", or "she" who stands for them: a phrase whose noun never plays the role."""
    if note.type is not EntityType.GROUP or not role.not_heads:
        return False
    first = note.mentions[0]
    span = index.doc[first.token_start : first.token_end]
    return any(in_class(noun, c) for noun in (counted(span.root), span[-1]) for c in role.not_heads)


def _leads_somewhere(role: Role, argument: Argument, info: TypeInfo) -> bool:
    """Whether a proper noun here can only be a place: the end of a route, or where an aircraft or a weapon came down."""
    if argument.marker is None:
        return False
    if role.name in ENDS:
        return in_class(argument.marker, "way")
    return role.name == "place" and bool({"aircraft", "weapon"} & set(info.roles)) and in_class(argument.marker, "whereabouts")


def is_time(token: Token) -> bool:
    """Whether a token belongs to a time expression."""
    return any(t.token_start <= token.i < t.token_end for t in doc_notes.times(token.doc))
