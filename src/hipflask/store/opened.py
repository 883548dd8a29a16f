"""A store's file while it is open: the connections to it, what follows it, and what looks after it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import cast

import sqlalchemy as sa

from ..core.errors import HipflaskError
from .backup.backup import Keep, blame_damage, saying
from .backup.chores import Chores
from .changes.log import Log
from .commits import Commits
from .engine import VOLATILE, connect, connect_in_turn, make_engine
from .files import volatile_file
from .keeper import Keeper
from .live.drawn import Drawn
from .live.feed import Feed
from .live.queries import LiveQueries, full_name
from .migrate.start import is_as_wanted, wanted
from .search import index as search
from .turns import Turns
from .undo.restoring import Restoring
from .volatile import empty


class Opened:
    """One open file; raises StoreError, and holds nothing, where it cannot be opened."""

    def __init__(self, file: Path, metadata: sa.MetaData, migrations: Path, keep: Keep | None) -> None:
        self.file = file
        self.migrations = migrations
        lasting = [table for table in metadata.sorted_tables if table.schema is None]
        volatile = [table for table in metadata.sorted_tables if table.schema == VOLATILE]
        self.volatile = volatile_file(file) if volatile else None
        self.logs = [Log(lasting), *([Log(volatile, VOLATILE)] if volatile else [])]
        self.rows = Restoring(lasting, self.logs[0])
        self.names = _names(metadata)
        self.live = LiveQueries()
        self.drawn = Drawn(self.live, lambda: self.feed.start())
        self.keeper = Keeper(file)
        self.writers = Turns()
        self.commits = Commits(self.logs)
        try:
            with saying(file):
                self._begin(metadata)
        except BaseException as error:
            self.keeper.release()  # who puts the file right needs it
            if isinstance(error, Exception) and not isinstance(error, HipflaskError):
                blame_damage(file, error)
            raise
        keys = {
            full_name(table.schema or "main", table.name): [column.name for column in table.primary_key]
            for table in metadata.sorted_tables
        }
        self.feed = Feed(self.connect, self.logs, self.live, keys, self.commits)
        self.chores = Chores(file, self.connect, self.logs, self.keeper, keep)
        self.chores.start()

    def connect(self) -> sqlite3.Connection:
        """A connection of one's own, beside the engine's."""
        return connect(self.file, self.volatile)

    def connect_in_turn(self) -> sqlite3.Connection:
        """The same for who writes much: one that takes its turn among the writers of this process."""
        return connect_in_turn(self.file, self.volatile, self.writers, self.commits)

    def _begin(self, metadata: sa.MetaData) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if self.keeper.acquire() and self.volatile is not None:
            empty(self.volatile)
        self.engine, self.begin_write = make_engine(
            self.file, self.volatile, self.drawn.reading, self.writers, self.commits, self.names
        )
        try:
            self._prepare(metadata)
        except BaseException:
            self.engine.dispose()
            raise

    def _prepare(self, metadata: sa.MetaData) -> None:
        want = wanted(metadata.sorted_tables, self.migrations)
        with self.engine.begin() as connection:  # SQLAlchemy commits only what it knows to have begun
            driver = cast("sqlite3.Connection", connection.connection.driver_connection)
            if not is_as_wanted(driver, want):
                from .migrate.task import Task
                from .migrate.turn import bring_up

                bring_up(Task(self.file, want, self.migrations, self.logs[0]), self.keeper)
            self.begin_write(connection)
            metadata.create_all(
                connection, [table for table in metadata.sorted_tables if table.schema == VOLATILE]
            )
            for log in self.logs:
                search.install(driver, metadata.sorted_tables, log.schema)
                log.install(driver)

    def close(self) -> None:
        """Let go of the file."""
        self.chores.stop()
        self.feed.stop()
        self.engine.dispose()
        self.keeper.release()


def _names(metadata: sa.MetaData) -> frozenset[str]:
    """What tables and columns are called: names of the code, whatever else is in a statement."""
    columns = {column.name for table in metadata.sorted_tables for column in table.columns}
    return frozenset({table.name for table in metadata.sorted_tables} | columns)
