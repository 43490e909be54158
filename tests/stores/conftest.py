"""The stores that the contract holds, and the servers that some of them need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import mariadb, postgres
from tests.stores.destinations import KINDS, Destination


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL server."""
    programs = postgres.binaries()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine")
    server = postgres.Server(programs)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def maria() -> Iterator[mariadb.MariaDb]:
    """A MariaDB server."""
    program = mariadb.program()
    if program is None:
        pytest.skip("no MariaDB on this machine")
    server = mariadb.MariaDb(program)
    yield server
    server.stop()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def destination(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Destination:
    """An empty destination of each kind."""
    return Destination(kind, tmp_path / "first", request)


@pytest.fixture
def another(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Destination:
    """Another one of the same kind."""
    return Destination(kind, tmp_path / "second", request)
