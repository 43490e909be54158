"""The dateline that opens a report: "ISTANBUL, March 3 (Reuters) -".

In: the first paragraph. Out: place, agency and day as written, each None when absent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.article.authors import agencies

# Capitals, or a name, then optionally a day, an agency in brackets, and a dash.
_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][^\d,()—–:]{1,40}?(?:,\s[^\W\d_][^\d,()—–:]{1,30}?){0,2})"
    r"(?:,\s+(?P<day>(?:[A-Z][a-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][a-z]{2,8}\.?)(?:,?\s(?:19|20)\d\d)?))?"
    r"(?:\s*[,.]?\s*\((?P<agency>[^()]{2,40})\)|,\s(?P<bare>[A-Z]{2,6}|[A-Z][a-z]+))?\s*(?P<dash>—|–|--|-|:)\s*(?=\S)"
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where and by whom a report was filed."""

    place: str | None = None
    agency: str | None = None
    day: str | None = None


def read(paragraph: str) -> Dateline:
    """The dateline of a first paragraph."""
    found = _DATELINE.match(paragraph[:140])
    if not found:
        opened = re.match(r"^\((?P<agency>[^()]{2,40})\)\s*(?:—|–|--|-)\s", paragraph[:60])
        return Dateline(agency=opened["agency"]) if opened and opened["agency"].lower() in agencies() else Dateline()
    place, agency = found["place"], found["agency"] or found["bare"]
    known = agency is not None and agency.lower() in agencies()
    # Without capitals, an agency or a day, "Paris - the city of light" is a sentence.
    head = place.split(",")[0]
    if not (head.isupper() or known or found["day"]) or (found["dash"] in (":", "-") and not (known or found["day"])):
        return Dateline()
    if any(ch.isdigit() for ch in place) or not head[:1].isupper():
        return Dateline()
    return Dateline(place.strip(), agency if known else None, found["day"])
