"""What stands in the slots around a verb or noun, before any frame is asked (the slots are listed in `predicates`).

In: a parsed token. Out: `Argument`s. Prepositions are read off every word that a parser may hang them on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from spacy.tokens import Token

from pipeline.events.clauses import (
    PASSIVE_SUBJECT,
    SUBJECT,
    garden_path_subject,
    implied_subject,
    is_aboard,
    is_noun,
    is_ordinal_subject,
    is_passive,
    is_verb,
    relative_head,
    subjectless,
    told_before,
    told_where,
)
from pipeline.events.fillers import in_class

_ATTACHABLE = frozenset([
    "from", "to", "via", "into", "onto", "through", "for", "towards", "toward", "with", "on", "aboard",
    "in", "at", "against", "over", "by", "between", "near", "off", "of", "out", "around", "along",
])  # fmt: skip
_SPATIAL = frozenset(
    ["out", "back", "along", "from", "on", "up", "down", "over", "off", "away", "in", "near", "inside", "outside"]
)
_OF_PURPOSE = frozenset({"from", "to", "over", "off", "near", "above"})
_MEANS = frozenset({"in", "on", "aboard", "by"})
WHERE = frozenset({"sub:in", "sub:at", "sub:near"})
_WHERE_DONE = frozenset({"sub:over", "sub:off"})
LEFT = "after:from"
"""The slot of what had been left before: "after a flight from *Baku*"."""
OF_SUBJECT = frozenset({"sub:from", "sub:to", "sub:with", "sub:between"})
OF_OBJECT = OF_SUBJECT | {"sub:for", "sub:of", "sub:against"}

_ANY_SUBJECT = SUBJECT | PASSIVE_SUBJECT


@dataclass(slots=True, frozen=True)
class Argument:
    """A slot and the token that heads what fills it; `marker` is the preposition, if any."""

    slot: str
    head: Token
    marker: Token | None = None
    shared: bool = False
    """Not written in the clause itself: taken over from a conjunct, an antecedent or a controlling verb."""


def subjects(verb: Token, passive: bool) -> list[Argument]:
    own = [c for t in (verb, *_states(verb)) for c in t.children if c.dep_ in _ANY_SUBJECT and not _is_day_time(c)]
    out: list[Argument] = []
    if own:
        for child in own:
            slot = "obj" if passive or child.dep_ in PASSIVE_SUBJECT else "subj"
            out.append(_relative(child, verb, "iobj" if slot == "obj" and _is_given(verb) else slot))
        return out
    ordinal = next((c for c in verb.children if is_ordinal_subject(c)), None)
    if ordinal is not None:
        return [Argument("subj", ordinal)]
    shared = garden_path_subject(verb) or implied_subject(verb, 0)
    if shared is not None:
        out.append(Argument("obj" if passive else "subj", shared, shared=True))
        if verb.dep_ == "acl" and shared.dep_ in ("dobj", "nsubjpass") and is_verb(shared.head):
            # "Iran launched missiles targeting a base": who did the one did the other
            above = [a for a in subjects(shared.head, is_passive(shared.head)) if a.slot == "subj"]
            out += [Argument("outer:subj", a.head, a.marker, True) for a in above]
    elif not passive and (after := _inverted_subject(verb)) is not None:
        out.append(Argument("subj", after))
    return out


def _states(participle: Token) -> list[Token]:
    """ "Flights *remain* suspended": a verb that the parser took for an auxiliary, with the participle's subject below it."""
    return [c for c in participle.children if c.dep_ == "auxpass" and in_class(c, "remaining")]


def _inverted_subject(verb: Token) -> Token | None:
    """ "At Sunan airport landed the defence minister": the subject behind an intransitive verb, where a place or time leads."""
    if verb.dep_ != "ROOT" or not in_class(verb, "inverting") or not any(c.dep_ in ("prep", "advmod") for c in verb.lefts):
        return None
    return next((c for c in verb.rights if c.dep_ == "dobj" or (c.dep_ == "npadvmod" and in_class(c, "office"))), None)


def _is_day_time(noun: Token) -> bool:
    """ "… reopened, and this morning took its first freighter": a time that the parser took for the subject."""
    return in_class(noun, "time_of_day") and any(c.dep_ == "det" and c.lower_ in ("this", "that", "last") for c in noun.children)


def _relative(child: Token, verb: Token, slot: str) -> Argument:
    """A relative pronoun stands for the noun that its clause modifies."""
    noun = relative_head(child, verb)
    return Argument(slot, child) if noun is None else Argument(slot, noun, shared=True)


def complements(verb: Token, passive: bool) -> list[Argument]:
    """What stands around a verb besides its subject; "by" agents are subjects."""
    out = [a for child in verb.children for a in _complement(child, verb, passive)]
    where = told_where(verb)
    if where is not None:
        # "left for Tokyo, where it will land at Haneda": where it is, and nothing that it is done to
        out.append(Argument("prep:in", where, shared=True))
    elif not any(a.slot == "obj" for a in out) and verb.dep_ == "relcl" and not passive and not subjectless(verb):
        subject = next((c for c in verb.children if c.dep_ in SUBJECT), None)
        if subject is not None and subject.tag_ not in ("WDT", "WP") and subject.lower_ != "that":
            out.append(Argument("obj", verb.head, shared=True))
    out += [b for a in out for b in _below(a)]
    if verb.dep_ == "conj" and is_verb(verb.head):
        # "left Islamabad in a C-130J and reached Incheon": frames that know means of transport may take it over
        shared = [a for a in complements(verb.head, is_passive(verb.head)) if a.slot.partition(":")[2] in _MEANS]
        out += [Argument(f"shared:{a.slot.partition(':')[2]}", a.head, a.marker, True) for a in shared]
        if passive and not any(a.slot == "subj" for a in out):
            # "were winched up by a Sea King and flown to Bodø"
            by = (c for c in verb.head.children if c.dep_ == "agent" and is_passive(verb.head))
            out += [Argument("subj", p, c, True) for c in by for p in _agents(c)]
    return out


def _complement(child: Token, verb: Token, passive: bool) -> list[Argument]:
    """The arguments that one dependent of a verb gives."""
    out: list[Argument] = []
    match child.dep_:
        case "dobj" if in_class(child, "compass"):
            # "intercepted two Tu-142s south-east of Iceland": the parser took the direction for the object
            out += [Argument("obj", c) for c in child.children if c.dep_ in ("compound", "nmod") and is_noun(c)]
            out += _off(child)
        case "dobj" if not _is_afterthought(child, verb):
            out.append(_relative(child, verb, "iobj" if _is_receiver(child, verb) else "obj"))
            out += [Argument("iobj", state) for state in _swallowed(child, verb)]
            if passive and _is_given(verb):
                # "was promised six helicopters *by Brazil*"
                out += [Argument("subj", p, c) for c in child.children if c.lower_ == "by" for p in _agents(c)]
        case "dative":
            out += [Argument("iobj", p, child) for p in objects_of(child)] if child.tag_ == "IN" else [Argument("iobj", child)]
        case "attr" | "oprd" | "acomp":
            out.append(Argument("attr", child))
            if child.dep_ == "acomp":
                # "went missing over the sea"
                out += _hung_on(child)
        case "agent":
            # "conferred by video link", "have left by sea": nobody is an agent where nothing is done to anybody
            slot = "subj" if passive or (verb.tag_ == "VBN" and not _is_perfect(verb)) else "prep:by"
            out += [Argument(slot, p, child) for p in _agents(child)]
        case "prep":
            out += prepositional(child)
        case "prt" if any(c.dep_ == "pobj" for c in child.children):
            # "skidded off a runway": a preposition that the parser took for a particle
            out += prepositional(child)
        case "ccomp" | "xcomp" if (meant := _called(child)) is not None:
            out.append(Argument("obj", meant))
            out += [
                a for node in _chain(child) for c in node.children if c.dep_ == "prep" and c.i > meant.i for a in prepositional(c)
            ]
        case "ccomp" | "xcomp" if child != told_before(verb):
            out.append(Argument("comp", child))
        case "advcl" if _goes_on_meanwhile(child):
            out += _where_meanwhile(child)
        case "advcl" if child.tag_ == "VB" and any(c.tag_ == "TO" for c in child.children):
            out += _purpose(child)
        case "npadvmod":
            out.append(Argument("adv", child))
        case "advmod" if child.lower_ in ("home", "there", "here", "abroad", "overseas"):
            out.append(Argument("adv", child))
            if in_class(child, "deictic"):
                out += [Argument("prep:to", child), Argument("prep:in", child)]
        case "conj" if child.tag_ == "IN":
            out += prepositional(child)
    return out + _of_adverb(child)


def _where_meanwhile(clause: Token) -> list[Argument]:
    """ "Was hit while taxiing at *Sanaa*", "was shelled while on the apron in *Juba*": where the one is, the other is too."""
    if clause.tag_ == "IN":
        hung = prepositional(clause)
    else:
        hung = [a for c in clause.children if c.dep_ == "prep" for a in prepositional(c)]
    below = [b for a in hung for b in attached(a.head)]
    return [
        replace(a, slot=a.slot.replace("prep:", "sub:"), shared=True)
        for a in (*hung, *below)
        if a.marker and in_class(a.marker, "whereabouts")
    ]


def _of_adverb(child: Token) -> list[Argument]:
    """What hangs on an adverb, or on an adjective that stands for one: "back to *Oslo*", "nonstop from *Doha*", "turned up
    unannounced in *Minsk*"; "close to the *airport*" is near it."""
    adverb = child.dep_ == "advmod"
    out = _off(child) if adverb and in_class(child, "compass") else []
    if adverb and in_class(child, "nearness"):
        return out + [replace(a, slot="prep:near") if a.slot == "prep:to" else a for a in _hung_on(child)]
    stands_for_one = child.dep_ in ("advcl", "xcomp") and (child.tag_.startswith("JJ") or child.lower_ == "missing")
    return out + _hung_on(child) if adverb or stands_for_one else out


def _called(clause: Token) -> Token | None:
    """ "(Fired) what appeared to be a *missile*", "what it called a *drone*": the thing meant."""
    if not any(c.lower_ == "what" for node in _chain(clause) for c in node.children):
        return None
    ends = [c for node in _chain(clause) for c in node.children]
    named = [c for c in ends if c.dep_ in ("attr", "oprd") and c.lower_ != "what"]
    named += [p for c in ends if c.dep_ == "prep" and c.lower_ == "as" for p in objects_of(c)]
    return next((c for c in named if is_noun(c)), None)


def _chain(clause: Token) -> list[Token]:
    """A clause's verb and the infinitive that completes it: "*appeared* to *be*"."""
    return [clause, *(c for c in clause.children if c.dep_ == "xcomp")]


def _is_perfect(verb: Token) -> bool:
    """ "Have left", and not "have been left"."""
    return any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children)


def _goes_on_meanwhile(clause: Token) -> bool:
    """ "While taxiing", "while on the ground": a clause without a subject that says what its subject was at just then."""
    marked = any(c.dep_ in ("mark", "advmod") and c.lower_ in ("while", "when", "as") for c in clause.children)
    return marked and clause.tag_ in ("VBG", "IN") and not any(c.dep_ in SUBJECT for c in clause.children)


def _hung_on(word: Token) -> list[Argument]:
    found = [a for prep in word.children if prep.dep_ == "prep" for a in prepositional(prep)]
    # "ahead of the summit"
    return [replace(a, slot=f"prep:{word.lower_}_of") if a.slot == "prep:of" and word.dep_ == "advmod" else a for a in found]


def _purpose(verb: Token) -> list[Argument]:
    """ "Flew on to see the *president*", "sent a plane to bring home migrants *from Mexico*"."""
    ends = [c for c in verb.children if c.dep_ == "dobj"]
    hung = [c for node in (verb, *ends) for c in node.children if c.lower_ in _OF_PURPOSE]
    out = [Argument(f"purpose:{verb.lemma_.lower()}", c) for c in ends]
    return out + [Argument(f"purpose:{p.lower_}", c, p) for p in hung for c in objects_of(p)]


def _below(a: Argument) -> list[Argument]:
    """What belongs to the verb too, though the parser hung it on one of its arguments."""
    out: list[Argument] = []
    if a.slot.startswith("prep:") and in_class(a.head, "halt"):
        # "after a stop in Astana", "with stops in Springfield and in Denver": on the way, and no end of it
        where = [b for c in a.head.children if c.lower_ in ("in", "at") for b in (c, *c.conjuncts)]
        return [Argument("prep:via", p, a.marker) for c in where for p in objects_of(c)]
    if a.slot == "prep:by" and in_class(a.head, "way_through"):
        # "by way of Baku and Delhi"
        return [Argument("prep:via", p, c) for c in a.head.children if c.lower_ == "of" for p in objects_of(c)]
    if a.slot == "obj":
        # "83 of its nationals from Juba", "a brigade of 4,800 soldiers in Lithuania"
        counts = a.head.tag_ == "CD" or in_class(a.head, "quantifier") or in_class(a.head, "military_unit")
        of = (c for c in a.head.children if counts and c.dep_ == "prep" and c.lower_ == "of")
        out += [*attached(a.head), *_participial(a.head)]
        return out + [b for prep in of for counted in objects_of(prep) for b in attached(counted)]
    if a.slot == "subj" and a.marker is not None:
        # "was received by Prime Minister Sharif in Islamabad", "was brought down by a missile over Luhansk"
        kept = (
            WHERE
            if a.head.ent_type_ == "PERSON"
            else _WHERE_DONE | (WHERE if in_class(a.head, "gun") or in_class(a.head, "weapon") else frozenset())
        )
        return out + [b for b in attached(a.head) if b.slot in kept]
    behind = a.slot.startswith("prep:") or (a.slot == "iobj" and a.marker is not None)
    if behind and a.marker is not None and a.marker.lower_ in ("after", "following") and in_class(a.head, "away_at"):
        # "returned to Lagos after maintenance in Lisbon"
        return [Argument("prep:after_work_in", b.head, b.marker) for b in attached(a.head) if b.slot in WHERE | {"sub:on"}]
    if behind and a.marker is not None and a.marker.lower_ in ("after", "following") and (left := _left_before(a.head)):
        return [Argument(LEFT, b.head, b.marker) for b in left]
    if not behind or (a.marker is not None and in_class(a.marker, "temporal") and not in_class(a.head, "distance")):
        return out
    # "met with Ana Costa and Jan Novak in Bari"
    out += [b for c in a.head.conjuncts if c.i > a.head.i and c.ent_type_ == "PERSON" for b in attached(c) if b.slot in WHERE]
    out += [b for whole in _runway_of(a.head) for b in attached(whole) if b.slot in WHERE]
    for b in attached(_journey_in(a.head) or a.head):
        # "to an air base near Minsk" is told of the base
        if b.slot != "sub:near" or a.slot not in ("prep:to", "prep:from", "prep:into"):
            # who is with whom below another preposition ("for exercises with allies") is that noun's own
            out.append(replace(b, slot=_with_whom(b)) if b.slot == "sub:with" else b)
    return out


def _left_before(journey: Token) -> list[Argument]:
    """ "(Landed) after a flight *from Baku*", "(crashed) after take-off *at Toluca*": what was left before."""
    off = any(in_class(t, "setting_off") for t in (journey, *(c for c in journey.children if c.dep_ == "compound")))
    if not off and not in_class(journey, "flight_noun"):
        return []
    return [b for b in attached(journey) if b.slot == "sub:from" or (off and b.slot in WHERE)]


def _with_whom(argument: Argument) -> str:
    """ "Landed at the base in Doha *with 80 refugees on board*": who is aboard is with what moves, and not with a place."""
    return "prep:with" if is_aboard(argument.head.right_edge) else "inner:with"


def _is_given(verb: Token) -> bool:
    """ "*Ghana* was promised six helicopters": the subject of the passive is who gets the object."""
    return in_class(verb, "giving") and any(c.dep_ == "dobj" and c.left_edge.i > verb.i for c in verb.children)


def _is_receiver(noun: Token, verb: Token) -> bool:
    """ "Handed *Riyadh Air* its first jet": of two objects the parser found, who gets the other one."""
    if not in_class(verb, "giving"):
        return False
    return any(c.dep_ == "dobj" and c.i > noun.i and c.left_edge.i == noun.right_edge.i + 1 for c in verb.children)


def _swallowed(noun: Token, verb: Token) -> list[Token]:
    """ "Will give *Syria* missile launchers": a state that the parser took for the first word of the object."""
    first = noun.doc[noun.left_edge.i]
    swallowed = (
        first.dep_ in ("compound", "nmod", "amod")
        and first.tag_ == "NNP"
        and first.ent_type_ == "GPE"
        and first.i == verb.i + 1
        and not first.is_upper
    )
    return [first] if swallowed and in_class(verb, "giving") else []


def _is_afterthought(noun: Token, verb: Token) -> bool:
    """ "Arrives in Austria, the first Indian leader to do so": what follows a single comma is said of the subject."""
    comma = noun.left_edge.i - 1
    return comma > verb.i and noun.doc[comma].text == "," and not any(t.text == "," for t in noun.doc[verb.i : comma])


def _runway_of(part: Token) -> list[Token]:
    """ "Ran off the end of the *runway* at Goma": where the whole is, its end is."""
    return [c for p in part.children if p.dep_ == "prep" and p.lower_ == "of" for c in p.children if in_class(c, "runway")]


def _journey_in(noun: Token) -> Token | None:
    """ "At the end of a *flight* from Bavaria": the journey of which a part is named."""
    of = next((c for c in noun.children if c.dep_ == "prep" and c.lower_ == "of"), None)
    whole = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
    return whole if whole is not None and in_class(whole, "flight_noun") else None


def _agents(by: Token) -> list[Token]:
    """Who a "by" names; also whose a weapon is that it names: "shot down by a missile fired *by separatists*"."""
    named = objects_of(by)
    fired = [c for a in named for c in a.children if c.dep_ == "acl" and c.tag_ == "VBN"]
    return named + [p for c in fired for inner in c.children if inner.dep_ == "agent" for p in objects_of(inner)]


def _off(direction: Token) -> list[Argument]:
    """ "North of *Shetland*"."""
    return [
        Argument("prep:near", place, prep)
        for prep in direction.children
        if prep.dep_ == "prep" and prep.lower_ == "of"
        for place in objects_of(prep)
    ]


def attached(noun: Token) -> list[Argument]:
    """Motion prepositions that the parser hung on an object ("carried aid from Ankara to Damascus")."""
    out: list[Argument] = []
    for child in noun.children:
        if child.lower_ == "of" and noun.ent_type_ == "PERSON":
            # "with Rishi Sunak of the United Kingdom": whose minister he is
            continue
        # "was received by the ambassador to Oman": where one is accredited is no end of a way
        posted = child.lower_ == "to" and in_class(noun, "accredited")
        if child.dep_ == "prep" and child.lower_ in _ATTACHABLE and not posted:
            out += [
                Argument(f"sub:{a.slot.removeprefix('prep:')}", a.head, a.marker, a.shared)
                for a in prepositional(child)
                # whose the summit is on the sidelines of which something is done says nothing about who does it
                if a.slot.startswith("prep:") and not (child.lower_ == "of" and in_class(noun, "margin"))
            ]
            if child.lower_ == "of" and any(in_class(noun, name) for name in ("agreement", "margin", "quantifier", "distance")):
                # "signed a memorandum of understanding with Oman", "on the sidelines of a forum in Singapore", "within feet of
                # a P-8 over the sea"
                out += [a for p in objects_of(child) for a in attached(p)]
    return out


def _participial(noun: Token) -> list[Argument]:
    """What a participle behind an object acts on: "missiles targeting *troops*", "rockets aimed at the *port*"."""
    out: list[Argument] = []
    for child in noun.children:
        if child.dep_ == "acl" and child.tag_ in ("VBG", "VBN"):
            ends = [c for c in child.children if c.dep_ == "dobj"]
            ends += [p for c in child.children if c.dep_ == "prep" and child.tag_ == "VBN" for p in objects_of(c)]
            # "bombers flying near Alaskan airspace", "flying close to Estonia"
            flown = [a for c in child.children for a in _complement(c, child, False)] if child.tag_ == "VBG" else []
            ends += [a.head for a in flown if a.slot in ("prep:near", "prep:over", "prep:off", "prep:towards", "prep:toward")]
            out += [Argument(f"inner:{child.lemma_.lower()}", c) for c in ends]
            # "flew 200 people stranded in Khartoum to Jeddah": of two phrases that the parser hung on the participle, the verb's
            own = [c for c in child.children if c.dep_ == "prep" and c.i > child.i]
            further = [a for prep in own[1:] for a in prepositional(prep)] if child.tag_ == "VBN" else []
            out += [replace(a, slot=a.slot.replace("prep:", "sub:")) for a in further]
    return out


def objects_of(prep: Token) -> list[Token]:
    return [c for c in prep.children if c.dep_ in ("pobj", "pcomp")]


def _measures(prep: Token) -> bool:
    """ "15 km (10 miles) *from* Tynda": how far off a place it was."""
    before = prep.i - 1
    if prep.lower_ != "from" or before <= prep.sent.start:
        return False
    return in_class(prep.doc[before], "distance") or (prep.doc[before].text == ")" and in_class(prep.doc[before - 1], "distance"))


def prepositional(prep: Token) -> list[Argument]:
    """What follows a preposition, chained ones too ("from Moscow to Pyongyang" hung on one another, "out of", "ahead of")."""
    out: list[Argument] = []
    for child in prep.children:
        if child.dep_ in ("pobj",) or child.dep_ == "pcomp":
            out.append(Argument("prep:near" if _measures(prep) else f"prep:{prep.lower_}", child, prep))
            if child.dep_ == "pcomp" and prep.lower_ == "with" and in_class(child, "partaking"):
                # "with 29 nations taking part"
                out += [Argument("prep:with", c, prep) for c in child.children if c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT]
        elif child.dep_ == "prep":
            out += [
                Argument(
                    f"prep:{prep.lower_}_{child.lower_}"
                    if a.slot == f"prep:{child.lower_}" and child.i == prep.i + 1
                    else a.slot,
                    a.head,
                    a.marker,
                )
                for a in prepositional(child)
            ]
            if child.i == prep.i + 1 and prep.lower_ in _SPATIAL:
                out += [
                    Argument(f"prep:{child.lower_}", a.head, a.marker)
                    for a in prepositional(child)
                    if a.slot == f"prep:{child.lower_}"
                ]
        elif child.dep_ == "conj" and (child.tag_ == "IN" or child.lower_ in _SPATIAL):
            # "in and out of Port-au-Prince"
            out += prepositional(child)
            if not objects_of(prep):
                # "to and from Israel": the object of the one is that of the other
                out += [Argument(f"prep:{prep.lower_}", a.head, prep) for a in prepositional(child)]
    return out
