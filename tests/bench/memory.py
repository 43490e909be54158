"""How much memory a run takes as it goes on: `python tests/bench/memory.py --pages 3000 --until article`.

In: as many pages as asked for, made from those of corpus/articles, each with fifty words of its own. Out: a line now and then
with the resident memory of the program and of its largest worker, in MB (10^6 bytes). Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from skipping import ROOT, pages


def resident(pid: int) -> float:
    """Resident memory of a process."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


def workers(pid: int) -> list[int]:
    """The worker processes of a run."""
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def folder(path: Path, number: int) -> Path:
    """Html files, each with words that no other has: names, so that most of what may be remembered of words is."""
    path.mkdir()
    for n, html in enumerate(pages(number)):
        names = " ".join("".join(chr(97 + (n * 50 + k) * 7919 // 26**i % 26) for i in range(8)).capitalize() for k in range(50))
        (path / f"{n:06}.html").write_bytes(html.replace(b"</p>", f" They named {names}.</p>".encode(), 1))
    return path


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=3_000)
    parser.add_argument("--until", default="article")
    parser.add_argument("--to", default="r.jsonl", help="destination, within a folder of its own")
    parser.add_argument("--workers", default="2")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        inputs = folder(Path(name) / "pages", arguments.pages)
        command = [sys.executable, "-m", "pipeline.cli", "extract", str(inputs), "--to", arguments.to, "--log-json"]
        command += ["--until", arguments.until, "--workers", arguments.workers]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        run = subprocess.Popen(command, cwd=name, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
        assert run.stderr is not None
        done = 0
        for line in run.stderr:
            if json.loads(line)["event"] not in ("record", "quarantined"):
                continue
            done += 1
            if done % max(arguments.pages // 10, 1) == 0:
                largest = max(map(resident, workers(run.pid)), default=0.0)
                print(f"{done:7,} pages   program {resident(run.pid):6.0f} MB   largest worker {largest:6.0f} MB", flush=True)
        print(f"exit status {run.wait()}")


if __name__ == "__main__":
    main()
