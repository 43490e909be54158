"""Which way a clause points: to the past, to the future, or neither.

In: tokens and the place of an expression. Out: -2 (surely past), -1, 0, 1, 2 (surely future). Read from the verbs around it by
the closed word classes of models/times/direction.toml; no tagger is needed.
"""

from __future__ import annotations

from functools import cache

from pipeline.times.grammar import Tokens, sentence_ends, table
from pipeline.times.rules import words as nontimes

CERTAIN = 2  # a clause with "will": its times are not past; -CERTAIN: they are not future
_WINDOW = 20  # tokens to each side in which the verb of a clause is looked for
_LONG_WINDOW = 30  # and after an adverb that begins the sentence
_NOUN_WITHIN = 2  # tokens after a date within which a noun makes it that of an event
_SUBJECT_WITHIN = 3  # tokens between a date inside a subject and its verb
_PARTICIPLE_WITHIN = 3  # tokens within which an auxiliary has its participle
_CALL_WITHIN = 6  # tokens between "called for" and what is called for
_CLOCK_KINDS = frozenset({"ON", "CLOCK", "T4", "N1", "NOON", "AMPM", "ZONE", "LOCAL", "TIME", "COMMA"})
_LEAD_IN = 3  # tokens before an adverb that still begins its sentence: "But in May …"


@cache
def _words() -> dict[str, frozenset[str]]:
    return {name: frozenset(forms) for name, forms in table("direction").items()}


def direction(tokens: Tokens, start: int, end: int) -> int:
    """-1 or -CERTAIN where the clause around tokens [start, end) is past, 1 or CERTAIN where it is future, else 0."""
    if _surely_past(tokens, start, end):
        return -CERTAIN
    if _of_what_will_be(tokens, end):
        return CERTAIN
    if _coming(tokens, start, end):
        return 1
    for i in range(start - 1, max(-1, start - 1 - _WINDOW), -1):
        if sentence_ends(tokens, i):
            break
        if tense := _tense(tokens, i):
            if tense < 0 and _takes_effect(tokens, i, start):
                return 1
            if tense < 0 and (governing := _governing(tokens, i)) > 0:
                return governing
            if tense == 1 and _came_to_nothing(tokens, i, end):
                return -1
            return -CERTAIN if tense < 0 and _happened_then(tokens, i, start, end) else tense
    opening = _opens_sentence(tokens, start)
    for i in range(end, min(len(tokens), end + (_LONG_WINDOW if opening else _WINDOW))):
        if sentence_ends(tokens, i) or tokens.lower[i] == "that":
            break
        if tense := _tense(tokens, i):
            if tense < 0 and tokens.lower[i] in _words()["reporting"] and tokens.kind(i + 1) == "COMMA":
                continue  # "In August, officials said, the bridge will open"
            return -CERTAIN if tense < 0 and _told_of_then(tokens, start, end, i) else tense
    if tokens.kind(start - 1) == "FROM":
        return 1  # "on sale from Thursday", "are stopped from the end of March"
    return _headline(tokens, start)


def _governing(tokens: Tokens, i: int) -> int:
    """The tense of the verb before an attributive participle: 2 at "revised" in "will publish revised figures", else 0."""
    if not tokens.lower[i].endswith("ed") or tokens.kind(i + 1) or not tokens.raw(i + 1).islower():
        return 0
    if tokens.word(i + 1) in nontimes("function") or tokens.word(i + 1).endswith("ly"):
        return 0
    for j in range(i - 1, max(-1, i - 1 - _WINDOW), -1):
        if sentence_ends(tokens, j) or tokens.kinds[j] in ("COMMA", "AND") or tokens.lower[j] in _words()["clause_starts"]:
            return 0
        if tense := _tense(tokens, j):
            return tense
    return 0


def _takes_effect(tokens: Tokens, verb: int, start: int) -> bool:
    """ "Has banned flights from 0000 GMT on Tuesday": an order in the present perfect, and from when it holds; "announced drills
    from Thursday": what is arranged begins then."""
    words, i = _words(), start - 1
    while i > verb and tokens.kinds[i] in _CLOCK_KINDS:
        i -= 1
    if tokens.kind(i) != "FROM":
        return False
    if tokens.lower[verb] in words["arranging"] and i - verb > 1:
        return True
    ordered = tokens.lower[verb] in words["ordering"]
    return ordered and any(tokens.word(j) in words["having"] for j in range(verb - _PARTICIPLE_WITHIN, verb))


def _came_to_nothing(tokens: Tokens, verb: int, end: int) -> bool:
    """ "A helicopter *that was to* land on Tuesday *turned back*": what was to be lies behind what was then done."""
    words = _words()
    if tokens.lower[verb] not in words["be"] or tokens.word(verb - 1) not in words["relatives"]:
        return False
    for j in range(end, min(len(tokens), end + _PARTICIPLE_WITHIN)):
        if sentence_ends(tokens, j):
            return False
        if tense := _tense(tokens, j):
            return tense < 0
    return False


def is_background(tokens: Tokens, start: int) -> bool:
    """Whether the clause before a date is in the past perfect: "the two had dined on Wednesday"."""
    for i in range(start - 1, max(-1, start - 1 - _WINDOW), -1):
        if sentence_ends(tokens, i) or tokens.kinds[i] == "COMMA":
            return False
        if tokens.lower[i] in _words()["had"]:
            return True
    return False


def _happened_then(tokens: Tokens, verb: int, start: int, end: int) -> bool:
    """Whether the past verb before a date surely happened at it: "opened an office in May"; not "announced a vote in May"."""
    words, i = _words(), start - 1
    compares = tokens.kind(i) == "FROM" and tokens.word(i - 1) in words["measures"]  # "rose 4 percent from May"
    if not (compares or tokens.kind(i) in ("IN", "ON", "")) or tokens.lower[verb] in words["arranging"]:
        return False
    between = range(verb + 1, start)
    if any(tokens.lower[j] == "to" and tokens.word(j + 1) not in words["future_objects"] for j in between):
        return False  # "allowed the airline to fly in May"
    noun = i - 1 if tokens.kind(i) in ("IN", "ON") else i
    if noun > verb and tokens.lower[noun] in words["appointments"]:
        return False
    for j in range(end, min(len(tokens), end + _WINDOW)):
        if sentence_ends(tokens, j) or tokens.kinds[j] in ("COMMA", "AND"):
            break
        if tense := _tense(tokens, j):
            return tense < 0
    return True


def _told_of_then(tokens: Tokens, start: int, end: int, verb: int) -> bool:
    """Whether the past verb after a date tells of it: "In May, he left", "The May launch failed"; not "… was called off"."""
    words, i = _words(), start - 1
    if any(tokens.word(j) in words["arranging"] for j in range(verb, verb + _PARTICIPLE_WITHIN)):
        return False
    if _opens_sentence(tokens, start):
        return True
    inside = tokens.kind(i) in ("IN", "ON", "THE", "A")
    return inside and verb - end <= _SUBJECT_WITHIN and "COMMA" not in tokens.kinds[end:verb]


def _opens_sentence(tokens: Tokens, start: int) -> bool:
    """Whether a date is in the adverb that its sentence begins with: "In May …", "But on May 3 …", "At its May meeting …"."""
    for i in range(start - 1, start - 1 - _LEAD_IN, -1):
        if tokens.kind(i) in ("IN", "ON", "AT", "AFTER"):
            return any(j < 0 or sentence_ends(tokens, j) for j in range(i - 1, i - 1 - _LEAD_IN, -1))
    return False


def _headline(tokens: Tokens, start: int) -> int:
    """1 for "Premier to visit Rome on Friday": an infinitive alone, in a block that is no sentence."""
    last = start
    while last < min(len(tokens), start + _WINDOW) and tokens.kinds[last] != "BREAK":
        if sentence_ends(tokens, last):
            return 0
        last += 1
    for i in range(start - 2, max(0, start - 1 - _WINDOW), -1):
        if tokens.kinds[i] == "BREAK":
            break
        if tokens.lower[i] == "to" and tokens.raw(i + 1).islower() and tokens.word(i + 1) not in _words()["future_objects"]:
            return 1
    return 0


def _coming(tokens: Tokens, start: int, end: int) -> bool:
    """ "the rally is on Saturday", "ahead of Friday's vote", "called a strike for Monday"."""
    words, i = _words(), start - 1
    if tokens.kind(i) == "OF" and tokens.kind(i - 1) == "AHEAD":
        return True
    if tokens.word(i) == "for" and tokens.kind(start) == "WD" and tokens.kind(end) != "POSS":
        return True
    if tokens.kind(i) in ("IN", "ON") and tokens.word(i - 1) in words["appointments"]:
        calls = range(max(0, i - 1 - _CALL_WITHIN), i - 1)
        if any(tokens.word(j) in words["calling"] and tokens.word(j + 1) == "for" for j in calls):
            return True  # "called for a rally on Saturday"
    is_verb = tokens.kind(i - 1) != "AMPM"  # "at 6 am on Saturday"
    return tokens.kind(i) in ("IN", "ON") and is_verb and tokens.word(i - 1) in words["be_present"]


def _of_what_will_be(tokens: Tokens, end: int) -> bool:
    """ "The May 20-21 summit, *which* Chicago *will* host", "the 3 May vote, *to be* held in Oslo"."""
    if tokens.word(end) in ("-", "–") and tokens.word(end + 1).isdigit():
        end += 2
    relative = next((j for j in range(end + 1, end + 2 + _NOUN_WITHIN) if tokens.kind(j) == "COMMA"), None)
    if relative is None or any(sentence_ends(tokens, j) or tokens.kind(j) for j in range(end, relative)):
        return False
    if tokens.word(relative + 1) == "to" and tokens.word(relative + 2) == "be":
        return True
    after = range(relative + 2, relative + 2 + _SUBJECT_WITHIN)
    return tokens.word(relative + 1) == "which" and any(tokens.word(j) in _words()["will"] for j in after)


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


def _is_noun(tokens: Tokens, i: int) -> bool:
    """Whether an article or possessive makes a noun of the word at i: "dropped its offer to buy the mine"."""
    return tokens.kind(i - 1) in ("THE", "A", "POSS") or tokens.word(i - 1) in nontimes("possessives")


def _tense(tokens: Tokens, i: int) -> int:
    words, word = _words(), tokens.lower[i]
    if word in words["will"] and any(tokens.word(j) in words["recall"] for j in (i + 1, i + 2)):
        return -1  # "readers will recall Sept. 30"
    if word in words["future"]:
        was = tokens.word(i - 1) in ("had", "previously") or tokens.word(i - 2) == "had"
        if was and word not in nontimes("bounds"):  # "had planned"; "had until Friday to reply"
            return -1
        if word == "due" and tokens.word(i + 1) == "to" and not tokens.raw(i + 2).islower():
            return 0
        if word in words["future_before"]:
            return 1 if tokens.word(i + 1) in words["future_objects"] else 0
        return CERTAIN if word in words["will"] else 1
    if word in words["modal"] and tokens.raw(i).islower():
        return _modality(tokens, i)
    if word in words["be"] and tokens.word(i + 1) == "to" and tokens.word(i + 2) not in words["future_objects"]:
        if tokens.word(i + 2) in words["perfect"]:
            return -1  # "was to have spoken"
        return CERTAIN if word in words["be_present"] else 1  # "is to visit", "was to sail"
    if word in words["be_present"] and tokens.word(i + 1).endswith("ing"):
        return 1  # "is flying to Rome on Friday": an arrangement
    timetable = word in words["timetable"] or f"{word} {tokens.word(i + 1)}" in words["timetable"]
    # "leaves Oslo on Friday"
    timetable = timetable or (word in words["leaving"] and tokens.raw(i + 1).istitle())
    if timetable and tokens.word(i - 1) != "to" and not _is_noun(tokens, i):
        return 1  # "the ban takes effect on Monday"
    to_do = tokens.word(i + 1) == "to" and tokens.word(i + 2) not in words["future_objects"]
    if word in words["future_to"] and to_do and not _is_noun(tokens, i):
        return 1  # "agreed to meet on Friday"; not "agreed to a truce on Friday"
    if word in words["participles"] and any(tokens.word(j) in words["having"] for j in range(i - _PARTICIPLE_WITHIN, i)):
        return -1  # "have come down from October"
    preterite = word in words["past"]
    if not preterite and not (
        len(word) > 3
        and word.endswith("ed")
        and word not in words["not_past"]
        and tokens.raw(i)[0].islower()
        and tokens.kind(i - 1) != "HYP"  # "Toronto-based"
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
