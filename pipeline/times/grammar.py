"""The grammar's machinery: text → tokens of a kind → one character a token, so that a rule is a regular expression over kinds.

In: text. Out: `Tokens` (kinds, values, offsets) and `Match`, one per place where a rule applies. A rule's pattern names kinds
(`models/times/words.toml`, and the numeric kinds made here) and sets of them: "THE? (<d>DAY) OF (<m>MONTH)".

Tokens are cut from the text itself and not by spaCy, so that any tokeniser gives the same times. All patterns are bounded: time
is linear in the text's length.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline import numerals
from pipeline.errors import KnowledgeError
from pipeline.resources import model_path

_LEX = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<ampm>(?:[apAP]\.\s?[mM](?:\.|(?![\w.]))|(?:[ap]m|[AP]M)(?![\w])))
  | (?P<era>B\.\s?C\.(?:\s?E\.)?|B\.C(?!\w)|A\.\s?D\.|C\.E\.)
  | (?P<accounts>(?<!\w)(?:FY\s?['’]?(?:\d{4}|\d\d)|(?:Q[1-4]|[1-4]Q)(?:\s?['’]?(?:\d{4}|\d\d))?
                |(?:H[12]|[12]H)\s?['’]?(?:\d{4}|\d\d))(?!\w))
  | (?P<word>[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*)
  | (?P<iso>(?<![\w-])\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-]))
  | (?P<cjk>\d{4}[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일])
  | (?P<slash>(?<![\w/.-])(?:\d{1,2}(?P<sep>[/.])\d{1,2}(?P=sep)(?:\d{4}|\d\d)|\d{4}/\d{1,2}/\d{1,2})(?![\w/]))
  | (?P<clock>(?<![\w:.])\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\d:]|[^\W\d_hHzZaApP])
             |(?<![\w:.])\d{1,2}\.[0-5]\d(?=\s?[apAP]\.?\s?[mM]\b
              |\s(?:this|that|last|yesterday|tomorrow)\s(?:morning|afternoon|evening|night)\b))
  | (?P<ordinal>(?<!\w)\d{1,2}(?:st|nd|rd|th)(?!\w))
  | (?P<decade>(?<!\w)(?:[12]\d{2}0|['’`‘]?\d0)['’]?s(?!\w))
  | (?P<short>(?<!\w)['’`‘]\d\d(?!\w))
  | (?P<number>(?<!\w)(?<!\d\.)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?[½¼¾]|\s\d/\d(?!\d))?(?!\w(?<![hHaApPZz])))
  | (?P<junk>\w+)
  | (?P<possessive>['’](?:s(?!\w)|(?<=s['’])(?!\w)))
  | (?P<hyphen>(?<=\w)[-‐‑–−](?=\w))
  | (?P<punct>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PUNCT = {",": "COMMA", ".": "DOT", "(": "LP", ")": "RP", "/": "STROKE", "–": "DASH", "—": "DASH", "-": "DASH"}
_SENTENCE_END = frozenset(".!?;")
_LONGEST_NUMBER = 15  # characters; longer ones count no time
_OTHER = "."
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}


@dataclass(slots=True)
class Tokens:
    """A text's tokens, column by column; `classes` holds one character a token (see `Kinds`)."""

    text: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    lower: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    classes: str = ""

    def __len__(self) -> int:
        return len(self.starts)

    def add(self, start: int, end: int, lower: str, kind: str, value: Any) -> None:
        """Appends one token."""
        self.starts.append(start)
        self.ends.append(end)
        self.lower.append(lower)
        self.kinds.append(kind)
        self.values.append(value)

    def word(self, i: int) -> str:
        """The lower-case form of a token, "" outside of the text."""
        return self.lower[i] if 0 <= i < len(self.lower) else ""

    def kind(self, i: int) -> str:
        """The kind of a token, "" outside of the text."""
        return self.kinds[i] if 0 <= i < len(self.kinds) else ""

    def raw(self, i: int) -> str:
        """A token as written."""
        return self.text[self.starts[i] : self.ends[i]] if 0 <= i < len(self.starts) else ""

    def glued(self, i: int) -> bool:
        """Whether no space parts token i from the one before it."""
        return 0 < i < len(self.starts) and self.ends[i - 1] == self.starts[i]


@dataclass(frozen=True, slots=True)
class Words:
    """Written forms and what they are: (kind, value) by word, phrases by first word, and which kinds need a capital."""

    single: dict[str, tuple[str, Any]]
    phrases: dict[str, list[tuple[tuple[str, ...], str, Any]]]
    capitalised: frozenset[str]


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML table of models/times. Raises KnowledgeError when it is missing or malformed."""
    path = model_path(f"times/{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{path}: {error}") from error


def rows(name: str) -> list[list[str]]:
    """The rows of one tab-separated file of models/times, comments left out."""
    lines = model_path(f"times/{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _number_or_word(key: str) -> int | str:
    return int(key) if re.fullmatch(r"-?\d+", key) else key


@cache
def words() -> Words:
    """The lexicon of all tables. Raises KnowledgeError when one form has two kinds."""
    single: dict[str, tuple[str, Any]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
    tables = dict(table("words"))
    capitalised = {*tables.pop("capitalised")["kinds"], "HOL", "ZONE"}

    def learn(form: str, kind: str, value: Any) -> None:
        parts = tuple(m[0].lower() for m in _LEX.finditer(form) if not m[0].isspace())
        if len(parts) > 1:
            phrases.setdefault(parts[0], []).append((parts, kind, value))
        elif single.setdefault(parts[0], (kind, value)) != (kind, value):
            raise KnowledgeError(f"models/times: {form!r} is {single[parts[0]]} and {(kind, value)}")

    for kind, entries in tables.items():
        for key, forms in entries.items():
            for form in forms:
                learn(form, kind, _number_or_word(key))
    for word, number in (numerals.cardinals() | numerals.scales()).items():
        learn(word, "NW", number)
    for word, number in numerals.collectives().items():
        learn(word, "FEW", number)
    vague = table("vague")
    for value in ("PRESENT_REF", "PAST_REF", "FUTURE_REF"):
        for form in vague[value]["always"]:
            learn(form, "VAGUE", value)
    for value, forms in vague["frequency"].items():
        for form in forms:
            learn(form, "FREQ", value)
    for index, holiday in enumerate(table("holidays")["holiday"]):
        for form in holiday["names"]:
            learn(form, "HOL", index)
    for name, minutes in rows("zones"):
        learn(name, "ZONE", minutes)
    for _, *months in rows("months"):
        for number, form in enumerate(months, start=1):
            if form != "-":
                learn(form, "MONX", number)
    for name, zone in rows("cities"):
        learn(name, "CITY", zone)
    for options in phrases.values():
        options.sort(key=lambda option: -len(option[0]))
    return Words(single, phrases, frozenset(capitalised))


def tokenise(text: str) -> Tokens:
    """Cuts a text into tokens and gives each its kind; a blank line is a token of its own, which no rule crosses."""
    tokens = Tokens(text)
    single, capitalised = words().single, words().capitalised
    for match in _LEX.finditer(text):
        group = match.lastgroup
        start, end = match.span()
        if group == "space":
            if match[0].count("\n") > 1:
                tokens.add(start, end, "\n", "BREAK", None)
        elif group == "word":
            lower = match[0].lower()
            kind, value = single.get(lower, ("", None))
            if kind in capitalised and not match[0][0].isupper():
                kind, value = "", None
            tokens.add(start, end, lower, kind, value)
        else:
            kind, value = _numeric(str(group), match[0])
            tokens.add(start, end, match[0].lower(), kind, value)
    return _with_classes(_fold(tokens))


def _numeric(group: str, raw: str) -> tuple[str, Any]:
    if group == "number":
        return _number(raw) if len(raw) <= _LONGEST_NUMBER else ("", None)
    if group == "ordinal":
        return "ORD", int(raw[:-2])
    if group == "clock":
        return "CLOCK", tuple(int(part) for part in re.split(r"[:.]", raw))
    if group == "decade":
        return "DEC", int(re.sub(r"\D", "", raw)) // 10
    if group == "short":
        return "SHORT", int(raw[1:])
    if group == "ampm":
        return "AMPM", raw[0].lower()
    if group == "accounts":
        return _accounts(raw)
    if group == "era":
        return "ERA", "AD" if raw[0] in "Aa" else "BC" if raw[0] == "B" else "AD"
    if group == "hyphen":
        return "HYP", None
    if group == "possessive":
        return "POSS", None
    if group == "cjk":
        return "SLASH", "/".join(re.findall(r"\d+", raw))
    if group in ("iso", "slash", "sep"):
        return ("ISO", raw) if "-" in raw else ("SLASH", raw)
    if group == "punct":
        return _PUNCT.get(raw, ""), None
    return "", None


def _accounts(raw: str) -> tuple[str, Any]:
    """ "FY24", "Q3 2023", "1Q24", "H1 2024": the letter, the number of the part, the year."""
    letter = "F" if raw[0] == "F" else "Q" if "Q" in raw else "H"
    digits = re.findall(r"\d+", raw)
    part = int(digits.pop(0)) if letter != "F" else 0
    year = int(digits[0]) if digits else None
    return "ACCOUNTS", (letter, part, year + 2000 if year is not None and year < 100 else year)


def _number(raw: str) -> tuple[str, Any]:
    if raw.isdigit():
        value = int(raw)
        if len(raw) == 4:
            return ("Y4" if 1000 <= value < 2200 else "T4" if value < 2400 else "NB"), value
        if len(raw) > 2:
            return "NB", value
        return ("N1" if 1 <= value <= 12 else "N2" if value <= 24 else "N3" if value <= 31 else "N4"), value
    whole, _, rest = re.sub(r"(?<=\d)\s?(?=[½¼¾])", " ", raw.replace(",", "")).partition(" ")
    fraction = _FRACTIONS.get(rest)
    if fraction is None and "/" in rest and not rest.endswith("/0"):
        fraction = int(rest[0]) / int(rest[-1])
    return "NB", float(whole) + (fraction or 0)


_NUMERAL = frozenset({"NW", "ORDW"})
_DIGITS = frozenset({"N1", "N2", "N3", "N4", "NB"})


def _fold(tokens: Tokens) -> Tokens:
    """Joins phrases and spelled numbers ("twenty-four", "30 million", "no more than") into one token each."""
    out = Tokens(tokens.text)
    phrases = words().phrases
    lower, kinds, i, size = tokens.lower, tokens.kinds, 0, len(tokens)
    while i < size:
        options = phrases.get(lower[i])
        if options and (found := _phrase(tokens, i, options)):
            j, kind, value = found
        elif kinds[i] in _NUMERAL:
            j, kind, value = _spelled(tokens, i)
        elif kinds[i] in _DIGITS and i + 1 < size and kinds[i + 1] == "NW" and tokens.values[i + 1] >= 1000:
            j, kind, value = i + 2, "NB", tokens.values[i] * tokens.values[i + 1]  # "30 million"
        else:
            out.add(tokens.starts[i], tokens.ends[i], lower[i], kinds[i], tokens.values[i])
            i += 1
            continue
        out.add(tokens.starts[i], tokens.ends[j - 1], " ".join(lower[i:j]), kind, value)
        i = j
    return out


def _phrase(tokens: Tokens, i: int, options: list[tuple[tuple[str, ...], str, Any]]) -> tuple[int, str, Any] | None:
    for parts, kind, value in options:
        j = i + len(parts)
        if tuple(tokens.lower[i:j]) == parts and (
            kind not in words().capitalised or parts[0] == "the" or any(tokens.raw(k)[0].isupper() for k in range(i, j))
        ):
            return j, kind, value
    return None


def _spelled(tokens: Tokens, i: int) -> tuple[int, str, Any]:
    """One number written in words from token i on: (token after it, kind, value)."""
    kinds, values, size = tokens.kinds, tokens.values, len(tokens)
    if kinds[i] == "ORDW":
        return i + 1, "ORDW", values[i]
    total, group, last, j = 0, values[i], values[i], i + 1
    while j < size and j < i + 12:
        k = j + (kinds[j] == "HYP" or (kinds[j] == "AND" and tokens.lower[j] == "and" and last >= 100))
        if k >= size or kinds[k] not in (*_NUMERAL, "SECOND"):
            break
        value = values[k]
        if kinds[k] != "NW":
            return (k + 1, "ORDW", total + group + value) if last in _TENS and value < 10 and k > j else (j, "NW", total + group)
        if value == 100 and group < 100:
            group *= 100
        elif value >= 1000:
            total, group = total + group * value, 0
        elif (last >= 100 and value < 100) or (last in _TENS and 0 < value < 10):
            group += value
        elif 13 <= group <= 20 and 10 <= value < 100 and total == 0 and kinds[j] != "HYP":
            return _year_in_words(tokens, group, k)
        else:
            break
        last, j = value, k + 1
    return j, "NW", total + group


_TENS = frozenset(range(20, 100, 10))


def _year_in_words(tokens: Tokens, century: int, k: int) -> tuple[int, str, Any]:
    year, j = century * 100 + tokens.values[k], k + 1
    if tokens.values[k] in _TENS:
        n = j + (tokens.kind(j) == "HYP")
        if tokens.kind(n) == "NW" and 0 < tokens.values[n] < 10:
            return n + 1, "YW", year + tokens.values[n]
    return j, "YW", year


# --- kinds as characters -------------------------------------------------------------------------------------------------

_NUMERIC_KINDS = (
    "N1",
    "N2",
    "N3",
    "N4",
    "NB",
    "Y4",
    "T4",
    "NW",
    "YW",
    "ORD",
    "CLOCK",
    "DEC",
    "SHORT",
    "ISO",
    "SLASH",
    "AMPM",
    "ACCOUNTS",
    "MONX",
)
_MARK_KINDS = ("HYP", "POSS", "BREAK", "VAGUE", "FREQ", "HOL", "ZONE", "CITY", *dict.fromkeys(_PUNCT.values()))


@cache
def kind_characters() -> dict[str, str]:
    """The character that stands for each kind."""
    names = [name for name in table("words") if name != "capitalised"]
    return {name: chr(0x4E00 + i) for i, name in enumerate(dict.fromkeys([*_NUMERIC_KINDS, *_MARK_KINDS, *names]))}


def _with_classes(tokens: Tokens) -> Tokens:
    characters = kind_characters()
    tokens.classes = "".join([characters.get(kind, _OTHER) for kind in tokens.kinds])
    return tokens


# Sets of kinds, and small shapes that many rules share. A value may name sets above it.
SHAPES: dict[str, str] = {
    "DAYNUM": "(?:N1|N2|N3)",
    "NTH": "(?:ORD|ORDW|SECOND)",
    "YEAR": "(?:Y4|YW)",
    "MONTH": "(?:MON|MAY|MAB DOT?)",
    "WEEKDAY": "(?:WD|WDA DOT?)",
    "SEASONW": "(?:SEASON|SEASONX)",
    "COUNT": "(?:N1|N2|N3|N4|NB|NW|Y4)",
    "ANYUNIT": "(?:UNIT|UNITS|QTR)",
    "LINK": "(?:HYP|DASH|TO|AND)",
    "ADJ": "(?:LAST|PASTW|NEXT|PREV|FOLL|COMING)",
}


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A rule's pattern as a regular expression over kind characters; "(<name>…)" names a group."""
    characters = kind_characters()

    def replace(match: re.Match[str]) -> str:
        name = match[0]
        if name in SHAPES:
            return re.sub(r"[A-Z][A-Z0-9]+|[A-Z]", replace, SHAPES[name])
        if name not in characters:
            raise KnowledgeError(f"rule pattern {pattern!r} names {name}, which is no kind of token")
        return characters[name]

    source = re.sub(r"(?<![<\w])[A-Z][A-Z0-9]*", replace, pattern)
    return re.compile(re.sub(r"\(<(\w+)>", r"(?P<\1>", source.replace(" ", "")))


@dataclass(slots=True)
class Match:
    """One place where a rule's pattern applies: tokens [start, end) and the rule's named groups."""

    tokens: Tokens
    start: int
    end: int
    groups: dict[str, tuple[int, int]]

    def has(self, name: str) -> bool:
        """Whether a group took part."""
        return name in self.groups

    def value(self, name: str) -> Any:
        """The value of a group's first token; None when the group took no part."""
        return self.tokens.values[self.groups[name][0]] if name in self.groups else None

    def kind(self, name: str) -> str:
        """The kind of a group's first token, "" when the group took no part."""
        return self.tokens.kinds[self.groups[name][0]] if name in self.groups else ""

    def word(self, name: str) -> str:
        """The lower-case form of a group's first token."""
        return self.tokens.lower[self.groups[name][0]] if name in self.groups else ""


def find(pattern: re.Pattern[str], tokens: Tokens) -> Iterator[Match]:
    """All matches of a pattern, left to right."""
    for found in pattern.finditer(tokens.classes):
        if found.start() < found.end():
            groups = {name: found.span(name) for name in pattern.groupindex if found.start(name) >= 0}
            yield Match(tokens, found.start(), found.end(), groups)


def sentence_ends(tokens: Tokens, i: int) -> bool:
    """Whether token i closes a sentence or paragraph."""
    word = tokens.lower[i]
    if word == "\n":
        return True
    if word not in _SENTENCE_END:
        return False
    if word != ".":
        return True
    # A dot glued to an abbreviation of a month or a single letter ends no sentence.
    following = tokens.raw(i + 1)
    return (
        tokens.kind(i - 1) not in ("MAB", "WDA")
        and (len(tokens.word(i - 1)) > 1 or tokens.word(i - 1).isdigit())
        and (not following or following[0].isupper() or not following[0].isalnum())
    )
