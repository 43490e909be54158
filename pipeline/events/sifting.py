"""Mentions that another mention explains, taken out before tellings are merged.

In: the mentions of an article. Out: those of them that tell of an event of their own.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.annotations import EntityNote
from pipeline.events.clauses import is_noun, is_verb
from pipeline.events.fillers import Filler, in_class
from pipeline.events.frames import EventMention
from pipeline.events.states import home_of
from pipeline.events.tellings import DEFINITE
from pipeline.numerals import scales
from pipeline.records import EntityType, EventType


def sift(mentions: list[EventMention]) -> list[EventMention]:
    """The mentions without those that are the matter, the result or another reading of others."""
    mentions = [m for m in mentions if not _is_feigned(m) and not _is_traffic(m) and not _is_homecoming(m)]
    mentions = _without_what_they_are_on(_without_landings_that_failed(mentions))
    mentions = _moved_or_given(_flown_or_moved(_without_what_is_lifted(_without_what_they_meet_for(mentions))))
    mentions = _without_second_readings(_without_their_weapons(_without_regulated_flights(mentions)))
    mentions = _without_what_they_are(mentions)
    return _without_second_halves(_without_their_verbs(_without_their_nouns(_without_results(mentions))))


def _is_feigned(mention: EventMention) -> bool:
    """ "An exercise that simulated the crash of a jet": what is only played did not happen."""
    head = mention.predicate.head
    acted = head.dep_ in ("dobj", "nsubjpass") and in_class(head.head, "feigning")
    return acted and is_noun(head) and mention.type is not EventType.EXERCISE


def _is_homecoming(mention: EventMention) -> bool:
    """ "Returned to Tokyo from a visit to Washington": who comes back to his own state visits nobody there."""
    head = mention.predicate.head
    if mention.type is not EventType.VISIT or not is_verb(head) or not in_class(head, "homecoming"):
        return False
    homes = {home_of(f.note, head.doc) for f in mention.roles.get("visitor", []) if f.note.type is EntityType.PERSON} - {None}
    ends = mention.roles.get("destination", [])
    abroad = [f for f in ends if (f.note.links.country or f.note.links.iso3166) not in homes]
    if len(homes) == 1 and ends and abroad:
        mention.roles["destination"] = abroad
    return len(homes) == 1 and bool(ends) and not abroad


_OF_A_YEAR = 1_000_000
"""Passengers that no flight carries."""


def _is_traffic(mention: EventMention) -> bool:
    """ "Carried 4.5 million passengers in 2023", "the flights will be operated by Horizon": a year's traffic, or a service."""
    if mention.type is not EventType.FLIGHT or any(mention.roles.get(r) for r in ("origin", "destination", "via", "tail_number")):
        return False
    aboard = mention.roles.get("passengers", [])
    if any(scales().get(t.lower_.removesuffix("s"), 0) >= _OF_A_YEAR for f in aboard for t in f.token.subtree):
        return True
    head = mention.predicate.head
    return not aboard and is_noun(head) and head.tag_ == "NNS" and in_class(head.head, "operating")


_BROUGHT_DOWN = (EventType.AVIATION_INCIDENT, EventType.STRIKE)


def _without_their_weapons(mentions: list[EventMention]) -> list[EventMention]:
    """ "Shot down by a missile *fired* by separatists": the shot that hits is no strike or test beside what it hits."""
    agents = {a.head for m in mentions if m.type in _BROUGHT_DOWN for a in m.predicate.slot("subj") if a.marker is not None}
    return [
        m
        for m in mentions
        if not (m.type is EventType.STRIKE and m.predicate.head.dep_ == "acl" and m.predicate.head.head in agents)
    ]


def _without_landings_that_failed(mentions: list[EventMention]) -> list[EventMention]:
    """ "Crashes upon *landing* at Calicut airport": the landing at which a mishap befalls is none; it says where it was due."""
    incidents = {m.predicate.head: m for m in mentions if m.type is EventType.AVIATION_INCIDENT}
    kept: list[EventMention] = []
    for mention in mentions:
        head = mention.predicate.head
        above = head.head.head if head.dep_ in ("pcomp", "pobj") and head.head.dep_ == "prep" else None
        incident = incidents.get(above) if above is not None else None
        if head.dep_ == "xcomp" and head.lemma_ == "land" and mention.type is EventType.FLIGHT and head.head in incidents:
            # "was forced to land in Goa"
            continue
        if head.dep_ == "advcl" and head.tag_ == "VBG" and head.lemma_ == "land" and head.head in incidents:
            # "skidded off the runway while landing in Goa"
            incident = incidents[head.head]
            if "airport" in [f.note.type for f in _where(mention)]:
                incident.roles.setdefault("place", _where(mention))
            if mention.type is EventType.AVIATION_INCIDENT:
                continue
        if mention.action == "diversion" and head.lemma_ == "land" and head.dep_ == "advcl" and head.tag_ == "VBG":
            # "faced trouble when landing": no other place than that where it was due
            continue
        if mention.type is EventType.FLIGHT and mention.action == "landed" and incident is not None:
            incident.roles.setdefault("destination", list(mention.roles.get("destination", [])))
            continue
        kept.append(mention)
    return kept


def _where(mention: EventMention) -> list[Filler]:
    return list(mention.roles.get("place") or mention.roles.get("destination", []))


def _without_what_they_are_on(mentions: list[EventMention]) -> list[EventMention]:
    """ "The plane *was* on a test *flight* from Juhu": being on a flight is that flight."""
    flying = {m.predicate.head: m for m in mentions if m.type is EventType.FLIGHT and m.predicate.pos == "verb"}
    kept: list[EventMention] = []
    for mention in mentions:
        noun = mention.predicate.head
        is_on = mention.type is EventType.FLIGHT and noun.dep_ == "pobj" and noun.head.lower_ == "on"
        verb = flying.get(noun.head.head) if is_on else None
        if verb is None:
            kept.append(mention)
            continue
        for role, fillers in mention.roles.items():
            verb.roles.setdefault(role, fillers)
    return kept


def _without_what_they_meet_for(mentions: list[EventMention]) -> list[EventMention]:
    """ "They *sat down* for the second two-plus-two *meeting*": what they meet for is that meeting."""
    met = {m.predicate.head: m for m in mentions if m.type is EventType.MEETING and m.predicate.pos == "verb"}
    kept: list[EventMention] = []
    for mention in mentions:
        preposition = mention.predicate.head.head
        of_it = mention.type is EventType.MEETING and preposition.dep_ == "prep" and preposition.lower_ == "for"
        verb = met.get(preposition.head) if of_it else None
        if verb is None or verb.action != mention.action:
            kept.append(mention)
            continue
        for role, fillers in mention.roles.items():
            verb.roles.setdefault(role, fillers)
    return kept


_REGULATING = (EventType.AIR_SERVICE, EventType.SANCTION)


def _without_regulated_flights(mentions: list[EventMention]) -> list[EventMention]:
    """ "Flights to Goma were suspended", "stopped flying to Phuket", "a ban on flights", "flights were sent elsewhere": what is
    launched, halted, banned or diverted is no flight that took place."""
    ruled: set[int] = set()
    banned: set[int] = set()
    for mention in mentions:
        if mention.type in _REGULATING:
            arguments = {a.head for a in mention.predicate.arguments if not a.slot.startswith(("adv", "poss"))}
            ruled |= {t.i for a in arguments for t in (a, *a.conjuncts)}
            if mention.type is EventType.SANCTION:
                banned |= {t.i for a in arguments for t in (a, *a.conjuncts)}
            if mention.type is EventType.AIR_SERVICE:
                # "will resume flying to Beirut"
                ruled.add(mention.predicate.head.i)
    ruled |= {a.head.i for m in mentions if m.action == "diversion" for a in m.predicate.slot("obj") if a.head.tag_ == "NNS"}
    mentions = [m for m in mentions if m.type is not EventType.ORDER or m.predicate.head.i not in banned]
    return [
        m for m in mentions if m.type is not EventType.FLIGHT or m.predicate.head.i not in ruled or m.roles.get("tail_number")
    ]


def _flown_or_moved(mentions: list[EventMention]) -> list[EventMention]:
    """ "Sent a transport plane to Beirut" tells of a flight: it is neither deployed nor, where nobody speaks of a gift, given.
    Nor is one machine that its registration names ("an A320, registration LZ-FBC, was dispatched to Nis"), or that goes back."""
    sent = {m.predicate.head for m in mentions if m.type is EventType.FLIGHT and (_is_sent(m) or _is_one_machine(m))}
    given = {head for head in sent if any(in_class(t, "gift") for t in head.sent)}
    return [
        m
        for m in mentions
        if not (m.type is EventType.DEPLOYMENT and m.predicate.head in sent)
        and not (m.type is EventType.ORDER and m.predicate.head in sent - given)
    ]


def _is_sent(flight: EventMention) -> bool:
    return in_class(flight.predicate.head, "dispatching") and bool(flight.predicate.slot("obj"))


def _is_one_machine(flight: EventMention) -> bool:
    """ "A replacement, registration LZ-FBC, was dispatched", "positioned back to Sofia"."""
    several = any(a.head.tag_ in ("NNS", "NNPS") or a.head.text.endswith("s") for a in flight.predicate.slot("subj", "obj"))
    return bool(flight.roles.get("tail_number")) or (in_class(flight.predicate.head, "repositioning") and not several)


_MOVES_ITSELF = frozenset({EntityType.AIRCRAFT_TYPE, EntityType.GROUP, EntityType.ORGANIZATION})


def _moved_or_given(mentions: list[EventMention]) -> list[EventMention]:
    """ "Sent 600 missiles to Ukraine" gives, "sent six F-15Es to Jordan" moves: of one verb that may tell of both, who or what
    goes by itself is moved, unless the sentence speaks of a gift; so are arms that go to a place and to no state ("a missile
    battery to Guam"). Anything else is given."""
    moved = {m.predicate.head: m for m in mentions if m.type is EventType.DEPLOYMENT and m.action == "deploy"}
    dropped: set[int] = set()
    for given in (m for m in mentions if m.type is EventType.ORDER and m.predicate.head in moved):
        move = moved[given.predicate.head]
        assets = [f.note for f in move.roles.get("asset", [])]
        sent = in_class(given.predicate.head, "sending")
        goes = any(n.type in _MOVES_ITSELF or n.kind == "ship" for n in assets) or _is_only_posted(given, assets)
        gift = any(in_class(t, "gift") for t in given.predicate.head.sent)
        if not goes or gift:
            dropped.add(id(move))
        elif sent:
            dropped.add(id(given))
    return [m for m in mentions if id(m) not in dropped]


_LOCAL = frozenset({EntityType.PLACE, EntityType.AIRPORT})
_GOODS = frozenset({"aid", "cargo"})


def _is_only_posted(given: EventMention, assets: list[EntityNote]) -> bool:
    """Whether what is sent are arms, and nobody gets them but an island, a base, or a town of the sender's or of nobody else's:
    what goes to another state's town, which may stand for the state, is given."""
    to = [f.note for f in given.roles.get("recipient", [])]
    doc = given.predicate.head.doc
    senders = {f.note.links.iso3166 or home_of(f.note, doc) for f in given.roles.get("supplier", [])}
    local = all(n.type in _LOCAL and (n.kind != "city" or not senders or n.links.country in senders) for n in to)
    return bool(to and assets) and local and not any(n.kind in _GOODS for n in assets)


def _without_what_is_lifted(mentions: list[EventMention]) -> list[EventMention]:
    """ "The lifting of the US arms embargo against Vietnam": the embargo is what is lifted, and no second sanction; who
    imposed it and on whom is lent to the lifting."""
    kept = list(mentions)
    for lifting in (m for m in mentions if m.type is EventType.SANCTION and m.action == "lift"):
        objects = {h for a in lifting.predicate.slot("prep:of", "obj", "subj") for h in (a.head, *a.head.conjuncts)}
        for lifted in (m for m in mentions if m.type is EventType.SANCTION and m is not lifting and m.predicate.head in objects):
            for role, fillers in lifted.roles.items():
                if role == "imposer" and any(f.note.type is not EntityType.PERSON for f in lifting.roles.get(role, [])):
                    continue
                have = lifting.roles.setdefault(role, [])
                have.extend(f for f in fillers if f.note not in [g.note for g in have])
            kept = [m for m in kept if m is not lifted]
    return kept


def _without_their_verbs(mentions: list[EventMention]) -> list[EventMention]:
    """ "Imposed sanctions on Oman": the noun and its verb tell of one sanction; not so "lifted the sanctions that it imposed"."""
    nouns = {m.predicate.head: m for m in mentions if m.type is EventType.SANCTION and is_noun(m.predicate.head)}
    kept: list[EventMention] = []
    for mention in mentions:
        verb = mention.predicate.head
        objects = [a.head for a in mention.predicate.slot("obj")] if mention.type is EventType.SANCTION and is_verb(verb) else []
        noun = next((nouns[h] for h in objects if h in nouns), None)
        if noun is None or noun.predicate.light is not verb or noun.action != mention.action:
            kept.append(mention)
            continue
        for role, fillers in mention.roles.items():
            noun.roles.setdefault(role, fillers)
    return kept


def _without_second_halves(mentions: list[EventMention]) -> list[EventMention]:
    """ "Imposed economic sanctions and a travel ban on officials": two nouns of one verb tell of one sanction."""
    heads = {m.predicate.head: m for m in mentions if m.type is EventType.SANCTION}
    kept: list[EventMention] = []
    for mention in mentions:
        head = mention.predicate.head
        first = heads.get(head.head) if mention.type is EventType.SANCTION and head.dep_ == "conj" and is_noun(head) else None
        if first is None or first.action != mention.action:
            kept.append(mention)
            continue
        for role, fillers in mention.roles.items():
            first.roles.setdefault(role, []).extend(f for f in fillers if f.note not in [g.note for g in first.roles[role]])
    return kept


def _without_results(mentions: list[EventMention]) -> list[EventMention]:
    """ "Missiles hit a hospital, killing two", "the bombing killed 26 people": what came of an attack is no second one; whom it
    befell is the attack's target."""
    attacks = {m.predicate.head: m for m in mentions if m.type is EventType.STRIKE}
    kept: list[EventMention] = []
    for mention in mentions:
        cause = next((attacks[a] for a in _causes(mention) if a in attacks), None) if mention.type is EventType.STRIKE else None
        if cause is not None:
            for role in ("target", "place"):
                if not cause.roles.get(role) and mention.roles.get(role):
                    cause.roles[role] = mention.roles[role]
        elif mention.type is not EventType.STRIKE or not (
            _is_result(mention.predicate.head, set(attacks)) or _told_before(mention, attacks)
        ):
            kept.append(mention)
    return kept


def _told_before(mention: EventMention, attacks: dict[Token, EventMention]) -> bool:
    """ "… was also killed in the airstrike": the attack is the one told before."""
    if not any(attack.i < mention.predicate.head.i for attack in attacks):
        return False
    return any(t.tag_.startswith("NN") and any(c.lower_ in DEFINITE for c in t.children) for t in _causes(mention))


def _causes(mention: EventMention) -> list[Token]:
    """The nouns that do it or by which it is done: "the *bombing* killed two", "killed in an *airstrike*"."""
    verb = mention.predicate.head
    if not is_verb(verb) or not (in_class(verb, "killed") or in_class(verb, "injured")):
        return []
    slots = mention.predicate.slot("subj", "prep:in", "prep:by", "prep:during")
    return [t for a in slots for t in (a.head, *a.head.conjuncts)]


def _is_result(verb: Token, attacks: set[Token]) -> bool:
    while verb.tag_ == "VBG" and verb.dep_ == "conj":
        verb = verb.head
    return verb.tag_ == "VBG" and verb.dep_ == "advcl" and verb.head in attacks


def _without_what_they_are(mentions: list[EventMention]) -> list[EventMention]:
    """ "Will send ten jets to Italy, the first *deployment* there", "flew home, its last *flight*": a noun behind a comma
    that says what the clause told is no second event. It lends what the clause leaves open."""
    told = {m.predicate.head: m for m in mentions if is_verb(m.predicate.head)}
    kept: list[EventMention] = []
    for mention in mentions:
        head = mention.predicate.head
        apposed = head.dep_ == "appos" and is_noun(head)
        verb = told.get(next(filter(is_verb, head.ancestors), head)) if apposed else None
        if (
            verb is None
            or verb.type is not mention.type
            or verb.action != mention.action
            or not _sums_up(head, verb.predicate.head)
        ):
            kept.append(mention)
            continue
        for role, fillers in mention.roles.items():
            verb.roles.setdefault(role, fillers)
    return kept


def _sums_up(noun: Token, verb: Token) -> bool:
    """Whether a noun of one event stands behind a comma after the verb: "…, its largest deployment"."""
    left = noun.left_edge.i
    return verb.i < left and noun.tag_ == "NN" and noun.doc[left - 1].text in (",", "–", "—")


_OF_MISHAPS = frozenset({EventType.FLIGHT, EventType.STRIKE, EventType.ORDER, EventType.DEPLOYMENT})


def _without_second_readings(mentions: list[EventMention]) -> list[EventMention]:
    """ "The jet came down in a field", "hit turbulence": a verb that tells of a mishap tells of no landing and of no attack."""
    mentions = [m for m in mentions if not _is_what_followed(m, mentions)]
    mishaps = {t for m in mentions if m.type is EventType.AVIATION_INCIDENT for t in (m.predicate.head, m.predicate.light)}
    services = {m.predicate.head for m in mentions if m.type is EventType.AIR_SERVICE}
    visits = {
        m.predicate.head
        for m in mentions
        if m.type is EventType.VISIT and any(f.note.kind == "ship" for f in m.roles.get("visitor", []))
    }
    attacks = {m.predicate.head for m in mentions if m.type is EventType.STRIKE}
    aboard = {f.token for m in mentions if m.type is EventType.FLIGHT for f in m.roles.get("passengers", [])}
    forces = {(m.predicate.head, f.note) for m in mentions if m.type is EventType.DEPLOYMENT for f in m.roles.get("asset", [])}
    forces = {(head, note) for head, note in forces if note.type is EntityType.GROUP or note.kind == "military_unit"}
    return [
        m
        for m in mentions
        if not (m.type in _OF_MISHAPS and m.predicate.head in mishaps)
        # "a flight from Tokyo to Boston will begin": the service and no flight
        and not (m.type is EventType.FLIGHT and m.predicate.head in services and not m.roles.get("tail_number"))
        # "has kept flying to Tel Aviv": nothing begins
        and not (m.type in (EventType.AIR_SERVICE, EventType.FLIGHT) and _goes_on(m))
        # "with 200 people evacuated from Ukraine": whom another flight carries
        and not (m.action == "evacuated" and m.predicate.head.dep_ == "acl" and m.predicate.head.head in aboard)
        # "a jet that hit a patrol car": airlines attack nobody
        and not (m.type is EventType.STRIKE and any(f.note.kind == "airline" for f in m.roles.get("actor", [])))
        # "the first carrier to return": of airlines, not of ships
        and not (m.type is EventType.DEPLOYMENT and m.predicate.head in services)
        # "docked in Tokyo for a visit", "sent drones at Israel"
        and not (m.type is EventType.DEPLOYMENT and m.predicate.head in visits | attacks)
        and not (m.type is EventType.ORDER and m.predicate.head in attacks)
        # "a fleet arrives", "soldiers have gathered": forces that move visit and meet nobody
        and not any((m.predicate.head, f.note) in forces for r in ("visitor", "participants") for f in m.roles.get(r, []))
    ]


def _goes_on(mention: EventMention) -> bool:
    head = mention.predicate.head
    airline = any(f.note.kind == "airline" for f in mention.roles.get("operator", []))
    return airline and head.dep_ == "xcomp" and in_class(head.head, "keeping_on")


def _is_what_followed(mention: EventMention, mentions: list[EventMention]) -> bool:
    """ "Made an emergency landing and *burst into flames*", "crashed, *catching fire*": one mishap."""
    head = mention.predicate.head
    if mention.type is not EventType.AVIATION_INCIDENT or mention.rule.action != "other" or head.dep_ not in ("conj", "advcl"):
        return False
    return any(
        m is not mention and m.type is EventType.AVIATION_INCIDENT and head.head in (m.predicate.head, m.predicate.light)
        for m in mentions
    )


def _without_their_nouns(mentions: list[EventMention]) -> list[EventMention]:
    """ "The pact between Niamey and Moscow came into effect", "an airstrike killed 33", "approved the sale": a noun and
    the verb that says what became of it tell of one event. The one that knows less lends its fillers."""
    kept = list(mentions)
    for noun in (m for m in mentions if m.type in _ONE_WITH_VERB and is_noun(m.predicate.head)):
        verb = next((m for m in kept if m.type is noun.type and m is not noun and _has_for_argument(m, noun)), None)
        if verb is None or verb not in kept:
            continue
        knows_more = (
            verb.rule.id == "strike.kill"
            or in_class(noun.predicate.head, "purchase")
            or (noun.type is EventType.STRIKE and "target" in noun.roles)
        )
        less, more = (verb, noun) if knows_more else (noun, verb)
        for role, fillers in less.roles.items():
            sides = noun.type is EventType.ORDER and role in ("recipient", "supplier")
            if role not in more.roles and role not in ("weapon", "target") and not sides:
                more.roles[role] = fillers
        kept = [m for m in kept if m is not less]
    return kept


_ONE_WITH_VERB = (EventType.AGREEMENT, EventType.STRIKE, EventType.ORDER, EventType.FLIGHT)


def _has_for_argument(verb: EventMention, noun: EventMention) -> bool:
    if not is_verb(verb.predicate.head):
        return False
    if noun.type is EventType.FLIGHT:
        # "the flight had just landed"
        flight = noun.predicate.head
        return flight.tag_ == "NN" and any(a.head == flight and not a.shared for a in verb.predicate.slot("subj"))
    if noun.type is EventType.STRIKE and verb.rule.id != "strike.kill":
        # "launched a salvo of missiles"
        return noun.rule.id == "strike.salvo" and any(a.head == noun.predicate.head for a in verb.predicate.slot("obj"))
    if noun.type is EventType.AGREEMENT and noun.rule.id != "agreement.noun":
        # "exchanged the instruments of ratification", "handed in its notice of withdrawal"
        holder = noun.predicate.head.head.head
        return in_class(holder, "decree") and any(a.head == holder for a in verb.predicate.slot("obj"))
    return any(a.head == noun.predicate.head for a in verb.predicate.slot("subj", "obj"))
