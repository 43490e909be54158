"""The article's id: the same for the same article wherever it is found.

In: title, text and publication date. Out: 32 hexadecimal digits. Space, punctuation, case and the time of day do not
count, so neither another path nor a second download changes it.
"""

from __future__ import annotations

import hashlib
import unicodedata

from pipeline.article.witnesses import squeeze


def of(title: str | None, text: str, published: str | None) -> str:
    """SHA-256 of the canonical content, its first half."""
    canonical = "\n".join((squeeze(title or ""), squeeze(unicodedata.normalize("NFKC", text)), (published or "")[:10]))
    return hashlib.sha256(canonical.encode("utf-8", "replace")).hexdigest()[:32]
