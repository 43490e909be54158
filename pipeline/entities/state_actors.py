"""Whether the sentence treats a place as a state: "Moscow said", "ties with Tehran", "Kyiv's envoy", "Beijing-backed".

In: a parsed Doc and a name in it. Out: yes or no. Knowledge: state_words.tsv.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline.entities.context import lemma
from pipeline.entities.gazetteers import listed, rows


class Actors:
    """The words beside which a capital is its government."""

    def __init__(self) -> None:
        self._words = {row["kind"]: frozenset(listed(row["words"])) for row in rows("state_words.tsv")}

    def words(self, kind: str) -> frozenset[str]:
        """The words of one kind in state_words.tsv."""
        return self._words[kind]

    def is_actor(self, doc: Doc, start: int, end: int) -> bool:
        """Whether the sentence treats the name at tokens [start, end) as a state that acts, speaks or has relations."""
        root = doc[start:end].root
        while root.dep_ == "conj" and root.head.i != root.i:
            root = root.head
        return self._acts(root) or self._is_party(root) or self._has(doc, root, end)

    def _acts(self, token: Token) -> bool:
        verb = token.head
        if token.dep_ in {"nsubj", "nsubjpass"} and verb.pos_ in {"VERB", "AUX"}:
            if token.dep_ == "nsubjpass":
                return lemma(verb) in self._words["object"]
            return lemma(verb) in self._words["verb"] or any(
                lemma(c) in self._words["verb"] for c in verb.children if c.dep_ in {"xcomp", "conj"}
            )
        if token.dep_ in {"dobj", "dative", "iobj"}:
            return lemma(verb) in self._words["object"]
        if token.dep_ == "pobj" and verb.lower_ == "by" and verb.dep_ == "agent":
            return lemma(verb.head) in self._words["verb"]
        return token.dep_ == "pobj" and verb.lower_ == "to" and verb.head.lower_ == "according"

    def _is_party(self, token: Token) -> bool:
        """Talks with Tehran, a treaty between Moscow and Pyongyang, sanctions against Beijing, Moscow-Pyongyang ties."""
        head = token.head
        if token.dep_ == "pobj" and head.lower_ == "to" and head.dep_ in {"dative", "prep"}:
            return lemma(head.head) in self._words["to_verb"]
        if token.dep_ == "pobj" and head.lower_ in {"with", "between", "against", "on", "toward", "towards", "among", "from"}:
            noun = head.head
            related = self._is_relation(noun)
            if head.lower_ == "from" and noun.pos_ == "VERB":
                return lemma(noun) in self._words["from_verb"]
            if head.lower_ == "from" and noun.pos_ == "NOUN":
                return lemma(noun) in self._words["from"]
            return related or (head.lower_ == "with" and lemma(noun) in self._words["with"])
        if lemma(head) in self._words["gathering"] and (token.i == 0 or token.doc[token.i - 1].text not in {"-", "–"}):
            # "the Madrid summit", "the Doha talks": where it was held
            return False
        return token.dep_ in {"compound", "amod", "nmod"} and self._is_relation(head)

    def _is_relation(self, noun: Token) -> bool:
        """What states have with each other; an "air link" or a "rail link" joins cities."""
        if lemma(noun) not in self._words["relation"] or noun.pos_ not in {"NOUN", "PROPN"}:
            return False
        transport = self._words["transport"]
        return lemma(noun) not in self._words["way"] or not any(c.lower_ in transport for c in noun.children)

    def _has(self, doc: Doc, token: Token, end: int) -> bool:
        if token.dep_ == "poss":
            return lemma(token.head) in self._words["possessed"] | self._words["relation"]
        after = doc[end : end + 2]
        if (
            len(after) == 2
            and after[0].text in {"-", "–"}
            and after[1].pos_ == "PROPN"
            and after[1].dep_ in {"compound", "amod", "nmod"}
        ):
            return self._is_party(after[1])
        return len(after) == 2 and after[0].text == "-" and after[1].lower_ in self._words["suffix"]
