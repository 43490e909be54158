"""Aircraft as the text speaks of them: which phrases mean one, also "the eight", "another" and "it", and what they say of it.

In: the head token of a noun phrase. Out: whether it stands for something that flies, and the operator, type, registration and
people aboard that the phrase gives. Word classes: models/lexicons/events.toml.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from spacy.tokens import Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote
from pipeline.events.arguments import Argument
from pipeline.events.clauses import is_noun, is_ordinal_subject, is_verb
from pipeline.events.fillers import Filler, Index, in_class, lexicon
from pipeline.events.predicates import predicate_of
from pipeline.records import EntityType


def counted(token: Token) -> Token:
    """What a quantifier counts, or what a part belongs to: "eight of the big grey machines" is about machines, "the tail of an
    A320" about the A320."""
    if (
        (token.tag_ == "CD" and not _is_model(token))
        or in_class(token, "ordinal")
        or in_class(token, "quantifier")
        or in_class(token, "machine_part")
    ):
        for prep in token.children:
            if prep.dep_ == "prep" and prep.lower_ == "of":
                return next((c for c in prep.children if c.dep_ == "pobj"), token)
    return token


def _is_model(number: Token) -> bool:
    """ "Another *737* of the airline", "a Boeing 737-*800* of Iran Air": a number that names a type counts nothing."""
    return any((c.dep_ == "det" and in_class(c, "single")) or c.tag_ == "NNP" for c in number.lefts)


def is_vehicle(token: Token, index: Index) -> bool:
    """A noun that names something that flies, or an airframe or aircraft type."""
    token = counted(token)
    if _stands_for_one(token, index):
        if token.dep_ == "conj" and is_noun(token.head):
            # "118 Americans and 58 others"
            return is_vehicle(token.head, index)
        return elided_vehicle(token, index) is not None
    if _machine_by_name(token):
        return True
    notes = index.notes_at(token)
    if in_class(token, "vehicle") and not any(n.type in (EntityType.PERSON, EntityType.PLACE) for n in notes):
        return not _fights_on_foot(token, notes, index)
    if any(n.type in _MACHINES or n.kind in ("airline", "air_force") for n in notes):
        return True
    if _unlisted_type(token, index):
        return True
    if any(in_class(token, name) for name in ("movement", "machine_role", "set_of_machines")) and any(
        _is_machine(c, index) for c in token.children if c.dep_ in ("compound", "nmod")
    ):
        # "the last Antonov movement", "an An-26 transport", "a Rafale pair"
        return True
    # "the American pair, both C-130s"
    apposed = [c for c in token.children if c.dep_ == "appos"]
    return is_noun(token) and any(n.type in _MACHINES for c in apposed for n in index.notes_at(c))


def _fights_on_foot(token: Token, notes: list[EntityNote], index: Index) -> bool:
    """ "Houthi *fighters* hit a tanker": men of an armed group, and no jets."""
    owners = (n for c in token.children if c.dep_ in _MODIFIERS for n in index.notes_at(c))
    return any(n.type is EntityType.GROUP for n in notes) and any(n.kind == "armed_group" for n in owners)


def _unlisted_type(token: Token, index: Index) -> bool:
    """A designation that no table knows behind an air force or airline: "an RAF Shadow R1"."""
    if not (token.text[:1].isupper() and any(c.isdigit() for c in token.text)):
        return False
    if any(n.kind != "nominal" for n in index.notes_at(token)):
        return False
    before = token.doc[token.left_edge.i : token.i]
    return any(n.kind in ("airline", "air_force") for t in before if t.dep_ in _MODIFIERS for n in index.notes_at(t))


def _machine_by_name(token: Token) -> bool:
    """A maker's name that stands for one of its machines: "an Antonov", "the minister's Falcon"."""
    if not (token.text[:1].isupper() and in_class(token, "machine_by_name")) or token.dep_ in ("compound", "nmod", "poss"):
        return False
    told = any(c.dep_ in ("det", "poss", "nummod") for c in token.children)
    return told and not any(c.dep_ == "compound" and c.i == token.i + 1 for c in token.children)


def _of_maker(head: Token, index: Index) -> list[EntityNote]:
    """ "The Antonov", "the last Antonov movement": the only type of that maker which the article names."""
    named = [c for c in head.children if in_class(head, "movement") and c.dep_ == "compound" and in_class(c, "machine_by_name")]
    words = {t.lower_ for t in ([head] if _machine_by_name(head) else named)}
    types = (n for n in doc_notes.entities(head.doc) if n.type is EntityType.AIRCRAFT_TYPE) if words else ()
    found = [n for n in types if words & set(n.name.lower().split())]
    return found if len(found) == 1 else []


def _is_machine(token: Token, index: Index) -> bool:
    """A word before a noun that names a type, an airframe or a maker of aircraft."""
    return in_class(token, "machine_by_name") or any(n.type in _MACHINES for n in index.notes_at(token))


_MACHINES = (EntityType.AIRCRAFT_TYPE, EntityType.AIRCRAFT)


def is_elliptical(token: Token) -> bool:
    """A determiner, number or ordinal that stands for a noun said before: "a second", "another", "the eight", "the pair"."""
    if token.dep_ == "pobj" and (is_counted_set(token) or _is_so_many_more(token)):
        return True
    if token.dep_ not in ("nsubj", "nsubjpass", "dobj", "conj") and not is_ordinal_subject(token):
        return False
    if is_counted_set(token):
        return True
    return (
        token.tag_ == "CD"
        or in_class(token, "elided")
        or (in_class(token, "ordinal") and (token.tag_ == "JJ" or any(c.dep_ == "det" for c in token.children)))
        or token.lower_ == "first"
        or (token.lower_ == "last" and any(c.lower_ == "the" for c in token.children))
    )


def _is_so_many_more(token: Token) -> bool:
    """ "(Has signed for) three more", "another two"."""
    if token.tag_ == "CD":
        return any(in_class(c, "another") for c in token.children)
    return token.lower_ == "more" and any(c.tag_ == "CD" for c in token.children)


def _stands_for_one(token: Token, index: Index) -> bool:
    """Whether a number, determiner or pronoun stands for an aircraft; "Air Force *One*" and "a *737*" are one."""
    named = any(n.type in _MACHINES for n in index.notes_at(token))
    return (is_elliptical(token) and not named) or _open_pronoun(token, index)


_KIND = "_kind_word"
"""How the classes of words for one kind of aircraft are called, behind the kind."""
_STILL_MEANT = 2
"""Sentences back in which the only machine may stand that "the jet" means."""


def _carrier_meant(head: Token, index: Index) -> EntityNote | None:
    """ "An Air India Express flight attempted a landing. The aircraft overshot the runway": the carrier of the only machine
    spoken of in the last two sentences, where the text names neither its type nor its mark."""
    goes_on = _is_type_without_owner(head, index)
    if not goes_on and not _is_plain_definite(head, index):
        return None
    start = head.sent.start
    for _ in range(_STILL_MEANT):
        if start:
            start = head.doc[start - 1].sent.start
    before = [t for t in head.doc[start : head.i] if is_noun(t) and in_class(t, "vehicle")]
    told = [[n for c in t.children if c.dep_ in _MODIFIERS for n in index.notes_at(c)] for t in before]
    if any(n.type in _MACHINES for notes in told for n in notes):
        return None
    if goes_on:
        # "A Turkish military plane left Ankara. The A400M carried masks"
        owners = {id(n): n for notes in told for n in notes if _vehicle_role(n) == "operator"}
        several = any(t.tag_ in ("NNS", "NNPS") for t in before)
        return next(iter(owners.values())) if len(owners) == 1 and not several and len(before) == 1 else None
    carriers = {id(n): n for notes in told for n in notes if n.kind in ("airline", "air_force")}
    return next(iter(carriers.values())) if len(carriers) == 1 else None


def _is_type_without_owner(head: Token, index: Index) -> bool:
    """ "The A400M": one machine of a type, of which its phrase does not say whose it is."""
    if not any(n.type is EntityType.AIRCRAFT_TYPE for n in index.notes_at(head)) or head.text.endswith("s"):
        return False
    words = [c for c in head.children if c.dep_ in _MODIFIERS]
    if any(_vehicle_role(n) == "operator" and n.kind != "aircraft_maker" for c in words for n in index.notes_at(c)):
        return False
    return any(c.dep_ == "det" and c.lower_ == "the" for c in head.children)


def _spoken_of(head: Token, index: Index) -> Token | None:
    """The machine that "the jet", "the big freighter" means: the only one named in this sentence before it and the last two."""
    if in_class(head, "flight_noun") or not (_is_plain_definite(head, index) or _is_plain_definite(head, index, ("NNS",))):
        return None
    start = head.sent.start
    for _ in range(_STILL_MEANT):
        if start:
            start = head.doc[start - 1].sent.start
    named = [t for t in head.doc[start : head.i] if any(n.type in _MACHINES and _may_be(n, head) for n in index.notes_at(t))]
    kinds = {id(n) for t in named for n in index.notes_at(t) if n.type is EntityType.AIRCRAFT_TYPE}
    frames = {id(n) for t in named for n in index.notes_at(t) if n.type is EntityType.AIRCRAFT}
    if not named or len(kinds) > 1 or len(frames) > 1:
        return None
    last = named[-1]
    if head.tag_ == "NNS" and not any(c.dep_ == "nummod" for c in last.children) and not last.text.endswith("s"):
        return None
    mention = index.covered(last)
    return head.doc[mention.token_start : mention.token_end].root if mention is not None else last


def _is_plain_definite(head: Token, index: Index, tags: tuple[str, ...] = ("NN",)) -> bool:
    """ "The jet", "the big freighter": a definite noun for one machine that nothing beside it tells apart from others."""
    if not in_class(head, "vehicle") or head.tag_ not in tags:
        return False
    if any(n.type is not EntityType.EQUIPMENT for t in (head, *head.children) for n in index.notes_at(t)):
        return False
    if not any(c.dep_ == "det" and c.lower_ in ("the", "this", "that", "these", "those") for c in head.children):
        return False
    beside = [c for c in head.children if c.dep_ in ("compound", "nmod", "poss", "acl", "relcl", "prep", "appos", "nummod")]
    if any(c.dep_ not in ("acl", "relcl") or head.nbor().text != "," for c in beside):
        # "the aircraft, owned by a charter company, took off" is still the one told before
        return False
    return not any(in_class(c, "another") or in_class(c, "ordinal") for c in head.children)


def _may_be(machine: EntityNote, noun: Token) -> bool:
    """Whether a machine can be called so: a bomber is no freighter."""
    classes = lexicon()
    fitting = [name for name in classes if name.endswith(_KIND) and in_class(noun, name)]
    return not fitting or machine.kind is None or f"{machine.kind}{_KIND}" in fitting


def is_counted_set(token: Token) -> bool:
    """ "The eight", "the pair": all of a number told before."""
    if not any(c.dep_ in ("det", "predet") and c.lower_ in ("the", "both", "all", "these", "those") for c in token.children):
        return False
    apart = (c for c in token.children if c.dep_ in ("prep", "relcl", "appos", "compound", "amod"))
    # "the departure of the group for Engels"
    plain = all(c.dep_ == "prep" and in_class(c, "way") for c in apart)
    return plain and (token.tag_ == "CD" or in_class(token, "set_of_machines"))


def _open_pronoun(token: Token, index: Index) -> bool:
    """A pronoun that coreference left open: a subject, or what a crew or an escort acts on ("the pilot put it down")."""
    if token.lower_ not in ("it", "they", "them") or index.notes_at(token):
        return False
    if token.dep_ in ("nsubj", "nsubjpass"):
        return token.lower_ != "them"
    if token.dep_ != "dobj":
        return False
    crew = any(c.dep_ == "nsubj" and in_class(c, "aircrew") for c in token.head.children)
    return crew or in_class(token.head, "done_to_aircraft")


def elided_vehicle(token: Token, index: Index) -> Token | None:
    """The aircraft that an elliptical head counts on from: the last one of this or the sentence before in the same paragraph."""
    doc, sent = token.doc, token.sent
    start = sent.start
    pronoun = token.tag_ == "PRP"
    for _ in range(2):
        # "It", "Two", "The others" at the head of a paragraph are what the one before spoke of.
        if start == 0 or (doc[start - 1].is_space and token.left_edge.i != start):
            break
        start = doc[start - 1].sent.start
    counted_set = is_counted_set(token)
    if counted_set:
        start = 0
    for i in range(token.i - 1, start - 1, -1):
        other = doc[i]
        if pronoun and (other.dep_ not in ("nsubj", "nsubjpass") or not _agrees(other, token)):
            continue
        if counted_set and not _as_many(other, token):
            continue
        if is_noun(other) and not is_elliptical(other) and is_vehicle(other, index) and not _is_owner(other, token, index):
            return other if other.dep_ != "compound" else other.head
    return None


def _is_owner(noun: Token, counted_on: Token, index: Index) -> bool:
    """ "*KLM* flies four A330s. *KLM* has signed for another two": the subject that has aircraft, or gets them, and is none."""
    notes = index.notes_at(noun)
    had = [c for c in noun.head.children if c.dep_ == "dobj"]
    has = any(in_class(c, "vehicle") or any(n.type in _MACHINES for n in index.notes_at(c)) for c in had)
    has = has or noun.head in counted_on.ancestors
    return noun.dep_ == "nsubj" and has and bool(notes) and all(n.type is EntityType.ORGANIZATION for n in notes)


def _agrees(noun: Token, pronoun: Token) -> bool:
    """Whether a pronoun has the number of a noun phrase; "aircraft" without a number goes with both."""
    numbers = [t for t in noun.doc[noun.left_edge.i : noun.i] if t.dep_ == "nummod" and not _names_a_type(t)]
    if any(c.dep_ == "conj" for c in noun.children) or any(n.lower_ not in ("one", "1") for n in numbers):
        several = True
    elif numbers or any(c.dep_ == "det" and c.lower_ in ("a", "an", "this", "that") for c in noun.children):
        several = False
    elif noun.tag_ in ("NNS", "NNPS") and noun.lemma_.lower() == noun.lower_:
        return True
    else:
        several = noun.tag_ in ("NNS", "NNPS")
    return several is not (pronoun.lower_ == "it")


def _names_a_type(number: Token) -> bool:
    """ "Boeing 737", "the new A320 2.0": a number behind a name counts nothing."""
    return number.i > 0 and number.nbor(-1).tag_.startswith("NNP")


def _as_many(noun: Token, count: Token) -> bool:
    """Whether a noun phrase tells of as many as a number says; of several, where the number is a word like "pair"."""
    # "Six B-52 bombers": parsers hang the number on any word before the noun
    numbers = [t for t in noun.doc[noun.left_edge.i : noun.i] if t.dep_ == "nummod"]
    if count.tag_ == "CD":
        return any(n.lower_ == count.lower_ for n in numbers) or _number_of(noun, count)
    return noun.tag_ in ("NNS", "NNPS") or any(n.lower_ not in ("one", "1") for n in numbers)


def _number_of(noun: Token, count: Token) -> bool:
    """ "Eight of the bombers"."""
    of = noun.head
    return of.dep_ == "prep" and of.lower_ == "of" and of.head.lower_ == count.lower_


_MODIFIERS = frozenset({"amod", "compound", "nmod", "poss", "appos", "nummod"})


def vehicle_fillers(head: Token, index: Index, shared: bool, depth: int = 0) -> list[tuple[str, Filler]]:
    """What the noun phrase of an aircraft says: its type, registration, operator, and who is aboard."""
    out: list[tuple[str, Filler]] = []
    if (whole := counted(head)) is not head:
        # "the first of the two planes, *a Tu-134 with tail number RA-65690*"
        apposed = [c for c in head.children if c.dep_ == "appos"] if depth == 0 else []
        out += [row for c in apposed for row in vehicle_fillers(c, index, shared, 1)]
        head = whole
    own = [c for c in head.children if c.dep_ == "appos" and c.i > head.i and is_vehicle(c, index)] if depth == 0 else []
    if own and is_elliptical(head):
        # "the other, *an Air France Boeing 777*"
        return [row for c in own for row in vehicle_fillers(c, index, shared, 1)]
    if depth == 0 and _stands_for_one(head, index):
        previous = elided_vehicle(head, index)
        rows = vehicle_fillers(previous, index, True, 1) if previous is not None else []
        # "it" is the same machine; "another" only one of the same kind
        kept = ("operator", "aircraft", "tail_number") if head.tag_ == "PRP" else ("operator", "aircraft")
        return [(role, Filler(f.note, f.token, True)) for role, f in rows if role in kept]
    if depth == 0 and (carrier := _carrier_meant(head, index)) is not None:
        out.append(("operator", Filler(carrier, head, True)))
    if depth <= 1 and (known := _spoken_of(head, index)) is not None:
        rows = vehicle_fillers(known, index, True, 2)
        out += [(role, Filler(f.note, f.token, True)) for role, f in rows if role in ("operator", "aircraft", "tail_number")]
    out += [("aircraft", Filler(n, head, True)) for n in _of_maker(head, index)]
    for note in index.notes_at(head):
        role = _vehicle_role(note)
        if role == "operator" and (
            _machine_by_name(head) or (note.kind == "aircraft_maker" and head.dep_ in ("compound", "nmod"))
        ):
            # "a Boeing airliner" is not the maker's
            continue
        if role:
            out.append((role, Filler(note, head, shared)))
            if note.type is EntityType.AIRCRAFT and note.parent is not None:
                out.append(("operator", Filler(note.parent, head, True)))
    if depth > 2:
        return out
    out += [row for child in head.children for row in _said_beside(child, index, shared, depth)]
    if depth == 0 and not any(role == "tail_number" for role, _ in out):
        out += _mark_behind(head, index, shared)
    if depth == 0 and not any(role == "operator" for role, _ in out):
        out += _carrier_before(head, index, shared)
    order = {"aircraft": 0, "tail_number": 1, "operator": 2, "passengers": 3, "origin": 4}
    # An air force or airline says more than the state's adjective beside it.
    return sorted(out, key=lambda r: (order[r[0]], r[1].note.type is EntityType.COUNTRY, r[1].token.i))


def _said_beside(child: Token, index: Index, shared: bool, depth: int) -> list[tuple[str, Filler]]:
    """What one word or phrase beside the noun of an aircraft says of it."""
    if child.dep_ == "poss" and (whose := [n for n in index.notes_at(child) if n.type is EntityType.PERSON]):
        # "Rahmon's plane touched down": whose plane it is, is in it
        return [("passengers", Filler(n, child, shared)) for n in whose]
    if child.dep_ in ("amod", "advmod", "acl") and in_class(child, "fresh_from") and not in_class(child.head.head, "setting_off"):
        # "the jet, fresh from India, landed", "a 777 inbound from Tokyo"
        below = [c for p in child.children if p.lower_ == "from" for c in p.children if c.dep_ == "pobj"]
        return [("origin", Filler(n, c, True)) for c in below for n in index.notes_at(c)]
    if child.dep_ in _MODIFIERS and not _is_former(child):
        # "British and German fighter jets"
        # and "An-124 and Il-76 flights"
        conjuncts = [h for h in index.heads(child)[1:] if h.dep_ == "conj"]
        also = [
            h
            for h in conjuncts
            if (child.dep_ == "amod" and h.tag_ in ("JJ", "NNP"))
            or (child.dep_ in ("compound", "nmod") and any(n.type is EntityType.AIRCRAFT_TYPE for n in index.notes_at(h)))
        ]
        rows = [row for word in also for row in vehicle_fillers(word, index, shared, depth + 1)]
        return [*vehicle_fillers(child, index, shared, depth + 1), *((r, replace(f, beside=r == "operator")) for r, f in rows)]
    if child.dep_ in ("acl", "relcl") and (in_class(child, "operating") or in_class(child, "carrying")):
        return _vehicle_clause(child, index, shared)
    if child.dep_ in ("acl", "relcl", "amod") and in_class(child, "laden"):
        return _load(child, index, shared)
    if child.dep_ != "prep":
        return []
    if child.lower_ == "out":
        # "a C-17 out of Ramstein": where it is at home, unless the verb says where it left
        below = [c for p in child.children if p.lower_ == "of" for c in p.children if c.dep_ == "pobj"]
        return [("origin", Filler(n, c, True)) for c in below for n in index.notes_at(c)]
    ends = [c for c in child.children if c.dep_ in ("pobj", "pcomp")]
    if child.lower_ in ("with", "bearing"):
        # "a Tu-134 with tail number RA-65690"
        named = [t for obj in ends for t in (obj, *(c for c in obj.children if c.dep_ in ("appos", "nummod")))]
        marks = [(t, n) for t in named for n in index.notes_at(t) if n.type is EntityType.AIRCRAFT]
        if marks:
            return [("tail_number", Filler(n, t, shared)) for t, n in marks]
        return [
            ("passengers", Filler(n, h, shared))
            for obj in ends
            for h in index.heads(obj)
            for n in _aboard(h, index)
            if n.type not in _MACHINES
        ]
    if child.lower_ not in ("of", "from", "by"):
        return []
    return [row for obj in ends if obj.dep_ == "pobj" for row in _owned_by(obj, child.lower_, index, shared)]


def _mark_behind(head: Token, index: Index, shared: bool) -> list[tuple[str, Filler]]:
    """ "A C-130 of 336 Squadron, *registration G-781*", "a jet registered *VP-BXX*", "wearing the number *RA-76502*": the mark
    that a phrase tells further on, where nothing between it and the noun is another machine or says what the machine did."""
    for token in (t for t in head.subtree if t.i > head.i):
        note = next((n for n in index.notes_at(token) if n.type is EntityType.AIRCRAFT), None)
        if note is None:
            continue
        between = list(takewhile(lambda t: t != head, token.ancestors))
        if not any(_does_or_is_another(t, index) for t in between):
            return [("tail_number", Filler(note, token, shared))]
    return []


def _does_or_is_another(token: Token, index: Index) -> bool:
    """Whether a word between a machine and a mark takes the mark from it: another machine, or a verb that says what it did."""
    if is_verb(token):
        return not in_class(token, "marking")
    return _is_machine(token, index) or (in_class(token, "vehicle") and not in_class(token, "military_unit"))


def _owned_by(owner: Token, preposition: str, index: Index, shared: bool) -> list[tuple[str, Filler]]:
    """Whose an aircraft is, or of which type: "a C-130J of its air force", "a plane of the type Il-62"."""
    possessors = [c for c in owner.children if c.dep_ == "poss"] if in_class(owner, "force_word") else []
    out: list[tuple[str, Filler]] = []
    for note in index.resolve(owner) or [n for c in possessors for n in index.notes_at(c)]:
        role = _vehicle_role(note)
        state = note.type is EntityType.COUNTRY and preposition != "of"
        if role == "aircraft" or (role == "operator" and not state):
            out.append((role, Filler(note, owner, shared)))
    return out


def _is_former(word: Token) -> bool:
    """ "Three *ex-Polish* MiG-29s": whose they were once."""
    at = word.i - 1
    if at > 0 and word.doc[at].text == "-":
        at -= 1
    return at >= 0 and in_class(word.doc[at], "former")


def _aboard(head: Token, index: Index) -> list[EntityNote]:
    """Who a phrase behind "with" names; a bare number counts people: "with 70 aboard"."""
    notes = index.resolve(head)
    following = head.doc[head.i + 1 : head.i + 3].text.lower()
    if not notes and head.tag_ == "CD" and following.startswith(("aboard", "on board")):
        return [index.number(head, EntityType.GROUP)]
    return notes


def _carrier_before(head: Token, index: Index, shared: bool) -> list[tuple[str, Filler]]:
    """The airline or air force whose name ends right before the aircraft's, wherever the parser hung it."""
    own = next((m for m, n in index.by_token.get(head.i, []) if n.type in _MACHINES and m.form == "name"), None)
    if own is None or own.token_start == 0:
        return []
    before = head.doc[own.token_start - 1]
    carriers = [n for _, n in index.by_token.get(before.i, []) if n.kind in ("airline", "air_force")]
    return [("operator", Filler(n, before, shared)) for n in carriers[:1]]


def _vehicle_clause(verb: Token, index: Index, shared: bool) -> list[tuple[str, Filler]]:
    out: list[tuple[str, Filler]] = []
    for a in predicate_of(verb).arguments:
        behalf = a.slot == "sub:of" and in_class(a.head.head.head, "behalf")
        borrowed = a.slot == "prep:from" and in_class(verb, "borrowing")
        if (a.slot in ("subj", "prep:to", "prep:by") or behalf or borrowed) and not a.shared and in_class(verb, "operating"):
            out += [("operator", Filler(n, a.head, shared)) for n in index.resolve(a.head) if _vehicle_role(n) == "operator"]
        if a.slot == "obj" and not a.shared and in_class(verb, "carrying"):
            out += [("passengers", Filler(n, h, shared)) for h in index.heads(a.head) for n in named_or_not(h, index)]
    return out


def _load(laden: Token, index: Index, shared: bool) -> list[tuple[str, Filler]]:
    """ "A C-17 *loaded with French armoured vehicles*", "a jet full of refugees": what is said to fill an aircraft is aboard."""
    ends = [c for p in laden.children if p.dep_ == "prep" and p.lower_ in ("with", "of") for c in p.children if c.dep_ == "pobj"]
    return [("passengers", Filler(n, h, shared)) for end in ends for h in index.heads(end) for n in named_or_not(h, index)]


def named_or_not(head: Token, index: Index) -> list[EntityNote]:
    """The entities of a phrase, or one made for it."""
    if notes := index.resolve(head):
        return notes
    nominal = index.nominal(head, EntityType.GROUP)
    return [nominal] if nominal is not None else []


def _vehicle_role(note: EntityNote) -> str | None:
    match note.type:
        case EntityType.AIRCRAFT_TYPE:
            return "aircraft"
        case EntityType.AIRCRAFT:
            return "tail_number"
        case EntityType.ORGANIZATION | EntityType.COUNTRY:
            return "operator"
    return None


def with_machine(argument: Argument, index: Index) -> list[Argument]:
    machine = _its_machine(argument.head, index)
    if machine is argument.head:
        return [argument]
    # "an American Airlines 737 and a Cessna 182"
    return [replace(argument, head=h) for h in (machine, *index.heads(argument.head)[1:])]


def _its_machine(head: Token, index: Index) -> Token:
    """ "A Russian air force Antonov An-124 brought": the aircraft behind a carrier that the parser took for the head."""
    carrier = next((m for m, n in index.by_token.get(head.i, []) if n.kind in ("airline", "air_force")), None)
    if carrier is None:
        return head
    behind = index.by_token.get(carrier.token_end, [])
    machine = next(
        (m for m, n in behind if n.type is EntityType.AIRCRAFT_TYPE and m.form == "name" and m.token_start == carrier.token_end),
        None,
    )
    return head.doc[machine.token_start : machine.token_end].root if machine is not None else head
