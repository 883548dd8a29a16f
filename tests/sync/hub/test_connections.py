"""The connections of a hub that are kept: nobody notices that one has ended meanwhile, and none is asked in vain whether it has."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from hipflask.core.errors import HubReadOnly
from hipflask.sync.hub.database import Connection, Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A pool with one connection in it, which has been used."""
    with Database(database_url, size=1) as database:
        _backend(database)
        yield database


def test_a_connection_that_has_ended_is_replaced_before_it_is_used(
    database: Database, database_url: str
) -> None:
    """Somebody ends it, as a restart of PostgreSQL does; the next who asks gets another, and no error."""
    for _ in range(3):
        before = _backend(database)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (before,))
        assert _backend(database) != before


def test_a_connection_that_has_said_nothing_is_not_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be a way there and back for each transaction."""
    asked: list[Connection] = []
    monkeypatch.setattr(ConnectionPool, "check_connection", asked.append)
    before = _backend(database)
    assert _backend(database) == before
    assert asked == []


def test_a_connection_that_may_not_write_is_not_used_again(database: Database, database_url: str) -> None:
    """It began while the database was closed to writers, and would refuse them for as long as it lives."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        (name,) = admin.execute("SELECT current_database()").fetchone() or ("",)
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        try:
            with Database(database_url, size=1) as closed:
                before = _backend(closed)
                admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
                with pytest.raises(HubReadOnly), closed.connection() as connection:
                    connection.execute("CREATE TABLE closed (id int)")
                assert _backend(closed) != before
                with closed.connection() as connection:
                    connection.execute("CREATE TEMPORARY TABLE open (id int)")
        finally:
            admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


def _backend(database: Database) -> int:
    with database.connection() as connection:
        return connection.info.backend_pid if connection.execute("SELECT 1").fetchone() else 0
