"""The article and its times against gold.

In: two records of one article. Out: counts in the tally. Body: 4-token shingles; times: TempEval-3 (strict, relaxed, value).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from pipeline.evaluation.alignment import OffsetMap, overlap
from pipeline.evaluation.tally import Tally
from pipeline.records import BlockKind, Record

SHINGLE = 4


def _body_text(record: Record) -> str:
    text, blocks = record.article.text, record.article.blocks
    return "\n\n".join(text[b.start : b.end] for b in blocks if b.kind is not BlockKind.TITLE) if blocks else text


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The multiset of overlapping 4-token runs; a shorter text is one shorter run."""
    tokens = re.findall(r"\w+", text)
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(max(1, len(tokens) - SHINGLE + 1)))


def _letters(text: str | None) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text or "").casefold() if c.isalnum())


def compare_article(tally: Tally, gold: Record, record: Record) -> None:
    want, got = shingles(_body_text(gold)), shingles(_body_text(record))
    common = (want & got).total()
    if got:
        tally.precisions.append(common / got.total())
    if want:
        tally.recalls.append(common / want.total())
    g, r = gold.article, record.article
    if g.title:
        tally.ask("article.title_acc", _letters(g.title) == _letters(r.title), f"got {r.title!r} want {g.title!r}")
    if g.published:
        ok = (r.published or "")[:10] == g.published[:10]
        tally.ask("article.date_acc", ok, f"got {r.published} want {g.published}")
    same = {_letters(a) for a in g.authors} == {_letters(a) for a in r.authors}
    if g.authors or not same:
        tally.ask("article.authors_acc", same, f"got {r.authors} want {g.authors}")


def compare_times(tally: Tally, gold: Record, record: Record, shift: OffsetMap) -> None:
    want = [(t.start, t.end) for t in gold.times]
    got = [shift(t) for t in record.times]
    cells = sorted(
        (g != p, -overlap(g, p), i, j) for i, g in enumerate(want) for j, p in enumerate(got) if p and overlap(g, p) > 0
    )
    pairs: dict[int, int] = {}
    for _, _, i, j in cells:
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    strict = sum(want[i] == got[j] for i, j in pairs.items())
    value = sum(gold.times[i].value == record.times[j].value for i, j in pairs.items())
    for name, hits in (("strict", strict), ("relaxed", len(pairs)), ("value", value)):
        tally.count(f"times.{name}_f1", hits, len(got), len(want))
    for i, t in enumerate(gold.times):
        p = record.times[pairs[i]] if i in pairs else None
        if p is None or p.value != t.value:
            tally.miss("times.value_f1", f"{t.text!r} want {t.value} got {p.value if p else None}")
    for j in sorted(set(range(len(got))) - set(pairs.values())):
        tally.miss("times.strict_f1", f"false {record.times[j].text!r} {record.times[j].value}")
