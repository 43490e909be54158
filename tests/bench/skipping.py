"""How quickly a second run passes unchanged pages over: `make bench-skipping`, or with ARGS="--pages 20000".

In: as many pages as asked for, made from those of corpus/articles. Out: pages a second for each kind of input and of destination.
The first run only reads the articles' text; what is measured is a run over the same pages again, from opening the destination
to its end.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.stores.postgres import Server, binaries  # noqa: E402 - a script finds its own folder only

PAGES = sorted((ROOT / "corpus" / "articles").glob("*.html"))


def pages(number: int) -> Iterator[bytes]:
    """Pages of the corpus in turn, each with a title of its own."""
    sources = [page.read_bytes() for page in PAGES]
    for n in range(number):
        yield sources[n % len(sources)].replace(b"</h1>", b" (%d)</h1>" % n, 1)


def folder(path: Path, number: int) -> Path:
    """Nested folders of 1,000 html files."""
    for n, html in enumerate(pages(number)):
        file = path / f"{n // 1000:03}" / f"{n:06}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(html)
    return path


def archive(path: Path, number: int) -> Path:
    """A ZIP archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for n, html in enumerate(pages(number)):
            file.writestr(f"{n:06}.html", html)
    return path


def rows(path: Path, number: int) -> Path:
    """JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for n, html in enumerate(pages(number)):
            file.write(json.dumps({"id": n, "html": html.decode("utf-8", "replace")}) + "\n")
    return path


def warc(path: Path, number: int) -> Path:
    """A web archive."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for n, html in enumerate(pages(number)):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(f"https://x.example/{n}", "response", io.BytesIO(html), http_headers=head)
            )
    return path


INPUTS: dict[str, tuple[str, Callable[[Path, int], Path]]] = {
    "folder": ("pages", folder),
    "zip": ("pages.zip", archive),
    "jsonl": ("pages.jsonl", rows),
    "warc": ("pages.warc.gz", warc),
}


def run(inputs: Path, *destinations: str) -> dict[str, Any]:
    """The report of one run."""
    to = [argument for destination in destinations for argument in ("--to", destination)]
    command = [sys.executable, "-m", "pipeline.cli", "extract", str(inputs), *to, "--until", "article", "--report", "-"]
    report: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE).stdout)
    return report


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--inputs", nargs="*", default=list(INPUTS), choices=INPUTS)
    arguments = parser.parse_args()
    programs = binaries()
    server = Server(programs) if programs else None
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        if server:
            stack.callback(server.stop)
        base = Path(name)
        print(f"{arguments.pages:,} pages, the best of {arguments.times} runs")
        for kind in arguments.inputs:
            file, make = INPUTS[kind]
            inputs = make(base / file, arguments.pages)
            destinations = {"jsonl": f"{base}/{kind}.jsonl", "sqlite": f"sqlite:///{base}/{kind}.sqlite"}
            if server:
                destinations["postgresql"] = server.database()
            run(inputs, *destinations.values())
            for store, destination in destinations.items():
                best = min((run(inputs, destination) for _ in range(arguments.times)), key=lambda report: report["seconds"])
                seconds = best["seconds"]
                passed = best["pages"]["unchanged"] + best["pages"]["quarantined"]
                print(f"{kind:<8} {store:<11} {passed:7,} pages in {seconds:5.2f} s: {passed / seconds:7,.0f} pages/s")


if __name__ == "__main__":
    main()
