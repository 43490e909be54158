"""Which pages of the inputs are wanted, and what an input can give.

In: the user's patterns and date. Out: `Selection`, asked before a page is read where its name or date is known by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from pipeline.errors import UsageError
from pipeline.page import Page
from pipeline.records import Quarantined

_PARTS = re.compile(r"\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|[^*?[]+|\[")
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(?!\d)")


@dataclass(frozen=True, slots=True)
class Missing:
    """An input that is not there at all."""

    source: str


@dataclass(frozen=True, slots=True)
class Older:
    """A page that was published before the day that is asked for."""

    source: str


@dataclass(frozen=True, slots=True)
class Whole:
    """An archive or a table that was read to its end: it has no other pages than those that came before."""

    source: str


Found = Page | Quarantined | Missing | Older | Whole


@dataclass(frozen=True, slots=True)
class Selection:
    """Which pages are wanted.

    Args:
        match: shell patterns; a page is wanted when its name, or the end of it after a "/", fits one. Empty: all. As in a
            shell, * and ? stand for anything but "/", and ** for that as well.
        since: the first day of publication that is wanted, YYYY-MM-DD; pages without a date are.
        only: the names of the pages that are wanted, when not all are; the name of a container is that of all its pages.
        columns: what rows call our fields, where not by our names ({"html": "body"}).
    """

    match: tuple[str, ...] = ()
    since: str | None = None
    only: frozenset[str] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def wants(self, source: str) -> bool:
        """Whether a page of this name is wanted."""
        if self.only is not None and source not in self.only and self.only.isdisjoint(containers(source)):
            return False
        return not self.match or any(_compiled(pattern).fullmatch(source) for pattern in self.match)

    def is_older(self, published: str | None) -> bool:
        """Whether a date, as far as it is known ("2024-07"), lies wholly before the first day that is wanted."""
        if self.since is None or published is None:
            return False
        known = _DAY.match(published)
        return known is not None and known[0] < self.since[: len(known[0])]


EVERYTHING = Selection()


def containers(source: str) -> Iterator[str]:
    """What a page's name may say that it lies in, innermost first: "dump.zip" of "dump.zip!/a.html"."""
    for n in range(len(source) - 1, 0, -1):
        if source[n] == "#" or source.startswith("!/", n):
            yield source[:n]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression of a shell pattern, free to begin after any "/". Raises UsageError for one that makes no sense."""
    parts = (_translated(part) for part in _PARTS.findall(pattern))
    try:
        return re.compile(f"(?:.*/)?{''.join(parts)}", re.S)
    except re.error as error:
        raise UsageError(f"--match {pattern!r} is no pattern: {error.msg}") from error


def _translated(part: str) -> str:
    if part == "**":
        return ".*"
    if part == "*":
        return "[^/]*"
    if part == "?":
        return "[^/]"
    if part.startswith("[") and len(part) > 1:
        negated = part[1] in "!^"
        inside = re.sub(r"([\\\[\]&~|])", r"\\\1", part[2 if negated else 1 : -1])
        return f"[{'^/' if negated else ''}{inside}]"
    return re.escape(part)
