"""Who else says what the article is: trafilatura, the publisher's JSON-LD and microdata.

In: the parsed page. Out: `Witness`, the text that a source holds to be the article, in a form in which a segment can
be looked up. None of them is the truth: trafilatura keeps widgets and loses containers, JSON-LD is cut short on one
page in six.
"""

from __future__ import annotations

import copy
import logging
import re
from datetime import datetime
from functools import cache, lru_cache

import lxml.etree
from dateparser.date import DateDataParser
from htmldate import extractors as htmldate_extractors
from trafilatura.core import bare_extraction
from trafilatura.metadata import extract_metadata
from trafilatura.settings import Document

from pipeline.article.limits import MAX_TRAFILATURA_DEPTH, MAX_TRAFILATURA_ELEMENTS
from pipeline.article.parsing import Parsed, elements

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
_ALNUM = re.compile(r"[^\W_]+")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
# Shorter strings occur by chance inside of others: they must be a whole line of the witness.
_LONG_ENOUGH = 24
# Questions that are answered by searching; beyond them an index of stretches of this length is made, with so many places each.
_FEW = 4_000
_GRAM = 16
_REPEATS = 20


@lru_cache(maxsize=2_048)
def squeeze(text: str) -> str:
    """Letters and digits only, case folded: what survives every way of rendering a text."""
    return text.translate(_ASCII) if text.isascii() else "".join(_ALNUM.findall(text)).lower()


# trafilatura's own assertions and lxml's refusals are answers too: "nothing found" (14 of html5lib's inputs raise the first).
_REFUSALS = (AssertionError, AttributeError, ValueError, TypeError, KeyError, IndexError, lxml.etree.LxmlError)


class Witness:
    """A text, and whether it holds a segment."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = frozenset(squeeze(line) for line in lines) - {""}
        self.text = "\n".join(squeeze(line) for line in lines)
        self.run = self.text.replace("\n", "")
        self._asked = 0
        self._places: dict[str, list[int]] | None = None

    def __bool__(self) -> bool:
        return bool(self.run)

    def holds(self, squeezed: str) -> bool:
        """Whether the witness has this (squeezed) text."""
        if len(squeezed) < _LONG_ENOUGH:
            return squeezed in self.lines
        self._asked += 1
        if self._asked <= _FEW:
            return squeezed in self.run
        places = self._index().get(squeezed[:_GRAM], ())
        return any(self.run.startswith(squeezed, at) for at in places)

    def _index(self) -> dict[str, list[int]]:
        """Where each stretch of a few letters stands, so that a page of very many lines takes no longer than its size allows."""
        if self._places is None:
            self._places = {}
            for at in range(len(self.run) - _GRAM + 1):
                places = self._places.setdefault(self.run[at : at + _GRAM], [])
                if len(places) < _REPEATS:
                    places.append(at)
        return self._places


def trafilatura_witness(page: Parsed, thorough: bool = False) -> Witness:
    """The lines that trafilatura extracts; empty when it finds nothing or the page is beyond what it does in linear time.

    Args:
        page: the parsed page.
        thorough: with its fall-backs and in favour of recall: twice the time, for pages on which the quick way finds little.
    """
    if not _bearable(page):
        return Witness([])
    try:
        # It works on a copy of its own.
        document = bare_extraction(page.root, fast=not thorough, favor_recall=thorough, include_comments=False)
    except _REFUSALS:
        return Witness([])
    if not isinstance(document, Document) or document.body is None:
        return Witness([])
    return Witness(_lines(document.body))


# htmldate's last resort is dateparser, for which it loads two hundred languages: a second of CPU in each process. Here it gets
# English; dates printed in the languages that we know are read before it is asked.
@cache
def _date_parser() -> DateDataParser:
    return DateDataParser(
        languages=["en"],
        settings={
            "PARSERS": ["custom-formats", "absolute-time"],
            "PREFER_DATES_FROM": "past",
            "RETURN_AS_TIMEZONE_AWARE": False,
            "STRICT_PARSING": True,
        },
    )


def _has_date_cue(string: str, min_date: datetime, max_date: datetime) -> bool:
    cue = htmldate_extractors.YEAR_OR_MONTH.search(string)
    return cue is not None and (not cue[0].isdigit() or min_date.year <= int(cue[0]) <= max_date.year)


htmldate_extractors.get_external_parser = _date_parser
htmldate_extractors.has_date_cue = _has_date_cue

# Comments, and the versions of style sheets, which have days of their own.
_OTHER_DAYS = (
    "//div[contains(@class,'comment') or contains(@id,'comment')] | //ol[contains(@class,'comment')] | //section[@id='comments']"
    " | //link[contains(@rel,'stylesheet') or contains(@rel,'preload') or contains(@rel,'icon')]"
)


def trafilatura_metadata(page: Parsed, url: str | None) -> Document:
    """What trafilatura (and htmldate below it) reads from the page: for pages whose head says neither date nor author."""
    if not _bearable(page):
        return Document()
    root = copy.deepcopy(page.root)
    # It would take their days for the article's.
    for element in elements(root.xpath(_OTHER_DAYS)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    try:
        found = extract_metadata(root, url, {"extensive_search": True, "original_date": True, "max_date": "2100-12-31"}, True)
    except _REFUSALS:
        return Document()
    return found if isinstance(found, Document) else Document()


def _lines(body: lxml.etree._Element) -> list[str]:
    lines: list[str] = []
    for element in body.iter("p", "head", "item", "quote", "code", "cell", "ab", "del"):
        parts = [element.text or ""]
        for child in element:
            if child.tag == "lb":
                lines.append("".join(parts))
                parts = [child.tail or ""]
            elif child.tag in ("p", "item", "list", "cell", "head", "quote"):
                parts.append(child.tail or "")
            else:
                parts += ["".join(map(str, child.itertext())), child.tail or ""]
        lines.append("".join(parts))
    return lines


def _bearable(page: Parsed) -> bool:
    return page.depth <= MAX_TRAFILATURA_DEPTH and page.elements <= MAX_TRAFILATURA_ELEMENTS
