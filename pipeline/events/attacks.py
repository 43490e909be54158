"""What is attacked, where the text names it and where it only says that something was.

In: fillers of a strike's target. Out: whether they say little; strikes without those that others say better.
"""

from __future__ import annotations

from pipeline.annotations import EntityNote, EventNote
from pipeline.events.fillers import lexicon
from pipeline.records import EventType


def says_little(targets: list[EntityNote]) -> bool:
    """ "Six locations", "dozens of sites", "26 people": any target may be meant."""
    heads = {n.name.lower().split()[-1] for n in targets if n.kind in ("nominal", "people")}
    vague = lexicon()["vague_target"]
    return len(heads) == len(targets) and all(h in vague or h.removesuffix("s") in vague for h in heads)


def no_other_attack(role: str, mine: list[EntityNote], theirs: list[EntityNote], test: bool) -> bool:
    """Whether fillers of a role that differ still tell of one attack: any target is meant, "the missile" is the ballistic one
    told before, or a missile under test was fired in one place and fell into a sea."""
    if role == "target":
        return says_little(mine) or says_little(theirs)
    if role == "weapon":
        return any(b.name.lower().endswith(f" {a.name.lower()}") for a in mine if a.name.islower() for b in theirs)
    return role == "place" and test and _at_sea(mine) != _at_sea(theirs)


def _at_sea(places: list[EntityNote]) -> bool:
    return any(n.kind in ("sea", "ocean") for n in places)


def without_vague_targets(events: list[EventNote]) -> None:
    """Of several targets of one strike, those that say what was hit."""
    for event in events:
        targets = event.roles.get("target", []) if event.type is EventType.STRIKE else []
        told = [n for n in targets if not says_little([n])]
        if told and told != targets:
            event.roles["target"] = told
            event.why.append(f"target without {', '.join(n.name for n in targets if n not in told)}: told better")
