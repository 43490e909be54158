"""The word lists of this stage, read once.

In: models/article/*. Out: compiled patterns. Raises KnowledgeError for a list that is missing or malformed.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.resources import model_path


@cache
def table(name: str) -> dict[str, Any]:
    """The content of models/article/<name>.toml."""
    try:
        return tomllib.loads(model_path(f"article/{name}.toml").read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"models/article/{name}.toml is malformed: {error}", "correct it") from error


@cache
def words(name: str, section: str, key: str) -> tuple[str, ...]:
    """One list of strings."""
    found = table(name).get(section, {}).get(key)
    if not isinstance(found, list):
        raise KnowledgeError(f"models/article/{name}.toml has no list {section}.{key}", "correct it")
    return tuple(found)


@cache
def anywhere(name: str, section: str, key: str) -> re.Pattern[str]:
    """One pattern that finds in lower-case text what the list's patterns do from the beginning of a word on.

    The same question as `any_of`, eight times as quickly: for lines that are asked about one after the other.
    """
    try:
        return re.compile(r"\b(?:" + "|".join(f"(?:{w})" for w in words(name, section, key)) + ")")
    except re.error as error:
        raise KnowledgeError(f"models/article/{name}.toml, {section}.{key}: {error}", "correct the pattern") from error


@cache
def any_of(name: str, section: str, key: str) -> re.Pattern[str]:
    """One pattern that matches whatever any of the list's patterns does, case ignored."""
    try:
        return re.compile("|".join(f"(?:{w})" for w in words(name, section, key)), re.I)
    except re.error as error:
        raise KnowledgeError(f"models/article/{name}.toml, {section}.{key}: {error}", "correct the pattern") from error
