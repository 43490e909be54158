"""Finds bodies that the text itself explains: "public broadcaster ORF Nord", "Sky Fjord, a small airline based in Bergen".

In: a parsed Doc. Out: `Found` of type organization with the kind of the noun beside the name. Nouns: organisation_words.tsv,
use "beside". No table need know such a name, and where the tagger takes it for a place, the noun says better.
"""

from __future__ import annotations

from functools import cache

from spacy.tokens import Doc, Token

from pipeline.entities import personal_names as names
from pipeline.entities.finding import Finder, Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.records import EntityType

_SCORE = 0.74
"""Between a body whose state the passage tells and one that a table knows."""
_LONGEST_NAME = 5
_NO_NAME = frozenset({"DATE", "TIME", "NORP", "CARDINAL", "ORDINAL", "PRODUCT"})


@cache
def _nouns() -> dict[str, str]:
    """Noun → kind of the body it introduces."""
    return {
        word: row["kind"] for row in rows("organisation_words.tsv") if row["use"] == "beside" for word in listed(row["words"])
    }


class Introduced:
    """The finder for bodies explained by the noun beside them."""

    name = "introduced"

    def __call__(self, doc: Doc) -> list[Found]:
        found = []
        for token in doc:
            kind = _kind(token)
            if kind is not None and token.tag_ == "NN" and token.text.islower():
                span = _after(token) or _before(token)
                if span is not None:
                    text = doc[span[0] : span[1]].text
                    found.append(Found(*span, EntityType.ORGANIZATION, text, self.name, _SCORE, kind=kind))
        return found


def _kind(token: Token) -> str | None:
    """The kind that a noun tells, with the word before it where the two say it together ("low-cost carrier")."""
    for size in (2, 1):
        if token.i + 1 >= size and (kind := _nouns().get(token.doc[token.i + 1 - size : token.i + 1].text.lower())):
            return kind
    return None


def _after(noun: Token) -> tuple[int, int] | None:
    """The name right behind the noun: "state news agency *BelTA*"."""
    start = end = noun.i + 1
    doc = noun.doc
    while end < len(doc) and end - start < _LONGEST_NAME and _is_part(doc[end]):
        end += 1
    # "broadcaster Ana Silva": a calling as well
    person = names.is_role(noun.lower_) and any(t.ent_type_ == "PERSON" for t in doc[start:end])
    return (start, end) if end > start and not person else None


def _before(noun: Token) -> tuple[int, int] | None:
    """The name that the noun is in apposition to: "*Sky Fjord*, a small airline"."""
    doc, name = noun.doc, noun.head
    if noun.dep_ != "appos" or name.i > noun.i or not any(c.lower_ in ("a", "an", "the") for c in noun.lefts):
        return None
    if not _is_part(name) or doc[noun.left_edge.i - 1].text != "," or name.i != noun.left_edge.i - 2:
        return None
    start = name.i
    while start > 0 and name.i - start < _LONGEST_NAME and _is_part(doc[start - 1]):
        start -= 1
    return start, name.i + 1


def _is_part(token: Token) -> bool:
    return (
        token.tag_ in ("NNP", "NNPS")
        and names.capitalised(token)
        and token.ent_type_ not in _NO_NAME
        and not names.is_role(token.lower_)
    )


def build() -> Finder:
    """The finder of bodies that a noun introduces."""
    _nouns()
    return Introduced()
