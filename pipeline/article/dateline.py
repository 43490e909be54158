"""The dateline that opens a report: "ISTANBUL, March 3 (Reuters) -", "MOSCOW, March 3. /TASS/.", "NEW DELHI: ".

In: the first paragraph. Out: place, agency and day as written, each None when absent. Words that look like a place and are
none ("UPDATE:"): models/article/authors.toml, [dateline].
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.article.byline_text import agencies
from pipeline.article.lexicon import words

# Capitals, or a name, with the region or state behind a comma.
_PLACE = r"(?P<place>[^\W\d_][^\d,()—–:.]{1,40}?(?:\.[A-Z]\.?)*(?:,\s[^\W\d_][^\d,()—–:]{1,30}?){0,2})"
_DAY = (
    r"(?P<day>(?:[A-Z][a-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][a-z]{2,8}\.?)(?:,?\s(?:19|20)\d\d)?"
    r"|(?:[A-Z][a-z]{2}\.?\s)?\d{1,2}/\d{1,2}/(?:19|20)\d\d)"
)
_AGENCY = r"(?:\((?P<agency>[^()]{2,40})\)|/(?P<slashed>[^/\s][^/]{1,30})/)"
_DASH = r"(?P<dash>—|–|―|--|(?<=\s)-(?=\s)|:)"
# Place; a day after a comma or full stop; an agency in brackets, between slashes or after a comma; a dash.
_DATELINE = re.compile(
    rf"^{_PLACE}(?:[,.]\s+{_DAY})?(?:\s*[,.]?\s*{_AGENCY}\s*(?P<after>—|–|―|--|-|:|\.)|(?:,\s(?P<bare>[A-Z]{{2,8}}|[A-Z][a-z]+))?\s*{_DASH})\s*(?=\S)"
)
# "MOSCOW, March 3 - RIA Novosti. ": the agency stands behind the dash.
_BEHIND = re.compile(rf"^{_PLACE},\s+{_DAY}\s*(?:—|–|-)\s(?P<agency>[A-Z][\w ]{{1,25}})[.,]\s")
# "New Delhi, Mar 3 (PTI) The minister": no dash.
_UNDASHED = re.compile(rf"^{_PLACE},\s+{_DAY}\s*\((?P<agency>[^()]{{2,40}})\)[\s:]\s*(?=[A-Z\"“])")
# "March 3 (UPI) -- ", "(CNN) — ".
_PLACELESS = re.compile(rf"^(?:{_DAY}\s+)?\((?P<agency>[^()]{{2,40}})\)\s*(?:—|–|--|-)\s")


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where and by whom a report was filed."""

    place: str | None = None
    agency: str | None = None
    day: str | None = None


def read(paragraph: str) -> Dateline:
    """The dateline of a first paragraph."""
    opening = paragraph[:140]
    for pattern in (_BEHIND, _UNDASHED, _PLACELESS):
        found = pattern.match(opening)
        if found and _is_agency(found["agency"]):
            place = found.groupdict().get("place")
            if place is None or _is_place(place):
                return Dateline(place, found["agency"].strip(), found["day"])
    found = _DATELINE.match(opening)
    if not found or not _is_place(found["place"]):
        return Dateline()
    agency = found["agency"] or found["slashed"] or found["bare"]
    known = agency is not None and _is_agency(agency)
    dash = found["dash"] or found["after"]
    # Without capitals, an agency or a day, "Paris - the city of light" is a sentence.
    head = found["place"].split(",")[0]
    listed = head.lower() in words("authors", "cuts", "cities") or head.lower() in words("authors", "dateline", "cities")
    if not (known or found["day"]) and (dash == "." or not head.isupper() or (dash == "-" and not listed)):
        return Dateline()
    # "NEW DELHI: " is a place; of other words in capitals before a colon nothing says so.
    if dash == ":" and not (known or found["day"]) and not listed:
        return Dateline()
    return Dateline(found["place"].strip(), agency if known else None, found["day"])


def _is_place(text: str) -> bool:
    """Whether this may be a place: a name or capitals, and no label."""
    head = text.split(",")[0].strip()
    labels = {head.lower(), head.split()[0].lower()} if head else set()
    return head[:1].isupper() and not any(ch.isdigit() for ch in text) and labels.isdisjoint(_labels())


def _is_agency(text: str) -> bool:
    return text.strip().lower().removesuffix(" news agency") in agencies() or text.strip().lower() in agencies()


@cache
def _labels() -> frozenset[str]:
    return frozenset(words("authors", "dateline", "labels"))
