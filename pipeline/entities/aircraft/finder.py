"""Finds aircraft types.

In: a parsed Doc. Out: `Found` of type aircraft_type with the ICAO Doc 8643 designator where the name fixes one. Knowledge:
aircraft_families.tsv (what the news names, by hand), aircraft_makers.tsv, aircraft_types.tsv.gz (Doc 8643),
aviation_words.tsv.

A type is named by a designation ("Il-62M", "F-16s", "737 MAX 8"), by a name ("Black Hawk"), or by maker and model ("Cessna 172").
Many designations and names are also tanks, roads, visas, bands and animals, so all but the plainest need evidence: the maker
before them, a word such as "jet" beside them, or the same type named elsewhere in the article. A designation of the right
shape that no table knows is a type without a code when a maker or such a word stands beside it.

Within an article a bare family name joins the only variant that is named ("737" after "Boeing 737-800"); two variants with
different codes stay apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.entities import context, matching
from pipeline.entities.aircraft import families, shapes
from pipeline.entities.aircraft.families import Family
from pipeline.entities.aircraft.makers import Makers
from pipeline.entities.aircraft.passage import Passage, Span, longest
from pipeline.entities.finding import Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import Hit, fold
from pipeline.records import EntityType, Links

_STRONG, _NAMED, _NEAR, _SHAPE = 0.95, 0.93, 0.85, 0.72
"""Scores: a plain designation, a name, a designation or name with evidence, a shape that only aviation words explain."""
_NATIONALITIES = 2
"""How many words for a nationality may stand between a number and a name."""
_LARGE = frozenset({"transport", "tanker", "bomber", "patrol"})
"""Kinds of aircraft whose names no cars and teams bear."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Letters and a number as they stand: characters, key, letters behind, and the maker before."""

    start: int
    number_end: int
    end: int
    key: str
    letters: str
    shown: str
    joined: bool
    spaced: bool
    maker: str | None


class Aircraft:
    """The finder for aircraft types."""

    name = "aircraft"

    def __init__(self) -> None:
        self._families = {row["id"]: families.family(row) for row in rows("aircraft_families.tsv")}
        self._strong: dict[str, list[Family]] = defaultdict(list)
        self._near: dict[str, list[Family]] = defaultdict(list)
        names, near_names = [], []
        for row in rows("aircraft_families.tsv"):
            family = self._families[row["id"]]
            for kind, index in (("designations", self._strong), ("near", self._near)):
                for designation in listed(row[kind]):
                    index[shapes.key(designation)].append(family)
                    if not re.search(r"\d", designation) or not shapes.DESIGNATION.fullmatch(
                        re.sub(r"(?<=\d)\D.*$", "", fold(designation))
                    ):
                        names.append((designation, family.id))
            names += [(name, family.id) for name in listed(row["names"])]
            near_names += [(name, family.id) for name in listed(row["near_names"])]
        self._names = matching.table("aircraft names", ((n, k) for n, k in names if not n.isdigit()))
        self._near_names = matching.table("aircraft names with evidence", near_names)
        self._makers = matching.table("aircraft makers", ((r["name"], r["of"] or r["name"]) for r in rows("aircraft_makers.tsv")))
        self._prefixes = {fold(row["name"]): row["prefix"] for row in rows("aircraft_makers.tsv") if row["prefix"]}
        self._bureaus = frozenset(self._prefixes.values())
        self._alone = Makers()
        self._models, self._codes = families.doc8643()

    def __call__(self, doc: Doc) -> list[Found]:
        first, last = matching.token_edges(doc)
        passage = Passage(doc, doc.text, fold(doc.text), first, last)
        for hit in self._makers.find(doc):
            start, end = doc[hit.start].idx, doc[hit.end - 1].idx + len(doc[hit.end - 1])
            passage.makers[end], passage.maker_starts[start] = (start, hit.keys[0]), (end, hit.keys[0])
        spans = self._series(passage) + self._named(passage) + self._models_after_makers(passage)
        spans += self._designations(passage, spans)
        spans = longest([self._widened(passage, span) for span in spans])
        spans += self._alone.alone(passage, spans)
        spans = longest([*spans, *self._with_evidence(passage, spans)])
        found = self._found(passage, spans)
        context.note_types(doc, [(f.start, f.end) for f in found])
        context.note_airliners(doc, [(f.start, f.end) for f in found if f.kind == "airliner"])
        return found

    def _designations(self, passage: Passage, others: list[Span]) -> list[Span]:
        """ "Il-62M", "F/A-18E/F", "MiG 29", "Ilyushin-76", and unknown ones of the same shape."""
        readings = list(self._readings(passage))
        plain = {
            reading.start: span
            for reading in readings
            for index, trust in ((self._near, _NEAR), (self._strong, _STRONG))
            if (span := self._known(passage, reading, index, trust, [])) and span.sure
        }
        sure = [*others, *plain.values()]
        spans = []
        for reading in readings:
            span = plain.get(reading.start) or self._known(passage, reading, self._near, _NEAR, sure)
            spans.append(span or self._by_shape(passage, reading))
        return [span for span in spans if span is not None]

    def _readings(self, passage: Passage) -> Iterator[_Reading]:
        """All places where letters and a number stand as in a designation."""
        for match in shapes.DESIGNATION.finditer(passage.folded):
            start, gap = match.start(), match["gap"]
            if not passage.text[start].isupper() or (gap == " " and len(match["prefix"]) < 2):
                continue
            prefix = self._prefixes.get(match["prefix"], match["prefix"])
            end, letters = shapes.suffix(passage.text, match.end())
            key = f"{prefix.replace('/', '')}{match['number']}"
            shown = passage.text[start:end]
            maker = passage.maker_before(start)
            bureau = prefix in self._bureaus and (maker is not None or match["prefix"] not in context.words("article"))
            joined = gap != " " or prefix != match["prefix"] or len(prefix) > 2 or shown[1].isupper() or bureau
            yield _Reading(start, match.end(), end, key, letters, shown, joined, gap == " ", maker)

    def _known(
        self, passage: Passage, reading: _Reading, index: dict[str, list[Family]], trust: float, sure: list[Span]
    ) -> Span | None:
        """The family that the designation names, if it is one of the index and what it needs stands beside it."""
        full = reading.key + shapes.key(reading.letters)
        exact = bool(reading.letters) and full in index
        family = self._of_maker(index.get(full) or index.get(reading.key) or [], reading.maker)
        start, end = reading.start, reading.end
        if family is None or not reading.joined or passage.denied(start, end):
            return None
        told = trust == _STRONG or reading.maker is not None
        if not told and not passage.beside(start, end, sure):
            return None
        letters = "" if exact else reading.letters
        variant, icao, stop = family.variant(passage.text, passage.folded, reading.number_end, end, letters)
        stop = max(stop, end)
        series = shapes.SERIES_BEHIND.match(passage.text, stop)
        stop = series.end() if series else stop
        if shapes.runs_on(passage.text, stop):
            return None
        return Span(start, stop, family, icao, family.display(variant, passage.text[start:stop]), variant, trust, told)

    def _by_shape(self, passage: Passage, reading: _Reading) -> Span | None:
        """A designation that only Doc 8643 knows, or none."""
        start, end, maker = reading.start, reading.end, reading.maker
        shown, full = reading.shown, reading.key + shapes.key(reading.letters)
        if shapes.runs_on(passage.text, end) or (reading.spaced and maker is None) or len(shown) < 3:
            return None
        if passage.denied(start, end) or shapes.numbers_something(shown):
            return None
        shown_to_fly = passage.just_before_noun(end) or passage.flies(start, end)
        if maker is None and not (shown_to_fly and shapes.PLAIN_SHAPE.match(shown)):
            return None
        if context.label(passage.doc, passage.token(start)) in {"DATE", "MONEY", "LAW"}:
            return None
        codes = (self._models_of(maker, full) or self._models_of(maker, reading.key)) if maker else None
        if maker is None:
            codes = self._codes.get(full) or self._codes.get(reading.key)
        icao = next(iter(codes)) if codes and len(codes) == 1 else None
        return Span(start, end, None, icao, shown, "", _SHAPE if maker is None else _NEAR, maker is not None)

    def _series(self, passage: Passage) -> list[Span]:
        """Boeing's 7x7: "Boeing 737", "737-800", "737s", and "737" alone where the article speaks of Boeings."""
        spans = []
        boeing = any(name == "Boeing" for _, name in passage.makers.values())
        for match in shapes.SERIES.finditer(passage.folded):
            start, token = match.start(), passage.token(match.start())
            family, maker = self._strong[match["number"]][0], passage.maker_before(start)
            if maker not in {None, "Boeing"} or (token and passage.doc[token - 1].lower_ in context.words("before_number")):
                continue
            variant, icao, stop = family.variant(passage.text, passage.folded, match.end(), match.end(), "")
            if shapes.runs_on(passage.text, stop) or shapes.counted().match(passage.folded, stop):
                continue
            if self._is_boeing(passage, token, stop, boeing=bool(maker or variant or boeing)):
                name, sure = family.display(variant, ""), maker is not None or bool(variant)
                spans.append(Span(start, stop, family, icao, name, variant, _STRONG, sure))
        return spans

    def _is_boeing(self, passage: Passage, token: int, stop: int, *, boeing: bool) -> bool:
        """Whether a number from 707 to 787 is an aircraft; `boeing`: its maker or variant stands beside it, or the article
        speaks of Boeings."""
        told = boeing or shapes.is_plural(passage.text, stop) or passage.just_before_noun(stop)
        told = told or (token > 0 and context.label(passage.doc, token - 1) == "ORG")
        if not told and passage.counts(token):
            return False
        aviation = context.aviation(passage.doc)
        return boeing or aviation.heavy or aviation.in_sentence(passage.doc, token, token + 1)

    def _named(self, passage: Passage) -> list[Span]:
        """Names that mean the aircraft wherever they stand: "Black Hawk", "737 MAX"."""
        spans = []
        for hit in self._names.find(passage.doc):
            start = passage.doc[hit.start].idx
            span = context.labels(passage.doc)[hit.start]
            if (
                span is not None
                and span.label_ in {"PERSON", "WORK_OF_ART", "EVENT", "GPE"}
                and (span.start < hit.start or span.end > hit.end)
            ):
                continue
            if passage.denied(start, start + len(hit.text)):
                continue
            family = (
                self._of_maker([self._families[key] for key in hit.keys], passage.maker_before(start))
                or self._families[hit.keys[0]]
            )
            end = start + len(hit.text)
            variant, icao, stop = family.variant(passage.text, passage.folded, end, end, "")
            spans.append(Span(start, stop, family, icao, family.display(variant, ""), variant, _NAMED, True))
        return spans

    def _models_after_makers(self, passage: Passage) -> list[Span]:
        """ "Cessna Citation", "Dassault Falcon 900EX": a model that Doc 8643 lists for the maker."""
        spans = []
        for start, (end, maker) in passage.maker_starts.items():
            token = passage.last.get(end)
            if token is None or token >= len(passage.doc) or passage.text[end : end + 1] not in {" ", "-"}:
                continue
            for size in (4, 3, 2, 1):
                words = passage.doc[token : token + size]
                if len(words) < size or not all(
                    w.text[0].isupper() or w.text[0].isdigit() or w.text in {"-", "/"} for w in words
                ):
                    continue
                codes = self._models_of(maker, shapes.key(words.text))
                if codes is None and maker != "Boeing" and re.fullmatch(r"\d+[A-Z]{1,3}", words[-1].text):
                    codes = self._models_of(maker, re.sub(r"[a-z]+$", "", shapes.key(words.text)))
                if codes:
                    icao = next(iter(codes)) if len(codes) == 1 else None
                    spans.append(
                        Span(start, words[-1].idx + len(words[-1]), None, icao, f"{maker} {words.text}", "", _NAMED, True)
                    )
                    break
        return spans

    def _models_of(self, maker: str | None, model: str) -> set[str] | None:
        return self._models.get((fold(maker or ""), model))

    def _widened(self, passage: Passage, span: Span) -> Span:
        """Takes in the maker before and the type's own name behind: "Boeing C-17 Globemaster III", "Airbus A321"."""
        before = re.search(r"[ ]?[\"']?$", passage.text[: span.start])
        edge = before.start() if before else span.start
        if edge in passage.makers and "\n" not in passage.text[edge : span.start]:
            start, maker = passage.makers[edge]
            if span.family is None or not span.family.makers or fold(maker) in span.family.makers:
                span.start = start
                if span.family is None and fold(maker) not in fold(span.name):
                    span.name = f"{maker} {span.name}"
        if span.family is not None:
            for hit in (*self._near_names.find(passage.doc), *self._names.find(passage.doc)):
                start = passage.doc[hit.start].idx
                gap = passage.text[span.end : start] if span.end < start <= span.end + 3 else ""
                if span.family.id in hit.keys and gap in {" ", ' "', " “", " '", " ‘"}:
                    span.end = max(span.end, start + len(hit.text))
            span.end = span.family.end_of_name(passage.text, span.end)
            self._add_marks(passage, span, span.family)
        return span

    def _add_marks(self, passage: Passage, span: Span, family: Family) -> None:
        """Takes in what is written behind the whole name: "Coot-A", "Rafale F4", "A320neo family"."""
        version = shapes.VERSION_BEHIND.match(passage.text, span.end)
        if version and passage.text[span.end - 1].islower():
            span.end = version.end()
        mark = shapes.MARK_BEHIND.match(passage.text, span.end)
        if mark is None and family.kind == "fighter" and passage.text[span.end - 1].islower():
            mark = shapes.LETTER_BEHIND.match(passage.text, span.end)
        if mark and family.kind != "airliner":
            span.end = mark.end()
        behind = shapes.FAMILY_BEHIND.match(passage.text, span.end)
        if behind and family.kind in {"airliner", "business"}:
            span.end = behind.end()

    def _with_evidence(self, passage: Passage, spans: list[Span]) -> list[Span]:
        """Names that are also common words: "Gripen fighters", "the Hercules" after "C-130"."""
        made = []
        named = {span.family.id for span in spans if span.family is not None and span.sure}
        for hit in self._near_names.find(passage.doc):
            start, end = passage.doc[hit.start].idx, passage.doc[hit.end - 1].idx + len(passage.doc[hit.end - 1])
            if any(span.overlaps(start, end) for span in spans) or (hit.text.isupper() and len(hit.text) > 4):
                continue
            maker = passage.maker_before(start)
            meant = [self._families[key] for key in hit.keys]
            known = next((f for f in meant if f.id in named), None)
            made_by = next((f for f in meant if maker and fold(maker) in f.makers), None)
            if passage.denied(start, end) or (passage.in_longer_name(hit) and not made_by):
                continue
            family = known or made_by or meant[0]
            if (
                made_by
                or passage.just_before_noun(end)
                or (known and self._is_spoken_of(passage, hit, start))
                or (not known and self._is_told(passage, hit, start, end, family, others=bool(named)))
            ):
                begin = passage.makers[passage.edge(start)][0] if made_by and passage.edge(start) in passage.makers else start
                span = Span(begin, end, family, family.icao, family.name, "", _NEAR, False)
                self._add_marks(passage, span, family)
                made.append(span)
        return made

    def _is_spoken_of(self, passage: Passage, hit: Hit, start: int) -> bool:
        """Whether a common word means the type that the article has named: "the Eagle", "dubbed Bear", "two Eagles"."""
        doc = passage.doc
        return (
            shapes.dubbed().search(passage.folded[max(0, start - 30) : start]) is not None
            or (hit.start > 0 and _introduces_one(doc[hit.start - 1]))
            or hit.text.endswith("s")
            or context.aviation(doc).in_sentence(doc, hit.start, hit.end)
        )

    def _is_told(self, passage: Passage, hit: Hit, start: int, end: int, family: Family, *, others: bool) -> bool:
        """Whether a common word means a type that the article has not named: an air force has it, or it flies; `others`:
        other types are named."""
        doc = passage.doc
        first = hit.start
        while first and hit.start - first < _NATIONALITIES and context.label(doc, first - 1) == "NORP":
            # "three Spanish Hercules", "a French Atlas"
            first -= 1
        before = doc[first - 1] if first else None
        if before is None:
            return False
        if before.lower_ in context.words("flown_by") and before.text[:1].isupper():
            return True
        if not _introduces_one(before):
            return False
        if any(c.isdigit() for c in hit.text):
            return passage.beside(start, end, []) or passage.maker_spoken_of(hit.start)
        if _is_downed(doc[hit.start : hit.end].root):
            return True
        aviation = context.aviation(doc)
        if hit.text.endswith("s") and self._near_names.lookup(hit.text[:-1]):
            return others and aviation.heavy and doc[hit.end - 1].pos_ in {"NOUN", "PROPN"}
        if passage.flies(start, end):
            return True
        root = doc[hit.start : hit.end].root
        large = family.kind in _LARGE and root.dep_ in {"nsubj", "nsubjpass", "dobj", "pobj", "ROOT"}
        crashed = root.dep_ == "nsubj" and context.lemma(root.head) in context.words("verb")
        return large and (crashed or aviation.in_sentence(doc, hit.start, hit.end))

    def _of_maker(self, known: list[Family], maker: str | None) -> Family | None:
        """The family that the maker before the name allows; the first one without a maker."""
        if not known or maker is None:
            return known[0] if known else None
        return next((f for f in known if fold(maker) in f.makers), None)

    def _found(self, passage: Passage, spans: list[Span]) -> list[Found]:
        """Gives each span its tokens and its key; a family without a variant takes the only variant of the article."""
        variants: dict[str, set[str]] = defaultdict(set)
        for span in spans:
            if span.family is not None and span.icao != span.family.icao:
                variants[span.family.id].add(f"{span.icao}/{span.name}" if span.icao is None else span.icao)
        found = []
        for span in sorted(spans, key=lambda s: s.start):
            tokens = passage.doc.char_span(span.start, span.end, alignment_mode="expand")
            if tokens is None:
                continue
            icao, key = span.icao, f"aircraft_type:{shapes.key(span.name)}"
            if span.family is not None:
                other = variants[span.family.id]
                own = f"{span.icao}/{span.name}" if span.icao is None and span.icao != span.family.icao else span.icao
                if span.icao == span.family.icao and len(other) == 1:
                    own = next(iter(other))
                    icao = None if "/" in own else own
                key = f"aircraft_type:{span.family.id}:{own or ''}"
            found.append(
                Found(
                    tokens.start,
                    tokens.end,
                    EntityType.AIRCRAFT_TYPE,
                    span.name,
                    self.name,
                    span.score,
                    key=key,
                    links=Links(icao_type=icao),
                    kind=span.family.kind if span.family else span.kind,
                )
            )
        return found


def _introduces_one(token: Token) -> bool:
    """Whether an article, a number or an opening mark stands before a name."""
    return token.lower_ in context.words("article") | context.words("counting") or token.text in {"(", '"', "“"}


def _is_downed(name: Token) -> bool:
    """ "Brought down a *Chinook*", "a *Hercules* was hijacked": what is done to aircraft alone."""
    verb = name.head
    if name.dep_ not in ("dobj", "nsubjpass"):
        return False
    down = context.lemma(verb) in context.words("brought_down") and any(c.lower_ == "down" for c in verb.children)
    return down or context.lemma(verb) in context.words("downed")


def build() -> Aircraft:
    """The finder over all aircraft types."""
    return Aircraft()
