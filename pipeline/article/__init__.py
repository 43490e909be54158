"""Page -> Article: the text and metadata of a news page, without the page's furniture.

In: `Page` (HTML bytes or plain text, and what the input says beside it). Out: `Article`. Raises PageError with a
reason for everything that is no English article. What each module does: decoding (bytes -> characters), parsing (->
tree), segments (-> runs of text), witnesses (what trafilatura and the publisher hold to be the article), body
(choice), images, titles, authors, dates, dateline, kinds (what is no article), plain (text inputs), offsets (back to
the HTML). Figures and limits: docs/article.md.
"""

from __future__ import annotations

from pipeline.article.compose import extract_article
from pipeline.article.offsets import Locator, Place, locate

__all__ = ["Locator", "Place", "extract_article", "locate"]
