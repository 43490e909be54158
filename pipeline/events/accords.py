"""Who is bound by an agreement: its parties, where the clause that tells of it does not name them all.

In: the merged events and the index of entities. Out: more, or other, fillers of `parties`. Each step names why it is sure.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events.clauses import clause_of, governing, is_noun, is_verb, surface_subject
from pipeline.events.fillers import Index, in_class, lexicon
from pipeline.events.itinerary import trigger_token
from pipeline.events.parties import is_public
from pipeline.events.predicates import predicate_of
from pipeline.events.states import home_of
from pipeline.records import BlockKind, EntityType, EventType, Realis

_ALL_SIDES = frozenset({"signed", "entered_into_force", "extended", "negotiated", None})
"""Actions that take all sides; one party alone ratifies, breaks or leaves."""
_BEHIND = ("prep:between", "prep:with", "prep:of", "poss", "mod", "rel:prep:with", "rel:prep:between", "rel:subj")
_BODIES = frozenset({EntityType.COUNTRY, EntityType.ORGANIZATION})
_OUTLETS = frozenset({"media", "news_agency", "broadcaster", "newspaper"})
_SENTENCES = 3
"""How many sentences back an agreement is looked for that "the deal" takes up."""
_PAIR = 2
_NAMED_IN_TABLE = 3
"""A known treaty of at most so many parties binds those of them that the article names."""


def complete_parties(doc: Doc, events: list[EventNote], index: Index) -> None:
    """Adds the parties that the article as a whole makes sure."""
    states = {n.links.iso3166: n for n in doc_notes.entities(doc) if n.type is EntityType.COUNTRY and n.links.iso3166}
    for event in list(events):
        if event.type is not EventType.AGREEMENT:
            continue
        _states_of_groups(event, doc, states)
        parties = event.roles.get("parties", [])
        of_signers = _of_signers(event, doc, states) if not parties or event.action in _ALL_SIDES else []
        _add(event, of_signers, "the states of the signatories")
        if event.action in _ALL_SIDES and len(_bodies(event)) < 2:
            _add(event, _of_phrases(event, index), "named where the article speaks of the treaty")
        if not event.roles.get("parties"):
            _add(event, _of_table(event, states), "the parties of the treaty that the article names")
        if event.action in _ALL_SIDES and len(_bodies(event)) < 2:
            _add(event, _of_same_treaty(event, events), "of the treaty, as told elsewhere")
        if event.action in _ALL_SIDES and len(_bodies(event)) < 2:
            _add(event, _of_title(event, doc, states), "the two states of the title")
        _without_sides(event, doc)
        _no_business(event)
        if not event.roles:
            events.remove(event)


def complete_treaties(events: list[EventNote], index: Index) -> None:
    """Names the treaty of agreements that are told without it ("negotiations were concluded in May"), before what names
    nothing is dropped."""
    for event in events:
        if event.type is EventType.AGREEMENT and (event.action in _OF_A_TREATY or not any(event.roles.values())):
            _treaty_meant(event, index)


_OF_A_TREATY = frozenset({"ratified", "entered_into_force", "extended", "suspended", "withdrawn"})
"""Actions that only a treaty which there is already can undergo."""


def _treaty_meant(event: EventNote, index: Index) -> None:
    """ "Suspended its participation", "exchanged the instruments": of the treaty that was named last, a few sentences before."""
    if event.roles.get("treaty"):
        return
    span = index.doc.char_span(*event.trigger, alignment_mode="expand")
    found = index.treaty_before(span[0]) if span is not None else []
    if found:
        event.roles["treaty"] = found
        event.why.append(f"treaty {found[0].name!r}: the one named last")


def _no_business(event: EventNote) -> None:
    """ "The bank struck a deal with its creditors", "failed to reach an agreement": what only private parties agree on, or
    nobody, is no treaty."""
    sides = [n for role in ("parties", "signatories") for n in event.roles.get(role, [])]
    public = any(is_public(n) and n.kind not in lexicon()["business_kind"] for n in sides) and event.realis is not Realis.DENIED
    if any(n.kind == "nominal" for n in event.roles.get("treaty", [])) and not public:
        del event.roles["treaty"]


def _bodies(event: EventNote) -> list[EntityNote]:
    return [n for n in event.roles.get("parties", []) if n.type in _BODIES]


def _add(event: EventNote, notes: list[EntityNote], why: str) -> None:
    have = event.roles.get("parties", [])
    new = [n for n in dict.fromkeys(notes) if n not in have and not _speaks_for_one_of(n, have)]
    if new:
        event.roles["parties"] = [*have, *new]
        event.why.append(f"parties {', '.join(n.name for n in new)}: {why}")


def _speaks_for_one_of(state: EntityNote, parties: list[EntityNote]) -> bool:
    """ "Finland's parliament" is there already."""
    return any(p.type is EntityType.ORGANIZATION and p.links.country == state.links.iso3166 for p in parties)


def _of_signers(event: EventNote, doc: Doc, states: dict[str, EntityNote]) -> list[EntityNote]:
    return [states[home] for n in event.roles.get("signatories", []) if (home := home_of(n, doc)) in states]


def _of_table(event: EventNote, states: dict[str, EntityNote]) -> list[EntityNote]:
    treaty = next((n.treaty for n in event.roles.get("treaty", []) if n.treaty), None)
    listed = (treaty or {}).get("parties") or []
    return [states[c] for c in listed if c in states] if len(listed) <= _NAMED_IN_TABLE else []


def _of_phrases(event: EventNote, index: Index) -> list[EntityNote]:
    """ "Its pact with Oman", "a deal between Oman and Kenya", "Oman and Kenya have a pact": whom the phrases around the treaty's
    mentions name; else those around the last agreement with two sides that was told before."""
    spans = [(m.token_start, m.token_end) for n in event.roles.get("treaty", []) for m in n.mentions]
    found = [n for a, b in spans for n in _around(index.doc[a:b].root, index)]
    found = found or [n for a, b in spans for n in _obliged(index.doc[a:b].root, index)]
    return found or _of_last_told(event, index)


def _of_same_treaty(event: EventNote, events: list[EventNote]) -> list[EntityNote]:
    """ "Oman and Kenya ratified the pact that they signed in May": who signed it is told of its ratification."""
    treaties = [n for n in event.roles.get("treaty", []) if n.kind != "nominal" or len(n.mentions) > 1]
    others = [e for e in events if e is not event and e.type is EventType.AGREEMENT and e.action != "negotiated"]
    told = [_bodies(e) for e in others if any(n in treaties for n in e.roles.get("treaty", []))]
    return max(told, key=len, default=[]) if any(len(t) > 1 for t in told) else []


def _of_title(event: EventNote, doc: Doc, states: dict[str, EntityNote]) -> list[EntityNote]:
    """ "The neighbours agreed on a truce", "the bilateral pact was renewed": the two states that the article's title names."""
    token = trigger_token(doc, event)
    if token is None or not any(in_class(t, "both_sides") for t in token.sent):
        return []
    article = doc_notes.article(doc)
    titles = [b for b in article.blocks if b.kind is BlockKind.TITLE] if article is not None else []
    pair = [n for n in states.values() if any(b.start <= m.start < b.end for b in titles for m in n.mentions)]
    told = [n.links.iso3166 or n.links.country for n in _bodies(event)]
    return pair if len(pair) == _PAIR and all(code in [n.links.iso3166 for n in pair] for code in told) else []


def _obliged(noun: Token, index: Index) -> list[EntityNote]:
    """ "Under the deal, *Oman* will supply gas to *Kenya*": the states that an agreement says will do something."""
    verb = noun.head.head if noun.dep_ == "pobj" and noun.head.lower_ == "under" else noun
    if not is_verb(verb) or not clause_of(verb).will:
        return []
    slots = predicate_of(verb).slot("subj", "iobj", "prep:to", "sub:to", "prep:for", "prep:from")
    tokens = [h for a in slots for h in index.heads(a.head)]
    return list(dict.fromkeys(n for t in tokens for n in index.resolve(t) if n.type is EntityType.COUNTRY))


def _around(noun: Token, index: Index) -> list[EntityNote]:
    if not is_noun(noun):
        return []
    tokens = [h for a in predicate_of(noun).slot(*_BEHIND) for h in index.heads(a.head)]
    verb = next((t for t in governing(noun)[:1] if is_verb(t)), None)
    if verb is not None and noun.dep_ == "dobj" and in_class(verb, "bound_by"):
        subject = surface_subject(verb)
        tokens += index.heads(subject) if subject is not None else []
    found = [n for t in tokens for n in index.resolve(t) if n.type in _BODIES and n.kind not in _OUTLETS]
    return list(dict.fromkeys(found))


def _of_last_told(event: EventNote, index: Index) -> list[EntityNote]:
    """ "Oman and Kenya have an agreement. The deal was signed in May": of the few sentences before."""
    span = index.doc.char_span(*event.trigger, alignment_mode="expand")
    if span is None or not any(c.lower_ == "the" for t in span.sent if in_class(t, "agreement") for c in t.children):
        return []
    start = span.sent.start
    for _ in range(_SENTENCES):
        start = index.doc[start - 1].sent.start if start else 0
    for token in reversed(index.doc[start : span.sent.start]):
        if in_class(token, "agreement") and len(sides := _around(token, index)) > 1:
            return sides
    return []


def _states_of_groups(event: EventNote, doc: Doc, states: dict[str, EntityNote]) -> None:
    """ "The defence ministers of Poland and Ukraine", "Polish and Ukrainian ministers": who signs for two states makes them
    parties."""
    parties: list[EntityNote] = []
    for note in event.roles.get("parties", []):
        inside = _states_inside(note, doc, list(states.values())) if note.type is EntityType.GROUP else []
        parties += inside if len(inside) > 1 else [note]
    if parties:
        event.roles["parties"] = list(dict.fromkeys(parties))


def _states_inside(group: EntityNote, doc: Doc, states: list[EntityNote]) -> list[EntityNote]:
    first = group.mentions[0]
    root = doc[first.token_start : first.token_end].root
    around = range(root.left_edge.i, root.right_edge.i + 1)
    close = {t.i for t in doc[around.start : around.stop] if root in (t, *list(t.ancestors)[:4])}
    return [n for n in states if any(m.token_start in close for m in n.mentions)]


def _without_sides(event: EventNote, doc: Doc) -> None:
    """ "Both sides", "the two presidents" are those named beside them."""
    parties = event.roles.get("parties", [])
    named = [n for n in parties if n.type in _BODIES]
    unnamed = [n for n in parties if n.type is EntityType.GROUP and all(m.form != "name" for m in n.mentions)]
    if len(named) > 1 and len(named) + len(unnamed) == len(parties) and unnamed:
        event.roles["parties"] = [n for n in parties if n in named or not _is_counted(n, doc)]


def _is_counted(group: EntityNote, doc: Doc) -> bool:
    first = group.mentions[0]
    words = doc[max(first.token_start - 1, 0) : first.token_end]
    return any(t.lower_ in lexicon()["counted_sides"] for t in words)
