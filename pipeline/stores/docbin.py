"""spaCy DocBin: the articles as `Doc`s of a blank English pipeline, with what was found in them.

In: the records of a store. Out: `out.spacy`, or for `spacy:folder/` files of DOCS_PER_FILE articles each, as spaCy's Corpus
reader takes them. Read with `DocBin().from_disk("out.spacy").get_docs(spacy.blank("en").vocab)`:

    doc.ents               entities, where they do not overlap: label is the entity type, ent_id_ its id, kb_id_ its best code
    doc.spans["entities"]  every mention, also "the jet" and "she"; span.id_ is the entity's id
    doc.spans["times"]     label is the TIMEX3 type
    doc.spans["events"]    the triggers: label is the event type, span.id_ the event's id
    doc.user_data["dateline"]   the whole record

Spans are widened to whole tokens where a mention ends within one. The one place of the stores that loads spaCy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.stores.export import Content
from pipeline.stores.tabular import batched

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

DOCS_PER_FILE = 1_000
"""A DocBin is built and read in memory, at about 75 kB an article."""
_CODES = ("wikidata", "iso3166", "icao", "icao_type", "geonames")


class DocBinFile:
    """The `Format` of one DocBin. All articles are in memory when it is written."""

    folder = False
    suffix = ".spacy"

    def write(self, folder: Path, name: str, content: Content) -> None:
        """One file, whatever it holds."""
        _save(folder / name, content.lines())


class DocBinFolder:
    """The `Format` of a folder of DocBins."""

    folder = True
    suffix = ".spacy"

    def write(self, folder: Path, name: str, content: Content) -> None:
        """As many files as it takes; at least one."""
        number = 0
        for number, lines in enumerate(batched(content.lines(), DOCS_PER_FILE), 1):
            _save(folder / f"{number:05}.spacy", lines)
        if not number:
            _save(folder / "00001.spacy", ())


def _save(path: Path, lines: Iterable[bytes]) -> None:
    import spacy
    from spacy.tokens import DocBin

    blank = spacy.blank("en")
    attributes = ["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "ENT_ID", "ENT_KB_ID"]
    DocBin(attributes, store_user_data=True, docs=(_doc(blank, json.loads(line)) for line in lines)).to_disk(path)


def _doc(blank: Language, record: dict[str, Any]) -> Doc:
    from spacy.util import filter_spans

    doc = blank.make_doc(record["article"]["text"])
    mentions = [span for entity in record["entities"] for m in entity["mentions"] for span in _mention(doc, entity, m)]
    named = [
        span
        for entity in record["entities"]
        for m in entity["mentions"]
        if m.get("finder") != "coreference"
        for span in _mention(doc, entity, m)
    ]
    doc.set_ents(filter_spans(named))
    doc.spans["entities"] = mentions
    doc.spans["times"] = [s for t in record["times"] for s in _span(doc, t, t["type"], t["id"])]
    doc.spans["events"] = [s for e in record["events"] for s in _span(doc, e["trigger"], e["type"], e["id"])]
    doc.user_data["dateline"] = record
    return doc


def _mention(doc: Doc, entity: dict[str, Any], mention: dict[str, Any]) -> Iterator[Span]:
    links = entity.get("links", {})
    code = next((f"{key}:{links[key]}" for key in _CODES if links.get(key)), "")
    return _span(doc, mention, entity["type"], entity["id"], code)


def _span(doc: Doc, where: dict[str, Any], label: str, name: str, code: str = "") -> Iterator[Span]:
    span = doc.char_span(where["start"], where["end"], label, kb_id=code, span_id=name, alignment_mode="expand")
    if span is not None:
        yield span
