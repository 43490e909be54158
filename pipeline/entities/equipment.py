"""Finds arms by name: missiles, air defences, tanks, guns, and ships.

In: a parsed Doc. Out: `Found` of type equipment; a ship's links carry its navy's country. Knowledge: equipment.tsv,
ship_prefixes.tsv, and the words in aviation_words.tsv that say that a designation is no aircraft.
"""

from __future__ import annotations

import re

from spacy.tokens import Doc

from pipeline.entities import context, countries, matching
from pipeline.entities.finding import Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.records import EntityType, Links

_AROUND = 4


class Equipment:
    """The finder for named arms and ships."""

    name = "equipment"

    def __init__(self) -> None:
        self._rows = {row["name"]: row for row in rows("equipment.tsv")}
        self._names = matching.table(
            "equipment", ((n, name) for name, row in self._rows.items() for n in (name, *listed(row["aliases"])))
        )
        self._navies = {row["prefix"]: row["iso2"] for row in rows("ship_prefixes.tsv")}
        prefixes = "|".join(re.escape(prefix) for prefix in sorted(self._navies, key=lambda p: (-len(p), p)))
        word = r"[A-Z][\w'’.-]+"
        hull = r"(?: \((?:[A-Z]{1,5}(?:-[A-Z]{1,3})?[ -])?\d{1,4}\))?"
        self._ship = re.compile(
            rf"(?<!\w)(?P<prefix>{prefixes}) (?P<name>{word}(?: (?:of|de|the|van|von) {word}| {word})*){hull}"
        )

    def __call__(self, doc: Doc) -> list[Found]:
        return sorted([*self._arms(doc), *self._ships(doc)], key=lambda f: (f.start, -f.end))

    def _arms(self, doc: Doc) -> list[Found]:
        found = []
        for hit in self._names.find(doc):
            row = self._rows[hit.keys[0]]
            label = context.labels(doc)[hit.start]
            longer = (
                label is not None
                and label.label_ in {"PERSON", "ORG", "GPE"}
                and (label.start < hit.start or label.end > hit.end)
            )
            weak = row["near"] == "yes" and not any(c.isdigit() for c in hit.text)
            around = [*doc[max(0, hit.start - _AROUND) : hit.start], *doc[hit.end : hit.end + _AROUND]]
            if longer or (weak and not any({t.lower_, context.singular(t)} & context.words("not_aircraft") for t in around)):
                continue
            found.append(
                Found(
                    hit.start,
                    hit.end,
                    EntityType.EQUIPMENT,
                    row["name"],
                    self.name,
                    0.9,
                    key=f"equipment:{row['name']}",
                    kind=row["kind"],
                )
            )
        return found

    def _ships(self, doc: Doc) -> list[Found]:
        found = []
        for match in self._ship.finditer(doc.text):
            span = doc.char_span(match.start(), match.end(), alignment_mode="contract")
            if span is None or (match["name"].isupper() and len(match["prefix"]) == 2):
                continue
            iso2 = self._navies[match["prefix"]] or None
            name = f"{match['prefix']} {match['name']}"
            found.append(
                Found(
                    span.start,
                    span.end,
                    EntityType.EQUIPMENT,
                    name,
                    self.name,
                    0.9,
                    key=f"ship:{matching.fold(name)}",
                    links=Links(country=iso2, country_3=countries.alpha3(iso2)),
                    kind="ship",
                )
            )
        return found


def build() -> Equipment:
    """The finder over named arms and ships."""
    return Equipment()
