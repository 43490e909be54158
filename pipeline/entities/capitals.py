"""Capitals meant without their name ("Niger's capital", "the capital"), and governments by theirs ("the government in Rome").

In: a parsed Doc and linked entities. Out: mentions of form "nominal" on the capital's entity, which is made where the article
never names the city; a bare "the capital" means the only capital that the article names before it.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote, MentionNote
from pipeline.entities import countries, nations
from pipeline.entities.gazetteers import listed, number, rows
from pipeline.entities.phrases import grammar
from pipeline.records import EntityType, Links

_FINDER = "capitals"
_WORD = "capital"


def resolve(doc: Doc, entities: list[EntityNote]) -> None:
    """Adds the mentions; the list stays in the order of first mentions."""
    _governments(doc, entities)
    for token in doc:
        if token.lower_ != _WORD or token.tag_ != "NN" or token.dep_ in ("compound", "nmod"):
            continue
        if any(m.token_start <= token.i < m.token_end for note in entities for m in note.mentions):
            continue
        named = _state_named(doc, token)
        if named is not None:
            start, end, iso2 = named
            note = _named(entities, iso2) or _made(iso2)
        else:
            start, end = token.i, token.i + 1
            note = _only_one(entities, token) if _is_bare(token) else None
        if note is None:
            continue
        note.mentions.append(MentionNote.of(doc[start:end], _FINDER, "nominal"))
        note.mentions.sort(key=lambda m: (m.start, m.end))
        if note not in entities:
            entities.append(note)
    entities.sort(key=lambda note: (note.mentions[0].start, note.mentions[0].end))


def _governments(doc: Doc, entities: list[EntityNote]) -> None:
    """ "The government in Bern", "the authorities in Minsk": the state whose capital it is."""
    for token in doc[: max(len(doc) - 2, 0)]:
        if token.lower_ not in _government_words() or token.tag_ not in ("NN", "NNS") or doc[token.i + 1].lower_ != "in":
            continue
        iso2 = next(
            (_capitals()[name] for n in (3, 2, 1) if (name := doc[token.i + 2 : token.i + 2 + n].text) in _capitals()), None
        )
        country = countries.countries().get(iso2 or "")
        if country is None or any(m.token_start <= token.i < m.token_end for note in entities for m in note.mentions):
            continue
        note = next((n for n in entities if n.type is EntityType.COUNTRY and n.links.iso3166 == iso2), None)
        if note is None:
            note = EntityNote(EntityType.COUNTRY, country.name, [], country.links, kind="government")
            entities.append(note)
        note.mentions.append(MentionNote.of(doc[token.i : token.i + 1], _FINDER, "nominal"))
        note.mentions.sort(key=lambda m: (m.start, m.end))


@cache
def _capitals() -> dict[str, str]:
    """The states by their capital's name, where only one has such a capital."""
    named = [(c.capital, c.iso2) for c in countries.countries().values() if c.capital]
    often = Counter(name for name, _ in named)
    return {name: iso2 for name, iso2 in named if often[name] == 1}


@cache
def _government_words() -> frozenset[str]:
    """The words for those who govern, in small letters."""
    return frozenset(w for row in rows("organisation_words.tsv") if row["use"] == "government" for w in listed(row["words"]))


def _state_named(doc: Doc, token: Token) -> tuple[int, int, str] | None:
    """The phrase and the state: "Eritrean capital", "Niger's capital", "capital of Niger"."""
    after = doc[token.i + 1 : token.i + 8]
    if len(after) > 1 and after[0].lower_ == "of":
        ahead = next(iter(nations.within(doc, token.i + 2, min(token.i + 7, len(doc)))), None)
        if ahead is not None and all(t.lower_ in grammar("definite") for t in doc[token.i + 2 : ahead[0]]):
            return token.i, ahead[1], ahead[2].iso2
    last = token.i - 1 if token.i and doc[token.i - 1].tag_ == "POS" else token.i
    before = [n for n in nations.within(doc, max(0, last - 4), last) if n[1] == last]
    if not before:
        return None
    start, _, nation = before[0]
    told = last < token.i or (nation.form == "adjective" and start and doc[start - 1].lower_ in grammar("definite"))
    return (start, token.i + 1, nation.iso2) if told else None


def _is_bare(token: Token) -> bool:
    """ "The capital", and not "the state capital" or "the capital of the province"."""
    children = [c for c in token.children if not c.is_punct]
    return [c.lower_ for c in children if c.i < token.i] == ["the"] and not any(c.dep_ in ("prep", "relcl") for c in children)


def _named(entities: list[EntityNote], iso2: str) -> EntityNote | None:
    known = countries.countries().get(iso2)
    fitting = (n for n in entities if n.type is EntityType.PLACE and n.links.country == iso2)
    return next((n for n in fitting if known is not None and n.name == known.capital), None)


def _only_one(entities: list[EntityNote], token: Token) -> EntityNote | None:
    before = [n for n in entities if n.type is EntityType.PLACE and n.mentions[0].token_start < token.i]
    capitals = [n for n in before if n.links.country and _named([n], n.links.country) is not None]
    return capitals[0] if len(capitals) == 1 else None


@cache
def _rows() -> dict[tuple[str, str], dict[str, str]]:
    """The rows of all capitals, by name and state; of two towns of one name the larger."""
    wanted = {(c.capital, c.iso2) for c in countries.countries().values() if c.capital}
    found = [row for row in rows("cities.tsv.gz") if (row["name"], row["country"]) in wanted]
    found.sort(key=lambda row: int(row["population"]))
    return {(row["name"], row["country"]): row for row in found}


def _made(iso2: str) -> EntityNote | None:
    known = countries.countries().get(iso2)
    row = _rows().get((known.capital, iso2)) if known is not None else None
    if row is None:
        return None
    links = Links(geonames=row["geonames"], country=iso2, country_3=countries.alpha3(iso2))
    return EntityNote(EntityType.PLACE, row["name"], [], links, number(row["latitude"]), number(row["longitude"]), kind="city")
