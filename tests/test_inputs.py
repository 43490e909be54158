"""What is named on the command line becomes pages, in one order, and what cannot be read is named."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import os
import random
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pyarrow.parquet
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline import inputs
from pipeline.errors import UsageError
from pipeline.inputs import Missing, Older, Selection, Whole
from pipeline.page import Page
from pipeline.records import Quarantined


def read(*names: object, selection: Selection = inputs.EVERYTHING) -> list[inputs.Found]:
    return [found for found in inputs.pages(map(str, names), selection) if not isinstance(found, Whole)]


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


def test_pages_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "rows.jsonl", {"id": "a", "text": "One."}, {"id": "b", "text": "Two."}, {"id": "a", "text": "Three."})
    assert [s.partition("#")[2] for s in sources(read(path))] == ["a", "b", "a~2"]


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "rows.jsonl", {"key": 7, "body": "<p>One", "link": "https://x.example/1", "html": "not this"})
    selection = Selection(columns={"html": "body", "url": "link", "id": "key"})
    assert read(path, selection=selection) == [
        Page(f"{path}#7", html=b"<p>One", charset="utf-8", id="7", url="https://x.example/1")
    ]


def test_a_damaged_archive_of_rows_is_named(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "rows.jsonl.gz", {"text": "One."})
    path.write_bytes(path.read_bytes()[:-6])
    assert [type(f) for f in read(path)][-1] is Quarantined


def test_a_text_file_is_a_page_of_plain_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfA jet <left> at noon.\n")
    (tmp_path / "b.txt").write_bytes(b"Caf\xe9")
    assert [f.text for f in read(tmp_path / "a.txt", tmp_path / "b.txt") if isinstance(f, Page)] == [
        "A jet <left> at noon.\n",
        "Café",
    ]


def test_a_page_named_twice_is_read_once(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text("<p>x")
    names = [Path(s).name for s in sources(read(tmp_path / "b.html", tmp_path, tmp_path / "a.html", tmp_path))]
    assert names == ["b.html", "a.html", "b.html"], "only what was named before it is passed over"


def test_only_what_matches_is_read(tmp_path: Path) -> None:
    for name in ("2023/a.html", "2024/a.html", "2024/b.html", "2024/secret.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("<p>x")
    os.mkfifo(tmp_path / "2024/pipe.html")

    def matching(*patterns: str) -> list[str]:
        found = read(tmp_path, selection=Selection(match=patterns))
        return [Path(f.source).relative_to(tmp_path).as_posix() for f in found if isinstance(f, Page)]

    assert matching("2024/[ab].html") == ["2024/a.html", "2024/b.html"]
    assert matching("2024/[!as]*") == ["2024/b.html"]
    assert matching("2*.html") == [], "a star does not reach over a slash"
    assert matching("2**a.html") == ["2023/a.html", "2024/a.html"]
    assert matching("????/?.html") == ["2023/a.html", "2024/a.html", "2024/b.html"]
    assert matching("[", "a.htm]", "[]]") == [], "odd patterns are taken as they are"
    with pytest.raises(UsageError, match="bad character range"):
        matching("[z-a].html")
    assert matching("a.html") == ["2023/a.html", "2024/a.html"]
    assert matching("*secret*", "2023/*") == ["2023/a.html", "2024/secret.html"]
    assert matching("html") == []


def test_rows_from_before_the_day_asked_for_are_told_apart(tmp_path: Path) -> None:
    days = ("2024-07-08T23:59", "2024-07-09", "2024-06", "2024-07", "2024", "9 July", None)
    path = jsonl(tmp_path / "rows.jsonl", *({"id": n, "text": "x", "published": day} for n, day in enumerate(days)))
    found = read(path, selection=Selection(since="2024-07-09"))
    assert [type(f) for f in found] == [Older, Page, Older, Page, Page, Page, Page]


def parquet(path: Path, **columns: list[object]) -> Path:
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return path


def test_rows_of_a_parquet_file_become_pages(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "news.parquet",
        id=[1, None, None],
        html=["<p>caf\xe9".encode("latin-1"), None, None],
        text=[None, "Two.", None],
        published=[datetime.datetime(2024, 7, 9, 10, 41), None, None],
        other=[[1], [2], [3]],
    )
    first, second, third = read(path)
    assert first == Page(f"{path}#1", html=b"<p>caf\xe9", id="1", published="2024-07-09T10:41:00")
    assert second == Page(f"{path}#R2", text="Two.")
    assert isinstance(third, Quarantined) and (third.source, third.reason) == (f"{path}#R3", "bad_row")


def test_a_parquet_file_that_holds_no_pages_is_named(tmp_path: Path) -> None:
    path = parquet(tmp_path / "news.parquet", body=["<p>One"], key=[1])
    (refused,) = read(path)
    assert isinstance(refused, Quarantined)
    assert (refused.source, refused.message) == (str(path), "has neither an html nor a text column, but: body, key")
    (page,) = read(path, selection=Selection(columns={"html": "body"}))
    assert isinstance(page, Page) and page.html == b"<p>One"
    path.write_bytes(path.read_bytes()[:-20])
    (damaged,) = read(path)
    assert isinstance(damaged, Quarantined) and damaged.reason == "unreadable"


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parquet(tmp_path / "news.parquet", text=["One."])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"dateline\[parquet\]"):
        read(path)


HTML = "<p>Über den Flug".encode("latin-1")
CAPTURED = {"WARC-Date": "2024-07-09T10:41:00Z"}


def warc(path: Path, *answers: tuple[str, list[tuple[str, str]], bytes], status: str = "200 OK", kind: str = "response") -> Path:
    """A web archive of one capture after the other, with the requests that led to them."""
    with path.open("ab") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        for url, headers, body in answers:
            head = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "x.example")], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "request", warc_headers_dict=CAPTURED, http_headers=asked))
            writer.write_record(
                writer.create_warc_record(url, kind, io.BytesIO(body), warc_headers_dict=CAPTURED, http_headers=head)
            )
    return path


def html_as(kind: str = "text/html; charset=ISO-8859-1", **headers: str) -> list[tuple[str, str]]:
    return [("Content-Type", kind), *((name.replace("_", "-"), value) for name, value in headers.items())]


def chunked(data: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:5], data[5:])) + b"0\r\n\r\n"


PACKED = {
    "plain": (html_as(), HTML),
    "gzip": (html_as(Content_Encoding="gzip"), gzip.compress(HTML)),
    "brotli": (html_as(Content_Encoding="br"), brotli.compress(HTML)),
    "deflate": (html_as(Content_Encoding="deflate"), zlib.compress(HTML)),
    "chunked": (html_as(Transfer_Encoding="chunked"), chunked(HTML)),
    "chunked gzip": (html_as(Transfer_Encoding="chunked", Content_Encoding="gzip"), chunked(gzip.compress(HTML))),
    "said to be packed, and is not": (html_as(Content_Encoding="gzip"), HTML),
}


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
@pytest.mark.parametrize("packing", PACKED)
def test_responses_of_a_web_archive_become_pages(tmp_path: Path, name: str, packing: str) -> None:
    headers, body = PACKED[packing]
    path = warc(tmp_path / name, ("https://x.example/a?b=c", headers, body))
    assert read(path) == [
        Page(f"{path}!/20240709104100/https://x.example/a?b=c", html=HTML, charset="ISO-8859-1", url="https://x.example/a?b=c")
    ]


def test_what_is_no_page_in_a_web_archive_is_passed_over(tmp_path: Path) -> None:
    path = warc(tmp_path / "crawl.warc.gz", ("https://x.example/logo.png", [("Content-Type", "image/png")], b"\x89PNG"))
    warc(path, ("https://x.example/old", html_as(Location="/new"), b"moved"), status="301 Moved Permanently")
    warc(path, ("https://x.example/none", html_as(), HTML), status="404 Not Found")
    warc(path, ("https://x.example/again", html_as(), HTML), kind="resource")
    warc(path, ("https://x.example/a", html_as("Application/XHTML+XML"), HTML))
    warc(path, ("https://x.example/empty", html_as(), b""), ("https://x.example/a", html_as(), HTML))
    found = [(f.source.partition("!/20240709104100/")[2], type(f)) for f in read(path)]
    assert found == [
        ("https://x.example/a", Page),
        ("https://x.example/empty", Quarantined),
        ("https://x.example/a~2", Page),
    ]
    assert [type(f) for f in read(path, selection=Selection(since="2024-07-10"))] == [Older, Quarantined, Older]


def test_a_damaged_body_does_not_stop_a_web_archive(tmp_path: Path) -> None:
    noise = os.urandom(5_000)
    bodies = {
        "gzip": gzip.compress(noise)[:40] + bytes(40),
        "br": brotli.compress(noise)[:-50],
        "deflate": b"no deflate",
        "zstd": b"\x28\xb5\x2f\xfd" + bytes(50),
        "br, gzip": gzip.compress(brotli.compress(HTML)),
    }
    for packing, body in bodies.items():
        path = warc(tmp_path / "crawl.warc", ("https://x.example/a", html_as(Content_Encoding=packing), body))
    assert [f.reason if isinstance(f, Quarantined) else f.html for f in read(path) if isinstance(f, Page | Quarantined)] == [
        *["unreadable"] * 4,
        HTML,
    ]


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_web_archive_that_is_cut_short_gives_what_is_whole(tmp_path: Path, name: str) -> None:
    path = warc(tmp_path / name, ("https://x.example/a", html_as(), HTML), ("https://x.example/b", html_as(), HTML * 50))
    path.write_bytes(path.read_bytes()[:-20])
    first, second = read(path)
    assert isinstance(first, Page) and isinstance(second, Quarantined)
    assert "cut short" in second.message


def test_a_web_archive_may_be_compressed_as_a_whole_and_lie_in_a_folder(tmp_path: Path) -> None:
    plain = warc(tmp_path / "crawl.warc", ("https://x.example/a", html_as(), HTML), ("https://x.example/b", html_as(), HTML))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "crawl.warc.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "in" / "bad.warc").write_bytes(b"no web archive at all\n" * 100)
    bad, first, second = read(tmp_path / "in")
    assert isinstance(bad, Quarantined) and bad.source.endswith("bad.warc")
    assert [f.url for f in (first, second) if isinstance(f, Page)] == ["https://x.example/a", "https://x.example/b"]


class Piped:
    """Standard input that gives what it is asked for in small pieces, as a pipe does."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)
        self.buffer.read1 = lambda size=-1: io.BytesIO.read(self.buffer, min(size, 7))  # type: ignore[method-assign]


def piped(monkeypatch: pytest.MonkeyPatch, data: bytes) -> list[inputs.Found]:
    monkeypatch.setattr(sys, "stdin", Piped(data))
    return read("-")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_is_told_by_how_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    (page,) = piped(monkeypatch, pack(b"\n<!doctype html>\n<p>One"))
    assert isinstance(page, Page) and page.html is not None and page.html.endswith(b"<!doctype html>\n<p>One")
    rows = piped(monkeypatch, pack(b'{"id": "a", "text": "One."}\n\n{"text": "Two."}\n{"no": 1}\n'))
    assert [f.text if isinstance(f, Page) else f.reason for f in rows] == ["One.", "Two.", "bad_row"]
    assert rows[0].source == "-#a"
    archive = warc(tmp_path / "crawl.warc", ("https://x.example/a", html_as(), HTML))
    assert sources(piped(monkeypatch, pack(archive.read_bytes()))) == ["-!/20240709104100/https://x.example/a"]
    (nothing,) = piped(monkeypatch, pack(b""))
    assert isinstance(nothing, Quarantined) and (nothing.source, nothing.reason) == ("-", "empty")


def test_what_is_piped_in_next_is_another_page(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {piped(monkeypatch, data)[0].source for data in (b"<p>One", b"<p>Two", b'{"text": "x"}', b'{"text": "y"}', b"<p>One")}
    assert len(names) == 4


def test_standard_input_that_is_cut_short_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    (refused,) = piped(monkeypatch, gzip.compress(b"<p>" + os.urandom(5000))[:-50])
    assert isinstance(refused, Quarantined) and refused.message == "the file is cut short"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\0"])
def test_a_list_names_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name in ("a.html", "b c.html", "@d.html", "in/e.html"):
        (tmp_path / name).write_text("<p>x")
    (tmp_path / "list.txt").write_bytes(end.join(["b c.html", "in", "", "gone.html", "@d.html", ""]).encode())
    assert sources(read("a.html", "@list.txt")) == ["a.html", "b c.html", "in/e.html", "gone.html", "@d.html"]
    monkeypatch.setattr(sys, "stdin", Piped((tmp_path / "list.txt").read_bytes()))
    assert sources(read("@-")) == ["b c.html", "in/e.html", "gone.html", "@d.html"]


def test_a_list_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the list"):
        read(f"@{tmp_path}/no.txt")


def containers(folder: Path) -> list[Path]:
    """A file of each kind that holds several pages."""
    html = "<html><p>" + "Überflug " * 200
    for name, packing in (("a.zip", zipfile.ZIP_DEFLATED), ("b.zip", zipfile.ZIP_LZMA)):
        with zipfile.ZipFile(folder / name, "w", packing) as archive:
            for member in ("a.html", "b.html"):
                archive.writestr(member, html)
    for name in ("c.tar", "d.tar.gz", "e.tar.xz"):
        with tarfile.open(folder / name, "w:" + name[6:]) as tar:  # type: ignore[call-overload]
            for member in ("a.html", "b.html"):
                info = tarfile.TarInfo(member)
                info.size = len(html.encode())
                tar.addfile(info, io.BytesIO(html.encode()))
    rows = [{"id": "a", "html": html}, {"text": html}]
    jsonl(folder / "f.jsonl", *rows)
    jsonl(folder / "g.jsonl.gz", *rows)
    parquet(folder / "h.parquet", id=["a", "b"], html=[html, html])
    captured = [("https://x.example/a", headers, body) for headers, body in PACKED.values()]
    warc(folder / "i.warc", *captured)
    warc(folder / "j.warc.gz", *captured)
    return sorted(folder.iterdir())


def test_no_damage_stops_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(7)
    for path in containers(tmp_path):
        whole = path.read_bytes()
        assert not [f for f in read(path) if isinstance(f, Quarantined)]
        for _ in range(40):
            data = bytearray(whole)
            for _ in range(chance.choice([1, 3, 20])):
                at = chance.randrange(len(data) + 1)
                data[at : at + chance.choice([0, 1, 1, 30])] = chance.randbytes(chance.choice([0, 1, 1, 8]))
            path.write_bytes(data)
            for found in (*read(path), *piped(monkeypatch, bytes(data))):
                assert found.source and (not isinstance(found, Quarantined) or found.message)
    assert capsys.readouterr().err == "", "libraries keep quiet"


def test_a_cell_that_cannot_be_read_costs_its_row_alone(tmp_path: Path) -> None:
    text = pyarrow.StringArray.from_buffers(2, *pyarrow.array([b"\xff\xfe", b"Good."], pyarrow.binary()).buffers()[1:])
    pyarrow.parquet.write_table(pyarrow.table({"text": text}), tmp_path / "a.parquet")
    bad, good = read(tmp_path / "a.parquet")
    assert isinstance(bad, Quarantined) and (bad.reason, bad.source) == ("bad_row", f"{tmp_path}/a.parquet#R1")
    assert good == Page(f"{tmp_path}/a.parquet#R2", text="Good.")


def test_what_was_read_to_its_end_is_told(tmp_path: Path) -> None:
    good = warc(tmp_path / "good.warc", ("https://x.example/a", html_as(), HTML))
    bad = tmp_path / "bad.warc"
    bad.write_bytes(good.read_bytes()[:-50] + b"\r\n\r\n" + b"no web archive\r\n" * 9)
    (tmp_path / "bad.zip").write_bytes(b"no archive")
    (tmp_path / "a.html").write_text("<p>x")
    rows = jsonl(tmp_path / "rows.jsonl", {"id": "x", "text": "One."}, "{no JSON")
    found = inputs.pages(map(str, (good, bad, tmp_path / "bad.zip", tmp_path / "a.html", rows)))
    assert [Path(f.source).name for f in found if isinstance(f, Whole)] == ["good.warc", "rows.jsonl"]
