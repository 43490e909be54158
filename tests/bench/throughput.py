"""Pages a second, stage by stage, through the whole program: `make bench`, or with ARGS="--copies 40 --workers 2".

In: the pages of corpus/articles, each copied with another title so that none counts as the same article. Out: a table; the time
to load the model is measured by a run over one page and taken off.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "corpus" / "articles"


def copies(folder: Path, number: int) -> int:
    """Writes `number` versions of each corpus page; returns how many pages that are."""
    pages = sorted(PAGES.glob("*.html"))
    for page in pages:
        html = page.read_text(encoding="utf-8", errors="surrogateescape")
        for n in range(number):
            changed = html.replace("</h1>", f" ({n})</h1>", 1).replace('href="https://', f'href="https://v{n}.')
            (folder / f"{page.stem}-{n}.html").write_text(changed, encoding="utf-8", errors="surrogateescape")
    return len(pages) * number


def seconds(inputs: Path, out: Path, until: str, workers: int) -> float:
    """How long one run takes."""
    begun = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "extract",
        str(inputs),
        "--to",
        str(out),
        "--until",
        until,
        "--workers",
        str(workers),
    ]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "pages"
        folder.mkdir()
        count = copies(folder, arguments.copies)
        print(f"{count} pages, {arguments.workers} workers")
        for until in ("article", "times", "events"):
            starting = seconds(next(folder.iterdir()), Path(name) / f"one.{until}.jsonl", until, 1)
            whole = seconds(folder, Path(name) / f"all.{until}.jsonl", until, arguments.workers)
            again = seconds(folder, Path(name) / f"all.{until}.jsonl", until, arguments.workers)
            rate = count / max(whole - starting, 1e-3)
            print(f"{until:<8} {rate:7.1f} pages/s   start {starting:5.1f} s   whole {whole:6.1f} s   again {again:5.1f} s")


if __name__ == "__main__":
    main()
