"""What by-lines say beside names, cut off: day, place, post, employer, who edited it.

In: a by-line ("By Jane Doe in Kyiv and Ali Oz, Defence editor; Editing by Max Roe | 5 min read"). Out: the same with the names
only, as far as words show it ("By Jane Doe and Ali Oz"). Word lists: models/article/authors.toml.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.article.lexicon import any_of, words

# "Jane DoeandAli Oz", "Jane DoePublished": the words of elements that a style sheet sets apart.
_GLUED_AND = re.compile(r"(?<=[^\W\d_A-Z])and(?=[A-Z][^\W\d_]+\s[A-Z])")
_GLUED_LABEL = re.compile(r"(?<=[a-zà-ÿ])(?=(?:Published|Posted|Updated|Twitter|Follow|Read)\b)")
# "JANE DOE Herald Staff Writer": the name is in capitals, what follows is not.
_SHOUTED = re.compile(
    r"(?P<name>[^\W\d_a-z]{2}[^\Wa-z]*\.?(?:\s[^\W\d_a-z][^\Wa-z.]*\.?){1,3})\s(?=[A-Z][a-z]+\s)(?!.*\b[A-Z]{2,}\s[A-Z]{2,})"
)
# Words of the longest city or agency.
_LONGEST = 4
# A name's words: two to five, capitalised or particles.
_NAME = r"[^\W\d_][\w.'’-]*(?:\s(?:[^\W\d_][\w.'’-]*)){1,4}?"


def names_only(text: str) -> str:
    """The by-line without what surely is no name."""
    text = _GLUED_LABEL.sub(" ", _GLUED_AND.sub(" and ", text))
    shouted = _SHOUTED.match(text)
    text = shouted["name"] if shouted else text
    text = any_of("authors", "cuts", "rest").split(text, maxsplit=1)[0] or text
    others = any_of("authors", "cuts", "others").search(text, 3)
    text = text[: others.start()] if others else text
    return _post().sub(_person_only, _place().sub(r"\g<name>", text)).strip(" ,;:|–—-")


def _person_only(found: re.Match[str]) -> str:
    """ "Jane Doe" of "Jane Doe Defence editor"; "Guardian staff reporter" and "Letters to the Editor" stay as they are."""
    tokens = {t.lower() for t in found["name"].split()}
    return found[0] if not tokens.isdisjoint(words("authors", "organisations", "words")) else str(found["name"])


@cache
def _place() -> re.Pattern[str]:
    """ "Jane Doe in Kyiv" before the next name or the end; "for the Harbour Post" too."""
    prepositions = "|".join(words("authors", "cuts", "prepositions"))
    conjunctions = "|".join(words("authors", "roles", "joiners"))
    return re.compile(
        rf"(?P<name>{_NAME})\s(?:{prepositions})\s(?:the\s)?[A-Z][^\W\d_]*(?:[\s.'’-]+[A-Z][\w.]*){{0,4}}"
        rf"(?=\s*(?:[,;|/&]|\s(?:{conjunctions})\s|$))"
    )


@cache
def _post() -> re.Pattern[str]:
    """ "Jane Doe Defence and security editor": what a person is, without a comma."""
    kinds = "|".join(re.escape(w) for w in sorted(words("authors", "roles", "words"), key=len, reverse=True))
    heads = "|".join(words("authors", "roles", "heads"))
    return re.compile(
        rf"(?P<name>{_NAME})[\s,]+(?:(?i:{kinds})(?:\s(?:and|&)\s|[\s/-]+))*(?i:{heads})(?=\s*(?:[,;|/]|\s(?:at|for|of|in)\s|$))"
    )


def without_place(name: str) -> str:
    """ "Jane Doe Tokyo" -> "Jane Doe"; a place alone is nobody."""
    tokens = name.split()
    for size in range(1, min(_LONGEST, len(tokens)) + 1):
        if " ".join(tokens[-size:]).lower() in _cities():
            head = tokens[:-size]
            return " ".join(head) if len(head) != 1 else name
    return name


def split_agency(name: str) -> tuple[str, str]:
    """ "JANE DOE Associated Press" -> ("JANE DOE", "Associated Press"); ("Jane Doe", "") when no agency ends it."""
    tokens = name.split()
    for size in range(min(_LONGEST, len(tokens) - 2), 0, -1):
        head, tail = " ".join(tokens[:-size]), " ".join(tokens[-size:])
        # Short ones are words of names too: "AP", never "Ap".
        if tail.lower() in agencies() and (size > 1 or len(tail) > 5 or (tail.isupper() and not head.isupper())):
            return head, tail
    return name, ""


@cache
def _cities() -> frozenset[str]:
    return frozenset(words("authors", "cuts", "cities"))


@cache
def agencies() -> frozenset[str]:
    """The names of news agencies, lower case."""
    return frozenset(words("authors", "organisations", "agencies"))
