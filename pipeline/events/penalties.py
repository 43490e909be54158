"""Whom sanctions are on and who imposed them, where a clause speaks only of "the sanctions".

In: the merged events. Out: fillers of a sanction's `target` and `imposer`. Each step names why it is sure.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from pipeline import annotations as doc_notes
from pipeline.annotations import EntityNote, EventNote
from pipeline.events.clauses import is_noun
from pipeline.events.fillers import Index, in_class
from pipeline.events.itinerary import trigger_token
from pipeline.events.predicates import predicate_of
from pipeline.records import BlockKind, EntityType, EventType

_BEHIND = ("on", "against", "upon", "to", "of")
_STRUCK = frozenset({EntityType.COUNTRY, EntityType.ORGANIZATION, EntityType.PERSON})


def complete_penalties(doc: Doc, events: list[EventNote], index: Index) -> None:
    """ "Sanctions on Oman were imposed in May. They were eased in June": an article with one target speaks of its sanctions."""
    told = [e for e in events if e.type is EventType.SANCTION]
    if not told:
        return
    for event in told:
        _without_trade(event, doc)
        _of_relative_clause(event, doc, index)
    struck = _only(told, "target") or _of_title(doc)
    imposing = _only(told, "imposer")
    for event in told:
        token = trigger_token(doc, event)
        noun = _spoken_of(token) if token is not None else None
        if noun is None or _says_on_whom(noun):
            continue
        if struck is not None and not event.roles.get("target") and struck not in event.roles.get("imposer", []):
            event.roles["target"] = [struck]
            event.why.append(f"target {struck.name!r}: the only one that the article's sanctions are on")
        if imposing is not None and not event.roles.get("imposer") and imposing not in event.roles.get("target", []):
            event.roles["imposer"] = [imposing]
            event.why.append(f"imposer {imposing.name!r}: the only one that the article names")


_BESIDE = {"target": ("rel:prep:on", "rel:prep:against"), "imposer": ("rel:subj", "rel:prep:by")}


def _of_relative_clause(event: EventNote, doc: Doc, index: Index) -> None:
    """ "Lifted the sanctions that it had imposed on *Oman*": the noun's own relative clause tells on whom they are."""
    token = trigger_token(doc, event)
    noun = _spoken_of(token) if token is not None else None
    if noun is None or not is_noun(noun):
        return
    for role, slots in _BESIDE.items():
        tokens = [h for a in predicate_of(noun).slot(*slots) for h in index.heads(a.head)]
        found = list(dict.fromkeys(n for t in tokens for n in index.resolve(t) if n.type in _STRUCK))
        if found and not event.roles.get(role):
            event.roles[role] = found
            event.why.append(f"{role} {found[0].name!r}: of the clause about them")


def _without_trade(event: EventNote, doc: Doc) -> None:
    """ "Banned flights to Oman and the sale of arms to it": the state is struck, the trade is how."""
    targets = event.roles.get("target", [])
    kept = [n for n in targets if not (n.kind == "nominal" and in_class(_root(n, doc), "trading"))]
    if any(n.type in _STRUCK for n in kept):
        event.roles["target"] = kept


def _root(note: EntityNote, doc: Doc) -> Token:
    first = note.mentions[0]
    return doc[first.token_start : first.token_end].root


def _only(events: list[EventNote], role: str) -> EntityNote | None:
    found = list(dict.fromkeys(n for e in events for n in e.roles.get(role, []) if n.type in _STRUCK))
    return found[0] if len(found) == 1 else None


def _of_title(doc: Doc) -> EntityNote | None:
    """The only state that the title names."""
    article = doc_notes.article(doc)
    titles = [b for b in article.blocks if b.kind is BlockKind.TITLE] if article is not None else []
    states = [n for n in doc_notes.entities(doc) if n.type is EntityType.COUNTRY]
    found = [n for n in states if any(b.start <= m.start < b.end for b in titles for m in n.mentions)]
    return found[0] if len(found) == 1 else None


def _spoken_of(trigger: Token) -> Token | None:
    """The noun for the sanctions: the trigger itself, its object or its subject."""
    near = [trigger, *(c for c in trigger.children if c.dep_ in ("dobj", "nsubjpass", "nsubj"))]
    near += [c for t in near[1:] for p in t.children if p.lower_ == "of" for c in p.children]  # "most of its sanctions"
    return next((t for t in near if in_class(t, "sanction")), trigger if in_class(trigger, "lifting") else None)


def _says_on_whom(noun: Token) -> bool:
    """ "The ban on *mobile phones*": what it is on stands behind it, if not as an entity."""
    behind = [o for p in noun.children if p.dep_ == "prep" and p.lower_ in _BEHIND for o in p.children if o.dep_ == "pobj"]
    return is_noun(noun) and any(o.ent_type_ not in ("DATE", "TIME") for o in behind)
