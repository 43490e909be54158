"""Whether the text asserts an event: actual, planned, possible, denied or generic.

In: an event mention, its time and the publication date. Out: a Realis and the reason in words. Read from the clause's modals,
tense, polarity and marks, then from what governs the clause. Word classes: models/lexicons/events.toml.
"""

from __future__ import annotations

from datetime import datetime

from spacy.tokens import Token

from pipeline import annotations as doc_notes
from pipeline.events.clauses import (
    PASSIVE_SUBJECT,
    SUBJECT,
    Clause,
    clause_of,
    governing,
    is_headline_infinitive,
    is_noun,
    is_verb,
)
from pipeline.events.fillers import in_class, lexicon
from pipeline.events.frames import EventMention, is_one_of
from pipeline.records import EventType, Realis, TimeType

_FUTURE = frozenset({"will", "shall"})
_IRREALIS = frozenset({"may", "might", "could", "can", "would", "should", "must"})
_CONDITIONAL = frozenset({"if", "unless", "whether", "provided"})
_CIRCUMSTANCE = frozenset({"on", "during", "after", "at", "amid", "since"})
_COMPLEMENT = frozenset(
    {
        "xcomp",
        "ccomp",
        "pcomp",
        "acl",
        "dobj",
        "pobj",
        "nsubjpass",
        "prep",
        "compound",
        "conj",
        "attr",
        "advcl",
        "relcl",
        "oprd",
        "nsubj",
    }
)


def realis_of(mention: EventMention, starts: datetime | None, published: datetime | None) -> tuple[Realis, str]:
    """The status of an event as the text gives it, and why."""
    head = mention.predicate.head
    status = _taken_back(mention) or _of_trigger(head) or _of_many(mention) or _of_habit(mention)
    if status is not None and status[0] is Realis.PLANNED and _was_carried_out(mention):
        status = None
    if status is None and mention.predicate.verb is not None and _carries(mention):
        status = _of_clause(mention.predicate.verb)
    if status is None:
        status = _disputed(mention)
    if status is None or status[0] is Realis.PLANNED:
        # "a planned visit was cancelled"
        governed = _of_governors(head, mention.predicate.verb)
        status = governed if status is None or (governed is not None and governed[0] is Realis.DENIED) else status
    if status is None and starts is not None and published is not None and starts.date() > published.date():
        status = Realis.PLANNED, "its time is after publication"
    return status or (Realis.ACTUAL, "asserted")


_MOST_WORDS_OF_DENIAL = 5
"""Words of "It had not." with its full stop."""


def _taken_back(mention: EventMention) -> tuple[Realis, str] | None:
    """ "Word went round that a bomber had been shot down. It had not": what others told is denied in the next sentence."""
    verb = mention.predicate.verb
    if verb is None or (verb.dep_ == "ROOT" and not any(in_class(c, "reporting") or c.dep_ == "ccomp" for c in verb.children)):
        return None
    end = verb.sent.end
    if verb.dep_ not in ("ccomp", "acl", "ROOT") or end >= len(verb.doc):
        return None
    answer = list(verb.doc[end].sent)
    words = [t for t in answer if not t.is_punct and not t.is_space]
    if not 2 < len(words) < _MOST_WORDS_OF_DENIAL or words[0].tag_ != "PRP" or words[-1].lower_ not in ("not", "n't", "n’t"):
        return None
    auxiliary = words[1].lemma_.lower() in ("have", "be", "do") and all(t.tag_.startswith(("V", "RB")) for t in words[1:])
    return (Realis.DENIED, f"{words[0].text} {words[1].text} not") if auxiliary else None


def _disputed(mention: EventMention) -> tuple[Realis, str] | None:
    """ "Athens says that a jet violated its airspace; Ankara denies it": what one side tells and the other contests at once."""
    head = mention.predicate.head
    teller = next((t for t in governing(head) if is_verb(t) and in_class(t, "reporting")), None)
    if teller is None or in_class(teller, "disputing"):
        return None
    rest = range(head.i + 1, head.sent.end)
    after = head.doc[head.sent.end].sent if head.sent.end < len(head.doc) else None
    answers = [head.doc[i] for i in rest] + (list(after) if after is not None and not _new_paragraph(head, after[0]) else [])
    for verb in (t for t in answers if is_verb(t) and in_class(t, "disputing") and not clause_of(t).negated):
        objects = [c for c in verb.children if c.dep_ == "dobj"]
        called = not in_class(verb, "labelling") or any(in_class(t, "falsehood") for t in verb.subtree)
        if called and any(o.tag_ in ("PRP", "DT") or in_class(o, "charge") for o in (*objects, *_named(verb))):
            return Realis.POSSIBLE, f"contested: {verb.text!r}"
    return None


def _named(verb: Token) -> list[Token]:
    """What is called something: "called the *report* a fabrication"."""
    return [s for c in verb.children if c.dep_ in ("ccomp", "oprd") for s in c.children if s.dep_ in SUBJECT]


def _new_paragraph(before: Token, start: Token) -> bool:
    return any("\n" in t.text for t in before.doc[before.i : start.i])


def _of_many(mention: EventMention) -> tuple[Realis, str] | None:
    """ "Many Russian aircraft have flown there": what an unspecific many do is no single event."""
    for argument in mention.predicate.slot("subj", "light:subj"):
        for child in argument.head.children:
            if child.dep_ == "amod" and in_class(child, "unspecific") and argument.head.tag_ != "NNP":
                return Realis.GENERIC, f"{child.text!r} before who does it"
    return None


def _of_habit(mention: EventMention) -> tuple[Realis, str] | None:
    """ "Every Tuesday an Ilyushin leaves", "the carrier, which flies to Jeddah", "flies to Jeddah, Johannesburg and Guangzhou":
    what a present tense says beside the point, or of several ends at once, is done all the time."""
    verb = mention.predicate.head
    start, end = mention.sentence
    often = any(t.type is TimeType.SET and start <= t.token_start < end for t in doc_notes.times(verb.doc))
    if often and mention.type in (EventType.FLIGHT, EventType.VISIT) and is_verb(verb) and clause_of(verb).progressive:
        return Realis.GENERIC, "what went on again and again"
    if mention.type is not EventType.FLIGHT or verb.tag_ not in ("VBZ", "VBP"):
        return None
    several = any(f.beside for role in ("origin", "destination") for f in mention.roles.get(role, []))
    # "06:10 A helicopter takes off": a line of a timeline, whose clock the parser takes for what the clause is about
    aside = verb.dep_ == "relcl" and verb.head.tag_ != "CD"
    if aside or several or often:
        return Realis.GENERIC, "a present tense of habit"
    return None


def _carries(mention: EventMention) -> bool:
    """Whether the clause's modality is the event's: its own verb, or the verb that a nominal trigger is the core of."""
    head, verb = mention.predicate.head, mention.predicate.verb
    return head is verb or (mention.predicate.light is not None and head.dep_ != "pobj")


def _of_trigger(head: Token) -> tuple[Realis, str] | None:
    for child in head.children:
        if child.dep_ in ("amod", "compound", "det", "advmod", "nmod"):
            if in_class(child, "planned_modifier"):
                return Realis.PLANNED, f"{child.text!r} before the trigger"
            if in_class(child, "possible_modifier"):
                return Realis.POSSIBLE, f"{child.text!r} before the trigger"
            if is_noun(head) and child.dep_ == "det" and child.lower_ == "no":
                return Realis.DENIED, "'no' before the trigger"
            if head.tag_ == "NNS" and in_class(child, "generic_modifier") and child.dep_ == "amod":
                return Realis.GENERIC, f"{child.text!r} before a plural trigger"
        if child.dep_ in ("relcl", "acl") and is_noun(head) and in_class(child, "holding"):
            # "the summit, which the president will host", "an exercise, to be held in May"
            clause = clause_of(child)
            to_be = child.tag_ == "VBN" and any(c.tag_ == "TO" for c in child.children)
            if to_be or (clause.will and not clause.negated):
                return Realis.PLANNED, f"it is still to {child.lemma_}"
    return None


def _was_carried_out(mention: EventMention) -> bool:
    """ "Arrived for a scheduled visit", "completed a planned deployment": what was planned took place."""
    light = mention.predicate.light
    if light is None or not is_one_of(light, mention.rule.light):
        return False
    clause = clause_of(light)
    done = (clause.past or clause.perfect) and not (clause.negated or clause.modals or clause.passive)
    return done and not (
        in_class(light, "planned") or in_class(light, "possible") or in_class(light, "denied") or _called_off(light)
    )


def _of_clause(verb: Token) -> tuple[Realis, str] | None:
    clause = clause_of(verb)
    conditional = next((m for m in clause.marks if m in _CONDITIONAL), None)
    if clause.negated or any(
        c.dep_ in ("dobj", *SUBJECT, *PASSIVE_SUBJECT) and any(d.lower_ == "no" for d in c.children) for c in verb.children
    ):
        return Realis.DENIED, "negated"
    if conditional:
        return Realis.POSSIBLE, f"after {conditional!r}"
    for modal in clause.modals:
        if modal in _FUTURE:
            return Realis.PLANNED, f"modal {modal!r}"
        if modal == "would" and _reported_in_past(verb):
            return Realis.PLANNED, "'would' in reported speech"
        if modal in _IRREALIS:
            return Realis.POSSIBLE, f"modal {modal!r}"
    if any(in_class(c, "generic_adverb") for c in verb.children if c.dep_ == "advmod"):
        return Realis.GENERIC, "habitual adverb"
    if (awaited := _awaited_after(verb, clause)) is not None:
        return Realis.PLANNED, f"a present after {awaited.lower_!r}, of what is to come"
    if clause.infinitive and (verb.dep_ == "ROOT" or is_headline_infinitive(verb)):
        return Realis.PLANNED, "headline infinitive"
    return None


def _awaited_after(verb: Token, clause: Clause) -> Token | None:
    """ "Work will begin *once* the treaty is in force": the word that opens a clause of time in the present beside a future."""
    over = next((t for t in governing(verb) if is_verb(t)), verb)
    present = not clause.past and (verb.tag_ in ("VBZ", "VBP") or any(a.tag_ in ("VBZ", "VBP") for a in clause.auxiliaries))
    if verb.dep_ != "advcl" or not present or not clause_of(over).will:
        return None
    return next((c for c in verb.children if c.dep_ in ("mark", "advmod") and c.i < verb.i and in_class(c, "once")), None)


def _reported_in_past(verb: Token) -> bool:
    return verb.dep_ in ("ccomp", "relcl", "ROOT", "parataxis") and any(
        is_verb(t) and in_class(t, "reporting") for t in governing(verb)
    )


def _of_governors(head: Token, verb: Token | None) -> tuple[Realis, str] | None:
    """What the verbs and nouns above the trigger do to it: "plans to", "accused of", "denied", "a proposal to"."""
    node = head
    for above in governing(head)[:6]:
        if node.dep_ not in _COMPLEMENT or _asserts_itself(node) or _is_apart(node, above):
            break
        if node.dep_ == "conj":
            # what governs the first of two conjuncts governs the second; the first itself does not
            node = above
            continue
        if node.dep_ in ("nsubj",) and not in_class(above, "planned"):
            break
        if node.dep_ == "prep" and is_noun(above) and in_class(head, "direction_word"):
            # "a jet on its way to Rome was denied permission to land": it was on its way
            break
        if node.dep_ == "dobj" and in_class(above, "bearing_on"):
            # "it will not affect the exercise": that takes place
            break
        if in_class(above, "stake"):
            # "claimed responsibility for the attack", "denied involvement in it": that it happened is not in doubt
            break
        infinitive = is_verb(node) and clause_of(node).infinitive
        found = _governor(above, node, infinitive)
        if found is not None:
            return found
        if is_verb(above):
            status = (
                _of_clause(above)
                if node.dep_ in ("xcomp", "dobj", "pcomp", "prep", "pobj", "oprd") and not in_class(above, "reporting")
                else None
            )
            if status is not None and status[0] is not Realis.GENERIC:
                return status
        node = above
    return None


def _asserts_itself(node: Token) -> bool:
    """A clause that is told as a fact whatever stands above it: relative, participial, adverbial, or finite after "and"."""
    if node.dep_ == "advcl" and clause_of(node).infinitive and in_class(node.head, "possible"):
        # "asked Kenya on Monday *to help* lift the sanctions": what is asked for, which the parser takes for a purpose
        return False
    if node.dep_ in ("relcl", "advcl") or _is_result(node):
        return True
    if node.dep_ == "pcomp" and any(c.dep_ in SUBJECT or c.dep_ in PASSIVE_SUBJECT for c in node.children):
        # "will reopen on Tuesday, eight days after two planes collided"
        return clause_of(node).past
    if node.dep_ == "acl":
        return node.tag_ == "VBN"
    finite = node.tag_ in ("VBD", "VBZ", "VBP") or any(c.dep_ in ("aux", "auxpass") and c.tag_ != "TO" for c in node.children)
    return node.dep_ == "conj" and is_verb(node) and finite


def _is_apart(node: Token, above: Token) -> bool:
    """ "The jet landed at Nyala; Chad *denied* arming anyone": what a semicolon parts from a verb is not its matter."""
    return is_verb(node) and any(t.text == ";" for t in node.doc[node.i : max(above.i, node.i)])


def _called_off(verb: Token) -> bool:
    """ "Called off", "put off": a verb and its particle that leave nothing of what they govern."""
    return _with_particle(verb, "denied")


def _with_particle(verb: Token, word_class: str) -> bool:
    return any(f"{verb.lemma_.lower()} {c.lower_}" in lexicon()[word_class] for c in verb.children if c.dep_ in ("prt", "advmod"))


def _is_result(node: Token) -> bool:
    """ "So many wanted to be on it *that a second aircraft was sent*"."""
    mark = next((c for c in node.children if c.dep_ == "mark" and c.lower_ == "that"), None)
    return mark is not None and any(t.lower_ in ("so", "such") for t in node.head.subtree if node.sent.start <= t.i < mark.i)


def _governor(above: Token, below: Token, infinitive: bool) -> tuple[Realis, str] | None:
    clause: Clause | None = clause_of(above) if is_verb(above) else None
    if is_verb(above) and below.dep_ == "prep" and below.lower_ in _CIRCUMSTANCE:
        # "on a visit to Mexico, he asked": when and where it was asked is no less true
        return None
    if clause is not None and below.dep_ == "prep" and below.lower_ == "before" and not clause.passive:
        # "stopped in Novosibirsk before going on to Pyongyang"
        return None
    if in_class(above, "capability") and (infinitive or below.dep_ in ("pcomp", "prep", "xcomp")):
        return Realis.GENERIC, f"what it is {above.text!r} to do"
    negated = clause is not None and clause.negated
    if in_class(above, "denied") or _called_off(above):
        return (Realis.ACTUAL, f"negated {above.lemma_!r}") if negated else (Realis.DENIED, f"under {above.lemma_!r}")
    if infinitive and above.lemma_ == "have" and any(c.lower_ == "yet" for c in (*above.children, *below.children)):
        return Realis.DENIED, "yet to come"
    if infinitive and above.lemma_ == "have" and above.tag_ in ("VBZ", "VBP") and below.dep_ == "xcomp":
        return Realis.POSSIBLE, f"what {above.text!r} to be done"
    if infinitive and in_class(above, "urging"):
        return Realis.POSSIBLE, f"under {above.lemma_!r}"
    if infinitive and (in_class(above, "planned") or above.lemma_ == "be"):
        return (Realis.DENIED, "negated plan") if negated else (Realis.PLANNED, f"infinitive under {above.lemma_!r}")
    if in_class(above, "possible") and (
        infinitive or below.dep_ in ("pcomp", "ccomp", "prep", "acl", "dobj", "pobj", "xcomp", "compound")
    ):
        return Realis.POSSIBLE, f"under {above.lemma_!r}"
    if below.dep_ in ("dobj", "nsubjpass", "pobj") and in_class(above, "awaiting"):
        return Realis.PLANNED, f"object of {above.lemma_!r}"
    if below.dep_ == "prep" and _with_particle(above, "awaiting"):
        return Realis.PLANNED, f"looked forward to with {above.lemma_!r}"
    return None
