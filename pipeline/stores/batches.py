"""What several outcomes leave behind, taken in their order, and the rows of their records.

In: outcomes. Out: `Batch`: the last word on each page and on each article; then, for the articles that are to be written, their
rows by table, some articles at a time, so that memory does not depend on how many there are.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from pipeline.stores.base import Outcome, Seen
from pipeline.stores.tables import TABLES, Row, rows

_AT_ONCE = 250
"""Articles whose rows are made at once."""
_AHEAD = 2
"""How many times so many are made ready while the database is busy with the last."""
_TURN_SECONDS = 0.0003
"""Python's threads take turns every 5 ms; in that time a database has read all that was sent to it, and waits."""
_Text = Callable[[str], str]
_Item = TypeVar("_Item")


class Batch:
    """What some outcomes, taken in their order, leave behind.

    `pages`: the last word on each page. `articles`: each article as it was last given, in the order of that. `left`: articles
    that a page gave and then no longer gave. `refused`: the quarantine's rows.

    Args:
        text: makes a string one that the database can hold.
    """

    def __init__(self, outcomes: Sequence[Outcome], text: _Text) -> None:
        self._text = text
        self.pages: dict[str, Seen] = {}
        self.articles: dict[str, Outcome] = {}
        self.left: set[str | None] = set()
        self.refused: dict[str, Row] = {}
        for outcome in outcomes:
            source = text(outcome.source)
            if source in self.pages:
                self.left.add(self.pages.pop(source).article_id)
                self.refused.pop(source, None)
            self.pages[source] = outcome.seen
            if outcome.line is not None:
                article = str(outcome.article_id)
                self.articles.pop(article, None)
                self.articles[article] = outcome
            if outcome.quarantined is not None:
                self.refused[source] = _each(tuple(outcome.quarantined.model_dump().values()), text)

    def rows(self, wanted: Collection[str | None]) -> Generator[dict[str, list[Row]], None, None]:
        """The rows of the wanted articles by table, some articles at a time; the next ones are made ready meanwhile.

        To be closed by who does not take them all.
        """
        together = chunks([outcome for article, outcome in self.articles.items() if article in wanted], _AT_ONCE)
        first = list(islice(together, 2))
        if len(first) < 2:
            yield from (_rows(some, self._text) for some in first)
            return
        with _short_turns(), ThreadPoolExecutor(1) as helper:
            waiting: deque[Future[dict[str, list[Row]]]] = deque()
            for some in (*first, *together):
                waiting.append(helper.submit(_rows, some, self._text))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


@contextmanager
def _short_turns() -> Iterator[None]:
    """Lets the thread that sends rows have its turn as soon as the database can take more."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def chunks(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    """The items in their order, so many at a time."""
    return (items[n : n + size] for n in range(0, len(items), size))


def _rows(outcomes: Sequence[Outcome], text: _Text) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    for outcome in outcomes:
        whole = "\\u0000" not in (outcome.line or "")
        for name, table in rows(outcome.content).items():
            found[name] += table if whole else [_each(row, text) for row in table]
    return found


def _each(row: Row, text: _Text) -> Row:
    return tuple(text(cell) if isinstance(cell, str) else cell for cell in row)
