"""Finds treaties: known ones by name, others by shape, and what "the pact" or "the nuclear deal" refers to.

In: a parsed Doc; the article's publication date. Out: `Found` of type treaty, one key for all words that mean one treaty;
`treaty` holds the row of a known one (kinds, parties, signed, in_force, ended). Knowledge: treaties.tsv, treaty_words.tsv.

A noun phrase is a mention of, in this order: the treaty named in its complement ("an agreement on a comprehensive strategic
partnership"); the treaty of the article last spoken of that fits its kind, states and year; the known treaty between the
article's states that fits, if it was signed by the day of publication; a treaty of its own, if the phrase is definite or the
text says that it was made. "The deal" alone never makes a treaty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from spacy.tokens import Doc

from pipeline.annotations import article as article_of
from pipeline.entities import context, matching
from pipeline.entities.finding import Finder, Found
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import Hit, fold
from pipeline.entities.treaty_phrases import Phrase, phrases, states_in, words
from pipeline.records import EntityType

_NAME, _AMBIGUOUS, _SHAPE, _NOMINAL = 0.95, 0.85, 0.78, 0.75
"""Scores: a name of the table, an ambiguous one with evidence, a name by its shape, a noun phrase."""
_NEWS = timedelta(days=60)
"""How old a treaty may be that an article says is being signed."""
_NAMED = 6
"""Weight of a state in `context.countries_in` from which the article names it or a place of its own, not only a neighbour."""
_MAIN_STATES = 4
"""So many of the article's states, by mentions, are taken for those it is about."""


_OF_FIGHTING = frozenset({"ceasefire", "armistice"})
"""Kinds whose plan is spoken of like the instrument itself: "the truce plan"."""
_BODIES = frozenset({"EU", "UN"})
"""Organisations whose short name is as long as a country's code."""


@dataclass(frozen=True, slots=True)
class Treaty:
    """A row of treaties.tsv. Dates are EDTF, None where unknown."""

    id: str
    name: str
    kinds: tuple[str, ...]
    parties: tuple[str, ...]
    signed: str | None
    in_force: str | None
    ended: str | None
    source: str

    @property
    def key(self) -> str:
        """The key under which finders report it."""
        return f"treaty:{self.id}"

    @property
    def row(self) -> dict[str, Any]:
        """What events read of a known treaty."""
        return {
            "id": self.id,
            "kind": self.kinds[0],
            "kinds": list(self.kinds),
            "parties": list(self.parties),
            "signed": self.signed,
            "in_force": self.in_force,
            "ended": self.ended,
            "source": self.source,
        }

    @property
    def states(self) -> frozenset[str]:
        """Parties that are states of today."""
        return frozenset(p for p in self.parties if len(p) == 2 and p.isupper() and p not in words("former") and p not in _BODIES)

    @property
    def bodies(self) -> tuple[str, ...]:
        """Parties that are organisations."""
        return tuple(p for p in self.parties if (len(p) > 2 and p != "multilateral") or p in _BODIES)

    @property
    def multilateral(self) -> bool:
        """Whether it is open to states at large."""
        return "multilateral" in self.parties


@dataclass(slots=True, eq=False)
class Spoken:
    """One treaty of the article: what is known of it so far, and where it was spoken of."""

    key: str
    name: str
    kinds: frozenset[str]
    states: frozenset[str]
    years: frozenset[str]
    row: Treaty | None = None
    multilateral: bool = False
    places: list[int] = field(default_factory=list)
    words: set[str] = field(default_factory=set)


@cache
def treaties() -> dict[str, Treaty]:
    """All known treaties by id."""
    made = {}
    for row in rows("treaties.tsv"):
        made[row["id"]] = Treaty(
            row["id"],
            row["name"],
            tuple(listed(row["kinds"])),
            tuple(listed(row["parties"])),
            row["signed"] or None,
            row["in_force"] or None,
            row["ended"] or None,
            row["source"],
        )
    return made


class Treaties:
    """The finder for treaties."""

    name = "treaties"

    def __init__(self) -> None:
        names, ambiguous = [], []
        for row in rows("treaties.tsv"):
            weak = {form for name in listed(row["ambiguous"]) for form in _spellings(name)}
            ambiguous += [(name, row["id"]) for name in sorted(weak)]
            for name in (row["name"], *listed(row["aliases"])):
                names += [(form, row["id"]) for form in _spellings(name) if form not in weak]
        self._names = matching.table("treaties", names)
        self._ambiguous = matching.table("treaties_ambiguous", ambiguous)

    def __call__(self, doc: Doc) -> list[Found]:
        published = _published(doc)
        found = self._known(doc, published)
        spoken = _spoken_of(found)
        taken = {i for f in found for i in range(f.start, f.end)}
        seen = phrases(doc, taken)
        # Names first: a description may stand before the name that it means, as in a headline.
        for phrase in [p for p in seen if p.form == "name"] + [p for p in seen if p.form != "name"]:
            made = self._mention(doc, phrase, spoken, found, published)
            if made is not None:
                found.append(made)
        return sorted(found, key=lambda f: (f.start, f.end))

    def _known(self, doc: Doc, published: date | None) -> list[Found]:
        """Names of the table, ambiguous ones where something speaks for them."""
        hits = [(hit, _choose(doc, hit.keys, published)) for hit in self._names.find(doc) if not _is_half(doc, hit)]
        hits = [(hit, t) for hit, t in hits if hit.text[:1].isupper() or hit.text != hit.text.lower() or _is_about(doc, t)]
        sure = {t.id for _, t in hits}
        found = [self._named(doc, hit, t, _NAME) for hit, t in hits]
        for hit in self._ambiguous.find(doc):
            if _is_half(doc, hit):
                continue
            fitting = [treaties()[k] for k in hit.keys if k in sure or _has_evidence(doc, hit, treaties()[k], published)]
            if fitting:
                best = max(fitting, key=lambda t: (t.id in sure, _is_bilateral(t), t.signed or ""))
                found.append(self._named(doc, hit, best, _AMBIGUOUS))
        return _longest(found)

    def _named(self, doc: Doc, hit: Hit, treaty: Treaty, score: float) -> Found:
        end = hit.end
        if end < len(doc) and doc[end].lower_ in words("strong").keys() | {"agreement", "agreements"}:
            end += 1
        form = "name" if hit.text != hit.text.lower() else "nominal"
        made = Found(hit.start, end, EntityType.TREATY, treaty.name, self.name, score, treaty.key, form)
        made.kind, made.treaty = treaty.kinds[0], treaty.row
        return made

    def _mention(
        self, doc: Doc, phrase: Phrase, spoken: list[Spoken], found: list[Found], published: date | None
    ) -> Found | None:
        own = _proper(doc, phrase)
        others = [s for s in spoken if own <= s.words]
        target = _abbreviated(doc, phrase, found, spoken) or _in_complement(phrase, found, doc, spoken)
        target = target or _antecedent(phrase, others, published)
        if target is None:
            known = _described(doc, phrase, published)
            if known is not None and own <= {*re.findall(r"\w+", " ".join((known.name, *_aliases(known.id))).lower())}:
                target = next((s for s in spoken if s.key == known.key), None) or _start(spoken, known)
        if target is None and _introduces(doc, phrase):
            target = Spoken(f"treaty:?{fold(phrase.name)}", phrase.name, phrase.kinds, frozenset(phrase.states), _year(phrase))
            spoken.append(target)
        if target is None:
            return None
        target.places.append(phrase.start)
        target.words.update(t.lower_ for t in doc[phrase.start : phrase.end])
        target.words |= phrase.subject
        if target.row is None:
            target.kinds = target.kinds & phrase.kinds or target.kinds or phrase.kinds
            target.states = target.states | frozenset(phrase.states)
        # "the Muscat peace accord": called after a place, which it is not
        by_place = doc[phrase.start].ent_type_ == "GPE" and phrase.modified and phrase.definite
        score = _SHAPE if phrase.form == "name" else _AMBIGUOUS if by_place else _NOMINAL
        name = target.row.name if target.row else phrase.name
        made = Found(phrase.start, phrase.end, EntityType.TREATY, name, self.name, score, target.key, phrase.form)
        if target.row is not None:
            made.kind, made.treaty = target.row.kinds[0], target.row.row
        elif len(target.kinds) == 1:
            made.kind = next(iter(target.kinds))
        return made


def build() -> Finder:
    """The finder over treaties.tsv and treaty_words.tsv."""
    return Treaties()


def _spellings(name: str) -> set[str]:
    """A name as news writes it: with a small "treaty" at its end, and in both spellings of English."""
    forms = {name}
    for pair in words("spelling"):
        old, new = pair.split("=")
        forms |= {" ".join(new if w == old else w for w in f.split(" ")).replace(f"{old}-", f"{new}-") for f in forms}
    last = name.rpartition(" ")[2]
    if last.lower() in words("named") and " " in name:
        forms |= {f.removesuffix(last) + last.lower() for f in forms}
    return forms


def _named_states(doc: Doc) -> Counter[str]:
    """The states that the article names, with their weights."""
    return Counter({state: weight for state, weight in context.countries_in(doc).items() if state and weight >= _NAMED})


def _published(doc: Doc) -> date | None:
    article = article_of(doc)
    if article is None or article.published is None:
        return None
    try:
        return date.fromisoformat(article.published[:10])
    except ValueError:
        return None


def _was_signed(treaty: Treaty, published: date | None) -> bool:
    return treaty.signed is not None and (published is None or treaty.signed[:10] <= published.isoformat())


def _is_news(treaty: Treaty, published: date | None) -> bool:
    """Whether an article of that day can tell of its signing."""
    signed = treaty.signed or ""
    return published is not None and (published - _NEWS).isoformat() <= signed[:10] <= published.isoformat()


def _choose(doc: Doc, keys: Iterable[str], published: date | None) -> Treaty:
    """Of several treaties of one name, the one whose states the article names, and then the latest signed."""
    weights = _named_states(doc)
    return max(
        (treaties()[key] for key in keys),
        key=lambda t: (
            bool(t.states) and all(weights[s] for s in t.states),
            sum(weights[s] for s in t.states),
            _was_signed(t, published),
            t.signed or "",
        ),
    )


def _is_half(doc: Doc, hit: Hit) -> bool:
    """Whether the name is the second half of another: "the Moscow-Washington treaty" is not the Washington Treaty."""
    before = doc[hit.start - 1] if hit.start else None
    return before is not None and before.text in {"-", "–"} and not before.whitespace_


def _is_about(doc: Doc, treaty: Treaty) -> bool:
    """Whether the article names a party; every article may speak of a multilateral treaty."""
    weights = _named_states(doc)
    return treaty.multilateral or not treaty.states or any(weights[s] for s in treaty.states)


def _is_bilateral(treaty: Treaty) -> bool:
    return len(treaty.parties) == 2


def _has_evidence(doc: Doc, hit: Hit, treaty: Treaty, published: date | None) -> bool:
    """Whether an ambiguous name means this treaty: it is called one, or all its states are spoken of."""
    following = doc[hit.end].lower_ if hit.end < len(doc) else ""
    called = following in words("strong") or (following in words("weak") and hit.text.isupper())
    if called and hit.text.isupper() and (treaty.multilateral or _is_about(doc, treaty)):
        return True
    if not _was_signed(treaty, published) or not treaty.states:
        return False
    sentence = doc[hit.start].sent
    # A capital stands for its state here: "the agreement with Washington".
    weights = _named_states(doc) + Counter(states_in(doc, sentence.start, sentence.end))
    spoken = any(t.lower_ in words("strong").keys() | words("weak").keys() | words("verb").keys() for t in sentence)
    acted = any(context.lemma(t) in words("verb") for t in sentence)
    return all(weights[s] for s in treaty.states) and (spoken or acted or len(hit.text.split()) > 1)


def _longest(found: list[Found]) -> list[Found]:
    """Without names that lie inside of longer ones."""
    chosen: list[Found] = []
    for f in sorted(found, key=lambda f: (f.start - f.end, -f.score, f.start)):
        if not any(c.start < f.end and f.start < c.end for c in chosen):
            chosen.append(f)
    return sorted(chosen, key=lambda f: f.start)


def _spoken_of(found: list[Found]) -> list[Spoken]:
    spoken: dict[str, Spoken] = {}
    for f in found:
        treaty = treaties()[(f.key or "").removeprefix("treaty:")]
        if f.key not in spoken:
            spoken[treaty.key] = _start([], treaty)
        spoken[treaty.key].places.append(f.start)
    return list(spoken.values())


def _start(spoken: list[Spoken], treaty: Treaty) -> Spoken:
    years = frozenset(d[:4] for d in (treaty.signed, treaty.in_force) if d)
    made = Spoken(treaty.key, treaty.name, frozenset(treaty.kinds), treaty.states, years, treaty, treaty.multilateral)
    made.words.update(treaty.name.lower().split())
    spoken.append(made)
    return made


def _year(phrase: Phrase) -> frozenset[str]:
    return frozenset({phrase.year}) if phrase.year else frozenset()


def _abbreviated(doc: Doc, phrase: Phrase, found: list[Found], spoken: list[Spoken]) -> Spoken | None:
    """ "A memorandum of understanding (MoU)": what stands in brackets behind a treaty is that treaty."""
    bracketed = phrase.start > 1 and doc[phrase.start - 1].text == "(" and doc[min(phrase.end, len(doc) - 1)].text == ")"
    before = next((f for f in found if f.end == phrase.start - 1), None) if bracketed else None
    return next((s for s in spoken if before is not None and s.key == before.key), None)


def _in_complement(phrase: Phrase, found: list[Found], doc: Doc, spoken: list[Spoken]) -> Spoken | None:
    """The treaty named right after the noun: "an agreement on a comprehensive strategic partnership"."""
    if phrase.form == "name" or not phrase.complement:
        return None
    stop = doc[phrase.start].sent.end
    size = len(phrase.name.split())
    for f in found:
        if phrase.end <= f.start < min(stop, phrase.start + size + 2) and f.form == "nominal":
            return next((s for s in spoken if s.key == f.key), None)
    return None


def _antecedent(phrase: Phrase, spoken: list[Spoken], published: date | None) -> Spoken | None:
    """The treaty of the article that the phrase fits, the one spoken of last before it, or else the next one."""
    fitting = [s for s in spoken if _fits(phrase, s) and (phrase.definite or s.row is None or _is_news(s.row, published))]
    if not fitting:
        return None
    noun = _last_word(phrase)
    return max(fitting, key=lambda s: (phrase.strength == "strong" and noun in s.words, _nearness(phrase, s)))


def _proper(doc: Doc, phrase: Phrase) -> set[str]:
    """The names in a noun phrase that are no state's: a "Rush-Bagot agreement" is not the one spoken of before."""
    if phrase.form != "nominal":
        return set()
    return {
        t.lower_
        for t in doc[phrase.start : phrase.end - 1]
        if t.tag_ in {"NNP", "NNPS"}
        and t.text[:1].isupper()
        and t.is_alpha
        and t.ent_type_ not in {"DATE", "NORP", "CARDINAL"}
        and not states_in(doc, t.i, t.i + 1)
    }


@cache
def _aliases(treaty: str) -> tuple[str, ...]:
    return next(tuple(listed(row["aliases"])) for row in rows("treaties.tsv") if row["id"] == treaty)


def _nearness(phrase: Phrase, spoken: Spoken) -> int:
    """Greater for a treaty spoken of shortly before the phrase; negative for one that comes only after it."""
    return max((place for place in spoken.places if place <= phrase.start), default=-min(spoken.places, default=0) - 1)


def _fits(phrase: Phrase, spoken: Spoken) -> bool:
    if phrase.year and spoken.years and phrase.year not in spoken.years:
        return False
    if phrase.year and not spoken.years and phrase.form == "nominal" and not phrase.modified:
        return False
    if phrase.kinds and spoken.kinds and not phrase.kinds & spoken.kinds:
        return False
    if not _same_states(phrase, spoken):
        return False
    if phrase.form == "name":
        return bool(phrase.states) and frozenset(phrase.states) == spoken.states
    if phrase.strength in ("made", "plan") and not (phrase.modified and phrase.kinds and phrase.acted):
        return False
    told = bool(phrase.modified and phrase.kinds) or (bool(phrase.states) and bool(spoken.states))
    if phrase.plural and not told:
        return False
    if phrase.subject and not told and not phrase.subject & spoken.words:
        return False
    if not phrase.definite:
        return bool(phrase.modified and phrase.kinds & spoken.kinds) and bool(phrase.states or phrase.acted)
    noun = _last_word(phrase)
    if phrase.strength != "strong" and not told and noun not in words("plain"):
        return any(noun.startswith(w.rstrip("s")) for w in spoken.words if len(w) > 3)
    return True


def _last_word(phrase: Phrase) -> str:
    head = phrase.name.split()[: max(1, phrase.end - phrase.start)]
    return "memorandum" if head[-1].lower() == "mou" else head[-1].lower()


def _same_states(phrase: Phrase, spoken: Spoken) -> bool:
    named = frozenset(phrase.states)
    if not named or not spoken.states:
        return not (len(named) > 1 and spoken.multilateral)
    return named <= spoken.states or spoken.states <= named


def _described(doc: Doc, phrase: Phrase, published: date | None) -> Treaty | None:
    """The known treaty that a description fits: by kind, the article's states, and date."""
    told = phrase.modified and phrase.kinds
    if phrase.form == "name" or phrase.plural or not (phrase.definite or phrase.acted or (told and phrase.strength == "strong")):
        return None
    if phrase.strength == "plan" or (phrase.strength == "made" and not phrase.acted):
        return None
    if not told and not (phrase.strength == "strong" and phrase.year) and not phrase.states:
        return None
    fitting = [t for t in treaties().values() if _matches(doc, phrase, t, published)]
    if not fitting:
        return None
    return max(fitting, key=lambda t: (_is_bilateral(t), t.kinds[0] in phrase.kinds, t.signed or "", t.id))


def _matches(doc: Doc, phrase: Phrase, treaty: Treaty, published: date | None) -> bool:
    if treaty.multilateral or words("former").keys() & {*treaty.parties} or not _was_signed(treaty, published):
        return False
    if not phrase.kinds & {*treaty.kinds} and (phrase.kinds or not phrase.year):
        return False
    signed = treaty.signed or ""
    if phrase.year and phrase.year not in {signed[:4], (treaty.in_force or "")[:4]}:
        return False
    if not phrase.year and treaty.ended and published and treaty.ended[:4] < str(published.year - 1):
        return False
    if not phrase.definite and not phrase.year and not _is_news(treaty, published):
        return False
    return _between_states_of(doc, phrase, treaty)


def _between_states_of(doc: Doc, phrase: Phrase, treaty: Treaty) -> bool:
    """Whether the treaty's parties are those that the phrase or the article speaks of."""
    if not frozenset(phrase.states) <= treaty.states:
        return False
    if len(treaty.states) < 2 and frozenset(phrase.states) != treaty.states:
        return False
    weights = _named_states(doc)
    main = [state for state, _ in weights.most_common(_MAIN_STATES)]
    if len(treaty.parties) > 2:
        present = sum(1 for s in treaty.states if weights[s])
        return present >= 2 and treaty.parties[0] in {*phrase.states, *main[:2]}
    if not all(s in main or s in phrase.states for s in treaty.states):
        return False
    text = doc.text
    return all(body in text for body in treaty.bodies)


def _introduces(doc: Doc, phrase: Phrase) -> bool:
    """Whether a phrase that fits nothing known stands for a treaty of its own."""
    if phrase.form == "name":
        return True
    told = bool(phrase.modified and phrase.kinds)
    # "signed a Memorandum of Understanding"
    alone = phrase.strength == "formal" and phrase.acted and (phrase.complement or told or _last_word(phrase) in words("alone"))
    if phrase.plural or (phrase.capital and not alone):
        return False
    if phrase.strength == "plan":
        return told and (phrase.acted or (phrase.definite and bool(phrase.kinds & _OF_FIGHTING)))
    if phrase.strength == "made":
        return told and phrase.acted and bool(phrase.states)
    if phrase.strength == "strong":
        if not phrase.kinds and not phrase.states and len(_named_states(doc)) < 2:
            return False
        return phrase.definite or phrase.acted or (told and phrase.complement and bool(phrase.states))
    if alone:
        return True
    if told and (phrase.definite or phrase.acted):
        return bool(phrase.states) or _speaks_of_states(doc, phrase)
    if phrase.definite and (phrase.year or phrase.acted) and phrase.end - phrase.start > 1 and _speaks_of_states(doc, phrase):
        return True
    if phrase.acted and (phrase.between or (phrase.complement and bool(phrase.states))):
        return True
    return phrase.definite and (phrase.between or bool(phrase.subject)) and len(phrase.states) > 1


def _speaks_of_states(doc: Doc, phrase: Phrase) -> bool:
    sentence = doc[phrase.start].sent
    return bool(states_in(doc, sentence.start, sentence.end)) or bool(_named_states(doc))
