"""Makes entities of unnamed things: phrases with a known head noun, joined where the text speaks of the same ones again.

In: a parsed Doc, the entities found so far and the head nouns of a lexicon. Out: new `EntityNote` in the list, with mentions of
form "nominal"; `name` is the first full phrase without article. A name found before keeps its place: a phrase whose head word
belongs to a name ("Syrian Army") is left alone, but a name inside a phrase ("North Korean" educators) is kept beside it.

Two phrases are one entity when their heads are equal and one's modifiers are the other's too, the shorter one being definite:
"three Polish hikers" … "the hikers". Numbers must not contradict each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from pipeline.annotations import EntityNote, MentionNote
from pipeline.entities import nations
from pipeline.entities.phrases import determiner, grammar, words
from pipeline.records import EntityType, Links


@dataclass(slots=True, eq=False)
class Phrase:
    """A nominal phrase at tokens [start, end) with head token `head`, of a kind that the lexicon names."""

    start: int
    end: int
    head: int
    noun: str
    kind: str
    determiner: str | None = None
    country: nations.Nation | None = None
    modifiers: frozenset[str] = frozenset()
    number: str | None = None

    @property
    def definite(self) -> bool:
        """Whether the phrase speaks of something known already."""
        return self.determiner in grammar("definite") | grammar("possessive")


def describe(doc: Doc, start: int, end: int, head: Token, noun: str, kind: str) -> Phrase:
    """The phrase with what tells it from others of its head: modifiers, number, state."""
    modifiers, number = set(), None
    for token in doc[start:end]:
        if token.tag_ == "CD" or token.lower_ in words("groups", "amounts", "words"):
            number = number or token.lower_
        elif token.i != head.i and token.is_alpha and token.lower_ not in words("groups", "amounts", "before_number"):
            modifiers.add(token.lower_)
    return Phrase(
        start, end, head.i, noun, kind, determiner(head, start), _country(doc, start, end), frozenset(modifiers), number
    )


def _country(doc: Doc, start: int, end: int) -> nations.Nation | None:
    inside = {nation.iso2: nation for _, _, nation in nations.within(doc, start, end)}
    if inside:
        # "French and Egyptian warships" belong to no single state.
        return next(iter(inside.values())) if len(inside) == 1 else None
    if start > 1 and doc[start - 1].tag_ == "POS":
        first = start - 2
        while first > 0 and doc[first - 1].tag_ in ("NNP", "NNPS", "JJ") and start - first < 5:
            first -= 1
        owner = nations.within(doc, first, start - 1)
        return owner[-1][2] if owner and owner[-1][1] == start - 1 else None
    return None


@dataclass(slots=True)
class _Cluster:
    phrases: list[Phrase] = field(default_factory=list)

    def takes(self, phrase: Phrase) -> bool:
        known = self.phrases[0]
        if not _compatible(known, phrase):
            return False
        if phrase.determiner in grammar("of_somebody") and known.country is not None and known.determiner != phrase.determiner:
            # "the Omani minister … a delegation led by its foreign minister": whose it is, is somebody else
            return False
        if phrase.modifiers == known.modifiers:
            return phrase.definite or phrase.number is None or any(p.number == phrase.number for p in self.phrases)
        return phrase.definite and phrase.modifiers < known.modifiers


def _compatible(a: Phrase, b: Phrase) -> bool:
    if a.country and b.country and a.country.iso2 != b.country.iso2:
        return False
    return not (a.number and b.number and a.number != b.number)


def cluster(phrases: Iterable[Phrase]) -> list[list[Phrase]]:
    """Phrases that speak of the same things, in text order; the latest fitting group takes a phrase."""
    clusters: list[_Cluster] = []
    by_noun: dict[str, list[_Cluster]] = defaultdict(list)
    for phrase in phrases:
        home = next((c for c in reversed(by_noun[phrase.noun]) if c.takes(phrase)), None)
        if home is None:
            clusters.append(_Cluster([phrase]))
            by_noun[phrase.noun].append(clusters[-1])
        else:
            home.phrases.append(phrase)
    return [c.phrases for c in clusters]


def covered(entities: list[EntityNote]) -> dict[int, EntityNote]:
    """Token → the named entity that it belongs to."""
    return {i: note for note in entities for m in note.mentions for i in range(m.token_start, m.token_end)}


def add(
    doc: Doc,
    entities: list[EntityNote],
    phrases: list[Phrase],
    kind: EntityType,
    finder: str,
    label: Callable[[Phrase], str | None] = lambda phrase: phrase.kind,
) -> None:
    """Puts one entity per cluster into the list, which stays in the order of first mentions."""
    for same in cluster(phrases):
        best = max(same, key=lambda p: (len(p.modifiers), p.number is not None, -p.start))
        nation = next((p.country for p in same if p.country), None)
        links = Links(country=nation.iso2, country_3=nation.iso3) if nation else Links()
        mentions = [MentionNote.of(doc[p.start : p.end], finder, "nominal") for p in same]
        name = " ".join(doc[best.start : best.end].text.split())
        entities.append(EntityNote(kind, name, mentions, links, kind=label(best), parent=_owner(entities, best)))
    entities.sort(key=lambda note: (note.mentions[0].start, note.mentions[0].end))


def _owner(entities: list[EntityNote], phrase: Phrase) -> EntityNote | None:
    """The body or else the only state named before the head: "UN officials" belong to the UN."""
    inside = [
        note
        for note in entities
        for m in note.mentions
        if m.form != "pronoun" and phrase.start <= m.token_start and m.token_end <= phrase.head
    ]
    bodies = [note for note in inside if note.type is EntityType.ORGANIZATION]
    states = [note for note in inside if note.type is EntityType.COUNTRY]
    if bodies:
        return bodies[-1]
    return states[0] if len(states) == 1 else None
