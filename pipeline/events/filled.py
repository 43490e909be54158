"""What the roles of one telling hold once its clause is read: titles go into the names behind them, a building lies in its town,
and places joined by a hyphen are both ends of a route.

In: the roles that a rule filled. Out: the same, in place.
"""

from __future__ import annotations

from pipeline.event_types import TypeInfo
from pipeline.events.clauses import is_noun
from pipeline.events.fillers import Filler, Index, finest
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


def hyphenated_route(predicate: Predicate, info: TypeInfo, roles: dict[str, list[Filler]], index: Index) -> None:
    """ "Its Paris-Bamako service": two places joined before the trigger or what it acts on are both ends of a route."""
    heads = [predicate.head, *(a.head for a in predicate.slot("obj", "subj", "light:obj", "light:subj"))]
    for head in (h for h in heads if is_noun(h)):
        for hyphen in (t for t in head.doc[head.left_edge.i + 1 : head.i] if t.text in ("-", "–")):
            ends = [finest(index.notes_at(hyphen.nbor(step))) for step in (-1, 1)]
            if ends[0] is not None and ends[1] is not None and ends[0] is not ends[1]:
                for role, note, step in zip(("origin", "destination"), ends, (-1, 1), strict=True):
                    if note is not None and info.roles[role].accepts(note):
                        roles[role] = [Filler(note, hyphen.nbor(step))]
                return
