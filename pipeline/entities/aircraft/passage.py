"""A Doc as the steps of the finder see it, and what there speaks for or against a type's name.

In: a Doc with the makers' names in it. Out: `Passage` and `Span`, character offsets; yes or no about words beside a place.
Knowledge: aviation_words.tsv.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Doc

from pipeline.entities import context
from pipeline.entities.aircraft.families import Family
from pipeline.entities.matching import Hit

_BESIDE = 5
"""Words behind a name among which "jet" or "bomber" still speaks of it."""


@dataclass(slots=True)
class Span:
    """A type's name in the text, in characters, before its tokens are looked up."""

    start: int
    end: int
    family: Family | None
    icao: str | None
    name: str
    variant: str
    score: float
    sure: bool
    kind: str | None = None

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it has a character of [start, end)."""
        return self.start < end and start < self.end


@dataclass(slots=True)
class Passage:
    """A Doc with what the steps share."""

    doc: Doc
    text: str
    folded: str
    first: dict[int, int]
    last: dict[int, int]
    makers: dict[int, tuple[int, str]] = field(default_factory=dict)
    """end of a maker's name in characters → its start and its name."""
    maker_starts: dict[int, tuple[int, str]] = field(default_factory=dict)

    def token(self, character: int) -> int:
        """The token that covers a character."""
        span = self.doc.char_span(character, character + 1, alignment_mode="expand")
        return span.start if span is not None else 0

    def after(self, end: int) -> int | None:
        """The token behind a name; None where the name ends inside a token or the Doc ends."""
        token = self.last.get(end) or self.last.get(end + 1)
        return token if token is not None and token < len(self.doc) else None

    def edge(self, start: int) -> int:
        """Where the name before a name ends, if only a space or a hyphen is between them."""
        return start - 1 if self.text[start - 1 : start] in {" ", "-"} else start

    def maker_before(self, start: int) -> str | None:
        """The maker whose name ends right before a character."""
        known = self.makers.get(self.edge(start))
        return known[1] if known else None

    def denied(self, start: int, end: int) -> bool:
        """Whether the word behind says that the name is a missile, a tank …, or the word before that it is a road, a visa …"""
        token = self.after(end)
        words = [context.singular(t) for t in self.doc[token : token + 2] if not t.is_punct] if token is not None else []
        if words and words[0] in context.words("not_aircraft"):
            return True
        first = self.token(start)
        return first > 0 and self.doc[first - 1].lower_ in context.words("not_after")

    def just_before_noun(self, end: int) -> bool:
        """Whether "jet", "bomber", "helicopter" … stands behind within a noun phrase."""
        doc, token = self.doc, self.after(end)
        if token is None:
            return False
        for other in doc[token : token + _BESIDE]:
            if other.lower_ in context.words("noun") or context.singular(other) in context.words("noun"):
                return True
            if other.text == "-" or (other.text[:1].isupper() and any(c.isdigit() for c in other.text)):
                continue
            joined = other.i + 1 < len(doc) and (doc[other.i + 1].text == "-" or doc[other.i - 1].text == "-")
            if (
                (other.pos_ not in {"ADJ", "NOUN", "PROPN", "VERB"} and not joined)
                or other.text in {".", ",", ";", ":"}
                or "\n" in other.text
            ):
                return False
        return False

    def beside(self, start: int, end: int, spans: list[Span]) -> bool:
        """Whether words about aircraft, or a type that is sure, stand in the sentence."""
        token = self.token(start)
        if self.just_before_noun(end) or context.aviation(self.doc).in_sentence(self.doc, token, token + 1):
            return True
        sentence = self.doc[token].sent
        return any(s.sure and sentence.start_char <= s.start < sentence.end_char and not s.overlaps(start, end) for s in spans)

    def maker_spoken_of(self, token: int) -> bool:
        """Whether the sentence of a token names a maker of aircraft: "Boeing grounded the Max 8"."""
        sentence = self.doc[token].sent
        return any(sentence.start_char <= start < sentence.end_char for start, _ in self.makers.values())

    def flies(self, start: int, end: int) -> bool:
        """Whether the name is the subject of a verb that only aircraft and birds have: "landed", "took off"."""
        span = self.doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            return False
        root = span.root
        if root.dep_ in {"nummod", "appos", "compound"} and root.head.i < root.i:
            root = root.head  # "A NASA WB-57 took off": the parser takes the operator for the subject
        if root.dep_ not in {"nsubj", "nsubjpass"}:
            return False
        verb = root.head
        if context.lemma(verb) in context.words("flies"):
            return True
        return any(f"{context.lemma(verb)} {c.lower_}" in context.words("flies") for c in verb.children if c.dep_ == "prt")

    def counts(self, token: int) -> bool:
        """Whether a number counts what follows it: "747 tickets"."""
        after = self.doc[token + 1] if token + 1 < len(self.doc) else None
        return self.doc[token].dep_ == "nummod" or (after is not None and after.pos_ in {"NOUN", "PROPN", "ADJ"})

    def in_longer_name(self, hit: Hit) -> bool:
        """Whether the tagger sees a longer person, place or organisation around the hit."""
        span = context.labels(self.doc)[hit.start]
        if span is None or span.label_ not in {"PERSON", "ORG", "GPE", "WORK_OF_ART", "EVENT", "LOC"}:
            return False
        plain = context.words("article") | context.words("counting")
        own = [t.i for t in span if t.lower_ not in plain and not (t.i >= hit.end and any(c.isdigit() for c in t.text))]
        return bool(own) and (own[0] < hit.start or own[-1] >= hit.end)


def longest(spans: list[Span]) -> list[Span]:
    """Spans that do not overlap: those whose family is known first, the longer ones before the shorter."""
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda s: (-(s.end - s.start) - 3 * (s.family is not None), s.start)):
        if not any(span.overlaps(other.start, other.end) for other in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda s: s.start)
