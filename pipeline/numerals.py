"""Cardinal numbers in words, read once for all that reads text.

In: models/lexicons/numbers.toml. Out: word → value. Raises KnowledgeError when the file is missing or malformed.
"""

from __future__ import annotations

import tomllib
from functools import cache

from pipeline.errors import KnowledgeError
from pipeline.resources import model_path

_FILE = "lexicons/numbers.toml"


def cardinals() -> dict[str, int]:
    """ "zero" … "ninety": the words that others are added to."""
    return _table()["cardinals"]


def scales() -> dict[str, int]:
    """ "hundred" … "billion": what a number before them multiplies."""
    return _table()["scales"]


def collectives() -> dict[str, int]:
    """ "dozen": nouns that count."""
    return _table()["collectives"]


@cache
def _table() -> dict[str, dict[str, int]]:
    try:
        return tomllib.loads(model_path(_FILE).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"models/{_FILE} is malformed: {error}", "correct the line it names") from error
