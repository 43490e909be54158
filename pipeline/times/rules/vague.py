"""References to past, present and future without a date.

In: a `Match`. Out: what it says, a `Sense`; None where it is no time after all. Each rule is true of English at large.
"""

from __future__ import annotations

from pipeline.times.grammar import Match
from pipeline.times.rules.common import (
    rule,
    words,
)
from pipeline.times.senses import Sense


@rule("vague.whole", "THE (<w>PASTW|FUTUREW)")
def _whole_past(m: Match) -> Sense | None:
    if m.tokens.kind(m.end) in (
        "UNIT",
        "UNITS",
        "QTR",
        "SEASON",
        "SEASONX",
        "SEASONS",
        "MON",
        "MAY",
        "WD",
        "COUNT",
        "N1",
        "N2",
        "N3",
        "N4",
        "NB",
        "NW",
        "FEW",
        "WEEKEND",
        "SOME",
        "CURRENT",
    ):
        return None
    following = m.tokens.raw(m.end)
    if m.tokens.kind(m.end) == "" and following[:1].isalpha() and m.tokens.word(m.end) not in words("function"):
        return None  # an adjective: "the past masters", "the future border"
    if m.kind("w") == "FUTUREW" and m.tokens.kind(m.end) == "OF":
        return None  # "the future of the alliance": what becomes of it
    return Sense(value="PAST_REF" if m.kind("w") == "PASTW" else "FUTURE_REF")


@rule("vague.this.time", "(?:AT|BY|TO|FROM|BEFORE|IN|SINCE) (<x>THIS TIME)")
def _this_time(m: Match) -> Sense:
    return Sense(value="PRESENT_REF")


@rule("vague.that.time", "(?:AT|BY|TO|FROM|BEFORE|IN|SINCE|AFTER) (<x>THAT TIME)")
def _that_time(m: Match) -> Sense:
    return Sense(value="PAST_REF")


_TOLD_EXACTLY = ("LAST", "THIS", "MON", "MAY", "MAB", "WD", "Y4", "YEST")


@rule("vague", "(<v>VAGUE)")
def _vague(m: Match) -> Sense | None:
    tokens, word = m.tokens, m.word("v")
    if word == "recently" and tokens.word(m.start - 1) == "as":
        return None
    after = m.end + (tokens.kind(m.end) in ("IN", "ON"))
    if tokens.word(m.start - 1) == "most" and tokens.kind(after) in _TOLD_EXACTLY:
        return None  # "most recently last October"
    return Sense(value=m.value("v"))


@rule("vague.recent.adjective", "(<r>RECENT)")
def _recent(m: Match) -> Sense | None:
    return Sense(value="PAST_REF") if m.tokens.raw(m.start)[0].islower() else None


@rule("vague.future", "(<f>FUTUREW)")
def _future(m: Match) -> Sense | None:
    """ "Elian's future", "in future": the noun; the adjective ("future earnings") is no time."""
    following = m.tokens.raw(m.end)
    if not m.tokens.raw(m.start)[0].islower() or m.tokens.kind(m.start - 1) in ("HYP", "A", "THE"):
        return None
    if following[:1].isalpha() and m.tokens.kind(m.end) == "" and m.tokens.word(m.end) not in words("function"):
        return None
    return Sense(value="FUTURE_REF")
