"""Adds the places where an entity is meant without its name: "he", "its", "who", "the Russian leader", "both countries".

In: a parsed Doc and its entities after linking. Out: more mentions, of form "nominal" or "pronoun"; an unnamed group that turns
out to be a named person is taken back. What is not sure is left alone: a wrong link is worse than none (docs/coreference.md).

The text is read once from left to right, so that each resolved reference counts as a mention for the next one.
"""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.annotations import EntityNote
from pipeline.entities import affiliation, deixis, descriptions, gender, peers, pronouns
from pipeline.entities.discourse import Discourse, is_one


def resolve(doc: Doc, entities: list[EntityNote]) -> None:
    """Adds mentions to the entities; the list stays in the order of first mentions."""
    if not entities:
        return
    discourse = Discourse.of(doc, entities)
    profiles = {id(note): gender.profile(doc, note) for note in entities if is_one(note)}
    peers.share_offices(doc, entities, profiles)
    quoted = pronouns.quotations(discourse)
    for token in doc:
        if token.tag_ in ("PRP", "PRP$", "WP", "WDT", "WP$"):
            pronouns.resolve(discourse, token, profiles, quoted)
        elif token.i not in quoted.tokens and token.tag_ == "RB":
            deixis.resolve(discourse, token)
        elif token.i not in quoted.tokens and token.tag_ in ("NN", "NNS", "NNP", "NNPS", "JJ", "CD"):
            descriptions.resolve(discourse, token, profiles)
    affiliation.resolve_owned(doc, entities)
    entities.sort(key=lambda note: (note.mentions[0].start, note.mentions[0].end))
