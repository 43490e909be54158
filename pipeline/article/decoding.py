"""Bytes -> characters: finds out in which encoding a page really is.

In: raw bytes and, where known, the charset of the HTTP header. Out: str, and the name of the encoding that was used. Raises
PageError: empty, binary, too_large, encoding.

Order of evidence, strongest first: byte order mark; NUL pattern of UTF-16; strict UTF-8 (a text that is valid UTF-8
by accident is practically never seen, whatever is declared); UTF-8 with less than 1 % of damaged bytes; the header's,
then the page's own declaration, read as browsers read it (WHATWG Encoding: "iso-8859-1" means windows-1252);
windows-1252 as the browsers' default.
"""

from __future__ import annotations

import codecs
import re

from bs4.dammit import EncodingDetector

from pipeline.article.limits import MAX_BYTES
from pipeline.errors import PageError, Reason

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# https://encoding.spec.whatwg.org/#names-and-labels, where it departs from Python's names.
_WHATWG = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Stateful or abandoned encodings that browsers refuse because markup can be smuggled through them.
_REFUSED = frozenset(
    {"utf-7", "hz", "iso2022_kr", "utf-16", "utf-32", "idna", "punycode", "unicode_escape", "raw_unicode_escape"}
)
_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"RIFF",
    b"\x7fELF",
)
# C0 controls that no text holds; tab, line feed, form feed, carriage return and escape (ISO-2022-JP) are text.
_CONTROL = bytes([*range(9), 11, *range(14, 27), *range(28, 32)])
_SAMPLE = 65_536
_DAMAGE = 0.01
_CONTROL_SHARE = 0.02


def decode(raw: bytes, charset: str | None = None) -> tuple[str, str]:
    """The characters of a page, and the encoding they were in."""
    if len(raw) > MAX_BYTES:
        raise PageError(Reason.TOO_LARGE, f"the page has {len(raw):,} bytes, the limit is {MAX_BYTES:,}", hint="split it")
    if not raw.strip():
        raise PageError(Reason.EMPTY, "the page is empty", hint="download it again")
    if raw.startswith(_MAGIC):
        raise PageError(Reason.BINARY, "this is not a page but a binary file", hint="unpack it, or convert it to HTML")
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return _damaged(raw[len(bom) :], name).lstrip("\ufeff"), name
    wide = _utf16_by_pattern(raw)
    if wide:
        return _damaged(raw, wide), wide
    _refuse_binary(raw)
    try:
        return raw.decode("utf-8").lstrip("\ufeff"), "utf-8"
    except UnicodeDecodeError:
        return _legacy(raw, charset)


def _utf16_by_pattern(raw: bytes) -> str | None:
    """UTF-16 without a mark: in Latin markup every other byte is NUL."""
    sample = raw[:4096]
    if len(sample) < 16:
        return None
    even, odd = sample[0::2].count(0) / len(sample[0::2]), sample[1::2].count(0) / len(sample[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None


def _refuse_binary(raw: bytes) -> None:
    sample = raw[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROL)) > _CONTROL_SHARE * len(sample):
        raise PageError(Reason.BINARY, "this is not a page but binary data", hint="check the file, download the page again")


def _legacy(raw: bytes, charset: str | None) -> tuple[str, str]:
    """Not valid UTF-8: slightly damaged UTF-8, or another encoding."""
    declared = EncodingDetector.find_declared_encoding(raw[:_SAMPLE], is_html=True, search_entire_document=False)
    names = [n for n in (_codec(charset), _codec(declared)) if n]
    repaired = raw.decode("utf-8", "replace")
    high = sum(1 for _ in re.finditer(rb"[\x80-\xff]+", raw))
    damage = repaired.count("\ufffd")
    # In a page that was UTF-8, most runs of high bytes are whole; in another encoding next to none are.
    if damage < _DAMAGE * len(repaired) and (damage <= high / 4 or (damage <= 2 and "utf-8" in names)):
        return repaired.replace("\ufffd", ""), "utf-8"
    # UTF-8 has been judged: where it is declared and next to no run of high bytes is whole, the declaration is wrong.
    for name in (n for n in names if n != "utf-8"):
        try:
            return raw.decode(name), name
        except UnicodeDecodeError:
            text = raw.decode(name, "replace")
            if text.count("\ufffd") < _DAMAGE * len(text):
                return text.replace("\ufffd", ""), name
    text = raw.decode("cp1252", "replace")
    if text.count("\ufffd") < _DAMAGE * len(text):
        return text.replace("\ufffd", ""), "cp1252"
    found = ", ".join(names) or "none"
    raise PageError(Reason.ENCODING, f"the bytes fit no encoding (declared: {found})", hint="convert the page to UTF-8")


def _codec(label: str | None) -> str | None:
    """Python's codec for a label as browsers read it; None for unknown and refused ones."""
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name
        b"a".decode(name)
    except (LookupError, UnicodeDecodeError, ValueError):
        return None
    return None if name in _REFUSED else _WHATWG.get(name, name)


def _damaged(raw: bytes, name: str) -> str:
    """Strict where possible; else without the damaged characters when they are few."""
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        text = raw.decode(name, "replace")
    damage = text.count("\ufffd")
    if damage > _DAMAGE * len(text) + 1:
        raise PageError(Reason.ENCODING, f"{damage:,} characters are damaged in {name}", hint="download the page again")
    return text.replace("\ufffd", "")
