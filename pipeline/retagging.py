"""Headlines whose verb the model takes for a plural noun, or hangs its subject on as part of a name: "Russian jet lands in …".

In: a parsed Doc. Out: the same Doc, with the verb tagged as one and its subject attached to it, so that all that reads the
parse reads a clause. Only notes without a closing mark are changed, and only for the verbs of models/lexicons/headlines.toml.
"""

from __future__ import annotations

import tomllib
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc, Token

from pipeline.resources import model_path

_CLOSING = frozenset('.!?"”')
_IN_NAME = frozenset({"compound", "nmod"})
_BEFORE_NOUN = frozenset({"amod", "compound", "nmod", "nummod", "poss", "det", "quantmod"})


@cache
def _verbs() -> dict[str, frozenset[str]]:
    with model_path("lexicons/headlines.toml").open("rb") as f:
        return {name: frozenset(words) for name, words in tomllib.load(f)["verbs"].items()}


@Language.component("dateline_retagging")
def retag(doc: Doc) -> Doc:
    """Gives headlines their verb back."""
    for sent in doc.sents:
        words = [t for t in sent if not t.is_space]
        root = sent.root
        if not words or words[-1].text[-1:] in _CLOSING or not _may_be_verb(root):
            continue
        subject = root.nbor(-1) if root.i > sent.start else None
        if (
            subject is None
            or subject.head != root
            or subject.dep_ not in ("compound", "nmod")
            or not subject.tag_.startswith("NN")
        ):
            continue
        for word in list(root.lefts):
            if word != subject and word.dep_ in _BEFORE_NOUN:
                word.head = subject
        subject.dep_ = "nsubj"
        if root.tag_ != "VBZ":
            root.tag_, root.lemma_ = "VBZ", root.lemma_.lower()
    return doc


def _may_be_verb(root: Token) -> bool:
    """A present tense without a subject, or a plural that is a verb before a preposition or an object."""
    if root.tag_ == "VBZ":
        return not any(c.dep_ in ("nsubj", "nsubjpass", "csubj", "expl") for c in root.children)
    if root.tag_ not in ("NNS", "NNPS") or root.i + 1 >= len(root.doc):
        return False
    after = root.nbor(1)
    going = root.lower_ in _verbs()["going"] and after.tag_ in ("IN", "TO", "RP", "RB")
    return going or (root.lower_ in _verbs()["doing"] and after.tag_ in ("NNP", "NNPS", "DT", "CD", "JJ", "IN"))
