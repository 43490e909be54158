"""From an argument's head token to the entities that fill it.

In: a token. Out: entity notes. A noun phrase that names no entity becomes one only where the role allows a nominal filler.
Word classes come from models/lexicons/events.toml.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left, insort
from dataclasses import dataclass
from functools import cache
from typing import Any
from unicodedata import combining, normalize

from spacy.tokens import Doc, Span, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, MentionNote
from pipeline.records import EntityType, Links
from pipeline.resources import model_path

LOCATIONS = frozenset({EntityType.PLACE, EntityType.AIRPORT, EntityType.COUNTRY})
EXPANSE = "expanse"
"""The kind of places that only forces go to ("its eastern border"); no other clause sees a place there."""
_TREATY_SENTENCES = 4
"""How many sentences back the treaty may stand that "it" or "the text" means."""
_TREATY = frozenset({EntityType.TREATY})
_ACTORS = frozenset({EntityType.PERSON, EntityType.COUNTRY, EntityType.ORGANIZATION})
_IN = ("in", "near", "outside")
_FINENESS = {EntityType.AIRPORT: 0, EntityType.PLACE: 1, EntityType.COUNTRY: 2}


@cache
def lexicon() -> dict[str, frozenset[str]]:
    """The word classes that frames name with "@class"."""
    found: dict[str, frozenset[str]] = {}
    for name in ("acts", "events"):
        with model_path(f"lexicons/{name}.toml").open("rb") as f:
            data: dict[str, Any] = tomllib.load(f)
        found |= {key: frozenset(words) for key, words in data["classes"].items()}
    return found


@cache
def leaders() -> dict[str, tuple[str, str]]:
    """Full and family names of heads of state and government and their ministers → codes of their state, where one state has
    the name."""
    rows = {name: table(name) for name in ("gazetteers/countries.tsv", "lexicons/leaders.tsv")}
    alpha3 = {row["iso2"]: row["iso3"] for row in rows["gazetteers/countries.tsv"]}
    found: dict[str, set[str]] = {}
    for row in rows["lexicons/leaders.tsv"]:
        for name in (row["name"], row["name"].split()[-1]):
            found.setdefault(name, set()).add(row["iso2"])
    return {name: (iso2, alpha3[iso2]) for name, states in found.items() if len(states) == 1 for iso2 in states if iso2 in alpha3}


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table of models/, by the names of its columns."""
    lines = [x for x in model_path(name).read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:]]


def is_leader(note: EntityNote) -> bool:
    """Whether a person bears a known leader's name: in full, or only the family name anywhere in the article."""
    names = {unaccented(m.text) for m in note.mentions if m.form == "name"} | {unaccented(note.name)}
    full = {n for n in names if " " in n}
    return any(n in leaders() for n in full or names)


def unaccented(text: str) -> str:
    """Text without diacritics, as leaders.tsv is written."""
    return "".join(c for c in normalize("NFKD", text) if not combining(c))


def in_class(token: Token, name: str) -> bool:
    """Whether a token's lemma (or form) belongs to a word class."""
    words = lexicon()[name]
    return token.lemma_.lower() in words or token.lower_ in words or _plain(token) in words


def _plain(token: Token) -> str:
    """The singular of a capitalised plural that the tagger takes for a name: "Drones struck …"."""
    return (
        token.lower_.removesuffix("s") if token.tag_ in ("NNP", "NNPS") and (token.is_sent_start or token.tag_ == "NNPS") else ""
    )


@dataclass(slots=True, eq=False)
class Filler:
    """An entity in a role, the token it was read at, and whether the clause itself says so."""

    note: EntityNote
    token: Token
    shared: bool = False
    beside: bool = False
    """Coordinated with the filler of a role that otherwise has a single one: "to Boston and Detroit"."""


class Index:
    """Which entities stand at which tokens of a Doc."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.by_token: dict[int, list[tuple[MentionNote, EntityNote]]] = {}
        self.created: list[EntityNote] = []
        self._treaties: set[EntityNote] = set()
        self._treaty_tokens: list[int] = []
        for note in doc_notes.entities(doc):
            for mention in note.mentions:
                self._add(mention, note)

    def _add(self, mention: MentionNote, note: EntityNote) -> None:
        for i in range(mention.token_start, mention.token_end):
            self.by_token.setdefault(i, []).append((mention, note))
            if note.type is EntityType.TREATY:
                self._treaties.add(note)
                insort(self._treaty_tokens, i)

    def notes_at(self, token: Token) -> list[EntityNote]:
        """The entities meant at a token: mentions that it heads first, then names, then the longest; several for a plural."""
        rows = [r for r in self.by_token.get(token.i, []) if r[1].kind != EXPANSE]
        headed = [r for r in rows if self.doc[r[0].token_start : r[0].token_end].root.i == token.i]
        rows = headed or rows
        rows = sorted(rows, key=lambda r: (r[0].form != "name", -(r[0].token_end - r[0].token_start), r[0].token_start))
        if not rows:
            return []
        best = rows[0][0]
        same = [n for m, n in rows if (m.token_start, m.token_end) == (best.token_start, best.token_end)]
        return list(dict.fromkeys(same))

    def note_at(self, token: Token) -> EntityNote | None:
        """The one entity at a token, if any."""
        notes = self.notes_at(token)
        return notes[0] if notes else None

    def resolve(self, token: Token, depth: int = 0) -> list[EntityNote]:
        """The entities that the noun phrase headed by a token stands for, without its conjuncts."""
        notes = self.notes_at(token)
        nominal = bool(notes) and all(n.kind == "facility" or n.type is EntityType.GROUP for n in notes)
        if (notes and not (nominal and (in_class(token, "transparent") or in_class(token, "terminal")))) or depth > 4:
            return notes
        if in_class(token, "terminal"):
            # "pulled into Vladivostok station", "Havana harbour"
            named = [n for c in token.children if c.dep_ in ("compound", "nmod", "poss") for n in self.notes_at(c)]
            if named and all(n.type in LOCATIONS for n in named):
                return named
        if in_class(token, "transparent"):
            for child in token.children:
                # "two villages in Georgia" are not Georgia
                single = token.tag_ not in ("NNS", "NNPS")
                if child.dep_ == "prep" and (child.lower_ == "of" or (single and child.lower_ in ("in", "at", "near", "from"))):
                    for obj in (c for c in child.children if c.dep_ == "pobj"):
                        # "the leaders of Armenia and Azerbaijan" are both
                        found = [n for h in self.heads(obj) for n in self.resolve(h, depth + 1)]
                        if found:
                            return list(dict.fromkeys(found))
        if notes:
            return notes
        if token.tag_ == "NNP" and token.is_lower:
            # an adverb that the tagger took for the last word of the name before it: "at AFB Waterkloof beforehand"
            before = next((c for c in token.lefts if c.i == token.i - 1 and c.dep_ == "compound"), None)
            return self.resolve(before, depth + 1) if before is not None else []
        for child in token.children:
            if child.dep_ == "appos":
                found = self.resolve(child, depth + 1)
                if found:
                    return found
        if token.tag_ == "CD" or in_class(token, "quantifier"):
            for child in token.children:
                if child.dep_ == "prep" and child.lower_ == "of":
                    for obj in (c for c in child.children if c.dep_ == "pobj"):
                        return self.resolve(obj, depth + 1)
        return self._said_to_be(token, depth)

    def _said_to_be(self, token: Token, depth: int) -> list[EntityNote]:
        """ "LOT is the first Polish carrier to return", "Ghana became the latest country to ratify it": what a name is said to be
        stands for it."""
        be = token.head
        if token.dep_ != "attr" or any(c.dep_ == "neg" for c in be.children):
            return []
        subject = next((c for c in be.children if c.dep_ == "nsubj"), None)
        if subject is None:
            return []
        asked = any(c.dep_ in ("relcl", "acl") and c.tag_ == "VB" for c in token.children)
        return self.resolve(subject, depth + 1) if asked or subject.tag_.startswith("NNP") else []

    def treaty_meant(self, token: Token, types: frozenset[EntityType] = _TREATY) -> list[EntityNote]:
        """The treaty that an "it" or "the text" which coreference left open means where only a treaty can be meant: the last one
        named in this sentence or the few before; wherever it stands before, if the article names no other."""
        pronoun = token.lower_ in ("it", "this", "that") and token.tag_ in ("PRP", "DT")
        definite = in_class(token, "treaty_anaphor") and any(c.lower_ in ("the", "this", "that") for c in token.children)
        # "the last such agreement" is another one
        definite = definite and not any(in_class(c, "of_its_kind") for c in token.children)
        if not (pronoun or definite) or EntityType.TREATY not in types or self.notes_at(token):
            return []
        return self.treaty_before(token)

    def treaty_before(self, token: Token) -> list[EntityNote]:
        """The last treaty named before a token, in its sentence or the few before; anywhere, if the article names no other."""
        start = 0
        if len(self._treaties) > 1:
            start = token.sent.start
            for _ in range(_TREATY_SENTENCES):
                if start:
                    start = self.doc[start - 1].sent.start
        for at in range(bisect_left(self._treaty_tokens, token.i) - 1, bisect_left(self._treaty_tokens, start) - 1, -1):
            i = self._treaty_tokens[at]
            found = [n for n in self.notes_at(self.doc[i]) if n.type is EntityType.TREATY]
            if found:
                return found[:1]
        return []

    def heads(self, token: Token) -> list[Token]:
        """A token and what is coordinated with it; of "ministers *Jan Novak* and *Ali Hasan*" those named."""
        named = next((c for c in token.children if c.dep_ == "appos" and self._is_title_of(token, c)), None)
        if named is not None:
            return self.heads(named)
        out = [token, *self._headline_pair(token)]
        name = next((m for m, _ in self.by_token.get(token.i, []) if m.form == "name"), None)
        inside = self.doc[name.token_start : name.token_end] if name is not None else ()
        # the parser may hang "and Dmitry Medvedev" on the last word of "Barack Obama" and take the first for its head
        strayed = [c for t in inside if t != token for c in t.children if c.dep_ == "conj" and c not in inside]
        # "the destroyer USS A and the frigate USS B": what is coordinated with the name is so with its title
        strayed += [c for name in token.children if _names_it(token, name) for c in name.children if c.dep_ == "conj"]
        # "Ana Costa, mayor Jan Novak and Ali Hasan": a name in apposition to another one's is a list that the parser missed
        strayed += [c for c in token.children if c.dep_ == "appos" and self._is_another_person(token, c)]
        for child in [*token.children, *strayed]:
            beside = child.dep_ == "conj" and child.tag_[:2] in ("NN", "CD", "PR", "JJ")
            if beside or (child in strayed and child.dep_ == "appos"):
                out += self.heads(child)
            elif child.dep_ in ("prep", "advmod") and child.lower_ in ("along", "together", "alongside"):
                out += _company(child)
            elif child.dep_ == "prep" and child.lower_ in ("of", "from", *_IN):
                out += self._strayed(token, child)
        return out

    def _is_title_of(self, title: Token, name: Token) -> bool:
        """Whether a common noun in the plural stands right before a person's name, or, with a comma, before several: "the two
        ministers, *Jan Novak and Ali Hasan*"."""
        apart = name.left_edge.i - title.i
        listed = apart == 2 and title.nbor().text == "," and any(c.dep_ == "conj" for c in name.children)
        right_before = title.tag_ == "NNS" and (apart == 1 or listed)
        return right_before and any(n.type is EntityType.PERSON for n in self.notes_at(name))

    def _is_another_person(self, token: Token, apposed: Token) -> bool:
        """Whether two names stand for two persons, of whom the second has an office of his own before the name."""
        mine, theirs = (
            {id(n): n for m, n in self.by_token.get(t.i, []) if m.form == "name" and n.type is EntityType.PERSON}
            for t in (token, apposed)
        )
        other = [n for key, n in theirs.items() if key not in mine and n.role]
        return bool(mine and other) and apposed.left_edge.i > token.i

    def _headline_pair(self, token: Token) -> list[Token]:
        """ "Trump, Putin speak": a headline's comma for "and" before the verb; the parser takes one of the two for an adjunct or
        an apposition."""
        if token.dep_ != "nsubj" or not self._is_actor(token):
            return []
        before = [c for c in token.head.children if c.dep_ in ("npadvmod", "dep", "nsubj") and c.i < token.left_edge.i]
        found = [c for c in before if c.i == token.left_edge.i - 2 and token.doc[c.i + 1].text == ","]
        apposed = [c for c in token.children if c.dep_ == "appos" and token.doc[c.left_edge.i - 1].text == ","]
        found += [c for c in apposed if c.left_edge.i == token.i + 2 and c.right_edge.i + 1 == token.head.i]
        return [c for c in found if self._is_actor(c) and not set(self.notes_at(c)) & set(self.notes_at(token))]

    def _is_actor(self, token: Token) -> bool:
        return token.tag_ in ("NNP", "NNPS") and any(n.type in _ACTORS for n in self.notes_at(token))

    def _strayed(self, token: Token, prep: Token) -> list[Token]:
        """ "Buhari of Nigeria and Talon of Benin", "Logan in Boston and O'Hare in Chicago": a person or airport that the parser
        coordinated with the other one's place."""
        kinds = {n.type for n in self.notes_at(token)} & {EntityType.PERSON, EntityType.AIRPORT}
        if not kinds or (prep.lower_ in _IN) is not (EntityType.AIRPORT in kinds):
            return []
        places = [c for c in prep.children if c.dep_ == "pobj" and any(n.type in LOCATIONS for n in self.notes_at(c))]
        joined = [c for p in places for c in p.children if c.dep_ == "conj"]
        return [h for c in joined if any(n.type in kinds for n in self.notes_at(c)) for h in self.heads(c)]

    def covered(self, token: Token) -> MentionNote | None:
        """The longest mention over a token."""
        rows = self.by_token.get(token.i, [])
        return max((m for m, _ in rows), key=lambda m: m.token_end - m.token_start, default=None)

    def nominal(self, token: Token, type_: EntityType, expanse: bool = False) -> EntityNote | None:
        """An entity made of the noun phrase that a token heads; None for pronouns and bare function words.

        Args:
            expanse: it is land or water that only forces go to.
        """
        money = _money(token)
        if money is None and token.tag_ not in ("NN", "NNS", "NNP", "NNPS"):
            return None
        if type_ is not EntityType.TREATY and any(in_class(token, c) for c in ("empty_head", "abstract")):
            return None
        if in_class(token, "vehicle") and type_ is not EntityType.EQUIPMENT:
            return None
        span = money or self.doc[_left(token) : (_beyond(token) if expanse else _right(token, type_ is EntityType.TREATY)) + 1]
        key = span.text.lower()
        for note in [*doc_notes.entities(self.doc), *self.created]:
            if note.type is type_ and note.name.lower() == key:
                if not any(m.token_start == span.start for m in note.mentions):
                    mention = MentionNote.of(span, "events.nominal", "nominal")
                    note.mentions.append(mention)
                    self._add(mention, note)
                return note
        country = next(
            (
                n
                for c in token.children
                if c.dep_ in ("amod", "compound", "nmod", "poss")
                for n in self.notes_at(c)
                if n.type is EntityType.COUNTRY
            ),
            None,
        )
        links = Links(country=country.links.iso3166, country_3=country.links.iso3166_3) if country else Links()
        mention = MentionNote.of(span, "events.nominal", "nominal")
        kind = EXPANSE if expanse else "nominal"
        return self._created(EntityNote(type_, span.text, [mention], links, kind=kind))

    def unknown_place(self, token: Token, meant: list[EntityNote]) -> EntityNote | None:
        """The place that a proper noun at the end of a route is, though no table knows it: "returned to Shagol".

        Args:
            meant: what the name was taken for; the tagger's guess of an organisation gives way, what is known does not.
        """
        if token.tag_ not in ("NNP", "NNPS") or not token.text[:1].isupper() or in_class(token, "military_unit"):
            return None
        if not meant:
            return self.nominal(token, EntityType.PLACE)
        note = meant[0]
        guessed = note.type is EntityType.ORGANIZATION and note.kind is None and note.parent is None and note.links == Links()
        if not guessed or len(note.mentions) > 1:
            return None
        note.type = EntityType.PLACE
        return note

    def refer(self, token: Token, note: EntityNote) -> None:
        """Notes that a pronoun which coreference left open means an entity."""
        mention = MentionNote.of(self.doc[token.i : token.i + 1], "events.pronoun", "pronoun")
        note.mentions.append(mention)
        note.mentions.sort(key=lambda m: (m.start, m.end))
        self._add(mention, note)

    def number(self, token: Token, type_: EntityType) -> EntityNote:
        """An entity made of a bare number that stands for what it counts: "and 365 on Wednesday"."""
        mention = MentionNote.of(self.doc[token.i : token.i + 1], "events.number", "nominal")
        return self._created(EntityNote(type_, token.text, [mention], kind="nominal"))

    def maker(self, token: Token, name: str) -> EntityNote:
        """The aircraft maker of that name: the article's own, or else one made of the word that names it in a type's name."""
        known = next((n for n in [*doc_notes.entities(self.doc), *self.created] if n.name == name), None)
        if known is not None:
            return known
        mention = MentionNote.of(self.doc[token.i : token.i + 1], "events.maker")
        note = EntityNote(EntityType.ORGANIZATION, name, [mention], kind="aircraft_maker")
        self.created.append(note)  # not under its token: the type stands there
        return note

    def _created(self, note: EntityNote) -> EntityNote:
        self.created.append(note)
        self._add(note.mentions[0], note)
        return note


def _company(beside: Token) -> list[Token]:
    """ "JS Izumo, along *with INS Vikramaditya*": who stands beside what is told."""
    behind = [beside] if beside.lower_ == "alongside" else [c for c in beside.children if c.lower_ == "with"]
    objects = [c for p in behind for c in p.children if c.dep_ == "pobj"]
    return [t for o in objects for t in (o, *o.conjuncts)]


def _names_it(title: Token, name: Token) -> bool:
    """Whether a name stands right behind the noun that it is in apposition to: "the destroyer *USS A*", or behind what the noun
    is of: "President of Peru *Dina Costa*"."""
    if name.dep_ != "appos" or name.tag_ not in ("NNP", "NNPS"):
        return False
    before = name.doc[name.left_edge.i - 1]
    return before == title or (before.dep_ == "pobj" and before.head.head == title and before.head.i == title.i + 1)


def _money(token: Token) -> Span | None:
    """The sum that a token is the head of: "NZ$1.5 million"."""
    if token.ent_type_ != "MONEY":
        return None
    # not `Doc.ents`, which reads the whole article for each question
    start, end = token.i, token.i + 1
    while start and token.doc[start].ent_iob_ == "I":
        start -= 1
    while end < len(token.doc) and token.doc[end].ent_iob_ == "I":
        end += 1
    span = token.doc[start:end]
    return span if span.root.i == token.i else None


_PREMODIFIERS = frozenset({"amod", "compound", "nmod", "nummod", "quantmod", "poss"})


def _left(noun: Token) -> int:
    """Where a noun phrase begins, without determiners and words that only round its number ("over", "about")."""
    left = noun.i
    for child in noun.lefts:
        if child.dep_ in _PREMODIFIERS:
            left = min(left, child.left_edge.i)
    while left < noun.i and (
        noun.doc[left].tag_ in ("DT", "PRP$", "PDT", ",", "RB", "RP", "IN", "JJR", "RBR", "POS") or noun.doc[left].is_punct
    ):
        left += 1
    return left


def _beyond(noun: Token) -> int:
    """Where land or water ends: behind those it lies between ("its border with Belarus")."""
    beside = [c for p in noun.rights if p.dep_ == "prep" and p.lower_ in ("with", "between") for c in p.children]
    return max((t.right_edge.i for t in beside if t.dep_ == "pobj"), default=noun.i)


def _right(noun: Token, whole: bool = False) -> int:
    """Where it ends: at its head, or after what a measure measures ("16 pallets of medicine, clothing and cots"); `whole`: after
    any "of" ("letter of intent")."""
    if not (whole or in_class(noun, "quantifier")):
        return noun.i
    of = next((c for c in noun.rights if c.dep_ == "prep" and c.lower_ == "of"), None)
    measured = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
    if measured is None:
        return noun.i
    last = measured
    while (following := next((c for c in last.rights if c.dep_ == "conj"), None)) is not None:
        last = following
    return last.i


def finest(notes: list[EntityNote]) -> EntityNote | None:
    """Of several locations the one that says most: airport before place before country."""
    places = [n for n in notes if n.type in LOCATIONS]
    return min(places, key=lambda n: _FINENESS[n.type], default=None)


def within(inner: EntityNote, outer: EntityNote) -> bool:
    """Whether a location lies in another, by its parents or its country."""
    node: EntityNote | None = inner
    for _ in range(6):
        if node is None:
            break
        if node is outer:
            return True
        node = node.parent
    code = outer.links.iso3166
    return outer.type is EntityType.COUNTRY and code is not None and inner.links.country == code
