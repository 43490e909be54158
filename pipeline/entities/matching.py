"""Finds the names of all gazetteers in a text with one automaton.

In: a spaCy Doc and tables of names. Out: `Hit`, one per name that stands in the text as a word of its own.

Text and names are folded before they are compared: diacritics, case, dashes and quotation marks, so "Ił-62M", "IŁ-62M" and
"Il-62M" are one. The fold keeps the length of the text, so offsets in the folded text are offsets in the text. Case is
looked at after the match: a capital letter in the name must be a capital in the text.

All tables share one automaton per process, built at the first search: 100,000 names take about a second and 20 MB.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind
from spacy.tokens import Doc

# Letters that Unicode does not decompose, and marks that news sites write in several ways.
_PLAIN = {
    "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ı": "i", "ħ": "h", "Ħ": "h", "ß": "s", "æ": "e", "Æ": "e",
    "œ": "e", "Œ": "e", "þ": "t", "Þ": "t", "ð": "d", "Ð": "d", "ŋ": "n", "ə": "e", "Ə": "e",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ",
}  # fmt: skip
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")


@cache
def _fold_character(character: str) -> str:
    plain = _PLAIN.get(character)
    if plain is not None:
        return plain
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)).casefold()
    return base if len(base) == 1 else character


def fold(text: str) -> str:
    """The text in small plain letters, each character still at its place."""
    if not text.isascii():
        text = _NOT_ASCII.sub(lambda match: _fold_character(match.group()), text)
    folded = text.lower()
    # A line break inside a name is a space; an empty line ends a block and stays.
    return _LINE_BREAK.sub(" ", folded) if "\n" in folded else folded


@dataclass(frozen=True, slots=True)
class Hit:
    """A name of a table in the text: tokens [start, end), the characters they cover, and the keys of the rows that bear it.

    `name` is the table's spelling that is nearest to the text; rows that bear exactly this spelling come first in `keys`.
    """

    start: int
    end: int
    text: str
    name: str
    keys: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Table:
    """The names of one gazetteer, each with the keys of the rows that bear it."""

    label: str
    keys: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """folded name → name as written → keys."""

    def add(self, name: str, key: str) -> None:
        """Adds a name as it is written, with the capitals it has in running text."""
        keys = self.keys.setdefault(fold(name), {}).setdefault(name, [])
        if key not in keys:
            keys.append(key)

    def find(self, doc: Doc) -> list[Hit]:
        """The table's names in the Doc, overlapping ones too, in text order, longer ones first."""
        return _MATCHER.hits(doc).get(self.label, [])

    def lookup(self, name: str) -> tuple[str, ...]:
        """The keys of a name, whatever its case."""
        return tuple(dict.fromkeys(key for keys in self.keys.get(fold(name), {}).values() for key in keys))


class _Matcher:
    """The automaton over all tables of this process, rebuilt when a table was added."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}
        self._patterns: list[str] = []
        self._automaton: AhoCorasick | None = None

    def add(self, table: Table) -> None:
        self._tables[table.label] = table
        self._automaton = None

    def build(self) -> AhoCorasick:
        if self._automaton is None:
            self._patterns = sorted({name for table in self._tables.values() for name in table.keys if name})
            self._automaton = AhoCorasick(self._patterns or ["\0"], matchkind=MatchKind.Standard, store_patterns=False)
        return self._automaton

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """(folded name, start, end) of all names that stand as words of their own."""
        automaton = self.build()
        folded = fold(text)
        found = []
        size = len(folded)
        for index, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
            if start and folded[start - 1].isalnum() and folded[start].isalnum():
                continue
            if end < size and folded[end].isalnum() and not _plural(folded, end):
                continue
            found.append((self._patterns[index], start, end))
        return found

    def lookup(self, label: str, name: str) -> tuple[str, ...]:
        found = self._tables.get(label)
        return found.lookup(name) if found is not None else ()

    def hits(self, doc: Doc) -> dict[str, list[Hit]]:
        cached: dict[str, list[Hit]] | None = doc.user_data.get("dateline_hits")
        if cached is not None:
            return cached
        hits: dict[str, list[Hit]] = {}
        text = doc.text
        first, last = token_edges(doc)
        for folded, start, end in sorted(self.spans(text), key=lambda span: (span[1], -span[2])):
            tokens = first.get(start), last.get(end)
            if tokens[1] is None:
                tokens = tokens[0], last.get(end + _plural(fold(text[max(end - 2, 0) : end + 3]), min(end, 2)))
            if tokens[0] is None or tokens[1] is None:
                continue
            shown = text[start:end]
            for label, table in self._tables.items():
                names = table.keys.get(folded, {})
                fitting = sorted((name for name in names if case_fits(name, shown)), key=lambda name: (name != shown, name))
                if fitting:
                    keys = dict.fromkeys(key for name in fitting for key in names[name])
                    hits.setdefault(label, []).append(Hit(tokens[0], tokens[1], shown, fitting[0], tuple(keys)))
        doc.user_data["dateline_hits"] = hits
        return hits


_MATCHER = _Matcher()


def table(label: str, names: Iterable[tuple[str, str]]) -> Table:
    """Makes a table of (name, key) pairs and adds it to the automaton.

    Call it while a finder is built, never per Doc: the automaton is rebuilt at the next search.
    """
    made = Table(label)
    for name, key in names:
        made.add(name, key)
    _MATCHER.add(made)
    return made


def spans(text: str) -> list[tuple[str, int, int]]:
    """(folded name, start, end) of all names of all tables in a plain text; for measuring and looking inside."""
    return _MATCHER.spans(text)


def hits(doc: Doc) -> dict[str, list[Hit]]:
    """The names of all tables in the Doc, by table."""
    return _MATCHER.hits(doc)


def lookup(label: str, name: str) -> tuple[str, ...]:
    """The keys of a name in a table, whatever its case; () where the table is not loaded."""
    return _MATCHER.lookup(label, name)


def build() -> None:
    """Builds the automaton now instead of at the first search."""
    _MATCHER.build()


_SIBILANTS = ("s", "x", "z", "ch", "sh")


def _plural(folded: str, end: int) -> int:
    """The length of a plural ending behind which no letter follows: "F-16s", "737s", "Stratofortresses"; 0 where none is."""
    ending = "es" if folded[:end].endswith(_SIBILANTS) else "s"
    behind = end + len(ending)
    return len(ending) if folded[end:behind] == ending and not folded[behind : behind + 1].isalnum() else 0


def token_edges(doc: Doc) -> tuple[dict[int, int], dict[int, int]]:
    """Character offsets of token starts → token, and of token ends → token + 1; computed once per Doc."""
    edges: tuple[dict[int, int], dict[int, int]] | None = doc.user_data.get("dateline_edges")
    if edges is None:
        starts = doc.to_array("IDX").tolist()
        ends = (doc.to_array("IDX") + doc.to_array("LENGTH")).tolist()
        edges = {start: i for i, start in enumerate(starts)}, {end: i for i, end in enumerate(ends, 1)}
        doc.user_data["dateline_edges"] = edges
    return edges


def case_fits(name: str, shown: str) -> bool:
    """Whether the text's capitals allow the name: capitals of the name are capitals in the text ("Us" is not "US").

    A name of four letters or more may stand all in capitals (headlines, "MOSCOW, July 9 -"); a shorter one may not, for it
    would be taken for an acronym.
    """
    if name == shown:
        return True
    if any(n.isupper() and s.islower() for n, s in zip(name, shown, strict=False)):
        return False
    if shown.isupper() and not name.isupper():
        return sum(c.isalpha() for c in shown) >= 4
    return True
