"""How sure an event is, as a share: of events with this confidence, about so many are right.

In: an event note. Out: a float in 0..1, from a logistic model over the traits below. Its weights are data, in
models/calibration/events.toml, fitted on development articles; `dateline eval` prints how well they hold.
"""

from __future__ import annotations

import tomllib
from functools import cache
from math import exp
from typing import Any

from pipeline.annotations import EventNote
from pipeline.records import Realis
from pipeline.resources import model_path

_MOST_FILLERS = 5
_MOST_TELLINGS = 3
# A model fitted on a few hundred events cannot be surer than this.
SUREST = 0.98


@cache
def _model() -> dict[str, Any]:
    with model_path("calibration/events.toml").open("rb") as f:
        return tomllib.load(f)


def traits(event: EventNote) -> dict[str, float]:
    """What the confidence of an event rests on."""
    edtf = (event.time.edtf if event.time is not None else None) or ""
    return {
        "fillers": float(min(_MOST_FILLERS, sum(map(len, event.roles.values())))),
        "roles": float(min(_MOST_FILLERS, sum(1 for notes in event.roles.values() if notes))),
        "tellings": float(min(_MOST_TELLINGS, len(event.evidence) - 1)),
        "dated": float(bool(edtf) and not edtf.endswith("?")),
        "not_actual": float(event.realis is not Realis.ACTUAL),
        "sourced": float(bool(event.sources)),
        "quoted": float(event.quote is not None),
    }


def parts(event: EventNote) -> list[tuple[str, float]]:
    """What the confidence of an event adds up to, in logits: a start, its type, and each trait that it has."""
    model = _model()
    found = [("start", float(model["bias"])), (str(event.type), float(model["types"].get(str(event.type), 0.0)))]
    for name, value in traits(event).items():
        if value:
            found.append((name if value == 1 else f"{value:g} {name}", float(model["weights"].get(name, 0.0)) * value))
    return found


def confidence(event: EventNote) -> float:
    """The confidence of one event, rounded to two digits."""
    total = sum(weight for _, weight in parts(event))
    return round(min(SUREST, 1 / (1 + exp(-total))), 2)
