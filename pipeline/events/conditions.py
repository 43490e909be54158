"""What frames ask of an argument or of its surroundings before they see an event.

In: the token that heads an argument, and a condition as the frame files write it. Out: whether it holds.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.errors import KnowledgeError
from pipeline.events.clauses import is_noun
from pipeline.events.fillers import LOCATIONS, Index, in_class
from pipeline.events.frame_files import OWNED
from pipeline.events.parties import in_office, is_public
from pipeline.events.predicates import Predicate
from pipeline.events.states import home_of
from pipeline.events.vehicles import counted, is_elliptical, is_vehicle
from pipeline.records import EntityType

_BODIES = frozenset({EntityType.ORGANIZATION, EntityType.COUNTRY})
_DOERS = ("subj", "poss", "light:subj")
_PARTIES = LOCATIONS | {EntityType.PERSON, EntityType.ORGANIZATION, EntityType.GROUP}


def matches(token: Token, wanted: str, index: Index) -> bool:
    """Whether the phrase a token heads is of a class (@name), has a lemma (=name), or an entity type or kind (name), or
    belongs to such a one (of:person); "*": any."""
    if wanted == "*":
        return True
    if wanted == "@vehicle":
        return is_vehicle(token, index)
    if wanted == "@elided":
        # "Hungary ordered *another 12*"
        return is_elliptical(token) and is_vehicle(token, index)
    if wanted == "@rate":
        return _is_rate(token)
    if wanted == "@opposite":
        return _is_opposite(token)
    if wanted[0] == "@":
        return in_class(token, wanted[1:]) or in_class(counted(token), wanted[1:])
    if wanted[0] == "=":
        return token.lemma_.lower() == wanted[1:] or token.lower_ == wanted[1:]
    if wanted.startswith(OWNED):
        return any(matches(owner, wanted.removeprefix(OWNED), index) for owner in owners(token, False, index))
    if wanted == "treaty" and index.treaty_meant(token):
        return True
    if wanted == "party":
        return is_party(token, index)
    if wanted == "official":
        return any(_is_official(n) for n in index.resolve(token)) or _is_foreign_party(token, index) or _is_mission(token, index)
    if wanted == "money":
        return token.ent_type_ == "MONEY"
    return any(wanted in (n.type.value, n.kind) for n in index.resolve(token))


def _is_rate(token: Token) -> bool:
    """ "(Three times) a week", "twice per day": how often, which "last week" is not."""
    return in_class(token, "rate") and any(in_class(c, "per") for c in token.children)


def _is_opposite(token: Token) -> bool:
    """ "(Goes) the other way", "in the opposite direction"."""
    return in_class(token, "direction_word") and any(in_class(c, "opposite") for c in token.children)


def is_party(token: Token, index: Index) -> bool:
    """Whether a phrase stands for somebody who acts: an actor's name, a pronoun, a person's or body's word, or a proper noun."""
    if token.tag_ in ("PRP", "NNP", "NNPS") or in_class(counted(token), "person_word"):
        return True
    return any(n.type in _PARTIES for n in index.resolve(token))


def _is_official(note: EntityNote) -> bool:
    """Somebody whose travelling is a visit: a person in office, or a delegation."""
    if note.type is EntityType.PERSON:
        return in_office(note)
    return note.type is EntityType.GROUP and (note.kind == "delegation" or "delegation" in note.name.lower())


def _is_foreign_party(token: Token, index: Index) -> bool:
    """ "North Korean military educators": people of a named state, where they are none who travel for themselves."""
    head = counted(token)
    groups = [n for n in index.notes_at(token) if n.type is EntityType.GROUP and n.links.country is not None]
    return bool(groups) and not any(in_class(head, c) for c in ("passenger_word", "private_word", "troops", "vehicle"))


def _is_mission(token: Token, index: Index) -> bool:
    """ "Mediators", "a team of IAEA inspectors", "the EU mission": who travels for others, or a group of such or of a body."""
    if not any(n.type is EntityType.GROUP for n in index.notes_at(token)):
        return False
    if in_class(token, "delegate"):
        return True
    members = [c for c in token.children if c.dep_ in ("compound", "nmod", "amod")]
    members += [o for p in token.children if p.lower_ == "of" for o in p.children if o.dep_ == "pobj"]
    words = [w for m in members for w in (m, *m.children)]
    public = any(is_public(n) for w in words for n in index.notes_at(w) if n.type in _BODIES)
    return in_class(token, "mission_word") and (public or any(in_class(w, "delegate") for w in words))


def required(name: str, predicate: Predicate, index: Index) -> bool:
    """Evidence beyond the arguments: "verb:X", "noun:X", "vehicle_near", "abroad", "sentence:@class", "reason:@class",
    "beset:@class"."""
    kind, _, value = name.partition(":")
    if kind == "coordinated":
        # "Merkel and Macron", "the two", "*Russian-Belarusian* drills"
        if value == "mod":
            return sum(any(n.type is EntityType.COUNTRY for n in index.notes_at(a.head)) for a in predicate.slot(value)) > 1
        return any(len(index.heads(a.head)) > 1 or len(index.resolve(a.head)) > 1 for a in predicate.slot(value))
    if kind == "slot":
        return bool(predicate.slot(value))
    if kind in ("verb", "noun"):
        return predicate.pos == kind and predicate.lemma == value
    if kind in ("abroad", "not_at_home"):
        # "not_at_home": abroad, and where his home is is known
        homes = {home_of(n, index.doc) for a in predicate.slot(*_DOERS) for n in index.resolve(a.head)} - {None}
        places = [n for a in predicate.arguments if a.slot not in _DOERS for n in index.resolve(a.head) if n.type in LOCATIONS]
        return (bool(homes) or kind == "abroad") and not homes & {n.links.country or n.links.iso3166 for n in places}
    if kind == "vehicle_near":
        return any(is_vehicle(t, index) for t in predicate.head.sent if is_noun(t))
    if kind == "subject":
        # "a *hijacked* airliner landed"
        return any(matches(t, value, index) for a in predicate.slot("subj") for t in a.head.lefts)
    if kind == "reason":
        return any(matches(t, value, index) for t in _reasons(predicate.head))
    if kind == "beset":
        return any(matches(t, value, index) for t in _condition(predicate.head))
    if kind == "sentence":
        return any(matches(t, value, index) for t in predicate.head.sent)
    if kind == "document":
        return any(matches(t, value, index) for t in predicate.head.doc)
    raise KnowledgeError(f"frames: unknown requirement {name!r}")


def _reasons(verb: Token) -> set[Token]:
    """ "Landed in Gander *after smoke was smelt in the galley*", "turned back *over a bomb scare*": the words of the clauses and
    phrases that tell why, whatever the parser hung them on."""
    marks = [t for t in verb.subtree if t.dep_ in ("prep", "mark", "advmod", "amod") and in_class(t, "reason_mark")]
    told = {t for mark in marks for t in (mark.head if mark.dep_ in ("mark", "advmod") else mark).subtree if t != verb}
    # "with an engine problem"; "with medical supplies" tells of the load
    return told | {c for p in verb.subtree if p.lower_ == "with" for c in p.children if c.dep_ == "pobj"}


def _condition(verb: Token) -> set[Token]:
    """ "Landed *with one wheel locked*", "landed *ablaze*": the state of a machine, by its parts or a word beside the verb."""
    told = {c for c in verb.children if c.dep_ in ("acomp", "oprd", "advmod", "dobj") and c.i == verb.i + 1 and c.n_lefts == 0}
    for mark in (t for t in verb.subtree if t.lower_ == "with" and t.dep_ in ("prep", "mark")):
        words = [*mark.subtree, *(mark.head.subtree if mark.dep_ == "mark" else ())]
        if any(in_class(t, "airframe_part") for t in words):
            told |= {
                t
                for t in words
                if t.dep_ in ("acl", "amod", "pcomp", "advmod", "acomp", "prt", "advcl", "ccomp", "relcl", "conj")
            }
    return {t for t in told if t.lower_ not in ("back", "safely")}


def owners(head: Token, wide: bool, index: Index) -> list[Token]:
    """Whose a thing is: what stands before its noun or behind its "of" ("*Russian* missiles", "the service of *Norvik Air*").

    Args:
        wide: what stands behind "from" too ("soldiers from Fiji").
    """
    whole = counted(head)
    found = [c for c in whole.children if c.dep_ in ("amod", "compound", "nmod", "poss")]
    owning = ("of", "by", "from") if wide else ("of", "by")
    found += [c for p in whole.children if p.dep_ == "prep" and p.lower_ in owning for c in p.children if c.dep_ == "pobj"]
    # "Iranian, Chinese and Russian warships"
    return [h for c in found for h in (index.heads(c) if c.dep_ != "poss" else [c])]
