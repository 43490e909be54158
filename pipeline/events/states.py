"""The state that a party to an act belongs to, as PLOVER's coders count it.

In: an entity, the token it is read at, the Doc's index. Out: alpha-3 codes of states, or IGO, NGO, IMG of bodies that belong to
none. It is the party's own, what its phrase names inside itself ("Sudanese government", "rebels in Darfur" are SDN), that of its
leader, the place of its clause, or the only state that its sentence names.
"""

from __future__ import annotations

from collections.abc import Container

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote
from pipeline.events.act_words import lexicon
from pipeline.events.clauses import clause_verb
from pipeline.events.fillers import Index, leaders
from pipeline.events.parties import in_office
from pipeline.records import EntityType

ACTORS = frozenset({EntityType.COUNTRY, EntityType.ORGANIZATION, EntityType.GROUP, EntityType.PERSON, EntityType.PLACE})
"""Who can be a party to an act."""
BODIES = frozenset({EntityType.ORGANIZATION, EntityType.GROUP, EntityType.PERSON})
"""Those of them that belong to a state and are none."""
BEFORE = frozenset({"amod", "compound", "nmod", "poss"})
"""How what stands before a noun hangs on it."""
_INSIDE = frozenset(
    ["of", "in", "from", "at", "throughout", "by", "across", "on", "against", "near", "within", "for", "between", "to", "with"]
)


def state(note: EntityNote) -> str | None:
    """The alpha-3 code of a party: its own, or that of the state or organisation it belongs to."""
    return note.links.iso3166_3 or note.links.country_3


def count_as_coders_do(note: EntityNote) -> None:
    """PLOVER's coders count international bodies with a name (Red Cross, Amnesty International) as IGO, unnamed ones as NGO."""
    if note.type is EntityType.ORGANIZATION and note.links.country_3 == "NGO" and note.links.country is None:
        note.links = note.links.model_copy(update={"country_3": "IGO"})


def home_of(person: EntityNote, doc: Doc) -> str | None:
    """The state of a person, by links, by what the text calls him ("the Russian leader") or as a known leader."""
    if person.links.country is not None:
        return person.links.country
    spans = [(m.token_start, m.token_end) for m in person.mentions if m.form == "nominal"]
    states = [n for n in doc_notes.entities(doc) if n.type is EntityType.COUNTRY and n.links.iso3166]
    found = {n.links.iso3166 for n in states for m in n.mentions if any(a <= m.token_start < b for a, b in spans)}
    if len(found) == 1:
        return found.pop()
    known = leaders().get(person.name)
    return known[0] if known is not None and " " in person.name else None


def countries(doc: Doc, codes: Container[str | None]) -> list[EntityNote]:
    """The states of the text that have one of the ISO 3166 alpha-2 codes."""
    states = (n for n in doc_notes.entities(doc) if n.type is EntityType.COUNTRY and n.links.iso3166)
    return [n for n in states if n.links.iso3166 in codes]


def acting_through(person: EntityNote, doc: Doc) -> list[EntityNote]:
    """The state for which somebody in office gives, buys or moves something, where the text names it."""
    if person.type is not EntityType.PERSON or not in_office(person):
        return []
    return countries(doc, (home_of(person, doc),))[:1]


def give_state(note: EntityNote, token: Token, index: Index) -> None:
    """Links a party without a state to the one its phrase names, or to the only one its sentence names."""
    if state(note) is not None or note.type is EntityType.COUNTRY:
        return
    inner = named_inside(token, index, note) if _stateless(token, 2) is None else None
    if inner is None and note.type in BODIES:
        code = _stateless(token)
        if code is not None:
            note.links = note.links.model_copy(update={"country_3": code})
            return
        leader = led_state(token) if note.type is not EntityType.ORGANIZATION else None
        if leader is not None:
            note.links = note.links.model_copy(update={"country": leader[0], "country_3": leader[1]})
            return
        inner = _place_of_clause(token, index) or _only_state(token, index)
    elif inner is None and note.mentions[0].form == "nominal":
        inner = _place_of_clause(token, index)
    if inner is not None:
        note.links = note.links.model_copy(
            update={"country": inner.links.iso3166 or inner.links.country, "country_3": state(inner)}
        )


def coordinated(token: Token, index: Index) -> list[EntityNote]:
    """ "US and British forces": two states before one noun."""
    for child in token.children:
        if child.dep_ in BEFORE and child.i < token.i:
            chain = [child, *(t for t in child.conjuncts if t.i > child.i and t.i < token.i)]
            found = [n for t in chain for n in index.notes_at(t) if n.type is EntityType.COUNTRY and state(n)]
            found = list(dict.fromkeys(found))
            if len(found) > 1:
                return found
    return []


def named_inside(token: Token, index: Index, outer: EntityNote | None = None, depth: int = 0) -> EntityNote | None:
    """The party that a phrase names inside itself: "Libya's envoy", "the rebels in Darfur", "workers affiliated with the SSS"."""
    if depth > 3:
        return None
    children = list(token.children)
    before = [c for c in children if c.dep_ in BEFORE and c.i < token.i]
    inside = [c for c in children if c.dep_ in ("prep", "agent") and c.lower_ in _INSIDE]
    after = [p for c in inside for p in c.children if p.dep_ in ("pobj", "pcomp")]
    clause = [c for c in children if c.dep_ in ("acl", "appos") and c.i > token.i]
    for child in [*reversed(before), *after, *clause]:
        rows = sorted(index.by_token.get(child.i, []), key=lambda r: r[0].token_start - r[0].token_end)
        for _, note in rows:
            if note is not outer and note.type in ACTORS and state(note):
                return note
        deeper = named_inside(child, index, outer, depth + 1)
        if deeper is not None:
            return deeper
    return None


def led_state(token: Token) -> tuple[str, str] | None:
    """The state of a leader known by name, or of "the Thatcher government"."""
    names = [token.doc[max(token.left_edge.i, token.i - 2) : token.i + 1].text, token.text]
    if token.lower_ in lexicon()["governments"]["words"]:
        names = [c.text for c in token.children if c.dep_ in BEFORE and c.tag_ == "NNP"]
    return next((leaders()[n] for n in names if n[:1].isupper() and n in leaders()), None)


def _place_of_clause(token: Token, index: Index) -> EntityNote | None:
    """Where the clause happens, for who has no other home: "Prisoners rioted at a jail in Dili"."""
    if token.dep_ not in ("nsubj", "nsubjpass", "conj", "dobj", "pobj"):
        return None
    verb = clause_verb(token)
    if verb is None:
        return None
    tops = [
        verb,
        *(c for c in verb.children if c.dep_ in ("dobj", "prep")),
        *(p for c in verb.children if c.dep_ == "prep" for p in c.children),
    ]
    for top in tops:
        for prep in top.children if top.dep_ != "prep" else [top]:
            if prep.dep_ == "prep" and prep.lower_ in ("in", "at", "near", "throughout", "across", "outside"):
                for place in (c for c in prep.children if c.dep_ == "pobj"):
                    note = _party_at(place, index) or named_inside(place, index)
                    if note is not None and note.type in (EntityType.PLACE, EntityType.COUNTRY, EntityType.AIRPORT):
                        return note
    return None


def _party_at(token: Token, index: Index) -> EntityNote | None:
    """A party with a state among all that stands at a token, the longest name first."""
    rows = sorted(index.by_token.get(token.i, []), key=lambda r: r[0].token_start - r[0].token_end)
    return next((n for _, n in rows if n.type in ACTORS and state(n)), None)


def _stateless(token: Token, words: int = 1) -> str | None:
    """IGO, NGO or IMG for an unnamed body that belongs to no state."""
    before = [t.lower_ for t in token.doc[max(token.sent.start, token.i - 3) : token.i]]
    for code, phrases in lexicon()["actors"].items():
        for phrase in phrases:
            *first, last = phrase.split()
            if (
                len(first) + 1 >= words
                and last in (token.lower_, token.lemma_.lower())
                and before[len(before) - len(first) :] == first
            ):
                return str(code)
    return None


def _only_state(token: Token, index: Index) -> EntityNote | None:
    """The state that a sentence is about when it names a single one."""
    found: dict[str, EntityNote] = {}
    for t in token.sent:
        for note in index.notes_at(t):
            code = note.links.iso3166_3 or note.links.country_3
            if (code and len(code) == 3 and note.links.country) or note.links.iso3166:
                found.setdefault(str(code), note)
    return next(iter(found.values())) if len(found) == 1 else None
