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

from pipeline.entities import airports, countries, matching, organisations, places
from pipeline.entities.aircraft import Aircraft
from pipeline.entities.airframes import Airframes
from pipeline.entities.equipment import Equipment
from pipeline.entities.gazetteers import rows
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
    found = [*_states(name), *_places(name), *_airports(name), *_machines(name), *_organisations(name), *_treaties(name)]
    best: dict[tuple[EntityType, str], Answer] = {}
    for answer in sorted(found, key=lambda a: (-a.score, a.type, a.name)):
        best.setdefault((answer.type, answer.name), answer)
    return list(best.values())


def _states(name: str) -> Iterator[Answer]:
    plain = fold(name)
    for country in countries.countries().values():
        said = next((n for n in country.names if fold(n) == plain), None)
        people = next((n for n in (*country.adjectives, *country.people) if fold(n) == plain), None)
        if said or people:
            why = f"name of the state in countries.tsv: {said}" if said else f"adjective or people of {country.name}: {people}"
            yield Answer(EntityType.COUNTRY, country.name, _ALONE, country.links, "country", why)
    for row in rows("metonyms.tsv"):
        if fold(row["name"]) == plain:
            country = countries.countries()[row["iso2"]]
            score = _ALONE if row["always"] == "yes" else 0.5
            why = f"{row['kind']} of the government in metonyms.tsv" + (
                "" if row["always"] == "yes" else ", where it acts or speaks"
            )
            yield Answer(EntityType.COUNTRY, country.name, score, country.links, "government", why)


def _places(name: str) -> Iterator[Answer]:
    for place, share in _known().places.named(name):
        people = f", {place.population:,} people" if place.population else ""
        why = f"{place.kind}{people}; {share:.0%} of what the name alone means among places"
        described = places.described(place)
        yield Answer(EntityType.PLACE, described, round(0.9 * share, 2), place.links, place.kind, why)


def _airports(name: str) -> Iterator[Answer]:
    known = _known().airports
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


def _organisations(name: str) -> Iterator[Answer]:
    plain = fold(name)
    for row in rows("organisations.tsv"):
        names = (row["name"], *row["aliases"].split("|"))
        ambiguous = row["ambiguous"].split("|")
        if any(fold(n) == plain for n in (*names, *ambiguous) if n):
            organisation = organisations.organisations()[row["key"]]
            sure = not any(fold(n) == plain for n in ambiguous if n)
            why = "organisations.tsv" if sure else "organisations.tsv, ambiguous: needs evidence in the article"
            yield Answer(EntityType.ORGANIZATION, row["name"], 0.92 if sure else 0.5, organisation.links, row["kind"], why)


def _treaties(name: str) -> Iterator[Answer]:
    plain = fold(name).removeprefix("the ")
    for row in rows("treaties.tsv"):
        names = [row["name"], *row["aliases"].split("|")]
        ambiguous = row["ambiguous"].split("|")
        if any(fold(n) == plain for n in (*names, *ambiguous) if n):
            treaty = treaties()[row["id"]]
            score = 0.5 if any(fold(n) == plain for n in ambiguous if n) else _ALONE
            yield Answer(
                EntityType.TREATY,
                treaty.name,
                score,
                Links(),
                treaty.kinds[0],
                f"treaties.tsv, signed {treaty.signed or 'unknown'}",
            )


def _sentence(vocabulary: Language, text: str) -> Doc:
    """A Doc of one sentence without tags."""
    doc: Doc = vocabulary.make_doc(text)
    for token in doc:
        token.is_sent_start = token.i == 0
    matching.build()
    return doc
