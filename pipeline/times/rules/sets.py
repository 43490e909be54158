"""Times that recur: "every Tuesday", "twice a day".

In: a `Match`. Out: what it says, a `Sense`; None where it is no time after all. Each rule is true of English at large.
"""

from __future__ import annotations

from pipeline import calendar
from pipeline.records import TimeType
from pipeline.times.grammar import Match, sentence_ends
from pipeline.times.rules.common import (
    day_of_month,
    is_month,
    rule,
    words,
)
from pipeline.times.senses import Sense


@rule("set.each", "(<e>EACH) (?:(<o>OTHER)|(<n>COUNT)|(<few>FEW))? (<u>UNIT|UNITS|QTR|WEEKEND|PART)")
def _each(m: Match) -> Sense | None:
    if m.has("few"):
        few = m.value("few")
        return Sense(TimeType.SET, value=calendar.duration_value(None if few == "X" else few, m.value("u")), quant=m.value("e"))
    count = 2 if m.has("o") else m.value("n") or 1
    unit = m.value("u")
    if m.kind("u") == "PART":
        value = f"XXXX-XX-XXT{unit}"
    elif unit == "WE":
        value = "XXXX-WXX-WE"
    else:
        value = calendar.duration_value(count * (2 if unit == "FN" else 1), "W" if unit == "FN" else unit)
    return Sense(TimeType.SET, value=value, quant=m.value("e"), freq="1X")


@rule("set.each.named", "(<e>EACH) (?:(<wd>WD)|(<m>MON|MAY)|(<s>SEASONW)|(<h>HOL)) (<p>PART)?")
def _each_named(m: Match) -> Sense | None:
    part = f"T{m.value('p')}" if m.has("p") else ""
    if m.has("wd"):
        return Sense(TimeType.SET, value=f"XXXX-WXX-{m.value('wd')}{part}", quant=m.value("e"), freq="1X")
    if m.has("m"):
        return Sense(TimeType.SET, value=f"XXXX-{m.value('m'):02d}", quant=m.value("e"), freq="1X") if is_month(m, "m") else None
    if m.has("s"):
        return Sense(TimeType.SET, value=f"XXXX-{m.value('s')}", quant=m.value("e"), freq="1X")
    return Sense(TimeType.SET, value="XXXX-XX-XX", quant=m.value("e"), freq="1X")


@rule("set.each.date", "(<e>EACH) (?:(<d>DAYNUM|NTH) OF? (<m>MONTH)|(<n>MONTH) THE? (<k>DAYNUM|NTH))")
def _each_date(m: Match) -> Sense | None:
    """ "every 2 April"."""
    name = "m" if m.has("m") else "n"
    day = m.value("d") if m.has("d") else m.value("k")
    if not is_month(m, name) or day_of_month(day, m.value(name)) is None:
        return None
    return Sense(TimeType.SET, value=f"XXXX-{m.value(name):02d}-{day:02d}", quant=m.value("e"), freq="1X")


@rule("set.weekends", "(?:ON|AT|IN) (<x>WEEKENDS)")
def _weekends(m: Match) -> Sense:
    return Sense(TimeType.SET, value="XXXX-WXX-WE", quant="EVERY")


@rule("set.weekdays", "(<wd>WDP) (?:(<p>PARTS))?")
def _weekdays(m: Match) -> Sense:
    return Sense(TimeType.SET, value=f"XXXX-WXX-{m.value('wd')}" + (f"T{m.value('p')}" if m.has("p") else ""), quant="EVERY")


@rule("set.weekday.parts", "(<wd>WD) (<p>PARTS)")
def _weekday_parts(m: Match) -> Sense:
    return Sense(TimeType.SET, value=f"XXXX-WXX-{m.value('wd')}T{m.value('p')}", quant="EVERY")


@rule("set.frequency", "(<f>FREQ)")
def _frequency(m: Match) -> Sense | None:
    tokens, i = m.tokens, m.start
    following = tokens.raw(i + 1)
    if tokens.raw(i)[0].isupper() and (following[:1].isupper() or (i and not sentence_ends(tokens, i - 1))):
        return None
    before = tokens.raw(i - 1)
    name_before = before[:1].isupper() and not (i > 1 and sentence_ends(tokens, i - 2)) and i > 1
    if (following[:1].isupper() and name_before) or (
        tokens.word(i + 1) in words("press") and (name_before or tokens.kind(i - 1) == "THE")
    ):
        return None  # "the Communist Party daily Granma", "the weekly reported": a newspaper
    unit = m.value("f")
    if m.word("f") == "quarterly" and following[:1].islower():
        return None  # "quarterly results": a kind of results
    return Sense(TimeType.SET, value=unit, freq="1X")


@rule("set.per", "(?:PER) (<u>UNIT)")
def _per(m: Match) -> Sense:
    return Sense(TimeType.SET, value=calendar.duration_value(1, m.value("u")), quant="EACH")


@rule("set.times", "(?:ONCE|(?:COUNT|FEW) TIMES) (?:EACH|A|PER) (<u>UNIT)")
def _times_a(m: Match) -> Sense:
    count = m.tokens.values[m.start]
    times = f"{count}X" if isinstance(count, int) else None
    return Sense(TimeType.SET, value=calendar.duration_value(1, m.value("u")), freq=times)
