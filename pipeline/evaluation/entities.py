"""Entities against gold: which of two annotators' entities are the same, by type, and whether the codes are right.

In: two records of one article. Out: counts in the tally.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.evaluation.gold import Gold
from pipeline.evaluation.tally import Tally
from pipeline.records import Entity, EntityType, Record

_DETERMINERS = re.compile(r"^(?:the|an?|this|that|its|their|his|her) ")
IDENTIFYING = ("icao", "iata", "icao_type", "iso3166", "geonames", "wikidata")
REFERENCE = "coreference"
"""The finder of mentions that only refer."""
IN_ROLES_ONLY = (EntityType.GROUP, EntityType.EQUIPMENT)
"""Types that gold names only where they fill a role: others of them in a record are not counted as false."""


def normalise(name: str) -> str:
    """A name without case, diacritics, possessive, punctuation and leading determiner."""
    folded = name.replace("Ł", "L").replace("ł", "l").replace("’", "'")
    folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)).casefold()
    words = " ".join(re.findall(r"\w+", re.sub(r"'s\b", "", folded)))
    return _DETERMINERS.sub("", words)


def same_name(a: str, b: str) -> bool:
    """Equal, or one is the tail of the other ("President Putin", "Putin"), or its head from two words on."""
    x, y = normalise(a).split(), normalise(b).split()
    if not x or not y:
        return False
    short, long = sorted((x, y), key=len)
    return long[-len(short) :] == short or (len(short) > 1 and long[: len(short)] == short)


def _names(entity: Entity) -> set[str]:
    """The canonical name, and the mentions that are names: a pronoun or "the jet" says nothing about which one is meant."""
    said = {m.text for m in entity.mentions if m.finder != REFERENCE}
    if entity.type in IN_ROLES_ONLY:
        return {entity.name, *said}
    return {entity.name, *(text for text in said if any(c.isupper() or c.isdigit() for c in text))}


def _codes(entity: Entity) -> set[tuple[str, str]]:
    links = entity.links
    return {(key, value) for key in IDENTIFYING if (value := getattr(links, key)) is not None}


def same_entity(a: Entity, b: Entity) -> bool:
    """Whether two entities of one article, from two annotators, are the same thing: a shared code, or a shared name."""
    return bool(_codes(a) & _codes(b)) or any(same_name(x, y) for x in _names(a) for y in _names(b))


def compare_entities(tally: Tally, gold: Gold, record: Record) -> None:
    used = {i for e in record.events for ids in (*e.roles.values(), e.attributed_to) for i in ids}
    for kind in EntityType:
        want = [e for e in gold.record.entities if e.type is kind]
        got = [e for e in record.entities if e.type is kind and (kind not in IN_ROLES_ONLY or e.id in used)]
        pairs = _pair(got, want)
        optional = [p for p, g in pairs if g.id in gold.optional]
        pairs = [(p, g) for p, g in pairs if g.id not in gold.optional]
        wanted = [g for g in want if g.id not in gold.optional]
        figure = f"entities.{kind}_f1"
        tally.count(figure, len(pairs), len(got) - len(optional), len(wanted))
        matched_gold, matched_got = {g.id for _, g in pairs}, {p.id for p, _ in pairs} | {p.id for p in optional}
        for g in wanted:
            if g.id not in matched_gold:
                tally.miss(figure, f"missed {g.name!r}")
        for p in got:
            if p.id not in matched_got:
                tally.miss(figure, f"false {p.name!r}")
        for p, g in pairs:
            _links(tally, p, g)


def _links(tally: Tally, predicted: Entity, gold: Entity) -> None:
    for key in (*IDENTIFYING, "country"):
        want, got = getattr(gold.links, key), getattr(predicted.links, key)
        if want is not None:
            tally.ask("links.acc", want == got, f"{gold.name} {key}: got {got} want {want}")


def _pair(got: Sequence[Entity], want: Sequence[Entity]) -> list[tuple[Entity, Entity]]:
    """One-to-one, most certain first: equal canonical names, then whatever else is the same."""
    cells = [
        (normalise(p.name) != normalise(g.name), i, j) for i, p in enumerate(got) for j, g in enumerate(want) if same_entity(p, g)
    ]
    rows: set[int] = set()
    columns: set[int] = set()
    out = []
    for _, i, j in sorted(cells):
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            out.append((got[i], want[j]))
    return out
