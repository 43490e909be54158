"""Runs that are killed, stopped, starved or doubled, with real signals: in the end the bytes are those of an undisturbed run."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import samples
from tests.cli.commands import DATELINE, ROOT, content, dateline, files, lines

PAGES = 200


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing happens to: its input, and what it wrote."""

    rows: Path
    out: Path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("plain")
    rows = samples.rows(folder / "rows.jsonl", PAGES)
    done = dateline(*arguments(rows, folder / "out", 1))
    assert done.returncode == 0, done.stderr
    assert f"and {PAGES - 40} more articles" in done.stdout
    return Undisturbed(rows, folder / "out")


def arguments(rows: Path, out: Path, workers: int = 2) -> list[str]:
    to = ["--to", f"{out}/r.jsonl", "--to", f"sqlite:///{out}/r.sqlite"]
    return ["extract", str(rows), *to, "--until", "article", "--workers", str(workers)]


def started(rows: Path, out: Path, **options: Any) -> subprocess.Popen[str]:
    """A run that goes on."""
    return subprocess.Popen(
        [*DATELINE, *arguments(rows, out)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options
    )


def same(out: Path, plain: Undisturbed) -> None:
    """Asserts that both destinations hold what an undisturbed run wrote, and that nothing else lies about."""
    found, wanted = files(out), files(plain.out)
    assert set(found) == set(wanted) == {"r.jsonl", "r.pages.jsonl", "r.sqlite"}
    assert found["r.jsonl"] == wanted["r.jsonl"]
    assert content(out / "r.sqlite") == content(plain.out / "r.sqlite")


def children(process: subprocess.Popen[str]) -> list[int]:
    """The worker processes of a run."""
    try:
        return [int(p) for p in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()] + [
            int(p)
            for thread in Path(f"/proc/{process.pid}/task").iterdir()
            if thread.name != str(process.pid)
            for p in (thread / "children").read_text().split()
        ]
    except OSError:
        return []


def until(happens: Callable[[], Any], seconds: float = 60) -> Any:
    """Waits until something is so, and returns it."""
    deadline = time.monotonic() + seconds
    while not (found := happens()):
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)
    return found


def whole_lines(path: Path) -> int:
    """How many lines a file has, none if it is not there (any more)."""
    try:
        return path.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def journal(out: Path) -> int:
    """How many pages a run has done so far."""
    return whole_lines(out / "r.jsonl.journal")


def kept(out: Path, at_least: int) -> int:
    """How many pages are done: in the journal or, where a run came to its end, in the finished files. It never falls."""
    pages = max(journal(out), whole_lines(out / "r.pages.jsonl") - 1)  # its first line is of the file
    assert pages >= at_least, "what was reported done is kept"
    return pages


def killed_after(goal: int, plain: Undisturbed, out: Path, done: int) -> int:
    """Kills a run once `goal` pages are done, or at its end, and returns how many are."""
    process = started(plain.rows, out)
    until(lambda: kept(out, done) >= goal or process.poll() is not None)
    process.kill()
    process.communicate()
    return kept(out, done)


def test_a_run_killed_again_and_again_ends_in_the_same_bytes(plain: Undisturbed, tmp_path: Path) -> None:
    moments = random.Random(20240709)
    out = tmp_path / "out"
    done = 0
    for _ in range(4):
        done = killed_after(done + moments.randint(1, PAGES // 5), plain, out, done)
    process = started(plain.rows, out)
    until(lambda: journal(out) > done or process.poll() is not None)
    workers = children(process)
    process.kill()
    process.communicate()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 30)  # none goes on without its parent
    last = dateline(*arguments(plain.rows, out))
    assert last.returncode == 0, last.stderr
    same(out, plain)


def test_a_run_that_is_stopped_keeps_what_it_has_done(plain: Undisturbed, tmp_path: Path) -> None:
    out = tmp_path / "out"
    kept = b""
    for number in (signal.SIGTERM, signal.SIGINT):
        process = started(plain.rows, out)
        until(lambda: journal(out) >= 5)
        process.send_signal(number)
        process.send_signal(number)  # hammering on the keys changes nothing
        _, said = process.communicate()
        assert process.returncode == 130
        assert said.startswith("dateline: stopped after ") and said.count("\n") == 1, said
        before, kept = kept, (out / "r.jsonl").read_bytes()
        assert len(kept) > len(before) and (plain.out / "r.jsonl").read_bytes().startswith(kept)
        assert not (out / "r.jsonl.journal").exists()
    assert dateline(*arguments(plain.rows, out)).returncode == 0
    same(out, plain)


def test_workers_killed_from_outside_cost_nothing(plain: Undisturbed, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = started(plain.rows, out)
    killed = 0
    for done in (1, 70, 140):
        until(lambda done=done: journal(out) >= done or process.poll() is not None)  # type: ignore[misc]
        for pid in children(process)[:1]:
            os.kill(pid, signal.SIGKILL)
            killed += 1
    _, said = process.communicate()
    assert killed >= 2
    assert (process.returncode, said) == (0, "")
    same(out, plain)


def test_two_runs_at_once_do_not_harm_each_other(plain: Undisturbed, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = started(Path("-"), out, stdin=subprocess.PIPE)
    assert first.stdin is not None
    text = plain.rows.read_text(encoding="utf-8").splitlines(keepends=True)
    first.stdin.write("".join(text[:150]))
    first.stdin.flush()
    until(lambda: journal(out) >= 1)
    second = dateline(*arguments(plain.rows, out))
    assert second.returncode == 2, "its JSON Lines were refused, its database was not"
    assert second.stderr.count("\n") == 1 and f"another run is writing {out}/r.jsonl" in second.stderr
    _, said = first.communicate("".join(text[150:]))
    assert (first.returncode, said) == (0, "")
    articles = [row["article"]["id"] for row in lines(plain.out / "r.jsonl")]
    assert [row["article"]["id"] for row in lines(out / "r.jsonl")] == articles
    found = content(out / "r.sqlite")
    assert [row[0] for row in found["articles"]] == sorted(articles)
    assert len(found["pages"]) == 2 * PAGES


def test_a_full_disk_is_said_and_the_next_run_goes_on(plain: Undisturbed, tmp_path: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # no file may be larger

    out = tmp_path / "out"
    process = started(plain.rows, out, preexec_fn=limited)
    _, said = process.communicate()
    assert process.returncode == 2
    assert "Traceback" not in said and "run again to go on" in said, said
    assert dateline(*arguments(plain.rows, out)).returncode == 0
    same(out, plain)
