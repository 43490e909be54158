"""What in the words of a telling makes it another event than those told before.

In: tellings and groups of them. Out: answers. "Another jet", "two more", "the first" and "a second", "had already spoken", "in
response to". `merging` asks these before it compares fillers and times.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.events.fillers import in_class
from pipeline.events.journeys import same_machine_flies
from pipeline.events.predicates import Predicate
from pipeline.events.tellings import Group, Telling
from pipeline.events.vehicles import counted, is_elliptical
from pipeline.records import EventType

_BEHIND = frozenset({"prep", "relcl", "acl", "conj", "appos"})
"""What stands behind a noun and tells of other things."""


def one_more(head: Token) -> bool:
    """Whether a phrase says that there were some before: "another", "a third", "two more", "a second plane"."""
    whole = counted(head)
    near = [head, whole, *whole.children, *(d for c in whole.children for d in c.children if c.dep_ == "nummod")]
    return any(in_class(t, "another") for t in near if t in (head, whole) or t.dep_ not in _BEHIND)


def is_another(telling: Telling) -> bool:
    """ "Another", "two more", "a second": told as one beside those told before."""
    if telling.mention.rule.other or telling.mention.apart or _told_as_earlier(telling):
        return True
    predicate = telling.mention.predicate
    if says_which(predicate):
        return False
    aboard = predicate.slot("prep:on", "prep:aboard", "prep:in") if telling.mention.type is EventType.FLIGHT else []
    told = [a.head for a in predicate.slot("subj", "obj")] + [a.head for a in aboard if in_class(a.head, "vehicle")]
    told += [predicate.head] if predicate.pos == "noun" else []
    if any(is_elliptical(h) and (in_class(h, "ordinal") or in_class(h, "first")) for h in told):
        # "Two planes flew to Sudan. The first left on Tuesday"
        return True
    return any(map(one_more, told))


def says_which(predicate: Predicate) -> bool:
    """ "It was the *second* accident of the year": a count of what was told before, and no other one."""
    if predicate.pos != "noun" or predicate.head.dep_ != "attr" or predicate.verb is None:
        return False
    subject = next((c for c in predicate.verb.children if c.dep_ == "nsubj"), None)
    return subject is not None and subject.lower_ in ("it", "this", "that")


def of_one_machine(telling: Telling, group: Group) -> bool:
    """ "*A second aircraft* that left Cairo at noon carried 80 people to Aden": what two verbs say of the same words."""
    if telling.mention.type is not EventType.FLIGHT or telling.mention.rule.other or telling.mention.apart:
        return False
    mine = {a.head for a in telling.mention.predicate.slot("subj")}
    told = [a.head for t in group.tellings if not t.mention.apart for a in t.mention.predicate.slot("subj")]
    return any(h in mine or mine & set(h.conjuncts) for h in told)


def some_of_them(telling: Telling, group: Group) -> bool:
    """ "Four jets left Charleston. Two went on to Rzeszow": another number than the one told of the group."""
    some = [a.head for a in telling.mention.predicate.slot("subj") if a.head.tag_ == "CD" and is_elliptical(a.head)]
    all_told = [c for t in group.tellings for a in t.mention.predicate.slot("subj", "obj") for c in a.head.children]
    counts = {c.lower_ for c in all_told if c.dep_ == "nummod"}
    return bool(some) and bool(counts) and all(s.lower_ not in counts for s in some)


def _told_as_earlier(telling: Telling) -> bool:
    """ "Merz rang Macron. The two had already spoken on Monday": what had been done once before is no part of what is told."""
    verb, clause = telling.mention.predicate.verb, telling.mention.predicate.clause
    if telling.mention.type not in (EventType.MEETING, EventType.VISIT) or verb is None or clause is None or not clause.perfect:
        return False
    had = any(c.dep_ == "aux" and c.lower_ in ("had", "'d", "’d") for c in verb.children)
    return had and any(in_class(c, "once_before") for c in verb.children if c.dep_ == "advmod")


def answers(telling: Telling, other: Telling) -> bool:
    """ "Launched missiles in response to an airstrike", "landed after an earlier flight": what one follows is another event."""
    mine, theirs = telling.mention.predicate.head, other.mention.predicate.head
    for below, above in ((mine, theirs), (theirs, mine)):
        if above not in below.ancestors:
            continue
        for node in (below, *below.ancestors):
            if node == above:
                break
            if (in_class(node, "answering") and not node.tag_.startswith("NNP")) or any(
                c.dep_ == "mark" and in_class(c, "answering") for c in node.children
            ):
                # "circled over Tehran before it landed", "after taking off from Tula, the jet …": stages of one flight
                return not (telling.mention.type is EventType.FLIGHT and same_machine_flies(telling, other))
    return False
