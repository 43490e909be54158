"""Finds airlines that no table knows by what they do: "Norvik suspended all flights to Oslo", "a Norvik Boeing 737".

In: a parsed Doc. Out: `Found` of type organization and kind airline, for every place where the article writes the name. Words:
organisation_words.tsv, uses "runs" and "run". Names that tables know, and people that more than the tagger vouches for, score
higher in `linking`.
"""

from __future__ import annotations

from functools import cache

from spacy.tokens import Doc, Token

from pipeline.entities import context, nations
from pipeline.entities import personal_names as names
from pipeline.entities.finding import Finder, Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.phrases import grammar, occurrences
from pipeline.records import EntityType

_SCORE = 0.66
"""Above what only the tagger saw, below what a table knows."""
_LONGEST_NAME = 4
_NAME_TAGS = frozenset({"NNP", "NNPS", "PRP"})
_PEOPLE = frozenset({"PERSON"})
_NO_NAME = frozenset({"DATE", "TIME", "NORP", "CARDINAL", "ORDINAL"})
_KIND = "airline"

Span = tuple[int, int]


@cache
def _words(use: str) -> frozenset[str]:
    return frozenset(
        w for row in rows("organisation_words.tsv") if row["use"] == use and row["kind"] == _KIND for w in listed(row["words"])
    )


class Carriers:
    """The finder for airlines that the text shows at work."""

    name = "carriers"

    def __call__(self, doc: Doc) -> list[Found]:
        spans = [s for s in (*_who_run_services(doc), *_before_types(doc), *_behind_types(doc)) if s is not None]
        said = {tuple(t.text for t in doc[start:end]) for start, end in spans}
        return [
            Found(s, e, EntityType.ORGANIZATION, doc[s:e].text, self.name, _SCORE, kind=_KIND)
            for words in sorted(said)
            for s, e in occurrences(doc, words)
        ]


def _who_run_services(doc: Doc) -> list[Span | None]:
    """ "*Norvik* suspended all flights", "*Norvik* will cut its Oslo route": who acts on flights as only carriers do."""
    found = []
    for token in doc:
        if context.lemma(token) not in _words("runs") or token.pos_ != "VERB":
            continue
        run = [o for o in token.children if o.dep_ == "dobj" and o.lower_ in _words("run")]
        subjects = [c for c in token.children if c.dep_ == "nsubj"]
        if token.dep_ == "conj" and not subjects:
            subjects = [c for c in token.head.children if c.dep_ == "nsubj"]
        if run and any(_speaks_of_flights(o) for o in run):
            found += [_name_ending(s) for s in subjects for s in (s, *s.conjuncts)]
    return found


def _speaks_of_flights(thing: Token) -> bool:
    """A flight; a service or a route only where the sentence has a flight or its end too."""
    if thing.lower_.startswith("flight"):
        return True
    return context.aviation(thing.doc).heavy and not any(c.dep_ == "amod" and c.tag_ == "VBN" for c in thing.children)


def _before_types(doc: Doc) -> list[Span | None]:
    """ "A *Norvik* Boeing 737": the name between an article and a type."""
    return [_behind_article(doc, _ending_at(doc, start)) for start, _ in context.airliners(doc)]


def _behind_article(doc: Doc, span: Span | None) -> Span | None:
    told = span is not None and span[0] > 0 and doc[span[0] - 1].lower_ in context.words("article") | context.words("counting")
    return span if told else None


def _behind_types(doc: Doc) -> list[Span | None]:
    """ "A DC-8 of *Norvik*", "an Airbus A320 operated by *Norvik*": whose a type is said to be."""
    found = []
    for _, end in context.airliners(doc):
        words = [t.lower_ for t in doc[end : end + 3]]
        at = end + 1 if words[:1] == ["of"] else end + 2 if words[:2] == ["operated", "by"] else None
        if at is not None and at < len(doc):
            found.append(_starting_at(doc, at))
    return found


def _name_ending(head: Token) -> Span | None:
    return _ending_at(head.doc, head.i + 1) if head.tag_ in _NAME_TAGS else None


def _ending_at(doc: Doc, end: int) -> Span | None:
    start = end
    while start > 0 and end - start < _LONGEST_NAME and _is_part(doc[start - 1]):
        start -= 1
    return _checked(doc, start, end)


def _starting_at(doc: Doc, start: int) -> Span | None:
    end = start
    while end < len(doc) and end - start < _LONGEST_NAME and _is_part(doc[end]):
        end += 1
    return _checked(doc, start, end)


def _is_part(token: Token) -> bool:
    # "a Verdant Linhas A320": a name's first word may pass for an adjective
    adjective = token.tag_ == "JJ" and not token.is_sent_start and token.i + 1 < len(token.doc) and token.nbor().tag_ == "NNP"
    return (
        (token.tag_ in _NAME_TAGS or adjective)
        and names.capitalised(token)
        and context.label(token.doc, token.i) not in _NO_NAME
        and not names.is_role(token.lower_)
        and token.lower_ not in grammar("determiner")
    )


def _checked(doc: Doc, start: int, end: int) -> Span | None:
    """The name, unless it is a state's, stands behind "the", or is a person's of two words."""
    if start >= end or nations.within(doc, start, end) or (start > 0 and doc[start - 1].lower_ == "the"):
        return None
    person = end - start > 1 and all(context.label(doc, i) in _PEOPLE for i in range(start, end))
    return (start, end) if not person else None


def build() -> Finder:
    """The finder of airlines by what they do."""
    _words("runs")
    return Carriers()
