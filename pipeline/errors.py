"""The error tree. In: what failed. Out: one exception class per thing a user can act on.

    DatelineError              a message, and a hint that says what to do
    ├── UsageError             wrong arguments, options or configuration        (exit status 2)
    ├── KnowledgeError         a table, frame or model in `models/`, or a user's own frame file, is wrong or missing
    ├── StoreError             a destination cannot be opened or written
    └── PageError              one page cannot be used: it goes to the quarantine, the batch goes on

Every `PageError` carries a reason code (`Reason`), the stage that refused the page, and a message with a remedy.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum


class Reason(StrEnum):
    """Why a page is in the quarantine; part of the public output, so codes are only ever added."""

    EMPTY = "empty"
    BINARY = "binary"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    ENCODING = "encoding"
    NO_ARTICLE = "no_article"
    INDEX_PAGE = "index_page"
    CONSENT_WALL = "consent_wall"
    ERROR_PAGE = "error_page"
    VIDEO_ONLY = "video_only"
    LANGUAGE = "language"
    TOO_LONG = "too_long"
    BAD_ROW = "bad_row"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    INTERNAL = "internal"


class Stage(StrEnum):
    """Where on its way a page was when it was refused."""

    INPUT = "input"
    ARTICLE = "article"
    LANGUAGE = "language"
    ENTITIES = "entities"
    TIMES = "times"
    EVENTS = "events"
    ASSEMBLE = "assemble"
    STORE = "store"


class DatelineError(Exception):
    """Base of all errors this program raises on purpose.

    Args:
        message: what failed and where, in one line.
        hint: what the user can do about it, or "" when nothing sensible can be said.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(DatelineError):
    """Wrong arguments, options or configuration."""


class KnowledgeError(DatelineError):
    """A file in `models/` or in a user's folder of frames is missing, malformed or without a source."""


class StoreError(DatelineError):
    """A destination cannot be opened, written or read."""


class PageError(DatelineError):
    """One page cannot become a record.

    Args:
        reason: the code that the quarantine stores.
        message: what was found, in one line.
        stage: where on its way the page was refused.
        hint: what the user can do.
    """

    def __init__(self, reason: Reason, message: str, stage: Stage = Stage.ARTICLE, hint: str = "") -> None:
        super().__init__(message, hint)
        self.reason = reason
        self.stage = stage

    def __reduce__(self) -> tuple[type[PageError], tuple[Reason, str, Stage, str]]:
        return PageError, (self.reason, self.message, self.stage, self.hint)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint for a name that is not known: the nearest one that is, or all of them."""
    names = list(map(str, known))
    near = get_close_matches(word, names, 1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
