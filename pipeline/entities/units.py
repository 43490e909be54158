"""Finds military units by number: "the 2nd Stryker Brigade Combat Team", "47th brigade", "Carrier Strike Group (CSG) 9", "CSG 9".

In: a parsed Doc. Out: `Found` of type organization, kind military_unit, with the state that stands before the name. A number and
the words of the name make the key, so that "CSG 9" is Carrier Strike Group 9. Words: models/lexicons/units.toml.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.entities import countries, matching, nations
from pipeline.entities.finding import Finder, Found
from pipeline.entities.matching import fold
from pipeline.entities.phrases import lexicon, words
from pipeline.records import EntityType, Links

_SCORE = 0.94
_LONGEST = 6
"""Words between a unit's number and the last word of its name."""
_ORDINAL = re.compile(r"(?P<number>\d{1,4})(?:st|nd|rd|th|d)")
_ROMAN = re.compile(r"[IVX]{1,5}")


class Units:
    """The finder for numbered units."""

    name = "units"

    def __call__(self, doc: Doc) -> list[Found]:
        found: list[Found] = []
        done = 0
        for token in doc:
            if token.i < done:
                continue
            made = _number_first(doc, token) or _number_last(doc, token) or _abbreviated(doc, token)
            if made is not None:
                found.append(made)
                done = made.end
        return found


def build() -> Finder:
    """The finder over units.toml."""
    return Units()


def _number(token: Token) -> str | None:
    """The number of an ordinal, in figures, words or Roman figures."""
    match = _ORDINAL.fullmatch(token.lower_)
    if match is not None:
        return match["number"]
    in_words: list[str] = lexicon("units")["words"]["ordinals"]
    if token.text[:1].isupper() and token.lower_ in in_words:
        return str(in_words.index(token.lower_) + 1)
    war = token.i > 0 and token.nbor(-1).lower_ == "war"
    return token.text if _ROMAN.fullmatch(token.text) and not war else None


def _number_first(doc: Doc, token: Token) -> Found | None:
    """ "76th Guards Air Assault Division", "the 10th mountain division"."""
    number = _number(token)
    if number is None:
        return None
    last = None
    figures = token.text[:1].isdigit()
    for at in range(token.i + 1, min(len(doc), token.i + 1 + _LONGEST)):
        word = doc[at]
        if not (word.is_alpha or word.text in ("-", "–", "&")) or (word.text[:1].islower() and not figures):
            break
        if word.text[:1].islower() and word.lower_ not in words("units", "words", "arms") | words("units", "words", "numbered"):
            break
        if word.lower_ in words("units", "words", "numbered") and _ends(doc, token.i + 1, at):
            last = at
    if last is None:
        return None
    return _found(doc, token.i, last + 1, number, doc[token.i + 1 : last + 1].text)


def _ends(doc: Doc, start: int, at: int) -> bool:
    """Whether a unit's name may end here: in capitals, or in small letters with words that no other body has."""
    if doc[at].text[:1].isupper():
        # "the Second Division" of a league has no arm of service; "Second Fleet" is one
        return at > start or doc[start - 1].text[:1].isdigit() or doc[at].lower_ in words("units", "words", "whole")
    arms = any(t.lower_ in words("units", "words", "arms") for t in doc[start:at])
    return arms or doc[at].lower_ in words("units", "words", "plain")


def _number_last(doc: Doc, token: Token) -> Found | None:
    """ "Carrier Strike Group 9", "Carrier Strike Group (CSG) 5": capitals, a unit's word, then its number."""
    if token.lower_ not in words("units", "words", "lettered") or not token.text[:1].isupper() or not token.i:
        return None
    if doc[token.i - 1].lower_ not in words("units", "words", "naming"):
        return None
    at = token.i + 1
    if at + 2 < len(doc) and doc[at].text == "(" and doc[at + 2].text == ")":
        at += 3
    if at >= len(doc) or not (doc[at].text.isdigit() and len(doc[at].text) < 5):
        return None
    start = token.i - 1
    while (
        start > 0 and token.i - start < _LONGEST and doc[start - 1].tag_ in ("NNP", "NNPS") and doc[start - 1].text[:1].isupper()
    ):
        if nations.of(doc[start - 1].text) is not None:
            break
        start -= 1
    return _found(doc, start, at + 1, doc[at].text, doc[start : token.i + 1].text)


def _abbreviated(doc: Doc, token: Token) -> Found | None:
    """ "CSG 9", "CSG-9"."""
    match = re.fullmatch(r"([A-Z]+)[-–]?(\d{0,4})", token.text)
    full = _abbreviations().get(match[1].lower()) if match is not None else None
    if match is None or full is None:
        return None
    if match[2]:
        return _found(doc, token.i, token.i + 1, match[2], full)
    at = token.i + 1
    if at + 1 < len(doc) and doc[at].text in ("-", "–"):
        at += 1
    if at < len(doc) and doc[at].text.isdigit() and len(doc[at].text) < 5:
        return _found(doc, token.i, at + 1, doc[at].text, full)
    return None


@cache
def _abbreviations() -> dict[str, str]:
    return dict(lexicon("units")["abbreviations"])


def _found(doc: Doc, start: int, end: int, number: str, name: str) -> Found | None:
    if any(matching.lookup(table, doc[start:end].text) for table in ("organisations", "organisations_ambiguous")):
        return None  # "the 6th Fleet", whose state is known
    nation = _state_before(doc, start) or next((n.iso2 for _, _, n in nations.within(doc, start, end)), None)
    key = f"unit:{number}:{fold(name)}"
    links = Links(country=nation, country_3=countries.alpha3(nation))
    return Found(
        start, end, EntityType.ORGANIZATION, doc[start:end].text, "units", _SCORE, key, links=links, kind="military_unit"
    )


def _state_before(doc: Doc, start: int) -> str | None:
    """The state right before a unit, its army between them or not: "the French 3rd Marine Regiment", "Ukraine's 47th Brigade"."""
    for begin in range(max(0, start - 4), start):
        named = nations.of(doc[begin:start].text.removesuffix("'s").removesuffix("’s").strip())
        if named is not None and doc[begin].text[:1].isupper():
            return named.iso2
        nearest = nations.within(doc, begin, begin + 1)
        if nearest and all(t.tag_ == "POS" or t.lower_ in words("units", "words", "services") for t in doc[begin + 1 : start]):
            return nearest[0][2].iso2
    return None
