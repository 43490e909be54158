"""A user's own names: `--gazetteer my.csv`.

In: a CSV file with a header line, UTF-8. Out: a finder that finds its names in any text, before all others.

| column | needed | what it holds |
|---|---|---|
| name | yes | the canonical name |
| type | yes | person, organization, group, country, place, airport, aircraft_type, aircraft, treaty or equipment |
| aliases | | other names, separated by "|" |
| kind | | finer than type: "airline", "air_base", "drone" … |
| icao, iata, icao_type, iso3166, iso3166_3, country, country_3, geonames, wikidata | | codes; `country` is an alpha-2 code |
| latitude, longitude | | degrees, WGS 84 |

Raises UsageError for a file that cannot be read, an unknown column or type, or a row without a name, with the line's number.
"""

from __future__ import annotations

import csv
from pathlib import Path

from spacy.tokens import Doc

from pipeline.entities import countries, matching
from pipeline.entities.finding import Found
from pipeline.entities.gazetteers import listed
from pipeline.errors import UsageError
from pipeline.records import EntityType, Links

CODES = ("icao", "iata", "icao_type", "iso3166", "iso3166_3", "country", "country_3", "geonames", "wikidata")
COLUMNS = ("name", "type", "aliases", "kind", *CODES, "latitude", "longitude")
# Above all of our own finders: what a user adds is meant.
_SCORE = 1.2


class OwnNames:
    """The finder over one user's file."""

    name = "own names"

    def __init__(self, path: Path) -> None:
        self._rows = read(path)
        names = ((name, str(i)) for i, row in enumerate(self._rows) for name in (row["name"], *listed(row["aliases"])))
        self._table = matching.table(f"own names {path}", names)

    def __call__(self, doc: Doc) -> list[Found]:
        return [self._found(hit.start, hit.end, int(hit.keys[0])) for hit in self._table.find(doc)]

    def _found(self, start: int, end: int, index: int) -> Found:
        row = self._rows[index]
        codes = {code: row[code] or None for code in CODES}
        codes["country_3"] = codes["country_3"] or countries.alpha3(codes["country"])
        codes["iso3166_3"] = codes["iso3166_3"] or countries.alpha3(codes["iso3166"])
        return Found(
            start,
            end,
            EntityType(row["type"]),
            row["name"],
            self.name,
            _SCORE,
            key=f"own:{index}",
            links=Links(**codes),
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
            kind=row["kind"] or None,
            parent_key=countries.key(codes["country"]) if codes["country"] else None,
        )


def read(path: Path) -> list[dict[str, str]]:
    """The file's rows with all columns, "" where a cell is empty."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the gazetteer {path} cannot be read: {error}", "give a CSV file in UTF-8") from error
    reader = csv.DictReader(lines)
    unknown = set(reader.fieldnames or ()) - set(COLUMNS)
    missing = {"name", "type"} - set(reader.fieldnames or ())
    if unknown or missing:
        told = f"lacks the columns {sorted(missing)}" if missing else f"has unknown columns {sorted(unknown)}"
        raise UsageError(f"the gazetteer {path} {told}", f"columns are {', '.join(COLUMNS)}")
    rows = []
    for row in reader:
        cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
        _check(path, reader.line_num, cells)
        rows.append(cells)
    return rows


def _check(path: Path, line: int, row: dict[str, str]) -> None:
    if not row["name"]:
        raise UsageError(f"{path}, line {line}: no name")
    if row["type"] not in set(EntityType):
        raise UsageError(f"{path}, line {line}: unknown type {row['type']!r}", f"types are {', '.join(EntityType)}")
    for column in ("latitude", "longitude"):
        try:
            float(row[column] or 0)
        except ValueError as error:
            raise UsageError(f"{path}, line {line}: {column} {row[column]!r} is no number", "degrees, e.g. 39.22") from error
