"""Mends what the parser is known to get wrong in news, so that all that reads the parse reads what was written.

In: a parsed Doc. Out: the same Doc. Headlines: a verb that the model takes for a plural noun, or hangs its subject on as part of
a name ("Russian jet lands in …"); only notes without a closing mark, and of plurals only those of models/lexicons/headlines.toml.
Titles: a name behind an office and a comma ("met the President of Peru, Dina Boluarte") that hangs on the verb; lists of people
with their offices. Callsigns: "a Poseidon,
callsign CLEAN 01, was seen", where the parser has somebody callsign something. Participles:
"three bombers assigned to the 5th Wing landed …", where the first verb is taken for that of the sentence.
"""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import dropwhile, pairwise

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline import noun_tags
from pipeline.resources import model_path

_CLOSING = frozenset('.!?"”')
_IN_NAME = frozenset({"compound", "nmod"})
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_STRAY = frozenset({"npadvmod", "dobj", "pobj", "dep", "appos", "oprd", "attr", "dative"})
_LOOSE = _STRAY | {"conj"}
_BEFORE_NOUN = frozenset({"amod", "compound", "nmod", "nummod", "poss", "det", "quantmod"})


@cache
def _verbs() -> dict[str, frozenset[str]]:
    with model_path("lexicons/headlines.toml").open("rb") as f:
        return {name: frozenset(words) for name, words in tomllib.load(f)["verbs"].items()}


@cache
def _nouns() -> dict[str, frozenset[str]]:
    with model_path("lexicons/headlines.toml").open("rb") as f:
        return {name: frozenset(words) for name, words in tomllib.load(f)["nouns"].items()}


@Language.component("dateline_retagging")
def retag(doc: Doc) -> Doc:
    """Gives headlines their verb back."""
    for sent in list(doc.sents):
        words = [t for t in sent if not t.is_space]
        noun_tags.mend(sent)
        _free_verb(sent)
        _free_particles(sent)
        _name_callsigns(sent)
        _name_what_is_worth(sent)
        root = sent.root
        _make_finite(root)
        if not words or not _may_be_verb(root) or (words[-1].text[-1:] in _CLOSING and not _lacks_verb(root)):
            continue
        subject = root.nbor(-1) if root.i > sent.start else None
        if subject is None or subject.head != root or subject.dep_ not in _IN_NAME or not subject.tag_.startswith("NN"):
            continue
        for word in list(root.lefts):
            if word != subject and word.dep_ in _BEFORE_NOUN:
                word.head = subject
        subject.dep_ = "nsubj"
        if root.tag_ != "VBZ":
            root.tag_, root.lemma_ = "VBZ", root.lemma_.lower()
    return doc


def _free_verb(sent: Span) -> None:
    """ "A jet with 80 *passengers lands* at Bari": a verb that was taken for the last noun of the phrase before it."""
    root = sent.root
    if any(t.tag_ in ("VBZ", "VBD", "VBP", "MD") for t in sent) or not root.tag_.startswith(("NN", "CD")):
        return
    for word in sent:
        before = word.nbor(-1) if word.i > root.i else None
        swallowed = word.tag_ == "NNS" and word.dep_ == "pobj" and _may_be_verb(word)
        if before is None or not swallowed or before.head != word or not before.tag_.startswith("NN"):
            continue
        _make_main(word, before, root)
        return


def _free_particles(sent: Span) -> None:
    """ "Have flown *in medical supplies*": what is flown in, where the parser has a flight in the supplies."""
    for word in sent:
        verb = word.head
        carried = next((c for c in word.children if c.dep_ == "pobj"), None)
        if carried is None or word.lower_ not in ("in", "out") or word.i != verb.i + 1 or word.dep_ != "prep":
            continue
        bare = not any(c.dep_ in ("det", "poss") for c in carried.children)
        if bare and verb.lower_ in _verbs()["carrying"] and carried.lower_ in _nouns()["carried"]:
            word.dep_, word.tag_ = "prt", "RP"
            carried.head, carried.dep_ = verb, "dobj"


def _make_finite(root: Token) -> None:
    """ "Oslo and Riga *plan* to sign": a noun with several subjects and an infinitive of its own is the verb."""
    subjects = [c for c in root.lefts if c.dep_ == "nsubj"]
    several = any(c.tag_ == "NNS" or any(d.dep_ == "conj" for d in c.children) for c in subjects)
    asked = any(c.dep_ == "xcomp" and c.tag_ == "VB" for c in root.rights)
    if root.tag_ == "NN" and several and asked:
        root.tag_ = "VBP"


def _name_what_is_worth(sent: Span) -> None:
    """ "Signed *a contract worth* $2 billion": the object of the verb, where the parser has it be worth that, as in a clause."""
    for worth in sent:
        verb = worth.head
        noun = next((c for c in worth.lefts if c.dep_ == "nsubj"), None)
        if worth.lower_ != "worth" or worth.dep_ != "ccomp" or noun is None or not verb.tag_.startswith("VB"):
            continue
        if noun.i != worth.i - 1 or any(c.dep_ in ("dobj", "mark", "auxpass") for c in (*verb.children, *worth.lefts)):
            continue
        for child in [c for c in worth.rights if c.dep_ in ("prep", "npadvmod", "advmod") and c.i > worth.i + 1]:
            # the day is the verb's, the sum that of "worth"
            if child.dep_ == "prep" or child.ent_type_ in ("DATE", "TIME"):
                child.head = verb
        noun.head, noun.dep_ = verb, "dobj"
        worth.head, worth.dep_ = noun, "amod"


def _name_callsigns(sent: Span) -> None:
    """ "A Rivet Joint, radio *callsign* "JAKE 17", flew in": a noun beside the machine, which the parser takes for a verb."""
    for sign in sent:
        two_words = sign.lower_ == "call" and sign.i + 1 < sent.end and sign.nbor().lower_ == "sign"
        if not (two_words or sign.lower_ in _nouns()["callsigns"]) or sign.dep_ in _IN_NAME:
            continue
        if not sign.tag_.startswith("VB"):
            if sign.dep_ == "appos":
                _join_owner(sign.head)
                _name_by(sign)
            continue
        named = next((c for c in sign.lefts if c.dep_ in ("nsubj", "dep") and c.tag_[:2] in ("NN", "CD")), None)
        verb = _verb_behind(sign)
        if named is None or verb is None:
            continue
        if verb.head == sign:
            for child in [c for c in sign.rights if c.i > verb.i]:
                child.head = verb
            verb.head, verb.dep_ = verb, "ROOT"
        passive = any(c.dep_ == "auxpass" for c in verb.lefts)
        named.head, named.dep_ = verb, "nsubjpass" if passive else "nsubj"
        sign.head, sign.dep_, sign.tag_, sign.lemma_ = named, "appos", "NN", sign.lower_
        _join_owner(named)
        _name_by(sign)


def _name_by(sign: Token) -> None:
    """Puts the mark behind "callsign" in apposition to the machine, as that behind "registration" is."""
    mark = next((c for c in sign.rights if c.dep_ in _STRAY | {"advmod", "nummod"} and c.lower_ != "sign"), None)
    if mark is None or mark.left_edge.i > sign.i + 3:
        return
    mark.head, mark.dep_ = sign.head, "appos"
    sign.head, sign.dep_ = mark, "compound"


def _verb_behind(sign: Token) -> Token | None:
    """The main verb behind a callsign: that on which it hangs, or which hangs on it."""
    above = sign.head
    if above.i > sign.i and above.tag_[:2] == "VB":
        return above if sign.dep_ in ("nsubj", "csubj", "ccomp", "parataxis", "advcl", "dep") else None
    if sign.dep_ != "ROOT":
        return None
    return next((c for c in sign.rights if c.dep_ in ("conj", "dep", "advcl") and c.tag_[:2] == "VB"), None)


def _join_owner(owner: Token) -> None:
    """ "An *RAF* RC-135W, callsign …": whose machine it is, where the parser has the machine in apposition to its owner."""
    machine = next((c for c in owner.rights if c.dep_ == "appos" and c.left_edge.i == owner.i + 1), None)
    if machine is None or owner.nbor().is_punct or owner.dep_ not in ("nsubj", "nsubjpass"):
        return
    for child in [c for c in owner.children if c != machine and (c.i > machine.i or c.dep_ == "det")]:
        child.head = machine
    machine.head, machine.dep_ = owner.head, owner.dep_
    owner.head, owner.dep_ = machine, "compound"


def _make_main(verb: Token, last: Token, subject: Token) -> None:
    """Gives a sentence the main verb that the parser took for a noun behind `last`."""
    for child in [c for c in verb.lefts if c != last]:
        child.head = last
    last.head, last.dep_ = verb.head, "pobj"
    behind = [c for c in subject.children if c.i > verb.i]
    verb.head, verb.dep_, verb.tag_, verb.lemma_ = verb, "ROOT", "VBZ", verb.lower_.removesuffix("s")
    subject.head, subject.dep_ = verb, "nsubj"
    for child in behind:
        child.head = verb


def _lacks_verb(root: Token) -> bool:
    """Whether a sentence with a closing mark has its verb in the root: one is coordinated with it ("The jet lands at Oslo and
    picks up …"), or a plural behind one thing heads it, and it has no other ("The first jet lands at Oslo.")."""
    if any(c.dep_ == "conj" and c.tag_ == "VBZ" for c in root.children):
        return True
    one = root.i > root.sent.start and root.nbor(-1).tag_ in ("NN", "NNP")
    return one and root.tag_ in ("NNS", "NNPS") and not any(t.tag_ in ("VBZ", "VBP", "VBD", "MD") for t in root.sent)


def _may_be_verb(root: Token) -> bool:
    """A present tense without a subject, or a plural that is a verb before a preposition or an object."""
    if root.tag_ == "VBZ":
        return not any(c.dep_ in ("nsubj", "nsubjpass", "csubj", "expl") for c in root.children)
    if root.tag_ not in ("NNS", "NNPS") or root.i + 1 >= len(root.doc):
        return False
    after = root.nbor(1)
    going = root.lower_ in _verbs()["going"] and after.tag_ in ("IN", "TO", "RP", "RB")
    return going or (root.lower_ in _verbs()["doing"] and after.tag_ in ("NNP", "NNPS", "DT", "CD", "JJ", "IN"))


@Language.component("dateline_place_lists")
def list_places(doc: Doc) -> Doc:
    """ "Tel Aviv in Israel, Tehran in Iran and Beirut in Lebanon": the cities are coordinated, and not each with the state that
    stands before it."""
    for place in doc:
        if place.dep_ != "conj" or not place.tag_.startswith("NNP") or place.i + 1 >= len(doc) or place.nbor().lower_ != "in":
            continue
        state = place.head
        lies_in = state.head
        if state.dep_ not in ("pobj", "conj") or not state.tag_.startswith("NNP"):
            continue
        if state.dep_ == "conj":
            lies_in = state.nbor(-1)
        if lies_in.lower_ != "in" or lies_in.i + 1 != state.i or not lies_in.i or lies_in.i < lies_in.sent.start + 1:
            continue
        first = lies_in.nbor(-1)
        if first.tag_.startswith("NNP") and first.dep_ in ("pobj", "conj", "dobj", "nsubj"):
            place.head = first
    return doc


@cache
def _offices() -> frozenset[str]:
    with model_path("lexicons/people.toml").open("rb") as f:
        roles = tomllib.load(f)["roles"]
    return frozenset(word for sex in ("any", "m", "f") for word in roles[sex])


@Language.component("dateline_appositions")
def appose(doc: Doc) -> Doc:
    """Puts a person's name that stands behind an office in apposition to it, and a place's behind what it is."""
    for name in doc.ents:
        root = name.root
        comma = doc[min(name.start, root.left_edge.i) - 1] if name.start else None
        if name.label_ != "PERSON" or comma is None or comma.text != "," or root.dep_ not in _STRAY:
            continue
        office = _office_before(comma)
        if office is None or office == root.head or office in root.subtree or office.sent != root.sent:
            continue
        following = doc[name.end] if name.end < len(doc) else None
        if following is None or following.lower_ in ("and", "or", "&"):
            continue
        root.head, root.dep_ = office, "appos"
    _list_people(doc)
    _beside_the_apposed(doc)
    _name_places(doc)
    return doc


def _beside_the_apposed(doc: Doc) -> None:
    """ "Ana Costa, the Peruvian minister, and *Jan Novak*, her counterpart, met": a name behind a closed apposition is
    coordinated with the name before it, and not with the office."""
    for name in doc:
        office = name.head
        if name.dep_ != "conj" or office.dep_ != "appos" or not name.tag_.startswith("NNP") or office.tag_ not in ("NN", "NNS"):
            continue
        start = name.left_edge.i
        closed = doc[start - 1].lower_ == "and" and doc[start - 2].text == "," and office.i < start - 2
        if closed and office.head.tag_.startswith("NNP") and office.head.i < office.i:
            name.head = office.head


def _name_places(doc: Doc) -> None:
    """ "From Chitral to *the capital, Islamabad*, crashed": the name behind a noun for a place is its name."""
    for name in (e for e in doc.ents if e.label_ in _PLACES and e.start > 2 and e.root.dep_ in _STRAY):
        noun, comma = doc[name.start - 2], doc[name.start - 1]
        loose = name.root.head != noun and noun not in name.root.subtree and noun.sent == name.root.sent
        definite = any(c.dep_ in ("det", "poss") for c in noun.lefts)
        if comma.text == "," and loose and definite and noun.lower_ in _nouns()["places"]:
            name.root.head, name.root.dep_ = noun, "appos"


def _list_people(doc: Doc) -> None:
    """ "With *President A of Peru, Chancellor B of Austria, and Prime Minister C*": what follows the first hangs where it can."""
    for before, name in pairwise(e for e in doc.ents if e.label_ == "PERSON"):
        first, last = before.root, name.root
        loose = last.dep_ in _LOOSE and first.sent == last.sent and last not in first.ancestors
        if loose and _goes_on(doc[before.end : name.start]):
            last.head, last.dep_ = first, "conj"


def _goes_on(between: Span) -> bool:
    """Whether two names of a list are apart by no more than a country, a comma or "and", and an office; one of the two."""
    words = list(between)
    of_country = bool(words) and words[0].lower_ == "of"
    if of_country:
        words = list(dropwhile(lambda t: t.lower_ in ("of", "the") or t.ent_type_ == "GPE", words))
    office = list(dropwhile(lambda t: t.text in (",", "and"), words))
    if len(office) == len(words):
        return False
    if not office:
        return of_country
    return any(t.lower_ in _offices() for t in office) and all(
        t.tag_ in ("NNP", "NNPS", "NN", "JJ") or t.lower_ == "of" for t in office
    )


@Language.component("dateline_office_holders")
def hold(doc: Doc) -> Doc:
    """Takes a name out of what its office is of: "the Minister of Defence of *Mongolia* Gursed Saikhanbayar", where the parser
    has a Mongolia Gursed Saikhanbayar of whom somebody is minister."""
    for name in doc.ents:
        root = name.root
        if name.label_ == "PERSON" and name.start > 4:
            _join_hyphened(root, doc[name.start - 1])
        of, office = root.head, _office_above(root)
        inside = [c for c in root.lefts if c.i < name.start and c.dep_ in _IN_NAME and c.i > of.i]
        if name.label_ != "PERSON" or office is None or not inside or inside[-1].i != name.start - 1:
            continue
        body = inside[-1]
        if body.lower_ in _offices() or not body.tag_.startswith("NN"):
            continue
        for word in [*inside[:-1], *(c for c in root.lefts if c.i < body.i and c not in inside)]:
            word.head = body
        body.head, body.dep_ = of, "pobj"
        root.head, root.dep_ = office, "appos"
    return doc


def _join_hyphened(name: Token, last: Token) -> None:
    """ "*Commander-in-Chief* Jan Novak visited": of an office with hyphens the parser takes the first word for who acts."""
    into = last.nbor(-2)
    first = into.nbor(-2)
    hyphened = last.nbor(-1).text == "-" and into.nbor(-1).text == "-" and into.lower_ == "in"
    if not hyphened or last.head != name or name.head != into or into.head != first:
        return
    name.head, name.dep_ = (first.head, first.dep_) if first.head != first else (name, first.dep_)
    first.head, first.dep_ = name, "compound"


def _office_above(name: Token) -> Token | None:
    """The office of whose "of" a name was taken for the object: "*Minister* of Defence of …"."""
    of = name.head
    if name.dep_ != "pobj" or of.lower_ != "of":
        return None
    above = of.head
    if above.dep_ == "pobj" and above.head.lower_ == "of" and of.i == above.i + 1:
        above = above.head.head
    return above if above.lower_ in _offices() else None


@Language.component("dateline_reports")
def report(doc: Doc) -> Doc:
    """ "The envoy met Ana Costa and Jan Novak, *an official said*": where the parser lets those who were met say it."""
    for verb in doc:
        if verb.lower_ not in _verbs()["reports"] or verb.tag_ not in ("VBD", "VBZ") or verb.i < verb.sent.start + 4:
            continue
        subject = next((c for c in verb.lefts if c.dep_ == "nsubj"), None)
        told = next((c for c in verb.lefts if c.dep_ == "ccomp"), None)
        speaker = verb.nbor(-1)
        if subject is None or told is None or speaker == subject or speaker.dep_ not in ("appos", "conj"):
            continue
        comma = doc[speaker.left_edge.i - 1]
        bare = told.i == subject.left_edge.i - 1 and not any(c.dep_ in ("dobj", "ccomp", "xcomp", "prep") for c in told.rights)
        if not bare or comma.text != "," or subject not in speaker.ancestors or not speaker.tag_.startswith("NN"):
            continue
        speaker.head, speaker.dep_ = verb, "nsubj"
        subject.head, subject.dep_ = told, "dobj"
    return doc


@Language.component("dateline_second_subjects")
def join(doc: Doc) -> Doc:
    """ "A summit between *A, B, and President C* has been held": the last of a list is no second subject."""
    for verb in doc:
        _under(verb)
        found = [c for c in verb.lefts if c.dep_ in ("nsubj", "nsubjpass")]
        for first in [c for c in verb.lefts if c.dep_ == "csubj" and c.tag_ == "VBG" and found and c.i < found[0].i]:
            first.dep_ = "advcl"  # "*Visiting* Baku, the president said …"
        if len(found) < 2 or found[-1].left_edge.i < 2:
            continue
        last, joint = found[-1], doc[found[-1].left_edge.i - 1]
        if joint.lower_ == "and" and joint.dep_ == "cc" and joint.head.is_ancestor(joint) and found[-2].is_ancestor(joint):
            last.head, last.dep_ = joint.head, "conj"
    return doc


def _under(verb: Token) -> None:
    """ "*Under Secretary* Ann Smith is travelling": an office, and no preposition."""
    under = next((c for c in verb.lefts if c.dep_ == "prep" and c.text == "Under"), None)
    if under is None or under.nbor().text not in ("Secretary", "Secretary-General"):
        return
    who = next((c for c in under.children if c.dep_ == "pobj"), None)
    if who is not None and not any(c.dep_ in ("nsubj", "nsubjpass") for c in verb.children):
        who.head, who.dep_ = verb, "nsubj"
        under.head, under.dep_ = who, "compound"


def _office_before(comma: Token) -> Token | None:
    """The office whose phrase ends before a comma: "the *President* of Peru"."""
    token = comma.nbor(-1) if comma.i > comma.sent.start else None
    while token is not None and token.i >= comma.sent.start:
        if token.lower_ in _offices() and token.right_edge.i >= comma.i - 1:
            return token if any(c.dep_ in ("det", "poss") for c in token.children) else None
        if token.dep_ not in ("pobj", "prep", *_IN_NAME):
            return None
        token = token.head
    return None


@Language.component("dateline_participles")
def reduce(doc: Doc) -> Doc:
    """Makes a participle that tells whose, whence or by whom something is an attribute, and the verb behind it the main one."""
    for sent in list(doc.sents):
        first = sent.root
        subject = next((c for c in first.children if c.dep_ == "nsubj"), None)
        told_whose = first.lower_ in _verbs()["reduced"] or any(c.dep_ == "agent" for c in first.rights)
        if not told_whose or first.tag_ not in ("VBN", "VBD") or subject is None:
            continue
        whose = next((c for c in first.rights if c.dep_ == "prep"), None)
        objects = [c for c in first.children if c.dep_ == "dobj" and (whose is None or c.i < whose.i)]
        if objects or subject.i > first.i or any(c.dep_ in ("aux", "auxpass", "cc") for c in first.children):
            continue
        main = next((t for t in first.rights if t.tag_ in ("VBD", "VBZ", "VBP") and t.dep_ in _AFTER), None)
        if main is None or any(c.dep_ in ("nsubj", "nsubjpass", "mark", "cc") for c in main.children):
            continue
        for child in [c for c in first.children if c != main and (c.i > main.i or c.i < first.i)]:
            child.head = main
        main.head, main.dep_ = main, "ROOT"
        first.head, first.dep_, first.tag_ = subject, "acl", "VBN"
    _attach_to_be(doc)
    return doc


def _attach_to_be(doc: Doc) -> None:
    """ "Will join *an exercise in Lombok, to be held* in May": what is to be done is said of the thing named before the comma."""
    for token in doc[2:]:
        verb = token.head
        if token.lower_ != "be" or token.dep_ != "auxpass" or verb.dep_ not in ("advcl", "xcomp", "ccomp", "dep"):
            continue
        if token.nbor(-1).lower_ != "to" or token.nbor(-2).text != ",":
            continue
        noun = token.nbor(-3) if token.i > 2 else token
        while noun.ent_type_ in _WHERE_OR_WHO or noun.tag_ == "IN" or noun.dep_ in _IN_NAME:
            if noun.head == noun:
                break
            noun = noun.head
        if noun.tag_ in ("NN", "NNS") and noun not in verb.subtree:
            verb.head, verb.dep_ = noun, "acl"


_WHERE_OR_WHO = frozenset({"GPE", "LOC", "FAC", "PERSON", "NORP"})
_AFTER = frozenset({"advcl", "ccomp", "conj", "dep", "parataxis"})
