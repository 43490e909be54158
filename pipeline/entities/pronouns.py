"""Resolves pronouns: he, she, it, they and their forms, "who" and "which", and "I" and "we" inside quotations.

In: a `Discourse` and the profiles of persons. Out: mentions of form "pronoun" on entities; a plural one on each of several. A
pronoun with two candidates about as likely stays alone, and so does an "it" that means nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.entities.discourse import SUBJECTS, Discourse, Ref, clause_subjects, grammatical_role, is_one
from pipeline.entities.gender import Profile
from pipeline.entities.phrases import NOUN_TAGS, lexicon, words
from pipeline.records import EntityType

_AIRCRAFT = frozenset({EntityType.AIRCRAFT, EntityType.AIRCRAFT_TYPE})
_BODIES = frozenset({EntityType.ORGANIZATION, EntityType.COUNTRY})
_THINGS = _AIRCRAFT | _BODIES | {EntityType.EQUIPMENT, EntityType.TREATY, EntityType.AIRPORT, EntityType.PLACE}
_ACTORS = frozenset({EntityType.PERSON, EntityType.GROUP, EntityType.COUNTRY, EntityType.ORGANIZATION})
_VEHICLES = _AIRCRAFT | {EntityType.EQUIPMENT}
_STILL = frozenset({EntityType.COUNTRY, EntityType.PLACE, EntityType.AIRPORT})
_OPEN, _CLOSE = frozenset('"“«„'), frozenset('"”»')

Profiles = dict[int, Profile]


@dataclass(slots=True)
class Quotations:
    """The tokens inside quotation marks, and who speaks them where a verb of saying next to them gives a person."""

    tokens: set[int] = field(default_factory=set)
    speakers: dict[int, EntityNote] = field(default_factory=dict)


def resolve(discourse: Discourse, token: Token, profiles: Profiles, quoted: Quotations) -> None:
    """Resolves one token if it is a pronoun whose antecedent is sure. `quoted` says what is inside quotation marks."""
    word = token.lower_
    if word in words("grammar", "pronouns", "relative") and token.tag_ in ("WP", "WDT", "WP$"):
        _add(discourse, token, relative(discourse, token))
    elif token.tag_ not in ("PRP", "PRP$"):
        return
    elif token.i in quoted.tokens:
        # Whom a speaker means by "he" or "they" is rarely in the reporter's text.
        if word in words("grammar", "pronouns", "first") and token.i in quoted.speakers:
            _add(discourse, token, [quoted.speakers[token.i]])
    elif word in words("grammar", "pronouns", "he"):
        _add(discourse, token, _list(_person(discourse, token, profiles, "m")))
    elif word in words("grammar", "pronouns", "she"):
        _add(discourse, token, _list(_person(discourse, token, profiles, "f")))
    elif word in words("grammar", "pronouns", "it"):
        _add(discourse, token, _body_that_says(discourse, token) or _list(_thing(discourse, token)))
    elif word in words("grammar", "pronouns", "they"):
        _add(discourse, token, _body_that_says(discourse, token) or _many(discourse, token))


def _list(note: EntityNote | None) -> list[EntityNote]:
    return [note] if note is not None else []


def _add(discourse: Discourse, token: Token, notes: list[EntityNote]) -> None:
    for note in notes:
        discourse.add(note, token.i, token.i + 1, "pronoun")


def at_head(discourse: Discourse, token: Token) -> list[EntityNote]:
    """The entities whose mention has the token as its head; the longest mention's first."""
    found = [
        r
        for r in discourse.near(token)
        if r.head.i == token.i or (r.mention.token_start <= token.i < r.mention.token_end and r.mention.form == "name")
    ]
    found.sort(key=lambda r: r.mention.token_start - r.mention.token_end)
    return list(dict.fromkeys(r.note for r in found))


def relative(discourse: Discourse, token: Token) -> list[EntityNote]:
    """The antecedent of a relative pronoun: the noun that its clause modifies."""
    verb = token
    while verb.head != verb and verb.dep_ != "relcl":
        verb = verb.head
        if verb.i < token.i and verb.dep_ != "relcl" and verb.tag_ not in ("IN", "TO"):
            return []
    if verb.dep_ != "relcl" or verb.head.tag_ not in NOUN_TAGS or verb.head.i > token.i:
        return []
    notes = _whole(discourse, verb.head)
    if token.lower_ in ("who", "whom"):
        return [n for n in notes if n.type in _ACTORS]
    if (
        token.dep_ in SUBJECTS
        and verb.lower_ in lexicon("coreference")["verbs"]["moves"]
        and any(n.type in _STILL for n in notes)
    ):
        vehicles = discourse.before(token, lambda ref: ref.note.type in _VEHICLES, 0)
        return [vehicles[0].note] if vehicles else []
    return notes


def _whole(discourse: Discourse, head: Token) -> list[EntityNote]:
    """The entity that a noun heads, unless the noun is only the beginning of a longer name ("Iran" of "Iran–Iraq War")."""
    found = at_head(discourse, head)[:1]
    following = discourse.doc[head.i + 1] if head.i + 1 < len(discourse.doc) else None
    return [] if following is not None and following.tag_ in ("NNP", "NNPS", "HYPH") and following.text[:1] != "(" else found


def _person(discourse: Discourse, token: Token, profiles: Profiles, gender: str) -> EntityNote | None:
    guest = _guest(discourse, token)
    if guest is not None:
        return guest
    scores = lexicon("coreference")["scores"]
    own = _own_subjects(token)
    if token.head.lemma_.lower() in words("coreference", "verbs", "own_act") and (ahead := _introduced(discourse, token, own)):
        return ahead
    other = "f" if gender == "m" else "m"

    def accepts(ref: Ref) -> bool:
        known = profiles.get(id(ref.note))
        return is_one(ref.note) and (known is None or known.gender != other)

    def bonus(ref: Ref) -> float:
        known = profiles.get(id(ref.note))
        value = scores["own_clause_subject"] if _heads_any(ref, own) else 0.0
        if known is None or known.gender is None:
            value += scores["unknown_gender"]
        if _speaks(token) and _speaks(ref.head):
            value += scores["last_speaker"]
        return float(value)

    found = discourse.choose(token, accepts, bonus) or _ahead(discourse, token, own, accepts)
    if found is not None and (known := profiles.get(id(found))) is not None and known.gender is None:
        known.gender = gender
    return found


def _guest(discourse: Discourse, token: Token) -> EntityNote | None:
    """ "The president welcomed *his guest* as he arrived": whom one receives when he arrives."""
    verb, above = token.head, token.head.head
    arrives = verb.lemma_.lower() in words("coreference", "verbs", "arrives") and token.dep_ in SUBJECTS and verb.dep_ == "advcl"
    if not arrives or above.lemma_.lower() not in words("coreference", "verbs", "receives"):
        return None
    received = [c for c in above.children if c.dep_ in ("dobj", "nsubjpass")]
    named = [*(a for t in received for a in t.children if a.dep_ == "appos"), *received]
    found = [n for t in named for n in at_head(discourse, t) if is_one(n)]
    return found[0] if found else None


def _ahead(discourse: Discourse, token: Token, own: list[Token], accepts: Callable[[Ref], bool]) -> EntityNote | None:
    """ "During his visit to Tashkent, Wang Yi met traders": where nobody was named before, the subject that follows is meant."""
    named = [r for r in discourse.near(own[0]) if _heads_any(r, own) and accepts(r)] if len(own) == 1 else []
    return named[0].note if token.tag_ == "PRP$" and named and token.i < own[0].left_edge.i else None


def _introduced(discourse: Discourse, token: Token, own: list[Token]) -> EntityNote | None:
    """ "He left. During *his* visit to Lima, Secretary-General Ali Hasan said": who is named in full for the first time
    behind what only its doer can call his own."""
    found = _ahead(discourse, token, own, lambda ref: is_one(ref.note) and ref.mention.form == "name")
    told = found is not None and any(r.note is found and r.mention.token_start < token.i for r in discourse.refs)
    return found if found is not None and not told and " " in found.name else None


def _speaks(token: Token) -> bool:
    return token.dep_ == "nsubj" and token.head.lower_ in words("people", "verbs", "of_speech")


def _own_subjects(token: Token) -> list[Token]:
    """The subjects of the clause that a possessive or a pronoun of a dependent clause stands in."""
    if token.tag_ == "PRP$":
        return clause_subjects(token)
    if token.dep_ in SUBJECTS and token.head.dep_ in ("advcl", "ccomp"):
        return [c for c in token.head.head.children if c.dep_ in SUBJECTS]
    if token.dep_ in SUBJECTS and token.head.dep_ == "relcl" and any(c.tag_ == "WRB" for c in token.head.children):
        # "Hasan came back from Lima, *where he* met bankers"
        return clause_subjects(token.head.head)
    return []


def _heads_any(ref: Ref, tokens: list[Token]) -> bool:
    return any(ref.mention.token_start <= t.i < ref.mention.token_end for t in tokens)


def _thing(discourse: Discourse, token: Token) -> EntityNote | None:
    if _expletive(token):
        return None
    wanted = _type_wanted(token)
    own = _own_subjects(token)
    if token.tag_ == "PRP$":
        direct = [n for t in own for n in at_head(discourse, t)[:1]]
        if (
            len(direct) == 1
            and direct[0].type in (_VEHICLES if wanted == _AIRCRAFT else wanted or _THINGS)
            and direct[0].type in _THINGS | {EntityType.GROUP}
        ):
            return direct[0]
    if wanted is None:
        return None

    def accepts(ref: Ref) -> bool:
        return ref.note.type in wanted and not _adjectival(ref)

    return discourse.choose(token, accepts, lambda ref: 0.0, sentences=1)


def _body_that_says(discourse: Discourse, token: Token) -> list[EntityNote]:
    """ "Kenya Airways said it would suspend flights": a body that says what "it" does speaks of itself."""
    verb = token.head
    if token.dep_ not in SUBJECTS or _expletive(token) or verb.lower_ in words("coreference", "expletive", "verbs"):
        return []
    while verb.dep_ == "conj" and verb.head.tag_.startswith("VB"):
        verb = verb.head
    saying = verb.head
    if verb.dep_ != "ccomp" or saying.lower_ not in words("people", "verbs", "of_speech"):
        return []
    subjects = [c for c in saying.children if c.dep_ in SUBJECTS and c.i < token.i]
    found = [n for t in subjects for n in at_head(discourse, t)[:1]]
    return [n for n in found if n.type in _BODIES or (n.type is EntityType.GROUP and n.kind in ("collective", "bodies"))][:1]


def _adjectival(ref: Ref) -> bool:
    """Whether a state is only named by an adjective before a noun: "Russian jet" does not bring up Russia."""
    return ref.note.type is EntityType.COUNTRY and ref.head.dep_ in ("amod", "compound", "nmod")


def _type_wanted(token: Token) -> frozenset[EntityType] | None:
    """Of what types the thing must be, by what it does or owns; None when that does not tell."""
    table = lexicon("coreference")
    if token.tag_ == "PRP$":
        owned = {t.lower_ for t in [token.head, *token.head.lefts]}
        stems = owned | {w.removesuffix("s") for w in owned}
        if stems & set(table["owned"]["aircraft"]) and not stems & set(table["owned"]["organization"]):
            return _AIRCRAFT
        if stems & set(table["owned"]["country"]):
            return frozenset({EntityType.COUNTRY})
        return frozenset({EntityType.ORGANIZATION}) if stems & set(table["owned"]["organization"]) else None
    if token.dep_ in ("nsubj", "nsubjpass"):
        verb = {token.head.lower_, token.head.lemma_.lower()}
        for kind, types in (("body", _BODIES), ("aircraft", _AIRCRAFT), ("ship", frozenset({EntityType.EQUIPMENT}))):
            if verb & set(table["verbs"][kind]):
                return types
    return None


def _expletive(token: Token) -> bool:
    """Whether "it" means nothing: "it is clear that", "it takes two hours to"."""
    if token.lower_ != "it":
        return False
    if token.dep_ == "expl":
        return True
    verb = token.head
    clausal = any(
        c.dep_ in ("ccomp", "csubj", "xcomp", "advcl") and c.i > verb.i
        for c in verb.subtree
        if c.head == verb or c.head.head == verb
    )
    if verb.lower_ in words("coreference", "expletive", "verbs") and clausal:
        return True
    return verb.lemma_ == "be" and clausal and any(c.dep_ in ("acomp", "attr") for c in verb.children)


def _many(discourse: Discourse, token: Token) -> list[EntityNote]:
    """Several entities or one group: the coordinated subject of the clause or of the sentence before, else a group."""
    for subject in _own_subjects(token) or _previous_subjects(discourse, token):
        joined = [n for t in (subject, *subject.conjuncts) for n in at_head(discourse, t)[:1]]
        kinds = {n.type for n in joined}
        if len(joined) > 1 and len(kinds) == 1 and kinds <= {EntityType.PERSON, EntityType.COUNTRY, EntityType.ORGANIZATION}:
            return list(dict.fromkeys(joined))
        if len(joined) == 1 and _plural_group(joined[0]) and token.tag_ == "PRP$":
            return joined
    here = discourse.sentence(token.i)

    def accepts(ref: Ref) -> bool:
        return _plural_group(ref.note) and (ref.sentence == here or grammatical_role(ref.head) == "subject")

    return _list(discourse.choose(token, accepts, lambda ref: 0.0, sentences=1))


def _previous_subjects(discourse: Discourse, token: Token) -> list[Token]:
    """The subjects of the sentence before, when the pronoun is the first subject of its own."""
    if token.dep_ not in SUBJECTS or token.head.dep_ != "ROOT":
        return []
    first = token.sent.start
    if first == 0:
        return []
    previous = token.doc[first - 1].sent
    return [c for c in previous.root.children if c.dep_ in SUBJECTS]


def _plural_group(note: EntityNote) -> bool:
    return note.type is EntityType.GROUP and note.kind in ("people", "collective", "bodies")


def quotations(discourse: Discourse) -> Quotations:
    """What stands inside quotation marks; a mark that is not closed in its block opens nothing."""
    found = Quotations()
    opened: int | None = None
    for token in discourse.doc:
        if token.is_space and "\n\n" in token.text:
            opened = None
        elif opened is None and token.text in _OPEN:
            opened = token.i
        elif opened is not None and token.text in _CLOSE:
            inside = range(opened + 1, token.i)
            found.tokens.update(inside)
            speaker = _speaker(discourse, opened, token.i)
            if speaker is not None:
                found.speakers.update(dict.fromkeys(inside, speaker))
            opened = None
    return found


def _speaker(discourse: Discourse, start: int, end: int) -> EntityNote | None:
    """The person who is subject of a verb of saying outside of the quotation, in the sentences that it touches."""
    doc = discourse.doc
    first, last = doc[start].sent.start, doc[end].sent.end
    if last == end + 1 and last < len(doc) and not doc[last].is_space:
        last = doc[last].sent.end
    outside = [t for t in doc[first:last] if not start <= t.i <= end]
    subjects = [t for t in outside if _speaks(t)]
    subjects.sort(key=lambda t: min(abs(t.i - start), abs(t.i - end)))
    for subject in subjects:
        named = [t for t in (subject, *subject.children) if t == subject or t.dep_ == "appos"]
        notes = [n for t in named for n in at_head(discourse, t) if is_one(n)]
        notes.sort(key=lambda n: n.type is not EntityType.PERSON)
        if notes:
            return notes[0]
    return None
