"""Finds persons: repairs what the statistical recogniser takes for a name, and joins the mentions of one person.

In: a parsed Doc with named entities. Out: `Found` of type person, one per place where a name stands; `key` is the same for all
mentions of a person in the Doc, `name` the fullest form, `role` the office as the text gives it ("Russian leader"),
`links.country` the state that the role names.

Where names stand is `person_spans`' to say; here the names of one person are joined, and looked for again in the whole text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from pipeline.entities import known_people, roles
from pipeline.entities import personal_names as names
from pipeline.entities.finding import Finder, Found
from pipeline.entities.known_people import Known
from pipeline.entities.matching import fold
from pipeline.entities.person_spans import BLOCKING, is_namesake, spans
from pipeline.entities.personal_names import Name
from pipeline.entities.phrases import words
from pipeline.entities.roles import Role
from pipeline.records import EntityType, Links

_FULL, _SINGLE_KNOWN, _SINGLE_TITLED, _DOUBTFUL, _SINGLE, _UNSUPPORTED = 0.9, 0.85, 0.8, 0.65, 0.55, 0.4


@dataclass(slots=True, eq=False)
class Person:
    """The mentions of one person."""

    names: list[Name] = field(default_factory=list)

    @property
    def full(self) -> Name:
        """The fullest name, the earliest of those."""
        return max(self.names, key=lambda name: (len(name.parts), -name.start))


def cluster(found: list[Name], crowned: frozenset[int] = frozenset()) -> list[Person]:
    """Joins names of one person: full names first, then the single words that fit exactly one of them best.

    Args:
        found: names of one article.
        crowned: where names start that stand behind a monarch's title.
    """
    persons: list[Person] = []
    for name in sorted((n for n in found if len(n.parts) > 1), key=lambda n: (-len(n.parts), n.start)):
        fitting = [p for p in persons if any(names.same_person(name, other) for other in p.names if len(other.parts) > 1)]
        if fitting:
            fitting[0].names.append(name)
        else:
            persons.append(Person([name]))
    full = list(persons)
    singles: dict[str, Person] = {}
    for name in (n for n in found if len(n.parts) == 1):
        owner = _owner(name, full, name.start in crowned)
        if owner is None:
            owner = singles.get(name.parts[0])
        if owner is None:
            owner = singles[name.parts[0]] = Person()
            persons.append(owner)
        owner.names.append(name)
    for person in persons:
        person.names.sort(key=lambda n: n.start)
    return sorted(persons, key=lambda p: p.names[0].start)


def _owner(name: Name, full: list[Person], crowned: bool = False) -> Person | None:
    """The person whom a single word means: by family name before given name, the one named last before it, else next after. A
    monarch is called by the first name: "King Hussein" is not Saddam Hussein."""
    word = name.parts[0]
    ways: list[Callable[[Name], bool]] = [
        lambda n: word == n.family,
        lambda n: names.part_of(word, n),
        lambda n: names.variant(word, n.family),
    ]
    for fits in [lambda n: word == n.parts[0]] if crowned else ways:
        fitting = [p for p in full if any(len(n.parts) > 1 and fits(n) for n in p.names)]
        if fitting:
            return min(fitting, key=lambda p: _distance(p, name))
    return None


def _distance(person: Person, name: Name) -> tuple[bool, int]:
    before = [name.start - n.start for n in person.names if n.start <= name.start]
    return (False, min(before)) if before else (True, min(n.start - name.start for n in person.names))


@dataclass(slots=True)
class _People:
    name: str = "people"

    def __call__(self, doc: Doc) -> list[Found]:
        named = [Name.of(doc, start, end) for start, end in spans(doc)]
        crowned = frozenset(n.start for n in named if n.start and doc[n.start - 1].lower_ in words("people", "roles", "monarchs"))
        persons = cluster([name for name in named if name.parts], crowned)
        _add_repeated(doc, persons)
        known = {(k.start, k.end): k for k in known_people.find(doc)}
        found = [one for number, person in enumerate(persons) for one in self._found(doc, number, person, known)]
        return sorted(found, key=lambda f: f.start)

    def _found(self, doc: Doc, number: int, person: Person, known: dict[tuple[int, int], Known]) -> Iterable[Found]:
        role = best_role(doc, person)
        nation = None
        for _, held in _roles(doc, person):
            nation = nation or roles.nation(doc, held)
        links = Links(country=nation.iso2, country_3=nation.iso3) if nation else Links()
        full = person.full
        public = any(known_people.in_public_life(k.key) for n in person.names if (k := known.get((n.start, n.end))))
        for name in person.names:
            yield Found(
                name.start,
                name.end,
                EntityType.PERSON,
                " ".join(full.text.split()),
                self.name,
                known[name.start, name.end].score if (name.start, name.end) in known else _score(doc, name, person),
                f"person:{number}",
                links=links,
                role=role.text(doc) if role else None,
                kind="public_figure" if public else None,
            )


def _add_repeated(doc: Doc, persons: list[Person]) -> None:
    """Adds the places where a known family name stands and the recogniser saw no person."""
    taken = {i for person in persons for name in person.names for i in range(name.start, name.end)}
    by_family: dict[str, Person] = {}
    for person in persons:
        if len(person.full.parts) > 1:
            by_family.setdefault(person.full.family, person)
    for token in doc:
        if token.i in taken or not names.capitalised(token) or not _is_proper(token) or token.ent_type_ in BLOCKING:
            continue
        owner = by_family.get(fold(token.text))
        if owner is None or len(token.text) < 3 or names.is_country_word(token.text) or _inside_capitals(doc, token):
            continue
        owner.names.append(Name.of(doc, token.i, token.i + 1))
        owner.names.sort(key=lambda n: n.start)


def _is_proper(token: Token) -> bool:
    """A proper noun, also one that the tagger takes for a plural though its verb is singular: "*Morales* flies home"."""
    misread = token.tag_ == "NNS" and token.dep_ == "nsubj" and token.head.tag_ == "VBZ"
    return misread or token.tag_ in ("NNP", "NNPS")


def _inside_capitals(doc: Doc, token: Token) -> bool:
    """Whether the word is part of a longer name of something else."""
    if is_namesake(doc, token.i, token.i + 1):
        return True
    sides = [doc[i] for i in (token.i - 1, token.i + 1) if 0 <= i < len(doc)]
    return any(
        t.tag_ in ("NNP", "NNPS") and not t.is_space and not names.is_role(t.lower_) and not names.is_title(t.lower_)
        for t in sides
    )


def _roles(doc: Doc, person: Person) -> list[tuple[Name, Role]]:
    return [(name, role) for name in person.names for role in roles.around(doc, name.start, name.end)]


def best_role(doc: Doc, person: Person) -> Role | None:
    """The office to show: the first that names a head, one that also names a state or a body before one that does not."""
    held = [role for _, role in _roles(doc, person) if role.head is not None]
    if not held:
        return None
    return next((role for role in held if role.end - role.start > 1), held[0])


def _score(doc: Doc, name: Name, person: Person) -> float:
    if len(name.parts) > 1:
        return _FULL if _looks_personal(doc, name) else _DOUBTFUL
    if len(person.full.parts) > 1:
        return _SINGLE_KNOWN
    if any(_titled_at(doc, n) for n in person.names):
        return _SINGLE_TITLED
    acts = any(
        doc[n.start].dep_ == "nsubj" and doc[n.start].head.lower_ in words("people", "verbs", "of_speech") for n in person.names
    )
    return _SINGLE if acts else _UNSUPPORTED


def _titled_at(doc: Doc, name: Name) -> bool:
    before = doc[name.start - 1] if name.start else None
    return before is not None and (names.is_title(before.lower_) or names.is_role(before.lower_))


def _looks_personal(doc: Doc, name: Name) -> bool:
    """Whether a given name, a family name that comes first, a title, a role or an act supports the recogniser."""
    if name.gender or name.parts[0] in names.genders() or name.family_first or _titled_at(doc, name):
        return True
    root = doc[name.start : name.end].root
    acts = root.dep_ == "nsubj" and root.head.lower_ in words("people", "verbs", "of_speech")
    return acts or any(role.head is not None for role in roles.around(doc, name.start, name.end))


def build() -> Finder:
    """The finder of persons."""
    names.genders()
    known_people.load()
    return _People()
