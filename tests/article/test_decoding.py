"""Which encoding a page really is in."""

from __future__ import annotations

import pytest

from pipeline.article.decoding import decode
from pipeline.errors import PageError, Reason

TEXT = "<p>The café owner said “the attack” was – he thinks – the naïve work of two men from Zürich.</p>" * 4


@pytest.mark.parametrize(
    ("raw", "charset", "used"),
    [
        (TEXT.encode(), None, "utf-8"),
        (b'<meta charset="windows-1252">' + TEXT.encode(), None, "utf-8"),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + TEXT.encode(), None, "utf-8"),
        (b'<meta charset="iso-8859-1">' + TEXT.encode("cp1252"), None, "cp1252"),
        (TEXT.encode("cp1252"), None, "cp1252"),
        (TEXT.encode("cp1252"), "windows-1252", "cp1252"),
        # So few high bytes that it might be damaged UTF-8, but none of them is whole.
        (b'<meta charset="utf-8">' + b"<p>A long page of plain letters.</p>" * 90 + TEXT.encode("cp1252"), None, "cp1252"),
        (b'<meta charset="x-no-such">' + TEXT.encode(), None, "utf-8"),
        (TEXT.encode("utf-16"), None, "utf-16-le"),
        (TEXT.encode("utf-16-be"), None, "utf-16-be"),
        (TEXT.encode("utf-32"), None, "utf-32-le"),
    ],
)
def test_right_text(raw: bytes, charset: str | None, used: str) -> None:
    text, name = decode(raw, charset)
    assert text.endswith(TEXT) and name == used


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("東京で会議が開かれた。", "shift_jis", "Shift_JIS"),
        ("東京で会議が開かれた。", "euc_jp", "EUC-JP"),
        ("Президент встретился с министром.", "cp1251", "windows-1251"),
        ("Президент встретился с министром.", "koi8-r", "koi8-r"),
        ("总统在巴黎会见部长。", "gb18030", "gb2312"),
        ("Zażółć gęślą jaźń w Łodzi.", "iso8859-2", "iso-8859-2"),
    ],
)
def test_declared_encodings(text: str, codec: str, label: str) -> None:
    raw = f'<meta charset="{label}"><p>'.encode() + (text * 5).encode(codec)
    assert decode(raw)[0].endswith(text * 5)


def test_a_cut_sequence_does_not_turn_the_page_into_another_encoding() -> None:
    text, name = decode(TEXT.encode() + b"\xe2\x80")
    assert name == "utf-8" and text.endswith("</p>") and "café" in text


def test_one_bad_byte_in_the_middle() -> None:
    raw = (TEXT * 10).encode()
    text, name = decode(raw[:60] + b"\xff" + raw[60:])
    assert name == "utf-8" and "Zürich" in text


def test_bytes_that_fit_nothing() -> None:
    with pytest.raises(PageError) as caught:
        decode(b"<p>" + bytes(range(0x81, 0xA0)) * 40)
    assert caught.value.reason is Reason.ENCODING
