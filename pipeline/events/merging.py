"""One real-world event, one record: which tellings are the same event.

In: tellings (`Telling`) in text order. Out: groups. Two tellings of a type are one event unless something in them speaks
against it: another place, actor, day or machine. Coarser and finer places and times agree; a nominal with a definite article
points back and needs less in common.
"""

from __future__ import annotations

from functools import partial

from pipeline.annotations import EntityNote
from pipeline.events.another import answers, is_another, of_one_machine, says_which, some_of_them
from pipeline.events.attacks import no_other_attack
from pipeline.events.fillers import in_class, lexicon
from pipeline.events.headlined import drop_headline_names, follows_headline, is_headline_of, on_the_sidelines, retells_headline
from pipeline.events.journeys import apart, days_between, one_journey
from pipeline.events.sameness import same
from pipeline.events.tellings import DEFINITE, LOCATION_ROLES, SAID, Group, Telling
from pipeline.records import EntityType, EventType, Realis

_DEFINING: dict[str, tuple[str, ...]] = {
    EventType.FLIGHT: ("destination", "origin", "operator", "aircraft", "tail_number", "passengers"),
    EventType.AVIATION_INCIDENT: ("place", "operator", "aircraft", "tail_number"),
    EventType.AIR_SERVICE: ("operator", "origin", "destination"),
    EventType.ORDER: ("supplier", "recipient", "item"),
    EventType.AGREEMENT: ("treaty", "parties", "signatories"),
    EventType.VISIT: ("visitor", "destination"),
    EventType.MEETING: ("participants", "place"),
    EventType.EXERCISE: ("name", "participants", "place"),
    EventType.DEPLOYMENT: ("actor", "asset", "destination", "origin"),
    EventType.STRIKE: ("actor", "target", "place", "weapon"),
    EventType.SANCTION: ("imposer", "target"),
}
# Which actions can be two tellings of one event, and which of them names it.
ACTION_ORDER: dict[str, tuple[str, ...]] = {
    EventType.FLIGHT: ("evacuated", "patrol", "landed", "departed", "overflew", "flew"),
    EventType.AVIATION_INCIDENT: (
        "shootdown",
        "hijack",
        "collision",
        "interception",
        "near_miss",
        "airspace_violation",
        "emergency_landing",
        "diversion",
        "crash",
        "runway_excursion",
        "other",
    ),
    EventType.MEETING: ("phone", "video", "summit", "in_person"),
    EventType.AGREEMENT: ("signed",),
}
# Another filler of these roles makes another event; a visitor must be named, for "the Kazakh minister" may be anybody who fits.
_TELLING_APART = frozenset({"name", "operator", "treaty", "aircraft", "tail_number", "actor", "imposer", "target"})
_ONE_SIDED = frozenset({"ratified", "withdrawn", "suspended", "violated"})
_STRUCK = frozenset({"signed", "negotiated"})
"""What is struck and signed on one day is one agreement."""
_STAY = 3
"""Days for which a visitor may be somewhere on one visit: "arrived on Friday", "met the premier on Saturday"."""
_APART = {EventType.AGREEMENT, EventType.SANCTION, EventType.AIR_SERVICE, EventType.ORDER, EventType.DEPLOYMENT, EventType.STRIKE}


def merge(tellings: list[Telling]) -> list[Group]:
    """Groups tellings by event, in order of first mention."""
    groups: list[Group] = []
    for telling in tellings:
        if telling.mention.rule.more:
            continue
        ranked = sorted(
            ((_affinity(telling, g), i) for i, g in enumerate(groups) if g.type is telling.mention.type),
            key=lambda r: (-r[0], -r[1]),
        )
        best = next((groups[i] for fit, i in ranked if fit > 0 and not _flown_elsewhere(telling, groups[i], groups)), None)
        if _counts_the_story(telling) and (story := next((g for g in groups if g.type is telling.mention.type), None)):
            best = story
        if best is not None:
            best.tellings.append(telling)
        else:
            groups.append(Group([telling]))
    for telling in (t for t in tellings if t.mention.rule.more):
        _add_to_last(telling, groups)
    for group in groups:
        _turn(group)
        drop_headline_names(group)
    return groups


def _counts_the_story(telling: Telling) -> bool:
    """ "It was the third loss of an F-16 in nine months": at the head of a paragraph, the mishap that the article is about."""
    predicate = telling.mention.predicate
    sent = predicate.head.sent
    opens = sent.start == 0 or sent.doc[sent.start - 1].is_space
    ranked = any(in_class(c, name) for c in predicate.head.children for name in ("ordinal", "first", "largest"))
    mishap = telling.mention.type is EventType.AVIATION_INCIDENT
    return mishap and opens and ranked and says_which(predicate)


def _add_to_last(telling: Telling, groups: list[Group]) -> None:
    """ "X claimed responsibility", "871 soldiers are taking part": belongs to the event of its type that the text told last, and
    shares its status, unless that has other doers or another place by name. Without such an event nothing is told."""
    end = telling.mention.sentence[1]
    before = [
        (t.mention.predicate.head.i, g)
        for g in groups
        if g.type is telling.mention.type and _actions_agree(telling.mention.action, g, g.type)
        for t in g.tellings
        if t.mention.predicate.head.i < end
    ]
    last = max(before, key=lambda row: row[0])[1] if before else None
    if last is None or telling.realis in (Realis.DENIED, Realis.GENERIC) or last.status in (Realis.DENIED, Realis.GENERIC):
        return
    for role in (_TELLING_APART | set(LOCATION_ROLES)) & set(telling.mention.roles):
        mine, theirs = [f.note for f in telling.mention.roles[role]], [n for n in last.fillers(role) if _known(n) or _named([n])]
        if theirs and not any(same(a, b) for a in mine for b in theirs):
            return
    if not _times_agree(telling, last):
        return
    beside = next((t.realis for t in last.tellings if t.mention.sentence == telling.mention.sentence), None)
    telling.realis = beside or last.status
    last.tellings.append(telling)


def _ends(telling: Telling) -> list[EntityNote]:
    return [f.note for role in ("origin", "destination") for f in telling.mention.roles.get(role, [])]


def _one_end_only(telling: Telling, other: Telling) -> bool:
    """ "To end its Riga flights": the one end that such a phrase names is either end of the route that is told elsewhere."""
    mine, theirs = _ends(telling), _ends(other)
    named_before = all(a.slot == "mod" or not a.slot.startswith("prep") for a in telling.mention.predicate.arguments)
    return len(mine) == 1 and len(theirs) > 1 and named_before and any(same(mine[0], n) for n in theirs)


def _names_one_end(telling: Telling, group: Group) -> bool:
    service = group.type is EventType.AIR_SERVICE
    return service and any(_one_end_only(telling, t) or _one_end_only(t, telling) for t in group.tellings)


def _turn(group: Group) -> None:
    """Makes the end that a telling names alone the one that it is in the others."""
    if group.type is not EventType.AIR_SERVICE:
        return
    for telling in group.tellings:
        if any(_one_end_only(telling, other) for other in group.tellings):
            for role in ("origin", "destination"):
                telling.mention.roles.pop(role, None)


def _decisive(kind: EventType | str, role: str, mine: list[EntityNote], theirs: list[EntityNote]) -> bool:
    """Whether different fillers of a role make different events."""
    if role == "visitor":
        return _named(mine) and _named(theirs)
    if kind is EventType.ORDER and role == "item":
        return not (_vague(mine) or _vague(theirs))
    if role == "treaty" and any(n.kind == "nominal" for n in (*mine, *theirs)):
        # "an agreement" may be what "the deal" means
        return False
    return role in LOCATION_ROLES or role in _TELLING_APART


def _flown_elsewhere(telling: Telling, group: Group, groups: list[Group]) -> bool:
    """ "The freighter is to fly back" belongs to no flight of another carrier told in between, of which no aircraft is named."""
    mine = {f.note for r in ("aircraft", "tail_number") for f in telling.mention.roles.get(r, [])}
    if telling.mention.type is not EventType.FLIGHT or not mine:
        return False
    theirs = {n for r in ("aircraft", "tail_number") for n in group.fillers(r)}
    own = [
        g for g in groups if g.type is EventType.FLIGHT and mine & {n for r in ("aircraft", "tail_number") for n in g.fillers(r)}
    ]
    return (
        not theirs
        and bool(own)
        and bool(group.fillers("operator"))
        and not any(same(a, b) for g in own for a in g.fillers("operator") for b in group.fillers("operator"))
    )


def _affinity(telling: Telling, group: Group) -> float:
    """How well a telling fits a group: 0 or less means another event."""
    kind = telling.mention.type
    if any(_told_of(telling, t) or _told_of(t, telling) for t in group.tellings):
        return 3.0
    if _is_elsewise(telling, group):
        return -1.0
    journey = kind is EventType.FLIGHT and one_journey(telling, group)
    stay = _STAY if kind is EventType.VISIT else 0
    if not _times_agree(telling, group, -1 if journey else -stay, 2 if journey else stay):
        return -1.0
    if _says_of(telling, group) or is_headline_of(telling, group) or retells_headline(telling, group):
        return 2.0
    shared = _in_common(telling, group)
    if shared is None:
        return -1.0
    if journey:
        shared += 0.8
    definite = _definite(telling) and not _comes_from_elsewhere(telling, group)
    if shared <= 0 and definite and _told_apart(telling) and any(map(_told_apart, group.tellings)):
        shared += 0.4
    if kind is EventType.STRIKE and shared == 0 and not any(map(_told_apart, group.tellings)):
        # "Depots hit by drone attacks": a headline that names only the weapon tells of what the lead tells of
        shared += 0.2
    if shared == 0 and (follows_headline(telling, group) or _only_names(telling, group)):
        shared += 0.3
    if not _told_apart(telling) or (shared == 0 and definite):
        shared += 0.6 if _definite(telling) or telling.mention.predicate.pos == "noun" else 0.2
    time = telling.timing.time
    if time and shared > 0 and any(t.timing.time and t.timing.time.edtf == time.edtf for t in group.tellings):
        shared += 0.5
    return shared


def _only_names(telling: Telling, group: Group) -> bool:
    """ "A joint exercise begins on Monday. Exercise Cold Wind is the ninth of its kind": a name alone is that of the one told."""
    named = set(telling.mention.roles) == {"name"} and telling.mention.type is EventType.EXERCISE
    return named and not group.fillers("name")


def _is_elsewise(telling: Telling, group: Group) -> bool:
    """Whether the words of a telling, before its fillers and times are asked, make it another event than a group's."""
    kind = telling.mention.type
    if not _actions_agree(telling.mention.action, group, kind) or not _status_agrees(telling, group):
        return True
    if kind is EventType.AGREEMENT and len({_bargained(t) for t in (telling, *group.tellings)}) > 1:
        return True
    if (is_another(telling) and not of_one_machine(telling, group)) or some_of_them(telling, group):
        return True
    if _of_another_party(telling, group) or any(answers(telling, t) or on_the_sidelines(telling, t) for t in group.tellings):
        return True
    return kind is EventType.FLIGHT and (_runs_back(telling, group) or any(map(partial(apart, telling), group.tellings)))


def _bargained(telling: Telling) -> bool:
    """Talks on an agreement, which are not yet its conclusion."""
    return in_class(telling.mention.predicate.head, "bargaining")


def _of_another_party(telling: Telling, group: Group) -> bool:
    """ "Riga left the pact. Vilnius left it too": what one party does alone, each does for itself."""
    if telling.mention.action not in _ONE_SIDED:
        return False
    mine = {n.links.iso3166 or n.links.country for n in (f.note for f in telling.mention.roles.get("parties", []))} - {None}
    theirs = {n.links.iso3166 or n.links.country for n in group.fillers("parties")} - {None}
    return bool(mine) and bool(theirs) and not mine & theirs


def _in_common(telling: Telling, group: Group) -> float | None:
    """How many roles have fillers in common, less those that have none; None where different fillers make different events."""
    kind = telling.mention.type
    # An article seldom tells of two mishaps of one kind: without anything against it, it is the same one.
    shared = 0.3 if kind is EventType.AVIATION_INCIDENT else 0.0
    # A user's own type is defined by all its roles.
    for role in _DEFINING.get(kind, tuple(telling.mention.roles)):
        mine, theirs = [f.note for f in telling.mention.roles.get(role, [])], group.fillers(role)
        if role in ("origin", "destination") and _names_one_end(telling, group):
            shared += 0.5
            continue
        if role in LOCATION_ROLES:
            mine, theirs = [n for n in mine if _known(n)], [n for n in theirs if _known(n)]
        if not mine or not theirs or _may_lie_in(mine, theirs) or _may_lie_in(theirs, mine):
            continue
        if kind is EventType.MEETING and role == "participants" and _attends(telling):
            shared += 0.5
            continue
        if kind is EventType.MEETING and role == "participants" and _other_company(mine, theirs):
            return None
        if kind is EventType.STRIKE and no_other_attack(role, mine, theirs, telling.mention.action == "test"):
            continue
        if any(same(a, b) for a in mine for b in theirs):
            shared += 1.0
        elif _decisive(kind, role, mine, theirs):
            return None
        else:
            shared -= 0.5
    return shared


def _told_apart(telling: Telling) -> bool:
    """Whether a telling has fillers that can tell it from others; that of "drone attacks" is only what they are called by."""
    return any(found for role, found in telling.mention.roles.items() if role != "weapon")


def _runs_back(telling: Telling, group: Group) -> bool:
    """Whether one of two flights starts where the other ends."""
    for mine, theirs in (("origin", "destination"), ("destination", "origin")):
        ends = [f.note for f in telling.mention.roles.get(mine, []) if _known(f.note)]
        if any(same(a, b) for a in ends for b in group.fillers(theirs)):
            return True
    return False


def _comes_from_elsewhere(telling: Telling, group: Group) -> bool:
    """ "The aircraft *from Houston* is down": a flight told apart from others by where it came from."""
    told_apart = {a.head for a in telling.mention.predicate.slot("sub:from")}
    mine = [f for f in telling.mention.roles.get("origin", []) if f.token in told_apart]
    return telling.mention.type is EventType.FLIGHT and bool(mine) and not group.fillers("origin")


def _told_of(verb: Telling, noun: Telling) -> bool:
    """ "Another flight is expected tomorrow": what a verb says of a noun that tells of an event is said of that event."""
    if noun.mention.predicate.pos == "adj":
        # "The jets are home from Lithuania"
        return noun.mention.predicate.verb == verb.mention.predicate.head
    if noun.mention.predicate.pos != "noun":
        return _while_carrying(noun, verb)
    if verb.mention.predicate.pos == "noun":
        # "The trip to Doha was his first visit abroad"
        return verb.mention.predicate.head.dep_ == "attr" and any(
            a.head == noun.mention.predicate.head for a in verb.mention.predicate.slot("light:subj")
        )
    return any(a.head == noun.mention.predicate.head for a in verb.mention.predicate.slot("subj", "obj") if not a.shared)


def _while_carrying(participle: Telling, verb: Telling) -> bool:
    """ "A second plane *carrying* staff left for Paris": what a participle says of the machine that a verb moves."""
    head = participle.mention.predicate.head
    if verb.mention.type is not EventType.FLIGHT or head.dep_ != "acl" or head.tag_ != "VBG":
        return False
    return any(a.head == head.head for a in verb.mention.predicate.slot("subj"))


def _says_of(telling: Telling, group: Group) -> bool:
    """ "It was the first visit by a Turkish minister": a copula that speaks of the event of the sentence before."""
    predicate = telling.mention.predicate
    start = predicate.head.sent.start
    if not says_which(predicate) or not start:
        return False
    before = predicate.head.doc[start - 1].sent
    return any(before.start <= t.mention.predicate.head.i < before.end for t in group.tellings)


def _other_company(mine: list[EntityNote], theirs: list[EntityNote]) -> bool:
    """ "Putin told Assad by telephone, then took a call from Netanyahu": each with somebody whom the other is without."""
    return all(
        len(ones) > 1 and any(_named([n]) and not any(same(n, o) for o in others) for n in ones)
        for ones, others in ((mine, theirs), (theirs, mine))
    )


def _attends(telling: Telling) -> bool:
    """ "Both envoys attended the talks": a meeting that was told before, with others in it."""
    predicate = telling.mention.predicate
    own = [a for a in predicate.slot("mod", "poss", "prep:of", "prep:between") if a.head.tag_.startswith("NNP")]
    return _definite(telling) and not own and predicate.light is not None and in_class(predicate.light, "attending")


def _vague(items: list[EntityNote]) -> bool:
    """ "The jets", "the helicopters": what was told by name may be meant."""
    heads = {n.name.lower().split()[-1] for n in items if n.kind == "nominal"}
    generic = lexicon()["vehicle"] | lexicon()["arms"]
    return any(h in generic or h.removesuffix("s") in generic for h in heads)


def _named(notes: list[EntityNote]) -> bool:
    return any(any(m.form == "name" for m in n.mentions) or n.type is EntityType.TREATY for n in notes)


def _known(place: EntityNote) -> bool:
    """Only what is on the map, or has a name, can be elsewhere: "the house" says nothing against "Karaj"."""
    words = place.name.split()
    named = place.type is EntityType.PLACE and words[0][:1].isupper() and words[-1][:1].isupper()
    return named or place.latitude is not None or place.links.iso3166 is not None or place.links.icao is not None


def _may_lie_in(towns: list[EntityNote], states: list[EntityNote]) -> bool:
    """Whether places that no map shows are told here and a state there: they may lie in it."""
    unplaced = all(n.type is EntityType.PLACE and n.latitude is None and n.links.country is None for n in towns)
    return unplaced and all(n.type is EntityType.COUNTRY for n in states)


def _actions_agree(action: str | None, group: Group, kind: str) -> bool:
    if action is None or not group.actions or action in group.actions:
        return True
    if kind in _APART:
        return kind is EventType.AGREEMENT and {action, *group.actions} <= _STRUCK
    if kind is EventType.AVIATION_INCIDENT:
        pair = {action, *group.actions}
        return (
            pair <= {"crash", "shootdown", "collision", "hijack", "other", "runway_excursion"}
            or pair <= {"emergency_landing", "diversion", "other"}
            or pair <= {"interception", "near_miss", "airspace_violation"}
        )
    return True


def _times_agree(telling: Telling, group: Group, before: int = 0, after: int = 0) -> bool:
    """Whether no time of a telling excludes another's; `before`, `after`: by how many days it may differ from the others."""
    mine = telling.timing
    if mine.time is None or mine.rank >= SAID:
        return True
    for other in group.tellings:
        theirs = other.timing
        if theirs.time is None or theirs.rank >= SAID:
            continue
        a1, a2, b1, b2 = mine.time.earliest, mine.time.latest, theirs.time.earliest, theirs.time.latest
        if a1 and a2 and b1 and b2 and (a2[:16] <= b1[:16] or b2[:16] <= a1[:16]) and a1[:10] != b1[:10]:
            later = days_between(b1, a1)
            if later is None or not before <= later <= after:
                return False
    return True


def _status_agrees(telling: Telling, group: Group) -> bool:
    generic = Realis.GENERIC
    denied = Realis.DENIED
    return (telling.realis is generic) == all(t.realis is generic for t in group.tellings) and (
        (telling.realis is denied) == all(t.realis is denied for t in group.tellings)
    )


def _definite(telling: Telling) -> bool:
    head = telling.mention.predicate.head
    if telling.mention.predicate.pos != "noun":
        sides = telling.mention.predicate.slot("subj", "obj")
        return any(c.lower_ in DEFINITE for a in sides[:1] for c in a.head.children if c.dep_ in ("det", "poss"))
    if any(c.dep_ == "poss" and any(d.lower_ in DEFINITE for d in c.children) for c in head.children):
        return True
    return telling.mention.predicate.pos == "noun" and any(
        c.lower_ in DEFINITE for c in head.children if c.dep_ in ("det", "poss")
    )


def action_of(group: Group) -> str | None:
    """The action that names the whole event."""
    actions = group.actions
    if not actions:
        return None
    order = ACTION_ORDER.get(group.type)
    if order is None:
        return actions[0]
    return min(actions, key=lambda a: order.index(a) if a in order else len(order))
