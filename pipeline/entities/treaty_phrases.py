"""Finds the words of a Doc that speak of a treaty: names in capitals by their shape, and noun phrases.

In: a parsed Doc. Out: `Phrase`, one per place, with what it tells: the kinds the instrument can be of, the states named in
it, a year, whether the phrase is definite, and whether states do something with it. Nothing is resolved here; `treaties` does.
Knowledge: treaty_words.tsv.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.annotations import article as article_of
from pipeline.entities import countries, nations
from pipeline.entities.context import lemma
from pipeline.entities.gazetteers import listed, rows
from pipeline.records import BlockKind

_NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_BEFORE_TAGS = _NOUN_TAGS | {"JJ", "JJR", "JJS", "CD", "VBN", "VBG", "HYPH", "AFX"}
_STRENGTHS = ("strong", "formal", "weak", "made", "plan")
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d")
_LONGEST_NAME, _LONGEST_PHRASE, _LONGEST_MODIFIER = 16, 14, 4
"""Words."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens [start, end) that speak of a treaty; `name` is the phrase with its complement.

    `form` is "name" for names in capitals, else "nominal". `strength` is the use of its noun in the table. `modified`: a word
    tells its kind; `acted`: a verb of treaty making governs it; `between`: two names follow "between"; `subject`: what it is
    "on", content words in small letters.
    """

    start: int
    end: int
    name: str
    form: str
    strength: str
    kinds: frozenset[str]
    modified: bool
    states: tuple[str, ...]
    year: str | None
    definite: bool
    acted: bool
    capital: bool
    complement: bool
    between: bool
    subject: frozenset[str]
    plural: bool


@cache
def words(use: str) -> dict[str, frozenset[str]]:
    """Word → kinds of one use in treaty_words.tsv; kinds are empty where the word tells nothing."""
    gathered: dict[str, set[str]] = defaultdict(set)
    for row in rows("treaty_words.tsv"):
        if row["use"] == use:
            for word in listed(row["words"]):
                gathered[word].update(listed(row["kinds"]))
    return {word: frozenset(kinds) for word, kinds in gathered.items()}


def phrases(doc: Doc, taken: set[int]) -> list[Phrase]:
    """All phrases outside of the `taken` tokens, in text order."""
    named = _names(doc, taken)
    taken = taken | {i for p in named for i in range(p.start, p.end)}
    return sorted([*named, *_nominals(doc, taken)], key=lambda p: p.start)


def _names(doc: Doc, taken: set[int]) -> list[Phrase]:
    """ "Treaty on the Prohibition of Mercenaries", "Kigali Pact": instruments named in capitals."""
    found: list[Phrase] = []
    free = set(range(len(doc))) - taken
    for token in doc:
        low = token.lower_
        if token.i not in free or not token.text[:1].isupper() or low not in words("opening") | words("named"):
            continue
        start, end = _extent(doc, token, free)
        if end - start < 2 or not _is_treaty_name(doc, start, end):
            continue
        free -= set(range(start, end))
        found.append(_phrase(doc, start, end, token, "name", doc[start:end].text, noun=_singular(token)))
    return found


def _extent(doc: Doc, token: Token, free: set[int]) -> tuple[int, int]:
    start, end = token.i, token.i + 1
    if token.lower_ in words("named"):
        while start - 1 in free and token.i - start < _LONGEST_NAME and _joins_left(doc, start - 1):
            start -= 1
        while start < token.i and (doc[start].lower_ in words("inside") or _opens_sentence(doc[start])):
            start += 1
    if token.lower_ in words("opening"):
        at = end
        while at in free and at - token.i < _LONGEST_NAME and not doc[at].is_space:
            before = doc[at - 1].lower_
            if at > end and doc[at].ent_type_ in {"DATE", "PERSON", "GPE"} and before in {"on", "in", "with", "to"}:
                break
            if at > end and doc[at].ent_type_ == "PERSON" and before == "and":
                break
            hyphened = doc[at - 1].text in {"-", "–"} and doc[at - 2].text[:1].isupper() and not doc[at - 1].whitespace_
            if hyphened or doc[at].text[:1].isupper() or _YEAR.fullmatch(doc[at].text):
                end = at + 1
            elif doc[at].lower_ not in words("inside") or (at == token.i + 1 and doc[at].text == ","):
                break
            at += 1
        while doc[end - 1].lower_ in words("inside"):
            end -= 1
        following = doc[token.i + 1].lower_ if end > token.i + 1 else ""
        if following not in words("inside") or (start < token.i and following in {"with", "to", "in", "and"}):
            end = token.i + 1
    return start, end


def _joins_left(doc: Doc, i: int) -> bool:
    token = doc[i]
    if token.is_space or (token.is_sent_start and token.lower_ in words("definite").keys() | words("indefinite").keys()):
        return False
    if token.text in {"-", "–", "/"}:
        return True
    return (
        token.text[:1].isupper()
        and token.lower_ not in words("definite")
        and token.tag_ not in {"IN", "CC", "VBD", "VBZ", "PRP", "WRB"}
    )


def _opens_sentence(token: Token) -> bool:
    return token.is_sent_start is True and token.tag_ not in _NOUN_TAGS | {"JJ", "CD"}


def _is_treaty_name(doc: Doc, start: int, end: int) -> bool:
    low = [t.lower_ for t in doc[start:end]]
    following = doc[end].lower_ if end < len(doc) else ""
    if set(low) & (words("not_after").keys() | words("not_with").keys()) or following in words("not_before"):
        return False
    alpha = [t for t in doc[start:end] if t.is_alpha]
    if all(t.text.isupper() for t in alpha) and len(alpha) > 2:
        return False
    previous = doc[start - 1].lower_ if start else ""
    if previous not in words("indefinite") or low[-1] in words("strong"):
        return True
    # "signed a Comprehensive Partnership Agreement"
    made_by = doc[end - 1].head
    return made_by.i < start and lemma(made_by) in words("verb")


def _nominals(doc: Doc, taken: set[int]) -> list[Phrase]:
    found: list[Phrase] = []
    for token in doc:
        noun = _noun(doc, token)
        if noun is None or token.i in taken or _is_modifier(token):
            continue
        start = _left(doc, token, taken)
        if any(t.lower_ in words("not_deal") for t in doc[start : token.i]):
            continue
        if any(t.lower_ in words("any") for t in doc[max(0, start - 1) : token.i]):
            continue
        if any(t.lower_ in words("not_with") for t in doc[token.i + 1 : token.i + 3]):
            continue
        end = token.i + len(noun.split())
        complement = _complement(doc, token, end)
        name = " ".join(doc[start:complement].text.split())
        found.append(_phrase(doc, start, end, token, "nominal", name, complement, noun))
    return found


def _noun(doc: Doc, token: Token) -> str | None:
    """The noun of treaty_words.tsv that starts or ends here, in the singular; None when there is none."""
    if token.tag_ not in _NOUN_TAGS and token.pos_ not in {"NOUN", "PROPN"}:
        return None
    for noun in _long_nouns():
        size = len(noun)
        if tuple(_singular(t) for t in doc[token.i : token.i + size]) == noun:
            return " ".join(noun)
    single = _singular(token)
    if token.i >= 2 and token.lower_ == "fire" and doc[token.i - 1].text == "-" and doc[token.i - 2].lower_ == "cease":
        return "cease-fire"
    return single if any(single in words(use) for use in _STRENGTHS) else None


@cache
def _long_nouns() -> tuple[tuple[str, ...], ...]:
    nouns = {noun for use in _STRENGTHS for noun in words(use)}
    return tuple(sorted((tuple(n.split()) for n in nouns if " " in n), key=lambda n: (-len(n), n)))


def _singular(token: Token) -> str:
    low = token.lower_
    if low in {"memoranda", "memorandums"}:
        return "memorandum"
    if low.endswith("ies") and len(low) > 5:
        return low[:-3] + "y"
    return low[:-1] if low.endswith("s") and not low.endswith("ss") else low


def _is_modifier(token: Token) -> bool:
    """Whether the noun only modifies another one: "treaty obligations", "ceasefire talks"."""
    following = token.nbor() if token.i + 1 < len(token.doc) else None
    return (
        following is not None
        and token.dep_ in {"compound", "nmod", "amod"}
        and token.head.i > token.i
        and (following.tag_ in _NOUN_TAGS or following.tag_ in {"HYPH", "JJ", "VBN", "VBG"})
    )


def _left(doc: Doc, token: Token, taken: set[int]) -> int:
    """Where the phrase begins: with its modifiers, without article and possessor."""
    start = token.i
    if start >= 2 and doc[start - 1].text == "-" and token.lower_ == "fire":
        start -= 2
    while start > 0 and start - 1 not in taken and token.i - start < 8:
        before = doc[start - 1]
        if before.is_space or (before.tag_ not in _BEFORE_TAGS and before.text not in {"-", "–"}):
            break
        if before.tag_ in {"VBG", "VBN"} and before.dep_ not in {"amod", "compound"} and doc[start].text != "-":
            break
        start -= 1
    while start < token.i and doc[start].text in {"-", "–"}:
        start += 1
    for size in range(_LONGEST_MODIFIER, 1, -1):
        first = token.i - size
        if first >= 0 and first < start and " ".join(t.lower_ for t in doc[first : token.i]) in words("modifier"):
            return first
    return start


def _complement(doc: Doc, token: Token, end: int) -> int:
    """Where the phrases end that say who made it and about what: "between the two ministries on transit"."""
    last = end
    while last < len(doc) and doc[last].lower_ in words("party").keys() | words("subject").keys():
        prep = doc[last]
        if last + 1 < len(doc) and doc[last + 1].ent_type_ in {"DATE", "TIME"}:
            break
        # "signed a treaty on mutual help": the parser often hangs what belongs to the noun on its verb.
        beside = prep.head == token.head and prep.lower_ in {*words("party"), "on", "concerning", "regarding"}
        if not (prep.head.i in range(token.i, last) or token.is_ancestor(prep) or beside):
            break
        edge = min(prep.right_edge.i + 1, token.i + _LONGEST_PHRASE, token.sent.end)
        stop = next(
            (i for i in range(last + 1, edge) if doc[i].text in {",", ";", "(", "—", "–", ":"} or "\n" in doc[i].text), edge
        )
        if prep.lower_ in words("party"):
            stop = next((i for i in range(last + 2, stop) if _opens_place(doc, i)), stop)
        elif stop - last > 3 and _is_city_at(doc, stop - 1):
            stop -= 2
        clause = next((i for i in range(last + 1, stop) if doc[i].dep_ == "relcl" or doc[i].tag_ in {"WDT", "WP"}), stop)
        stop = min(stop, clause if clause == stop else max(last + 1, doc[clause].left_edge.i))
        if stop <= last + 1:
            break
        last = stop
    while last > end and (doc[last - 1].is_punct or doc[last - 1].tag_ in {"IN", "DT", "CC", "TO"}):
        last -= 1
    return last


def _opens_place(doc: Doc, i: int) -> bool:
    """Whether "in Pyongyang" or "at a summit" begins here: where the parties met is no part of what the instrument is called."""
    if doc[i].lower_ not in {"in", "at"} or i + 1 >= len(doc):
        return False
    return doc[i].lower_ == "at" or doc[i + 1].ent_type_ in {"GPE", "FAC"} or doc[i + 1].tag_ in {"NNP", "NNPS"}


def _is_city_at(doc: Doc, i: int) -> bool:
    """Whether a complement ends in "in Muscat": no state, whose customs or border the instrument may be about."""
    return doc[i - 1].lower_ == "in" and doc[i].ent_type_ == "GPE" and nations.of(doc[i].text) is None


def _phrase(
    doc: Doc, start: int, end: int, token: Token, form: str, name: str, complement: int | None = None, noun: str = ""
) -> Phrase:
    low = [t.lower_ for t in doc[start:end]]
    strength = next((use for use in _STRENGTHS if noun in words(use)), "strong")
    kinds = set(words(strength).get(noun, frozenset()))
    known = words("modifier") | words("strong_modifier") if strength == "strong" else words("modifier")
    direct = low if form == "name" else low[: token.i - start]
    modifiers = _modifiers(direct, known) or _modifiers(_subject(doc, end, complement or end), known)
    told = {kind for word in modifiers for kind in known[word]}
    kinds = (kinds & told or told) if told else kinds
    stop = complement or end
    before = doc[start - 1] if start else None
    possessed = before is not None and (before.tag_ == "PRP$" or before.text in {"'s", "’s", "'", "’"})
    bare = not possessed and not any(child.dep_ == "det" for child in token.children)
    definite = (
        form == "name"
        or possessed
        or (before is not None and before.lower_ in words("definite"))
        or (bare and _is_headline(doc, token))
    )
    first = max(0, start - 5) if possessed and before is not None and before.tag_ != "PRP$" else start
    return Phrase(
        start,
        end,
        name,
        form,
        strength,
        frozenset(kinds),
        bool(modifiers),
        states_in(doc, first, stop),
        _year(doc, start, stop),
        definite,
        _is_acted(token, definite),
        doc[end - 1].text[:1].isupper() and not doc[start].is_sent_start,
        stop > end,
        stop > end and doc[end].lower_ == "between" and sum(_starts_name(t) for t in doc[end + 1 : stop]) > 1,
        frozenset(t.lower_ for t in doc[end + 1 : stop] if t.tag_ in _NOUN_TAGS)
        if stop > end and doc[end].lower_ == "on"
        else frozenset(),
        token.tag_ in {"NNS", "NNPS"} and token.lower_ != noun,
    )


def _modifiers(low: list[str], known: dict[str, frozenset[str]]) -> list[str]:
    """The longest modifiers of treaty_words.tsv in these words; hyphens are spaces or letters of the word."""
    joined = "".join(f" {w}" for w in low).replace(" - ", "-").replace(" – ", "-").split()
    text = f" {' '.join(joined)} "
    found: list[str] = []
    for modifier in sorted(known, key=lambda m: (-len(m), m)):
        if f" {modifier} " in text and not any(f" {modifier} " in f" {longer} " for longer in found):
            found.append(modifier)
    return found


def _subject(doc: Doc, start: int, end: int) -> list[str]:
    """The words after "on", "of", "for": what the instrument is about."""
    at = next((i for i in range(start, end) if doc[i].lower_ in words("subject")), end)
    return [t.lower_ for t in doc[at + 1 : end]][: 2 * _LONGEST_MODIFIER]


def _starts_name(token: Token) -> bool:
    return token.tag_ in {"NNP", "NNPS"} and token.nbor(-1).tag_ not in {"NNP", "NNPS"}


def _year(doc: Doc, start: int, end: int) -> str | None:
    """The year in the phrase, or in the words right after it: "the friendship treaty from February 2000"."""
    for i in range(start, min(len(doc), end + 6)):
        token = doc[i]
        if _YEAR.fullmatch(token.text):
            return token.text
        if i >= end and not (token.lower_ in words("before_year") or token.ent_type_ == "DATE"):
            return None
    return None


def states_in(doc: Doc, start: int, end: int) -> tuple[str, ...]:
    """The states named in tokens [start, end), by name, adjective or capital ("the Moscow-Pyongyang pact")."""
    named = [(at, n.iso2) for at, _, n in nations.within(doc, start, end)]
    for i in range(start, end):
        seat = _capitals().get(doc[i].text) or _combining().get(doc[i].lower_)
        if seat:
            named.append((i, seat))
    return tuple(dict.fromkeys(iso2 for _, iso2 in sorted(named)))


@cache
def _combining() -> dict[str, str]:
    """The first half of "Franco-German", "Sino-British" → alpha-2."""
    return dict(pair.split("=", 1) for pair in words("combining"))


@cache
def _capitals() -> dict[str, str]:
    return {c.capital: c.iso2 for c in countries.countries().values() if c.capital and c.capital != c.name}


def _is_headline(doc: Doc, token: Token) -> bool:
    """Whether a token stands in the title, where articles are left out."""
    article = article_of(doc)
    title = next((b for b in article.blocks if b.kind is BlockKind.TITLE), None) if article else None
    return title is not None and title.start <= token.idx < title.end


def _is_acted(token: Token, definite: bool) -> bool:
    """Whether a verb of treaty making governs the noun, or follows it as a participle ("reached in Minsk")."""
    for child in token.children:
        if child.dep_ in {"acl", "relcl"} and lemma(child) in words("verb"):
            return True
        if child.dep_ == "amod" and lemma(child) in words("verb"):
            return True
    head = token.head
    for _ in range(4):
        if head.pos_ in {"VERB", "AUX"}:
            return lemma(head) in words("verb") and (definite or not _is_hypothetical(head))
        if head.head is head:
            return False
        if lemma(head) in words("act"):
            return True
        if head.dep_ not in {"prep", "pobj", "conj", "dobj"}:
            return False
        head = head.head
    return False


def _is_hypothetical(verb: Token) -> bool:
    """Whether a verb tells what could be: "hopes to reach a deal", "could sign"."""
    auxiliaries = {child.lower_ for child in verb.children if child.dep_ in {"aux", "neg"}}
    return bool(auxiliaries & words("hypothetical").keys())
