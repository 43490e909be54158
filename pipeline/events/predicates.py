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

from dataclasses import dataclass, field, replace
from functools import cached_property

from spacy.tokens import Token

from pipeline.events.fillers import in_class

SUBJECT = frozenset({"nsubj", "csubj", "expl"})
PASSIVE_SUBJECT = frozenset({"nsubjpass", "csubjpass"})
CLAUSES = frozenset({"ccomp", "xcomp", "advcl", "relcl", "acl", "pcomp", "csubj"})
_ATTACHABLE = frozenset(
    [
        "from",
        "to",
        "via",
        "into",
        "onto",
        "through",
        "for",
        "towards",
        "toward",
        "with",
        "on",
        "aboard",
        "in",
        "at",
        "against",
        "over",
        "by",
        "between",
        "near",
        "off",
        "of",
        "out",
        "around",
    ]
)
_SPATIAL = frozenset(["out", "back", "from", "on", "up", "down", "over", "off", "away", "in", "near", "inside", "outside"])
_MEANS = frozenset({"in", "on", "aboard", "by"})
_OF_SUBJECT = frozenset({"sub:from", "sub:to", "sub:with", "sub:between"})
_OF_OBJECT = _OF_SUBJECT | {"sub:for", "sub:of", "sub:against"}
_WHERE = frozenset({"sub:in", "sub:at", "sub:near"})
_MAX_DEPTH = 12


@dataclass(slots=True, frozen=True)
class Argument:
    """A slot and the token that heads what fills it; `marker` is the preposition, if any."""

    slot: str
    head: Token
    marker: Token | None = None
    shared: bool = False
    """Not written in the clause itself: taken over from a conjunct, an antecedent or a controlling verb."""


@dataclass(slots=True)
class Clause:
    """What the auxiliaries and the surroundings of a predicate say of it."""

    verb: Token
    negated: bool = False
    modals: list[str] = field(default_factory=list)
    auxiliaries: list[Token] = field(default_factory=list)
    perfect: bool = False
    progressive: bool = False
    past: bool = False
    passive: bool = False
    infinitive: bool = False
    marks: list[str] = field(default_factory=list)

    @property
    def will(self) -> bool:
        """Whether it tells what will be."""
        return "will" in self.modals or "shall" in self.modals


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


def is_verb(token: Token) -> bool:
    """A verb form, by fine tag (the coarse one takes auxiliaries apart)."""
    return token.tag_.startswith("VB")


def is_noun(token: Token) -> bool:
    """A common or proper noun."""
    return token.tag_.startswith("NN")


def is_passive(verb: Token) -> bool:
    """Whether a verb form is passive, by its auxiliaries, its subject or its use after a noun."""
    if verb.tag_ != "VBN":
        return any(c.dep_ in PASSIVE_SUBJECT for c in verb.children) and any(c.dep_ == "auxpass" for c in verb.children)
    if any(c.dep_ == "auxpass" for c in verb.children):
        return True
    if any(c.dep_ == "aux" for c in verb.children):
        return False
    if any(c.dep_ == "dobj" or is_ordinal_subject(c) for c in verb.children):
        # a participle with an object of its own is a past tense that the parser took for a participle
        return False
    if verb.dep_ == "dep" and verb.i > 0 and verb.nbor(-1).text == "," and is_verb(verb.head):
        # "the soldiers are home, flown back on Sunday"
        return True
    if verb.dep_ in ("acl", "advcl", "oprd", "amod"):
        return _garden_path_subject(verb) is None
    if verb.dep_ == "conj" and is_verb(verb.head) and not any(c.dep_ in SUBJECT for c in verb.children):
        return is_passive(verb.head)
    # headline grammar drops the auxiliary: "Jet diverted to Minsk"; in running text a bare participle is a mistagged past tense
    if verb.sent[-1].is_punct or verb.sent.text.rstrip()[-1:] in '.!?"”':
        return False
    return not any(c.dep_ in ("dobj", *SUBJECT) for c in verb.children)


def clause_of(verb: Token) -> Clause:
    """Tense, modality, polarity and subordination of a verb's clause, conjuncts inheriting from their first."""
    clause = Clause(verb, passive=is_passive(verb))
    own = [c for c in verb.children if c.dep_ in ("aux", "auxpass")]
    if not own and verb.dep_ == "conj" and is_verb(verb.head) and verb.tag_ in ("VB", "VBN", "VBG"):
        own = [c for c in verb.head.children if c.dep_ in ("aux", "auxpass")]
    clause.auxiliaries = own
    for aux in own:
        word = aux.lower_
        if aux.tag_ == "MD":
            clause.modals.append({"'ll": "will", "wo": "will", "ca": "can", "'d": "would", "sha": "shall"}.get(word, word))
        elif aux.tag_ == "TO":
            clause.infinitive = True
        elif aux.lemma_ == "have" and verb.tag_ == "VBN":
            clause.perfect = True
        if aux.tag_ in ("VBD",):
            clause.past = True
    clause.progressive = verb.tag_ == "VBG" and any(a.lemma_ == "be" for a in own)
    clause.past = clause.past or (verb.tag_ == "VBD")
    clause.negated = any(
        c.dep_ == "neg" or (c.lower_ in ("never", "n't", "not", "no") and c.dep_ in ("advmod", "preconj")) for c in verb.children
    )
    clause.marks = [c.lower_ for c in verb.children if c.dep_ in ("mark", "advmod") and c.tag_ in ("IN", "WRB", "TO")]
    return clause


def governing(token: Token) -> list[Token]:
    """The heads above a token, nearest first, up to the root."""
    chain: list[Token] = []
    node = token
    while node.head.i != node.i and len(chain) < 40:
        node = node.head
        chain.append(node)
    return chain


def particles(verb: Token) -> list[Token]:
    """The particles of a phrasal verb ("took *off*", "touched *down*")."""
    return [
        c
        for c in verb.children
        if c.dep_ == "prt"
        or (c.dep_ == "advmod" and c.lower_ in ("off", "down", "out", "back", "over", "in", "up") and c.i == verb.i + 1)
    ]


def predicate_of(token: Token) -> Predicate:
    """The predicate that a token heads."""
    if is_verb(token):
        return _verbal(token)
    if token.tag_.startswith("JJ") or token.tag_ in ("RB", "IN"):
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
            out += [a for a in _attached(subject) if a.slot in _OF_SUBJECT]
        out += [a for a in _complements(verb, False) if a.slot != "attr"]
    elif is_noun(adjective.head):
        out.append(Argument("subj", adjective.head, shared=True))
    if adjective.tag_ == "IN":
        out += prepositional(adjective)
    for child in adjective.children:
        if child.dep_ == "prep":
            out += prepositional(child)
    return Predicate(adjective, adjective.lower_, "adj", [adjective], _unique(out), verb)


# --- verbs ---------------------------------------------------------------------------------------------------------------


def _verbal(verb: Token) -> Predicate:
    passive = is_passive(verb)
    subjects = _subjects(verb, passive)
    inverted = {a.head for a in subjects if a.slot == "subj"}
    arguments = [*subjects, *(a for a in _complements(verb, passive) if not (a.slot == "obj" and a.head in inverted))]
    # "The Boeing from San Diego landed", "a plane with 35 tonnes of food took off"
    for subject in [a for a in arguments if a.slot in ("subj", "obj")]:
        kept = _OF_SUBJECT if subject.slot == "subj" else _OF_OBJECT
        # parsers hang what follows on any word of a name
        words = [subject.head, *(c for c in subject.head.children if c.dep_ in ("appos", "nmod", "nummod", "compound"))]
        arguments += [a for word in words for a in _attached(word) if a.slot in kept]
        if passive and subject.slot == "obj":
            # "A hospital in Kyiv was hit"
            arguments += [a for a in _attached(subject.head) if a.slot in _WHERE]
    prts = particles(verb)
    arguments += [Argument("prt", prt) for prt in prts]
    return Predicate(verb, verb.lemma_.lower(), "verb", [verb, *prts], _unique(arguments), verb)


def _subjects(verb: Token, passive: bool) -> list[Argument]:
    own = [c for c in verb.children if (c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT) and not _is_day_time(c)]
    out: list[Argument] = []
    if own:
        for child in own:
            slot = "obj" if passive or child.dep_ in PASSIVE_SUBJECT else "subj"
            out.append(_relative(child, verb, slot))
        return out
    ordinal = next((c for c in verb.children if is_ordinal_subject(c)), None)
    if ordinal is not None:
        return [Argument("subj", ordinal)]
    shared = _garden_path_subject(verb) or implied_subject(verb, 0)
    if shared is not None:
        out.append(Argument("obj" if passive else "subj", shared, shared=True))
        if verb.dep_ == "acl" and shared.dep_ in ("dobj", "nsubjpass") and is_verb(shared.head):
            # "Iran launched missiles targeting a base": who did the one did the other
            above = [a for a in _subjects(shared.head, is_passive(shared.head)) if a.slot == "subj"]
            out += [Argument("outer:subj", a.head, a.marker, True) for a in above]
    elif not passive and (after := _inverted_subject(verb)) is not None:
        out.append(Argument("subj", after))
    return out


def is_ordinal_subject(token: Token) -> bool:
    """ "The first left Port Sudan": an ordinal that the parser took for a modifier of the verb behind it."""
    verb = token.head
    if token.dep_ != "amod" or not (in_class(token, "ordinal") or in_class(token, "first")) or not is_verb(verb):
        return False
    told = token.i and token.nbor(-1).lower_ == "the" and token.i == verb.i - 1
    return bool(told) and verb.dep_ in ("ROOT", "conj", "ccomp", "advcl")


def _garden_path_subject(verb: Token) -> Token | None:
    """ "A plane carrying missiles landed in Belgrade": a past tense that the parser hung on the noun before it, below a noun or
    a participle ("carrying") that it took for the root of the sentence."""
    if verb.tag_ not in ("VBD", "VBZ", "VBP", "VBN") or verb.dep_ not in ("acl", "relcl", "appos", "dep"):
        return None
    if any(c.tag_ in ("WDT", "WP", "WRB") or c.dep_ in ("aux", "auxpass") for c in verb.children) or not _subjectless(verb):
        return None
    root = verb.sent.root
    if root.i >= verb.i or _has_finite_verb(verb, root):
        return None
    if is_noun(root) and verb.tag_ != "VBN":
        return root if root != verb.head else None
    if root.tag_ == "VBG" and not any(c.dep_ in ("aux", "auxpass") for c in root.children):
        return next((c for c in root.children if c.dep_ in SUBJECT and is_noun_like(c)), None)
    return None


def _has_finite_verb(verb: Token, root: Token) -> bool:
    """Whether the sentence has a main verb besides this one: on its root, or in conjunction with it."""
    return root.tag_ in ("VBD", "VBZ", "VBP", "MD") and root != verb


def _inverted_subject(verb: Token) -> Token | None:
    """ "At Sunan airport landed the defence minister": the subject behind an intransitive verb, where a place or time leads."""
    if verb.dep_ != "ROOT" or not in_class(verb, "inverting") or not any(c.dep_ in ("prep", "advmod") for c in verb.lefts):
        return None
    return next((c for c in verb.rights if c.dep_ == "dobj" or (c.dep_ == "npadvmod" and in_class(c, "office"))), None)


def _is_day_time(noun: Token) -> bool:
    """ "… reopened, and this morning took its first freighter": a time that the parser took for the subject."""
    return in_class(noun, "time_of_day") and any(c.dep_ == "det" and c.lower_ in ("this", "that", "last") for c in noun.children)


def _relative(child: Token, verb: Token, slot: str) -> Argument:
    """A relative pronoun stands for the noun that its clause modifies."""
    if child.tag_ in ("WDT", "WP", "WP$") or child.lower_ == "that":
        antecedent = _antecedent(verb)
        if antecedent is not None:
            return Argument(slot, _chartered(antecedent, verb) or antecedent, shared=True)
    return Argument(slot, child)


def _chartered(agent: Token, verb: Token) -> Token | None:
    """ "An Airbus chartered by London, which reached Larnaca": of a thing and who had to do with it, the thing moves."""
    by = agent.head
    if by.dep_ != "agent" or by.head.dep_ != "acl" or not in_class(verb, "inverting") or not is_noun(by.head.head):
        return None
    return by.head.head


def _antecedent(verb: Token) -> Token | None:
    node = verb
    for _ in range(_MAX_DEPTH):
        if node.dep_ == "relcl":
            return node.head
        if node.dep_ in ("conj", "ccomp", "xcomp") and is_verb(node.head):
            node = node.head
            continue
        return None
    return None


def implied_subject(verb: Token, depth: int) -> Token | None:
    """Who does it when the clause has no subject of its own: by conjunction, control, participle or relative clause."""
    if depth > _MAX_DEPTH:
        return None
    head = verb.head
    if is_headline_infinitive(verb):
        return head
    if verb.dep_ in ("acl", "relcl") and not is_verb(head):
        if verb.dep_ == "relcl" and not any(c.tag_ in ("WDT", "WP") for c in verb.children) and not _subjectless(verb):
            return None
        if verb.dep_ == "acl" and verb.tag_ == "VB":
            # "plans to visit", "his decision to withdraw": the subject is the noun's possessor or the clause's subject
            return _possessor(head) or (_clause_subject(head, depth) if head.dep_ in ("dobj", "pobj", "attr") else None)
        return head
    if not is_verb(head) and verb.dep_ == "pcomp":
        node = head.head
        if is_noun(node):
            return _possessor(node) or _clause_subject(node, depth)
        if is_verb(node):
            # "accused Baku of violating", "stopped the jet from landing": the object does it
            obj = next((c for c in node.children if c.dep_ == "dobj"), None)
            return obj if obj is not None and head.lower_ in ("of", "from", "into") else surface_subject(node, depth + 1)
        return _clause_subject(node, depth)
    if verb.dep_ in ("conj", "dep") and is_verb(head):
        return surface_subject(head, depth + 1)
    if verb.dep_ in ("xcomp", "ccomp") and is_verb(head):
        if verb.dep_ == "xcomp" or verb.tag_ in ("VB", "VBG"):
            obj = next((c for c in head.children if c.dep_ in ("dobj", "dative")), None)
            if obj is not None and head.lemma_ != "promise" and is_noun_like(obj):
                return obj
            return surface_subject(head, depth + 1)
        return None
    if verb.dep_ in ("xcomp", "acomp") and head.tag_.startswith("JJ"):
        return surface_subject(head.head, depth + 1) if is_verb(head.head) else None
    if verb.dep_ == "advcl" and is_verb(head) and (verb.tag_ in ("VBG", "VBN", "VB")):
        described = _just_named(verb)
        if described is not None:
            return described
        return surface_subject(head, depth + 1)
    if verb.dep_ == "prep" and is_verb(head):
        return surface_subject(head, depth + 1)
    return None


def is_headline_infinitive(verb: Token) -> bool:
    """ "IndiGo to connect Mumbai with Manchester": a headline's future, hung on a name that the parser took for the root."""
    head = verb.head
    return (
        verb.tag_ == "VB"
        and verb.dep_ in ("acl", "relcl", "advcl", "ccomp", "xcomp")
        and head.dep_ == "ROOT"
        and not is_verb(head)
        and head.tag_ in ("NNP", "NNPS", "LS", "NNS")
        and head.i == verb.left_edge.i - 1
        and any(c.tag_ == "TO" for c in verb.children)
        and _subjectless(verb)
    )


def _just_named(verb: Token) -> Token | None:
    """ "Despite the truce, signed on Saturday, troops …": a participle between commas, before the subject, is said of the noun
    before it."""
    comma = verb.left_edge.i - 1
    if verb.tag_ != "VBN" or comma < verb.sent.start + 1 or verb.doc[comma].text != ",":
        return None
    subject = next((c for c in verb.head.children if c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT), None)
    noun = verb.doc[comma - 1]
    return noun if is_noun(noun) and subject is not None and subject.i > verb.i else None


def is_noun_like(token: Token) -> bool:
    """A noun or pronoun."""
    return is_noun(token) or token.tag_ in ("PRP", "DT", "CD", "WP")


def _subjectless(verb: Token) -> bool:
    return not any(c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT for c in verb.children)


def surface_subject(verb: Token, depth: int = 0) -> Token | None:
    """The grammatical subject of a verb, written or implied, relative pronouns resolved."""
    own = next((c for c in verb.children if c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT), None)
    if own is not None:
        return _relative(own, verb, "subj").head
    return implied_subject(verb, depth)


def _possessor(noun: Token) -> Token | None:
    return next((c for c in noun.children if c.dep_ == "poss"), None)


def clause_verb(token: Token) -> Token | None:
    """The verb in whose clause a token stands."""
    if is_verb(token):
        return token
    return next((t for t in governing(token) if is_verb(t)), None)


def _clause_subject(token: Token, depth: int) -> Token | None:
    verb = clause_verb(token)
    return surface_subject(verb, depth + 1) if verb is not None else None


def _complements(verb: Token, passive: bool) -> list[Argument]:
    out: list[Argument] = []
    for child in verb.children:
        if child.dep_ == "dobj" and in_class(child, "compass"):
            # "intercepted two Tu-142s south-east of Iceland": the parser took the direction for the object
            out += [Argument("obj", c) for c in child.children if c.dep_ in ("compound", "nmod") and is_noun(c)]
            out += _off(child)
        elif child.dep_ == "dobj" and not _is_afterthought(child, verb):
            out.append(_relative(child, verb, "iobj" if _is_receiver(child, verb) else "obj"))
            out += [Argument("iobj", state) for state in _swallowed(child, verb)]
        elif child.dep_ == "dative":
            out += [Argument("iobj", p, child) for p in _pobj(child)] if child.tag_ == "IN" else [Argument("iobj", child)]
        elif child.dep_ in ("attr", "oprd", "acomp"):
            out.append(Argument("attr", child))
            if child.dep_ == "acomp":
                # "went missing over the sea"
                out += [a for prep in child.children if prep.dep_ == "prep" for a in prepositional(prep)]
        elif child.dep_ == "agent":
            # "conferred by video link": nobody is an agent where nothing is done to anybody
            out += [Argument("subj" if passive or verb.tag_ == "VBN" else "prep:by", p, child) for p in _pobj(child)]
        elif child.dep_ == "prep":
            out += prepositional(child)
        elif child.dep_ in ("ccomp", "xcomp"):
            out.append(Argument("comp", child))
        elif child.dep_ == "advcl" and child.tag_ == "VB" and any(c.tag_ == "TO" for c in child.children):
            # "flew on to see the president"
            out += [Argument(f"purpose:{child.lemma_.lower()}", c) for c in child.children if c.dep_ == "dobj"]
            # "sent a plane to bring home migrants from Mexico"
            hung = [c for node in (child, *(c for c in child.children if c.dep_ == "dobj")) for c in node.children]
            out += [Argument(f"purpose:{p.lower_}", c, p) for p in hung if p.lower_ in ("from", "to") for c in _pobj(p)]
        elif child.dep_ == "npadvmod" or (
            child.dep_ == "advmod" and child.lower_ in ("home", "there", "here", "abroad", "overseas")
        ):
            out.append(Argument("adv", child))
        elif child.dep_ == "conj" and child.tag_ == "IN":
            out += prepositional(child)
        if child.dep_ == "advmod" and in_class(child, "compass"):
            out += _off(child)
        if child.dep_ == "advmod" or (child.dep_ == "advcl" and child.tag_.startswith("JJ")):
            # "back to Oslo", "nonstop from Doha", "turned up unannounced in Minsk": the preposition hangs on the adverb
            for prep in (c for c in child.children if c.dep_ == "prep"):
                out += prepositional(prep)
    if not any(a.slot == "obj" for a in out) and verb.dep_ == "relcl" and not passive and not _subjectless(verb):
        subject = next((c for c in verb.children if c.dep_ in SUBJECT), None)
        if subject is not None and subject.tag_ not in ("WDT", "WP") and subject.lower_ != "that":
            out.append(Argument("obj", verb.head, shared=True))
    for a in list(out):
        if a.slot.startswith("prep:") and in_class(a.head, "halt"):
            # "after a stop in Astana", "with a stop in Springfield"
            out += [Argument("prep:via", p, a.marker) for c in a.head.children if c.lower_ in ("in", "at") for p in _pobj(c)]
        if a.slot == "obj":
            out += [*_attached(a.head), *_participial(a.head)]
            # "83 of its nationals from Juba"
            of = (c for c in a.head.children if a.head.tag_ == "CD" and c.dep_ == "prep" and c.lower_ == "of")
            out += [b for prep in of for counted in _pobj(prep) for b in _attached(counted)]
        elif a.slot == "subj" and a.marker is not None and a.head.ent_type_ == "PERSON":
            # "was received by Prime Minister Sharif in Islamabad"
            out += [b for b in _attached(a.head) if b.slot in _WHERE]
        elif (a.slot.startswith("prep:") or (a.slot == "iobj" and a.marker is not None)) and not (
            a.marker is not None and in_class(a.marker, "temporal")
        ):
            # who is with whom below another preposition ("for exercises with allies") is that noun's own
            for b in _attached(_journey_in(a.head) or a.head):
                # "to an air base near Minsk" is told of the base
                if b.slot != "sub:near" or a.slot not in ("prep:to", "prep:from", "prep:into"):
                    out.append(replace(b, slot="inner:with") if b.slot == "sub:with" else b)
    if verb.dep_ == "conj" and is_verb(verb.head):
        # "left Islamabad in a C-130J and reached Incheon": frames that know means of transport may take it over
        shared = [a for a in _complements(verb.head, is_passive(verb.head)) if a.slot.partition(":")[2] in _MEANS]
        out += [Argument(f"shared:{a.slot.partition(':')[2]}", a.head, a.marker, True) for a in shared]
    return out


def _is_receiver(noun: Token, verb: Token) -> bool:
    """ "Handed *Riyadh Air* its first jet": of two objects the parser found, who gets the other one."""
    if not in_class(verb, "giving"):
        return False
    return any(c.dep_ == "dobj" and c.i > noun.i and c.left_edge.i == noun.right_edge.i + 1 for c in verb.children)


def _swallowed(noun: Token, verb: Token) -> list[Token]:
    """ "Will give *Syria* missile launchers": a state that the parser took for the first word of the object."""
    first = noun.doc[noun.left_edge.i]
    swallowed = first.dep_ in ("compound", "nmod") and first.ent_type_ == "GPE" and first.i == verb.i + 1 and not first.is_upper
    return [first] if swallowed and in_class(verb, "giving") else []


def _is_afterthought(noun: Token, verb: Token) -> bool:
    """ "Arrives in Austria, the first Indian leader to do so": what follows a single comma is said of the subject."""
    comma = noun.left_edge.i - 1
    return comma > verb.i and noun.doc[comma].text == "," and not any(t.text == "," for t in noun.doc[verb.i : comma])


def _journey_in(noun: Token) -> Token | None:
    """ "At the end of a *flight* from Bavaria": the journey of which a part is named."""
    of = next((c for c in noun.children if c.dep_ == "prep" and c.lower_ == "of"), None)
    whole = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
    return whole if whole is not None and in_class(whole, "flight_noun") else None


def _agents(participle: Token) -> list[Token]:
    """The "by" of a passive participle."""
    return [c for c in participle.children if c.dep_ == "agent" and participle.tag_ == "VBN"]


def _off(direction: Token) -> list[Argument]:
    """ "North of *Shetland*"."""
    return [
        Argument("prep:near", place, prep)
        for prep in direction.children
        if prep.dep_ == "prep" and prep.lower_ == "of"
        for place in _pobj(prep)
    ]


def _attached(noun: Token) -> list[Argument]:
    """Motion prepositions that the parser hung on an object ("carried aid from Ankara to Damascus")."""
    out: list[Argument] = []
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ in _ATTACHABLE:
            out += [
                Argument(f"sub:{a.slot.removeprefix('prep:')}", a.head, a.marker, a.shared)
                for a in prepositional(child)
                if a.slot.startswith("prep:")
            ]
            if child.lower_ == "of" and any(in_class(noun, name) for name in ("agreement", "margin", "quantifier")):
                # "signed a memorandum of understanding with Oman", "on the sidelines of a forum in Singapore"
                out += [a for p in _pobj(child) for a in _attached(p)]
    return out


def _participial(noun: Token) -> list[Argument]:
    """What a participle behind an object acts on: "missiles targeting *troops*", "rockets aimed at the *port*"."""
    out: list[Argument] = []
    for child in noun.children:
        if child.dep_ == "acl" and child.tag_ in ("VBG", "VBN"):
            ends = [c for c in child.children if c.dep_ == "dobj"]
            ends += [p for c in child.children if c.dep_ == "prep" and child.tag_ == "VBN" for p in _pobj(c)]
            out += [Argument(f"inner:{child.lemma_.lower()}", c) for c in ends]
    return out


def _pobj(prep: Token) -> list[Token]:
    return [c for c in prep.children if c.dep_ in ("pobj", "pcomp")]


def prepositional(prep: Token) -> list[Argument]:
    """What follows a preposition, chained ones too ("from Moscow to Pyongyang" hung on one another, "out of", "ahead of")."""
    out: list[Argument] = []
    for child in prep.children:
        if child.dep_ in ("pobj",) or child.dep_ == "pcomp":
            out.append(Argument(f"prep:{prep.lower_}", child, prep))
            if child.dep_ == "pcomp" and prep.lower_ == "with" and in_class(child, "partaking"):
                # "with 29 nations taking part"
                out += [Argument("prep:with", c, prep) for c in child.children if c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT]
        elif child.dep_ == "prep":
            out += [
                Argument(
                    f"prep:{prep.lower_}_{child.lower_}"
                    if a.slot == f"prep:{child.lower_}" and child.i == prep.i + 1
                    else a.slot,
                    a.head,
                    a.marker,
                )
                for a in prepositional(child)
            ]
            if child.i == prep.i + 1 and prep.lower_ in _SPATIAL:
                out += [
                    Argument(f"prep:{child.lower_}", a.head, a.marker)
                    for a in prepositional(child)
                    if a.slot == f"prep:{child.lower_}"
                ]
        elif child.dep_ == "conj" and (child.tag_ == "IN" or child.lower_ in _SPATIAL):
            # "in and out of Port-au-Prince"
            out += prepositional(child)
    return out


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


# --- nouns ---------------------------------------------------------------------------------------------------------------


def _nominal(trigger: Token) -> Predicate:
    """ "Flight ET312", "Exercise Pitch Black": a noun before a proper name has the name's arguments."""
    noun = trigger
    if trigger.dep_ in ("compound", "nmod") and trigger.head.tag_ in ("NNP", "NNPS", "CD") and trigger.i < trigger.head.i:
        noun = trigger.head
    out: list[Argument] = []
    if noun is not trigger:
        out.append(Argument("appos", noun))
    for child in noun.children:
        if child.dep_ == "poss":
            out.append(Argument("poss", child))
        elif child.dep_ in ("amod", "compound", "nmod", "nummod"):
            out.append(Argument("mod", child))
        elif child.dep_ == "prep":
            out += prepositional(child)
        elif child.dep_ == "agent":
            out += [Argument("prep:by", p, child) for p in _pobj(child)]
        elif child.dep_ in ("relcl", "acl"):
            out += _from_relative(child)
        elif child.dep_ == "appos":
            out.append(Argument("appos", child))
        elif child.dep_ == "advmod":
            # "on his way back from Tokyo"
            out += [a for prep in child.children if prep.dep_ == "prep" for a in prepositional(prep)]
    holder = _holder(noun)
    if holder is not None:
        out.append(Argument("holder", holder, noun.head, shared=True))
    verb = clause_verb(noun)
    light = None
    traveller = _traveller(noun) if in_class(noun, "journey") else None
    if traveller is not None:
        out.append(Argument("poss", traveller, shared=True))
    if noun.dep_ == "conj" and is_verb(noun.head) and noun.lower_.endswith("ing"):
        # "after touring the port and meeting with officials": a gerund that the tagger took for a noun
        subject = surface_subject(noun.head)
        out += [Argument("poss", subject, shared=True)] if subject is not None else []
    if verb is not None:
        whole = _measured_by(noun)
        direct = whole.dep_ in ("dobj", "nsubj", "nsubjpass", "attr") and whole.head == verb
        # "Chad ended the pact, hours after a visit": what it follows does not share its verb
        through = noun.dep_ == "pobj" and noun.head.head == verb and not in_class(noun.head, "answering")
        if direct or through:
            light = verb
            out += _from_light(noun, verb)
    for a in list(out):
        if a.slot.startswith("prep:"):
            out += _attached(a.head)
    return Predicate(trigger, trigger.lemma_.lower(), "noun", [trigger], _unique(out), verb, light)


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
    """ "Two days of drills", "a series of strikes": the noun that stands in the clause for another one."""
    of = noun.head
    if noun.dep_ == "pobj" and of.lower_ == "of" and (in_class(of.head, "quantifier") or in_class(of.head, "stretch")):
        return of.head
    return noun


def _from_relative(verb: Token) -> list[Argument]:
    """What a noun's own relative or participial clause adds: "a flight operated by X", "talks held in Geneva"."""
    out = [Argument(f"rel:{a.slot}", a.head, a.marker, True) for a in _complements(verb, is_passive(verb)) if not a.shared]
    out += [
        Argument("rel:subj", a.head, a.marker, True)
        for a in _subjects(verb, is_passive(verb))
        if not a.shared and a.slot == "subj"
    ]
    return out


def _from_light(noun: Token, verb: Token) -> list[Argument]:
    """What the verb over a noun adds; frames say for which verbs that holds (`light`)."""
    passive = is_passive(verb)
    out: list[Argument] = []
    for a in [*_subjects(verb, passive), *_complements(verb, passive)]:
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
