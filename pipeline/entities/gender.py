"""What the text and common knowledge say about persons beyond their names: sex, offices, state.

In: a Doc, person entities, models/lexicons/leaders.tsv, the sexes in models/gazetteers/persons.tsv. Out: `Profile` per person,
for coreference only: what comes from the table of leaders never enters a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc

from pipeline.annotations import EntityNote, article
from pipeline.entities import known_people, roles
from pipeline.entities import personal_names as names
from pipeline.entities.matching import fold
from pipeline.entities.personal_names import Name
from pipeline.records import EntityType
from pipeline.resources import model_path


@dataclass(frozen=True, slots=True)
class Leader:
    """A row of the table: one office of one person."""

    name: str
    parts: frozenset[str]
    family: str
    gender: str
    iso2: str | None
    office: str
    first: int
    last: int


@cache
def leaders() -> tuple[Leader, ...]:
    """All known leaders."""
    lines = [
        x for x in model_path("lexicons/leaders.tsv").read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")
    ]
    found = []
    for line in lines[1:]:
        name, gender, iso2, office, first, last = line.split("\t")
        words = fold(name).replace("-", " ").split()
        own = tuple(w for w in words if not names.is_particle(w))
        family = Name(0, 0, own, name).family
        found.append(Leader(name, frozenset(own), family, gender, iso2 or None, office, int(first), int(last or 9999)))
    return tuple(found)


@dataclass(slots=True)
class Profile:
    """A person as references see one: sex, the words of the offices that the text gives, and of those the table gives."""

    gender: str | None
    offices: tuple[str, ...]
    known_offices: tuple[str, ...]
    country: str | None
    known_country: str | None


def profile(doc: Doc, note: EntityNote) -> Profile:
    """What is known of a person, or of an unnamed single one ("a Polish spokeswoman")."""
    if note.type is not EntityType.PERSON:
        head = doc[note.mentions[0].token_start : note.mentions[0].token_end].root
        return Profile(names.title_gender(head.lower_), (), (), note.links.country, None)
    found = [Name.of(doc, m.token_start, m.token_end) for m in note.mentions if m.form == "name"]
    held = [role for name in found for role in roles.around(doc, name.start, name.end) if role.head is not None]
    gender = next((g for name in found if (g := _titled_gender(doc, name.start))), None)
    gender = gender or next(
        (g for role in held if role.head is not None and (g := names.title_gender(doc[role.head].lower_))), None
    )
    gender = gender or next((g for name in found if (g := known_people.gender(name.text))), None)
    gender = gender or next((g for name in found if (g := name.gender)), None)
    rows = _rows(doc, found)
    gender = gender or (rows[0].gender if rows else None)
    current = [row for row in rows if row.first <= _year(doc) <= row.last]
    offices = tuple(dict.fromkeys(doc[role.start : role.end].text.lower() for role in held if role.start < role.end))
    return Profile(
        gender,
        offices,
        tuple(row.office for row in current),
        note.links.country,
        next((row.iso2 for row in rows), None),
    )


def _titled_gender(doc: Doc, start: int) -> str | None:
    return names.title_gender(doc[start - 1].lower_) if start else None


def _rows(doc: Doc, found: list[Name]) -> list[Leader]:
    full = max((set(name.parts) for name in found), key=len, default=set())
    if len(full) < 2:
        return []
    return [row for row in leaders() if row.parts <= full or (full <= row.parts and row.family in full)]


def _year(doc: Doc) -> int:
    found = article(doc)
    published = found.published if found is not None else None
    return int(published[:4]) if published and published[:4].isdigit() else 2025
