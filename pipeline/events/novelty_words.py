"""Which words call something new: "first", "largest", ordinals, "last", "never before", "after a break of two years".

In: a token. Out: the kind of novelty that it claims, or None. What it is said of is asked in `novelty.py`.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from pipeline import annotations as doc_notes
from pipeline.events.clauses import is_ordinal_subject, is_verb
from pipeline.events.fillers import in_class
from pipeline.records import EntityType, NoveltyKind

# How a novelty word hangs on what it is said of.
_OF_A_NOUN = frozenset([
    "amod", "advmod", "attr", "nsubj", "compound", "oprd", "acl", "nummod", "ROOT", "appos", "acomp", "pobj", "conj",
])  # fmt: skip
_NTH_TIME = re.compile(r"\d+(st|nd|rd|th)")


def kind_of(token: Token) -> NoveltyKind | None:
    """What a word says of an event: that it is the first, the largest, the second …; None for a word that says nothing new."""
    if _says_none_before(token):
        return NoveltyKind.FIRST
    if _is_break(token):
        return NoveltyKind.RESUMPTION
    if token.tag_ not in ("JJ", "JJS", "RB", "NN", "RBS") or _picks_out(token) or _denied(token):
        return None
    if in_class(token, "first"):
        of_a_noun = token.dep_ in _OF_A_NOUN and (token.dep_ != "advmod" or _ever(token))
        return NoveltyKind.FIRST if (of_a_noun or token.lower_ != "first") and not _of_a_stretch(token) else None
    if in_class(token, "largest") and token.lower_ != "major" and token.tag_ == "JJS":
        return None if _describes_a_body(token.head) else NoveltyKind.LARGEST
    if in_class(token, "last") and token.dep_ == "amod":
        return NoveltyKind.LAST if _is_last(token) else None
    ordinal = in_class(token, "ordinal") or _NTH_TIME.fullmatch(token.lower_)
    return NoveltyKind.NTH if ordinal and _counts(token) else None


def _says_none_before(token: Token) -> bool:
    """ "Had never before attacked a state", "never before had bombers come so near", "no jet had landed there since 1979"."""
    if token.lower_ == "never":
        beside = [*token.head.children, *token.doc[token.i + 1 : token.i + 2]]
        return any(c.lower_ in ("before", "ever") for c in beside)
    if token.lower_ != "no" or token.dep_ != "det" or token.head.dep_ not in ("nsubj", "nsubjpass"):
        return False
    verb = token.head.head
    till_then = any(c.dep_ == "aux" and c.lower_ == "had" for c in verb.children)  # "has" tells that nothing came after
    return till_then and any(t.lower_ == "since" for t in verb.doc[verb.i : verb.right_edge.i + 1])


def _denied(token: Token) -> bool:
    """ "It is not the first time", "this was no first": what is said not to be new."""
    noun = token.head if token.dep_ in ("amod", "nummod") else token
    return noun.dep_ == "attr" and any(c.dep_ == "neg" for c in noun.head.children)


def _is_break(token: Token) -> bool:
    """ "After a five-year *break*", "ending a *gap* of ten years", "after two *years* without flights": a time of so long
    in which nothing of the kind took place."""
    after = token.dep_ == "pobj" and token.head.lower_ in ("after", "following")
    ended = token.dep_ == "dobj" and is_verb(token.head) and in_class(token.head, "finishing")
    if after and in_class(token, "stretch_of_time"):
        return is_followed_by_none(token) or _is_long(token)
    return (after or ended) and in_class(token, "break_of_time") and any(in_class(t, "stretch_of_time") for t in token.subtree)


def is_followed_by_none(stretch: Token) -> bool:
    """ "After two years *without* flights"."""
    return stretch.i + 1 < len(stretch.doc) and stretch.doc[stretch.i + 1].lower_ == "without"


def _is_long(stretch: Token) -> bool:
    """ "After 14 years", "after more than a decade": so long that what comes then is taken up again. "After five years as
    premier" tells how long something was."""
    counted = any(c.dep_ == "nummod" or in_class(c, "several_word") or c.lower_ in ("a", "an") for c in stretch.children)
    limited = any(c.dep_ in ("prep", "acl", "relcl") for c in stretch.children)
    return counted and not limited and in_class(stretch, "long_stretch")


def _is_last(token: Token) -> bool:
    """ "The *final* flight", "the *last* visit", "the last country to leave", "the last plane left": not "the last week"."""
    if token.lower_ == "final":
        return True
    noun = token.head
    if token.lower_ != "last" or not any(c.lower_ == "the" for c in noun.children):
        return False
    flies = noun.dep_ in ("nsubj", "nsubjpass") and in_class(noun, "vehicle")
    leaves = noun.dep_ == "nsubj" and in_class(noun, "troops")
    return flies or leaves or in_class(noun, "occurrence_of_event") or _to_do_it(noun)


def _counts(ordinal: Token) -> bool:
    """ "Its fifth visit", "the 60th state to do so": not "became the 31st member", "the 76th Airborne Division"."""
    if _numbers_a_unit(ordinal) or in_class(ordinal.head, "numbered_thing") or _of_a_stretch(ordinal):
        return False
    if ordinal.dep_ != "amod":
        alone = ordinal.dep_ in ("appos", "attr", "npadvmod")
        return alone and any(c.dep_ in ("det", "poss") for c in ordinal.children)
    noun = ordinal.head
    rank = noun.dep_ == "attr" and noun.head.lemma_ == "become" and not _is_event(noun)
    return not rank or _to_do_it(noun)


def _of_a_stretch(ordinal: Token) -> bool:
    """ "The third day of talks": a part of what goes on."""
    noun = ordinal.head
    return in_class(noun, "stretch_of_time") and any(p.lower_ == "of" for p in noun.children)


def _is_event(noun: Token) -> bool:
    return any(in_class(noun, c) for c in ("occurrence", "occurrence_of_event", "flight_noun"))


def _describes_a_body(noun: Token) -> bool:
    """ "*The 7th Fleet is the largest fleet* in the world": how large somebody is, and nothing that was done."""
    if noun.dep_ != "attr" or any(c.dep_ in ("acl", "relcl") for c in noun.children):
        return False
    return in_class(noun, "body_of_size")


def _numbers_a_unit(ordinal: Token) -> bool:
    """ "The 76th Airborne Division": no seventy-sixth time."""
    units = (n for n in doc_notes.entities(ordinal.doc) if n.kind == "military_unit")
    return any(m.token_start <= ordinal.i < m.token_end for n in units for m in n.mentions)


def _picks_out(ordinal: Token) -> bool:
    """ "The first of the two planes left", "a second jetliner returned", "the second left": which one of those told of."""
    subject = ordinal.dep_ in ("nsubj", "nsubjpass")
    alone = is_ordinal_subject(ordinal) or (subject and not any(c.dep_ in ("acl", "relcl", "prep") for c in ordinal.children))
    if alone and in_class(ordinal, "ordinal"):
        return True
    if subject and any(p.lower_ == "of" and any(c.tag_ in ("NNS", "NNPS") for c in p.children) for p in ordinal.children):
        return in_class(ordinal, "ordinal") or ordinal.lower_ == "first"
    noun = ordinal.head
    if not in_class(ordinal, "ordinal") or ordinal.dep_ != "amod" or in_class(noun, "flight_noun"):
        return False
    if not in_class(noun, "vehicle") and not _is_aircraft_type(noun):
        return False
    limited = any(c.dep_ == "prep" for c in noun.children) or any(t.lower_ == "since" for t in noun.subtree)
    numbered = any(c.lower_ in ("the", "a", "an") for c in noun.children)
    return numbered and noun.dep_ in ("nsubj", "nsubjpass", "dobj") and not limited and not _to_do_it(noun)


def _is_aircraft_type(noun: Token) -> bool:
    types = (n for n in doc_notes.entities(noun.doc) if n.type is EntityType.AIRCRAFT_TYPE)
    return any(m.token_start <= noun.i < m.token_end for n in types for m in n.mentions)


def _to_do_it(noun: Token) -> bool:
    """ "The last country to leave"."""
    following = noun.doc[noun.i + 1] if noun.i + 2 < len(noun.doc) else None
    return following is not None and following.tag_ == "TO" and is_verb(noun.doc[noun.i + 2])


def _ever(token: Token) -> bool:
    following = token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""
    return following in ("time", "since", "ever")
