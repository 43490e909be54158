"""What the roles of one telling hold once its clause is read: titles go into the names behind them, a building lies in its town,
and places joined by a hyphen are both ends of a route.

In: the roles that a rule filled. Out: the same, in place.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote
from pipeline.event_types import Role, TypeInfo
from pipeline.events.clauses import is_noun
from pipeline.events.fillers import LOCATIONS, Filler, Index, finest, in_class
from pipeline.events.predicates import Predicate
from pipeline.records import EntityType


def without_titles(roles: dict[str, list[Filler]]) -> None:
    """ "The frigate *Admiral Gorshkov*", "ministers *Ana Costa* and *Jan Novak*": what stands before a name is the same one."""
    fillers = [f for found in roles.values() for f in found]
    names = [f for f in fillers if any(m.form == "name" for m in f.note.mentions)]
    for role, found in list(roles.items()):
        kept = [f for f in found if f in names or not any(_is_title(f, named) for named in names)]
        roles[role] = kept
        if found and not kept:
            del roles[role]


def _is_title(title: Filler, named: Filler) -> bool:
    if any(m.token_start == title.token.i + 1 for m in named.note.mentions):
        return title.note.type in (EntityType.GROUP, EntityType.EQUIPMENT)
    return title.token.head == named.token and title.token.dep_ in ("compound", "nmod")


def part_facility(roles: dict[str, list[Filler]], info: TypeInfo) -> None:
    """ "At a checkpoint in Quetta": the town is where it was, the checkpoint what was struck."""
    places = roles.get("place", [])
    if len(places) == 2 and places[0].note.kind == "facility" and info.roles["place"].single:
        facility, roles["place"] = places[0], places[1:]
        if "target" in info.roles and not roles.get("target"):
            roles["target"] = [facility]


def end_in_town(roles: dict[str, list[Filler]], index: Index) -> None:
    """ "From the maker's plant at Marignane to Athens": a building without a name that a flight begins or ends at is told by its
    town."""
    for end in _ENDS:
        building = next((f for f in roles.get(end, []) if f.note.kind == "facility"), None)
        if building is None or any(m.form == "name" for m in building.note.mentions):
            continue
        inside = [c for c in building.token.children if c.dep_ == "prep" and c.lower_ in _STANDS]
        towns = [c for prep in inside for c in prep.children if c.dep_ == "pobj"]
        town, at = next(((note, t) for t in towns if (note := finest(index.notes_at(t))) is not None), (None, None))
        if town is None or at is None:
            continue
        roles[end] = [Filler(town, at, building.shared)]
        for other in _ENDS:
            if other != end and any(f.token == at for f in roles.get(other, [])):
                del roles[other]


_ENDS = ("origin", "destination")
_STANDS = frozenset({"in", "at"})


def where_target_stands(roles: dict[str, list[Filler]], info: TypeInfo) -> None:
    """ "An attack on a garrison on Barkaram island": what the phrase of a target says where it stands is struck no less, and no
    other target."""
    targets = roles.get("target", [])
    named = bool(targets) and targets[0].note.type in LOCATIONS and targets[0].note.kind != "facility"
    if "place" not in info.roles or len(targets) < 2 or named:
        return
    behind = [f for f in targets[1:] if f.token.dep_ == "pobj" and targets[0].token.is_ancestor(f.token)]
    whereabouts = [f for f in behind if f.note.type in LOCATIONS or f.note.kind == "nominal"]
    roles["target"] = [f for f in targets if f not in whereabouts]
    places = [f for f in whereabouts if f.note.type in LOCATIONS]
    if places:
        roles["place"] = places[:1]


def hyphenated_route(predicate: Predicate, info: TypeInfo, roles: dict[str, list[Filler]], index: Index) -> None:
    """ "Its Paris-Bamako service", "dropped Paris–Bamako": two places joined before the trigger or what it acts on, or as what it
    acts on, are both ends of a route."""
    heads = [predicate.head, *(a.head for a in predicate.slot("obj", "subj", "light:obj", "light:subj"))]
    for head in (h for h in heads if is_noun(h)):
        for hyphen in (t for t in head.doc[head.left_edge.i + 1 : head.i + 2] if t.text in ("-", "–") and t.i + 1 < len(t.doc)):
            ends = [finest(index.notes_at(hyphen.nbor(step))) for step in (-1, 1)]
            if ends[0] is not None and ends[1] is not None and ends[0] is not ends[1]:
                for role, note, step in zip(("origin", "destination"), ends, (-1, 1), strict=True):
                    if note is not None and info.roles[role].accepts(note):
                        roles[role] = [Filler(note, hyphen.nbor(step))]
                return


def is_unnamed_ship(note: EntityNote) -> bool:
    """ "Warships" take part for the state or navy they belong to; "USS Porter" by name."""
    return note.type is EntityType.EQUIPMENT and not any(m.form == "name" for m in note.mentions)


def name_behind(predicate: Predicate, info: TypeInfo, roles: dict[str, list[Filler]], index: Index) -> None:
    """ "The exercise JIMEX", "the drills, dubbed Cold Wind": the name right behind the noun, wherever the parser hung it."""
    role = info.roles.get("name")
    if role is None or EntityType.EXERCISE not in role.types or roles.get("name") or not is_noun(predicate.head):
        return
    doc = predicate.head.doc
    for at in range(predicate.head.i + 1, min(predicate.head.i + 6, len(doc))):
        notes = [n for n in index.notes_at(doc[at]) if role.accepts(n)]
        if notes:
            roles["name"] = [Filler(notes[0], doc[at])]
            end = max(m.token_end for m in notes[0].mentions if m.token_start <= at < m.token_end)
            _place_behind(doc, end, info, roles, index)
            return
        if not (doc[at].is_punct or in_class(doc[at], "naming")):
            return


def _place_behind(doc: Doc, at: int, info: TypeInfo, roles: dict[str, list[Filler]], index: Index) -> None:
    """ "The drills, dubbed Cold Wind, *in Troms*": the place right behind the name."""
    role = info.roles.get("place")
    while at < len(doc) - 1 and doc[at].is_punct:
        at += 1
    if role is None or roles.get("place") or at >= len(doc) - 1 or not in_class(doc[at], "whereabouts"):
        return
    for inner in (c for c in doc[at].children if c.dep_ == "pobj"):
        place = finest([n for n in index.resolve(inner) if role.accepts(n)])
        if place is not None:
            roles["place"] = [Filler(place, inner)]


def come_from(head: Token, accepted: list[EntityNote], role: Role, index: Index) -> list[EntityNote]:
    """ "7,000 troops from Thailand and Indonesia", "ships of the Greek, Italian and French navies": the states that a crowd of
    several comes from take part; nothing where it comes from fewer than two."""
    if role.name != "participants" or len(accepted) != 1 or accepted[0].type is not EntityType.GROUP:
        return []
    if accepted[0].kind == "bodies" and not any(c.dep_ == "nummod" for c in head.children):
        # "such countries as Fiji and Tonga"
        return [n for t in told_among(head, index) for n in index.notes_at(t) if role.accepts(n)]
    origins = [p for p in head.children if p.dep_ == "prep" and p.lower_ in ("from", "of")]
    behind = [h for p in origins for c in p.children if c.dep_ == "pobj" for h in index.heads(c)]
    found = list(
        dict.fromkeys(n for h in behind for n in index.notes_at(h) if n.type is not EntityType.GROUP and role.accepts(n))
    )
    return found if len(found) > 1 else []


def told_among(head: Token, index: Index) -> list[Token]:
    """ "Troops from 15 countries including Kenya and Togo", "from such states as Fiji": those that a crowd is said to be of."""
    whole = [head, *(c for p in head.children if p.dep_ == "prep" for c in p.children if c.dep_ == "pobj")]
    beside = [p for p in head.head.children if p.dep_ == "prep" and p.i > head.i] if head.dep_ in ("nsubj", "dobj") else []
    whole += [c for p in beside if p.lower_ == "from" for c in p.children if c.dep_ == "pobj"]
    named: list[Token] = []
    for noun in whole:
        for prep in (c for c in noun.children if c.dep_ == "prep"):
            such = any(t.lower_ == "such" for t in (*noun.children, *prep.children))
            if prep.lower_ in ("including", "like") or (prep.lower_ == "as" and such):
                named += [h for c in prep.children if c.dep_ == "pobj" for h in index.heads(c)]
    return named


def is_bare_noun(head: Token) -> bool:
    """ "The region": without a word that says which."""
    told = ("amod", "compound", "nmod")
    return not any(c.dep_ in told or (c.dep_ == "prep" and c.lower_ in ("with", "between")) for c in head.children)
