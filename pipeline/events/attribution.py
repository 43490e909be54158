"""Who the text says reported an event.

In: an event mention. Out: the entities that the clause, or "according to", names as its source.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.events.clauses import governing, is_verb, surface_subject
from pipeline.events.fillers import Index, in_class
from pipeline.events.frames import EventMention
from pipeline.records import EntityType

SPEAKERS = frozenset({EntityType.PERSON, EntityType.ORGANIZATION, EntityType.COUNTRY, EntityType.GROUP})


def sources_of(mention: EventMention, index: Index) -> list[EntityNote]:
    """The named sources of one telling, nearest first."""
    head = mention.predicate.head
    out: list[EntityNote] = []
    node = head
    for above in governing(head):
        if is_verb(above) and in_class(above, "reporting") and node.dep_ in ("ccomp", "parataxis", "advcl", "xcomp", "dep"):
            out += speakers(above, index)
        node = above
    out += according_to(head.sent.root, index)
    root = head.sent.root
    if (
        is_verb(root)
        and in_class(root, "reporting")
        and not out
        and root.i != head.i
        and any(c.dep_ == "ccomp" for c in root.children)
    ):
        out += speakers(root, index)
    return list(dict.fromkeys(out))


def speakers(verb: Token, index: Index) -> list[EntityNote]:
    """Who says it, of a reporting verb."""
    subject = surface_subject(verb)
    if subject is None:
        return []
    return [n for h in index.heads(subject) for n in index.resolve(h) if n.type in SPEAKERS]


def according_to(root: Token, index: Index) -> list[EntityNote]:
    """The sources that "according to" and "as reported by" name anywhere in a sentence."""
    out: list[EntityNote] = []
    for token in root.sent:
        after: list[Token] = []
        if token.lower_ == "according":
            after = [t for c in token.children if c.lower_ == "to" for t in c.children if t.dep_ == "pobj"]
            after += [t for t in token.children if t.dep_ == "pobj"]
        elif token.lemma_ in ("report", "confirm") and token.tag_ == "VBN" and token.dep_ in ("advcl", "acl"):
            after = [t for c in token.children if c.dep_ == "agent" for t in c.children]
            if not after and any(c.lower_ == "as" for c in token.children):
                after = [t for c in token.children if c.lower_ == "by" for t in c.children]
        for head in after:
            for h in index.heads(head):
                found = [n for n in index.resolve(h) if n.type in SPEAKERS]
                if not found:
                    # "data from flight tracking websites X and Y": the names hang below
                    found = [n for t in h.subtree if t.i > h.i for n in index.notes_at(t) if n.type in SPEAKERS]
                out += found
    return list(dict.fromkeys(out))
