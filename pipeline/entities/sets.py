"""Resolves phrases that stand for several things: "both countries", "the two sides", "the pair", "the rebels", "the allies".

In: a `Discourse`. Out: one mention of form "nominal" on each of the things. Words: models/lexicons/coreference.toml.

A phrase that counts takes exactly as many fitting things: those of the nearest sentence that has as many, else those that lead
the whole text. One that does not count ("the allies", "the companies") takes the things that the last coordination joined.
"""

from __future__ import annotations

from collections import Counter

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.entities import nations
from pipeline.entities import personal_names as names
from pipeline.entities.discourse import Discourse, Ref
from pipeline.entities.phrases import is_plural, lexicon, plural
from pipeline.records import EntityType

_ARGUMENTS = frozenset({"nsubj", "nsubjpass", "dobj", "pobj", "agent"})


def is_counted(token: Token) -> bool:
    """Whether a number or "both" stands alone for things: "the two said", "both denied it"."""
    following = token.nbor() if token.i + 1 < len(token.doc) else None
    alone = following is None or following.pos_ in ("VERB", "AUX", "ADV", "PUNCT")
    return token.lower_ in lexicon("coreference")["numbers"] and token.dep_ in _ARGUMENTS and alone


def is_set(token: Token, start: int, before: str | None) -> bool:
    """Whether a phrase with this head stands for several things."""
    table = lexicon("coreference")
    if is_counted(token):
        return token.lower_ == "both" or before in ("the", "these", "those") or _article(token)
    if token.lower_ in table["sets"]:
        return before in ("the", "both") and token.i == start
    return before == "both" or (before in ("the", "these", "those") and is_plural(token))


def _article(token: Token) -> bool:
    return token.i > 0 and token.nbor(-1).lower_ == "the"


def resolve(discourse: Discourse, token: Token, start: int, end: int, before: str | None) -> None:
    """Resolves one phrase of tokens [start, end)."""
    table = lexicon("coreference")
    said = [t.lower_ for t in token.doc[start : token.i + 1]]
    number = (
        2 if before == "both" else next((n for word in said if (n := table["numbers"].get(word))), table["sets"].get(said[-1]))
    )
    words = [word for word in said if word not in table["numbers"]]
    if any(nations.of(word) for word in words) or (_introduced(token) and words):
        return
    head = " ".join(words)
    counted = not words or said[-1] in table["sets"]
    if counted and number is not None:
        for kind in ("person", "country", "organization"):
            if notes := _joined(discourse, token, frozenset({_TYPES[kind]}), number):
                _take_all(discourse, notes, token, start, end)
                return
        return
    if head in table["organization"]["members"] and number is None:
        notes = _bodies(discourse, token, table["organization"]["members"][head])
    else:
        kinds = [kind for kind, nouns in table["plural"].items() if head in {plural(noun) for noun in nouns}]
        notes = _of_kinds(discourse, token, kinds, number, head)
    if notes:
        _take_all(discourse, notes, token, start, end)


_TYPES = {
    "country": EntityType.COUNTRY,
    "person": EntityType.PERSON,
    "organization": EntityType.ORGANIZATION,
    "airport": EntityType.AIRPORT,
    "city": EntityType.PLACE,
    "aircraft": EntityType.AIRCRAFT_TYPE,
    "treaty": EntityType.TREATY,
}


def _introduced(token: Token) -> bool:
    """Whether words behind the noun say which are meant: "the countries of the bloc", "the leaders who met"."""
    return any(
        child.dep_ in ("relcl", "acl") or (child.dep_ == "prep" and child.lower_ in ("of", "from")) for child in token.children
    )


def _of_kinds(discourse: Discourse, token: Token, kinds: list[str], number: int | None, head: str) -> list[EntityNote]:
    mixed = {plural(noun) for noun in lexicon("coreference")["parties"]["mixed"]}
    for kind in kinds:
        types = frozenset({_TYPES[kind]})
        if number is not None:
            notes = _counted(discourse, token, kind, number, head)
        elif kind == "aircraft":
            notes = _only(discourse, token, types)
        else:
            notes = _joined(discourse, token, types, None)
        if notes:
            return notes
    if head in mixed:
        return _joined(discourse, token, frozenset({EntityType.COUNTRY, EntityType.ORGANIZATION}), number)
    return []


def _bodies(discourse: Discourse, token: Token, kind: str) -> list[EntityNote]:
    """ "The rebels": the only armed group of the text so far."""
    found = {
        id(r.note): r.note
        for r in discourse.before(token, lambda ref: ref.note.kind == kind, discourse.sentence(token.i))
        if r.note.type is EntityType.ORGANIZATION
    }
    return list(found.values()) if len(found) == 1 else []


def _only(discourse: Discourse, token: Token, types: frozenset[EntityType]) -> list[EntityNote]:
    """ "The jets": the only type of the text so far, if it is spoken of as several."""

    def accepts(ref: Ref) -> bool:
        return ref.note.type in types

    earlier = {id(r.note): r for r in discourse.before(token, accepts, discourse.sentence(token.i))}
    if len(earlier) != 1:
        return []
    ref = next(iter(earlier.values()))
    several = ref.mention.text.endswith("s") or any(c.tag_ == "CD" for c in ref.head.children)
    return [ref.note] if several else []


def _joined(discourse: Discourse, token: Token, types: frozenset[EntityType], number: int | None) -> list[EntityNote]:
    """The things that one coordination, or a verb's subject and object of meeting, joined in this sentence or the two ahead."""

    def accepts(ref: Ref) -> bool:
        return ref.note.type in types and ref.mention.form != "pronoun" and _stands_alone(ref)

    for sentences in range(3):
        near = discourse.before(token, accepts, sentences)
        if not near:
            continue
        groups = [group for ref in near if len(group := _group(ref, near)) > 1]
        wanted = [g for g in groups if number is None or len(g) == number]
        if wanted:
            return list(reversed(wanted[0])) if len({frozenset(map(id, g)) for g in wanted}) == 1 else []
        everything = list(dict.fromkeys(r.note for r in reversed(near)))
        if number is not None and len(everything) == number and sentences:
            return everything
        if number is not None and len(everything) > number:
            return _of_last_clause(near, number)
    return []


def _of_last_clause(near: list[Ref], number: int) -> list[EntityNote]:
    """ "Erdogan saw Merz and then rang Macron. The two …": who acts in the last clause and who stands in it, where it has just as
    many as are counted."""
    last = max(near, key=lambda ref: ref.head.i)
    verb = next((t for t in last.head.ancestors if t.pos_ == "VERB"), None)
    if verb is None or verb.dep_ != "conj":
        return []
    inside = {t.i for t in verb.subtree}
    shared = {t.i for t in verb.head.children if t.dep_ in ("nsubj", "nsubjpass")}
    own = any(t.dep_ in ("nsubj", "nsubjpass") for t in verb.children)
    found = [ref.note for ref in reversed(near) if ref.head.i in inside or (not own and ref.head.i in shared)]
    notes = list(dict.fromkeys(found))
    return notes if len(notes) == number else []


def _group(ref: Ref, near: list[Ref]) -> list[EntityNote]:
    """The notes whose heads are coordinated with a mention's."""
    heads = {ref.head.i, *(t.i for t in ref.head.conjuncts)}
    return list(dict.fromkeys(r.note for r in near if r.head.i in heads))


def _stands_alone(ref: Ref) -> bool:
    """Whether a name is no mere qualifier: not "Russian" of "Russian jets", but "Kenyan" of "the Kenyan and Somali ministers"."""
    return ref.head.dep_ not in ("amod", "compound", "nmod") or names.is_role(ref.head.head.lower_)


def _may_hold(person: EntityNote, offices: str) -> bool:
    """ "The two presidents" are none of whom the text says that he is a coach."""
    table = lexicon("coreference")
    if not person.role or offices not in {plural(noun) for noun in table["persons"]}:
        return True
    public = {w for name in table["offices"]["public"] for w in (name, *table["persons"][name])}
    words = {word for office in public | set(table["offices"]["peers"]) for word in (office, plural(office))}
    role = f" {person.role.lower()} "
    return any(f" {word} " in role or f"-{word} " in role for word in words)


def _counted(discourse: Discourse, token: Token, kind: str, number: int, head: str) -> list[EntityNote]:
    """Exactly as many fitting things as the phrase counts: in the nearest sentences, else those that lead the whole text."""
    wanted = _TYPES[kind]

    def accepts(ref: Ref) -> bool:
        if ref.note.type is not wanted or ref.mention.form == "pronoun":
            return False
        if kind == "person" and not _may_hold(ref.note, head):
            return False
        return kind != "city" or ref.note.kind == "city"

    def independent(ref: Ref) -> bool:
        return accepts(ref) and _stands_alone(ref)

    for sentences in range(4):
        near = list({id(r.note): r.note for r in discourse.before(token, independent, sentences)}.values())
        if len(near) == number:
            return near
        if len(near) > number:
            break
    counts = Counter(id(r.note) for r in discourse.before(token, accepts, discourse.sentence(token.i)))
    ranked = counts.most_common()
    if len(ranked) < number or (len(ranked) > number and ranked[number - 1][1] < 2 * ranked[number][1]):
        return []
    chosen = {key for key, _ in ranked[:number]}
    return list({id(r.note): r.note for r in discourse.refs if id(r.note) in chosen}.values())


def _take_all(discourse: Discourse, notes: list[EntityNote], token: Token, start: int, end: int) -> None:
    """Gives the phrase to the entities, and takes it from an unnamed group that it was held for."""
    for ref in [r for r in discourse.near(token) if r.head.i == token.i and r.mention.form == "nominal" and r.note not in notes]:
        discourse.drop(ref.note, ref.mention)
    for note in notes:
        discourse.add(note, start, end, "nominal")
