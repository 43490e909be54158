"""One input before anything is known about it.

In: raw bytes or plain text and where they came from. Out: `Page`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was found.

    Args:
        source: the input as the user would name it ("news/a.html", "dump.zip!/a.html", "rows.jsonl#id").
        html: the page's bytes, or None for a plain-text input.
        text: plain text kept verbatim, or None for HTML.
        charset: encoding named outside of the page (HTTP header), if any.
        id, url, title, published, site: what the input says beside the page (a JSONL row, a WARC header), if anything.
    """

    source: str
    html: bytes | None = None
    text: str | None = None
    charset: str | None = None
    id: str | None = None
    url: str | None = None
    title: str | None = None
    published: str | None = None
    site: str | None = None
