"""Personal names: what belongs to one, who bears it, and which two of them are the same person's.

In: tokens, and models/lexicons/people.toml and given_names.tsv.gz. Out: `Name`, token ranges and yes or no.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.entities import nations
from pipeline.entities.matching import fold
from pipeline.entities.phrases import lexicon, plural, words
from pipeline.resources import model_path

_WORD = re.compile(r"[^\W\d_][\w'’.]*")


@cache
def genders() -> dict[str, str]:
    """Folded given name → "m" or "f", where it tells."""
    text = gzip.decompress(model_path("lexicons/given_names.tsv.gz").read_bytes()).decode()
    found = dict(line.split("\t") for line in text.splitlines()[1:])
    for sex in ("m", "f"):
        found.update(dict.fromkeys(words("people", "gender", sex), sex))
    return found


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    known: dict[str, set[str]] = {}
    for pair in lexicon("people")["names"]["nicknames"]:
        short, full = pair.split()
        known.setdefault(short, set()).add(full)
        known.setdefault(full, set()).add(short)
    return {name: frozenset(others) for name, others in known.items()}


@cache
def roles() -> frozenset[str]:
    """All words for offices and callings, singular."""
    return words("people", "roles", "any") | words("people", "roles", "m") | words("people", "roles", "f")


@cache
def plural_roles() -> frozenset[str]:
    """The same in the plural: "pilots", "ministers"."""
    return frozenset(plural(role) for role in roles())


def is_role(word: str) -> bool:
    """Whether a word in small letters is an office, calling or military rank."""
    return word in roles() or word in words("people", "ranks", "heads") or word.rpartition("-")[2] in roles()


def is_title(word: str) -> bool:
    """Whether a word in small letters is put before names and is no office: "Mr", "Dr"."""
    return title_gender(word) is not None or word in words("people", "titles", "any")


def title_gender(word: str) -> str | None:
    """The sex that a title or role says its bearer has."""
    for sex in ("m", "f"):
        if word in words("people", "titles", sex) or word in words("people", "roles", sex):
            return sex
    return None


def is_particle(word: str) -> bool:
    """Whether a word in small letters is a small word inside family names."""
    return word in words("people", "names", "particles")


def capitalised(token: Token) -> bool:
    """Whether a token is written like a name: "Putin", "O'Brien", "G." and not "2024" or "km"."""
    return token.text[:1].isupper() and _WORD.fullmatch(token.text) is not None


@dataclass(frozen=True, slots=True)
class Name:
    """A personal name as it stands at tokens [start, end): its words folded, without particles and suffixes."""

    start: int
    end: int
    parts: tuple[str, ...]
    text: str

    @classmethod
    def of(cls, doc: Doc, start: int, end: int) -> Name:
        """The name that the tokens spell."""
        kept: list[str] = []
        for word in re.findall(r"[\w.’']+(?:-[\w’']+)*", fold(doc[start:end].text)):
            plain = word.rstrip(".'")
            lead, _, rest = plain.partition("-")
            if rest and is_particle(lead):
                plain = rest
            # A suffix follows a name: "Leo XI", but "Xi" alone and "Xi Jinping".
            if plain and not is_particle(plain) and not (kept and plain in words("people", "names", "suffixes")):
                kept.extend(plain.split("-"))
        return cls(start, end, tuple(kept), doc[start:end].text)

    @property
    def family_first(self) -> bool:
        """Whether the family name comes first, as in "Kim Jong Un"."""
        return len(self.parts) in (2, 3) and self.parts[0] in words("people", "names", "family_first") and not self._western()

    def _western(self) -> bool:
        return (
            len(self.parts) == 2
            and self.parts[0] in genders()
            and self.parts[1] not in words("people", "names", "family_first")
            and len(self.parts[1]) > 5
        )

    @property
    def family(self) -> str:
        """The word by which a person is called after the first time."""
        return self.parts[0] if self.family_first else self.parts[-1]

    @property
    def gender(self) -> str | None:
        """The sex that the given name says."""
        known = genders()
        if self.family_first or len(self.parts) < 2:
            return None
        return known.get(self.parts[0]) or (known.get(self.parts[1]) if len(self.parts) > 2 else None)


def same_person(a: Name, b: Name) -> bool:
    """Whether two names of two words or more may be one person's: "Recep Tayyip Erdoğan" and "Tayyip Erdogan"."""
    if a.parts == b.parts or "".join(a.parts) == "".join(b.parts):
        return True
    short, long = sorted((a.parts, b.parts), key=len)
    if len(short) < 2:
        return False
    if set(short) <= set(long):
        return True
    return short[-1] == long[-1] and _given_fits(short[0], long[0])


def _given_fits(a: str, b: str) -> bool:
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    if b in _nicknames().get(a, ()):
        return True
    # Transliterations of one name: Alexei, Aleksey; Sergey, Sergei; Mohammed, Mohamed.
    return min(len(a), len(b)) >= 4 and _skeleton(a) == _skeleton(b)


def _skeleton(name: str) -> str:
    plain = name.replace("x", "ks").replace("ph", "f").replace("w", "v")
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyj]+", "", plain)) + name[0]


def part_of(single: str, name: Name) -> bool:
    """Whether one word may stand for the full name: the family name, or the given name alone ("Isaias")."""
    return (
        single == name.family or single in (name.parts[0], name.parts[-1]) or (len(name.parts) > 2 and single in name.parts[1:])
    )


def variant(a: str, b: str) -> bool:
    """Whether two family names are spellings of one: "Soleymani" and "Soleimani", "Saree" and "Sarea"."""
    if min(len(a), len(b)) < 5 or abs(len(a) - len(b)) > 1 or a[0] != b[0]:
        return False
    if len(a) == len(b):
        differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        return len(differing) == 1 and set(differing[0]) <= set("aeiouy")
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short and long[i] in "aeiouy" + long[i - 1] for i in range(1, len(long)))


def is_country_word(text: str) -> bool:
    """Whether the word names a state or its people."""
    return nations.of(text) is not None
