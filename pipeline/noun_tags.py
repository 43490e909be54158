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
    _open(sent)
    _free_hyphenated(sent)


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


def _open(sent: Span) -> None:
    """The first word, whose capital says nothing: "*Gunmen* stormed", "*Struck* by a missile, the plant …", "*Shelling* by …"."""
    first = sent[0]
    if first.i + 1 >= sent.end:
        return
    agent = any(c.dep_ == "agent" for c in first.children)
    if first.tag_ in ("NNP", "NNPS") and first.dep_ not in ("compound", "nmod") and not first.nbor().tag_.startswith("NNP"):
        if agent and first.dep_ == "advcl":
            first.tag_ = "VBN"
        elif first.lower_ in _words()["openers"]:
            first.tag_ = "NNS"
    above = first.head
    gerund = first.tag_ == "VBG" and first.lower_ in _words()["gerunds"] and first.dep_ in ("advcl", "csubj")
    if gerund and above.i > first.i and not any(c.dep_ in ("dobj", "punct") for c in first.children):
        apart = any(t.text == "," for t in sent.doc[first.i : above.i])
        if not apart and not any(c.dep_ in ("nsubj", "nsubjpass") for c in above.children):
            first.tag_, first.dep_ = "NN", "nsubj"


def _free_hyphenated(sent: Span) -> None:
    """The headline "Iran *test-fires* missile over the Gulf": the verb that was taken for part of its object's name."""
    for verb in sent:
        if verb.lower_ not in _words()["hyphenated"] or verb.i < sent.start + 3 or verb.nbor(-1).text != "-":
            continue
        how, subject, thing = verb.nbor(-2), verb.nbor(-3), verb.head
        if thing == verb:
            thing = next((c for c in verb.rights if c.dep_ in ("appos", "dep", "dobj") and c.tag_.startswith("NN")), verb)
        bare = verb.tag_ in ("NNS", "NNPS", "VBZ") and not any(t.tag_ in _FINITE and t != verb for t in sent)
        if not bare or how.lower_ not in _words()["manners"] or not subject.tag_.startswith("NN") or thing.i <= verb.i:
            continue
        if verb.head != verb and (thing.head != thing or verb.dep_ not in ("compound", "nmod")):
            continue
        named = [c for owner in (thing, verb) for c in owner.children if c.i < how.i and c != subject]
        verb.head, verb.dep_, verb.tag_ = verb, "ROOT", "VBZ"
        thing.head, thing.dep_ = verb, "dobj"
        subject.head, subject.dep_ = verb, "nsubj"
        for word in named:
            word.head = subject
        how.head, how.dep_ = verb, "npadvmod"
        return
