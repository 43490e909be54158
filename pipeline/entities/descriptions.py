"""Resolves definite descriptions: "the Russian leader", "the jet", "the airline", "both countries", "the 54-year-old".

In: a `Discourse` and the profiles of persons. Out: mentions of form "nominal" on entities; a plural one on each of several.
Words and what they may stand for: models/lexicons/coreference.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.entities import context, nations, peers, sets
from pipeline.entities.discourse import Discourse, Ref
from pipeline.entities.gender import Profile
from pipeline.entities.matching import fold
from pipeline.entities.phrases import core, determiner, grammar, is_head, is_plural, lexicon, plural, words
from pipeline.records import EntityType

_AIRCRAFT = (EntityType.AIRCRAFT_TYPE, EntityType.AIRCRAFT)
_AGE = re.compile(r"(\d{1,3})-year-old")

Profiles = dict[int, Profile]


@cache
def _vocabulary() -> frozenset[str]:
    """The last words, singular and plural, of all descriptions that may be resolved."""
    table = lexicon("coreference")
    lists = [*table["aircraft"].values(), *table["organization"]["nouns"].values(), *table["place"].values()]
    lists += [*table["plural"].values(), list(table["persons"]), table["ship"]["nouns"], table["parties"]["mixed"]]
    lists += [table["operators"]["nouns"], table["offices"]["peers"]]
    nouns = {noun for nouns in lists for noun in nouns}
    plain = {"old", *table["numbers"], *table["sets"], *table["organization"]["members"]}
    return frozenset(form.rpartition(" ")[2] for noun in nouns for form in (noun, plural(noun))) | plain


def resolve(discourse: Discourse, token: Token, profiles: Profiles) -> None:
    """Resolves the phrase that the token heads, if it is definite and its antecedent sure."""
    if token.lower_ not in _vocabulary():
        return
    if not is_head(token) and not (token.lower_ == "old" and token.i) and token.lower_ != "one" and not sets.is_counted(token):
        return
    doc = discourse.doc
    if any(r.mention.form == "name" and r.mention.token_start <= token.i < r.mention.token_end for r in discourse.near(token)):
        return
    start, end = core(token)
    before = determiner(token, start) or (doc[start].lower_ if doc[start].tag_ in ("DT", "PDT") else None)
    operator = _operator(discourse, token)
    if operator is not None:
        _take(discourse, operator, token, start, end)
    elif sets.is_set(token, start, before):
        sets.resolve(discourse, token, start, end, before)
    elif peers.is_peer(token.lower_) and before in grammar("possessive_one"):
        nation = next((n for _, _, n in nations.within(doc, start, token.i)), None)
        note = peers.counterpart(token, nation.iso2, discourse.entities, profiles) if nation and not _introduces(token) else None
        if note is not None:
            _take(discourse, note, token, start, end)
    elif before in grammar("singular") and not is_plural(token):
        if _introduces(token):
            return
        note = _person(discourse, token, start, profiles) or _aged(discourse, token) or _thing(discourse, token, start, before)
        if note is not None:
            _take(discourse, note, token, start, end)


def _operator(discourse: Discourse, token: Token) -> EntityNote | None:
    """Who flies the aircraft whose operator a phrase speaks of: the only carrier or force named so far, or the nearest."""
    table = lexicon("coreference")["operators"]
    if token.lower_ not in table["nouns"]:
        return None
    owned = [c for c in token.children if c.dep_ == "poss"]
    owned += [c for p in token.children if p.dep_ == "prep" and p.lower_ == "of" for c in p.children if c.dep_ == "pobj"]
    aircraft = {r.note.type for t in owned for r in discourse.near(t) if r.mention.token_start <= t.i < r.mention.token_end}
    spoken_of = any(t.lower_ in nouns for t in owned for nouns in lexicon("coreference")["aircraft"].values())
    if not spoken_of and not aircraft & {EntityType.AIRCRAFT, EntityType.AIRCRAFT_TYPE}:
        return None
    return _only_or_near(discourse, token, lambda ref: ref.note.kind in table["kinds"])


def _introduces(token: Token) -> bool:
    """Whether the phrase is the office of a name beside it, a predicate, or told apart by a clause of its own."""
    if token.dep_ in ("attr", "oprd", "appos", "compound", "npadvmod"):
        return True
    for child in token.children:
        if child.dep_ in ("relcl", "acl") or (child.dep_ == "appos" and child.tag_ in ("NNP", "NNPS")):
            return True
        if child.dep_ == "prep" and child.lower_ in ("of", "for", "from", "that", "with", "carrying"):
            return True
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    return following is not None and following.tag_ in ("NNP", "NNPS", "CD")


def _take(discourse: Discourse, note: EntityNote, token: Token, start: int, end: int) -> None:
    """Gives the phrase to the entity, and takes it from an unnamed group that it was held for."""
    for ref in [r for r in discourse.near(token) if r.head.i == token.i and r.mention.form == "nominal" and r.note is not note]:
        discourse.drop(ref.note, ref.mention)
    discourse.add(note, start, end, "nominal")


def _person(discourse: Discourse, token: Token, start: int, profiles: Profiles) -> EntityNote | None:
    table = lexicon("coreference")["persons"]
    doc = discourse.doc
    said = [t.lower_ for t in doc[start : token.i + 1]]
    noun = " ".join(said[-2:]) if " ".join(said[-2:]) in table else said[-1]
    if noun not in table:
        return None
    nation = next((n for _, _, n in nations.within(doc, start, token.i)), None) or _owner_nation(token, start)
    narrower = [w for w in said[: -len(noun.split())] if nations.of(w) is None and not _nation_word(start, token, w)]
    fitting: dict[int, EntityNote] = {}
    for ref in discourse.refs:
        known = profiles.get(id(ref.note))
        if known is not None and ref.note.type is EntityType.PERSON and _fits(noun, narrower, nation, known, table):
            fitting[id(ref.note)] = ref.note
    notes = list(fitting.values())
    if nation is None:
        return discourse.choose(token, lambda ref: id(ref.note) in fitting, lambda ref: 0.0)
    if len(notes) == 1:
        return notes[0]
    return discourse.choose(token, lambda ref: id(ref.note) in fitting, lambda ref: 0.0)


def _nation_word(start: int, token: Token, word: str) -> bool:
    """Whether the word is part of a state's adjective of several words: "North Korean"."""
    named = nations.within(token.doc, start, token.i)
    return any(word == t.lower_ for first, last, _ in named for t in token.doc[first:last])


def _owner_nation(token: Token, start: int) -> nations.Nation | None:
    doc = token.doc
    if start > 1 and doc[start - 1].tag_ == "POS":
        named = nations.within(doc, max(0, start - 4), start - 1)
        return named[-1][2] if named and named[-1][1] == start - 1 else None
    return None


def _fits(noun: str, narrower: list[str], nation: nations.Nation | None, known: Profile, table: dict[str, list[str]]) -> bool:
    if nation is not None:
        country = known.country or known.known_country
        if country != nation.iso2:
            return False
    for office in known.offices or known.known_offices:
        words = office.replace("-", " - ").split()
        for wanted in (noun, *table[noun]):
            if _office_is(office, wanted) and all(w in words for w in narrower):
                return True
    return False


def _office_is(office: str, wanted: str) -> bool:
    """Whether an office's head is the wanted one: "Russian president" a president, "prime minister" no plain minister."""
    match = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", office)
    if match is None:
        return False
    lead = office[: match.start()].split()
    if lead and lead[-1] in words("coreference", "offices", "before") and wanted in words("coreference", "offices", "heads"):
        return False
    return not (wanted == "minister" and lead and lead[-1] == "prime")


def _aged(discourse: Discourse, token: Token) -> EntityNote | None:
    """ "The 54-year-old": the person to whose name the age is given."""
    doc = discourse.doc
    text = doc[max(0, token.i - 4) : token.i + 1].text
    match = _AGE.search(text)
    if match is None or not text.endswith(match.group()):
        return None
    age = match.group(1)
    found = {
        id(r.note): r.note
        for r in discourse.refs
        if r.note.type is EntityType.PERSON
        and r.mention.token_end + 1 < len(doc)
        and doc[r.mention.token_end].text in (",", "(")
        and doc[r.mention.token_end + 1].text == age
    }
    if found:
        return next(iter(found.values())) if len(found) == 1 else None
    return discourse.choose(token, lambda ref: ref.note.type is EntityType.PERSON, lambda ref: 0.0, sentences=1)


def _thing(discourse: Discourse, token: Token, start: int, before: str | None) -> EntityNote | None:
    table = lexicon("coreference")
    said = [t.lower_ for t in token.doc[start : token.i + 1]]
    noun = " ".join(said[-2:])
    noun = (
        noun
        if any(
            noun in nouns
            for part in (table["aircraft"], table["organization"]["nouns"], table["place"])
            for nouns in part.values()
        )
        else said[-1]
    )
    narrowed = len(said) - len(noun.split())
    aircraft = _aircraft(discourse, token, noun, before)
    if aircraft is not None:
        return aircraft if narrowed == 0 or _modifiers_known(token, start, noun) else None
    told = Told.of(token, start, noun)
    if told is None or token.lower_ == "one":
        return None
    for kind, nouns in table["organization"]["nouns"].items():
        if noun in nouns and (found := _organisation(discourse, token, noun, kind, told)) is not None:
            return found
    for kind, nouns in table["place"].items():
        if noun in nouns and (found := _place(discourse, token, noun, kind, told)) is not None:
            return found
    if noun in table["ship"]["nouns"]:
        return _only_or_near(discourse, token, lambda ref: ref.note.kind == "ship" and told.fits(ref))
    return None


@dataclass(frozen=True, slots=True)
class Told:
    """What the words before a description's noun say of the thing: its state, or the region that it lies in."""

    start: int
    nation: str | None = None
    region: frozenset[str] | None = None

    @classmethod
    def of(cls, token: Token, start: int, noun: str) -> Told | None:
        """What "the Dubai-based airline", "the Gulf state", "the Brazilian company" tell; None where a word is not understood."""
        doc, end = token.doc, token.i + 1 - len(noun.split())
        named = nations.within(doc, start, end)
        inside = {i for first, last, _ in named for i in range(first, last)}
        regions = lexicon("coreference")["regions"]
        region: frozenset[str] | None = None
        at = start
        while at < end:
            joined = "".join(t.text for t in doc[at : at + 3]).lower()
            two = " ".join(t.lower_ for t in doc[at : at + 2])
            if joined.endswith(("-based", "-member", "-nation")):
                inside.update(range(at, at + 3))
                at += 3
            elif two in regions:
                region, at = frozenset(regions[two]), at + 2
            elif doc[at].lower_ in regions:
                region, at = frozenset(regions[doc[at].lower_]), at + 1
            elif (
                at in inside or doc[at].lower_.endswith("-based") or doc[at].lower_ in words("coreference", "plain", "modifiers")
            ):
                at += 1
            else:
                return None
        told = {nation.iso2 for first, _, nation in named if not doc[first : first + 3].text.lower().endswith("-based")}
        return cls(start, next(iter(told), None), region) if len(told) < 2 else None

    def fits(self, ref: Ref) -> bool:
        """Whether a thing named before the phrase is of the state that is told."""
        note = ref.note
        if ref.mention.token_end > self.start:
            return False
        state = note.links.iso3166 or note.links.country
        if self.nation is not None and state != self.nation:
            return False
        return self.region is None or state in self.region


def _modifiers_known(token: Token, start: int, noun: str) -> bool:
    """Whether what stands before the noun is only a state's adjective: "the Russian jet"."""
    rest = token.doc[start : token.i + 1 - len(noun.split())]
    named = nations.within(token.doc, rest.start, rest.end)
    return sum(last - first for first, last, _ in named) == len(rest)


def _aircraft(discourse: Discourse, token: Token, noun: str, before: str | None) -> EntityNote | None:
    table = lexicon("coreference")["aircraft"]
    build = next((kind for kind, nouns in table.items() if noun in nouns), None)
    if build is None or (build == "pro" and before != "this"):
        return None

    kinds_called = lexicon("coreference")["aircraft_kinds"].get(noun)

    def accepts(ref: Ref) -> bool:
        note = ref.note
        if note.type not in _AIRCRAFT:
            return False
        if kinds_called is not None and note.kind is not None and note.type is EntityType.AIRCRAFT_TYPE:
            return note.kind in kinds_called
        return build in ("any", "pro") or _build(note) in (None, build)

    earlier = {id(r.note): r.note for r in discourse.before(token, accepts, discourse.sentence(token.i))}
    kinds = [n for n in earlier.values() if n.type is EntityType.AIRCRAFT_TYPE]
    if len(kinds) == 1:
        return kinds[0]
    if len(earlier) == 1:
        return next(iter(earlier.values()))
    return discourse.choose(
        token, lambda ref: accepts(ref) and ref.note.type is EntityType.AIRCRAFT_TYPE, lambda ref: 0.0, sentences=1
    )


def _build(note: EntityNote) -> str | None:
    kind = note.kind or ""
    if "helicopter" in kind or "rotor" in kind:
        return "rotor"
    if "drone" in kind or "uav" in kind:
        return "drone"
    return "fixed" if kind else None


def _organisation(discourse: Discourse, token: Token, noun: str, kind: str, told: Told) -> EntityNote | None:
    last = noun.split()[-1]

    def accepts(ref: Ref) -> bool:
        note = ref.note
        if note.type is not EntityType.ORGANIZATION or not told.fits(ref):
            return False
        if (
            told.nation is None
            and kind in lexicon("coreference")["organization"]["services"]
            and _is_of_another_state(token, note)
        ):
            return False
        named = last != "service" and any(w in (last, plural(last)) for w in fold(note.name).split())
        return named or note.kind in lexicon("coreference")["organization"]["kinds"][kind]

    return _only_or_near(discourse, token, accepts)


def _is_of_another_state(token: Token, note: EntityNote) -> bool:
    """ "The army" in an article about Sudan is not the American one that it names."""
    chief = context.main_country(token.doc)
    return chief is not None and note.links.country is not None and note.links.country != chief


def _place(discourse: Discourse, token: Token, noun: str, kind: str, told: Told) -> EntityNote | None:
    states = lexicon("coreference")["states"].get(noun)

    def accepts(ref: Ref) -> bool:
        note, name = ref.note, ref.note.name.lower().replace("airbase", "base").split()
        if not told.fits(ref):
            return False
        if note.type is EntityType.COUNTRY and kind in ("country", "island"):
            allowed = states is None or note.links.iso3166 in states
            return allowed and (states is not None or ref.head.dep_ not in ("amod", "compound", "nmod"))
        if kind == "city":
            return note.type is EntityType.PLACE and note.kind == "city" and ref.mention.form == "name" and "county" not in name
        if kind == "island":
            return note.type is EntityType.PLACE and (note.kind == "island" or "island" in name)
        if kind == "base":
            return note.type in (EntityType.AIRPORT, EntityType.PLACE) and "base" in name
        return kind == "airport" and note.type is EntityType.AIRPORT

    if kind in ("airport", "base", "island") or states is not None:
        return _only_or_near(discourse, token, accepts)
    return _only_near(discourse, token, accepts)


def _only_or_near(discourse: Discourse, token: Token, accepts: Callable[[Ref], bool]) -> EntityNote | None:
    """The only fitting thing of the text so far, else the one clearly ahead in this sentence and the one before."""
    earlier = {id(r.note): r.note for r in discourse.before(token, accepts, discourse.sentence(token.i))}
    if len(earlier) == 1:
        return next(iter(earlier.values()))
    return discourse.choose(token, accepts, lambda ref: 0.0, sentences=1)


def _only_near(discourse: Discourse, token: Token, accepts: Callable[[Ref], bool]) -> EntityNote | None:
    """The only fitting thing in the nearest of the last two sentences that has any."""
    for sentences in (0, 1, 2):
        near = {id(r.note): r.note for r in discourse.before(token, accepts, sentences)}
        if near:
            return next(iter(near.values())) if len(near) == 1 else None
    return None
