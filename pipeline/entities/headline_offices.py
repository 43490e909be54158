"""Says whom an office in the headline means: "Colombian defence minister visits …" over "Colombia's defence minister, Ana Rojas".

In: a Doc and linked entities, persons with their roles. Out: the mention of an unnamed office-holder moves to the only person of
the article whose role is that office of that state. A headline speaks of those whom the article names; elsewhere an office may
be anybody's.
"""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, MentionNote
from pipeline.entities import nations, peers
from pipeline.entities import personal_names as names
from pipeline.entities.matching import fold
from pipeline.records import BlockKind, EntityType


def resolve(doc: Doc, entities: list[EntityNote]) -> None:
    """Moves the mentions, and drops the groups that are left without any."""
    article = doc_notes.article(doc)
    title = next((b for b in article.blocks if b.kind is BlockKind.TITLE), None) if article is not None else None
    if title is None:
        return
    persons = [n for n in entities if n.type is EntityType.PERSON and n.role and n.links.country]
    for group in [n for n in entities if n.type is EntityType.GROUP and n.kind == "person" and n.links.country]:
        if any(not title.start <= m.start < title.end for m in group.mentions):
            continue
        office = _office(doc, group.mentions[0])
        theirs = [p for p in persons if p.links.country == group.links.country]
        # whose counterpart it is, the headline has said: any office will do
        meant = theirs if office and peers.is_peer(office[-1]) else [p for p in theirs if _holds(p, office)]
        if office and len(meant) == 1:
            meant[0].mentions = sorted([*meant[0].mentions, *group.mentions], key=lambda m: (m.start, m.end))
            entities.remove(group)
    entities.sort(key=lambda note: (note.mentions[0].start, note.mentions[0].end))


def _office(doc: Doc, mention: MentionNote) -> list[str]:
    """The words of an office without its state: "defence minister"."""
    start, end = mention.token_start, mention.token_end
    of_state = {i for first, last, _ in nations.within(doc, start, end) for i in range(first, last)}
    words = [_spelt(t.lower_) for t in doc[start:end] if t.i not in of_state and t.tag_ not in ("POS", "DT")]
    return words if words and names.is_role(words[-1]) else []


def _holds(person: EntityNote, office: list[str]) -> bool:
    held = [_spelt(word) for word in fold(person.role or "").replace("'s", " ").replace(",", " ").split()]
    return all(word in held for word in office)


def _spelt(word: str) -> str:
    """One spelling of a word that has two: "defense", "defence"."""
    return word.replace("defense", "defence")
