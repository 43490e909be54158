"""Which state a word names: its name, adjective, people or the seat of its government.

In: models/gazetteers/countries.tsv and metonyms.tsv. Out: ISO 3166-1 codes, for the state of persons, groups and equipment
("Russian leader", "North Korean soldiers").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc

from pipeline.entities.matching import fold
from pipeline.entities.phrases import grammar
from pipeline.resources import model_path

_LONGEST = 4
"""Words of the longest state name looked up ("Democratic Republic of Congo"), the formal ones left to the country finder."""


@dataclass(frozen=True, slots=True)
class Nation:
    """A state's codes and how the text names it: "name", "adjective", "people" or "seat"."""

    iso2: str
    iso3: str | None
    form: str
    name: str


@cache
def _nations() -> dict[str, Nation]:
    found: dict[str, Nation] = {}
    by_code: dict[str, tuple[str, str]] = {}
    rows = _rows("countries.tsv")
    for row in rows:
        by_code[row["iso2"]] = (row["iso3"], row["name"])
    for form, column in (("adjective", "adjectives"), ("name", "name"), ("name", "names"), ("people", "people")):
        for row in rows:
            for word in filter(None, row[column].split("|")):
                found.setdefault(_key(word), Nation(row["iso2"], row["iso3"] or None, form, row["name"]))
    for row in _rows("metonyms.tsv"):
        if row["iso2"] in by_code and row["always"] == "yes":
            iso3, name = by_code[row["iso2"]]
            found.setdefault(_key(row["name"]), Nation(row["iso2"], iso3 or None, "seat", name))
    return found


def _rows(name: str) -> list[dict[str, str]]:
    lines = [x for x in model_path(f"gazetteers/{name}").read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:]]


def _key(text: str) -> str:
    return fold(text).replace(".", "").replace("-", " ")


def of(text: str) -> Nation | None:
    """The state that the words name, whatever their case; None when they name none."""
    return _nations().get(_key(text))


def within(doc: Doc, start: int, end: int) -> list[tuple[int, int, Nation]]:
    """The states named in tokens [start, end), longest names first at each place. Capital letters are asked for."""
    found = []
    at = start
    while at < end:
        for size in range(min(_LONGEST, end - at), 0, -1):
            text = doc[at : at + size].text
            nation = of(text) if text[:1].isupper() and (len(text) > 2 or text.isupper()) else None
            if nation is not None and not _of_water(doc, at, at + size):
                found.append((at, at + size, nation))
                at += size - 1
                break
        at += 1
    return found


def _of_water(doc: Doc, start: int, end: int) -> bool:
    """ "South China Sea", "the Gulf of Oman": a sea that is called after a state speaks of no state."""
    waters = grammar("waters")
    behind = end < len(doc) and doc[end].text[:1].isupper() and doc[end].lower_ in waters
    return behind or (start > 1 and doc[start - 1].lower_ == "of" and doc[start - 2].lower_ in waters)


@cache
def _by_code() -> dict[str, Nation]:
    return {row["iso2"]: Nation(row["iso2"], row["iso3"] or None, "name", row["name"]) for row in _rows("countries.tsv")}


def by_code(iso2: str) -> Nation | None:
    """The state of an alpha-2 code."""
    return _by_code().get(iso2)


@cache
def _formal(kind: str) -> frozenset[str]:
    return frozenset(word for row in _rows("state_words.tsv") if row["kind"] == kind for word in row["words"].split("|"))


def formal_start(doc: Doc, start: int) -> int:
    """Where the formal name of the state at `start` begins: "the *Islamic* Republic of Mauritania", "*Kingdom* of Bahrain"."""
    at = start - 1
    if at > 0 and doc[at].lower_ == "the":
        at -= 1
    if at < 1 or doc[at].lower_ != "of" or doc[at - 1].lower_ not in _formal("formal"):
        return start
    at -= 1
    if not doc[at].text[:1].isupper() or (at and doc[at - 1].lower_ == "of"):
        return start
    while at and doc[at - 1].text[:1].isupper() and doc[at - 1].lower_ in _formal("formal_before"):
        at -= 1
    return at


def formal_end(doc: Doc, at: int) -> int:
    """Where the plain name begins in the formal one at `at`: "Republic of *Mauritania*"."""
    last = at
    while last + 2 < len(doc) and doc[last].text[:1].isupper() and doc[last].lower_ in _formal("formal_before"):
        last += 1
    if last + 2 >= len(doc) or doc[last].lower_ not in _formal("formal") or doc[last + 1].lower_ != "of":
        return at
    return last + 3 if doc[last + 2].lower_ == "the" and last + 3 < len(doc) else last + 2
