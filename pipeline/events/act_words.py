"""The words for PLOVER coding, read once.

In: models/lexicons/acts.toml. Out: its tables. Its word classes are read with those of all frames (`fillers.lexicon`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from pipeline.resources import model_path


@cache
def lexicon() -> dict[str, Any]:
    """The file as it is written."""
    with model_path("lexicons/acts.toml").open("rb") as f:
        return tomllib.load(f)
