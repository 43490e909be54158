"""The clause of a verb: its form, and who its subject is, written or implied, also where the parser went astray.

In: a parsed token. Out: `Clause` (tense, modality, polarity, voice) and the token of the subject. Auxiliaries, conjuncts,
control and raising, relative and participial clauses, headlines and garden paths are seen through here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Token

from pipeline.events.fillers import in_class

SUBJECT = frozenset({"nsubj", "csubj", "expl"})
PASSIVE_SUBJECT = frozenset({"nsubjpass", "csubjpass"})
CLAUSES = frozenset({"ccomp", "xcomp", "advcl", "relcl", "acl", "pcomp", "csubj"})
_MAX_DEPTH = 12
_TIMES = frozenset({"DATE", "TIME"})


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


def is_verb(token: Token) -> bool:
    """A verb form, by fine tag (the coarse one takes auxiliaries apart)."""
    return token.tag_.startswith("VB")


def is_noun(token: Token) -> bool:
    """A common or proper noun."""
    return token.tag_.startswith("NN")


def is_noun_like(token: Token) -> bool:
    """A noun or pronoun."""
    return is_noun(token) or token.tag_ in ("PRP", "DT", "CD", "WP")


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
        return garden_path_subject(verb) is None
    if verb.dep_ == "conj" and is_verb(verb.head) and not any(c.dep_ in SUBJECT for c in verb.children):
        return is_passive(verb.head)
    # headline grammar drops the auxiliary: "Jet diverted to Minsk"; in running text a bare participle is a mistagged past tense
    if verb.sent[-1].is_punct or verb.sent.text.rstrip()[-1:] in '.!?"”':
        return False
    return not any(c.dep_ in ("dobj", *SUBJECT) for c in verb.children)


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


def clause_verb(token: Token) -> Token | None:
    """The verb in whose clause a token stands."""
    if is_verb(token):
        return token
    return next((t for t in governing(token) if is_verb(t)), None)


def surface_subject(verb: Token, depth: int = 0) -> Token | None:
    """The grammatical subject of a verb, written or implied, relative pronouns resolved."""
    own = next((c for c in verb.children if c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT), None)
    if own is not None:
        return relative_head(own, verb) or own
    return implied_subject(verb, depth)


def implied_subject(verb: Token, depth: int) -> Token | None:
    """Who does it when the clause has no subject of its own: by conjunction, control, participle or relative clause."""
    if depth > _MAX_DEPTH:
        return None
    head = verb.head
    if is_headline_infinitive(verb):
        return head
    described = _described(verb)
    if described is not None:
        return described
    if verb.dep_ in ("acl", "relcl") and not is_verb(head):
        if verb.dep_ == "relcl" and not any(c.tag_ in ("WDT", "WP") for c in verb.children) and not subjectless(verb):
            return None
        if verb.dep_ == "acl" and verb.tag_ == "VB":
            # "plans to visit", "his decision to withdraw": the subject is the noun's possessor or the clause's subject
            return _possessor(head) or (_clause_subject(head, depth) if head.dep_ in ("dobj", "pobj", "attr") else None)
        if verb.tag_ == "VBG" and head.dep_ == "dobj" and in_class(head, "decree"):
            # "signed a law denouncing the pact": who signs does what the law says
            return _clause_subject(head, depth) or head
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
        and subjectless(verb)
    )


def is_aboard(token: Token) -> bool:
    """ "Aboard", "on board"."""
    return token.lower_ == "aboard" or (token.lower_ == "board" and token.i > 0 and token.nbor(-1).lower_ == "on")


def is_ordinal_subject(token: Token) -> bool:
    """ "The first left Port Sudan": an ordinal that the parser took for a modifier of the verb behind it."""
    verb = token.head
    if token.dep_ != "amod" or not (in_class(token, "ordinal") or in_class(token, "first")) or not is_verb(verb):
        return False
    told = token.i and token.nbor(-1).lower_ == "the" and token.i == verb.i - 1
    return bool(told) and verb.dep_ in ("ROOT", "conj", "ccomp", "advcl")


def garden_path_subject(verb: Token) -> Token | None:
    """ "A plane carrying missiles landed in Belgrade": a past tense that the parser hung on the noun before it, below a noun or
    a participle ("carrying") that it took for the root of the sentence."""
    if verb.tag_ not in ("VBD", "VBZ", "VBP", "VBN") or verb.dep_ not in ("acl", "relcl", "appos", "dep"):
        return None
    if any(c.tag_ in ("WDT", "WP", "WRB") or c.dep_ in ("aux", "auxpass") for c in verb.children) or not subjectless(verb):
        return None
    root = verb.sent.root
    if root.i >= verb.i or _has_finite_verb(verb, root):
        return None
    # "a Boeing *777* carrying …"
    if (is_noun(root) or root.tag_ == "CD") and verb.tag_ != "VBN":
        return root if root != verb.head else None
    if root.tag_ == "VBG" and not any(c.dep_ in ("aux", "auxpass") for c in root.children):
        return next((c for c in root.children if c.dep_ in SUBJECT and is_noun_like(c)), None)
    return None


def _has_finite_verb(verb: Token, root: Token) -> bool:
    """Whether the sentence has a main verb besides this one: on its root, or in conjunction with it."""
    return root.tag_ in ("VBD", "VBZ", "VBP", "MD") and root != verb


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


def _just_named(verb: Token) -> Token | None:
    """ "Despite the truce, signed on Saturday, troops …": a participle between commas, before the subject, is said of the noun
    before it."""
    comma = verb.left_edge.i - 1
    if verb.tag_ != "VBN" or comma < verb.sent.start + 1 or verb.doc[comma].text != ",":
        return None
    subject = next((c for c in verb.head.children if c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT), None)
    noun = verb.doc[comma - 1]
    return noun if is_noun(noun) and subject is not None and subject.i > verb.i else None


def _described(verb: Token) -> Token | None:
    """ "Chad's leader, stuck in Rome, reached Cairo late": a subject hung on the participle that tells of it."""
    if verb.tag_ not in ("VBD", "VBZ", "VBP") or verb.dep_ not in ("ROOT", "ccomp", "advcl", "conj"):
        return None
    before = told_before(verb)
    if before is not None:
        return surface_subject(before)
    for participle in (c for c in verb.lefts if c.dep_ == "advcl" and c.tag_ in ("VBN", "VBD", "VBG")):
        subject = next((c for c in participle.lefts if c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT), None)
        aided = any(c.dep_ in ("aux", "auxpass", "mark") for c in participle.children)
        if subject is not None and not aided and any(t.text == "," for t in verb.doc[subject.i : participle.i]):
            return subject
    return None


def told_before(verb: Token) -> Token | None:
    """ "He *left* for Doha, saw the emir, and flew home": the first of several deeds, which the parser hung on the second."""
    if not subjectless(verb) or verb.tag_ not in ("VBD", "VBZ") or verb.nbor(-1 if verb.i else 0).text != ",":
        return None
    deeds = (c for c in verb.lefts if c.dep_ == "ccomp" and c.tag_ == verb.tag_ and not subjectless(c))
    return next(deeds, None) if any(c.dep_ == "conj" for c in verb.children) else None


def told_where(verb: Token) -> Token | None:
    """The place to which the "where" of a verb's clause points back: "began in *Riyadh* on Sunday, where he is to meet the
    king"; None where there is no such clause."""
    top = verb
    for _ in range(_MAX_DEPTH):
        where = next((c for c in top.children if c.lower_ == "where" and c.i < top.i), None)
        if where is not None:
            return _antecedent_of_where(where, top)
        if top.dep_ not in ("xcomp", "conj") or not is_verb(top.head):
            return None
        top = top.head
    return None


def _antecedent_of_where(where: Token, verb: Token) -> Token | None:
    """The noun that the parser found, unless that is a time; else the noun before it, over a comma and times."""
    if verb.dep_ == "relcl" and is_noun(verb.head) and verb.head.ent_type_ not in _TIMES:
        return verb.head
    if verb.dep_ not in ("relcl", "advcl"):
        return None
    for token in reversed(where.doc[where.sent.start : where.i]):
        if is_noun(token) and token.ent_type_ not in _TIMES:
            return token
        if not (token.is_punct or token.ent_type_ in _TIMES or token.dep_ == "prep"):
            return None
    return None


def subjectless(verb: Token) -> bool:
    return not any(c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT for c in verb.children)


def _possessor(noun: Token) -> Token | None:
    return next((c for c in noun.children if c.dep_ == "poss"), None)


def _clause_subject(token: Token, depth: int) -> Token | None:
    verb = clause_verb(token)
    return surface_subject(verb, depth + 1) if verb is not None else None


def relative_head(child: Token, verb: Token) -> Token | None:
    """The noun that a relative pronoun stands for; None for any other word."""
    if child.tag_ not in ("WDT", "WP", "WP$") and child.lower_ != "that":
        return None
    antecedent = _antecedent(verb)
    if antecedent is None:
        return None
    return _chartered(antecedent, verb) or _whose_plane(antecedent, child) or antecedent


def _whose_plane(antecedent: Token, pronoun: Token) -> Token | None:
    """ "The captain of the 737 *that* skidded off the runway": not the captain did."""
    if pronoun.tag_ == "WP" or not in_class(antecedent, "of_aircraft"):
        return None
    last = pronoun.i - 2 if pronoun.nbor(-1).text == "," else pronoun.i - 1
    ofs = (c for c in antecedent.children if c.dep_ == "prep" and c.lower_ in ("of", "from", "aboard", "on"))
    things = (o for c in ofs for o in c.children if o.dep_ == "pobj")
    return next((o for o in things if o.right_edge.i == last), None)
