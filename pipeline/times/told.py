"""Times told from an event: "two days after the battle", "a week before the summit", "the second anniversary of the crash".

In: the expressions of a text, resolved as far as a calendar goes. Out: the same, with dates where the text says when the
event was: by a date inside of the phrase ("a week before the Nov. 5 election") or by a dated sentence that speaks of the same
thing in the same words ("The summit opened on 3 July"). Durations stay durations and get the interval that they lead to; days
and anniversaries get a value, or are left out where the event is not dated. Words are indexed once, and each phrase looks at
a bounded number of them, so that time stays linear.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from pipeline import calendar
from pipeline.records import TimeModifier, TimeType
from pipeline.times.covering import Resolved
from pipeline.times.grammar import Tokens, sentence_ends
from pipeline.times.rules import closes, words
from pipeline.times.senses import Found, Sense

_PHRASE_TOKENS = 10  # how many tokens name the event
_DATE_TOKENS = 12  # how far into the phrase its own date may stand
_NEAREST = 4  # dated mentions of a word to look at on each side
_YEAR = 366  # days
_SHORTEST = 3  # letters of a word that names something
_STEM = 4  # letters that must remain of a word without its ending
_COARSENESS = {"D": 0, "WE": 1, "W": 1, "M": 2, "Q": 3, "S": 3, "H": 3, "Y": 4, "E": 5}
_INEXACT = (TimeModifier.MORE_THAN, TimeModifier.LESS_THAN, TimeModifier.EQUAL_OR_MORE, TimeModifier.EQUAL_OR_LESS)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A word of a dated sentence: where, in which sentence, and the date nearest to it."""

    token: int
    sentence: int
    value: str


def date_by_events(
    tokens: Tokens, found: list[Found], resolved: list[Resolved | None], today: date | None, south: bool
) -> list[Resolved | None]:
    """`resolved` with what hangs on a dated event filled in; `today` is the day of publication."""
    waiting = [i for i, f in enumerate(found) if steps(tokens, f) is not None]
    if not waiting:
        return resolved
    mentions, out = _mentions(tokens, found, resolved), list(resolved)
    for i in waiting:
        told = steps(tokens, found[i])
        assert told is not None
        unit, count = told
        after = found[i].end + 1
        dated = _apposed(tokens, found, out, i)
        if dated is None:
            event = _date_within(tokens, found, out, i, after) or _date_by_words(tokens, after, found[i].start, mentions)
            dated = event and _move(event, unit, count, found[i].sense)
        if dated and not (found[i].sense.base == "event" and _far_ahead(dated, today)):
            out[i] = _with(found[i].sense, out[i], dated, south)
    return out


def _apposed(tokens: Tokens, found: list[Found], resolved: list[Resolved | None], i: int) -> str | None:
    """The day just before a comma: "On 27 June, two days after the invasion"."""
    if not i or found[i - 1].end != found[i].start - 1 or tokens.kinds[found[i].start - 1] not in ("COMMA", "DASH", "HYP"):
        return None
    before = resolved[i - 1]
    is_day = before is not None and found[i - 1].sense.type is TimeType.DATE and calendar.granularity(before.value) == "D"
    return before.value if before is not None and is_day else None


def _far_ahead(dated: str, today: date | None) -> bool:
    """Whether a date lies more than a year after publication: no anniversary that news speaks of."""
    covered = calendar.interval(dated)
    return today is not None and covered is not None and (covered.start.date() - today).days > _YEAR


def steps(tokens: Tokens, f: Found) -> tuple[str, int] | None:
    """How far an expression leads from the event told right behind it, as unit and count: ("D", 2) for "two days after the
    battle", which begins two tokens behind it, ("M", -1) for "a month before"; None for an expression that is not so told."""
    sense = f.sense
    if sense.base == "event":
        return sense.unit or "D", sense.count or 0
    kind = tokens.kind(f.end)
    if sense.type is not TimeType.DURATION or sense.length is None or sense.mod in _INEXACT or kind not in ("AFTER", "BEFORE"):
        return None
    count, unit = sense.length
    if count is None or count != int(count) or unit not in calendar.SHIFTED or closes(tokens, f.end + 1):
        return None
    return unit, int(count) * (1 if kind == "AFTER" else -1)


def _phrase(tokens: Tokens, start: int, length: int) -> range:
    """The tokens from `start` to the end of the clause's first part, `length` at most."""
    stop = words("phrase_stops")
    for i in range(start, min(start + length, len(tokens))):
        if sentence_ends(tokens, i) or tokens.lower[i] in stop:
            return range(start, i)
    return range(start, min(start + length, len(tokens)))


def _date_within(tokens: Tokens, found: list[Found], resolved: list[Resolved | None], i: int, after: int) -> str | None:
    """The date that the phrase itself names."""
    phrase = _phrase(tokens, after, _DATE_TOKENS)
    for other, dated in zip(found[i + 1 : i + 3], resolved[i + 1 : i + 3], strict=True):
        if (
            other.start < phrase.stop
            and dated is not None
            and other.sense.type is TimeType.DATE
            and calendar.granularity(dated.value)
        ):
            return dated.value
    return None


def _stem(word: str) -> str:
    """A word without its English ending, so that "attacks", "attacked" and "attack" are one."""
    for ending in sorted(words("endings"), key=lambda ending: (-len(ending), ending)):
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word


def _content(tokens: Tokens, span: range) -> Iterator[tuple[int, str]]:
    """The words of a span that name things: no times, no function words."""
    for i in span:
        word = tokens.lower[i]
        if not tokens.kinds[i] and len(word) >= _SHORTEST and word[0].isalpha() and word not in words("function"):
            yield i, _stem(word)


def _mentions(tokens: Tokens, found: list[Found], resolved: list[Resolved | None]) -> dict[str, list[_Mention]]:
    """The words of all sentences that name a date, with the date nearest to them, in text order."""
    index: dict[str, list[_Mention]] = {}
    dates = [(f, r.value) for f, r in zip(found, resolved, strict=True) if r is not None and _names_date(f.sense, r)]
    begin, at = 0, 0
    for number, end in enumerate(_sentences(tokens)):
        inside: list[tuple[int, int, str]] = []
        while at < len(dates) and dates[at][0].start < end:
            inside.append((dates[at][0].start, dates[at][0].end, dates[at][1].partition("T")[0]))
            at += 1
        place = 0
        for i, stem in _content(tokens, range(begin, end)) if inside else ():
            while place + 1 < len(inside) and abs(inside[place + 1][0] - i) < abs(inside[place][1] - i):
                place += 1
            index.setdefault(stem, []).append(_Mention(i, number, inside[place][2]))
        begin = end
    return index


def _names_date(sense: Sense, resolved: Resolved) -> bool:
    return sense.type in (TimeType.DATE, TimeType.TIME) and resolved.earliest is not None and sense.base != "event"


def _sentences(tokens: Tokens) -> Iterator[int]:
    """The ends of the text's sentences."""
    for i in range(len(tokens)):
        if sentence_ends(tokens, i):
            yield i + 1
    yield len(tokens)


def _date_by_words(tokens: Tokens, after: int, here: int, mentions: dict[str, list[_Mention]]) -> str | None:
    """The date of the sentence that shares the phrase's words: the most of them, an earlier sentence before a later one.

    The words up to the first function word ("the battle" of Amiens) must be shared, two of them where they are more.
    """
    span = _phrase(tokens, after, _PHRASE_TOKENS)
    phrase = {stem: i for i, stem in _content(tokens, span)}
    core = {stem: i for stem, i in phrase.items() if not any(tokens.lower[j] in words("function") for j in range(after + 1, i))}
    if not core or (len(core) == 1 and all(tokens.raw(i)[0].isupper() for i in core.values())):
        return None  # a name alone is no event
    shared: dict[int, list[tuple[bool, _Mention]]] = {}
    for stem in phrase:
        listed = mentions.get(stem, [])
        place = bisect_left(listed, here, key=lambda m: m.token)
        beyond = bisect_left(listed, span.stop, key=lambda m: m.token)
        near = {m.sentence: m for m in [*listed[max(0, place - _NEAREST) : place], *listed[beyond : beyond + _NEAREST]]}
        for sentence, mention in near.items():
            shared.setdefault(sentence, []).append((stem in core, mention))
    needed = min(2, len(core))
    fit = [found for found in shared.values() if sum(in_core for in_core, _ in found) >= needed]
    if not fit:
        return None
    best = max(fit, key=lambda found: (len(found), found[0][1].token < here, -abs(found[0][1].token - here)))
    return next(mention for in_core, mention in best if in_core).value


def _move(event: str, unit: str, count: int, sense: Sense) -> str | None:
    """The calendar unit that lies `count` units from an event's date; None where the event's date is coarser than that."""
    covered, grain = calendar.interval(event), calendar.granularity(event)
    if covered is None or grain is None:
        return None
    anniversary = sense.base == "event" and unit == "Y"
    if not anniversary and _COARSENESS.get(grain, 9) > _COARSENESS.get(unit, 0):
        return None
    moved: date | None = calendar.shift(covered.start.date(), unit, count)
    return None if moved is None else calendar.at(moved, grain if anniversary and grain in "DMY" else unit)


def _with(sense: Sense, resolved: Resolved | None, value: str, south: bool) -> Resolved:
    covered = calendar.interval(value, south)
    start, end = (covered.start, covered.end) if covered else (None, None)
    if resolved is None:
        return Resolved(value, calendar.to_edtf(value, south), start, end)
    return replace(resolved, edtf=calendar.to_edtf(value, south), earliest=start, latest=end)
