"""A real PostgreSQL server for the tests: found on this machine, started in a folder of its own, without durability.

In: a folder. Out: `Server`, which makes databases. None where no PostgreSQL is installed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`: on PATH, else where Debian keeps them, the newest version first."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    return found[0].parent if found else None


def memory() -> str | None:
    """A file system in memory with room for a server, where there is one: no test waits for a disk."""
    folder = Path("/dev/shm")
    enough = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 1_000_000_000
    return str(folder) if enough else None


class Server:
    """A running server; `stop` takes it down and removes its files."""

    def __init__(self, programs: Path) -> None:
        # A socket's path may have no more than 107 bytes, so not in pytest's long folder names.
        self._folder = Path(tempfile.mkdtemp(prefix="pg", dir=memory()))
        self._count = 0
        user = None
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            user = "nobody"
            shutil.chown(self._folder, user)
        data = self._folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "dateline", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
            cwd=self._folder,
        )
        self._command = [programs / "postgres", "-D", data, "-F", "-h", "", "-k", str(self._folder)]
        self._user = user
        self.start()

    def start(self) -> None:
        """Starts it; again, if it was stopped by `crash`."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user, cwd=self._folder
        )
        self._wait()

    def crash(self) -> None:
        """Ends it at once, as a fault would; what was committed is there when it is started again."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def database(self) -> str:
        """The URL of a new, empty database."""
        self._count += 1
        name = f"d{self._count}"
        with psycopg.connect(host=str(self._folder), user="dateline", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://dateline@/{name}?host={self._folder}"

    def work_seconds(self) -> float:
        """The processor time that the server's processes have taken so far; those that have ended count too."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                own, parent = int(stat.parent.name) == self._process.pid, int(fields[1]) == self._process.pid
                if own or parent:
                    ticks += sum(map(int, fields[11:15] if own else fields[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Ends the server."""
        self.crash()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(host=str(self._folder), user="dateline", dbname="postgres").close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return
