"""From spaCy's parse to predicates with arguments: who did what to whom, before any frame is asked.

In: a parsed token that may be a trigger. Out: `Predicate`: its clause and its `Argument`s in slots that do not depend on how
the sentence was built. Actives and passives, shared subjects and objects of conjuncts, relative and participial clauses,
control and raising, light verbs, nominalisations and copulas all arrive in the same slots:

    subj   who does it: subject, by-agent, possessor of a nominalisation, antecedent of a relative clause
    obj    what it is done to; iobj  to whom (dative); attr  what a copula says of its subject
    mod    words before a noun ("Russian", "missile" in "a Russian missile strike")
    poss   possessor of a noun ("Monday's", "Putin's"), kept apart since it may be a time
    prep:X what follows the preposition X of the clause; for motion X is also read off the objects, as parsers attach it there
    inner:with   whom the noun behind a preposition has with it ("entered into an agreement *with Syria*")
    inner:X      what a participle of the verb X behind the object acts on ("missiles targeting *troops*")
    outer:subj   who did what the clause's noun is the object of ("*Iran* launched missiles targeting a base")
    purpose:X    the object of the verb X of an infinitive of purpose ("flew on to see the *president*")
    holder what a phrase with the noun is said of ("*the pact*, in force since May")
    prt    particle of a phrasal verb ("put the aircraft *down*")
    comp   clause that completes the predicate; the head verb of what is said, agreed or planned
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Token

from pipeline.events.arguments import (
    OF_OBJECT,
    OF_SUBJECT,
    WHERE,
    Argument,
    attached,
    complements,
    objects_of,
    prepositional,
    subjects,
)
from pipeline.events.clauses import Clause, clause_of, clause_verb, is_noun, is_passive, is_verb, particles, surface_subject
from pipeline.events.fillers import in_class

_HYPHENS = frozenset({"-", "–"})
_SIDES = frozenset({"NORP", "GPE", "PERSON", "ORG"})
_MEASURES = ("quantifier", "stretch", "stage_of")


@dataclass
class Predicate:
    """A trigger with its arguments; `head` is the verb, noun or adjective, `verb` the verb whose clause it stands in."""

    head: Token
    lemma: str
    pos: str
    words: list[Token]
    arguments: list[Argument]
    verb: Token | None
    light: Token | None = None

    def slot(self, *names: str) -> list[Argument]:
        """The arguments in any of the named slots, in text order."""
        return [a for a in self.arguments if a.slot in names]

    @cached_property
    def clause(self) -> Clause | None:
        """The clause of `verb`; None for a noun without one (headline, caption)."""
        return clause_of(self.verb) if self.verb is not None else None

    @property
    def span(self) -> tuple[int, int]:
        """Characters of the trigger."""
        return (min(t.idx for t in self.words), max(t.idx + len(t) for t in self.words))


def predicate_of(token: Token) -> Predicate:
    """The predicate that a token heads."""
    if is_verb(token) and token.dep_ != "amod":
        return _verbal(token)
    if token.dep_ == "amod" or token.tag_.startswith("JJ") or token.tag_ in ("RB", "IN"):
        return _adjectival(token)
    return _nominal(token)


def says_where(preposition: Token) -> bool:
    """ "Harris, in Accra on Monday, laid a wreath", the headline "Scholz in Kigali for talks": where a person is."""
    holder, sent = preposition.head, preposition.sent
    if preposition.dep_ != "prep" or not is_noun(holder) or holder.i >= preposition.i:
        return False
    comma = preposition.nbor(-1).text == ","
    name = preposition.nbor(-2) if comma and preposition.i - 2 >= sent.start else preposition.nbor(-1)
    if name.ent_type_ != "PERSON" or not (name == holder or (name.dep_ == "appos" and name.head == holder)):
        return False
    if comma:
        closing = next((t for t in sent.doc[preposition.i + 1 : sent.end] if not holder.is_ancestor(t) or t.text == ","), None)
        return closing is not None and closing.text == ","
    place = next((c for c in preposition.children if c.dep_ == "pobj"), None)
    headline = not any(t.text in (".", "!", "?") for t in sent)
    if not headline or place is None or place.i + 1 >= sent.end:
        return False
    return sent.doc[place.i + 1].lower_ in ("to", "for", "as", "on", "ahead", "amid", ":")


def _adjectival(adjective: Token) -> Predicate:
    """A predicative or attributive adjective that says what something will do or is doing: "bound for", "due in"."""
    out: list[Argument] = []
    verb = adjective.head if is_verb(adjective.head) else None
    if verb is not None:
        subject = surface_subject(verb)
        if subject is not None:
            out.append(Argument("subj", subject))
            out += [a for a in attached(subject) if a.slot in OF_SUBJECT]
        out += [a for a in complements(verb, False) if a.slot != "attr"]
    elif is_noun(adjective.head):
        title = adjective.head
        named = title.dep_ in ("compound", "nmod") and title.head.tag_.startswith("NNP")
        out.append(Argument("subj", title.head if named else title, shared=True))
    own = next((c for c in adjective.children if c.dep_ == "nsubj"), None)
    if own is not None and verb is not None and surface_subject(verb) is None:
        # "the 767, en route from Doha, was crossing the border": the parser hung the subject on the adjective
        out.append(Argument("subj", own))
    if adjective.tag_ == "IN":
        out += prepositional(adjective)
    for child in adjective.children:
        if child.dep_ == "prep":
            out += prepositional(child)
    return Predicate(adjective, adjective.lower_, "adj", [adjective], _unique(out), verb)


def _verbal(verb: Token) -> Predicate:
    passive = is_passive(verb)
    doers = subjects(verb, passive)
    inverted = {a.head for a in doers if a.slot == "subj"}
    arguments = [*doers, *(a for a in complements(verb, passive) if not (a.slot == "obj" and a.head in inverted))]
    # "The Boeing from San Diego landed", "a plane with 35 tonnes of food took off"
    for subject in [a for a in arguments if a.slot in ("subj", "obj")]:
        kept = OF_SUBJECT if subject.slot == "subj" else OF_OBJECT
        # parsers hang what follows on any word of a name
        words = [subject.head, *(c for c in subject.head.children if c.dep_ in ("appos", "nmod", "nummod", "compound"))]
        # "daily flights to Larnaca and two flights to Tirana will be launched"
        words += [c for c in subject.head.conjuncts if c.lemma_ == subject.head.lemma_ and in_class(c, "flight_noun")]
        arguments += [a for word in words for a in attached(word) if a.slot in kept]
        if passive and subject.slot == "obj":
            # "A hospital in Kyiv was hit"
            arguments += [a for a in attached(subject.head) if a.slot in WHERE]
    prts = particles(verb)
    arguments += [Argument("prt", prt) for prt in prts]
    return Predicate(verb, verb.lemma_.lower(), "verb", [verb, *prts], _unique(arguments), verb)


def content_arguments(predicate: Predicate) -> list[Argument]:
    """The arguments of what completes a predicate, as "comp:SLOT": "demanded that Uganda release ..." has comp:subj Uganda."""
    heads = [a.head for a in predicate.arguments if a.slot in ("comp", "light:comp")]
    heads += [c for c in predicate.head.children if c.dep_ in ("acl", "advcl", "relcl") and c.tag_ == "VB"]
    out: list[Argument] = []
    for head in heads:
        if is_verb(head):
            own = [a for a in predicate_of(head).arguments if not (a.shared and a.slot == "subj")]
            out += [Argument(f"comp:{a.slot}", a.head, a.marker, a.shared) for a in own]
    return out


def _nominal(trigger: Token) -> Predicate:
    """ "Flight ET312", "Exercise Pitch Black": a noun before a proper name has the name's arguments."""
    noun = trigger
    if trigger.dep_ in ("compound", "nmod") and trigger.head.tag_ in ("NNP", "NNPS", "CD") and trigger.i < trigger.head.i:
        noun = trigger.head
    out: list[Argument] = []
    if noun is not trigger:
        out.append(Argument("appos", noun))
    out += _around(noun)
    holder = _holder(noun)
    if holder is not None:
        out.append(Argument("holder", holder, noun.head, shared=True))
    verb = clause_verb(noun)
    light = None
    traveller = _traveller(noun) if in_class(noun, "journey") else None
    if traveller is not None:
        out.append(Argument("poss", traveller, shared=True))
    elif (attending := _comes_from_talks(noun)) is not None:
        out.append(Argument("poss", attending, shared=True))
    if noun.dep_ == "conj" and is_verb(noun.head) and noun.lower_.endswith("ing"):
        # "after touring the port and meeting with officials": a gerund that the tagger took for a noun
        subject = surface_subject(noun.head)
        out += [Argument("poss", subject, shared=True)] if subject is not None else []
    if verb is not None:
        whole = _measured_by(noun)
        direct = whole.dep_ in ("dobj", "nsubj", "nsubjpass", "attr") and whole.head == verb
        # "Chad ended the pact, hours after a visit": what it follows does not share its verb
        through = noun.dep_ == "pobj" and _light_over(noun.head.head) == verb and not in_class(noun.head, "answering")
        through = through or _fresh_from(whole, noun, verb)
        if direct or through:
            light = verb
            out += _from_light(noun, verb)
    for a in list(out):
        if a.slot.startswith("prep:"):
            out += attached(a.head)
    return Predicate(trigger, trigger.lemma_.lower(), "noun", [trigger], _unique(out), verb, light)


def _fresh_from(whole: Token, noun: Token, verb: Token) -> bool:
    """ "*After* ninety minutes of *talks* the premiers agreed", "said after talks with Wang": talks from which the speaker comes;
    those of others are told with "between" or whose they are."""
    if whole.dep_ != "pobj" or whole.head.lower_ not in ("after", "following") or whole.head.head != verb:
        return False
    return in_class(noun, "session") and not _has_own_parties(noun) and _person_subject(verb) is not None


def _has_own_parties(talks: Token) -> bool:
    """ "Merkel's talks", "talks between Oman and Kenya": talks that say themselves who is in them."""
    return any(c.dep_ == "poss" or in_class(c, "of_parties") for c in talks.children)


def _comes_from_talks(noun: Token) -> Token | None:
    """ "*Bush* flew home after a last meeting with Putin", "*she* spoke ahead of talks with Lula": who was or will be in talks of
    which only the other side is told."""
    prep = noun.head
    around = in_class(prep, "around_talks") or (prep.lower_ == "of" and prep.head.lower_ == "ahead")
    if noun.dep_ != "pobj" or not (in_class(noun, "session") or in_class(noun, "telephone")) or not around:
        return None
    verb = next((t for t in prep.ancestors if t.dep_ not in ("prep", "advmod", "prt")), None)
    other_side = any(c.lower_ == "with" for c in noun.children)
    named = any(c.dep_ in ("compound", "nmod", "amod") and c.ent_type_ in _SIDES for c in noun.children)
    if verb is None or not is_verb(verb) or not other_side or named or _has_own_parties(noun):
        return None
    return _person_subject(verb)


def _light_over(holder: Token) -> Token:
    """ "*Take* part in talks": the verb of a set phrase, of which the noun says nothing of its own."""
    return holder.head if holder.dep_ == "dobj" and in_class(holder, "part_word") else holder


def _around(noun: Token) -> list[Argument]:
    """What stands before and behind a noun in its own phrase."""
    out: list[Argument] = []
    for child in noun.children:
        if child.dep_ == "poss":
            out.append(Argument("poss", child))
        elif child.dep_ in ("amod", "compound", "nmod", "nummod"):
            out += [Argument("mod", joined) for joined in _hyphenated_nations(child)]
            out.append(Argument("mod", child))
        elif child.dep_ == "prep":
            out += prepositional(child)
        elif child.dep_ == "agent":
            out += [Argument("prep:by", p, child) for p in objects_of(child)]
        elif child.dep_ in ("relcl", "acl"):
            out += _from_relative(child)
        elif child.dep_ == "appos":
            out.append(Argument("appos", child))
        elif child.dep_ == "advmod":
            # "on his way back from Tokyo"
            out += [a for prep in child.children if prep.dep_ == "prep" for a in prepositional(prep)]
    return out


def _hyphenated_nations(last: Token) -> list[Token]:
    """ "*Russian*-Belarusian drills", "a *US*-Philippine drill": what a hyphen joins to a nation's adjective."""
    if (
        not last.tag_.startswith("JJ")
        or not last.text[:1].isupper()
        or last.i < last.sent.start + 2
        or last.nbor(-1).text not in _HYPHENS
    ):
        return []
    first = last.nbor(-2)
    return [first] if first in last.children and first.text[:1].isupper() else []


def _holder(noun: Token) -> Token | None:
    """ "*The pact*, in force since May", "*the pact*, signed in May and in force since": what a phrase is said of."""
    prep = noun.head
    if noun.dep_ != "pobj":
        return None
    while prep.dep_ == "conj" and prep.head.dep_ in ("prep", "conj"):
        prep = prep.head
    above = prep.head
    if above.dep_ in ("acl", "relcl") and prep is not noun.head:
        above = above.head
    return above if is_noun(above) and above.i < noun.i else None


def _traveller(journey: Token) -> Token | None:
    """Who makes a journey that a phrase newly brings up: the person before it, or the subject of its clause.

    "Met him *during a visit* to Odesa", "on the last day of a trip", "fresh from a visit".
    """
    phrase = _measured_by(journey)
    if phrase.dep_ == "npadvmod" and phrase is not journey and is_verb(phrase.head):
        return _person_subject(phrase.head)
    preposition = phrase.head
    if phrase.dep_ != "pobj" or preposition.lower_ not in ("on", "during", "from", "after", "following"):
        return None
    holder = preposition.head
    if holder.tag_.startswith("JJ") and preposition.lower_ == "from":
        holder = holder.head
        if is_verb(holder):
            # "Fresh from a visit to Kyiv, Orban faced questions"
            return _person_subject(holder)
    if holder.ent_type_ == "PERSON" and preposition.lower_ in ("on", "from"):
        # "Freeh, on a visit to Mexico, …", "Orban, fresh from a visit to Kyiv, …"
        return holder
    new = any(c.lower_ in ("a", "an") for c in journey.children) and not any(
        c.dep_ in ("poss", "agent") or (c.dep_ == "prep" and c.lower_ in ("by", "of")) for c in journey.children
    )
    return _person_subject(holder) if new and is_verb(holder) and preposition.lower_ != "from" else None


def _person_subject(verb: Token) -> Token | None:
    subject = surface_subject(verb)
    if subject is None or not (subject.ent_type_ == "PERSON" or subject.tag_ == "PRP" or in_class(subject, "person_word")):
        return None
    return subject


def _measured_by(noun: Token) -> Token:
    """ "Two days of drills", "the start of the strikes": the noun that stands in the clause for another one."""
    of = noun.head
    if noun.dep_ == "pobj" and of.lower_ == "of" and any(in_class(of.head, c) for c in _MEASURES):
        return of.head
    return noun


def _from_relative(verb: Token) -> list[Argument]:
    """What a noun's own relative or participial clause adds: "a flight operated by X", "talks held in Geneva"."""
    out = [Argument(f"rel:{a.slot}", a.head, a.marker, True) for a in complements(verb, is_passive(verb)) if not a.shared]
    out += [
        Argument("rel:subj", a.head, a.marker, True)
        for a in subjects(verb, is_passive(verb))
        if not a.shared and a.slot == "subj"
    ]
    return out


def _from_light(noun: Token, verb: Token) -> list[Argument]:
    """What the verb over a noun adds; frames say for which verbs that holds (`light`)."""
    passive = is_passive(verb)
    out: list[Argument] = []
    for a in [*subjects(verb, passive), *complements(verb, passive)]:
        if a.head == noun or (a.marker is not None and any(c == noun for c in a.marker.children)):
            continue
        out.append(Argument(f"light:{a.slot}", a.head, a.marker, a.shared))
    return out


def _unique(arguments: list[Argument]) -> list[Argument]:
    seen: set[tuple[str, int]] = set()
    out: list[Argument] = []
    for a in sorted(arguments, key=lambda a: (a.head.i, a.slot)):
        if (a.slot, a.head.i) not in seen:
            seen.add((a.slot, a.head.i))
            out.append(a)
    return out
