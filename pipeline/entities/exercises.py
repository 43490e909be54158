"""Finds military exercises and operations by name.

In: a parsed Doc. Out: `Found` of type exercise for "Exercise Cobra Gold", "Zapad-2025", "the Strait Thunder drills"; of type
organization and kind "operation" for "Operation Atlantic Resolve", which acts and to which forces belong. Knowledge:
exercises.tsv and models/lexicons/exercises.toml.

A name of the table that is also an ordinary word, a place or a ship (Red Flag, Malabar, Vostok) needs the word "exercise" beside
it, a year behind it, or the same name with one of these elsewhere. A name that no table knows is one where the text calls it
so: "Exercise" before it with forces in the article, "drills" behind it, or "drills, dubbed …" before it. The word "Exercise"
itself stays outside of the name, for it tells of the event. Editions ("Zapad-2021", "Zapad-2025") stay apart; a name without a
year joins the only edition of the article.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.entities import context, countries, matching, nations
from pipeline.entities.finding import Finder, Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import Hit, fold
from pipeline.entities.phrases import plural, words
from pipeline.records import EntityType, Links

_KNOWN, _EVIDENT, _SHAPE = 0.96, 0.93, 0.9
"""Scores: a plain name of the table, an ambiguous one with evidence, a name that the text calls an exercise."""
_EDITION = re.compile(
    r"(?P<gap>[- ]?|[ ]?['’])(?P<year>(?:19|20)\d{2}|\d{2})(?:[-/ ]?(?P<part>\d|[A-Z]|I{1,3}))?(?![\w.,]*\d|\w|%)"
)
"""The edition behind a name: "-2025", " 24", "-25", "’23", " 2025A", "24-1"."""
_JOINED = re.compile(r"(?P<name>[^\W\d_]+)[-–'’](?P<year>(?:19|20)?\d{2})")
_LONGEST = 5
_NEAR = 12
"""Words of the table's ambiguous names to the word "exercise"."""
_WITHIN = ("and", "of", "the", "-", "–")


class Exercises:
    """The finder for exercises and operations."""

    name = "exercises"

    def __init__(self) -> None:
        self._rows = {row["id"]: row for row in rows("exercises.tsv")}
        self._names = matching.table(
            "exercises", ((n, key) for key, row in self._rows.items() for n in (row["name"], *listed(row["aliases"])))
        )

    def __call__(self, doc: Doc) -> list[Found]:
        known = self._known(doc)
        taken = {i for f in known for i in range(f.start, f.end)}
        found = [*known, *(f for f in self._called(doc, taken))]
        return _one_edition(found)

    def _known(self, doc: Doc) -> list[Found]:
        hits = []
        for hit in self._names.find(doc):
            row = self._rows[hit.keys[0]]
            end, year = _edition(doc, hit.end)
            told = year is not None or hit.name not in listed(row["ambiguous"]) or _is_called(doc, hit)
            hits.append((hit, row, end, year, told and not _in_longer_name(doc, hit)))
        found = self._joined(doc)
        sure = {row["id"] for _, row, _, _, told in hits if told} | {(f.key or "").split(":")[1] for f in found}
        for hit, row, end, year, _ in hits:
            if row["id"] not in sure or (hit.text.islower() and hit.name != hit.text):
                continue
            weak = hit.name in listed(row["ambiguous"])
            found.append(self._exercise(doc, hit.start, end, row["name"], row["id"], year, _EVIDENT if weak else _KNOWN, row))
        return found

    def _joined(self, doc: Doc) -> list[Found]:
        """ "Zapad-2025" where the tokeniser leaves name and year in one."""
        found = []
        for token in doc:
            match = _JOINED.fullmatch(token.text) if token.text[:1].isupper() and token.text[-1:].isalnum() else None
            key = next(iter(self._names.lookup(match["name"])), None) if match else None
            if match is None or key is None:
                continue
            row = self._rows[key]
            found.append(self._exercise(doc, token.i, token.i + 1, row["name"], key, match["year"][-2:], _KNOWN, row))
        return found

    def _exercise(
        self,
        doc: Doc,
        start: int,
        end: int,
        name: str,
        key: str,
        year: str | None,
        score: float,
        row: dict[str, str] | None = None,
    ) -> Found:
        hosts = listed(row["hosts"]) if row else []
        country = hosts[0] if len(hosts) == 1 and countries.alpha3(hosts[0]) else None
        shown = " ".join(doc[start:end].text.split()) if year else name
        links = Links(country=country, country_3=countries.alpha3(country))
        made = Found(start, end, EntityType.EXERCISE, shown, self.name, score, f"exercise:{key}:{year or ''}", links=links)
        made.kind = "exercise"
        return made

    def _called(self, doc: Doc, taken: set[int]) -> list[Found]:
        """Names that no table knows but the text calls an exercise or an operation."""
        found = []
        for token in doc:
            run: tuple[int, int] | None = None
            operation = token.text == "Operation"
            if operation or _noun_at(token):
                run = _name_after(doc, token.i + 1, operation) or _name_called(doc, token.i + 1)
            elif token.lower_ in words("exercises", "words", "also_called") and _is_military(doc):
                run = _name_called(doc, token.i + 1)
            if run is None and _noun_at(token):
                run = _name_before(doc, token.i) or _name_apposed(doc, token.i)
            if run is None or not taken.isdisjoint(range(*run)):
                continue
            taken.update(range(*run))
            start, end = run
            if operation:
                text = doc[token.i : end].text
                found.append(Found(token.i, end, EntityType.ORGANIZATION, text, self.name, _SHAPE, f"operation:{fold(text)}"))
                found[-1].kind = "operation"
                continue
            stop, year = _split_edition(doc, start, end)
            name = " ".join(doc[start:end].text.split())
            found.append(self._exercise(doc, start, end, name, fold(doc[start:stop].text), year, _SHAPE))
        return found


def build() -> Finder:
    """The finder over exercises.tsv and the shapes of such names."""
    return Exercises()


def _edition(doc: Doc, end: int) -> tuple[int, str | None]:
    """The token behind the edition that follows a name, and its year; the name's own end and None without one."""
    if end >= len(doc):
        return end, None
    start = doc[end - 1].idx + len(doc[end - 1])
    match = _EDITION.match(doc[end - 1].whitespace_ + doc[end : end + _LONGEST].text)
    if match is None:
        return end, None
    after = start + match.end()
    span = doc.char_span(doc[end].idx, after, alignment_mode="expand")
    if span is None or span.end_char > after:
        return end, None
    spaced = match["gap"] == " " and len(match["year"]) == 2
    if spaced and span.end < len(doc) and doc[span.end].pos_ in {"NOUN", "ADJ"}:
        return end, None
    return span.end, match["year"][-2:] + (match["part"] or "")


def _split_edition(doc: Doc, start: int, end: int) -> tuple[int, str | None]:
    """Where the name proper of [start, end) ends, and the year behind it."""
    match = re.search(r"[- '’]*((?:19|20)?\d{2}[A-Z]?)$", doc[start:end].text)
    if match is None:
        return end, None
    digits = re.sub(r"^(?:19|20)(?=\d\d)", "", match.group(1))
    stop = next((t.i for t in doc[start:end] if t.idx >= doc[start].idx + match.start()), end)
    return max(stop, start + 1), digits


@cache
def _plural_nouns() -> frozenset[str]:
    return frozenset(plural(n) for n in words("exercises", "words", "noun"))


def _noun_at(token: Token) -> bool:
    nouns = words("exercises", "words", "noun")
    return (
        token.lower_ in nouns
        or token.lower_ in _plural_nouns()
        or (token.i > 0 and f"{token.nbor(-1).lower_} {token.lower_.removesuffix('s')}" in nouns)
    )


def _is_called(doc: Doc, hit: Hit) -> bool:
    """Whether the word "exercise" stands right before the name, or behind it in its sentence's next words."""
    before = doc[max(0, hit.start - 2) : hit.start]
    if any(_noun_at(t) for t in before):
        return True
    label = context.label(doc, hit.start)
    sentence = doc[hit.start].sent
    near = doc[max(sentence.start, hit.start - _NEAR) : min(sentence.end, hit.end + _NEAR)]
    beside = next((t for t in doc[hit.end : hit.end + 3] if t.lower_ not in words("exercises", "words", "between")), None)
    if beside is not None and _noun_at(beside):
        return True
    return len(hit.text.split()) > 1 and label not in {"PERSON", "GPE"} and any(_noun_at(t) for t in near)


def _in_longer_name(doc: Doc, hit: Hit) -> bool:
    """Whether a capitalised word that is no exercise's own runs on: "Red Flag Linux", "Malabar Hill"."""
    end, year = _edition(doc, hit.end)
    following = doc[end] if end < len(doc) else None
    if year is None and following is not None and following.tag_ in {"NNP", "NNPS"} and not _noun_at(following):
        return not following.is_sent_start and following.text[:1].isupper()
    return False


def _name_after(doc: Doc, start: int, operation: bool) -> tuple[int, int] | None:
    """The capitalised words behind "Exercise" or "Operation"."""
    head = doc[start - 1]
    run = _run(doc, start)
    if run is None or nations.of(doc[run[0] : run[1]].text) is not None:
        return None
    following = doc[run[1]].lower_ if run[1] < len(doc) else ""
    inside = {t.lower_.rstrip(".") for t in doc[run[0] : run[1]]}
    if (inside | {following}) & words("exercises", "words", "not_after"):
        return None
    if operation:
        return run
    if head.text[:1].isupper() or head.tag_ in {"NN", "NNP"}:
        label = context.label(doc, run[0])
        return run if _is_military(doc) and label not in {"DATE", "GPE", "NORP"} else None
    return None


def _name_called(doc: Doc, at: int) -> tuple[int, int] | None:
    """ "The drills, named Security Belt 2025", "exercise dubbed 'Great Prophet'"."""
    called = words("exercises", "words", "called")
    for token in doc[at : at + 4]:
        if token.lower_ in called or (token.lower_ == "code" and token.nbor().text == "-"):
            first = token.i + 1
            while (
                first < len(doc)
                and first < token.i + 4
                and (doc[first].is_punct or doc[first].lower_ in words("exercises", "words", "behind_called"))
            ):
                first += 1
            return _run(doc, first)
    return None


def _name_before(doc: Doc, noun: int) -> tuple[int, int] | None:
    """ "Strait Thunder-2025A drills": capitalised words with a figure, or two and more, that name no state, body or place."""
    end = noun
    while end > 0 and doc[end - 1].lower_ in words("exercises", "words", "between") and doc[end - 1].text.islower():
        end -= 1
    start = end
    while start > 0 and end - start < _LONGEST and _names(doc[start - 1]):
        start -= 1
    while start < end and (doc[start].lower_ in _WITHIN or (doc[start].is_sent_start and doc[start].pos_ in {"DET", "ADP"})):
        start += 1
    own = [t for t in doc[start:end] if t.text not in _WITHIN]
    if not own or not own[0].text[:1].isupper() or not _is_military(doc):
        return None
    text = doc[start:end].text
    edition = re.search(r"[- ’'](?:20)?\d{2}[A-Z]?$", text) is not None
    labels = {context.label(doc, t.i) for t in own}
    if nations.within(doc, start, end) or labels & {"NORP", "DATE"} or (labels & {"GPE", "LOC"} and not edition):
        return None
    if "ORG" in labels and not edition and any(t.lower_ in words("exercises", "words", "military") for t in own):
        return None
    return (start, end) if edition or len([t for t in own if t.is_alpha]) > 1 else None


def _name_apposed(doc: Doc, noun: int) -> tuple[int, int] | None:
    """ "Ruska 2022, an air exercise": a name with an edition, said to be one."""
    at = noun - 1
    while at > 1 and (doc[at].lower_ in words("exercises", "words", "between") or doc[at].tag_ in {"JJ", "HYPH", "CD"}):
        at -= 1
    if at < 3 or doc[at].lower_ not in {"a", "an", "the"} or doc[at - 1].text != ",":
        return None
    start = at - 1
    while start > 0 and at - 1 - start < _LONGEST and _names(doc[start - 1]):
        start -= 1
    text = doc[start : at - 1].text
    return (start, at - 1) if re.search(r"[- ’'](?:20)?\d{2}[A-Z]?$", text) and _is_military(doc) else None


def _names(token: Token) -> bool:
    if token.is_space or (token.is_punct and token.text not in {"-", "–"}):
        return False
    return token.text[:1].isupper() or token.text in {"-", "–"} or (token.like_num and token.text.isdigit())


def _run(doc: Doc, start: int) -> tuple[int, int] | None:
    """The capitalised words from here on, with the edition behind them; None when there are none."""
    at = start
    while at < len(doc) and at - start < _LONGEST and _names(doc[at]) and not _noun_at(doc[at]):
        if doc[at].text in {"-", "–"} and (at == start or doc[at].whitespace_ or doc[at - 1].whitespace_):
            break
        at += 1
    while at > start and doc[at - 1].text in {"-", "–"}:
        at -= 1
    if at == start or not doc[start].text[:1].isupper() or doc[start].pos_ in {"PRON", "DET", "ADP"}:
        return None
    end, _ = _edition(doc, at)
    return start, end


def _is_military(doc: Doc) -> bool:
    """Whether the article speaks of forces; computed once per Doc."""
    known: bool | None = doc.user_data.get("dateline_military")
    if known is None:
        listed_words = words("exercises", "words", "military")
        known = sum(t.lower_ in listed_words for t in doc) > 1
        doc.user_data["dateline_military"] = known
    return known


def _one_edition(found: list[Found]) -> list[Found]:
    """A name without a year joins the only edition of the article."""
    years: dict[str, set[str]] = defaultdict(set)
    for f in found:
        if f.type is EntityType.EXERCISE:
            _, name, year = (f.key or "").split(":")
            if year:
                years[name].add(year)
    for f in found:
        if f.type is EntityType.EXERCISE:
            _, name, year = (f.key or "").split(":")
            if not year and len(years[name]) == 1:
                f.key = f"exercise:{name}:{next(iter(years[name]))}"
    return sorted(found, key=lambda f: (f.start, f.end))
