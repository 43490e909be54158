"""Finds single aircraft: registrations, serials, callsigns and flight numbers.

In: a parsed Doc. Out: `Found` of type aircraft; kind "airframe", "callsign" or "flight_number"; links carry the airline's
codes and the country that the mark or the operator belongs to, `parent_key` the operator. Knowledge:
registration_prefixes.tsv (ICAO Annex 7), callsigns.tsv, named_airframes.tsv, and the airlines' codes in organisations.tsv.

A mark such as "RA-86559" is plain enough; short ones ("G-ABCD", "N123"), callsigns and flight numbers without the word
"flight" need words about aircraft in their sentence. "MH370" and "Malaysia Airlines Flight 370" are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spacy.tokens import Doc

from pipeline.entities import context, countries, matching
from pipeline.entities.finding import Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import Hit
from pipeline.records import EntityType, Links

_FLIGHT = re.compile(
    r"(?<!\w)(?P<word>[Ff]lights?|FLIGHT|[Ss]ervice)(?: number| no\.?)? "
    r"(?P<code>[A-Z][A-Z0-9]|[A-Z]{3}|\d[A-Z])?[ -]?(?P<number>\d{1,4})(?![\w,]|[.]\d|-\d)"
)
_CODED = re.compile(r"(?<![\w/-])(?P<code>[A-Z]{2,3}|[A-Z]\d|\d[A-Z])(?P<gap>[ -]?)(?P<number>\d{2,4}[A-Z]?)(?![\w-])")
_NAMED_AFTER = re.compile(
    r"(?:tail number|serial number|registration(?: number| mark)?|registered(?: as)?|tail no\.|serial|reg\.)[ :]+"
    r"(?:is |was )?[\"“']?(?P<mark>[A-Z0-9][A-Z0-9-]{2,9})(?![\w])"
)
_CALLED = re.compile(
    r"call ?signs? (?:is |was |of )?[\"“']?(?P<mark>[A-Z][A-Za-z]{1,9}[ -]?\d{1,4}[A-Z]{0,2}|[A-Z]{3,9}\d{0,4})(?![\w])"
)
# What may be a registration: a mark, perhaps a hyphen, letters and figures.
_MARK = re.compile(r"(?<![\w-])(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{1,5}-?[A-Z0-9]{2,6}(?![\w-])")
# Registers that write the mark without a hyphen, and those that write it both ways.
_JOINED = {"N", "HL", "JA"}
_EITHER = {"YV", "RDPL", "FAC", "FAE", "FAP", "FAV"}
# What a military aircraft bears right behind its type: "Voyager ZZ336", "C-17 (99-0062)", "HC-130, CG1503".
_SERIAL = re.compile(r"(?: ?\(|, | )(?P<mark>[A-Z]{2}\d{3,4}|\d{2}-\d{4,5}|[A-Z]{1,3}-\d{3,5})(?![\w-])")
_NUMBER = re.compile(r" (?P<number>\d{2,4})(?![\w%]|[.,:]\d|-\d)")
_NEARBY = 8


@dataclass(frozen=True, slots=True)
class _Operator:
    """Who flies under a code or callsign."""

    name: str
    key: str | None
    country: str
    icao: str | None
    iata: str | None
    word: bool = False


class Airframes:
    """The finder for single aircraft."""

    name = "airframes"

    def __init__(self) -> None:
        self._marks: dict[str, list[tuple[re.Pattern[str], str, str]]] = {}
        for row in rows("registration_prefixes.tsv"):
            self._marks.setdefault(row["prefix"], []).append((_mark(row["prefix"], row["rest"]), row["iso2"], row["prefix"]))
        self._airlines: dict[str, _Operator] = {}
        self._airline_names: list[tuple[str, str]] = []
        former: dict[str, _Operator] = {}
        for row in rows("organisations.tsv"):
            if row["kind"] == "airline":
                former |= self._add_airline(row)
        # A code that was given again means the airline that has it now.
        self._airlines = former | self._airlines
        self._names = matching.table("airlines", self._airline_names)
        self._callsigns = {row["callsign"]: _callsign(row) for row in rows("callsigns.tsv")}
        words = "|".join(re.escape(word) for word in sorted(self._callsigns, key=lambda w: (-len(w), w)))
        self._callsign = re.compile(rf"(?<![\w-])(?P<word>{words})(?P<gap> ?)(?P<number>\d{{1,4}}[A-Z]?)(?![\w-])")
        self._known = {row["name"]: row for row in rows("named_airframes.tsv")}
        self._known_names = matching.table("named airframes", ((name, name) for name in self._known))

    def _add_airline(self, row: dict[str, str]) -> dict[str, _Operator]:
        """Adds an airline under its codes and names; returns it under the code that it had and has no more."""
        codes = dict(item.split("=", 1) for item in row["codes"].split("; ") if "=" in item)
        operator = _Operator(row["name"], f"org:{row['key']}", row["country"], codes.get("icao"), codes.get("iata"))
        for code in (operator.icao, operator.iata):
            if code:
                self._airlines.setdefault(code, operator)
        for name in (row["name"], *listed(row["aliases"])):
            self._airline_names.append((name, operator.icao or operator.iata or ""))
        return {codes["former_iata"]: operator} if "former_iata" in codes else {}

    def __call__(self, doc: Doc) -> list[Found]:
        found = [
            *self._registrations(doc),
            *self._flights(doc),
            *self._signs(doc),
            *self._by_name(doc),
            *self._said(doc),
            *self._serials(doc),
        ]
        return sorted(found, key=lambda f: (f.start, -f.end))

    def _registrations(self, doc: Doc) -> list[Found]:
        found = []
        for match in _MARK.finditer(doc.text):
            mark = match.group()
            starts = (mark[:n] for n in range(min(4, len(mark)), 0, -1))
            near = (entry for start in starts for entry in self._marks.get(start, ()))
            of = next(((iso2, prefix) for pattern, iso2, prefix in near if pattern.fullmatch(mark)), None)
            if of is None:
                continue
            iso2, prefix = of
            digits = sum(c.isdigit() for c in mark)
            plain = len(prefix) > 1 and (digits >= 3 or "-" in mark)
            if not plain and not self._evidence(doc, match.start(), match.end()):
                continue
            if len(prefix) == 1 and digits == 0 and mark[-4:].lower() in context.words("not_mark"):
                continue
            found += self._make(
                doc,
                match.start(),
                match.end(),
                mark,
                f"airframe:{mark.replace('-', '')}",
                "airframe",
                _Operator("", None, iso2, None, None),
                0.95,
            )
        return found

    def _flights(self, doc: Doc) -> list[Found]:
        found = []
        airlines = self._names.find(doc)
        text = doc.text
        for match in _FLIGHT.finditer(text):
            code, number = match["code"], match["number"]
            operator = self._airlines.get(code or "")
            start = match.start()
            if code is None:
                token = doc.char_span(start, match.end(), alignment_mode="expand")
                hit = next(
                    (h for h in airlines if token is not None and (h.end == token.start or _is_of(doc, token.end, h))), None
                )
                if hit is not None:
                    operator = self._airlines.get(hit.keys[0])
                elif match["word"].lower().startswith("service") or not match["word"][0].isupper():
                    continue
            elif operator is None and match["word"].lower().startswith("service"):
                continue
            name, key = text[start : match.end()], f"flight:{code or ''}{number}"
            if operator:
                name, key = _flight(operator, number)
            found += self._make(
                doc, match.start("code") if code else start, match.end(), name, key, "flight_number", operator, 0.95
            )
        for match in _CODED.finditer(text):
            operator = self._airlines.get(match["code"])
            if operator is None or (match["gap"] and match["code"].isalpha() and len(match["code"]) == 3):
                continue
            named = any(self._airlines.get(h.keys[0]) == operator for h in airlines)
            if named or (
                len(match["number"]) >= 3
                and match["code"].isalpha()
                and not match["gap"]
                and self._evidence(doc, match.start(), match.end())
            ):
                name, key = _flight(operator, match["number"])
                found += self._make(doc, match.start(), match.end(), name, key, "flight_number", operator, 0.88 if named else 0.8)
        return [*found, *self._numbered(doc, airlines)]

    def _numbered(self, doc: Doc, airlines: list[Hit]) -> list[Found]:
        """ "Air France 447", "Varig 254": an airline's name and a number that counts nothing."""
        found = []
        text = doc.text
        for hit in airlines:
            operator = self._airlines.get(hit.keys[0])
            end = doc[hit.end - 1].idx + len(doc[hit.end - 1])
            match = _NUMBER.match(text, end)
            if operator is None or match is None or match["number"] in context.words("model_number"):
                continue
            token = doc[hit.end]
            following = doc[hit.end + 1] if hit.end + 1 < len(doc) else None
            counted = following is not None and (following.pos_ in {"NOUN", "PROPN", "ADJ"} or following.text in {"-", "%"})
            if counted or not (self._evidence(doc, doc[hit.start].idx, match.end()) or context.aviation(doc).heavy):
                continue
            name, key = _flight(operator, match["number"])
            found += self._make(doc, token.idx, match.end(), name, key, "flight_number", operator, 0.8)
        return found

    def _serials(self, doc: Doc) -> list[Found]:
        """What stands right behind an aircraft's type and looks like a mark."""
        found = []
        text = doc.text
        for end in context.ends_of_types(doc):
            match = _SERIAL.match(text, doc[end - 1].idx + len(doc[end - 1]))
            if match is not None:
                mark = match["mark"]
                key = f"airframe:{mark.replace('-', '')}"
                found += self._make(doc, match.start("mark"), match.end("mark"), mark, key, "airframe", None, 0.85)
        return found

    def _signs(self, doc: Doc) -> list[Found]:
        found = []
        for match in self._callsign.finditer(doc.text):
            operator = self._callsigns[match["word"]]
            if (match["gap"] and not operator.word) or not self._evidence(doc, match.start(), match.end()):
                continue
            mark = match.group()
            found += self._make(
                doc, match.start(), match.end(), mark, f"airframe:{mark.replace(' ', '')}", "callsign", operator, 0.9
            )
        return found

    def _by_name(self, doc: Doc) -> list[Found]:
        found = []
        for hit in self._known_names.find(doc):
            row = self._known[hit.keys[0]]
            operator = _Operator(
                row["operator"], f"org:{row['organisation']}" if row["organisation"] else None, row["iso2"], None, None
            )
            start = doc[hit.start].idx
            found += self._make(
                doc, start, start + len(hit.text), row["name"], f"airframe:{row['name']}", row["kind"], operator, 0.95
            )
        return found

    def _said(self, doc: Doc) -> list[Found]:
        """What the text itself calls a tail number or a callsign."""
        found = []
        for pattern, kind in ((_NAMED_AFTER, "airframe"), (_CALLED, "callsign")):
            for match in pattern.finditer(doc.text):
                mark = match["mark"]
                if kind == "airframe" and not any(c.isdigit() for c in mark) and "-" not in mark:
                    continue
                sign = self._callsign.fullmatch(mark)
                operator = self._callsigns[sign["word"]] if sign else None
                found += self._make(
                    doc,
                    match.start("mark"),
                    match.end("mark"),
                    mark,
                    f"airframe:{mark.replace('-', '').replace(' ', '')}",
                    kind,
                    operator,
                    0.92 if sign else 0.85,
                )
        return found

    def _evidence(self, doc: Doc, start: int, end: int) -> bool:
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            return False
        aviation = context.aviation(doc)
        beside = aviation.in_sentence(doc, span.start, span.end) or context.type_in_sentence(doc, span.start, span.end)
        return beside or aviation.within(span.start, span.end, _NEARBY)

    def _make(
        self, doc: Doc, start: int, end: int, name: str, key: str, kind: str, operator: _Operator | None, score: float
    ) -> list[Found]:
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            return []
        country = operator.country if operator and operator.country else None
        links = Links(
            icao=operator.icao if operator else None,
            iata=operator.iata if operator else None,
            country=country,
            country_3=countries.alpha3(country),
        )
        return [
            Found(
                span.start,
                span.end,
                EntityType.AIRCRAFT,
                name,
                self.name,
                score,
                key=key,
                links=links,
                kind=kind,
                parent_key=operator.key if operator else None,
            )
        ]


def build() -> Airframes:
    """The finder over all marks, callsigns and flight numbers."""
    return Airframes()


def _flight(operator: _Operator, number: str) -> tuple[str, str]:
    """Name and key of an airline's flight."""
    return f"{operator.name} Flight {number}", f"flight:{operator.icao or operator.iata}{number}"


def _is_of(doc: Doc, end: int, airline: Hit) -> bool:
    """Whether the airline stands behind "Flight 5342 of"."""
    at = end + 1 if end < len(doc) and doc[end].lower_ in {"of", "by"} else -1
    return at >= 0 and airline.start in {at, at + 1} and (airline.start == at or doc[at].lower_ == "the")


def _mark(prefix: str, rest: str) -> re.Pattern[str]:
    """How a mark of a register is written."""
    hyphen = "" if prefix in _JOINED or "-" in prefix else "-?" if prefix in _EITHER else "-"
    return re.compile(rf"{re.escape(prefix)}{hyphen}(?:{rest})")


def _callsign(row: dict[str, str]) -> _Operator:
    key = f"org:{row['organisation']}" if row["organisation"] else None
    return _Operator(row["operator"], key, row["iso2"], None, None, row["form"] == "word")
