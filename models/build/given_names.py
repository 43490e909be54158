"""Makes models/lexicons/given_names.tsv.gz: given names that are borne by one sex.

In: the name lists of PyPI `faker` (MIT), one module per locale. Out: rows of folded name and "m" or "f". A name is kept when
at least five times as many locales list it for one sex as for the other; the rest (Andrea is, Kim is not) say nothing.

Run: uv run --with faker==40.63.0 python -m models.build.given_names
"""

from __future__ import annotations

import pkgutil
import re
from collections import defaultdict
from importlib import import_module

from models.build.tables import write
from pipeline.entities.matching import fold

_LATIN = re.compile(r"[A-Z\u00c0-\u017f][A-Za-z\u00c0-\u017f'’-]+")
_RATIO = 5


def _counts() -> dict[str, list[int]]:
    """Folded name → in how many locales it is a man's, a woman's name."""
    package = import_module("faker.providers.person")
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for module in pkgutil.iter_modules(package.__path__):
        provider = import_module(f"{package.__name__}.{module.name}").Provider
        lists = [list(getattr(provider, f"first_names_{sex}", ())) for sex in ("male", "female")]
        if not all(lists):
            continue
        for index, names in enumerate(lists):
            for name in {fold(name) for name in names if _LATIN.fullmatch(name)}:
                counts[name][index] += 1
    return counts


def main() -> None:
    rows = []
    for name, (men, women) in sorted(_counts().items()):
        if men >= _RATIO * women or women >= _RATIO * men:
            rows.append({"name": name, "gender": "m" if men > women else "f"})
    write("../lexicons/given_names.tsv.gz", ("name", "gender"), rows, "name")


if __name__ == "__main__":
    main()
