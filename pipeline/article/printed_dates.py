"""Days as they are printed on pages: "9 July 2024", "le 11 septembre 2018", "Mi, 18. Okt. 2023", "04.02.2022", "2024年4月30日".

In: a string that may hold other words. Out: the day and where it stands. Names of months: models/article/months.toml.
Figures with full stops have the day first everywhere; others go by what the page's language and country say, unless
one of the two figures can only be a day.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.article.lexicon import table
from pipeline.errors import KnowledgeError

_FIGURES = re.compile(r"(?<![\d.,/-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d\d|\d\d)(?![\d/-])")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[./-]|\s?[年년]\s?)(\d{1,2})(?:[./-]|\s?[月월]\s?)(\d{1,2})(?!\d)")
# Years that are not counted from Christ's birth: the Japanese eras of our time, the Republic of China's; the Buddhist era below.
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_ERA = re.compile(r"(令和|平成|民國|民国)\s?(元|\d{1,3})\s?年")
_BUDDHIST = 543
_THAI = re.compile("[\u0e00-\u0e7f]")
_BUDDHIST_YEAR = re.compile(r"(?<!\d)25[0-9]\d(?!\d)")
# Two figures are of this century up to this one.
_PIVOT = 50


@dataclass(frozen=True, slots=True)
class Printed:
    """A day, and code points [start, end) of the string that give it."""

    day: date
    start: int
    end: int


def find(text: str, day_first: bool | None = None) -> Printed | None:
    """The first day in a string that is complete and possible.

    Args:
        text: the string.
        day_first: what 3/4/2024 means; None is the American way.
    """
    text = western(text)
    found = (_named(text), _year_first(text), _figures(text, day_first))
    return min((f for f in found if f), key=lambda f: (f.start, -f.end), default=None)


def western(text: str) -> str:
    """A text with its figures as 0 to 9 and its years as those of our era; as long as it was, but for years of other eras."""
    if text.isascii():
        return text
    text = text.translate(_digits())
    if "年" in text:
        text = _ERA.sub(lambda m: f"{_ERAS[m[1]] + (1 if m[2] == '元' else int(m[2]))}年", text)
    elif _THAI.search(text):
        text = _BUDDHIST_YEAR.sub(lambda m: str(int(m[0]) - _BUDDHIST), text)
    return text


@cache
def _digits() -> dict[int, str]:
    """Decimal digits of all scripts in use (Unicode, general category Nd, basic plane)."""
    return {n: str(value) for n in range(128, 0x10000) if (value := unicodedata.decimal(chr(n), None)) is not None}


@cache
def languages() -> frozenset[str]:
    """The languages whose months are known; "en" among them, which also stands for a page that says none."""
    return frozenset(code for known in table("months").values() for code in known) | {"en"}


def _named(text: str) -> Printed | None:
    for m in _names().finditer(text):
        month = _months().get((m["month"] or m["month2"]).lower())
        day = _date(int(m["year"]), month, int(m["day"] or m["day2"])) if month else None
        if day:
            return Printed(day, m.start(), m.end())
    return None


def _year_first(text: str) -> Printed | None:
    m = _YEAR_FIRST.search(text)
    day = _date(int(m[1]), int(m[2]), int(m[3])) if m else None
    return Printed(day, m.start(), m.end()) if m and day else None


def _figures(text: str, day_first: bool | None) -> Printed | None:
    for m in _FIGURES.finditer(text):
        a, b, year = int(m[1]), int(m[3]), int(m[4])
        if year < 100:
            # "10/11/12" says too little.
            if m[2] != ".":
                continue
            year += 2000 if year < _PIVOT else 1900
        first = m[2] == "." or a > 12 or (bool(day_first) and b <= 12)
        day = _date(year, b, a) if first else _date(year, a, b)
        if day:
            return Printed(day, m.start(), m.end())
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    """Month by name; what would name two is left out."""
    numbers: dict[str, set[int]] = {}
    for kind, languages in table("months").items():
        for code, names in languages.items():
            if len(names) != 12:
                raise KnowledgeError(f"models/article/months.toml, {kind}.{code}: {len(names)} months", "give twelve")
            for number, name in enumerate(names, 1):
                forms = {name[:n] for n in range(3, len(name))} if kind == "short" else set()
                for form in {*forms, name}:
                    numbers.setdefault(form, set()).add(number)
    return {form: next(iter(found)) for form, found in numbers.items() if len(found) == 1}


@cache
def _names() -> re.Pattern[str]:
    months = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    year = r"(?P<year>(?:19|20)\d\d)(?!\d)"
    ordinal = r"(?:\s?(?:st|nd|rd|th|er|º|ª|\.))?"
    joint = r"(?:de\s|d[’']|of\s|al\s)?"
    return re.compile(
        rf"(?<![\d.,/-])(?:(?P<day>\d{{1,2}}){ordinal}[\s-]{{0,3}}{joint}(?P<month>{months})\b"
        rf"|(?<![^\W\d_])(?P<month2>{months})\b\.?[\s-]{{1,3}}(?P<day2>\d{{1,2}}){ordinal}(?!\d))[.,]{{0,2}}[\s-]{{0,3}}(?:del?\s)?{year}",
        re.I,
    )
