"""Finds persons whom the news names often, so that a short sentence need not show that a name is a person's.

In: a parsed Doc. Out: `Known`, token ranges with a score and the key of the person's row, and the sex of a name's bearer.
Knowledge: persons.tsv. Nothing but the name is taken from there: offices and states come from the text.

This is no finder of its own, for a person's known and unknown mentions ("Xi", "the elder Mr Xi") must be joined: `people`
takes the ranges among its candidates and makes one entity of each person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.entities import matching, nations
from pipeline.entities import personal_names as names
from pipeline.entities.gazetteers import Row, listed, rows
from pipeline.entities.matching import Hit, Table, fold

FULL, BARE = 0.95, 0.9
"""Above places of the same length (at most 0.93) and above unknown single names."""
_PLAIN_TAGS = frozenset({"JJ", "RB", "DT", "IN", "VB", "VBG", "VBD", "VBN", "NNS"})


@dataclass(frozen=True, slots=True)
class Known:
    """Tokens [start, end) that name the person of the row `key`."""

    start: int
    end: int
    score: float
    key: str


@cache
def _table() -> Table:
    return matching.table(
        "persons", ((name, row["key"]) for row in rows("persons.tsv") for name in (*_full(row), *listed(row["bare"])))
    )


def _full(row: Row) -> list[str]:
    return [row["name"], *listed(row["aliases"])]


@cache
def _bare() -> frozenset[str]:
    return frozenset(fold(name) for row in rows("persons.tsv") for name in listed(row["bare"]))


@cache
def _genders() -> dict[str, str]:
    """Folded name → sex, for names of one sex only."""
    found: dict[str, str] = {}
    for row in rows("persons.tsv"):
        for name in (*_full(row), *listed(row["bare"])):
            if found.setdefault(fold(name), row["gender"]) != row["gender"]:
                found[fold(name)] = ""
    return found


def load() -> None:
    """Reads the table; before the first Doc, since all tables share one automaton."""
    _table()


def gender(name: str) -> str | None:
    """The sex of the person who bears a name, "m" or "f"."""
    return _genders().get(" ".join(fold(name).split())) or None


@cache
def _of_industry() -> frozenset[str]:
    return frozenset(row["key"] for row in rows("persons.tsv") if row["source"] == "own: Aviation industry")


def in_public_life(key: str) -> bool:
    """Whether a known person is a statesman, commander or diplomat, and not of the industry."""
    return key not in _of_industry()


def named(name: str) -> list[tuple[str, bool]]:
    """The persons who bear a name, and whether it is a full one."""
    keys = _table().lookup(name)
    return [(row["name"], fold(name) not in _bare()) for row in rows("persons.tsv") if row["key"] in keys]


def find(doc: Doc) -> list[Known]:
    """The known persons' names in the Doc that do not overlap, the longest first choice, in text order."""
    found: list[Known] = []
    for hit in _table().find(doc):
        if (found and hit.start < found[-1].end) or doc[hit.start : hit.end].text != hit.text:
            continue
        if fold(hit.name) in _bare():
            if _stands_alone(doc, hit):
                found.append(Known(hit.start, hit.end, BARE, hit.keys[0]))
        elif not _hyphenated(doc, hit):
            found.append(Known(hit.start, hit.end, FULL, hit.keys[0]))
    return found


def _stands_alone(doc: Doc, hit: Hit) -> bool:
    """Whether a surname is no part of a longer name ("Hunter Biden", "Trump Tower") and no plain word that begins a sentence."""
    first = doc[hit.start]
    if hit.end - hit.start == 1 and first.is_sent_start and first.tag_ in _PLAIN_TAGS:
        return False
    before = doc[hit.start - 1] if hit.start else None
    after = doc[hit.end] if hit.end < len(doc) else None
    if before is not None and _named(before) and not _may_precede(before):
        return False
    if after is not None and _named(after) and not after.is_sent_start:
        return False
    return not _hyphenated(doc, hit)


def _hyphenated(doc: Doc, hit: Hit) -> bool:
    """Whether a hyphen joins a further part of a name: "Ali-Zardari", and not "Putin-Trump" or "Assad-backed"."""
    if hit.end + 1 >= len(doc) or doc[hit.end].text not in ("-", "‑") or doc[hit.end].whitespace_:
        joined_after = False
    else:
        joined_after = names.capitalised(doc[hit.end + 1]) and fold(doc[hit.end + 1].text) not in _bare()
    if hit.start < 2 or doc[hit.start - 1].text not in ("-", "‑") or doc[hit.start - 2].whitespace_:
        return joined_after
    left = doc[hit.start - 2]
    return joined_after or (names.capitalised(left) and fold(left.text) not in _bare() and not _is_state(left))


def _named(token: Token) -> bool:
    """Whether a token may be part of the same name."""
    return token.tag_ in ("NNP", "NNPS") and names.capitalised(token) and not token.is_space


def _may_precede(token: Token) -> bool:
    """Whether a capitalised word before a surname is no part of the name: a title, an office, a state, another phrase's end."""
    lower = token.lower_
    return names.is_title(lower) or names.is_role(lower.rstrip(".")) or _is_state(token)


def _is_state(token: Token) -> bool:
    return nations.of(token.text) is not None
