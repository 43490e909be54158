"""A real MariaDB server for the tests: found on this machine, started in a folder of its own, without durability.

In: nothing. Out: `MariaDb`, which makes databases. Debian's package mariadb-server-core is enough; its script for setting up
needs programs of another package, so this does what the script does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.stores.postgres import memory

_SCRIPTS = Path("/usr/share/mysql")


def program() -> Path | None:
    """The server, where Debian or PATH has it together with the tables it starts from."""
    found = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found and (_SCRIPTS / "mysql_system_tables.sql").exists() else None


class MariaDb:
    """A running server; `stop` takes it down and removes its files."""

    def __init__(self, server: Path) -> None:
        # A socket's path may have no more than 107 bytes, so not in pytest's long folder names.
        self._folder = Path(tempfile.mkdtemp(prefix="my", dir=memory()))
        self.socket = self._folder / "s"
        self._count = 0
        user = "nobody" if os.getuid() == 0 else None  # the server refuses to run as root
        if user:
            shutil.chown(self._folder, user)
        data = self._folder / "data"
        options = ["--no-defaults", f"--datadir={data}", "--basedir=/usr", f"--tmpdir={self._folder}"]
        options += ["--innodb-log-file-size=16M", "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0"]
        subprocess.run(["mkdir", data], check=True, user=user)
        subprocess.run(
            [server, *options, "--bootstrap", "--skip-networking"],
            check=True,
            capture_output=True,
            input=_setup(),
            user=user,
            cwd=self._folder,
        )
        self._process = subprocess.Popen(
            [server, *options, "--skip-networking", f"--socket={self.socket}", "--skip-grant-tables"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
            cwd=self._folder,
        )
        self._wait()

    def database(self) -> str:
        """The URL of a new, empty database."""
        self._count += 1
        self.run(f"CREATE DATABASE d{self._count}")
        return f"mariadb://root@localhost/d{self._count}?unix_socket={self.socket}"

    def run(self, query: str, database: str | None = None) -> list[tuple[object, ...]]:
        """What a query gives."""
        import pymysql

        settings = {"unix_socket": str(self.socket), "user": "root", "database": database, "autocommit": True}
        with pymysql.connect(**settings) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def stop(self) -> None:
        """Ends the server."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        import pymysql

        deadline = time.monotonic() + 30
        while True:
            try:
                self.run("SELECT 1")
            except pymysql.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return


def _setup() -> bytes:
    tables = [(_SCRIPTS / name).read_bytes() for name in ("mysql_system_tables.sql", "mysql_system_tables_data.sql")]
    return b"\n".join([b"CREATE DATABASE mysql;", b"USE mysql;", *tables])
