"""What is named on the command line becomes pages, in one order, and what cannot be read is named."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from pipeline import inputs
from pipeline.inputs import Missing
from pipeline.page import Page
from pipeline.records import Quarantined


def read(*names: object) -> list[inputs.Found]:
    return list(inputs.pages(str(name) for name in names))


def sources(found: list[inputs.Found]) -> list[str]:
    return [f.source for f in found]


def test_a_folder_gives_its_html_files_sorted_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.html", "a/z.htm", "a/b.HTML", "c.xhtml", "notes.txt", "rows.jsonl", "a/d/e.html.gz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(b"<p>x") if name.endswith("gz") else b"<p>x")
    names = [Path(s).relative_to(tmp_path).as_posix() for s in sources(read(tmp_path))]
    assert names == ["a/b.HTML", "a/d/e.html.gz", "a/z.htm", "b.html", "c.xhtml"]


def test_sources_are_paths_as_the_user_gave_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.html").write_text("<p>x")
    assert sources(read("news")) == ["news/a.html"]


def test_symlinks_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.html").write_text("<p>x")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "outside")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "self.html").symlink_to(tmp_path / "in" / "self.html")
    found = read(tmp_path / "in")
    assert [type(f) for f in found] == [Page, Quarantined]
    assert found[0].source.endswith("linked/a.html")


def test_what_is_no_regular_file_is_refused_without_opening(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "zero.html").symlink_to("/dev/zero")
    found = read(tmp_path)
    assert [(f.reason, f.message) for f in found if isinstance(f, Quarantined)] == [
        ("unreadable", "is a FIFO, not a regular file"),
        ("unreadable", "is a device, not a regular file"),
    ]


def test_what_is_not_there_is_told_apart(tmp_path: Path) -> None:
    assert read(tmp_path / "no") == [Missing(str(tmp_path / "no"))]


REFUSED = {
    "empty": b"",
    "blank": b" \n\t\n",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "pdf": b"%PDF-1.7 ...",
    "gzip_cut": gzip.compress(b"<p>" + os.urandom(5000))[:9],
    "gzip_bad": b"\x1f\x8b" + b"nonsense" * 10,
    "bomb": gzip.compress(bytes(64)) and gzip.compress(b" " * (inputs.MAX_BYTES + 10), 1),
}


@pytest.mark.parametrize(
    ("name", "reason"),
    [("empty", "empty"), ("blank", "empty"), ("png", "binary"), ("pdf", "binary"), ("gzip_bad", "binary"), ("bomb", "too_large")],
)
def test_what_is_no_page_is_refused_with_a_reason(name: str, reason: str) -> None:
    refused = inputs.page_of("x.html", REFUSED[name])
    assert isinstance(refused, Quarantined)
    assert (refused.reason, refused.stage) == (reason, "input")


def test_a_page_saved_compressed_is_unpacked() -> None:
    page = inputs.page_of("x.html", gzip.compress(b"<p>caf\xc3\xa9"))
    assert isinstance(page, Page)
    assert page.html == b"<p>caf\xc3\xa9"


def test_file_names_that_are_no_utf8_can_be_stored(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.html"
    with open(path, "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write(b"<p>x")
    (found,) = read(tmp_path)
    assert found.source.endswith("caf\\xe9.html")
    found.source.encode()


def test_archives_give_their_html_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "dump.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("b.html", "a/c.htm", "notes.txt", "empty.html"):
            archive.writestr(name, "" if name.startswith("empty") else f"<p>{name}")
    with tarfile.open(tmp_path / "dump.tgz", "w:gz") as tar:
        for name in ("z.html", "y.html.gz"):
            data = gzip.compress(b"<p>y") if name.endswith("gz") else b"<p>z"
            member = tarfile.TarInfo(f"news/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("outside.html")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    found = read(tmp_path / "dump.zip", tmp_path / "dump.tgz")
    assert [Path(s).name + ("" if "!" in s else "?") for s in sources(found)] == [
        "c.htm",
        "b.html",
        "empty.html",
        "z.html",
        "y.html.gz",
    ]
    assert sources(found)[0] == f"{tmp_path}/dump.zip!/a/c.htm"
    assert [f.html if isinstance(f, Page) else f.reason for f in found] == [
        b"<p>a/c.htm",
        b"<p>b.html",
        "empty",
        b"<p>z",
        b"<p>y",
    ]


@pytest.mark.parametrize("name", ["dump.zip", "dump.tar.gz", "dump.tar"])
def test_a_damaged_archive_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no archive at all" * 100)
    (found,) = read(tmp_path / name)
    assert isinstance(found, Quarantined) and found.reason == "unreadable"


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "dump.zip", "w") as archive:
        archive.writestr("a.html", "<p>first page")
        archive.writestr("b.html", "<p>second page")
    data = (tmp_path / "dump.zip").read_bytes().replace(b"<p>first page", b"<p>other page", 1)
    (tmp_path / "dump.zip").write_bytes(data)
    assert [type(f) for f in read(tmp_path / "dump.zip")] == [Quarantined, Page]


def jsonl(path: Path, *rows: object) -> Path:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "rows.ndjson"])
def test_rows_become_pages_named_by_their_id(tmp_path: Path, name: str) -> None:
    path = jsonl(
        tmp_path / name,
        {"id": "a/1", "text": "One.", "published": "2024-07-09", "url": "https://x.example/1"},
        {"html": "<p>Two"},
    )
    first, second = read(path)
    assert first == Page(f"{path}#a/1", text="One.", id="a/1", published="2024-07-09", url="https://x.example/1")
    assert second == Page(f"{path}#L2", html=b"<p>Two", charset="utf-8")


BAD_ROWS = {
    "no JSON": ("{not json", "bad_row"),
    "no object": ("[1]", "bad_row"),
    "nothing to read": ('{"id": "x"}', "bad_row"),
    "text is a list": ('{"text": ["x"]}', "bad_row"),
    "title is a number": ('{"text": "x", "title": 3}', "bad_row"),
    "no text": ('{"text": "  "}', "empty"),
    "deep": ("[" * 100_000, "bad_row"),
    "no UTF-8": ('{"text": "\udcff"}', "bad_row"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_refused_and_the_rest_goes_on(tmp_path: Path, case: str) -> None:
    row, reason = BAD_ROWS[case]
    path = tmp_path / "rows.jsonl"
    path.write_bytes(row.encode("utf-8", "surrogateescape") + b'\n\n{"text": "Good."}\n')
    bad, good = read(path)
    assert isinstance(bad, Quarantined)
    assert (bad.reason, bad.source) == (reason, f"{path}#L1")
    assert good == Page(f"{path}#L3", text="Good.")


def test_a_lone_surrogate_is_replaced_and_offsets_hold(tmp_path: Path) -> None:
    (page,) = read(jsonl(tmp_path / "rows.jsonl", '{"text": "a\\ud800b \\ud83d\\ude00 c"}'))
    assert isinstance(page, Page)
    assert page.text == "a\ufffdb 😀 c"


def test_a_damaged_archive_of_rows_is_named(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "rows.jsonl.gz", {"text": "One."})
    path.write_bytes(path.read_bytes()[:-6])
    assert [type(f) for f in read(path)][-1] is Quarantined
