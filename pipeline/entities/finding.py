"""The one shape that all entity finders share.

In: a Doc that spaCy has parsed. Out: `Found`, one per place in the text where a finder saw something. Finders may overlap and
disagree; `linking` decides, so a finder says how sure it is and leaves the choice alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from spacy.tokens import Doc

from pipeline.records import Candidate, EntityType, Links


@dataclass(slots=True)
class Found:
    """Tokens [start, end) that name something.

    `score` in 0..1 is how sure the finder is of type and identity together. `key` identifies the thing across mentions and
    finders (a gazetteer id such as "airport:ZKPY"); None where only the words are known.
    """

    start: int
    end: int
    type: EntityType
    name: str
    finder: str
    score: float
    key: str | None = None
    form: str = "name"
    links: Links = field(default_factory=Links)
    latitude: float | None = None
    longitude: float | None = None
    role: str | None = None
    kind: str | None = None
    candidates: list[Candidate] = field(default_factory=list)
    treaty: dict[str, Any] | None = None
    parent_key: str | None = None
    region_key: str | None = None
    """The region that it lies in, where the article does not name the nearer parent."""


class Finder(Protocol):
    """Finds one kind of thing. Built once per process; called once per Doc; keeps no state between Docs."""

    name: str

    def __call__(self, doc: Doc) -> list[Found]:
        """All places where the finder sees something, in text order."""
        ...
