"""Takes over the names that spaCy's statistical tagger finds, for all that no gazetteer knows.

In: a Doc with `doc.ents`. Out: `Found` of type organization, place or group, at a score that any gazetteer beats. What it takes
for persons is left to `people`, which knows better.
"""

from __future__ import annotations

from spacy.tokens import Doc, Span

from pipeline.entities import context
from pipeline.entities.finding import Found
from pipeline.entities.phrases import grammar
from pipeline.entities.roles import is_portfolio
from pipeline.records import EntityType

_TYPES = {
    "ORG": EntityType.ORGANIZATION,
    "GPE": EntityType.PLACE,
    "LOC": EntityType.PLACE,
    "FAC": EntityType.PLACE,
    "NORP": EntityType.GROUP,
}
_SCORE = 0.52
_KINDS = {"GPE": "city", "FAC": "facility"}


class Names:
    """The finder that reports the tagger's names."""

    name = "tagger"

    def __call__(self, doc: Doc) -> list[Found]:
        found = []
        for span in doc.ents:
            kind = _TYPES.get(span.label_)
            trimmed = _trim(span) if kind else None
            if trimmed and context.is_plain_aircraft(doc, trimmed.start, trimmed.end):
                continue
            if kind and trimmed and not (span.label_ == "ORG" and is_portfolio(doc, trimmed.start, trimmed.end)):
                found.append(
                    Found(trimmed.start, trimmed.end, kind, trimmed.text, self.name, _SCORE, kind=_KINDS.get(span.label_))
                )
        return found


def build() -> Names:
    """The finder over spaCy's entities."""
    return Names()


def _trim(span: Span) -> Span | None:
    """The name without its article, possessive and quotation marks; None when no capital letter or digit is left."""
    doc, start, end = span.doc, span.start, span.end
    while start < end and (doc[start].lower_ in grammar("article") or doc[start].is_punct or doc[start].is_space):
        start += 1
    for i in range(start, end):
        if "\n\n" in doc[i].text:
            end = i
    while end > start + 1 and doc[end - 1].lower_ in ("of", "the", "and", "for"):
        end -= 1  # "the Foreign Ministries of the two states"
    while end > start and (
        doc[end - 1].text in grammar("possessive")
        or (doc[end - 1].is_punct and not doc[end - 1].text.endswith("."))
        or doc[end - 1].is_space
    ):
        end -= 1
    trimmed = doc[start:end]
    return trimmed if len(trimmed) and any(c.isupper() for c in trimmed.text) else None
