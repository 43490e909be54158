"""The one shape of all stores, and what they are given.

A store keeps, for each page it was given, either a record or a quarantine row, never both, and remembers by the page's
fingerprint what it was given, so that a second run can pass unchanged pages over. Of a page that was too old for a run it
remembers only that. One page is one transaction: after a crash
a page is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from pydantic_core import from_json

from pipeline.records import Quarantined, Record


@dataclass(frozen=True, slots=True)
class Seen:
    """What a store remembers of a page."""

    fingerprint: str
    article_id: str | None = None
    """The record it became; None: it has none."""
    reason: str | None = None
    """Why it is in the quarantine."""
    older: str | None = None
    """When it was published, which was before the day that a run asked for: it has neither a record nor a reason."""


@dataclass(frozen=True)
class Outcome:
    """What became of one page.

    Args:
        source: the page, as the user would name it.
        fingerprint: of the page's content and of the program that read it.
        article_id, line: the record as one line of JSON, without the line break; None when the page is in the quarantine.
        quarantined: why the page has no record.
        older: when the page was published, where that was before the day asked for; it was not read further.

    One with none of these takes out what was kept of the page: it gives nothing any more.
    """

    source: str
    fingerprint: str
    article_id: str | None = None
    line: str | None = None
    quarantined: Quarantined | None = None
    older: str | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def seen(self) -> Seen:
        """What a store is to remember."""
        return Seen(self.fingerprint, self.article_id, self.quarantined.reason if self.quarantined else None, self.older)

    @cached_property
    def record(self) -> Record:
        """The record itself; only to be asked for when the page has one."""
        assert self.line is not None
        return Record.model_validate_json(self.line)

    @property
    def content(self) -> dict[str, Any]:
        """The record as plain JSON values, at a third of the price of `record`; only when the page has one."""
        assert self.line is not None
        content: dict[str, Any] = from_json(self.line.encode(), cache_strings="keys")
        return content


class Store(Protocol):
    """A destination for records."""

    destination: str

    def seen(self, source: str) -> Seen | None:
        """What is remembered of a page; None when it was never given, or is no longer there."""
        ...

    def seen_many(self, sources: Sequence[str]) -> dict[str, Seen]:
        """The same for several pages, by their names; those that are not remembered are left out.

        Cheaper than one by one where a database is asked over a network.
        """
        ...

    def put(self, outcome: Outcome) -> None:
        """Takes in one page, replacing what the page gave before. Raises StoreError."""
        ...

    def put_many(self, outcomes: Sequence[Outcome]) -> None:
        """The same for several pages, in their order: all of them are kept, or none. Raises StoreError.

        Cheaper than one by one, as a transaction costs as much for fifty pages as for one.
        """
        ...

    def quarantine(self) -> Iterator[Quarantined]:
        """The pages that have no record, in the order they were met."""
        ...

    def close(self) -> None:
        """Makes all that was put visible and lasting. Raises StoreError."""
        ...
