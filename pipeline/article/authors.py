"""By-line strings -> clean personal names, organisations apart.

In: strings such as "By Jane Doe and Ali Oz, Reuters" or "Doe, Jane". Out: (persons, organisations), in order, without
repeats. Word lists: models/article/authors.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from pipeline.article import byline_text
from pipeline.article.byline_text import agencies
from pipeline.article.lexicon import words
from pipeline.article.limits import MAX_FIELD
from pipeline.article.segments import collapse
from pipeline.article.witnesses import squeeze

_MAIL = re.compile(r"\S*@\S+|https?://\S+|www\.\S+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SPLIT = re.compile(r"\s*(?:[;|/／•·\n\t]|\s[-–—]\s|\s?&\s)\s*")
_COMMA = re.compile(r"\s*[,،，]\s*")
# A day in figures or with a month's name, in any European language; the rest of a by-line is names.
_DATE = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}(?:st|nd|rd|th|er)?\.?\s+(?:de\s+|of\s+)?[^\W\d_]{3,10}\.?,?\s+(?:de\s+)?\d{4}"
    r"|[^\W\d_]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})\b"
)
_CLOCK = re.compile(r",?\s*\b(?:at|um)?\s*\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?|uhr|h)?(?:\s+[A-Z]{2,4}\b)?", re.I)
_SCOTTISH = re.compile(r"\bMc(?=[A-Z]{2})")
_DIGIT = re.compile(r"\d")
_MAX_WORDS = 6
_MAX_UNCASED = 14


@dataclass(slots=True)
class Names:
    """Who wrote the article."""

    persons: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)

    def add(self, other: Names) -> None:
        """Takes over what is new in another list."""
        for mine, theirs in ((self.persons, other.persons), (self.organisations, other.organisations)):
            have = {squeeze(n) for n in mine}
            for name in theirs:
                if squeeze(name) not in have:
                    have.add(squeeze(name))
                    mine.append(name)


def parse(values: list[str], site: str | None = None, named: bool = False) -> Names:
    """The names in several by-line strings.

    Args:
        values: the strings.
        site: the site's name, which is no person.
        named: the source says that this is the author, so a nickname ("delta201") is one too.
    """
    out = Names()
    for value in values[:50]:
        if len(value) <= MAX_FIELD:
            out.add(_parse_one(value, site, named))
    return out


def without_date(text: str) -> str:
    """A by-line without its date and time: "Posted on 9 July 2024 by Jane Doe in World" -> "by Jane Doe"."""
    found = _DATE.search(text)
    if not found:
        return text
    inner = _inner_by().search(text)
    if inner:
        text = inner.group(1)
        found = _DATE.search(text)
        return text[: found.start()] if found else re.split(r"\s(?:in|at|on)\s", text)[0]
    return _CLOCK.sub("|", _DATE.sub("|", text))


def _parse_one(value: str, site: str | None, named: bool) -> Names:
    out = Names()
    text = without_date(collapse(_MAIL.sub(" ", value))).strip(" ,;:|")
    text = _BRACKETS.sub(" ", text) if _BRACKETS.sub(" ", text).strip() else text
    text = byline_text.names_only(_strip_by(text.split(" (")[0] if text.count("(") != text.count(")") else text))
    swapped = _last_first(text)
    if swapped:
        text = swapped
    text, whole = _whole_agencies(text)
    out.add(Names([], whole))
    for chunk in _SPLIT.split(text):
        joined = [_clean(part) for part in _COMMA.split(_joiners().sub(",", chunk))]
        # One word after words that name nobody is the end of an institution's name: "Office for Woods and Forestry".
        broken = any(" " in n and not _is_person(n) for n in joined)
        # "Jane Doe, Kyiv": one word after a full name is no other's.
        full = any(n.count(" ") and _is_person(n) for n in joined)
        for part in joined:
            name, agency = byline_text.split_agency(part)
            out.add(Names([], [agency] if agency else []))
            name = _cased(name)
            single = " " not in name and not is_organisation(name, site)
            if not name or len(name.split()) > _MAX_WORDS or (single and (broken or (full and name.isascii()))):
                continue
            if is_organisation(name, site):
                out.add(Names([], [name]))
            elif _is_person(name) or (named and _is_nickname(text) and not _is_label(name)):
                out.add(Names([name], []))
    return out


@cache
def _by() -> re.Pattern[str]:
    forms = sorted(words("authors", "roles", "by"), key=len, reverse=True)
    return re.compile(r"^(?:" + "|".join(re.escape(f) for f in forms) + r")(?:\s+|(?<=[:：/／\u4e00-\u9fff]))(?=\S)", re.I)


@cache
def _inner_by() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(words("authors", "roles", "within")) + r")\s+(\S.{2,80})", re.I)


@cache
def _suffix() -> re.Pattern[str]:
    return re.compile(r"(?:,?\s+(?:" + "|".join(words("authors", "names", "suffixes")) + r")\.?)+\s*$", re.I)


@cache
def _particles() -> frozenset[str]:
    return frozenset(words("authors", "names", "particles"))


@cache
def _joiners() -> re.Pattern[str]:
    return re.compile(r"\s+(?:" + "|".join(words("authors", "roles", "joiners")) + r")\s+", re.I)


@cache
def _roles() -> re.Pattern[str]:
    forms = "|".join(re.escape(w) for w in sorted(words("authors", "roles", "words"), key=len, reverse=True))
    return re.compile(rf"^(?:(?:the|an?|our|for|of|in|at|and|{forms})\b[\s'’s-]*)+$", re.I)


@cache
def _organisation_words() -> frozenset[str]:
    return frozenset(words("authors", "organisations", "words"))


@cache
def _labels() -> frozenset[str]:
    return frozenset(words("authors", "roles", "labels"))


def _strip_by(text: str) -> str:
    for _ in range(3):
        shorter = _by().sub("", text, count=1).strip(" :")
        if shorter == text or not shorter:
            break
        # "Di Maria" and "De Gaulle" are names: a capitalised particle before one word is no "by".
        if text[:1].isupper() and len(text.split()) == 2 and text.split()[0].lower() in _particles():
            break
        text = shorter
    return text


def _last_first(text: str) -> str | None:
    """ "Doe, Jane" is one person."""
    parts = [p for p in _COMMA.split(text) if p]
    if len(parts) == 2 and all(_single(p) for p in parts):
        return f"{parts[1]} {parts[0]}"
    return None


def _single(part: str) -> bool:
    return " " not in part and part[:1].isupper() and part.lower() not in agencies() and part.lower() not in _organisation_words()


def _clean(part: str) -> str:
    part = _suffix().sub("", part.strip(" .,:;'\"“”*-–—")).strip(" .,")
    if part.lower().startswith(("in ", "for ", "at ")):
        return ""
    words_ = part.split()
    while len(words_) > 1 and words_[-1].lower() in words("authors", "roles", "tails"):
        words_.pop()
    part = " ".join(words_)
    if _roles().match(part) or part.lower() in _labels():
        return ""
    return byline_text.without_place(part)


def _cased(name: str) -> str:
    """ "JANE McDOE" is set so by a desk; a name is written Jane McDoe."""
    cased = name.split()
    if len(cased) < 2 or not _SCOTTISH.sub("MC", name).isupper() or any(len(w) < 2 for w in cased):
        return name
    words_ = ("-".join(x[:1].upper() + x[1:].lower() for x in w.split("-")) for w in cased)
    return " ".join(w[:2] + w[2:].capitalize() if _SCOTTISH.match(c) else w for w, c in zip(words_, cased, strict=True))


def _whole_agencies(text: str) -> tuple[str, list[str]]:
    """Takes out agencies with an "and" in their names."""
    found = next((a for a in words("authors", "organisations", "agencies") if " and " in a and a in text.lower()), None)
    if found is None:
        return text, []
    at = text.lower().index(found)
    return f"{text[:at]},{text[at + len(found) :]}", [text[at : at + len(found)]]


def is_organisation(name: str, site: str | None = None) -> bool:
    """Whether this is an agency, a desk or the site itself."""
    low = name.lower()
    tokens = re.findall(r"\w+", low)
    key = squeeze(name)
    if (
        not tokens
        or low in agencies()
        or (site and (key == squeeze(site) or (len(key) > 4 and key in squeeze(site)) or squeeze(site) in key))
    ):
        return bool(tokens)
    ranked = not set(tokens).isdisjoint(words("authors", "roles", "ranks"))
    if (any(t in _organisation_words() for t in tokens) and not ranked) or re.search(
        r"\.(?:com|org|net|[a-z]{2})$", low
    ) is not None:
        return True
    return " " not in name and name.isupper() and name.isascii() and len(name) <= 8


def _is_label(name: str) -> bool:
    return name.lower() in _labels() or any(t.lower() in words("authors", "roles", "never") for t in name.split())


def _is_nickname(text: str) -> bool:
    return 3 <= len(text) <= 25 and text.count(" ") <= 1 and re.fullmatch(r"[\w .'-]+", text) is not None and not text.isdigit()


def _is_person(name: str) -> bool:
    tokens = name.split()
    if (
        not tokens
        or len(tokens) > _MAX_WORDS
        or _DIGIT.search(name)
        or len(name) < (3 if name.isascii() else 2)
        or len(name) > 60
    ):
        return False
    if not any(ch.isalpha() for ch in name) or any(ch in name for ch in "?!<>{}()[]:=_#%&;/→←»«"):
        return False
    if any(t.lower().strip(".:") in words("authors", "roles", "never") for t in tokens):
        return False
    # Scripts without capitals and spaces: a line, not a name.
    if len(name) > _MAX_UNCASED and name.lower() == name.upper():
        return False
    # Each word a name or a particle; scripts without capitals pass.
    lower = [
        t for t in tokens if t[:1].islower() and t.lower().strip("'’") not in _particles() and not re.match(r"[a-z]['’][A-Z]", t)
    ]
    return not lower
