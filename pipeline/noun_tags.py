"""Mends nouns that the tagger takes for verbs or names, and verbs that it takes for nouns, in news about forces.

In: a parsed sentence. Out: the same, in place: "the naval *drills* off Oman ended", where the tagger has somebody drill;
"*Gunmen* opened fire", where it has a name; "*Shelling* by troops killed two", where somebody shells; "Iran *test-fires*
missile". Words: models/lexicons/headlines.toml.
"""

from __future__ import annotations

import tomllib
from functools import cache

from spacy.tokens import Span, Token

from pipeline.resources import model_path

_SUBJECT = frozenset({"nsubj", "nsubjpass", "csubj"})
_BEFORE_NOUN = frozenset({"JJ", "JJR", "JJS", "DT", "PRP$", "POS", "CD", "VBN"})
_FINITE = frozenset({"VBZ", "VBP", "VBD", "MD"})


@cache
def _words() -> dict[str, frozenset[str]]:
    with model_path("lexicons/headlines.toml").open("rb") as f:
        return {name: frozenset(words) for name, words in tomllib.load(f)["retagged"].items()}


def mend(sent: Span) -> None:
    """Mends one sentence."""
    for word in sent:
        if word.lower_ in _words()["nouns"] and word.tag_ in ("VBZ", "VB", "VBP"):
            _make_noun(word)
    if len(sent) > 1:
        _mend_name(sent[0])
        _mend_gerund(sent[0])
    for word in sent[3:]:
        if _hides_a_verb(word, sent) and (thing := _object_of_hyphenated(word)) is not None:
            _free_hyphenated(word, thing)
            return


def _make_noun(word: Token) -> None:
    """ "Naval *drills* between two states ended": a noun in the mark of a verb, where no subject says who does it."""
    before = word.nbor(-1) if word.i > word.sent.start else None
    if before is None or any(c.dep_ in ("aux", "neg") and c.tag_ != "TO" for c in word.children):
        return
    to = next((c for c in word.children if c.tag_ == "TO" and c.i == word.i - 1), None)
    doer = next((c for c in word.children if c.dep_ in _SUBJECT), None)
    if to is not None:
        if word.tag_ != "VBZ":
            return
        to.tag_, to.dep_, to.head = "IN", "prep", word.head
        word.head, word.dep_ = to, "pobj"
    elif word.dep_ == "conj" and before.tag_.startswith("NNP") and not any(c.dep_ == "cc" for c in word.head.children):
        above = before.head
        if word.is_ancestor(above) or above == before:
            return
        word.head, word.dep_ = above, before.dep_
        before.head, before.dep_ = word, "compound"
    elif word.dep_ not in _SUBJECT and not (doer is None and before.tag_ in _BEFORE_NOUN):
        return
    if doer is not None and doer.i < word.i:
        doer.dep_ = "amod" if doer.tag_.startswith("JJ") else "compound"
    word.tag_ = "NNS" if word.lower_.endswith("s") else "NN"


def _mend_name(first: Token) -> None:
    """The first word, whose capital says nothing: "*Gunmen* stormed", "*Struck* by a missile, the plant …"."""
    if first.tag_ not in ("NNP", "NNPS") or first.dep_ in ("compound", "nmod") or first.nbor().tag_.startswith("NNP"):
        return
    if first.dep_ == "advcl" and any(c.dep_ == "agent" for c in first.children):
        first.tag_ = "VBN"
    elif first.lower_ in _words()["openers"]:
        first.tag_ = "NNS"


def _mend_gerund(first: Token) -> None:
    """ "*Shelling* by troops killed two": the subject that its sentence begins with."""
    verb = first.head
    if first.tag_ != "VBG" or first.lower_ not in _words()["gerunds"] or first.dep_ not in ("advcl", "csubj") or verb.i < first.i:
        return
    if any(c.dep_ in ("dobj", "punct") for c in first.children) or any(t.text == "," for t in first.doc[first.i : verb.i]):
        return
    if not any(c.dep_ in ("nsubj", "nsubjpass") for c in verb.children):
        first.tag_, first.dep_ = "NN", "nsubj"


def _hides_a_verb(word: Token, sent: Span) -> bool:
    """The headline "Iran *test-fires* missile over the Gulf": whether a word taken for part of a name is its only verb."""
    if word.lower_ not in _words()["hyphenated"] or word.nbor(-1).text != "-" or word.tag_ not in ("NNS", "NNPS", "VBZ"):
        return False
    if word.nbor(-2).lower_ not in _words()["manners"] or not word.nbor(-3).tag_.startswith("NN"):
        return False
    return not any(t.tag_ in _FINITE and t != word for t in sent)


def _object_of_hyphenated(verb: Token) -> Token | None:
    """The noun behind it that the verb was taken for a part of, or that hangs on it."""
    if verb.head != verb:
        thing = verb.head
        return thing if thing.i > verb.i and thing.head == thing and verb.dep_ in ("compound", "nmod") else None
    return next((c for c in verb.rights if c.dep_ in ("appos", "dep", "dobj") and c.tag_.startswith("NN")), None)


def _free_hyphenated(verb: Token, thing: Token) -> None:
    """Makes the verb the head of its sentence, with its subject, its manner and its object."""
    how, subject = verb.nbor(-2), verb.nbor(-3)
    named = [c for owner in (thing, verb) for c in owner.children if c.i < how.i and c != subject]
    verb.head, verb.dep_, verb.tag_ = verb, "ROOT", "VBZ"
    thing.head, thing.dep_ = verb, "dobj"
    subject.head, subject.dep_ = verb, "nsubj"
    for word in named:
        word.head = subject
    how.head, how.dep_ = verb, "npadvmod"
