"""Who said what: statements of named sources, with their words, affiliation and medium.

In: a Doc with entities. Out: statement mentions, at most six an article, each speaker at least once (our annotation guide).
Reporting verbs and media words: models/lexicons/events.toml.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote
from pipeline.events.attribution import SPEAKERS, according_to
from pipeline.events.clauses import clause_of, is_verb, surface_subject
from pipeline.events.fillers import Index, in_class, lexicon
from pipeline.events.predicates import Predicate, predicate_of
from pipeline.records import EntityType

MAX_STATEMENTS = 6
_QUOTED = re.compile(r"[“\"«„]([^“”\"«»]{3,}?)[”\"»]", re.S)
_ACT_SLOTS = frozenset({"obj", "prep:for", "prep:to", "prep:on", "prep:of", "prep:at", "prep:against"})
_SPEECH = re.compile(r"“[^“”]*(?:”|$)|``.*?(?:''|$)|\"[^\"]*(?:\"|$)", re.S)
_OUTLETS = frozenset({"media", "news_agency", "agency", "broadcaster", "newspaper", "platform"})
# Who relays what others did rather than speak for itself: "according to X" names it as an event's source.
_RELAYS = _OUTLETS | {"tracker"}


@dataclass(eq=False)
class Statement:
    """One statement: the reporting word, who speaks, what is said."""

    head: Token
    predicate: Predicate | None
    speakers: list[EntityNote]
    affiliations: list[EntityNote]
    media: list[EntityNote]
    quote: str | None
    evidence: tuple[int, int]
    score: float
    why: list[str] = field(default_factory=list)


def statements(doc: Doc, index: Index) -> list[Statement]:
    """The statements that matter, in text order."""
    found: list[Statement] = []
    text = doc.text
    spoken = _spoken(text)
    for token in doc:
        if not (is_verb(token) and (in_class(token, "reporting") or in_class(token, "speech_act"))):
            continue
        # "I'm not saying everything is well", he said: what is quoted is said by whom the quotation is of
        if not _in_spans(token.idx, spoken) and not _in_caption(token):
            one = _of_verb(token, text, index)
            if one is not None:
                _go_on(one, found, index)
                found.append(one)
    found += [one for token in doc if (one := _of_citing(token, text, index)) is not None]
    for sent in doc.sents:
        one = _of_source(sent, index)
        if one is not None and not any(s.head.sent.start == sent.start for s in found):
            found.append(one)
    found += _of_issuer(doc, index)
    return _select(found)


def _of_citing(verb: Token, text: str, index: Index) -> Statement | None:
    """What an outlet has from somebody: "…, the agency cited the minister as saying"."""
    saying = [o for p in verb.children if p.dep_ == "prep" and p.lower_ == "as" for o in p.children if in_class(o, "reporting")]
    if not (saying and is_verb(verb) and in_class(verb, "quoting")) or verb.tag_ == "VBN":
        return None
    speakers = [n for c in verb.children if c.dep_ == "dobj" for n in index.resolve(c) if n.type is EntityType.PERSON]
    outlets = [n for c in verb.children if c.dep_ == "nsubj" for t in c.subtree for n in index.notes_at(t) if _is_outlet(n)]
    if not speakers:
        return None
    weight = _weight(speakers, True, False, index)
    affiliations = _affiliations(speakers[0], index)
    why = [f"{verb.text!r} by {outlets[0].name}" if outlets else "quoted"]
    return Statement(verb, predicate_of(verb), speakers[:1], affiliations, outlets[:1], None, _extent(verb, text), weight, why)


def _of_source(sent: Span, index: Index) -> Statement | None:
    """What a sentence tells "according to" somebody."""
    sources = [n for n in according_to(sent.root, index) if n.type in SPEAKERS and n.kind not in _RELAYS]
    if not sources:
        return None
    marker = next((t for t in sent if t.lower_ == "according"), sent.root)
    extent = (sent.start_char, sent.start_char + len(sent.text.rstrip()))
    return Statement(marker, None, sources[:1], _affiliations(sources[0], index), [], None, extent, 0.9, ["according to"])


def _in_spans(at: int, spans: list[tuple[int, int]]) -> bool:
    """Whether a place stands inside one of sorted spans that do not overlap."""
    i = bisect_left(spans, (at, at)) - 1
    return i >= 0 and at < spans[i][1]


def _spoken(text: str) -> list[tuple[int, int]]:
    """Where somebody else's words stand: quotations, and what a paragraph opens and does not close."""
    found: list[tuple[int, int]] = []
    start = 0
    for paragraph in text.split("\n\n"):
        found += [(start + m.start(), start + m.end()) for m in _SPEECH.finditer(paragraph)]
        start += len(paragraph) + 2
    return found


def _of_issuer(doc: Doc, index: Index) -> list[Statement]:
    """What a statement that somebody puts out says in the first person: "Statement by NSC Spokesperson X: We can confirm …"."""
    article = doc_notes.article(doc)
    title = next((b for b in article.blocks if b.kind.value == "title"), None) if article is not None else None
    if title is None:
        return []
    words = [t for t in doc if title.start <= t.idx < title.end]
    said = next(
        (t for t in words if in_class(t, "put_out") and t.i + 1 < len(doc) and doc[t.i + 1].lower_ in ("by", "from", "of")), None
    )
    issuers = [n for t in words if said is not None and t.i > said.i for n in index.notes_at(t) if n.type is EntityType.PERSON]
    if not issuers:
        return []
    quoted = [(m.start(), m.end()) for m in _QUOTED.finditer(doc.text)]
    out: list[Statement] = []
    for sent in doc.sents:
        verb = sent.root
        own = [c for c in verb.children if c.dep_ == "nsubj" and c.lower_ in ("we", "i")]
        if not is_verb(verb) or not own or any(a <= verb.idx < b for a, b in quoted):
            continue
        extent = (sent.start_char, sent.start_char + len(sent.text.rstrip()))
        why = [f"{own[0].text!r} of the statement's issuer"]
        out.append(Statement(verb, None, issuers[:1], _affiliations(issuers[0], index), [], None, extent, 1.0, why))
    return out


def _in_caption(token: Token) -> bool:
    article = doc_notes.article(token.doc)
    return article is not None and any(
        b.kind.value in ("caption", "title") and b.start <= token.idx < b.end for b in article.blocks
    )


def _of_verb(verb: Token, text: str, index: Index) -> Statement | None:
    """What a reporting verb tells, with `text` of the whole article (a Doc joins its tokens anew each time it is asked)."""
    subject = surface_subject(verb) or _inverted(verb) or _fronted(verb, index)
    if subject is None or verb.dep_ == "amod" or not _says(verb):
        return None
    predicate = predicate_of(verb)
    if any(a.slot == "obj" and a.head == subject for a in predicate.arguments):
        return None
    speakers = [n for h in index.heads(subject) for n in index.resolve(h) if n.type in SPEAKERS] or _office_of(subject, index)
    if not speakers or _receives(verb, predicate, index):
        return None
    start, end = _extent(verb, text)
    quoted = next((q for q in _QUOTED.finditer(text, start, end) if not _is_nickname(q, text)), None)
    content = any(a.slot == "comp" for a in predicate.arguments) or any(c.dep_ in ("ccomp", "parataxis") for c in verb.children)
    content = content or _in_statement(verb)
    if quoted is None and not _tells(verb, predicate, content, speakers[0]):
        return None
    return Statement(
        verb,
        predicate,
        speakers,
        [a for s in speakers for a in _affiliations(s, index)],
        _media(predicate, verb, index),
        quoted.group(1).strip() if quoted else None,
        (start, end),
        _weight(speakers, content, quoted is not None, index),
        [f"{verb.text!r} by {speakers[0].name}"],
    )


def _office_of(subject: Token, index: Index) -> list[EntityNote]:
    """ "President Hasan's office": what speaks for somebody named."""
    owned = any(n.type in SPEAKERS for c in subject.children if c.dep_ == "poss" for n in index.resolve(c))
    note = index.nominal(subject, EntityType.ORGANIZATION) if owned and in_class(subject, "speaking_office") else None
    return [note] if note is not None else []


def _receives(verb: Token, predicate: Predicate, index: Index) -> bool:
    """ "President Novak welcomed the premier": a guest is welcomed and no news."""
    guests = [n for a in predicate.slot("obj") for n in index.resolve(a.head)]
    return in_class(verb, "receiving") and any(n.type in (EntityType.PERSON, EntityType.GROUP) for n in guests)


def _in_statement(verb: Token) -> bool:
    """ "Said in a statement on Monday that …", "told a news conference that …", "expressed hope that …": the parser
    hangs the clause on the noun."""
    nouns = [o for p in verb.children if p.dep_ == "prep" for o in p.children if o.dep_ == "pobj" and in_class(o, "put_out")]
    nouns += [o for o in verb.children if o.dep_ == "dobj"]
    return any(c.dep_ in ("acl", "relcl") and any(m.lower_ == "that" for m in c.lefts) for n in nouns for c in n.children)


def _is_nickname(quoted: re.Match[str], text: str) -> bool:
    """'Benjamin "Benny" Gantz': a name in quotation marks within a name."""
    word, before, after = quoted.group(1), text[: quoted.start()].split()[-1:], text[quoted.end() :].split()[:1]
    return (
        " " not in word
        and all(w[:1].isupper() and w[-1:].isalpha() for w in (word, *before))
        and any(w[:1].isupper() for w in after)
    )


def _tells(verb: Token, predicate: Predicate, content: bool, speaker: EntityNote) -> bool:
    """Whether a reporting verb without a quotation has something told: a clause (`content`), or an act of speech."""
    if in_class(verb, "relaying") and speaker.kind in _RELAYS:
        return False  # "TASS reported that …" passes on what others did
    if in_class(verb, "withholding") and predicate.clause is not None and predicate.clause.negated:
        return False  # "Rheinmetall would not say how many shells it had shipped"
    act = in_class(verb, "speech_act") and any(a.slot in _ACT_SLOTS for a in predicate.arguments)
    if act and speaker.type is not EntityType.GROUP and speaker.kind not in _RELAYS and not _calls_upon(verb):
        return True
    return content and (not in_class(verb, "reporting_quote_only") or in_class(verb, "reporting_content"))


def _weight(speakers: list[EntityNote], content: bool, quoted: bool, index: Index) -> float:
    """How much a statement matters: what is quoted or told at length, of a person or a body with a name."""
    named = [s for s in speakers if s.type is not EntityType.GROUP]
    weight = (
        (1.0 if content or quoted else 0.7)
        + 0.8 * quoted
        + 0.5 * any(s.type is EntityType.PERSON for s in named)
        - (0.0 if named else 0.3 if any(_of_a_body(s, index) for s in speakers) else 0.6)
    )
    return weight - 0.4 if any((s.kind or "") in _OUTLETS for s in speakers) else weight


def _of_a_body(group: EntityNote, index: Index) -> bool:
    """Whether an unnamed speaker speaks for a named body: "a State Department official", "the army"."""
    first = group.mentions[0]
    inside = range(first.token_start, first.token_end)
    root = index.doc[first.token_start : first.token_end].root
    body = in_class(root, "speaking_body") or (in_class(root, "speaking_office") and _speaks_for(root, index))
    return body or any(n.type is EntityType.ORGANIZATION for i in inside for _, n in index.by_token.get(i, []))


def _speaks_for(spokesman: Token, index: Index) -> bool:
    """ "Hasan's spokesman", "a spokeswoman for the president": who speaks for somebody that the text tells of."""
    owners = [c for c in spokesman.children if c.dep_ == "poss"]
    owners += [o for p in spokesman.children if p.dep_ == "prep" and p.lower_ in ("for", "of") for o in p.children]
    return any(n.type in SPEAKERS for o in owners for n in index.resolve(o))


def _calls_upon(verb: Token) -> bool:
    """ "The minister called on the president", "the ship will call at Callao": a visit, unless it says what for."""
    on = [o for p in verb.children if p.dep_ in ("prep", "prt") for o in p.children]
    # "called on the president to resign", but not "will call on the president, whom he is to brief"
    asked = any(t.lower_ == "for" and t.head in (verb, *on) for t in verb.subtree)
    asked |= any(t.tag_ == "TO" and t.head.head in (verb, *on) and t.head.dep_ != "relcl" for t in verb.subtree if t.i > verb.i)
    named = any(c.dep_ in ("dobj", "oprd", "attr", "ccomp", "dative") for c in verb.children)
    there = any(c.dep_ in ("prep", "prt") and c.lower_ in ("on", "upon", "at") for c in verb.children)
    return in_class(verb, "calling") and there and not (asked or named)


def _go_on(one: Statement, before: list[Statement], index: Index) -> None:
    """ "She added …": who adds has just spoken, whoever else was named in between."""
    subject = surface_subject(one.head)
    if subject is None or not in_class(one.head, "going_on") or subject.lower_ not in ("he", "she"):
        return
    others = lexicon()["pronoun_of_her" if subject.lower_ == "he" else "pronoun_of_him"]
    for earlier in reversed(before):
        speaker = earlier.speakers[0]
        pronouns = {m.text.lower() for m in speaker.mentions if m.form == "pronoun"}
        if speaker.type is EntityType.PERSON and not pronouns & others:
            one.speakers, one.affiliations = [speaker], _affiliations(speaker, index)
            one.why.append("goes on")
            return


def _says(verb: Token) -> bool:
    """Whether the clause has it said: not "would not confirm", "without asking", "is considering urging", "if she believes"."""
    clause = clause_of(verb)
    if (
        clause.negated
        or any(m in lexicon()["unsaid"] for m in clause.modals)
        or "if" in clause.marks
        or "whether" in clause.marks
    ):
        return False
    above = verb.head
    if verb.dep_ == "pcomp":
        return above.lower_ not in ("without", "instead", "before", "against", "from")
    return verb.dep_ not in ("xcomp", "ccomp") or not (in_class(above, "possible") and verb.tag_ in ("VB", "VBG"))


def _fronted(verb: Token, index: Index) -> Token | None:
    """The person before a main verb left without a subject: "In an interview with X, Y, a professor, assessed that …" is
    often read as X and Y."""
    if verb.dep_ != "ROOT" or not any(c.dep_ == "ccomp" for c in verb.children):
        return None
    before = [t for t in verb.doc[verb.sent.start : verb.i] if t.dep_ in ("conj", "appos", "pobj")]
    named = [t for t in before if any(n.type is EntityType.PERSON for n in index.notes_at(t))]
    return named[-1] if named else None


def _inverted(verb: Token) -> Token | None:
    """The speaker after the verb that follows a quotation: '"We stand ready," tweeted Johnson'."""
    doc = verb.doc
    if verb.i == 0 or not (doc[verb.i - 1].is_quote or (doc[verb.i - 1].is_punct and verb.i > 1 and doc[verb.i - 2].is_quote)):
        return None
    following = next((t for t in doc[verb.i + 1 : min(verb.i + 8, len(doc))] if t.tag_ in ("NNP", "NNPS")), None)
    if following is None:
        return None
    while following.dep_ == "compound" and following.head.i > following.i:
        following = following.head
    return following


def _extent(verb: Token, text: str) -> tuple[int, int]:
    """The sentence of the verb in the article's text, and the one before or after while a quotation runs on."""
    sent = verb.sent
    start, end = sent.start_char, sent.start_char + len(sent.text.rstrip())
    stop = text.find("\n\n", end)
    stop = len(text) if stop < 0 else stop
    opened = text[start:end].count("“") > text[start:end].count("”") or text[start:end].count('"') % 2 == 1
    if opened:
        close = re.compile('[”"]').search(text, end, stop)
        if close is not None:
            end = close.end()
        begin = text.rfind("\n\n", 0, start)
        opener = max(text.rfind("“", max(begin, 0), start), text.rfind('"', max(begin, 0), start))
        if opener >= 0 and text[start:end].find("”") >= 0 and "“" not in text[start:end]:
            start = opener
    rest = text[end:stop].lstrip()
    if rest[:1] in ("“", '"'):
        offset = end + (len(text[end:stop]) - len(rest))
        match = _QUOTED.match(text, offset, stop)
        if match is not None:
            end = match.end()
    return start, end


def _affiliations(speaker: EntityNote, index: Index) -> list[EntityNote]:
    """What the text says a speaker belongs to: an organisation, or the state that an office names."""
    if speaker.type is EntityType.PERSON and speaker.parent is not None:
        return [speaker.parent]
    if speaker.type is EntityType.PERSON and speaker.links.country and speaker.role:
        return [
            n for n in doc_notes.entities(index.doc) if n.type is EntityType.COUNTRY and n.links.iso3166 == speaker.links.country
        ][:1]
    return []


_TO_OUTLET = frozenset({"iobj", "obj", "prep:to", "prep:on", "prep:via", "prep:in", "sub:with", "prep:with", "prep:for"})
_ON_OUTLET = frozenset({"prep:on", "prep:via", "sub:on"})


def _media(predicate: Predicate, verb: Token, index: Index) -> list[EntityNote]:
    """The outlet that somebody told it to, or that carried it."""
    slots = _TO_OUTLET if in_class(verb, "medium_verb") else _ON_OUTLET
    told = [a.head for a in predicate.arguments if a.slot in slots]
    for child in verb.children:
        # "speaking to Bloomberg, she denied the report"
        if child.dep_ == "advcl" and child.tag_ == "VBG" and in_class(child, "medium_verb"):
            told += [a.head for a in predicate_of(child).arguments if a.slot in _TO_OUTLET]
    if verb.tag_ == "VBN" and in_class(verb, "quoting"):
        # "was quoted by Le Monde as saying"
        told += [a.head for a in predicate.slot("subj")]
    out = [n for head in told for n in index.resolve(head) if _is_outlet(n)]
    for token in verb.sent:
        # "in an interview with the BBC", "in remarks carried by Al Jazeera"
        if token.tag_.startswith("NN") and in_class(token, "aired"):
            out += [n for t in (*token.subtree, *_phrase(token)) for n in index.notes_at(t) if _is_outlet(n)]
    return list(dict.fromkeys(out))[:1]


def _phrase(noun: Token) -> list[Token]:
    """The words behind a noun up to the next comma or verb: the parser may hang the name in "to the news agency X" elsewhere."""
    out: list[Token] = []
    for token in noun.doc[noun.i + 1 : noun.sent.end]:
        if token.is_punct or is_verb(token):
            break
        out.append(token)
    return out


def _is_outlet(note: EntityNote) -> bool:
    return note.type is EntityType.ORGANIZATION and (note.kind or "") in _OUTLETS


def _select(found: list[Statement]) -> list[Statement]:
    """Each speaker's best statement first, then the best of the rest, up to the guide's limit. "…, she said, adding
    that …" is one."""
    ordered: list[Statement] = []
    for one in sorted(found, key=lambda s: (-s.score, s.head.i)):
        same = [s for s in ordered if one.speakers[0] is s.speakers[0] and one.head.sent.start == s.head.sent.start]
        if not same:
            ordered.append(one)
        elif not same[0].media:
            # "… was over, he said, TASS quoted him as saying"
            same[0].media = one.media
    chosen: list[Statement] = []
    seen: set[int] = set()
    for s in ordered:
        key = id(s.speakers[0])
        if key not in seen and s.score >= 0.5:
            seen.add(key)
            chosen.append(s)
    for s in ordered:
        if s not in chosen and s.score >= 1.5:
            chosen.append(s)
    return sorted(chosen[:MAX_STATEMENTS], key=lambda s: s.head.i)
