"""How much of a page this stage will look at, so that no input takes it longer than its size allows.

In: nothing. Out: constants. Units: bytes, characters, elements. Sources: measured on hostile pages, see docs/article.md.
"""

from __future__ import annotations

MAX_BYTES = 20_000_000
"""Raw page; beyond it nothing is read."""
MAX_MARKUP = 5_000_000
"""Characters left after scripts, styles and comments are cut; the largest news page seen in 1,000 had 1.1 million."""
MAX_RUNS = 80_000
"""Runs of text on a page; the largest of 483 pages had 2,734. Each takes about 2 kB of memory."""
MAX_TEXT = 200_000
"""Characters of article text; spaCy takes about 1 GB per million."""
MAX_TAG = 16_384
"""Characters of one tag: longer ones lose their attributes (libxml2 is quadratic in attributes per tag)."""
MAX_DEPTH = 400
"""Nested elements; deeper pages are flattened first (libxml2 drops text below 2,048)."""
MAX_TRAFILATURA_ELEMENTS = 12_000
"""Elements shown to trafilatura: its time is quadratic in links and line breaks (20,000 links: 7 s)."""
MAX_TRAFILATURA_DEPTH = 200
"""lxml's default parser and recursive tree copies lose text below 253."""
MAX_JSON = 1_000_000
"""Characters of one JSON-LD script."""
MAX_DATE = 60
"""Characters of a date string: dateparser needs seconds for long ones."""
MAX_FIELD = 500
"""Characters of one metadata value (title, author)."""
