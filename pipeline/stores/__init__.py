"""Where records go. `open_store` takes a destination as the user names it and gives a `Store`.

out.jsonl             JSON Lines, one record a line             stores/jsonl.py
sqlite:///out.sqlite  tables and one flat view per event type   stores/sql.py
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import UsageError
from pipeline.event_types import TypeInfo
from pipeline.stores.base import Outcome, Seen, Store

__all__ = ["Outcome", "Seen", "Store", "open_store"]


def open_store(destination: str, own_types: Mapping[str, TypeInfo] | None = None) -> Store:
    """Opens a destination, creating it when it is not there.

    Args:
        own_types: a user's own event types, by name; a database gives each a view.

    Raises UsageError for a form that is not known, StoreError when it cannot be opened or written.
    """
    if "://" in destination:
        from pipeline.stores.sql import SqlStore

        return SqlStore(destination, own_types)
    if destination.endswith(".jsonl"):
        from pipeline.stores.jsonl import JsonlStore

        return JsonlStore(destination)
    raise UsageError(f"cannot tell what kind of destination {destination!r} is", "use out.jsonl or sqlite:///out.sqlite")
