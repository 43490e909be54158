"""A process that turns pages into records, and the handle that its parent holds.

In: pages, one at a time. Out: one `Answer` per page, whatever happens to the process. A page that is not done within its
time, or takes more memory than allowed, ends the process (nothing gentler stops a C loop) and is answered as timeout or
memory. A process that dies may have been killed from outside (a machine short of memory does that), so its page is tried
once more in a new one, and answered as crashed when that one dies too. The next page gets a new process.

Parent and child speak over the child's standard input and output: a 4-byte length, then a pickle. The child is started as
a plain `python -c`, not by multiprocessing: nothing of the user's main module is imported again, and a pool that
loses a process would hang. Units: seconds, megabytes (10^6 bytes) of resident memory.
"""

from __future__ import annotations

import gc
import os
import pickle
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pipeline.errors import DatelineError, KnowledgeError, PageError, Reason, Stage
from pipeline.page import Page
from pipeline.records import Quarantined, Record

LOADING_SECONDS = 300.0
"""How long a process may take to load its model; on a slow disk the libraries alone take a minute."""
PAGES_PER_PROCESS = 2_000
"""A process hardly grows (tests/bench/memory.py); a fresh one now and then bounds what a library might keep."""
PAGES_PER_CLEARING = 10
"""A page's Doc and what is noted on it refer to each other; Python looks for such things rarely where there is much else."""
ATTEMPTS = 2
"""How many processes may die of a page before it is the page's fault."""
_POLL_SECONDS = 0.05
_HEADER = struct.Struct("!I")
_ENVIRONMENT = {
    # One process, one core; and sets iterate in the same order everywhere, so that the same page gives the same bytes.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
}
_ROOMS = {"article": Stage.ARTICLE, "language": Stage.LANGUAGE, "times": Stage.TIMES, "entities": Stage.ENTITIES}
_ROOMS |= {"events": Stage.EVENTS, "assemble": Stage.ASSEMBLE}


@dataclass(frozen=True, slots=True)
class Task:
    """What every worker of a run does: up to which stage, with which model, within which limits, from which day on.

    `since` (YYYY-MM-DD) is the first day of publication that is wanted; what was published before is not read further.
    """

    until: str = "events"
    model: str | None = None
    page_seconds: float = 60.0
    page_megabytes: int = 2_500
    gazetteers: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one page: a record as one line of JSON, or the reason why not, or when it was published, if before `since`.

    `counts` says how many events and entities of each type are in the record: ("event", "flight") and so on.
    """

    article_id: str | None = None
    line: str | None = None
    quarantined: Quarantined | None = None
    older: str | None = None
    seconds: float = 0.0
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)


class Worker:
    """The parent's handle on one process; starts it when the first page comes, and again after it had to be killed."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._pages = 0
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The process id, when there is a process."""
        return self._process.pid if self._process is not None else None

    def __call__(self, page: Page) -> Answer:
        """The answer to one page. Raises KnowledgeError when no process can be made ready at all."""
        for attempt in range(1, ATTEMPTS + 1):
            if self._stopped:
                raise Stopped
            if self._process is None or self._pages >= PAGES_PER_PROCESS:
                self._start()
            begun = time.monotonic()
            self._pages += 1
            try:
                self._send(page)
                message = self._receive(begun + self._task.page_seconds, self._task.page_megabytes)
            except _Ended as ended:
                if self._stopped:
                    raise Stopped from None
                refused = self._died(page, ended.reason)
                if ended.reason is not Reason.CRASHED or attempt == ATTEMPTS:
                    return Answer(quarantined=refused, seconds=time.monotonic() - begun)
            else:
                assert isinstance(message, Answer)
                return message
        raise AssertionError("the last attempt returns")

    def stop(self) -> None:
        """Ends the process from another thread; a call that is going on raises Stopped, as does every later one."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Ends the process, if any, and gives back what it held."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout, self._stderr):
                if pipe is not None:
                    pipe.close()
        self._process = None

    def _start(self) -> None:
        self.close()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from pipeline.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=os.environ | _ENVIRONMENT,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the parent, which then decides
        )
        self._pages = 0
        if self._stopped:
            raise Stopped
        try:
            self._send(self._task)
            message = self._receive(time.monotonic() + LOADING_SECONDS, None)
        except _Ended as ended:
            tail = self._last_words()
            self.close()
            if self._stopped:
                raise Stopped from None
            raise KnowledgeError(f"a worker process did not start: {_in_one_line(tail) or ended.reason}") from ended
        if isinstance(message, DatelineError):
            raise message

    def _send(self, message: object) -> None:
        assert self._process is not None and self._process.stdin is not None
        data = pickle.dumps(message)
        try:
            _write_all(self._process.stdin.fileno(), _HEADER.pack(len(data)) + data)
        except BrokenPipeError:
            raise _Ended(Reason.CRASHED) from None

    def _receive(self, deadline: float, megabytes: int | None) -> Any:
        """The next message of the process. Raises _Ended when it is dead, late or too large."""
        process = self._process
        assert process is not None and process.stdout is not None
        buffer = bytearray()
        wanted = _HEADER.size
        while len(buffer) < wanted:
            readable, _, _ = select.select([process.stdout], [], [], _POLL_SECONDS)
            if readable:
                chunk = os.read(process.stdout.fileno(), 1 << 20)
                if not chunk:
                    raise _Ended(Reason.CRASHED)
                buffer += chunk
                if wanted == _HEADER.size and len(buffer) >= wanted:
                    wanted += _HEADER.unpack(buffer[:wanted])[0]
            elif time.monotonic() > deadline:
                raise _Ended(Reason.TIMEOUT)
            elif megabytes is not None and _resident_megabytes(process.pid) > megabytes:
                raise _Ended(Reason.MEMORY)
        return pickle.loads(buffer[_HEADER.size :])

    def _died(self, page: Page, reason: Reason) -> Quarantined:
        """The quarantine row of a page that its process did not survive, with the stack it was in."""
        process = self._process
        assert process is not None
        if reason is Reason.CRASHED:
            process.wait()
            status = process.returncode
            ended = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
            message, hint = f"{ATTEMPTS} worker processes died of it ({ended})", "please report it with the page"
        else:
            process.send_signal(signal.SIGUSR1)  # faulthandler writes the stack, even out of a C loop
            time.sleep(2 * _POLL_SECONDS)
            if reason is Reason.MEMORY:
                message, hint = f"took more than {self._task.page_megabytes:,} MB", "allow more with --page-memory"
            else:
                message, hint = f"took more than {self._task.page_seconds:g} seconds", "allow more with --page-timeout"
        stack = self._last_words()
        self.close()
        stage = _stage_of(re.findall(r'File "([^"]+)"', stack)[::-1])
        return Quarantined(source=page.source, reason=reason, stage=stage, message=message, hint=hint, traceback=stack or None)

    def _last_words(self) -> str:
        """What the process wrote to its standard error: a stack from faulthandler, if anything."""
        if self._stderr is None:
            return ""
        self._stderr.seek(0)
        return self._stderr.read()[-4000:].decode("utf-8", "replace").strip()


class Stopped(Exception):
    """The run is being stopped; nothing is known about the page."""


class _Ended(Exception):
    """The process gives no answer any more."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def _in_one_line(stack: str) -> str:
    """What a traceback ends in, and where."""
    last = stack.rpartition("\n")[2]
    places = re.findall(r'File "([^"]+)", line (\d+)', stack)
    return f"{last} ({places[-1][0]}, line {places[-1][1]})" if places else last


def _stage_of(files: Sequence[str]) -> Stage:
    """The stage that a stack was in, from the files of its frames, outermost first."""
    stage = Stage.ARTICLE
    for file in files:
        folder, _, inside = file.rpartition("/pipeline/")
        if folder:
            stage = _ROOMS.get(inside.split("/")[0].removesuffix(".py"), stage)
    return stage


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _resident_megabytes(pid: int) -> float:
    """Resident memory of a process; 0 when it cannot be told."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
    except FileNotFoundError:
        return _resident_by_ps(pid)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _resident_by_ps(pid: int) -> float:
    """Where there is no /proc (macOS)."""
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return int(shown) * 1024 / 1e6 if shown.isdigit() else 0.0


# ---- the child -------------------------------------------------------------------------------------------------------------


def main() -> None:
    """Reads the task, loads what it needs, then answers page after page until its input ends."""
    import faulthandler

    source, sink = os.fdopen(0, "rb"), os.dup(1)
    os.dup2(2, 1)  # what a library prints must not run into the answers
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=False)
    task = _read(source)
    assert isinstance(task, Task)
    try:
        extract = _extractor(task)
    except KnowledgeError as error:
        _reply(sink, error)
        return
    _reply(sink, None)
    pages = 0
    while (page := _read(source)) is not None:
        # Should the parent be gone and the page never end, the kernel ends this process.
        signal.alarm(int(task.page_seconds) + 30)
        _reply(sink, _answer(extract, page))
        signal.alarm(0)
        pages += 1
        if pages % PAGES_PER_CLEARING == 0:
            _clear(first=pages == PAGES_PER_CLEARING)


def _clear(first: bool) -> None:
    """Frees what pages left behind. What is there after the first of them stays, so that it is not looked through every time."""
    gc.collect()
    if first:
        gc.freeze()


def _read(source: IO[bytes]) -> Any:
    header = source.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    return pickle.loads(source.read(_HEADER.unpack(header)[0]))


def _reply(sink: int, message: object) -> None:
    data = pickle.dumps(message)
    _write_all(sink, _HEADER.pack(len(data)) + data)


@dataclass(frozen=True, slots=True)
class _Older:
    """When a page was published that is older than asked for."""

    published: str


def _extractor(task: Task) -> Callable[[Page], Record | _Older]:
    """The hops of `pipeline.extract` with everything they need in memory."""
    import pipeline
    from pipeline.article import extract_article
    from pipeline.inputs import Selection

    selection = Selection(since=task.since)
    if task.until != "article":
        from pipeline.assemble import assemble
        from pipeline.language import analyse, forgetting

        nlp = pipeline.load(task.model, task.until, task.gazetteers, task.frames)

    def extract(page: Page) -> Record | _Older:
        article = extract_article(page, any_language=task.until == "article")
        if article.published is not None and selection.is_older(article.published):
            return _Older(article.published)
        if task.until == "article":
            return Record(article=article)
        with forgetting(nlp):
            return assemble(article, analyse(nlp, article))

    return extract


def _counts(record: Record) -> Counter[tuple[str, str]]:
    found = Counter(("event", str(event.type)) for event in record.events)
    found.update(("entity", entity.type.value) for entity in record.entities)
    return found


def _answer(extract: Callable[[Page], Record | _Older], page: Page) -> Answer:
    begun = time.monotonic()
    try:
        record = extract(page)
        if isinstance(record, _Older):
            return Answer(older=record.published, seconds=time.monotonic() - begun)
        line = record.model_dump_json(exclude_none=True)
        line.encode()
        return Answer(record.article.id, line, seconds=time.monotonic() - begun, counts=_counts(record))
    except PageError as error:
        row = Quarantined(
            source=page.source, reason=error.reason, stage=error.stage, message=error.message, hint=error.hint, traceback=None
        )
    except MemoryError:
        row = Quarantined(source=page.source, reason=Reason.MEMORY, stage=Stage.LANGUAGE, message="ran out of memory")
    except Exception as error:  # noqa: BLE001 - the one place where a defect met by one page must not stop the other pages
        row = _internal(page, error)
    return Answer(quarantined=row, seconds=time.monotonic() - begun)


def _internal(page: Page, error: Exception) -> Quarantined:
    """A defect of the program: named with the room it happened in, and its traceback."""
    stage = _stage_of([frame.filename for frame in traceback.extract_tb(error.__traceback__)])
    return Quarantined(
        source=page.source,
        reason=Reason.INTERNAL,
        stage=stage,
        message=f"{type(error).__name__}: {error}".splitlines()[0][:500],
        hint="this is a defect of Dateline: please report it with the page",
        traceback="".join(traceback.format_exception(error))[-8000:],
    )
