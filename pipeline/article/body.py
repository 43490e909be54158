"""Segments -> the article: chooses what belongs to it.

In: all segments of the page and the evidence (the witnesses, the headline, the authors, the page's own description).
Out: `Choice`, the chosen segments in reading order.

How: (1) seed with the prose that the witnesses hold; (2) add prose that stands in elements of the same make (a body
split over several containers); (3) find the smallest element that holds nearly all of it; (4) judge every segment
between the first and the last seed by its own words, by the names of the elements around it and by the witnesses
(`chooser`); (5) put the standfirst in front; (6) cut at a second headline, after a heading that opens another list
and before boilerplate; (7) drop repetitions (`edges`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.article import edges
from pipeline.article.chooser import KEEP, Chooser, Evidence, within
from pipeline.article.segments import Node, Segment


@dataclass(slots=True)
class Choice:
    """What was chosen, and the element that holds it."""

    segments: list[Segment]
    container: Node | None


def choose(segments: list[Segment], evidence: Evidence) -> Choice:
    """The segments that are the article."""
    chooser = Chooser(segments, evidence)
    if not chooser.seeds:
        return Choice([], None)
    container = chooser.container()
    inside = [s for s in segments if within(s.node, container)]
    seeded = {s.index for s in chooser.seeds}
    kept = [s for s in inside if not chooser.refused(s) and chooser.score(s) >= KEEP]
    prompted = chooser.beside_prompts()
    kept = [s for s in kept if s.index not in prompted]
    first = next((s.index for s in kept if s.index in seeded), None)
    if first is None:
        return Choice([], container)
    last = max(s.index for s in kept if s.index in seeded)
    first = edges.opening(kept, first, chooser)
    kept = edges.runs_on([s for s in kept if first <= s.index], last, chooser)
    kept = edges.below_headline(kept, chooser)
    first = kept[0].index if kept else first
    kept = edges.with_headings(edges.standfirst(chooser, first, kept) + kept, chooser)
    return Choice(edges.unique(edges.cut(kept, chooser), chooser), container)
