"""How sure an event is, as a share: of events with this confidence, about so many are right.

In: an event note. Out: a float in 0..1, from a logistic model over a few traits; its weights are fitted on development data
and `dateline eval` prints how well they hold.
"""

from __future__ import annotations

from math import exp

from pipeline.annotations import EventNote
from pipeline.records import Realis

_BIAS = -1.0


def confidence(event: EventNote) -> float:
    """The confidence of one event, rounded to two digits."""
    x = _BIAS
    x += 0.5 * min(4, sum(map(len, event.roles.values())))
    x += 0.6 * min(3, len(event.evidence) - 1)
    x += 0.5 * (event.time is not None and not (event.time.edtf or "").endswith("?"))
    x -= 0.8 * (event.realis is not Realis.ACTUAL)
    x += 0.3 * bool(event.sources)
    x -= 0.3 * len(event.problems)
    return round(1 / (1 + exp(-x)), 2)
