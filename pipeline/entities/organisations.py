"""Finds organisations: known ones by name, bodies of states by pattern, and the kind of those that only the tagger sees.

In: a parsed Doc. Out: `Found` of type organization with kind, country and codes; of type country for "the Russian government".
Knowledge: organisations.tsv (names, kinds, countries, airline codes after ICAO Doc 8585, CAMEO actor codes) and
organisation_words.tsv (heads of bodies that every state has, and words that speak for a kind).

"Russian Air Force", "Russia's air force" and "VKS" bear one key, `org:RU-air_force`. A body named without its state ("the
Foreign Ministry") is given the state that the passage speaks of, or none. Ambiguous names (Delta, Congress, IAF) need
evidence: a surer name of the same organisation, its state in the article, or words of its trade in the sentence.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Span

from pipeline.entities import context, countries, matching, nations, roles
from pipeline.entities.finding import Finder, Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import Hit
from pipeline.entities.phrases import grammar
from pipeline.records import Candidate, EntityType, Links

_KNOWN, _WITH_STATE, _EVIDENT, _BARE, _SHAPE, _HEAD = 0.92, 0.9, 0.8, 0.72, 0.62, 0.56
"""Scores, from a name that is in the table to a name that only the tagger saw."""
_INSIDE_PERSON, _INSIDE_NAME = 0.3, 0.45
_MAIN_SHARE = 0.35
"""Share of the article's state mentions from which a state counts as one that the article is about."""
_LONGEST_NAME = 8
_PASSAGE = 60
"""Words before a sentence that still tell what it is about."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A row of organisations.tsv."""

    key: str
    name: str
    kind: str
    country: str
    links: Links


@dataclass(frozen=True, slots=True)
class Body:
    """A kind of body that every state has: the slot in its key, whether it stands alone, and before other nouns."""

    slot: str
    kind: str
    bare: bool
    attributive: bool
    government: bool


@cache
def organisations() -> dict[str, Organisation]:
    """All known organisations by key."""
    made = {}
    for row in rows("organisations.tsv"):
        codes = dict(code.split("=", 1) for code in row["codes"].split("; ") if code)
        links = Links(
            icao=codes.get("icao"),
            iata=codes.get("iata"),
            country=row["country"] or None,
            country_3=countries.alpha3(row["country"]) or codes.get("plover"),
        )
        made[row["key"]] = Organisation(row["key"], row["name"], row["kind"], row["country"], links)
    return made


@cache
def _words(use: str) -> dict[str, frozenset[str]]:
    """Kind → words of one use in organisation_words.tsv."""
    gathered: dict[str, set[str]] = defaultdict(set)
    for row in rows("organisation_words.tsv"):
        if row["use"] == use:
            gathered[row["kind"]].update(listed(row["words"]))
    return {kind: frozenset(words) for kind, words in gathered.items()}


@cache
def _head_kinds() -> dict[str, str]:
    return {word: kind for kind, words in reversed(_words("head").items()) for word in words}


@cache
def _shape_kinds() -> dict[tuple[str, ...], str]:
    return {tuple(word.split()): kind for kind, words in _words("shape").items() for word in words}


class Organisations:
    """The finder for organisations."""

    name = "organisations"

    def __init__(self) -> None:
        names: list[tuple[str, str]] = []
        ambiguous: list[tuple[str, str]] = []
        for row in rows("organisations.tsv"):
            weak = listed(row["ambiguous"])
            ambiguous += [(name, row["key"]) for name in weak]
            names += [(name, row["key"]) for name in (row["name"], *listed(row["aliases"])) if name not in weak]
        self._names = matching.table("organisations", names)
        self._ambiguous = matching.table("organisations_ambiguous", ambiguous)
        self._bodies: dict[str, Body] = {}
        heads = []
        for row in rows("organisation_words.tsv"):
            if row["use"] in ("national", "government"):
                body = Body(
                    row["slot"], row["kind"], row["bare"] == "yes", row["attributive"] == "yes", row["use"] == "government"
                )
                self._bodies[row["slot"]] = body
                heads += [(head, row["slot"]) for head in listed(row["words"])]
        self._heads = matching.table("organisation_heads", heads)
        self._between = frozenset().union(*_words("between").values())

    def __call__(self, doc: Doc) -> list[Found]:
        found = self._known(doc)
        keys = {f.key for f in found}
        found += self._ambiguous_names(doc, keys)
        found += self._of_states(doc)
        found += self._bare(doc, found)
        found += _by_shape(doc)
        found += self._by_head(doc, found)
        return sorted(found, key=lambda f: (f.start, f.end, -f.score))

    def _known(self, doc: Doc) -> list[Found]:
        found = []
        modifying = {hit.end for hit in self._heads.find(doc) if not self._may_modify(hit) and not _is_head(doc, hit.end - 1)}
        hits = list(self._names.find(doc))
        spelled = _spelled_out(doc, hits)
        for hit in hits:
            if hit.end in modifying:
                continue
            key = spelled.get(hit.text) or self._choose(doc, hit.keys)
            found.append(self._named(doc, hit.start, hit.end, key, _standing(doc, hit), hit.keys))
        return found

    def _may_modify(self, hit: Hit) -> bool:
        return self._bodies[hit.keys[0]].attributive

    def _choose(self, doc: Doc, keys: tuple[str, ...]) -> str:
        """Of several organisations of one name, that of the state the article speaks of most."""
        weights = context.countries_in(doc)
        return max(keys, key=lambda key: (weights[organisations()[key].country], -keys.index(key)))

    def _named(self, doc: Doc, start: int, end: int, key: str, score: float, others: tuple[str, ...] = ()) -> Found:
        known = organisations()[key]
        found = Found(start, end, EntityType.ORGANIZATION, known.name, self.name, score, f"org:{key}")
        found.links, found.kind = known.links, known.kind
        found.candidates = [
            Candidate(name=organisations()[k].name, score=0.3, links=organisations()[k].links) for k in others if k != key
        ]
        return found

    def _ambiguous_names(self, doc: Doc, sure: set[str | None]) -> list[Found]:
        found = []
        for hit in self._ambiguous.find(doc):
            evidence = {key: self._evidence(doc, hit, key, sure) for key in hit.keys}
            key = max(evidence, key=lambda k: evidence[k])
            if evidence[key] > 0:
                score = min(_standing(doc, hit), _EVIDENT)
                found.append(self._named(doc, hit.start, hit.end, key, score, hit.keys))
        return found

    def _evidence(self, doc: Doc, hit: Hit, key: str, sure: set[str | None]) -> float:
        """How much speaks for an ambiguous name meaning this organisation; 0 when too little does."""
        known = organisations()[key]
        weights = context.countries_in(doc)
        share = weights[known.country] / sum(weights.values()) if weights else 0.0
        if f"org:{key}" in sure and (hit.text.isupper() or _label(doc, hit.start, hit.end) not in {"NORP", "PERSON"}):
            return 2 + share
        label = _label(doc, hit.start, hit.end)
        plain = hit.name in _behind_article() and (hit.start == 0 or doc[hit.start - 1].lower_ != "the")
        flown = known.kind == "airline" and context.aviation(doc).heavy
        # "Delta is to cut flights to Accra", in an article about aircraft: who acts there is no landscape
        plain = plain or (flown and _acts(doc, hit))
        if _is_within_person(doc, hit.start, hit.end) or (label in {"NORP", "GPE", "LOC", "PERSON", "DATE"} and not plain):
            return 0.0
        words = _words("evidence").get(known.kind, frozenset())
        sentence = doc[hit.start].sent
        beside = any(t.lower_ in words for t in sentence if not hit.start <= t.i < hit.end)
        beside = beside or flown
        tagged = label == "ORG" or hit.text.isupper() or plain
        if beside and tagged and (not known.country or share > 0 or known.kind in ("airline", "media", "company")):
            return 1 + share
        return share if tagged and known.country and share >= _MAIN_SHARE else 0.0

    def _of_states(self, doc: Doc) -> list[Found]:
        """ "Russian Air Force", "Iran's foreign ministry", "Ministry of Defence of Japan"."""
        found = []
        for hit in self._heads.find(doc):
            body = self._bodies[hit.keys[0]]
            state = self._state_before(doc, hit) or _state_after(doc, hit)
            if state is None or not (body.attributive or _is_head(doc, state[1] - 1)):
                continue
            start, end, iso2 = state
            found.append(self._body(start, end, body, iso2, doc[start:end].text, _WITH_STATE))
        return found

    def _state_before(self, doc: Doc, hit: Hit) -> tuple[int, int, str] | None:
        at = hit.start
        while at > 0 and hit.start - at < 3 and doc[at - 1].lower_ in self._between:
            at -= 1
        for start in range(max(0, at - 4), at):
            if not _in_one_block(doc, start, hit.end):
                continue
            named = nations.of(doc[start:at].text)
            if named is not None and doc[start].text[:1].isupper() and named.form != "people":
                return start, hit.end, named.iso2
        return None

    def _body(self, start: int, end: int, body: Body, iso2: str, text: str, score: float, form: str = "name") -> Found:
        if body.government:
            country = countries.countries().get(iso2)
            name = country.name if country else text
            found = Found(start, end, EntityType.COUNTRY, name, self.name, score, countries.key(iso2), form)
            found.links, found.kind = (country.links if country else Links(iso3166=iso2)), "government"
            return found
        key = f"{iso2}-{body.slot}"
        known = organisations().get(key)
        name = known.name if known else _body_name(iso2, text)
        links = known.links if known else Links(country=iso2, country_3=countries.alpha3(iso2))
        return Found(start, end, EntityType.ORGANIZATION, name, self.name, score, f"org:{key}", form, links, kind=body.kind)

    def _bare(self, doc: Doc, found: list[Found]) -> list[Found]:
        """ "The Foreign Ministry said", "the air force": bodies whose state the passage tells."""
        taken = {i for f in found for i in range(f.start, f.end)}
        made: list[Found] = []
        for hit in self._heads.find(doc):
            body = self._bodies[hit.keys[0]]
            if body.government or not taken.isdisjoint(range(hit.start, hit.end)):
                continue
            capital = all(t.text[:1].isupper() for t in doc[hit.start : hit.end] if t.lower_ not in grammar("joining"))
            definite = hit.start > 0 and doc[hit.start - 1].lower_ == "the"
            earlier = [f for f in [*found, *made] if f.start < hit.start and f.key and f.key.endswith(f"-{body.slot}")]
            before = max(earlier, key=lambda f: f.start, default=None)
            if before is not None and not capital and not _may_be_meant(doc, hit, before):
                before = None
            if before is not None and (capital or (definite and _is_head(doc, hit.end - 1))):
                form = "name" if capital else "nominal"
                iso2 = (before.key or "").removeprefix("org:").split("-")[0]
                made.append(self._body(hit.start, hit.end, body, iso2, before.name, _BARE, form))
            elif body.bare and (capital or (definite and body.kind == "ministry")):
                made.append(self._of_context(doc, hit, body))
        return made

    def _of_context(self, doc: Doc, hit: Hit, body: Body) -> Found:
        iso2 = next((state for state in _states_of_passage(doc, hit) if _may_be_called(state, body, hit.text)), None)
        if iso2 is not None:
            return self._body(hit.start, hit.end, body, iso2, hit.text, _BARE)
        return Found(hit.start, hit.end, EntityType.ORGANIZATION, hit.text, self.name, _BARE, kind=body.kind)

    def _by_head(self, doc: Doc, found: list[Found]) -> list[Found]:
        """Kinds, by their last word, for the organisations that only the tagger sees."""
        spans = {(f.start, f.end) for f in found}
        made = []
        full = _full_names(doc, found)
        for span in doc.ents:
            start, end = _trimmed(span)
            if span.label_ != "ORG" or start >= end or (start, end) in spans:
                continue
            if context.is_plain_aircraft(doc, start, end):
                continue
            kind = _kind_of(doc, start, end)
            if kind is None and (not doc[start:end].text[:1].isupper() or roles.is_portfolio(doc, start, end)):
                continue
            inside = [f for f in found if start <= f.start and f.end < end]
            longer = bool(inside) and doc[end - 1].lower_.rstrip(".") in _head_kinds()
            short = _short_for(doc[start:end].text, full) if kind is None else None
            if short is not None:
                made.append(self._named(doc, start, end, short, _EVIDENT))
                continue
            state = next((n.iso2 for _, _, n in nations.within(doc, start, end)), None)
            made.append(
                Found(
                    start,
                    end,
                    EntityType.ORGANIZATION,
                    doc[start:end].text,
                    self.name,
                    _KNOWN if longer else _HEAD,
                    links=Links(country=state, country_3=countries.alpha3(state)),
                    kind=kind,
                )
            )
        return made


def build() -> Finder:
    """The finder over organisations.tsv and organisation_words.tsv."""
    return Organisations()


def _spelled_out(doc: Doc, hits: list[Hit]) -> dict[str, str]:
    """Acronyms of the names that the article writes in full, whoever else is called so: "FAA" beside "Fuerza Aérea Argentina"."""
    meant: dict[str, set[str]] = defaultdict(set)
    for hit in hits:
        words = [t.text for t in doc[hit.start : hit.end] if t.text[:1].isupper()]
        if len(words) > 2 and len(hit.keys) == 1:
            meant["".join(w[0] for w in words)].add(hit.keys[0])
    return {short: keys.pop() for short, keys in meant.items() if len(keys) == 1}


def _standing(doc: Doc, hit: Hit) -> float:
    """How sure a known name is at this place: little inside a person's name or a longer name in capitals."""
    if _is_within_person(doc, hit.start, hit.end):
        return _INSIDE_PERSON
    one_word = hit.end - hit.start == 1 and not hit.text.isupper()
    if one_word and hit.start > 0 and doc[hit.start - 1].ent_type_ == "PERSON" and doc[hit.start].ent_type_ == "PERSON":
        return _INSIDE_NAME
    return _KNOWN


def _label(doc: Doc, start: int, end: int) -> str | None:
    span = context.labels(doc)[start]
    return span.label_ if span is not None and _trimmed(span)[0] <= start and span.end >= end else None


def _is_within_person(doc: Doc, start: int, end: int) -> bool:
    span = context.labels(doc)[start]
    return span is not None and span.label_ == "PERSON" and len(span) > end - start and span.end >= end


def _trimmed(span: Span) -> tuple[int, int]:
    """The name without article and possessive."""
    start, end = span.start, span.end
    while start < end and (
        span.doc[start].lower_ in grammar("determiner") or span.doc[start].is_punct or span.doc[start].is_space
    ):
        start += 1
    for i in range(start, end):
        if "\n\n" in span.doc[i].text:
            end = i
            break
    while end > start and (span.doc[end - 1].lower_ in grammar("possessive") or span.doc[end - 1].is_space):
        end -= 1
    while end > start + 1 and span.doc[end - 1].lower_ in ("of", "the", "and", "for"):
        end -= 1  # "the Foreign Ministries of the two states"
    return start, end


def _in_one_block(doc: Doc, start: int, end: int) -> bool:
    return not any("\n" in t.text for t in doc[start:end])


def _is_head(doc: Doc, i: int) -> bool:
    """Whether a token is no mere modifier of the noun after it: "the Russian military said", not "Russian military jet"."""
    token = doc[i]
    if token.text[:1].isupper():
        return True
    following = doc[i + 1] if i + 1 < len(doc) else None
    modifies = token.dep_ in {"compound", "amod", "nmod"} and token.head.i > i
    return not (modifies and following is not None and following.tag_ in {"NN", "NNS", "NNP", "NNPS", "JJ", "CD", "HYPH"})


def _state_after(doc: Doc, hit: Hit) -> tuple[int, int, str] | None:
    """The state in "Ministry of Defence of the Russian Federation"."""
    at = hit.end
    if at + 1 >= len(doc) or doc[at].lower_ not in {"of", "in"}:
        return None
    at += 1
    if doc[at].lower_ == "the":
        at += 1
    at = nations.formal_end(doc, at)
    for end in range(min(len(doc), at + 4), at, -1):
        if _in_one_block(doc, hit.start, end) and doc[at].text[:1].isupper():
            named = nations.of(doc[at:end].text)
            if named is not None and named.form in ("name", "people"):
                return hit.start, end, named.iso2
    return None


def _may_be_meant(doc: Doc, hit: Hit, before: Found) -> bool:
    """Whether "the army" may be the one named before: not where the passage is about another state than that one's."""
    states = _states_of_passage(doc, hit)
    return not states or (before.key or "").removeprefix("org:").split("-")[0] in states


def _states_of_passage(doc: Doc, hit: Hit) -> list[str]:
    """The states nearest before a body in its sentence; then the one that the article is chiefly about; then earlier ones."""
    sentence = doc[hit.start].sent
    states = [n.iso2 for _, _, n in reversed(nations.within(doc, sentence.start, hit.start))]
    home = _state_at_home(doc, hit)
    chief = home if home is not None and not states else context.main_country(doc)
    if chief is not None:
        states.append(chief)
    elif not states:
        earlier = nations.within(doc, max(0, sentence.start - _PASSAGE), sentence.start)
        states += [n.iso2 for _, _, n in reversed(earlier)]
    return states


def _state_at_home(doc: Doc, hit: Hit) -> str | None:
    """ "An Air Force MQ-9 crashed in Niger": the state whose papers write so of its own forces, where this is one of them."""
    head = doc[hit.end - 1]
    if head.dep_ not in ("compound", "nmod") or not hit.text[:1].isupper():
        return None
    return next((iso2 for iso2, marks in _words("at_home").items() if any(t.lower_ in marks for t in doc)), None)


def _may_be_called(iso2: str, body: Body, text: str) -> bool:
    """Whether the state's known body bears such a name: the American one is a department, never "the Defence Ministry"."""
    known = f"{iso2}-{body.slot}"
    if body.kind != "ministry" or known not in organisations():
        return True
    said = "ministry" if "ministry" in text.lower() else "department" if "department" in text.lower() else ""
    names = " ".join((_rows_by_key()[known]["name"], _rows_by_key()[known]["aliases"])).lower()
    return said in names


@cache
def _rows_by_key() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in rows("organisations.tsv")}


def _body_name(iso2: str, text: str) -> str:
    """A body's name with its state: as the text has it, or the state's adjective before it."""
    country = countries.countries().get(iso2)
    if country is None:
        return text
    if any(nations.of(word.strip("'’s")) or nations.of(word) for word in (text, *text.split())):
        return text
    words = {word.casefold() for word in (*country.names, *country.adjectives)}
    if any(word in text.casefold() for word in words) or not country.adjectives:
        return text
    return f"{country.adjectives[0]} {text}"


def _acts(doc: Doc, hit: Hit) -> bool:
    """Whether a name is the subject of a verb, or whose something is, without an article."""
    root = doc[hit.start : hit.end].root
    return root.dep_ in ("nsubj", "nsubjpass", "poss") and root.tag_ == "NNP" and not any(c.dep_ == "det" for c in root.children)


@cache
def _behind_article() -> frozenset[str]:
    """Names that are a state's only behind "the": "Emirates" alone is the airline."""
    return frozenset(row["name"] for row in rows("ambiguous_places.tsv") if row["also"] == "article")


def _full_names(doc: Doc, found: list[Found]) -> set[tuple[str, str]]:
    """The known organisations that were found, as they are written, with their keys."""
    keyed = ((f, (f.key or "").removeprefix("org:")) for f in found)
    return {(doc[f.start : f.end].text, key) for f, key in keyed if key in organisations()}


def _short_for(said: str, full: set[tuple[str, str]]) -> str | None:
    """The known organisation whose full name in the article begins with these words: "Mahan" after "Mahan Air"."""
    opening = f"{said} "
    keys = {key for name, key in full if name.startswith(opening) and name.removeprefix(opening).lower() in _head_kinds()}
    return keys.pop() if len(keys) == 1 else None


def _kind_of(doc: Doc, start: int, end: int) -> str | None:
    for i in range(start, end - 1):
        if doc[i + 1].lower_ in {"of", "for", "on"} and (kind := _head_kinds().get(doc[i].lower_)):
            return kind
    return _head_kinds().get(doc[end - 1].lower_.rstrip(".")) if end - start > 1 else None


def _by_shape(doc: Doc) -> list[Found]:
    """Names in capitals whose last word says what they are: "Ural Airlines", "University of Rostock"."""
    found = []
    shapes = _shape_kinds()
    for token in doc:
        if token.like_url and "/" not in token.text and "@" not in token.text:
            site = Found(token.i, token.i + 1, EntityType.ORGANIZATION, token.text, "organisations", _SHAPE, kind="website")
            found.append(site)
            continue
        for size in (2, 1):
            kind = shapes.get(tuple(t.lower_ for t in doc[token.i : token.i + size]))
            if kind is None or not token.text[:1].isupper():
                continue
            start, end = _capitals_around(doc, token.i, token.i + size)
            if end - start > size:
                state = next((n.iso2 for _, _, n in nations.within(doc, start, end)), None)
                links = Links(country=state, country_3=countries.alpha3(state))
                found.append(
                    Found(
                        start, end, EntityType.ORGANIZATION, doc[start:end].text, "organisations", _SHAPE, links=links, kind=kind
                    )
                )
            break
    return found


def _capitals_around(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The run of capitalised words around [start, end): to the left, and to the right after "of"."""
    first = start
    while first > 0 and start - first < _LONGEST_NAME:
        token = doc[first - 1]
        if token.is_space or token.is_punct or token.lower_ in grammar("determiner") or not token.text[:1].isupper():
            break
        if token.is_sent_start and token.tag_ not in {"NNP", "NNPS", "JJ", "NN"}:
            break
        first -= 1
    last = end
    if first == start and last + 1 < len(doc) and doc[last].lower_ == "of":
        at = last + 1
        while at < len(doc) and at - last < 4 and (doc[at].text[:1].isupper() or doc[at].lower_ == "the"):
            if "\n" in doc[at].text:
                break
            at += 1
        if at > last + 1 and doc[at - 1].text[:1].isupper():
            last = at
    return first, last
