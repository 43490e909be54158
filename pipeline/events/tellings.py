"""What was read off one mention, and the tellings of one event together.

In: mentions with their time, status and sources. Out: `Telling` and `Group`, which `merging` fills.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.annotations import EntityNote
from pipeline.events.dated import Timing
from pipeline.events.frames import EventMention
from pipeline.records import EventType, Realis

LOCATION_ROLES = ("origin", "destination", "place", "via")
DEFINITE = frozenset({"the", "this", "that", "its", "his", "their", "her", "these", "those", "both"})
SAID = 3
"""From this rank on a time is not the telling's own (`timing.Timing`)."""


@dataclass(eq=False)
class Telling:
    """One mention with all that was read off it."""

    mention: EventMention
    timing: Timing
    realis: Realis
    sources: list[EntityNote]
    why: list[str] = field(default_factory=list)
    departure: str | None = None
    arrival: str | None = None
    homeward: bool | None = None
    """Whether it is a flight home; None until `journeys.flies_home` is asked."""


@dataclass(eq=False)
class Group:
    """The tellings of one event."""

    tellings: list[Telling]

    def fillers(self, role: str) -> list[EntityNote]:
        """All entities in a role, in order of telling."""
        return list(dict.fromkeys(f.note for t in self.asserted for f in t.mention.roles.get(role, [])))

    @property
    def status(self) -> Realis:
        """What is told as fact anywhere is a fact; else the strongest of the rest."""
        found = [t.realis for t in self.tellings]
        return next((s for s in (Realis.ACTUAL, Realis.DENIED, Realis.PLANNED, Realis.POSSIBLE) if s in found), Realis.GENERIC)

    @property
    def asserted(self) -> list[Telling]:
        """The tellings that share the event's status: what somebody only holds possible fills no role of a fact."""
        status = self.status
        return [t for t in self.tellings if t.realis is status or (status is Realis.ACTUAL and t.realis is Realis.PLANNED)]

    @property
    def actions(self) -> list[str]:
        """All actions named."""
        return [t.mention.action for t in self.tellings if t.mention.action]

    @property
    def type(self) -> EventType | str:
        """The event type, the same for all."""
        return self.tellings[0].mention.type
