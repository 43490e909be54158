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
from dataclasses import dataclass, field
from functools import lru_cache

from spacy.tokens import Doc

from pipeline.entities import context, matching
from pipeline.entities.finding import Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import fold
from pipeline.records import EntityType, Links

_DESIGNATION = re.compile(r"(?<![\w/.-])(?P<prefix>[a-z]{1,3}/[a-z]|[a-z]{1,8})(?P<gap>[- ]?)(?P<number>\d{1,4})(?![\d])")
_SERIES = re.compile(r"(?<![\w.,/$£€-])(?P<number>7[0-8]7)(?![\d]|[.,]\d)")
_LETTERS = re.compile(r"(?:-[A-Z]{1,3}(?![\w])|[A-Z]{1,5}\d{0,2}(?:-[A-Z]{2,3})?(?:/[A-Z]{1,2}){0,3})(?=s?(?![\w]))")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_STRONG, _NAMED, _NEAR, _SHAPE = 0.95, 0.93, 0.85, 0.72
_BESIDE = 5
# Boeing's customer codes: "737-8AS" is a 737-800 built for one airline.
_CUSTOMER = re.compile(r"-(?P<series>[1-9])(?:[A-Z][A-Z0-9]|\d[A-Z])(?!\w)")
# A mark behind a name: "Rafale F4", "AS350 B3", "Hawk T2".
_MARK_BEHIND = re.compile(r" [A-Z]{1,3}\d{1,2}[A-Z]?(?![\w-])")
# A series behind a designation: "Il-96-300", "MD-82-2".
_SERIES_BEHIND = re.compile(r"-\d{3}[A-Z]{0,3}(?!\w)")
# A number that is part of a larger one, or that counts something.
_COUNTED = re.compile(
    r"[.,]\d|-\d|%"
    r"| ?(?:million|billion|km|kilometers|kilometres|miles|euros|dollars|people|passengers|votes|seats|feet|metres|meters|days)\b"
)
_BEFORE_TYPES = {"the", "a", "an", "two", "three", "four", "five", "six", "(", '"', "“"}
_REPORTED = re.compile(r"(?:reporting name|nicknamed|codenamed|dubbed|known as|called|nickname|type)\W+(?:the )?\W?$")


@dataclass(frozen=True, slots=True)
class Family:
    """A row of aircraft_families.tsv."""

    id: str
    name: str
    icao: str | None
    makers: frozenset[str]
    kind: str
    variants: tuple[tuple[re.Pattern[str], str, str | None], ...]


@dataclass(slots=True)
class _Span:
    """A type's name in the text, in characters, before its tokens are looked up."""

    start: int
    end: int
    family: Family | None
    icao: str | None
    name: str
    variant: str
    score: float
    sure: bool


@dataclass(slots=True)
class _Text:
    """A Doc with what the steps share."""

    doc: Doc
    text: str
    folded: str
    first: dict[int, int]
    last: dict[int, int]
    makers: dict[int, tuple[int, str]] = field(default_factory=dict)
    """end of a maker's name in characters → its start and its name."""
    maker_starts: dict[int, tuple[int, str]] = field(default_factory=dict)

    def token(self, character: int) -> int:
        """The token that covers a character."""
        span = self.doc.char_span(character, character + 1, alignment_mode="expand")
        return span.start if span is not None else 0


class Aircraft:
    """The finder for aircraft types."""

    name = "aircraft"

    def __init__(self) -> None:
        self._families = {row["id"]: _family(row) for row in rows("aircraft_families.tsv")}
        self._strong: dict[str, list[Family]] = defaultdict(list)
        self._near: dict[str, list[Family]] = defaultdict(list)
        names, near_names = [], []
        for row in rows("aircraft_families.tsv"):
            family = self._families[row["id"]]
            for kind, index in (("designations", self._strong), ("near", self._near)):
                for designation in listed(row[kind]):
                    index[_key(designation)].append(family)
                    if not re.search(r"\d", designation) or not _DESIGNATION.fullmatch(
                        re.sub(r"(?<=\d)\D.*$", "", fold(designation))
                    ):
                        names.append((designation, family.id))
            names += [(name, family.id) for name in listed(row["names"])]
            near_names += [(name, family.id) for name in listed(row["near_names"])]
        self._names = matching.table("aircraft names", ((n, k) for n, k in names if not n.isdigit()))
        self._near_names = matching.table("aircraft names with evidence", near_names)
        self._makers = matching.table("aircraft makers", ((row["name"], row["name"]) for row in rows("aircraft_makers.tsv")))
        self._prefixes = {fold(row["name"]): row["prefix"] for row in rows("aircraft_makers.tsv") if row["prefix"]}
        self._models, self._codes = _doc8643()

    def __call__(self, doc: Doc) -> list[Found]:
        first, last = matching.token_edges(doc)
        text = _Text(doc, doc.text, fold(doc.text), first, last)
        for hit in self._makers.find(doc):
            start, end = doc[hit.start].idx, doc[hit.end - 1].idx + len(doc[hit.end - 1])
            text.makers[end], text.maker_starts[start] = (start, hit.name), (end, hit.name)
        spans = self._designations(text) + self._series(text) + self._named(text) + self._models_after_makers(text)
        spans = _longest([self._widened(text, span) for span in spans])
        spans += self._with_evidence(text, spans)
        spans = _longest(spans)
        spans += self._makers_alone(text, spans)
        return self._found(text, spans)

    def _designations(self, text: _Text) -> list[_Span]:
        """ "Il-62M", "F/A-18E/F", "MiG 29", "Ilyushin-76", and unknown ones of the same shape."""
        spans = []
        for match in _DESIGNATION.finditer(text.folded):
            shown = text.text[match.start() : match.end()]
            if not shown[0].isupper():
                continue
            prefix = self._prefixes.get(match["prefix"], match["prefix"])
            spelled = prefix != match["prefix"]
            if match["gap"] == " " and len(match["prefix"]) < 2:
                continue
            key = f"{prefix.replace('/', '')}{match['number']}"
            end, letters = _suffix(text.text, match.end())
            spans += self._designation(text, match.start(), match.end(), end, key, letters, spelled, match)
        return spans

    def _designation(
        self, text: _Text, start: int, number_end: int, end: int, key: str, letters: str, spelled: bool, match: re.Match[str]
    ) -> list[_Span]:
        full = key + _key(letters)
        maker = _maker_before(text, start)
        shown = text.text[start:end]
        token = text.token(start)
        joined = (
            match["gap"] != " "
            or spelled
            or len(match["prefix"]) > 2
            or shown[1].isupper()
            or shown.startswith(("Mi", "Su", "Il", "Tu", "An", "Ka"))
        )
        for index, trust in ((self._strong, _STRONG), (self._near, _NEAR)):
            exact = letters and full in index
            family = self._of_maker(index.get(full) or index.get(key) or [], maker)
            if family is None or not joined:
                continue
            sure = trust == _STRONG or maker is not None
            if self._denied(text, start, end) or (not sure and not self._beside(text, start, end)):
                continue
            if not sure and not shown[0].isupper():
                continue
            variant, icao, stop = _variant(family, text.text, text.folded, number_end, end, "" if exact else letters)
            stop = max(stop, end)
            series = _SERIES_BEHIND.match(text.text, stop)
            stop = series.end() if series else stop
            if _runs_on(text.text, stop):
                continue
            name = _display(family, variant, text.text[start:stop])
            return [_Span(start, stop, family, icao, name, variant, trust, sure)]
        if _runs_on(text.text, end):
            return []
        if match["gap"] == " " and not maker:
            return []
        return self._by_shape(text, start, end, key, full, maker, shown, token)

    def _by_shape(
        self, text: _Text, start: int, end: int, key: str, full: str, maker: str | None, shown: str, token: int
    ) -> list[_Span]:
        """A designation that only Doc 8643 knows, or none."""
        if self._denied(text, start, end) or len(shown) < 3:
            return []
        codes = self._models_of(maker, full) or self._models_of(maker, key) if maker else None
        if codes is None:
            codes = self._codes.get(full) or self._codes.get(key) or set()
            if maker and codes:
                codes = set()
        if maker is None and not self._just_before_noun(text, end):
            return []
        if maker is None and (
            not re.match(r"[A-Za-z]{1,4}-?\d{1,3}[A-Z]{0,3}", shown)
            or not shown[0].isupper()
            or not re.match(r"[A-Z/]{1,4}|[A-Z][a-z]", shown)
        ):
            return []
        if context.label(text.doc, token) in {"DATE", "MONEY", "LAW"} or re.match(
            r"(?:No|Flight|Unit|Group|Article|Section|Route|Gate|Room|Day|July|June|May|March|Level|Phase|Block|Mark|Mk|Top|Chapter|World|Class|Type|Grade|Terminal|Runway)\b",
            shown,
        ):
            return []
        icao = next(iter(codes)) if len(codes) == 1 else None
        return [_Span(start, end, None, icao, shown, "", _SHAPE if maker is None else _NEAR, maker is not None)]

    def _series(self, text: _Text) -> list[_Span]:
        """Boeing's 7x7: "Boeing 737", "737-800", "737s", and "737" alone where the article speaks of Boeings."""
        spans = []
        boeing = any(name == "Boeing" for _, name in text.makers.values())
        for match in _SERIES.finditer(text.folded):
            family = self._strong[match["number"]][0]
            maker = _maker_before(text, match.start())
            if maker not in {None, "Boeing"}:
                continue
            variant, icao, stop = _variant(family, text.text, text.folded, match.end(), match.end(), "")
            if stop < len(text.text) and text.text[stop].isalnum() and not _plural(text.text, stop):
                continue
            if _COUNTED.match(text.folded, stop):
                continue
            before = text.doc[text.token(match.start()) - 1].lower_ if text.token(match.start()) else ""
            if before in {"flight", "$", "#", "no.", "number"}:
                continue
            aviation, token = context.aviation(text.doc), text.token(match.start())
            told = maker or variant or boeing or _plural(text.text, stop) or self._just_before_noun(text, stop)
            told = told or (token > 0 and context.label(text.doc, token - 1) == "ORG")
            if not told and _counts(text.doc, token):
                continue
            if not (maker or variant or boeing) and not aviation.heavy and not aviation.in_sentence(text.doc, token, token + 1):
                continue
            spans.append(
                _Span(
                    match.start(),
                    stop,
                    family,
                    icao,
                    _display(family, variant, ""),
                    variant,
                    _STRONG,
                    maker is not None or bool(variant),
                )
            )
        return spans

    def _named(self, text: _Text) -> list[_Span]:
        """Names that mean the aircraft wherever they stand: "Black Hawk", "737 MAX"."""
        spans = []
        for hit in self._names.find(text.doc):
            start = text.doc[hit.start].idx
            span = context.labels(text.doc)[hit.start]
            if (
                span is not None
                and span.label_ in {"PERSON", "WORK_OF_ART", "EVENT", "GPE"}
                and (span.start < hit.start or span.end > hit.end)
            ):
                continue
            if self._denied(text, start, start + len(hit.text)):
                continue
            family = (
                self._of_maker([self._families[key] for key in hit.keys], _maker_before(text, start))
                or self._families[hit.keys[0]]
            )
            end = start + len(hit.text)
            variant, icao, stop = _variant(family, text.text, text.folded, end, end, "")
            spans.append(_Span(start, stop, family, icao, _display(family, variant, ""), variant, _NAMED, True))
        return spans

    def _models_after_makers(self, text: _Text) -> list[_Span]:
        """ "Cessna Citation", "Dassault Falcon 900EX": a model that Doc 8643 lists for the maker."""
        spans = []
        for start, (end, maker) in text.maker_starts.items():
            token = text.last.get(end)
            if token is None or token >= len(text.doc) or text.text[end : end + 1] not in {" ", "-"}:
                continue
            for size in (4, 3, 2, 1):
                words = text.doc[token : token + size]
                if len(words) < size or not all(
                    w.text[0].isupper() or w.text[0].isdigit() or w.text in {"-", "/"} for w in words
                ):
                    continue
                codes = self._models_of(maker, _key(words.text))
                if codes is None and maker != "Boeing" and re.fullmatch(r"\d+[A-Z]{1,3}", words[-1].text):
                    codes = self._models_of(maker, re.sub(r"[a-z]+$", "", _key(words.text)))
                if codes:
                    stop = words[-1].idx + len(words[-1])
                    family = None
                    spans.append(
                        _Span(
                            start,
                            stop,
                            family,
                            next(iter(codes)) if len(codes) == 1 else None,
                            f"{maker} {words.text}",
                            "",
                            _NAMED,
                            True,
                        )
                    )
                    break
        return spans

    def _models_of(self, maker: str | None, model: str) -> set[str] | None:
        return self._models.get((fold(maker or ""), model))

    def _widened(self, text: _Text, span: _Span) -> _Span:
        """Takes in the maker before and the type's own name behind: "Boeing C-17 Globemaster III", "Airbus A321"."""
        before = re.search(r"[ ]?[\"']?$", text.text[: span.start])
        edge = before.start() if before else span.start
        if edge in text.makers and "\n" not in text.text[edge : span.start]:
            start, maker = text.makers[edge]
            if span.family is None or not span.family.makers or fold(maker) in span.family.makers:
                span.start = start
                if span.family is None and fold(maker) not in fold(span.name):
                    span.name = f"{maker} {span.name}"
        if span.family is not None:
            for hit in (*self._near_names.find(text.doc), *self._names.find(text.doc)):
                start = text.doc[hit.start].idx
                gap = text.text[span.end : start] if span.end < start <= span.end + 3 else ""
                if span.family.id in hit.keys and gap in {" ", ' "', " “", " '", " ‘"}:
                    span.end = max(span.end, start + len(hit.text))
            mark = _MARK_BEHIND.match(text.text, span.end)
            if mark and span.family.kind != "airliner":
                span.end = mark.end()
            behind = re.match(r" (?:family|Family)\b", text.text[span.end :])
            if behind and span.family.kind in {"airliner", "business"}:
                span.end += behind.end()
        return span

    def _with_evidence(self, text: _Text, spans: list[_Span]) -> list[_Span]:
        """Names that are also common words: "Gripen fighters", "the Hercules" after "C-130"."""
        made = []
        named = {span.family.id for span in spans if span.family is not None and span.sure}
        for hit in self._near_names.find(text.doc):
            start, end = text.doc[hit.start].idx, text.doc[hit.end - 1].idx + len(text.doc[hit.end - 1])
            if any(span.start < end and start < span.end for span in spans) or (hit.text.isupper() and len(hit.text) > 4):
                continue
            maker = _maker_before(text, start)
            families = [self._families[key] for key in hit.keys]
            known = next((f for f in families if f.id in named), None)
            made_by = next((f for f in families if maker and fold(maker) in f.makers), None)
            if self._denied(text, start, end) or (_in_longer_name(text.doc, hit) and not made_by):
                continue
            if made_by or self._just_before_noun(text, end) or self._is_meant(text, hit, start, known is not None, bool(named)):
                family = known or made_by or families[0]
                begin = text.makers[_edge(text, start)][0] if made_by and _edge(text, start) in text.makers else start
                made.append(_Span(begin, end, family, family.icao, family.name, "", _NEAR, False))
        return made

    def _is_meant(self, text: _Text, hit: matching.Hit, start: int, known: bool, others: bool) -> bool:
        """Whether the article's other words make a common word the type: it named the type, or others, and speaks of aircraft."""
        article = text.doc[hit.start - 1].lower_ if hit.start else ""
        aviation = context.aviation(text.doc)
        if not known:
            plural = hit.text.endswith("s") and article in _BEFORE_TYPES and text.doc[hit.end - 1].pos_ in {"NOUN", "PROPN"}
            return plural and others and aviation.heavy
        reported = _REPORTED.search(text.folded[max(0, start - 30) : start])
        return (
            bool(reported)
            or article in _BEFORE_TYPES
            or hit.text.endswith("s")
            or aviation.in_sentence(text.doc, hit.start, hit.end)
        )

    def _makers_alone(self, text: _Text, spans: list[_Span]) -> list[_Span]:
        """ "the Ilyushin" after "Il-20M": the only type of that maker that the article names."""
        made = []
        for start, (end, maker) in text.maker_starts.items():
            if any(span.start < end and start < span.end for span in spans):
                continue
            token = text.first.get(start, 0)
            article = text.doc[token - 1].lower_ if token else ""
            after = text.doc[text.last[end]] if text.last.get(end, len(text.doc)) < len(text.doc) else None
            if (
                article not in {"the", "an", "a", "this"}
                or after is None
                or after.text[0].isupper()
                or (after.pos_ == "NOUN" and after.lower_ not in context.words("noun"))
            ):
                continue
            types = {
                id(span.family): span
                for span in spans
                if span.family is not None and fold(maker) in span.family.makers and span.sure
            }
            if len(types) == 1:
                of = next(iter(types.values()))
                made.append(_Span(start, end, of.family, of.family.icao if of.family else None, of.name, "", 0.8, False))
        return made

    def _of_maker(self, families: list[Family], maker: str | None) -> Family | None:
        """The family that the maker before the name allows; the first one without a maker."""
        if not families or maker is None:
            return families[0] if families else None
        return next((f for f in families if fold(maker) in f.makers), None)

    def _denied(self, text: _Text, start: int, end: int) -> bool:
        """Whether the word behind says that the name is a missile, a tank, a road …"""
        token = text.last.get(end) or text.last.get(end + 1)
        if token is None or token >= len(text.doc):
            return False
        words = [context.singular(t) for t in text.doc[token : token + 2] if not t.is_punct]
        return bool(words) and words[0] in context.words("not_aircraft")

    def _just_before_noun(self, text: _Text, end: int) -> bool:
        """Whether "jet", "bomber", "helicopter" … stands behind within a noun phrase."""
        token = text.last.get(end) or text.last.get(end + 1)
        if token is None:
            return False
        for other in text.doc[token : token + _BESIDE]:
            if other.lower_ in context.words("noun") or context.singular(other) in context.words("noun"):
                return True
            if other.text == "-":
                continue
            joined = other.i + 1 < len(text.doc) and (text.doc[other.i + 1].text == "-" or text.doc[other.i - 1].text == "-")
            if (
                (other.pos_ not in {"ADJ", "NOUN", "PROPN", "VERB"} and not joined)
                or other.text in {".", ",", ";", ":"}
                or "\n" in other.text
            ):
                return False
        return False

    def _beside(self, text: _Text, start: int, end: int) -> bool:
        token = text.token(start)
        return self._just_before_noun(text, end) or context.aviation(text.doc).in_sentence(text.doc, token, token + 1)

    def _found(self, text: _Text, spans: list[_Span]) -> list[Found]:
        """Gives each span its tokens and its key; a family without a variant takes the only variant of the article."""
        variants: dict[str, set[str]] = defaultdict(set)
        for span in spans:
            if span.family is not None and span.icao != span.family.icao:
                variants[span.family.id].add(f"{span.icao}/{span.name}" if span.icao is None else span.icao)
        found = []
        for span in sorted(spans, key=lambda s: s.start):
            tokens = text.doc.char_span(span.start, span.end, alignment_mode="expand")
            if tokens is None:
                continue
            icao, key = span.icao, f"aircraft_type:{_key(span.name)}"
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
                    kind=span.family.kind if span.family else None,
                )
            )
        return found


def build() -> Aircraft:
    """The finder over all aircraft types."""
    return Aircraft()


def _family(row: dict[str, str]) -> Family:
    variants = []
    for item in sorted(listed(row["variants"]), key=lambda v: -len(v.split("=")[0])):
        suffix, code = item.split("=")
        variants.append((_variant_pattern(suffix), suffix, code or None))
    return Family(row["id"], row["name"], row["icao"] or None, frozenset(listed(row["makers"])), row["kind"], tuple(variants))


def _variant_pattern(suffix: str) -> re.Pattern[str]:
    """How a suffix is written behind a family's name: "-800", "MAX 8", "neo"; figures need a hyphen or stand behind a word."""
    parts = re.findall(r"\d+|[a-z]+", suffix)
    lead = r"[- ]" if parts[0] == "max" else (r"[-]" if parts[0].isdigit() else r"[- ]?")
    return re.compile(lead + r"[- ]?".join(re.escape(part) for part in parts) + r"(?=s?(?![\w]))")


def _variant(family: Family, text: str, folded: str, number_end: int, end: int, letters: str) -> tuple[str, str | None, int]:
    """The variant that is written behind the family's name: its suffix, its code, and where it ends."""
    for pattern, _, code in family.variants:
        match = pattern.match(folded, number_end)
        if match and (match.end() >= end):
            return text[number_end : match.end()].strip(" -"), code, match.end()
    customer = _CUSTOMER.match(text, number_end) if "boeing" in family.makers else None
    if customer:
        series = f"{customer['series']}00"
        code = next((c for _, suffix, c in family.variants if suffix == series), family.icao)
        return series, code, customer.end()
    if letters:
        short = letters.split("-")[0].split("/")[0]
        code = next((c for _, suffix, c in family.variants if suffix == fold(letters) or suffix == fold(short)), family.icao)
        return letters, code, end
    return "", family.icao, end


def _suffix(text: str, end: int) -> tuple[int, str]:
    """The capital letters right behind a number: "M", "MKI", "M-ON", "E/F"."""
    match = _LETTERS.match(text, end)
    return (match.end(), match.group()) if match else (end, "")


def _display(family: Family, variant: str, shown: str) -> str:
    """The entity's name: the family's, with the variant that the text gives."""
    if not variant:
        return family.name
    if shown:
        maker = max((m for m in family.makers if fold(family.name).startswith(f"{m} ")), key=len, default="")
        return f"{family.name[: len(maker)]} {shown}".strip()
    return (
        f"{family.name}{'-' if variant[0].isdigit() else ' '}{variant}"
        if variant[0].isdigit() or len(variant) > 2
        else f"{family.name}{variant}"
    )


def _longest(spans: list[_Span]) -> list[_Span]:
    """Spans that do not overlap: those whose family is known first, the longer ones before the shorter."""
    chosen: list[_Span] = []
    for span in sorted(spans, key=lambda s: (-(s.end - s.start) - 3 * (s.family is not None), s.start)):
        if all(span.end <= other.start or span.start >= other.end for other in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda s: s.start)


def _in_longer_name(doc: Doc, hit: matching.Hit) -> bool:
    """Whether the tagger sees a longer person, place or organisation around the hit."""
    span = context.labels(doc)[hit.start]
    labels = {"PERSON", "ORG", "GPE", "WORK_OF_ART", "EVENT", "LOC"}
    return span is not None and span.label_ in labels and (span.start < hit.start or span.end > hit.end)


def _edge(text: _Text, start: int) -> int:
    return start - 1 if text.text[start - 1 : start] in {" ", "-"} else start


def _maker_before(text: _Text, start: int) -> str | None:
    """The maker whose name ends right before a character."""
    known = text.makers.get(_edge(text, start))
    return known[1] if known else None


def _counts(doc: Doc, token: int) -> bool:
    """Whether a number counts what follows it: "747 tickets"."""
    after = doc[token + 1] if token + 1 < len(doc) else None
    return doc[token].dep_ == "nummod" or (after is not None and after.pos_ in {"NOUN", "PROPN", "ADJ"})


def _runs_on(text: str, end: int) -> bool:
    """Whether a letter or figure stands at `end` that is no plural "s"."""
    return end < len(text) and text[end].isalnum() and not _plural(text, end)


def _plural(text: str, end: int) -> bool:
    return text[end : end + 1] == "s" and not text[end + 1 : end + 2].isalnum()


@lru_cache(maxsize=8192)
def _key(name: str) -> str:
    """A designation or model without spaces and hyphens, Roman numerals as figures: "Globemaster III" is "globemaster3"."""
    words = re.findall(r"[a-z]+|\d+", fold(name))
    return "".join(_ROMAN.get(word, word) if i else word for i, word in enumerate(words))


def _doc8643() -> tuple[dict[tuple[str, str], set[str]], dict[str, set[str]]]:
    """(maker, model) → designators, and designation → designators, of ICAO Doc 8643."""
    models: dict[tuple[str, str], set[str]] = defaultdict(set)
    codes: dict[str, set[str]] = defaultdict(set)
    known = sorted({fold(row["name"]) for row in rows("aircraft_makers.tsv")})
    of_maker: dict[str, list[str]] = {}
    for row in rows("aircraft_types.tsv.gz"):
        maker, model = row["maker"], row["model"]
        names = of_maker.get(maker)
        if names is None:
            plain = fold(maker)
            names = [n for n in known if plain == n or plain.startswith(f"{n} ") or n.startswith(f"{plain} ")]
            of_maker[maker] = names
        head = model.split(" ")[0]
        designation = _key(head) if any(c.isdigit() for c in head) else ""
        for name in names:
            models[name, _key(model)].add(row["icao"])
            if designation:
                models[name, designation].add(row["icao"])
        if designation:
            codes[designation].add(row["icao"])
    return models, codes
