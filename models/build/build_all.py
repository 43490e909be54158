"""Rebuilds all gazetteers that come from packages: `python -m models.build.build_all`, or `make gazetteers`.

Prints for each table how many rows it has and which were added, changed or dropped. Tables written by hand are not touched;
models/gazetteers/SOURCES.md says which is which.
"""

from __future__ import annotations

from models.build import aircraft, airports, cities


def main() -> None:
    cities.main()
    airports.main()
    aircraft.main()


if __name__ == "__main__":
    main()
