"""What one telling of a stay says for the others: whom a visitor meets hosts him, whom he sees he sees where he is, and what is
signed is signed where the signers meet.

In: the merged events. Out: hosts of visits, places of meetings and agreements. Each step names why it is sure.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import takewhile

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote, TimeNote
from pipeline.events.clauses import is_verb, surface_subject
from pipeline.events.dated import event_time, is_day, spanning
from pipeline.events.fillers import LOCATIONS, Index, finest, in_class, within
from pipeline.events.itinerary import trigger_token
from pipeline.events.predicates import predicate_of
from pipeline.events.sameness import same
from pipeline.events.states import home_of
from pipeline.records import EntityType, EventType, Realis

NEXT_SENTENCE = 2
"""Characters between two sentences that follow one another."""
FAR = ("phone", "video")
"""Actions of a meeting for which nobody goes anywhere."""
_STAY = timedelta(days=3)
"""For how long somebody may be where he arrived, if no day of leaving is told."""
_LONG_STAY = timedelta(days=10)
"""For how long a visit may last from the day of arrival to that of leaving."""
_ONE_DAY = timedelta(days=1)
_MIDNIGHT = clock()
# The role in which the visitor and his host stand side by side.
_COMPANY: dict[EventType | str, str] = {EventType.MEETING: "participants", EventType.AGREEMENT: "signatories"}
_BODIES = frozenset({EntityType.COUNTRY, EntityType.ORGANIZATION})


def company_of(event: EventNote) -> list[EntityNote]:
    """Who comes together in a meeting or signs an agreement; nobody comes together by telephone."""
    return event.roles.get(_COMPANY.get(event.type, ""), []) if event.action not in FAR else []


def hosts_met(doc: Doc, events: list[EventNote]) -> None:
    """ "Putin visited North Korea. He signed a pact with Kim": whom a visitor meets or signs with there hosts."""
    visits = [e for e in events if e.type is EventType.VISIT and e.realis in (Realis.ACTUAL, Realis.PLANNED)]
    for visit in visits:
        for other in events:
            if not any(n in visit.roles.get("visitor", []) for n in company_of(other)) or not _on_visit(visit, other, visits):
                continue
            hosts = [n for n in _receiving(doc, visit, other) if n not in visit.roles.get("host", [])]
            if hosts:
                visit.roles["host"] = [*visit.roles.get("host", []), *hosts]
                visit.why.append(f"host {hosts[0].name!r}: at home there, with the visitor in a {other.type}")


def _on_visit(visit: EventNote, event: EventNote, visits: list[EventNote]) -> bool:
    """Whether a visitor takes part in something on that visit of his: not elsewhere, and told beside it or of its days."""
    where = visit.roles.get("destination", [])
    place = event.roles.get("place", [])
    if event.realis is not visit.realis or (place and not _there(place, where)):
        return False
    meant = told_beside(visit, event) or in_the_days_of(visit, event)
    rivals = [v for v in visits if v is not visit and set(v.roles.get("visitor", [])) & set(visit.roles.get("visitor", []))]
    alone = bool(place) and not rivals and (is_undated(visit) or is_undated(event))
    return (meant or alone) and not _apart(visit, event)


def _there(places: list[EntityNote], where: list[EntityNote]) -> bool:
    return any(same(p, w) or within(p, w) or within(w, p) or state_of(p) == w.links.iso3166 for p in places for w in where)


def _receiving(doc: Doc, visit: EventNote, event: EventNote) -> list[EntityNote]:
    """Those of a company who are at home where the visit leads; the only one who is not the visitor, if nothing says that he
    belongs elsewhere."""
    states = {state_of(p) for p in visit.roles.get("destination", [])} - {None}
    guests = visit.roles["visitor"]
    others = [n for n in company_of(event) if n.type is EntityType.PERSON and n not in guests]
    found = [n for n in others if home_of(n, doc) in states]
    if found or len(others) != 1 or len(company_of(event)) > len(guests) + 1 or not states:
        return found
    placed = bool(event.roles.get("place")) or told_beside(visit, event) or in_the_days_of(visit, event)
    return others if placed and home_of(others[0], doc) is None else []


def places_met(doc: Doc, events: list[EventNote]) -> None:
    """ "Ali Hasan arrived in Lima on Friday. President Ana Costa received him the next morning": whom a visitor meets or signs
    with is met where he is, if that is told beside the visit, or of its days and of a host or somebody at home there."""
    visits = [e for e in events if e.type is EventType.VISIT and e.roles.get("destination")]
    for event in events:
        company = company_of(event)
        if not company or event.roles.get("place"):
            continue
        stays = _stays_of(doc, event, company, visits)
        places = list(dict.fromkeys(p for v in stays if (p := _finest_known(v)) is not None))
        if len(places) == 1 or (places and all(_there([p], [places[0]]) for p in places)):
            event.roles["place"] = [finest(places) or places[0]]
            event.why.append(f"place {event.roles['place'][0].name!r}: where one of them was on a visit")


def _stays_of(doc: Doc, event: EventNote, company: list[EntityNote], visits: list[EventNote]) -> list[EventNote]:
    own = [v for v in visits if v.realis is event.realis and any(n in company for n in v.roles.get("visitor", []))]
    own = [v for v in own if not _apart(v, event)]
    before = [v for v in own if _told_just_before(doc, v, event)] if event.type is EventType.MEETING else []
    if before:
        # "left for Riyadh, saw the king and flew on to Doha": where the last journey before it led
        return [v for v in before if v.trigger[0] < event.trigger[0]][-1:] or before[-1:]
    hosted = [v for v in own if len(company) > 1 and _leads_to_one_state(v) and _hosted(doc, v, company)]
    return [v for v in hosted if told_beside(v, event) or in_the_days_of(v, event)]


def _finest_known(visit: EventNote) -> EntityNote | None:
    """ "Travelled to the Education Summit in London": the finest place, one on the map before others."""
    where = visit.roles["destination"]
    return finest([p for p in where if state_of(p)] or where)


def _leads_to_one_state(visit: EventNote) -> bool:
    return len({state_of(p) for p in visit.roles["destination"]} - {None}) == 1


def _told_just_before(doc: Doc, visit: EventNote, event: EventNote) -> bool:
    """Whether a visit is told in the sentence of an event, or in the one before it."""
    token = trigger_token(doc, event)
    if token is None:
        return False
    start = doc[max(token.sent.start - 1, 0)].sent.start_char
    return start <= visit.trigger[0] <= token.sent.end_char


def _hosted(doc: Doc, visit: EventNote, company: list[EntityNote]) -> bool:
    """Whether of those who meet one is the visitor and another the host, or at home where he visits."""
    there = state_of(*visit.roles["destination"])
    guests = [n for n in company if n in visit.roles.get("visitor", []) and home_of(n, doc) != there]
    hosts = [n for n in company if n not in guests and (n in visit.roles.get("host", []) or home_of(n, doc) == there)]
    return bool(guests and hosts) and there is not None


def places_signed(doc: Doc, events: list[EventNote]) -> None:
    """ "The two presidents met in Lima. Afterwards they signed a treaty": an agreement is signed where those who sign it meet, if
    that is told right before it."""
    told = [e for e in events if e.type in (EventType.MEETING, EventType.VISIT) and e.action not in FAR]
    for event in events:
        if event.type is not EventType.AGREEMENT or event.action != "signed" or event.roles.get("place"):
            continue
        before = [e for e in told if e.realis is event.realis and _told_just_before(doc, e, event) and not _apart(e, event)]
        sides = _sides(doc, event)
        common = [e for e in before if len(sides & _sides(doc, e)) > 1]
        place = finest(common[-1].roles.get("place") or common[-1].roles.get("destination", [])) if common else None
        if place is not None:
            event.roles["place"] = [place]
            event.why.append(f"place {place.name!r}: where those who sign came together")


def _sides(doc: Doc, event: EventNote) -> set[str]:
    """The states and bodies that take part in an event, or for which somebody does; that to which a visit leads among them."""
    roles = ("parties", "signatories", "participants", "visitor", "host")
    notes = [n for role in roles for n in event.roles.get(role, [])]
    codes = {home_of(n, doc) if n.type is EntityType.PERSON else n.links.iso3166 or n.links.country for n in notes}
    if event.type is EventType.VISIT:
        codes |= {state_of(p) for p in event.roles.get("destination", [])}
    names = {n.name for n in notes if n.type is EntityType.ORGANIZATION}
    return {c for c in codes if c is not None} | names


def next_stops(doc: Doc, events: list[EventNote]) -> None:
    """ "Arrived in Lima on Monday. He will leave for Quito on Wednesday": who leaves, or goes on, does so from where he was."""
    visits = [e for e in events if e.type is EventType.VISIT and e.roles.get("destination")]
    for n, visit in enumerate(visits):
        token = trigger_token(doc, visit)
        if token is None or visit.roles.get("origin") or not (in_class(token, "departing") or _goes_on(token)):
            continue
        guests = set(visit.roles.get("visitor", []))
        stays = [v for v in visits[:n] if guests & set(v.roles.get("visitor", [])) and _shortly_before(v, visit)]
        place = finest(stays[-1].roles["destination"]) if stays else None
        if place is not None and not _there([place], visit.roles["destination"]):
            visit.roles["origin"] = [place]
            visit.why.append(f"origin {place.name!r}: where the visit before led")


def _goes_on(verb: Token) -> bool:
    return is_verb(verb) and any(c.dep_ in ("prt", "advmod") and in_class(c, "onward") for c in verb.children)


def _shortly_before(stay: EventNote, visit: EventNote) -> bool:
    """Whether a visit was told to begin at most so many days before another as a visit may last."""
    first, then = _days(stay), _days(visit)
    if first is None or then is None or is_undated(stay) or is_undated(visit):
        return told_beside(stay, visit)
    return timedelta(0) <= then[0] - first[0] <= _LONG_STAY


def until_they_left(doc: Doc, events: list[EventNote], index: Index) -> None:
    """ "Arrived in Lima on Monday. He will leave for Quito on Wednesday": a visit lasts until the visitor leaves."""
    leaving = [t for t in doc if is_verb(t) and in_class(t, "departing")]
    for visit in (e for e in events if e.type is EventType.VISIT and e.roles.get("destination")):
        days = _days(visit)
        if days is None or is_undated(visit) or days[0] != days[1]:
            continue
        ends = [n for t in leaving if _leaves(t, visit, index) if (n := _day_of(doc, t)) is not None]
        ends = [n for n in ends if n.earliest is not None and timedelta(0) < n.earliest.date() - days[0] <= _LONG_STAY]
        if ends and visit.time is not None:
            end = min(ends, key=lambda n: n.edtf or "")
            visit.time = spanning(visit.time, event_time(end))
            visit.times.append(end)
            visit.why.append(f"time: to {end.text!r}, when the visitor leaves")


def _leaves(verb: Token, visit: EventNote, index: Index) -> bool:
    """Whether a verb tells that a visitor leaves where the visit has led him, and not that he comes there."""
    subject = surface_subject(verb)
    if subject is None or not set(index.resolve(subject)) & set(visit.roles.get("visitor", [])):
        return False
    here = visit.roles["destination"]
    slots = predicate_of(verb).slot("obj", "prep:from", "prep:to", "prep:for", "prep:into", "prep:in", "prep:at")
    ends = {a.slot: [n for n in index.resolve(a.head) if n.type in LOCATIONS] for a in slots}
    left = [n for slot in ("obj", "prep:from") for n in ends.get(slot, [])]
    to = [n for slot, notes in ends.items() if slot not in ("obj", "prep:from") for n in notes]
    if _there(to, here) or (left and not _there(left, here)):
        return False
    return bool(left or to) or in_class(verb, "leaving")


def _day_of(doc: Doc, verb: Token) -> TimeNote | None:
    """The day told of a verb; "… and on Friday to Riga" tells the day of another leg."""
    for note in doc_notes.times(doc):
        root = doc[note.token_start : max(note.token_end, note.token_start + 1)].root
        if not is_day(note) or root.sent != verb.sent:
            continue
        path = [root, *takewhile(lambda t: not is_verb(t), root.ancestors)]
        if path[-1].head == verb and not any(t.dep_ == "conj" or t.nbor(-1).tag_ == "CC" for t in path if t.i):
            return note
    return None


def told_beside(a: EventNote, b: EventNote) -> bool:
    """Whether two events are told in one sentence or in two that follow one another."""
    return any(x[0] - y[1] <= NEXT_SENTENCE and y[0] - x[1] <= NEXT_SENTENCE for x in a.evidence for y in b.evidence)


def in_the_days_of(visit: EventNote, event: EventNote) -> bool:
    """Whether an event falls into the days of a visit, or the few after an arrival."""
    days, day = _days(visit), _days(event)
    if days is None or day is None or is_undated(visit) or is_undated(event):
        return False
    last = days[1] if days[1] > days[0] else days[0] + _STAY
    return days[0] <= day[0] and day[1] <= last


def _apart(visit: EventNote, event: EventNote) -> bool:
    """Whether the days told of two events exclude one another."""
    days, day = _days(visit), _days(event)
    if days is None or day is None or is_undated(visit) or is_undated(event):
        return False
    return day[1] < days[0] - _ONE_DAY or day[0] > days[1] + 2 * _STAY


def is_undated(event: EventNote) -> bool:
    """Whether the text tells no day of an event."""
    return event.time is None or (event.time.edtf or "").endswith("?")


def _days(event: EventNote) -> tuple[date, date] | None:
    time = event.time
    if time is None or not time.earliest or not time.latest:
        return None
    end = datetime.fromisoformat(time.latest).replace(tzinfo=None)
    last = end - timedelta(seconds=1) if end.time() == _MIDNIGHT else end  # the end of a day is the beginning of the next
    first = date.fromisoformat(time.earliest[:10])
    return first, max(first, last.date())


def state_of(*places: EntityNote) -> str | None:
    """The state of the first of some places that has one."""
    return next((code for p in places if (code := p.links.country or p.links.iso3166)), None)
