"""Where personal names stand: what the recogniser saw, trimmed, widened and completed.

In: a parsed Doc with named entities. Out: token ranges. The recogniser (spaCy) cuts names, takes titles and nationalities into
them, runs over line breaks, and calls some persons places; persons of the table that `known_people` reads are taken where
they stand, whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc, Token

from pipeline.entities import known_people, roles
from pipeline.entities import personal_names as names
from pipeline.entities.matching import fold
from pipeline.entities.phrases import words

BLOCKING = frozenset({"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "CARDINAL", "ORDINAL", "NORP"})
"""Labels of the recogniser that no name has."""
_LONGEST_NAME = 6
"""Words; longer runs of capitals are headlines or bodies."""


def spans(doc: Doc) -> list[tuple[int, int]]:
    """Token ranges of all places that may be a person's name, trimmed and widened, in text order."""
    found: dict[int, int] = {}
    for start, end in _candidates(doc):
        trimmed = _trim(doc, start, end)
        if trimmed is None:
            continue
        start, end = _widen(doc, *trimmed)
        if not _plausible(doc, start, end):
            continue
        if end > found.get(start, start):
            found[start] = end
    return _called_after(doc, _with_known(doc, _disjoint(found.items())))


def _with_known(doc: Doc, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges and those of known persons, which win unless a range only adds names to one: "Mohammed bin Salman Al Saud"."""
    known = [(k.start, k.end) for k in known_people.find(doc)]
    kept = []
    for start, end in ranges:
        inside = [k for k in known if k[0] < end and start < k[1]]
        if not inside:
            kept.append((start, end))
        elif len(inside) == 1 and _adds_names(doc, (start, end), inside[0]):
            known.remove(inside[0])
            kept.append((start, end))
    return sorted(kept + known)


def _adds_names(doc: Doc, longer: tuple[int, int], known: tuple[int, int]) -> bool:
    if longer[0] > known[0] or longer[1] < known[1]:
        return False
    return longer[0] == known[0] or fold(doc[longer[0]].text) in names.genders()


def _disjoint(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(ranges, key=lambda r: (r[0], -r[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _candidates(doc: Doc) -> Iterable[tuple[int, int]]:
    for ent in doc.ents:
        if ent.label_ == "PERSON":
            yield from _pieces(doc, ent.start, ent.end)
        elif ent.label_ not in BLOCKING and _named_by_context(doc, ent.start, ent.end):
            yield ent.start, ent.end
    yield from _titled(doc)
    yield from _given_before_known(doc)


def _given_before_known(doc: Doc) -> Iterable[tuple[int, int]]:
    """ "Evo Morales" where the recogniser saw a firm, in a text that calls a person "Mr Morales"."""
    known = {doc[ent.end - 1].text for ent in doc.ents if ent.label_ == "PERSON"}
    for token in doc[1:]:
        before = doc[token.i - 1]
        if token.text in known and token.tag_ == "NNP" and fold(before.text) in names.genders() and names.capitalised(before):
            yield before.i, token.i + 1


def _pieces(doc: Doc, start: int, end: int) -> Iterable[tuple[int, int]]:
    """The range cut at line breaks and at commas and slashes."""
    first = start
    for at in range(start, end):
        if doc[at].is_space or doc[at].text in (",", "/", ";", "(", ")", ":", "&", "|", "and"):
            if first < at:
                yield first, at
            first = at + 1
    if first < end:
        yield first, end


def _named_by_context(doc: Doc, start: int, end: int) -> bool:
    """Whether an entity that was not called a person starts with a given name and stands where persons do."""
    first = start
    while first < end and (names.is_title(doc[first].lower_) or names.is_role(doc[first].lower_)):
        first += 1
    given = fold(doc[first].text) if first < end else ""
    if end - first < 2 or given not in names.genders() or names.is_country_word(doc[first:end].text):
        return False
    if any(not names.capitalised(t) and not names.is_particle(t.lower_) and t.tag_ != "HYPH" for t in doc[first:end]):
        return False
    if first > start or (start and names.is_role(doc[start - 1].lower_)):
        return True
    role = roles.after(doc, end)
    return role is not None and role.head is not None


def _titled(doc: Doc) -> Iterable[tuple[int, int]]:
    """Capitalised words after a title or a role: "Mr Morales", "President Assad"."""
    for token in doc[:-1]:
        lower = token.lower_
        if not (names.is_title(lower) or names.is_role(lower)) or token.is_space:
            continue
        at = token.i + 1
        if doc[at].ent_type_ in ("ORG", "FAC", "GPE", "LOC", "EVENT", "PRODUCT", "LAW") and not token.text[:1].isupper():
            continue
        if doc[at].text == ".":
            at += 1
        stop = at
        while (
            stop < len(doc)
            and stop - at < _LONGEST_NAME
            and names.capitalised(doc[stop])
            and doc[stop].tag_ in ("NNP", "NNPS", "FW")
            and not names.is_role(doc[stop].lower_)
        ):
            stop += 1
        if (
            stop > at
            and doc[at].ent_type_ not in BLOCKING | {"ORG", "FAC", "LOC"}
            and not names.is_country_word(doc[at:stop].text)
        ) and (token.text[:1].isupper() or doc[at].ent_type_ == "PERSON"):
            yield at, stop


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int] | None:
    """The range without titles, roles, nationalities and function words at its edges; None when nothing is left."""
    while start < end and _leads(doc, start, end):
        start += 1
    while start < end and _trails(doc[end - 1]):
        end -= 1
    for at in range(start + 1, end):
        token = doc[at]
        if (
            not names.capitalised(token)
            and not names.is_particle(token.lower_)
            and token.tag_ not in ("HYPH", "POS")
            and token.text not in ("-", ".", "–")
        ):
            end = at
            break
        if token.tag_ == "POS" or (names.is_role(token.lower_) and token.text.islower()):
            end = at
            break
    while start < end and _trails(doc[end - 1]):
        end -= 1
    if end - start > 2 and _goes(doc, end - 1):
        end -= 1
    return (start, end) if start < end else None


def _goes(doc: Doc, at: int) -> bool:
    """ "Ann Smith *Travels* to Africa": the verb of a headline with capitals, as the last word of a name."""
    if at + 1 >= len(doc) or doc[at + 1].tag_ not in ("IN", "TO", "NNP"):
        return False
    return doc[at].lower_ in words("headlines", "verbs", "going") | words("headlines", "verbs", "doing")


def _leads(doc: Doc, at: int, end: int) -> bool:
    token = doc[at]
    lower = token.lower_
    if (
        names.is_title(lower)
        or (lower in words("people", "ranks", "words") and end - at > 1)
        or token.tag_ in ("DT", "PRP$", "IN", "CC", "POS", "HYPH", "WP")
    ):
        return True
    if token.text in (".", "-", "–", "—", "'", '"', "“", "”"):
        return True
    if names.is_role(lower) and (end - at > 1):
        return True
    if lower in words("people", "roles", "qualifiers") and end - at > 1 and not _given(token):
        return True
    if end - at > 1 and names.is_country_word(token.text) and not _given(token):
        return True
    return bool(not names.capitalised(token) and not (names.is_particle(lower) and end - at > 1))


def _given(token: Token) -> bool:
    """Whether a capitalised word that is also a role or a state begins a name: "Jordan", "Chad", "Dean"."""
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    return (
        fold(token.text) in names.genders()
        and following is not None
        and names.capitalised(following)
        and not names.is_role(following.lower_)
    )


def _trails(token: Token) -> bool:
    lower = token.lower_
    if lower in words("people", "names", "suffixes") and token.text[:1].isupper():
        return False
    return (
        (token.tag_ in ("POS", "HYPH", ",", ":", "DT", "IN", "CC") and not token.text[:1].isupper())
        or token.is_space
        or not token.text[:1].isupper()
        or token.text in ("’s", "'s")
    )


def _widen(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The range with hyphenated parts, particles and capitalised neighbours that the recogniser left outside."""
    while start > 1 and _joined_left(doc, start):
        start -= 2 if doc[start - 1].text in ("-", "–", "‑") else 1
    while (
        end < len(doc) - 1
        and doc[end].text in ("-", "–", "‑", "’", "'")
        and not doc[end].whitespace_
        and not doc[end - 1].whitespace_
        and doc[end + 1].text[:1].isalpha()
        and doc[end].tag_ != "POS"
    ):
        if doc[end + 1].text.islower() and doc[end].text not in ("-", "‑"):
            break
        if doc[end + 1].tag_ in ("VBN", "VBG", "JJ") and doc[end + 1].text.islower():
            break
        end += 2
    while end < len(doc) and _continues(doc, start, end):
        end += 1
    while end - 1 > start and not doc[end - 1].text[:1].isupper() and "-" not in doc[end - 2].text:
        end -= 1
    return start, end


def _joined_left(doc: Doc, start: int) -> bool:
    before = doc[start - 1]
    if before.text in ("-", "–", "‑") and not before.whitespace_:
        return (
            doc[start - 2].text[:1].isalpha()
            and not doc[start - 2].whitespace_
            and (names.is_particle(doc[start - 2].lower_) or names.capitalised(doc[start - 2]))
        )
    if before.is_space:
        return False
    if (
        before.lower_ in words("people", "names", "family_first")
        and end_of_pair(doc, start)
        and before.ent_type_ in ("", "PERSON")
    ):
        return names.capitalised(before) and not before.is_sent_start
    if before.ent_type_ not in ("", "PERSON") and not names.is_country_word(doc[start - 2].text):
        return False
    particle = names.is_particle(before.lower_) and before.lower_ not in words("people", "names", "not_particles")
    if particle and names.capitalised(doc[start - 2]) and doc[start - 2].ent_type_ in ("", "PERSON"):
        return True
    return (
        names.capitalised(before)
        and fold(before.text) in names.genders()
        and not names.is_role(before.lower_)
        and not names.is_title(before.lower_)
        and not before.is_sent_start
    )


def end_of_pair(doc: Doc, start: int) -> bool:
    """Whether exactly two capitalised words stand here, as the given name of "No Kwang Chol" does."""
    pair = doc[start : start + 3]
    return len(pair) == 3 and names.capitalised(pair[0]) and names.capitalised(pair[1]) and not names.capitalised(pair[2])


def _continues(doc: Doc, start: int, end: int) -> bool:
    token = doc[end]
    if token.is_space or end - start >= _LONGEST_NAME or token.ent_type_ not in ("", "PERSON"):
        return False
    lower = token.lower_
    if lower in words("people", "names", "suffixes") and token.text[:1].isupper():
        return True
    if lower in words("people", "names", "never") or lower in words("people", "names", "namesakes") or names.is_role(lower):
        return False
    if (
        names.is_particle(lower)
        and end + 1 < len(doc)
        and names.capitalised(doc[end + 1])
        and doc[end + 1].ent_type_ in ("", "PERSON")
        and doc[end + 1].tag_ in ("NNP", "NNPS")
        and token.tag_ not in ("DT", "IN", "CC", "PRP")
    ):
        return True
    return (
        token.tag_ == "NNP"
        and names.capitalised(token)
        and not token.is_sent_start
        and not doc[end - 1].is_sent_end
        and len(token.text) > 1
    )


def is_namesake(doc: Doc, start: int, end: int) -> bool:
    """Whether the words name a ship, a body or a place that bears the person's name."""
    named, small = words("people", "names", "namesakes"), words("people", "names", "namesakes_written_small")
    stop = end
    while stop < min(len(doc), end + 4) and (names.capitalised(doc[stop]) or doc[stop].lower_ in small):
        stop += 1
    if stop == end and end < len(doc) and doc[end].lower_ in words("people", "names", "namesake_powers"):
        return True
    if any(t.lower_ in named and not t.tag_.startswith("VB") for t in doc[end:stop]):
        return True
    if end + 1 < len(doc) and doc[end].tag_ == "HYPH" and doc[end + 1].lower_ == "class":
        return True
    if (_is_prefix(doc[start]) and end - start > 1) or any(t.lower_ in named for t in doc[start + 1 : end]):
        return True
    return bool(start) and _is_prefix(doc[start - 1]) and not doc[start - 1].is_space


def _is_prefix(token: Token) -> bool:
    """Whether a word makes the name after it a ship's or a place's: "MS Estonia", but not "Ms Estrada"."""
    return token.lower_ in words("people", "names", "before") and (token.text.isupper() or not names.is_title(token.lower_))


def _called_after(doc: Doc, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges without names that the text gives to a ship or a place too, unless an office stands before them."""
    things = {fold(doc[start:end].text) for start, end in ranges if is_namesake(doc, start, end)}
    for start, end in ranges:
        if _is_prefix(doc[start]):
            things.add(fold(doc[start + 1 : end].text))
    kept = []
    for start, end in ranges:
        office = start > 0 and (names.is_role(doc[start - 1].lower_) or names.is_title(doc[start - 1].lower_))
        if not is_namesake(doc, start, end) and (office or fold(doc[start:end].text) not in things):
            kept.append((start, end))
    return kept


def _plausible(doc: Doc, start: int, end: int) -> bool:
    tokens = [t for t in doc[start:end] if t.text not in ("-", ".", "–")]
    if not tokens or len(tokens) > _LONGEST_NAME or any(c.isdigit() for t in tokens for c in t.text):
        return False
    # "Gary North": a family name that is also a common word, behind a given name, and the recogniser saw a person.
    sure = len(tokens) == 2 and fold(tokens[0].text) in names.genders() and tokens[1].ent_type_ == "PERSON"
    never = words("people", "names", "never") | names.plural_roles()
    if any(t.lower_ in never for t in (tokens[:1] if sure else tokens)):
        return False
    text = doc[start:end].text
    if names.is_country_word(text) or len(text) < 2:
        return False
    if len(tokens) == 1:
        token = tokens[0]
        if (
            names.is_role(token.lower_)
            or names.is_particle(token.lower_)
            or token.lower_ in words("people", "roles", "qualifiers")
        ):
            return False
        if token.text.isupper():
            return False
        return token.tag_ in ("NNP", "NNPS", "FW") or (token.ent_type_ == "PERSON" and not token.text.isupper())
    return True
