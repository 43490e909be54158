"""What the finders of unnamed things need of grammar: word lists with their plurals, and the core of a noun phrase.

In: models/lexicons/*.toml and parsed Docs. Out: token ranges [start, end), strings and booleans; nothing is kept on the Doc.

The core of a phrase is the head noun with what stands before it, without article, demonstrative or possessive: of "the two
Russian pilots who ejected" it is "two Russian pilots".
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from spacy.tokens import Doc, Token

from pipeline.errors import KnowledgeError
from pipeline.resources import model_path

PREDICATES = frozenset({"attr", "acomp", "oprd", "npadvmod", "tmod", "compound"})
"""What a phrase says of another thing and names none itself."""
NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_BEFORE_TAGS = NOUN_TAGS | {"JJ", "JJR", "JJS", "CD", "VBN", "VBG", "HYPH", "AFX", "FW", "ADD", "$"}
_MODIFIER_DEPS = frozenset({"compound", "amod", "nmod", "npadvmod", "nummod", "quantmod"})
_VOWELS = frozenset("aeiou")


@cache
def lexicon(name: str) -> dict[str, Any]:
    """models/lexicons/NAME.toml."""
    path = model_path(f"lexicons/{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"models/lexicons/{name}.toml is not TOML: {error}", "correct the line it names") from error


@cache
def words(name: str, section: str, key: str) -> frozenset[str]:
    """One list of a lexicon."""
    try:
        return frozenset(lexicon(name)[section][key])
    except KeyError as error:
        raise KnowledgeError(f"models/lexicons/{name}.toml has no {section}.{key}", "put the list back") from error


def grammar(key: str) -> frozenset[str]:
    """A closed class of English: "article", "definite", "possessive" …"""
    return words("grammar", "words", key)


def occurrences(doc: Doc, said: tuple[str, ...]) -> list[tuple[int, int]]:
    """Wherever a text writes these tokens one after the other, letter by letter."""
    size = len(said)
    begins = (i for i in range(len(doc) - size + 1) if doc[i].text == said[0])
    return [(i, i + size) for i in begins if tuple(t.text for t in doc[i : i + size]) == said]


def plural(noun: str) -> str:
    """The plural of a singular noun in small letters."""
    irregular: dict[str, str] = lexicon("plurals")["irregular"]
    before, _, last = noun.rpartition(" ")
    lead = f"{before} " if before else ""
    if last in irregular:
        return lead + irregular[last]
    for ending in ("woman", "man", "person"):
        if last.endswith(ending):
            return lead + last.removesuffix(ending) + ("people" if ending == "person" else irregular[ending])
    if last.endswith("y") and last[-2:-1] not in _VOWELS:
        return lead + last[:-1] + "ies"
    if last.endswith(("s", "x", "z", "ch", "sh")):
        return lead + last if last.endswith("s") and not last.endswith("ss") else lead + last + "es"
    return lead + last + "s"


class Heads:
    """Head nouns in singular and plural, each with a label; of several words the longest wins."""

    def __init__(self, labelled: Iterable[tuple[str, str]]) -> None:
        self._forms: dict[str, tuple[str, str]] = {}
        self._longest = 1
        for noun, label in labelled:
            for form in (plural(noun), noun):
                self._forms.setdefault(form, (noun, label))
            self._longest = max(self._longest, noun.count(" ") + 1)
        self.last = frozenset(form.rpartition(" ")[2] for form in self._forms)

    def get(self, token: Token) -> tuple[str, str] | None:
        """(singular, label) of the head that ends at the token."""
        if token.lower_ not in self.last:
            return None
        doc = token.doc
        for size in range(self._longest, 0, -1):
            start = token.i + 1 - size
            if start < 0:
                continue
            form = " ".join(doc[i].lower_ for i in range(start, token.i + 1))
            if form in self._forms:
                return self._forms[form]
        return None


def is_plural(token: Token) -> bool:
    """Whether a noun stands in the plural."""
    return token.tag_ in ("NNS", "NNPS") or token.lower_ in ("people", "police", "troops", "personnel")


def is_head(token: Token) -> bool:
    """Whether the token is a noun that heads its phrase and does not merely qualify the next noun."""
    if token.tag_ not in NOUN_TAGS:
        return False
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    if following is None:
        return True
    if following.tag_ == "HYPH" and following.whitespace_ == "" and token.whitespace_ == "":
        return False
    return not (token.dep_ in _MODIFIER_DEPS and token.head.i > token.i and following.tag_ in _BEFORE_TAGS - {"VBN", "VBG", "CD"})


def core(head: Token, vague: frozenset[str] = frozenset()) -> tuple[int, int]:
    """The phrase's core, ending with the head. `vague` words ("several") are left off at its front."""
    doc = head.doc
    start = head.i
    while start > 0 and _belongs(doc[start - 1], head, start):
        start -= 1
    while (
        start < head.i
        and (doc[start].tag_ in ("HYPH", ",", "CC", "VBG", "IN", "RB") or doc[start].lower_ in vague)
        and not _counts(doc, start, head)
    ):
        start += 1
    if start < head.i and doc[start].tag_ in ("TO", "IN") and doc[start].lower_ in ("to", "than"):
        start += 1
    return start, head.i + 1


def _counts(doc: Doc, start: int, head: Token) -> bool:
    """Whether words from here on lead up to a number: "more than 200"."""
    before = words("groups", "amounts", "before_number")
    at = start
    while at < head.i and doc[at].lower_ in before:
        at += 1
    return at > start and doc[at].tag_ == "CD"


def _belongs(token: Token, head: Token, start: int) -> bool:
    if token.is_space or token.dep_ == "prt" or token.tag_ in ("DT", "PDT", "PRP$", "POS", "WP$", "WDT"):
        return False
    right = token.doc[start]
    if token.lower_ in words("groups", "amounts", "before_number") and right.i < head.i:
        return right.tag_ == "CD" or (
            right.lower_ in words("groups", "amounts", "before_number") and _counts(token.doc, start, head)
        )
    if token.tag_ in ("CC", ","):
        joined = {"JJ", "NNP", "NN", "CD", "JJS", "NNPS", "HYPH"}
        inside = right.i < head.i and token.i and token.doc[token.i - 1].tag_ in joined and right.tag_ in joined
        return bool(inside) and head.is_ancestor(token) and head.is_ancestor(token.doc[token.i - 1])
    if token.tag_ == "RB":
        return right.tag_ in ("JJ", "VBN", "CD") and right.i < head.i and head.is_ancestor(token)
    if token.tag_ not in _BEFORE_TAGS:
        return False
    return head.is_ancestor(token) or (token.whitespace_ == "" and right.tag_ == "HYPH")


def of_phrase(head: Token, prepositions: frozenset[str] = frozenset({"of"})) -> int | None:
    """Where the complement of a preposition directly after the head ends; None when there is none.

    The complement is a plain noun phrase with its coordinated nouns, without relative clauses: "of Poland and Lithuania".
    """
    doc = head.doc
    at = head.i + 1
    if at >= len(doc) or doc[at].lower_ not in prepositions or doc[at].is_space:
        return None
    objects = [child for child in doc[at].children if child.dep_ == "pobj" and child.tag_ in NOUN_TAGS | {"CD"}]
    if not objects:
        return None
    last = _last_conjunct(objects[0])
    if any(doc[i].is_space for i in range(at, last.i)):
        return None
    return last.i + 1


def _last_conjunct(token: Token) -> Token:
    """The last noun coordinated with this one, as long as nothing but nouns and their modifiers stand between."""
    last = token
    plain = _BEFORE_TAGS | {"DT", ",", "CC", "PRP$"}
    for conjunct in sorted(token.conjuncts, key=lambda t: t.i):
        if (
            conjunct.i > last.i
            and conjunct.tag_ in NOUN_TAGS
            and all(t.tag_ in plain for t in token.doc[last.i + 1 : conjunct.i])
        ):
            last = conjunct
    return last


def coordinated_end(token: Token) -> int:
    """The end of the coordination that the noun opens: "food, medicine and tents" from "food"."""
    return _last_conjunct(token).i + 1


def determiner(head: Token, start: int) -> str | None:
    """The article, demonstrative or possessive before a core, in small letters; "'s" after a possessor."""
    if start == 0:
        return None
    before = head.doc[start - 1]
    return before.lower_ if before.tag_ in ("DT", "PRP$", "POS", "WP$", "PDT") else None
