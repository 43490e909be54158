"""Finds what is moved, delivered, fired or deployed and has no name of its own, and ships by what they are called.

In: a parsed Doc. Out: `build` gives the finder of ships named after their kind ("aircraft carrier Admiral Kuznetsov") and of
bare names of ships named in full elsewhere; arms with a name and ships with a navy's prefix are `equipment`'s. `resolve` adds
the unnamed ("35 tonnes of food, medicine and tents", "cruise missiles") after linking, as entities of type equipment and, for
buildings and works ("coalition bases"), of type place and kind "facility". `kind` is the lexicon's section: "weapon",
"vehicle", "ship", "aid", "cargo". Words: models/lexicons/materiel.toml, facilities.toml.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote
from pipeline.entities import matching, nations, nominals
from pipeline.entities.finding import Finder, Found
from pipeline.entities.gazetteers import rows
from pipeline.entities.nominals import Phrase
from pipeline.entities.phrases import PREDICATES, Heads, coordinated_end, core, is_head, is_plural, lexicon, of_phrase, words
from pipeline.records import EntityType, Links

_FINDER = "materiel"
_SHIP = 0.95


@cache
def _heads() -> Heads:
    table = lexicon("materiel")["heads"]
    return Heads((noun, kind) for kind in ("ship", "vehicle", "weapon", "aid", "cargo") for noun in table[kind])


@cache
def _facilities() -> Heads:
    table = lexicon("facilities")["heads"]
    return Heads((noun, kind) for kind in ("military", "civil") for noun in table[kind])


@dataclass(slots=True)
class _Ships:
    """The finder of ships that no prefix announces."""

    prefixes: dict[str, str]
    name: str = field(default=_FINDER)

    def __call__(self, doc: Doc) -> list[Found]:
        found: list[Found] = []
        ships = [*self._prefixed(doc), *_after_kind(doc)]
        if not ships:
            return found
        words_at: dict[str, list[int]] = defaultdict(list)
        for token in doc:
            words_at[token.text].append(token.i)
        for start, end, name, country in ships:
            links = _state(country)
            key = f"ship:{matching.fold(name)}"
            bare = start + 1 if doc[start].text in self.prefixes else start
            places = [*_repeated(words_at, doc, bare, end), *([(start, end)] if bare == start else [])]
            found += [Found(*at, EntityType.EQUIPMENT, name, self.name, _SHIP, key, links=links, kind="ship") for at in places]
        return sorted(found, key=lambda f: f.start)

    def _prefixed(self, doc: Doc) -> Iterable[tuple[int, int, str, str | None]]:
        for token in doc[:-1]:
            if token.text not in self.prefixes or not doc[token.i + 1].text[:1].isupper():
                continue
            end = _capitalised_run(doc, token.i + 1)
            if end > token.i + 1:
                yield token.i, end, doc[token.i : end].text, self.prefixes[token.text] or None


def _state(iso2: str | None) -> Links:
    nation = nations.by_code(iso2) if iso2 else None
    return Links(country=nation.iso2, country_3=nation.iso3) if nation else Links()


def _capitalised_run(doc: Doc, start: int) -> int:
    """The end of a ship's name; a strike group or class named after it is not the ship."""
    stop = words("materiel", "names", "not_ships")
    at = start
    while (
        at < len(doc)
        and at - start < 6
        and doc[at].tag_ in ("NNP", "NNPS", "FW", "NN")
        and doc[at].text[:1].isupper()
        and doc[at].lower_ not in stop
    ):
        at += 1
    if at < len(doc) and doc[at].lower_ in stop and doc[at].text[:1].isupper():
        return start
    return at


_BEFORE_KIND = 3
"""Words before a ship's kind that may say of which kind it is."""


def _after_kind(doc: Doc) -> Iterable[tuple[int, int, str, str | None]]:
    """ "The French frigate Auvergne", "aircraft carrier Admiral Kuznetsov"."""
    for token in doc[:-1]:
        if token.lower_ not in words("materiel", "names", "ship_kinds") or token.text[:1].isupper() or _is_airline(token):
            continue
        first = token.i + 1
        if (
            doc[first].tag_ not in ("NNP", "NNPS")
            or doc[first].text.isupper()
            or not doc[first].text[:1].isupper()
            or nations.of(doc[first].text)
        ):
            continue
        end = _capitalised_run(doc, first)
        before = nations.within(doc, max(0, token.i - 3), token.i)
        if end > first:
            yield first, end, doc[first:end].text, before[0][2].iso2 if before else None


def _is_airline(kind: Token) -> bool:
    """ "The flag carrier El Al", "low-cost carrier Wizz Air": a carrier of another kind than ships."""
    before = kind.doc[max(kind.i - _BEFORE_KIND, 0) : kind.i]
    return kind.lower_ in words("materiel", "names", "airline_kinds") and any(
        t.lower_ in words("materiel", "names", "not_at_sea") for t in before
    )


def _repeated(places: dict[str, list[int]], doc: Doc, start: int, end: int) -> Iterable[tuple[int, int]]:
    """Other places where the ship's bare name stands and no strike group or class follows it; `places` by first word."""
    size, text = end - start, doc[start:end].text
    for at in places.get(doc[start].text, ()):
        elsewhere = at + size <= start or at >= end
        if elsewhere and doc[at : at + size].text == text and _capitalised_run(doc, at) == at + size:
            yield at, at + size


def build() -> Finder:
    """The finder of ships by kind and by bare name."""
    return _Ships({row["prefix"]: row["iso2"] for row in rows("ship_prefixes.tsv")})


def resolve(doc: Doc, entities: list[EntityNote]) -> None:
    """Adds unnamed equipment and facilities."""
    named = nominals.covered(entities)
    known = _heads().last | _facilities().last | _measures().last
    phrases: list[Phrase] = []
    facilities: list[Phrase] = []
    done = 0
    for token in doc:
        if token.i < done or token.lower_ not in known or token.i in named or token.dep_ in PREDICATES or not is_head(token):
            continue
        following = named.get(token.i + 1)
        if following is not None and following.type is EntityType.EQUIPMENT:
            continue  # "the destroyer USS Shiloh" is one ship
        phrase = _measured(doc, token) or _equipment(doc, token)
        if phrase is not None:
            phrases.append(phrase)
            done = phrase.end
            continue
        facility = _facility(doc, token)
        if facility is not None:
            facilities.append(facility)
    nominals.add(doc, entities, phrases, EntityType.EQUIPMENT, _FINDER)
    nominals.add(doc, entities, facilities, EntityType.PLACE, _FINDER, lambda phrase: "facility")


def _qualified(doc: Doc, start: int, head: Token) -> bool:
    """Whether a noun or adjective before the head says what it is, and does not make it abstract."""
    before = [t for t in doc[start : head.i] if t.tag_ != "CD" and t.is_alpha]
    return bool(before) and not any(t.lower_ in words("materiel", "heads", "abstract") for t in before)


def _measured(doc: Doc, token: Token) -> Phrase | None:
    """ "35 tonnes of food, medicine and tents", "parts of the system": the measure with what is measured."""
    measures = _measures()
    found = measures.get(token)
    if found is None or found[0] in words("groups", "amounts", "words"):
        return None
    end = of_phrase(token)
    if end is None:
        return None
    inner = next((h for t in doc[token.i + 2 : end] if (h := _heads().get(t))), None)
    if inner is None:
        return None
    start, _ = core(token)
    return nominals.describe(doc, start, end, token, inner[0], inner[1])


@cache
def _measures() -> Heads:
    return Heads((noun, "measure") for noun in words("materiel", "heads", "measures"))


def _found(heads: Heads, token: Token) -> tuple[str, str, int] | None:
    """(noun, kind, start of the phrase) where one of the heads stands as no part of a name."""
    found = heads.get(token)
    if found is None or _in_name(token):
        return None
    return *found, core(token, words("groups", "amounts", "vague"))[0]


def _equipment(doc: Doc, token: Token) -> Phrase | None:
    found = _found(_heads(), token)
    if found is None:
        return None
    noun, kind, start = found
    if any(t.lower_ in words("materiel", "heads", "abstract") for t in doc[start : token.i]):
        return None
    if noun in words("materiel", "heads", "plain") and not _qualified(doc, start, token):
        return None
    end = coordinated_end(token)
    if end > token.i + 1 and not _all_equipment(doc, token, end):
        end = token.i + 1
    if noun in words("materiel", "heads", "keeps_of"):
        end = of_phrase(token) or end
    return nominals.describe(doc, start, end, token, noun, kind)


def _all_equipment(doc: Doc, token: Token, end: int) -> bool:
    """Whether what is coordinated with the head is cargo too, without numbers and articles of its own."""
    inside = doc[token.i + 1 : end]
    if any(t.tag_ in ("CD", "DT", "PRP$") for t in inside):
        return False
    return all(_heads().get(c) is not None for c in token.conjuncts if token.i < c.i < end)


def _facility(doc: Doc, token: Token) -> Phrase | None:
    found = _found(_facilities(), token)
    if found is None:
        return None
    noun, kind, start = found
    owned = start > 0 and doc[start - 1].tag_ == "POS"
    if noun in words("facilities", "heads", "plain") and not (_qualified(doc, start, token) or owned or is_plural(token)):
        return None
    return nominals.describe(doc, start, token.i + 1, token, noun, kind)


def _in_name(token: Token) -> bool:
    return (
        token.tag_ in ("NNP", "NNPS")
        and token.text[:1].isupper()
        and token.i > 0
        and not token.is_sent_start
        and token.doc[token.i - 1].text[:1].isupper()
    )
