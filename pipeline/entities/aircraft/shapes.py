"""How aircraft types are written: designations, series, marks, plurals.

In: text and its fold (`matching.fold`, of the same length). Out: matches, ends in characters, and keys that are equal for all
spellings of one designation.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.entities import context
from pipeline.entities.matching import fold

DESIGNATION = re.compile(r"(?<![\w/.-])(?P<prefix>[a-z]{1,3}/[a-z]|[a-z]{1,8})(?P<gap>[- ]?)(?P<number>\d{1,4})(?![\d])")
"""Letters and a number: "il-62", "f/a-18", "mig 29", "ilyushin-76"; on folded text."""
SERIES = re.compile(r"(?<![\w.,/$£€-])(?P<number>7[0-8]7)(?![\d]|[.,]\d)")
"""Boeing's 7x7."""
CUSTOMER = re.compile(r"-(?P<series>[1-9])(?:[A-Z][A-Z0-9]|\d[A-Z])(?!\w)")
"""Boeing's customer codes: "737-8AS" is a 737-800 built for one airline."""
MARK_BEHIND = re.compile(r" (?:[A-Z]{1,3}\d{1,2}[A-Z]?|Mk\.? ?\d{1,2}[A-Z]?)(?![\w-])")
"""A mark behind a name: "Rafale F4", "AS350 B3", "Tejas Mk1A"."""
LETTER_BEHIND = re.compile(r" [A-HM](?:/[A-HM])?(?![\w.'’-])(?! [A-Z])")
"""The letter of a fighter's variant: "Gripen E", "Rafale M"."""
SERIES_BEHIND = re.compile(r"-\d{3}[A-Z]{0,3}(?!\w)")
"""A series behind a designation: "Il-96-300"."""
VERSION_BEHIND = re.compile(r"-[A-F](?!\w)")
"""The letter of a reporting name: "Flanker-C", "Coot-A"."""
FAMILY_BEHIND = re.compile(r" (?:family|Family)\b")
PLAIN_SHAPE = re.compile(r"(?:[A-Z/]{1,4}|[A-Z][a-z]{1,3})-?\d{1,3}[A-Z]{0,3}")
"""What an unknown designation must look like."""
_LETTERS = re.compile(r"(?:-[A-Z]{1,3}(?![\w])|[A-Z]{1,5}\d{0,2}(?:-[A-Z]{2,3})?(?:/[A-Z]{1,2}){0,3})(?=s?(?![\w]))")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}


def suffix(text: str, end: int) -> tuple[int, str]:
    """The capital letters right behind a number: "M", "MKI", "M-ON", "E/F"."""
    match = _LETTERS.match(text, end)
    return (match.end(), match.group()) if match else (end, "")


def runs_on(text: str, end: int) -> bool:
    """Whether a letter or figure stands at `end` that is no plural "s"."""
    return end < len(text) and text[end].isalnum() and not is_plural(text, end)


def is_plural(text: str, end: int) -> bool:
    """Whether a plural "s" and then no letter follows: "737s"."""
    return text[end : end + 1] == "s" and not text[end + 1 : end + 2].isalnum()


def numbers_something(shown: str) -> bool:
    """Whether letters before a number are a word that is numbered: "Flight 12", "Mk1", "Gate B4"."""
    return _numbered().match(shown) is not None


@cache
def counted() -> re.Pattern[str]:
    """A number that is part of a larger one, or that counts something; on folded text."""
    return re.compile(r"[.,]\d|-\d|%| ?(?:" + "|".join(sorted(context.words("unit"))) + r")\b")


@cache
def dubbed() -> re.Pattern[str]:
    """Words before a name that is given to a type; on folded text."""
    return re.compile(r"(?:" + "|".join(sorted(context.words("dubbing"))) + r")\W+(?:the )?\W?$")


@cache
def _numbered() -> re.Pattern[str]:
    listed = "|".join(sorted(context.words("numbered"), key=lambda w: (-len(w), w)))
    return re.compile(rf"(?:{listed})(?![A-Za-z])", re.IGNORECASE)


@lru_cache(maxsize=8192)
def key(name: str) -> str:
    """A designation or model without spaces and hyphens, Roman numerals as figures: "Globemaster III" is "globemaster3"."""
    words = re.findall(r"[a-z]+|\d+", fold(name))
    return "".join(_ROMAN.get(word, word) if i else word for i, word in enumerate(words))
