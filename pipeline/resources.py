"""Where the knowledge in `models/` is: beside the package in a checkout, inside it in an installed wheel.

In: a relative name. Out: a path. Raises KnowledgeError when it is not there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.errors import KnowledgeError

_PACKAGE = Path(__file__).resolve().parent


@cache
def models_dir() -> Path:
    """The folder that holds gazetteers, frames, lexicons and the pipeline's configuration."""
    for folder in (_PACKAGE / "_models", _PACKAGE.parent / "models"):
        if folder.is_dir():
            return folder
    raise KnowledgeError(f"no models folder beside or inside {_PACKAGE}", "reinstall dateline")


def model_path(name: str) -> Path:
    """The path of a file or folder in `models/`, e.g. "gazetteers/airports.tsv"."""
    path = models_dir() / name
    if not path.exists():
        raise KnowledgeError(f"models/{name} is missing", "reinstall dateline, or run `make gazetteers` in a checkout")
    return path
