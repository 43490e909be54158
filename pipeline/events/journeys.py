"""Flights told in several places: which tellings are stages of one journey, and which is the way back.

In: tellings of flights, and the group they may belong to. Out: whether something shows that they are one journey; `merging` asks.
"""

from __future__ import annotations

from datetime import date

from spacy.tokens import Token

from pipeline.events.fillers import in_class
from pipeline.events.headlined import in_title
from pipeline.events.sameness import same
from pipeline.events.states import home_of
from pipeline.events.tellings import DEFINITE, LOCATION_ROLES, SAID, Group, Telling
from pipeline.numerals import cardinals
from pipeline.records import Realis

_MACHINE_ROLES = ("aircraft", "tail_number", "operator")


def one_journey(telling: Telling, group: Group) -> bool:
    """Whether a telling goes on with the journey of a group, describes it or tells its beginning afterwards."""
    ways = (_shares_traveller, _accompanies, _goes_on, _describes, _told_again, _last_of_them, _their_plane_lands)
    return any(way(telling, group) for way in ways)


def _shares_traveller(telling: Telling, group: Group) -> bool:
    """ "left Moscow at ten and landed in Pyongyang": verbs that share a subject tell the legs of one journey, out before in."""
    mine = _subjects(telling)
    if not mine or telling.mention.action not in ("landed", "flew"):
        return False
    before = [t for t in group.tellings if t.mention.action in ("departed", "flew") and _subjects(t) & mine]
    return any(t.mention.predicate.head.i < telling.mention.predicate.head.i for t in before)


def _accompanies(telling: Telling, group: Group) -> bool:
    """ "Touched down on Wednesday, *carrying* the president": a participle with the subject of the flight's verb."""
    head = telling.mention.predicate.head
    if head.dep_ != "advcl" or head.tag_ != "VBG" or any(telling.mention.roles.get(r) for r in LOCATION_ROLES):
        return False
    return any(t.mention.predicate.head == head.head and _subjects(t) & _subjects(telling) for t in group.tellings)


def _last_of_them(telling: Telling, group: Group) -> bool:
    """ "Four jets had left Charleston on Sunday; by breakfast the last was down at Prestwick": where the last of some came down,
    all of them flew."""
    if telling.mention.action != "landed" or any(t.mention.action != "departed" for t in group.tellings):
        return False
    doc = telling.mention.predicate.head.doc
    last = any(doc[i].lower_ == "last" and not in_class(doc[i].head, "vehicle") for i in _subjects(telling))
    mine = {f.note for r in _MACHINE_ROLES for f in telling.mention.roles.get(r, [])}
    return last and bool(mine & {n for r in _MACHINE_ROLES for n in group.fillers(r)})


def same_machine_flies(a: Telling, b: Telling) -> bool:
    """Whether two verbs have one aircraft for their subject, or one of them a pronoun."""
    if any(t.mention.predicate.pos != "verb" for t in (a, b)):
        return False
    if _subjects(a) & _subjects(b):
        return True
    doc = a.mention.predicate.head.doc
    return any(doc[i].lower_ in ("it", "they") for t in (a, b) for i in _subjects(t))


def _goes_on(telling: Telling, group: Group) -> bool:
    """ "An Il-76 came from Tula. It took off at noon": what "it" or "the jet" does next belongs to the flight just told."""
    head = telling.mention.predicate.head
    before = group.tellings[-1].mention
    types = {f.token.i for f in telling.mention.roles.get("aircraft", [])}
    if not any(_points_back(head.doc[i], i in types) for i in _subjects(telling)):
        return False
    start = head.sent.start
    since = head.doc[start - 1].sent.start if start else 0
    if not since <= before.predicate.head.i < head.i:
        return False
    mine = {f.note for r in _MACHINE_ROLES for f in telling.mention.roles.get(r, [])}
    theirs = {f.note for r in _MACHINE_ROLES for f in before.roles.get(r, [])}
    return bool(mine & theirs) or not (mine or theirs)


def _describes(telling: Telling, group: Group) -> bool:
    """ "The first flight left Kabul for Islamabad. PIA flight PK6250 carried 70 passengers": a telling right behind that gives
    neither route nor time of its own."""
    mention, before = telling.mention, group.tellings[-1].mention
    if any(mention.roles.get(r) for r in LOCATION_ROLES) or (telling.timing.time is not None and telling.timing.rank < SAID):
        return False
    start = mention.predicate.head.sent.start
    doc = mention.predicate.head.doc
    return bool(start) and doc[start - 1].sent.start <= before.predicate.head.i < start and telling.realis is not Realis.GENERIC


def _their_plane_lands(telling: Telling, group: Group) -> bool:
    """ "The last soldiers were flown out of Niamey. *Their A400M* touched down at Wunstorf": the end of what was just told."""
    head = telling.mention.predicate.head
    before = group.tellings[-1].mention
    theirs = any(c.tag_ == "PRP$" for i in _subjects(telling) for c in head.doc[i].children if c.dep_ == "poss")
    if telling.mention.action != "landed" or not theirs or not before.roles.get("passengers"):
        return False
    start = head.sent.start
    return bool(start) and head.doc[start - 1].sent.start <= before.predicate.head.i < start and not group.fillers("destination")


def _told_again(telling: Telling, group: Group) -> bool:
    """ "A Russian plane landed in Havana on Monday. The Il-96 left Vnukovo on Sunday and …": the departure of what has landed,
    told behind it with a definite subject, on the day before at most."""
    landed = [t for t in group.tellings if t.mention.action == "landed" or t.mention.roles.get("destination")]
    if telling.mention.action not in ("departed", "flew") or not landed:
        return False
    head = telling.mention.predicate.head
    before = [c for i in _subjects(telling) for c in head.doc[i].children if c.lower_ in DEFINITE]
    whose = any(c.dep_ == "poss" for c in before) and telling.mention.roles.get("origin")
    if not (whose or any(c.dep_ == "det" for c in before)):
        return False
    mine, theirs = telling.timing.time, landed[0].timing.time
    if mine is None or theirs is None or not (mine.earliest and theirs.earliest):
        return False
    days = days_between(mine.earliest, theirs.earliest)
    return days is not None and 0 <= days <= 1


def apart(a: Telling, b: Telling) -> bool:
    """Whether two tellings are legs and not one flight: a flight home and the flight out, or how a machine came in and where it
    went then."""
    there_and_back = (
        flies_home(a) is not flies_home(b) and not _in_one_breath(a, b) and not (_is_homecoming(a, b) or _is_homecoming(b, a))
    )
    if there_and_back or _came_first(a, b) or _came_first(b, a) or _other_machines(a, b):
        return True
    return _carries_others(a, b) or _left_again(*sorted((a, b), key=lambda t: t.mention.predicate.head.i))


def _carries_others(a: Telling, b: Telling) -> bool:
    """ "Flight 12 carried 400 people. A chartered 737 took the first group on": a machine that is new to the text, and who is
    aboard it are others."""
    first, second = sorted((a, b), key=lambda t: t.mention.predicate.head.i)
    before, now = ([f.note for f in t.mention.roles.get("passengers", [])] for t in (first, second))
    if in_title(first) or not (before and now) or any(same(x, y) for x in before for y in now):
        return False
    new = any(c.dep_ == "det" and c.lower_ in ("a", "an") for a in second.mention.predicate.slot("subj") for c in a.head.children)
    return new and first.mention.predicate.head.sent != second.mention.predicate.head.sent


def _in_one_breath(a: Telling, b: Telling) -> bool:
    """ "Was *flown home* from London and *landed* in Lusaka"."""
    first, second = sorted((a, b), key=lambda t: t.mention.predicate.head.i)
    head = second.mention.predicate.head
    return second.mention.action == "landed" and head.dep_ == "conj" and head.head == first.mention.predicate.head


def _left_again(first: Telling, second: Telling) -> bool:
    """ "Flew in from Doha on Monday. It left for Juba on Tuesday": what leaves after it came is on its next flight."""
    verb, clause = first.mention.predicate.head, second.mention.predicate.clause
    came = first.mention.action == "landed" or in_class(verb, "arriving") or any(in_class(c, "inward") for c in verb.children)
    if in_title(first) or not came or second.mention.action != "departed" or clause is None or clause.perfect:
        return False
    goals = [[f.note for f in t.mention.roles.get("destination", [])] for t in (first, second)]
    if not goals[1] or second.mention.roles.get("origin") or any(same(x, y) for x in goals[0] for y in goals[1]):
        return False
    came_on, left_on = (t.timing.time.earliest if t.timing.time else None for t in (first, second))
    days = days_between(came_on, left_on) if came_on and left_on else None
    return days is None or days >= 0


def _is_homecoming(headline: Telling, told: Telling) -> bool:
    """ "Modi flies home" over "The jet landed in Delhi", "took off from Vienna": a headline's way home is the one that ends where
    the headline says or in its traveller's state, or of which only the beginning is told, and that abroad."""
    if not flies_home(headline) or not (in_title(headline) or _goes_back_to(headline, told)):
        return False
    ends, starts = ([f.note for f in told.mention.roles.get(r, [])] for r in ("destination", "origin"))
    if any(same(f.note, n) for f in headline.mention.roles.get("destination", []) for n in ends):
        return True
    home = [f.note.links.country or f.note.links.iso3166 for f in headline.mention.roles.get("destination", [])]
    if home and starts and not ends:
        return not any((n.links.country or n.links.iso3166) in home for n in starts)
    whose = [f.note for r in ("passengers", "operator") for f in headline.mention.roles.get(r, [])]
    homes = {home_of(n, headline.mention.predicate.head.doc) or n.links.iso3166 for n in whose} - {None}
    ends_home, starts_home = (bool(homes & {n.links.country or n.links.iso3166 for n in side}) for side in (ends, starts))
    return ends_home or (bool(homes and starts) and not (ends or starts_home))


def _goes_back_to(home: Telling, told: Telling) -> bool:
    """ "Came home to Chad aboard a French jet. *The Falcon* took off from Paris": told right behind, of what is known."""
    first, second = home.mention.predicate.head, told.mention.predicate.head
    near = first.i < second.i and second.sent.start and second.doc[second.sent.start - 1].sent.start <= first.i
    known = any(c.dep_ == "det" and c.lower_ in DEFINITE for i in _subjects(told) for c in second.doc[i].children)
    return bool(near) and known and bool(home.mention.roles.get("destination"))


def _other_machines(a: Telling, b: Telling) -> bool:
    """ "Five flights had landed. Two flights left for London": machines newly told, of another number; "Chinooks flew them
    to Djibouti. Two French planes landed": of another kind."""
    mine, theirs = _newly_told(a), _newly_told(b)
    if mine and theirs and mine != theirs and max(mine, theirs) > 1:
        return True
    return {True, False} == {_hovers(t) for t in (a, b)}


def _hovers(telling: Telling) -> bool | None:
    """Whether it is helicopters that fly; None where neither type nor word says."""
    kinds = [f.note.kind for f in telling.mention.roles.get("aircraft", [])]
    if kinds:
        return all(k == "helicopter" for k in kinds)
    words = [a.head for a in telling.mention.predicate.slot("subj", "obj")]
    if any(in_class(w, "helicopter_kind_word") for w in words):
        return True
    return False if any(in_class(w, "fixed_wing") for w in words) else None


def _newly_told(telling: Telling) -> int:
    """How many machines or flights a telling brings up; 0 where it does not say, or points back to some."""
    for argument in telling.mention.predicate.slot("subj", "obj"):
        noun = argument.head
        if argument.shared or not (in_class(noun, "vehicle") or in_class(noun, "flight_noun")) or noun.dep_ == "appos":
            continue
        number = next((c for c in noun.children if c.dep_ == "nummod"), None)
        if number is not None and not any(c.dep_ in ("det", "poss") for c in noun.children):
            return int(number.text) if number.text.isdigit() else cardinals().get(number.lower_, 0)
        if any(c.dep_ == "det" and c.lower_ in ("a", "an") for c in noun.children):
            return 1
    return 0


def _came_first(inbound: Telling, onward: Telling) -> bool:
    """ "A C-130 *which had come in from Crete* took the Britons to Jeddah": an arrival told of what then carries people on."""
    verb, above = inbound.mention.predicate.head, onward.mention.predicate.head
    if verb.dep_ not in ("relcl", "acl") or above not in verb.ancestors or inbound.mention.roles.get("destination"):
        return False
    arrived = inbound.mention.action == "landed" or any(in_class(t, "inward") for t in verb.children)
    return arrived and bool(inbound.mention.roles.get("origin")) and bool(onward.mention.roles.get("destination"))


def flies_home(telling: Telling) -> bool:
    """ "Set off back at noon": a flight home is another than the flight out."""
    if telling.homeward is None:
        telling.homeward = _flies_home(telling)
    return telling.homeward


def _flies_home(telling: Telling) -> bool:
    head = telling.mention.predicate.head
    roles = telling.mention.roles
    if head.lemma_ == "return" and not telling.mention.predicate.slot("obj") and not any(roles.get(r) for r in LOCATION_ROLES):
        return True
    behind = [*head.doc[head.i + 1 : head.i + 4], *(c for c in head.children if c.dep_ in ("advmod", "prt") and c.i > head.i)]
    return any(in_class(t, "homeward") for t in behind if t.sent == head.sent)


def _points_back(token: Token, is_type: bool = False) -> bool:
    """A pronoun, or "the jet", "the aircraft", "the C-130"."""
    return token.lower_ in ("it", "they") or (
        (is_type or in_class(token, "vehicle"))
        and any(c.dep_ in ("det", "poss") and c.lower_ in DEFINITE for c in token.children)
    )


def _subjects(telling: Telling) -> set[int]:
    """The tokens of who or what travels, and of what it travels in: "flown out on a plane, which landed in Larnaca"."""
    return {a.head.i for a in telling.mention.predicate.slot("subj", "obj", "prep:on", "prep:aboard", "prep:in", "prep:by")}


def days_between(first: str, last: str) -> int | None:
    try:
        return (date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])).days
    except ValueError:
        return None
