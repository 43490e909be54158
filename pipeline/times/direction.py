"""Which way a clause points: to the past, to the future, or neither.

In: tokens and the place of an expression. Out: -2 (surely past), -1, 0, 1, 2 (surely future). Read from the verbs around it by
the closed word classes of models/times/direction.toml; no tagger is needed.
"""

from __future__ import annotations

from functools import cache

from pipeline.times.grammar import Tokens, sentence_ends, table

CERTAIN = 2  # a clause with "will": its times are not past; -CERTAIN: they are not future
_WINDOW = 14  # tokens to each side in which the verb of a clause is looked for
_NOUN_WITHIN = 2  # tokens after a date within which a noun makes it that of an event


@cache
def _words() -> dict[str, frozenset[str]]:
    return {name: frozenset(forms) for name, forms in table("direction").items()}


def direction(tokens: Tokens, start: int, end: int) -> int:
    """-1 or -CERTAIN where the clause around tokens [start, end) is past, 1 or CERTAIN where it is future, else 0."""
    if _surely_past(tokens, start, end):
        return -CERTAIN
    if _coming(tokens, start):
        return 1
    for i in range(start - 1, max(-1, start - 1 - _WINDOW), -1):
        if sentence_ends(tokens, i):
            break
        if tense := _tense(tokens, i):
            return tense
    for i in range(end, min(len(tokens), end + _WINDOW)):
        if sentence_ends(tokens, i) or tokens.lower[i] == "that":
            break
        if tense := _tense(tokens, i):
            return tense
    return 1 if tokens.kind(start - 1) == "FROM" and tokens.kind(start) == "WD" else 0  # "on sale from Thursday"


def _coming(tokens: Tokens, start: int) -> bool:
    """ "the rally is on Saturday", "ahead of Friday's vote"."""
    words, i = _words(), start - 1
    if tokens.kind(i) == "OF" and tokens.kind(i - 1) == "AHEAD":
        return True
    is_verb = tokens.kind(i - 1) != "AMPM"  # "at 6 am on Saturday"
    return tokens.kind(i) in ("IN", "ON") and is_verb and tokens.word(i - 1) in words["be_present"]


def _surely_past(tokens: Tokens, start: int, end: int) -> bool:
    """ "since Oct. 7", "announced in January", "the April 22 attack": verbs that govern the date, and what nobody plans."""
    words, i = _words(), start - 1
    if tokens.word(i) == "since":
        return True
    if any(tokens.word(j) in words["unplanned"] for j in range(end, end + _NOUN_WITHIN)) and tokens.kind(i) == "THE":
        return True
    if tokens.kind(i) not in ("IN", "ON"):
        return False
    word = tokens.word(i - 1)
    if word in words["unplanned"]:
        return _verb_before(tokens, i - 1) <= 0
    return word not in words["future"] and word not in words["no_verb"] and _tense(tokens, i - 1) < 0


def _verb_before(tokens: Tokens, i: int) -> int:
    """The tense of the nearest verb before token i in its sentence."""
    for j in range(i - 1, max(-1, i - 1 - _WINDOW), -1):
        if sentence_ends(tokens, j):
            break
        if tense := _tense(tokens, j):
            return tense
    return 0


def _denied(tokens: Tokens, i: int) -> bool:
    """Whether "neither", "nobody" and the like stand before token i in its sentence."""
    for j in range(i - 1, max(-1, i - 1 - _WINDOW), -1):
        if sentence_ends(tokens, j):
            return False
        if tokens.lower[j] in _words()["deniers"]:
            return True
    return False


def _modality(tokens: Tokens, i: int) -> int:
    """ "may resign" lies ahead; "may have resigned" and "could not be reached" behind."""
    words = _words()
    could = tokens.lower[i] == "could" and (tokens.word(i + 1) == "not" or _denied(tokens, i))
    if could or tokens.lower[i] in words["could_not"]:
        return -1
    for j in range(i + 1, i + 4):
        if tokens.word(j) in words["perfect"] or tokens.word(j) in words["recall"]:
            return -1
    return 1


def _tense(tokens: Tokens, i: int) -> int:
    words, word = _words(), tokens.lower[i]
    if word in words["future"]:
        if tokens.word(i - 1) in ("had", "previously") or tokens.word(i - 2) == "had":
            return -1
        if word in words["future_before"]:
            return 1 if tokens.word(i + 1) in words["future_objects"] else 0
        return CERTAIN if word in words["will"] else 1
    if word in words["modal"] and tokens.raw(i).islower():
        return _modality(tokens, i)
    if word in words["be"] and tokens.word(i + 1) == "to" and tokens.word(i + 2) not in words["future_objects"]:
        return 1  # "is to visit", "was to sail"
    if word in words["be_present"] and tokens.word(i + 1).endswith("ing"):
        return 1  # "is flying to Rome on Friday": an arrangement
    if word in words["future_to"] and tokens.word(i + 1) == "to" and tokens.word(i + 2) not in words["future_objects"]:
        return 1  # "agreed to meet on Friday"; not "agreed to a truce on Friday"
    preterite = word in words["past"]
    if not preterite and not (
        len(word) > 3 and word.endswith("ed") and word not in words["not_past"] and tokens.raw(i)[0].islower()
    ):
        return 0
    for j in range(i - 1, max(-1, i - 4), -1):
        before = tokens.lower[j]
        if before in words["future"]:
            return 1
        if before in words["auxiliary"] and (before != "to" or j == i - 1):
            return 0
        if before in words["past_auxiliary"]:
            return -1
    return -1
