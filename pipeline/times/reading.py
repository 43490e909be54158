"""From tokens to expressions: chooses among the rules' matches, joins neighbours, takes in modifiers.

In: `Tokens`. Out: `Found`, non-overlapping, in text order, not yet anchored. Span conventions are TIMEX3's: articles and
modifiers are in ("the third quarter", "early 1990", "more than two years"), prepositions are out, a range is two expressions.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

from pipeline.records import TimeModifier, TimeType
from pipeline.times.grammar import Match, Tokens, compile_pattern, find
from pipeline.times.rules import RULES, Builder, in_part, words
from pipeline.times.senses import Found


@cache
def _compiled() -> list[tuple[str, re.Pattern[str], Builder]]:
    return [(name, compile_pattern(pattern), build) for name, pattern, build in RULES]


def read(tokens: Tokens) -> list[Found]:
    """All time expressions of a text, longest first where rules compete, joined and widened by their modifiers."""
    chosen = _join(tokens, _choose(tokens))
    for a, b in pairwise(chosen):
        _share_year(tokens, a, b)
    return [_widen(tokens, found, chosen[i - 1].end if i else 0) for i, found in enumerate(chosen)]


def _choose(tokens: Tokens) -> list[Found]:
    candidates: list[tuple[int, int, int, Match]] = []
    for order, (_, pattern, _build) in enumerate(_compiled()):
        candidates += [(m.start, -m.end, order, m) for m in find(pattern, tokens)]
    candidates.sort(key=lambda c: c[:3])
    chosen: list[Found] = []
    end = 0
    for start, _, order, match in candidates:
        if start < end:
            continue
        name, _, build = _compiled()[order]
        built = build(match)
        if built is None:
            continue
        if isinstance(built, list):
            pieces = [Found(*match.groups[group], sense, name) for group, sense in built]
            for piece in pieces[:-1]:
                piece.through = match.kind("l") in ("HYP", "DASH", "TO", "STROKE")
            chosen += pieces
            end = match.end
        else:
            span = match.groups.get("x", (match.start, match.end))
            chosen.append(Found(*span, built, name))
            end = span[1]
    return chosen


def _join(tokens: Tokens, chosen: list[Found]) -> list[Found]:
    """Joins neighbours that are one expression: "10 p.m. Wednesday", "July last year", "the third quarter of last year"."""
    out: list[Found] = []
    for found in chosen:
        while out and (joined := _joined(tokens, out[-1], found)) is not None:
            out.pop()
            found = joined
        out.append(_with_zone(tokens, found))
    return out


def _with_zone(tokens: Tokens, found: Found) -> Found:
    """ "9:34 p.m., March 19 EST": the zone after the date belongs to the clock."""
    sense = found.sense
    if sense.clock and sense.dated and sense.zone is None and tokens.kind(found.end) == "ZONE":
        return replace(found, end=found.end + 1, sense=replace(sense, zone=tokens.values[found.end]))
    return found


def _share_year(tokens: Tokens, a: Found, b: Found) -> None:
    """In "from May 15 to August 16, 1988" and "the spring and summer of 1979" the year belongs to both; "to" makes a range."""
    gap = [kind for kind in tokens.kinds[a.end : b.start] if kind != "THE"]
    if len(gap) != 1 or gap[0] not in ("HYP", "DASH", "TO", "AND") or a.rule.startswith("duration"):
        return
    x, y = a.sense, b.sense
    if gap[0] != "AND" and x.type in (TimeType.DATE, TimeType.TIME) and y.type is x.type and x.value is None and y.value is None:
        a.through = True
    if x.year is not None or y.year is None or x.base is not None or y.fiscal:
        return
    if x.month and y.month:
        x.year = y.year - (x.month > y.month and gap[0] != "AND")
    elif (x.season and y.season) or (x.quarter and y.quarter) or (x.season and y.month):
        x.year = y.year


_GAPS_DAY = frozenset({(), ("OF",), ("ON",), ("COMMA",), ("COMMA", "ON"), ("OF", "THE")})
_GAPS_CLOCK = frozenset({(), ("OF",), ("COMMA",)})
_GAPS_YEAR = frozenset({(), ("OF",), ("COMMA",), ("IN",)})


def _joined(tokens: Tokens, a: Found, b: Found) -> Found | None:
    gap = tuple(tokens.kinds[a.end : b.start])
    x, y = a.sense, b.sense
    if len(gap) > 2 or a.through:
        return None
    if x.of_day and y.daily and gap in (_GAPS_CLOCK if x.clock else _GAPS_DAY):
        return Found(
            a.start, b.end, replace(y, type=TimeType.TIME, part=x.part, clock=x.clock, zone=x.zone, mod=x.mod or y.mod), a.rule
        )
    if x.lately and y.daily and gap in ((), ("ON",)):
        return Found(a.start, b.end, replace(y, type=TimeType.TIME, part=x.part), a.rule)  # "overnight on July 8"
    if x.daily and y.of_day and (gap == () or (gap == ("COMMA",) and y.clock)) and tokens.kind(b.start) not in ("THE",):
        return Found(
            a.start, b.end, replace(x, type=TimeType.TIME, part=y.part, clock=y.clock, zone=y.zone, mod=x.mod or y.mod), a.rule
        )
    if x.clock and x.of_day and y.part and y.base is not None and y.unit == "D" and gap == ():
        return Found(
            a.start, b.end, replace(y, part=None, clock=in_part(x.clock, y.part), zone=x.zone, mod=x.mod or y.mod), a.rule
        )
    yearly = y.base is not None and y.unit == "Y" and y.month is None and y.type is TimeType.DATE
    within = x.base is None and x.year is None and (x.month or x.quarter or x.season or x.half)
    if x.base == "reference" and x.unit == "Q" and x.count == 0 and y.compares and gap == ():
        return Found(a.start, b.end, replace(x, count=-4), a.rule)
    if yearly and within and gap in _GAPS_YEAR - {("COMMA",)} | ({("COMMA",)} if x.day else set()):
        return Found(a.start, b.end, replace(x, base=y.base, unit="Y", count=y.count), a.rule)
    if (
        x.base is not None
        and x.unit == "Y"
        and x.month is None
        and gap == ("POSS",)
        and (y.quarter or y.half or y.season)
        and y.year is None
    ):
        return Found(a.start, b.end, replace(y, base=x.base, unit="Y", count=x.count), b.rule)
    return None


# The beginnings of an expression that modify it, read backwards from its first token: longest pattern that fits.
_DATE_MODIFIERS = (
    ("(?:THE)? (?:VERY)? (<q>EARLY|LATE|MID) (?:HYP|IN|ON)? (?:THE)?".replace("(?:VERY)? ", ""), None),
    ("(?:THE) (<q>BEGIN|MID) (?:OF) (?:THE)?", None),
    ("(<q>BEGIN) (?:OF)", None),
    ("(<q>LATER|EARLIER|LATE|EARLY) (?:ON|IN)? (?:THE)?", None),
)


@cache
def _widening() -> tuple[re.Pattern[str], ...]:
    return tuple(compile_pattern(pattern) for pattern, _ in _DATE_MODIFIERS)


_NUMBERS = ("NW", "N1", "N2", "N3", "N4", "NB")


def _widen(tokens: Tokens, found: Found, floor: int) -> Found:
    """Takes in the modifiers before an expression ("early", "the end of", "more than") and what they say."""
    sense = found.sense
    if sense.type in (TimeType.DATE, TimeType.TIME) and (sense.value is None or sense.century is not None):
        found = _widen_date(tokens, found, floor)
    i = found.start - 1
    if i >= floor and tokens.kinds[i] == "MODW" and (mod := tokens.values[i]) != "ONLY" and not _preposition(tokens, i, found):
        around = tokens.lower[i] in words("around")
        countable = sense.type is TimeType.DURATION or (
            sense.base is not None
            and sense.count not in (None, 0)
            and tokens.kinds[found.start] not in ("LAST", "NEXT", "THIS", "THE", "YEST")
        )
        if sense.type is TimeType.DURATION and tokens.kinds[found.start] in ("THE", "THESE", "THOSE") and around:
            countable = False
        if countable or (around and sense.value is None and sense.type is not TimeType.SET):
            return replace(
                found,
                start=i,
                sense=replace(found.sense, mod=TimeModifier(mod), approximate=mod == "APPROX" or found.sense.approximate),
            )
    counted = sense.length[0] if sense.length else sense.base is not None and tokens.kinds[found.start] in _NUMBERS
    if i >= floor and tokens.kinds[i] == "SOME" and counted and tokens.kinds[found.start] != "A":
        return replace(found, start=i, sense=replace(found.sense, mod=TimeModifier.APPROX, approximate=True))
    return found


def _preposition(tokens: Tokens, i: int, found: Found) -> bool:
    """Whether "over" or "under" at i governs a stretch ("over the next week") and compares no number ("for over a year")."""
    if tokens.lower[i] not in words("over"):
        return False
    if tokens.kinds[found.start] in ("FEW", "SOME", "THE", "LAST", "NEXT", "PASTW", "COMING", "FOLL", "THESE", "THOSE", "UNITS"):
        return True
    return tokens.kinds[found.start] != "A" and tokens.word(i - 1) not in words("before_comparison")


def _widen_date(tokens: Tokens, found: Found, floor: int) -> Found:
    for size in (4, 3, 2, 1):
        start = found.start - size
        if start < floor:
            continue
        for pattern in _widening():
            match = pattern.fullmatch(tokens.classes, start, found.start)
            if match is None:
                continue
            q = match.start("q")
            mod = (
                TimeModifier.START
                if tokens.kinds[q] == "EARLIER"
                else TimeModifier.END
                if tokens.kinds[q] == "LATER"
                else TimeModifier(tokens.values[q])
            )
            if not _modifiable(tokens, found, q, found.start):
                continue
            if (
                tokens.kinds[start] == "THE"
                and found.start - q <= _HYPHENED
                and tokens.kinds[found.start] in _NAMED
                and _before_noun(tokens, found)
            ):
                start += 1  # "the late-November trip": the article belongs to the trip
            if tokens.kinds[q] in ("EARLIER", "LATER") and tokens.kinds[found.start] == "WD" and found.start == q + 1:
                start = found.start  # "Earlier Friday, police …": an adverb of its own
            return replace(found, start=start, sense=replace(found.sense, mod=mod))
    return found


_HYPHENED = 2  # tokens of "late-" before its month
_NAMED = frozenset({"MON", "MAY", "MAB", "WD", "SEASON", "SEASONX", "UNIT"})


def _before_noun(tokens: Tokens, found: Found) -> bool:
    return (
        tokens.kind(found.end) == "" and tokens.raw(found.end)[:1].isalpha() and tokens.word(found.end) not in words("function")
    )


def _modifiable(tokens: Tokens, found: Found, q: int, end: int) -> bool:
    sense = found.sense
    if tokens.kinds[q] in ("EARLIER", "LATER"):
        return sense.base is not None or sense.weekday is not None or (tokens.kind(q + 1) == "IN")
    if tokens.kind(end - 1) == "THE" and tokens.kinds[found.start] == "THE":
        return False
    return sense.dated or sense.part is not None
