"""What a text has spoken of so far: the dates that the next expression may hang on.

In: the expressions' values, in text order. Out: `Focus`, the state of one text: its temporal focus (the reference date), the
days, months, quarters and weeks named lately, each for as long as its sentence, its paragraph or the text lasts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipeline import calendar
from pipeline.records import TimeType
from pipeline.times.direction import direction, is_background
from pipeline.times.grammar import Tokens, sentence_ends
from pipeline.times.rules import words
from pipeline.times.senses import Sense

_ASIDE_YEARS = 8  # a bare year farther than this from the history's own is an aside


@dataclass(slots=True, eq=False)
class Focus:
    """The state of one text: tell it where the next expression stands, then what its value is."""

    tokens: Tokens
    today: date | None
    """The day of publication, or of the dateline."""
    narrative: bool
    """Whether the text is a history, whose dates lie far from its publication."""
    reference: date | None
    """The temporal focus: the last date that moved the story, on which "the next day" hangs."""
    unit: str = "D"
    """The precision of the reference date."""
    reference_above: bool = False
    """Whether the reference date stands in a paragraph before this one."""
    day: date | None = None
    """The last day that the paragraph named, on which clock times hang."""
    day_sentence: bool = False
    """Whether the sentence named it."""
    mentioned: date | None = None
    """The last date named, whatever it was named for."""
    last_day: date | None = None
    """The last day named anywhere before."""
    quarter: date | None = None
    """The last quarter named."""
    period: date | None = None
    """The same, until months or years are counted."""
    sentence_unit: str | None = None
    """The precision of the last date that the sentence named."""
    week: date | None = None
    """The first day of the coming week that the sentence named."""
    told: date | None = None
    """The last month or day of another year that the paragraph told in full."""
    told_sentence: bool = False
    """Whether the sentence told it."""
    heading: date | None = None
    """The last day that stood as a heading of its own."""
    last_dated: tuple[int, date] | None = None
    """The token after the last day that was told, and that day."""
    current: tuple[int, int] = (0, 0)
    """The tokens of the expression at hand."""
    _aside: date | None = field(default=None, init=False)
    _read: int = field(default=0, init=False)

    def enter(self, start: int, end: int) -> None:
        """Goes on to the expression at tokens [start, end), and forgets what does not outlast its sentence or paragraph."""
        for i in range(self._read, start):
            if self.tokens.kinds[i] == "BREAK":
                self.day = self.told = None
                self.reference_above = True
            if sentence_ends(self.tokens, i):
                self.day_sentence = self.told_sentence = False
                self.sentence_unit = self.week = None
        self._read, self.current = start, (start, end)

    def remember(self, sense: Sense, value: str) -> None:
        """Takes in the value of the expression at hand."""
        if sense.type is TimeType.DURATION and sense.length is not None and sense.length[1] in ("M", "Y"):
            self.period = None
        if sense.type in (TimeType.DURATION, TimeType.SET) or value.endswith("_REF"):
            return
        covered = calendar.interval(value.partition("T")[0])
        if covered is None:
            return
        unit = calendar.granularity(value.partition("T")[0]) or "Y"
        self.mentioned = start = covered.start.date()
        if unit == "D":
            self._remember_day(sense, start)
        if unit == "Q" and sense.quarter is not None:
            self.quarter = self.period = start
        self.sentence_unit = unit
        self._remember_told(sense, start)
        if sense.unit == "W" and sense.base == "published" and sense.count == 1:
            self.week = start
        if self._is_name(sense) or self._bounds():
            return
        if self._is_aside(start, sense):
            self._aside = start
            return
        self.reference, self.unit, self._aside, self.reference_above = start, unit, None, False

    def _remember_day(self, sense: Sense, day: date) -> None:
        self.day, self.day_sentence = day, True
        background = not self.narrative and is_background(self.tokens, self.current[0])
        if self.last_day is None or (not background and (self.today is None or day <= self.today)):
            self.last_day = day
        self.last_dated = (self.current[1], day)
        if not sense.of_day and self.heads_block(*self.current):
            self.heading = day

    def _remember_told(self, sense: Sense, start: date) -> None:
        if sense.base == "published" or sense.year is not None or (sense.weekday is not None and sense.month is None):
            self.told = None
        if sense.year is not None and (sense.month is not None or sense.season is not None):
            long_ago = self.today is not None and start.year < self.today.year - 1
            self.told, self.told_sentence = (start, True) if long_ago else (None, False)

    def _is_name(self, sense: Sense) -> bool:
        """Whether a day only tells which thing is meant: "the November 27 agreement" moves nobody's "next day"."""
        begin, end = self.current
        noun = not self.tokens.kind(end) and self.tokens.raw(end)[:1].isalpha() and self.tokens.word(end) not in words("function")
        return sense.month is not None and sense.year is None and noun and self.tokens.kind(begin - 1) == "THE"

    def _bounds(self) -> bool:
        """Whether a day only bounds what is told: "has worked since 1 April"; not "Since Wednesday they are bound"."""
        before = self.current[0] - 1
        return not self.narrative and before > 0 and self.tokens.raw(before) in words("bounds")

    def _is_aside(self, start: date, sense: Sense) -> bool:
        """Whether a year far from the history's own is only mentioned: the first one is, a second one near it is not."""
        if not self.narrative or self.reference is None or sense.month is not None:
            return False
        if abs(start.year - self.reference.year) <= _ASIDE_YEARS:
            return False
        return self._aside is None or abs(start.year - self._aside.year) > _ASIDE_YEARS

    # --- questions

    def tense(self) -> int:
        """The direction in which the clause of the expression at hand points."""
        return direction(self.tokens, *self.current)

    def heads_block(self, start: int, end: int) -> bool:
        """Whether tokens [start, end) begin a block of the text, and with `end` at a block's end are all of it."""
        return (start == 0 or self.tokens.kinds[start - 1] == "BREAK") and (end < 0 or self.tokens.kind(end) in ("BREAK", ""))

    def present(self) -> bool:
        """Whether a history steps out of its story at the expression at hand: "still today", in a clause that is not past."""
        return self.narrative and self.tense() >= 0
