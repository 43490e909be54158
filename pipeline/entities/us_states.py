"""The states of the United States, which the news names behind a town: us_states.tsv.

In: codes ("AK"). Out: names and the keys under which `places` reports them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pipeline.entities.gazetteers import rows


@cache
def codes() -> dict[str, str]:
    """Code by name."""
    return {row["name"]: row["code"] for row in rows("us_states.tsv")}


@cache
def _keys() -> dict[str, str]:
    named = {code: name for name, code in codes().items()}
    places = {row["name"] for row in rows("places.tsv")}
    return {c: f"place:{n if n in places else f'{n} (US state)'}" for c, n in named.items()}


def key(code: str) -> str | None:
    """The key of a state's entity; None where there is no such code."""
    return _keys().get(code)


def named_by(keys: Iterable[str | None]) -> set[str]:
    """The codes of the states among the keys of entities."""
    found = set(keys)
    return {code for code, key in _keys().items() if key in found}
