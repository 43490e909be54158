"""The status that a clause gives, whatever the tagger makes of the word that opens it."""

from __future__ import annotations

import pytest
from spacy.lang.en import English
from spacy.tokens import Doc

from pipeline.events.realis import _of_clause
from pipeline.records import Realis


@pytest.mark.parametrize(("tag", "dep"), [("IN", "mark"), ("RB", "advmod")])
def test_a_present_after_once_is_of_what_is_to_come(tag: str, dep: str) -> None:
    doc = Doc(
        English().vocab,
        words=["Once", "the", "pact", "is", "valid", ",", "troops", "will", "train"],
        tags=[tag, "DT", "NN", "VBZ", "JJ", ",", "NNS", "MD", "VB"],
        pos=["SCONJ", "DET", "NOUN", "AUX", "ADJ", "PUNCT", "NOUN", "AUX", "VERB"],
        lemmas=["once", "the", "pact", "be", "valid", ",", "troop", "will", "train"],
        deps=[dep, "det", "nsubj", "advcl", "acomp", "punct", "nsubj", "aux", "ROOT"],
        heads=[3, 2, 3, 8, 3, 8, 8, 8, 8],
    )
    assert _of_clause(doc[3]) == (Realis.PLANNED, "a present after 'once', of what is to come")
