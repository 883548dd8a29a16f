"""What a process remembers of the newest versions, read by many threads at once."""

from __future__ import annotations

from collections.abc import Iterator

import hubapp
import pytest

from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.install import install
from hipflask.sync.hub.recent import Recent


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(database_url) as database:
        install(database, shared_tables(hubapp.db.metadata))
        with database.connection() as connection:
            connection.execute("INSERT INTO hipflask.era VALUES ('first', 1)")
        yield database


def put(database: Database, version: int) -> None:
    with database.connection() as connection:
        connection.execute("UPDATE hipflask.state SET version = %s, clock = %s", (version, version))


def test_an_old_snapshot_is_no_database_that_was_put_back(database: Database) -> None:
    """Somebody still reads at a version while others know a later one already: nobody is sent away for that."""
    put(database, 1)
    recent = Recent(database)
    with database.transaction("repeatable read", read_only=True) as old:
        recent.look_with(old)
        put(database, 6)
        life = recent.look(is_must=True) and recent.life
        assert recent.look_with(old).version == 1
        assert recent.newest.version == 6 and recent.life == life


def test_a_database_that_was_put_back_is_noticed(database: Database) -> None:
    """Also by who had heard that there is nothing new."""
    put(database, 6)
    recent = Recent(database)
    recent.look()
    life = recent.life
    recent.heard(6)
    put(database, 3)
    recent.heard(3)
    assert recent.look().version == 3 and recent.life == life + 1
