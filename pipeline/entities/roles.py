"""Where the text says what a person is: "Russian leader Vladimir Putin", "Ryo Hinata-Yamaguchi, an adjunct professor at …".

In: a parsed Doc and the tokens of a name. Out: `Role`, the token range of each such phrase next to the name, without article.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.entities import nations
from pipeline.entities import personal_names as names
from pipeline.entities.phrases import NOUN_TAGS, is_head, words

_LEFT = NOUN_TAGS | {"JJ", "JJS", "VBN", "HYPH", "AFX", "FW"}
_TIMES = frozenset({"DATE", "TIME", "MONEY", "PERCENT", "CARDINAL"})
_LONG_BODY = 3
"""Tokens of a name from which "Secretary of" it is a body's."""
_LONGEST = 12
"""Tokens; longer stretches before a name are not a role but a clause gone wrong."""


@dataclass(frozen=True, slots=True)
class Role:
    """Tokens [start, end) of a role, the head's place, and which side of the name it stands on."""

    start: int
    end: int
    head: int | None
    before: bool

    def text(self, doc: Doc) -> str:
        """The role as the text gives it, in one line."""
        return " ".join(doc[self.start : self.end].text.split())


def around(doc: Doc, start: int, end: int) -> list[Role]:
    """The roles that the text puts beside the name at [start, end), the one before it first."""
    found = [
        before(doc, start) or shared(doc, start),
        before_comma(doc, _titled(doc, start), end),
        after(doc, end) or shared_behind(doc, start, end),
        copular(doc, start, end),
    ]
    return [role for role in found if role is not None]


def _titled(doc: Doc, start: int) -> int:
    """Where a name begins with the titles and ranks before it: "the minister, *Lt. Gen.* Ruslan Aliyev"."""
    while start > 0 and (names.is_title(doc[start - 1].lower_) or doc[start - 1].lower_ in words("people", "ranks", "words")):
        start -= 1
    return start


def _run_left(doc: Doc, end: int) -> int:
    """The first token of the run of nouns and adjectives that ends at `end`."""
    at = end
    while at > 0 and end - at < _LONGEST:
        token = doc[at - 1]
        if token.is_space or (token.is_sent_end and not token.text.endswith(".")):
            break
        if token.ent_type_ in _TIMES or _leaves_title(doc, at, end):
            break
        dash = token.text in ("–", "-") and not token.whitespace_ and at > 1 and not doc[at - 2].whitespace_
        possessor = token.tag_ == "POS" and at > 1 and doc[at - 2].tag_ in ("NNP", "NNPS", "NN")
        joined = token.lower_ in ("and", "&") and at < end and names.is_role(doc[end - 1].lower_) and _coordinates(doc, at - 1)
        of = token.lower_ == "of" and at < end and doc[at - 2].lower_ in words("people", "roles", "with_of")
        if token.tag_ in _LEFT or possessor or joined or of or dash or _qualifies(token):
            at -= 1
            continue
        break
    while at < end and (doc[at].tag_ in ("POS", "HYPH", "CC", "VBN", "IN") and not _qualifies(doc[at])):
        at += 1
    return at


def _leaves_title(doc: Doc, at: int, end: int) -> bool:
    """Whether the next word to the left is outside of a capitalised title: "deal" in "brokered the deal President Biden"."""
    token, right = doc[at - 1], doc[at]
    if at == end or token.tag_ not in ("NN", "NNS", "JJ") or _qualifies(token) or names.is_role(token.lower_):
        return False
    return (
        token.text.islower()
        and right.text[:1].isupper()
        and right.tag_ != "POS"
        and names.is_role(doc[end - 1].lower_)
        and doc[end - 1].text[:1].isupper()
    )


def _coordinates(doc: Doc, at: int) -> bool:
    """Whether "and" stands between two words of one office: "trade and industry", not "Trump and Turkish"."""
    if not 0 < at < len(doc) - 1:
        return False
    left, right = doc[at - 1], doc[at + 1]
    named = nations.of(left.text)
    if named is not None and named.form == "name":
        return False
    return (
        left.tag_ in _LEFT
        and left.ent_type_ != "PERSON"
        and left.text[:1].isupper() == right.text[:1].isupper()
        and not names.is_role(left.lower_)
    )


def _qualifies(token: Token) -> bool:
    return token.lower_ in words("people", "roles", "qualifiers") or names.is_title(token.lower_)


def before(doc: Doc, start: int) -> Role | None:
    """The role directly before a name: "US Secretary of State Mike Pompeo", "BBC's Jonathan Marcus"."""
    if start == 0:
        return None
    last = doc[start - 1]
    if names.is_role(last.lower_) or (last.text == "." and start > 1 and names.is_role(doc[start - 2].lower_ + ".")):
        head = start - 1
        return Role(_run_left(doc, start), start, head, True)
    if last.tag_ == "POS":
        first = _run_left(doc, start - 1)
        return Role(first, start - 1, None, True) if first < start - 1 else None
    if names.is_title(last.lower_):
        return before(doc, start - 1)
    return _with_complement(doc, start)


def shared(doc: Doc, start: int) -> Role | None:
    """The office in the plural that several names share: "*foreign ministers* Jan Novak and Ali Hasan"."""
    at = start
    while at > 0 and start - at < _LONGEST and (doc[at - 1].ent_type_ == "PERSON" or doc[at - 1].text in (",", "and", "&")):
        at -= 1
    head = doc[at - 1] if at > 0 else None
    if head is None or head.lower_ not in names.plural_roles() or (at < start and doc[at].text in (",", "and", "&")):
        return None
    return Role(_run_left(doc, at), at, at - 1, True)


def shared_behind(doc: Doc, start: int, end: int) -> Role | None:
    """ "Ana Costa and Jan Novak, *the foreign ministers* of Peru and Poland,": the office in the plural behind several names."""
    at = end
    while at < len(doc) and at - end < _LONGEST and (doc[at].ent_type_ == "PERSON" or doc[at].text in (",", "and", "&")):
        at += 1
    several = any(t.lower_ in ("and", "&") for t in doc[end:at]) or (start > 1 and doc[start - 1].lower_ in ("and", "&"))
    if not several or at + 1 >= len(doc) or doc[at - 1].text != "," or doc[at].lower_ not in ("the", "both"):
        return None
    first = at + 1
    stop = first
    while stop < len(doc) and stop - first < _LONGEST and doc[stop].tag_ in _LEFT:
        stop += 1
    if stop == first or doc[stop - 1].lower_ not in names.plural_roles():
        return None
    return Role(first, stop, stop - 1, False)


def _with_complement(doc: Doc, start: int) -> Role | None:
    """ "Secretary of State", "ambassador to Germany", "minister of transport" right before the name."""
    at = start - 1
    while at > 0 and start - at <= 8 and (doc[at].tag_ in _LEFT or doc[at].lower_ in ("and", "the", "of")):
        head = doc[at - 1]
        if doc[at].lower_ in words("people", "roles", "prepositions") or doc[at].tag_ in ("IN", "TO"):
            break
        at -= 1
    preposition = doc[at] if at > 0 else None
    if preposition is None or preposition.lower_ not in words("people", "roles", "prepositions") or at + 1 >= start:
        return None
    head = doc[at - 1]
    if not names.is_role(head.lower_) or (names.title_gender(head.lower_) is None and head.lower_ in names.plural_roles()):
        return None
    return Role(_run_left(doc, at), start, at - 1, True)


def before_comma(doc: Doc, start: int, end: int) -> Role | None:
    """ "The foreign minister of Cuba, Bruno Parrilla," and "its chief executive, Tewolde GebreMariam,"."""
    if start < 2 or doc[start - 1].text != ",":
        return None
    if (
        end < len(doc)
        and doc[end].text not in (",", ".", ";", ")", ":", "—", "–", "-")
        and not doc[end].tag_.startswith("V")
        and doc[end].tag_ not in ("MD", "IN", "POS", "WP")
    ):
        return None
    name = doc[start:end].root
    heads = [t for t in doc[max(0, start - _LONGEST) : start - 1] if names.is_role(t.lower_) and is_head(t)]
    if not heads:
        return None
    head = heads[-1]
    linked = (name.dep_ == "appos" and (name.head == head or head.is_ancestor(name))) or (
        head.dep_ == "appos" and head.head == name
    )
    opening = _run_left(doc, head.i + 1)
    enclosed = end < len(doc) and doc[end].text == "," and opening > 0 and doc[opening - 1].tag_ == "DT"
    if not (linked or enclosed) or any(t.text == "," or t.is_space or t.tag_.startswith("V") for t in doc[head.i : start - 1]):
        return None
    return Role(_run_left(doc, head.i + 1), start - 1, head.i, True)


def after(doc: Doc, end: int) -> Role | None:
    """ "…, an adjunct professor at the University of Tokyo, said", "…, 54, who heads", "… of the University of Tokyo"."""
    at = end
    if at < len(doc) and doc[at].tag_ == "IN" and doc[at].lower_ in ("of", "from", "at", "with"):
        return _organisation_after(doc, at)
    led = _led(doc, at)
    if led is not None:
        return led
    if at + 1 >= len(doc) or doc[at].text not in (",", "(", "-", "–", "—"):
        return None
    at += 1
    if doc[at].like_num and at + 1 < len(doc) and doc[at + 1].text == ",":
        at += 2
    if at < len(doc) and doc[at].lower_ in ("of", "from", "with", "at"):
        return _organisation_after(doc, at)
    return _noun_phrase_after(doc, at)


def _noun_phrase_after(doc: Doc, at: int) -> Role | None:
    stop = at
    head: int | None = None
    while stop < len(doc) and stop - at < 2 * _LONGEST:
        token = doc[stop]
        inner = token.text == "," and _continues_list(doc, stop)
        if token.is_space or (token.text in (",", ".", ";", ")", "(", "—", "–", ":", '"', "“", "”") and not inner):
            break
        if token.tag_ in ("WP", "WDT", "WRB", "MD", "VBD", "VBZ", "VBP", "WP$", "PRP") or (
            token.tag_ in ("VBG", "VBN") and head is not None
        ):
            break
        if token.ent_type_ in _TIMES or (head == stop - 1 and token.tag_ not in ("IN", "TO", "HYPH", "CC", "POS")):
            break
        if head is None and token.tag_ in NOUN_TAGS and names.is_role(token.lower_) and is_head(token):
            head = stop
        elif head is None and token.tag_ in ("IN", "TO") and token.lower_ != "of":
            break
        stop += 1
    if head is None:
        return None
    while at < head and doc[at].tag_ in ("DT", "PRP$", "RB", "PDT", "CC"):
        at += 1
    while stop > head + 1 and doc[stop - 1].tag_ in ("IN", "TO", "RB", "DT", "CC", "HYPH", "JJ", "PRP$"):
        stop -= 1
    return Role(at, max(_after_comma(doc, stop) if stop == head + 1 else stop, head + 1), head, False)


def _after_comma(doc: Doc, stop: int) -> int:
    """Where the body ends that navy style puts after a comma: "commander, Task Force 70"."""
    at = stop + 1
    if at >= len(doc) or doc[stop].text != ",":
        return stop
    while at < len(doc) and doc[at].tag_ in ("NNP", "NNPS", "CD", "HYPH") and doc[at].ent_type_ not in ("DATE", "TIME"):
        at += 1
    return (
        at
        if at > stop + 1 and doc[stop + 1].tag_ in ("NNP", "NNPS") and at < len(doc) and doc[at].text in (",", ".", "(", ";")
        else stop
    )


def _continues_list(doc: Doc, comma: int) -> bool:
    """Whether a comma in a role stands inside of a body's name ("ministry of trade, industry and energy")."""
    following = doc[comma + 1 : comma + 4]
    return any(t.lower_ == "and" for t in following[1:]) and doc[comma + 1].tag_ in NOUN_TAGS and doc[comma - 1].tag_ in NOUN_TAGS


def _led(doc: Doc, at: int) -> Role | None:
    """What a person leads: "…, who commands US air forces in the Gulf region"."""
    if (
        at + 3 >= len(doc)
        or doc[at].text != ","
        or doc[at + 1].lower_ != "who"
        or doc[at + 2].lower_ not in words("people", "verbs", "of_leading")
    ):
        return None
    first = at + 3
    while first < len(doc) and doc[first].tag_ in ("DT", "PRP$"):
        first += 1
    stop = first
    while stop < len(doc) and (doc[stop].tag_ in _LEFT or doc[stop].lower_ == "of" or doc[stop].tag_ == "POS"):
        stop += 1
    return Role(first, stop, None, False) if stop > first else None


def _organisation_after(doc: Doc, at: int) -> Role | None:
    """The body that a preposition after the name gives: only a capitalised one, the rest is no affiliation."""
    first = at + 1
    if first < len(doc) and doc[first].tag_ in ("DT", "PRP$"):
        first += 1
    stop = first
    while stop < len(doc) and (
        doc[stop].tag_ in ("NNP", "NNPS", "HYPH", "POS")
        or (doc[stop].lower_ in ("of", "for", "and", "the") and stop + 1 < len(doc) and doc[stop + 1].tag_ in ("NNP", "NNPS"))
    ):
        stop += 1
    if stop > first and doc[first].text[:1].isupper():
        return Role(first, stop, None, False)
    while stop < len(doc) and doc[stop].tag_ in _LEFT:
        stop += 1
    body = stop > first and doc[stop - 1].lower_ in words("people", "relations", "bodies") and doc[first - 1].tag_ == "DT"
    return Role(first, stop, None, False) if body else None


def copular(doc: Doc, start: int, end: int) -> Role | None:
    """ "Sergei Lavrov is Russia's foreign minister", "…, who is the head of the agency"; present tense only."""
    name = doc[start:end].root
    if name.dep_ != "nsubj" or name.head.lower_ not in words("people", "roles", "copulas") or name.head.i < end:
        return None
    verb = name.head
    for child in verb.children:
        if child.dep_ == "attr" and names.is_role(child.lower_) and child.i > verb.i:
            if any(c.dep_ == "neg" for c in verb.children):
                return None
            role = _noun_phrase_after(doc, child.left_edge.i)
            return role if role is not None and role.head == child.i else None
    return None


def nation(doc: Doc, role: Role) -> nations.Nation | None:
    """The state that a role belongs to, of the first state named in it: "US ambassador to Germany" is of the US."""
    named = nations.within(doc, role.start, role.end)
    if role.head is not None:
        beside = [n for start, _, n in named if start < role.head]
        if beside:
            return beside[0]
        following = [(start, n) for start, _, n in named if start > role.head]
        sent = doc[role.head].lower_ in words("people", "roles", "sent")
        if following and doc[following[0][0] - 1].lower_ in ("of", "the", "for") and not sent:
            return following[0][1]
        return None
    return named[0][2] if named else None


def is_portfolio(doc: Doc, start: int, end: int) -> bool:
    """Whether a name is what an office is for, and no body: "Trade" and "Trade and Tourism" before "Minister", "State" behind
    "Secretary of", or before "visit"."""
    heads = words("people", "portfolios", "heads")
    if doc[start:end].text.lower() in words("people", "portfolios", "of"):
        occasion = end < len(doc) and doc[end].lower_ in words("people", "portfolios", "occasions")
        return occasion or (start > 1 and doc[start - 1].lower_ == "of" and doc[start - 2].lower_ in heads)
    if start > 1 and doc[start - 1].lower_ == "of" and doc[start - 2].lower_ in heads and end - start < _LONG_BODY:
        return True
    while end + 1 < len(doc) and doc[end].lower_ in ("and", "&") and doc[end + 1].tag_ in NOUN_TAGS:
        end += 2
    return end < len(doc) and doc[end].lower_ in heads and doc[end].text[:1].isupper()
