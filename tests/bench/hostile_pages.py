"""CPU time and memory of the article stage on each page of a folder, every page in a process of its own.

Usage: .venv/bin/python tests/bench/hostile_pages.py FOLDER

FOLDER holds pages that are meant to break extractors: deep, wide, damaged, wrongly declared, no html at all. Prints bytes,
seconds of CPU, the most memory that the process had (and had before it read the page), and what came of it; last
the slowest and the largest.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ONE = """
import json, resource, sys, time
from pathlib import Path
from pipeline.article import extract_article
from pipeline.errors import PageError
from pipeline.page import Page
most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
line = b"<p>The ferry left the harbour on Monday with forty people on board, the office said again today.</p>"
extract_article(Page("warm", html=b"<html><body><h1>A ferry leaves</h1>" + line * 6 + b"</body></html>"))
before, raw, start = most(), Path(sys.argv[1]).read_bytes(), time.process_time()
try:
    outcome = f"{len(extract_article(Page('page', html=raw), any_language=True).text):,} characters of text"
except PageError as error:
    outcome = error.reason.value
print(json.dumps([len(raw), time.process_time() - start, most(), before, outcome]))
"""


def main() -> int:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("hostile_pages: which pages? Name a folder: tests/bench/hostile_pages.py FOLDER", file=sys.stderr)
        return 2
    rows = []
    for path in sorted(p for p in Path(sys.argv[1]).iterdir() if p.is_file()):
        done = subprocess.run([sys.executable, "-c", ONE, str(path)], capture_output=True, text=True, cwd=ROOT, check=False)
        size, seconds, most, before, outcome = json.loads(done.stdout) if done.returncode == 0 else (0, 0.0, 0, 0, "CRASHED")
        rows.append((seconds, most, path.name))
        print(f"{path.name:32} {size:>11,} bytes {seconds:6.2f} s {most:5} MB ({before} before)  {outcome}", flush=True)
    if rows:
        print(f"{len(rows)} pages; slowest {max(rows)[0]:.2f} s ({max(rows)[2]}), largest {max(r[1] for r in rows)} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
