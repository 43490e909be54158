"""The grammar of English time expressions, one file a kind of expression.

In: nothing. Out: `RULES`, (name, pattern over token kinds, what a match says), earlier ones preferred where two match alike.
"""

from pipeline.times.rules import dates, parts, shifts, clock, durations, sets, vague  # noqa: F401, I001 - registers, in this order
from pipeline.times.rules.common import RULES, Builder, Piece, closes, in_part, rule, words

__all__ = ["RULES", "Builder", "Piece", "closes", "in_part", "rule", "words"]
