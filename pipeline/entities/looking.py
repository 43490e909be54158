"""What a name may stand for, and why: `dateline who "Ilyushin-76"`.

In: a name without an article around it. Out: `Answer`, best first. All gazetteers are asked, so the answer says what is known
and how plain the name is, not what one article means by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.entities import airports, countries, known_people, matching, organisations, place_table, places
from pipeline.entities.aircraft import Aircraft
from pipeline.entities.airframes import Airframes
from pipeline.entities.equipment import Equipment
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import fold
from pipeline.entities.treaties import treaties
from pipeline.records import EntityType, Links

_ALONE, _WITH_WORD = 0.95, 0.6
"""How plain a name is that needs no other word, and one that needs a word such as "aircraft" or "airport"."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that a name may stand for; score 0..1, how much the name alone says so."""

    type: EntityType
    name: str
    score: float
    links: Links
    kind: str | None
    why: str


@dataclass(frozen=True, slots=True)
class _Known:
    """The finders that are asked."""

    places: places.Places
    airports: airports.Airports
    aircraft: Aircraft
    airframes: Airframes
    equipment: Equipment
    vocabulary: Language


@cache
def _known() -> _Known:
    return _Known(places.build(), airports.build(), Aircraft(), Airframes(), Equipment(), spacy.blank("en"))


def who(name: str) -> list[Answer]:
    """All that a name may stand for, best first; [] for a name that nothing knows."""
    name = " ".join(name.split())
    if not name:
        return []
    found = [*_listed(name), *_persons(name), *_places(name), *_airports(name), *_machines(name)]
    best: dict[tuple[EntityType, str], Answer] = {}
    for answer in sorted(found, key=lambda a: (-a.score, a.type, a.name)):
        best.setdefault((answer.type, answer.name), answer)
    return list(best.values())


@cache
def _index() -> dict[str, list[tuple[str, str, bool]]]:
    """Folded name → (table, key, whether it is the thing's own name) for states, seats, organisations and treaties."""
    index: dict[str, list[tuple[str, str, bool]]] = {}

    def add(names: list[str], table: str, key: str, own: bool) -> None:
        for name in names:
            index.setdefault(fold(name), []).append((table, key, own))

    for country in countries.countries().values():
        add(list(country.names), "countries", country.iso2, True)
        add([*country.adjectives, *country.people], "countries", country.iso2, False)
    for row in rows("metonyms.tsv"):
        add([row["name"]], "metonyms", row["name"], row["always"] == "yes")
    for table, key in (("organisations", "key"), ("treaties", "id")):
        for row in rows(f"{table}.tsv"):
            weak = listed(row["ambiguous"])
            add([n for n in (row["name"], *listed(row["aliases"])) if n not in weak], table, row[key], True)
            add(weak, table, row[key], False)
    return index


def _listed(name: str) -> Iterator[Answer]:
    """What the tables of states, seats, organisations and treaties say."""
    for table, key, own in _index().get(fold(name).removeprefix("the "), []):
        score = _ALONE if own else 0.5
        if table == "countries":
            country = countries.countries()[key]
            why = "name of the state" if own else f"adjective or people of {country.name}"
            yield Answer(EntityType.COUNTRY, country.name, _ALONE, country.links, "country", f"countries.tsv: {why}")
        elif table == "metonyms":
            row = next(r for r in rows("metonyms.tsv") if r["name"] == key)
            country = countries.countries()[row["iso2"]]
            why = f"metonyms.tsv: {row['kind']} of the government{'' if own else ', where it acts or speaks'}"
            yield Answer(EntityType.COUNTRY, country.name, score, country.links, "government", why)
        elif table == "organisations":
            known = organisations.organisations()[key]
            why = f"organisations.tsv{'' if own else ': ambiguous, needs evidence in the article'}"
            yield Answer(EntityType.ORGANIZATION, known.name, score, known.links, known.kind, why)
        else:
            treaty = treaties()[key]
            why = f"treaties.tsv: signed {treaty.signed or 'unknown'}"
            yield Answer(EntityType.TREATY, treaty.name, score, Links(), treaty.kinds[0], why)


def _persons(name: str) -> Iterator[Answer]:
    for full, whole in known_people.named(name):
        why = f"persons.tsv{'' if whole else ': short form, where it stands alone'}"
        yield Answer(EntityType.PERSON, full, _ALONE if whole else 0.8, Links(), None, why)


def _places(name: str) -> Iterator[Answer]:
    for place, share in _known().places.named(name):
        people = f", {place.population:,} people" if place.population else ""
        why = f"{place.kind}{people}; {share:.0%} of what the name alone means among places"
        described = place_table.described(place)
        yield Answer(EntityType.PLACE, described, round(0.9 * share, 2), place.links, place.kind, why)


def _airports(name: str) -> Iterator[Answer]:
    known = _known().airports.table
    code = known.coded(name)
    if code is not None:
        yield Answer(
            EntityType.AIRPORT, code.name, 0.7, code.links, code.kind, "its ICAO or IATA code; in a text only beside its name"
        )
    for ident, trust in known.named(name).items():
        airport = known.airport(ident)
        if airport is not None:
            why = {1.0: "alias in airport_aliases.tsv", 0.8: "OurAirports' name"}.get(
                trust, f"airport of {airport.city}; only with “airport”"
            )
            score = round(trust * (0.9 + 0.03 * airport.size), 2) if trust > 0.6 else round(0.3 + 0.05 * airport.size, 2)
            yield Answer(EntityType.AIRPORT, airport.name, min(score, _ALONE), airport.links, airport.kind, why)


def _machines(name: str) -> Iterator[Answer]:
    known = _known()
    for text, score, why in (
        (f"{name} .", _ALONE, "the name alone"),
        (f"The {name} aircraft .", _WITH_WORD, "beside “aircraft”"),
    ):
        doc = _sentence(known.vocabulary, text)
        for finder in (known.aircraft, known.airframes, known.equipment):
            for found in finder(doc):
                if fold(doc[found.start : found.end].text) == fold(name):
                    yield Answer(found.type, found.name, score, found.links, found.kind, f"{finder.name}: {why} says so")


def _sentence(vocabulary: Language, text: str) -> Doc:
    """A Doc of one sentence without tags."""
    doc: Doc = vocabulary.make_doc(text)
    for token in doc:
        token.is_sent_start = token.i == 0
    matching.build()
    return doc
