"""One device: a file, a person who writes into it, and a process that exchanges it, until it is killed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hipflask.store.changes.log import Log
from hipflask.store.models.shared import shared_tables
from hipflask.store.sql import quoted
from hipflask.store.store import Store
from hipflask.sync.exchange import ReplicaTalk
from hipflask.sync.messages import Message
from hipflask.sync.replica.store import StoreReplica

from .contents import Contents, Entry, entries, read
from .memory.hub import Writing
from .network import Link
from .power import Power


class Version:
    """One version of the app: its tables, and a file as a new device has it."""

    def __init__(self, store: Store, file: Path, image: bytes | None = None) -> None:
        self.tables = shared_tables(store.metadata)
        self.all_tables = [table for table in store.metadata.sorted_tables if table.schema is None]
        self.by_name = {str(table.name): table for table in self.tables}
        self.file = file
        if image is None:
            self._make(store)
        else:
            file.write_bytes(image)
        self.image = image or file.read_bytes()

    def _make(self, store: Store) -> None:
        engine = sa.create_engine(f"sqlite:///{self.file}")
        store.metadata.create_all(engine, self.all_tables)
        engine.dispose()
        power = Power()
        connection = power.connect(self.file)
        connection.execute("PRAGMA journal_mode = WAL")
        Log(self.all_tables).install(connection)
        StoreReplica(lambda: power.connect(self.file), self.tables).close()
        connection.close()

    def upgrade(self, connection: sqlite3.Connection) -> None:
        """Bring a file of an older version up to this one."""
        for table in self.all_tables:
            there = {row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table.name)})")}
            for column in table.columns:
                if column.name not in there:
                    text = sa.schema.CreateColumn(column).compile(dialect=sa.dialects.sqlite.dialect())
                    connection.execute(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {text}")
        Log(self.all_tables).install(connection)


class Device:
    """A device of somebody's."""

    def __init__(self, name: str, user: str, file: Path, version: Version) -> None:
        self.name, self.user, self.file, self.version = name, user, file, version
        if not file.exists():
            shutil.copyfile(version.file, file)
        self.power = Power()
        self._watching = Power()
        self._watcher: sqlite3.Connection | None = None
        self._app: sqlite3.Connection | None = None
        self.clock_error = 0  # ms that its wall is off
        self.replica: StoreReplica | None = None
        self.talk: ReplicaTalk | None = None
        self.link: Link | None = None
        self.written: list[Entry] = []  # by the person, as far as it is not known to be settled
        self.settled = 0  # up to which place of the log all is settled
        self.lineage = {name}  # whose writings it may have, as the copy of a file
        self.uptos: dict[tuple[str, int], int] = {}  # up to which place of the log a push goes

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self.replica is not None

    def start(self) -> None:
        """Start the process; raises Killed if it does not live to see that."""
        self.replica = StoreReplica(self._connect, self.version.tables)

    def stop(self) -> None:
        """The process is gone, and so is its end of the connection."""
        self.hang_up()
        self.power.cut()
        self.replica = self._app = None

    def put_back(self, file: Path) -> None:
        """Have another file instead."""
        self.stop()
        self._watching.cut()
        self._watcher = None
        for end in ("-wal", "-shm"):
            Path(f"{self.file}{end}").unlink(missing_ok=True)
        shutil.copyfile(file, self.file)

    def end(self) -> None:
        """No more of it."""
        self.power.cut()
        self._watching.cut()

    def hang_up(self) -> None:
        """The connection is gone, or of no use any more."""
        if self.link is not None:
            self.link.hang_up_here()
        self.link = self.talk = None
        if self.replica is not None and self.power.statements_left is None:
            self.replica.lost()

    def dial(self, link: Link) -> list[Message]:
        """A new connection; its first word."""
        assert self.replica is not None
        self.link, self.talk = link, ReplicaTalk(self.replica)
        return self.talk.begin()

    def contents(self) -> Contents:
        """The rows, as anybody sees them."""
        return read(self.aside, self.version.tables)

    def look(self, statement: str) -> list[tuple[Any, ...]]:
        """What is in the file beside the rows."""
        return self.aside.execute(statement).fetchall()

    def write(self, choose: Callable[[Contents], Sequence[Writing]], at: int) -> list[Entry]:
        """A person's transaction of statements that `choose` takes from what is there; what it did, nothing if it could not be."""
        if self._app is None:
            self._app = self._connect()
        connection = self._app
        try:
            before = read(connection, self.version.tables)
            connection.execute("BEGIN IMMEDIATE")
            for writing in choose(before):
                self._execute(connection, writing)
            after = read(connection, self.version.tables)
            (newest,) = connection.execute("SELECT max(sequence) FROM _hipflask_log").fetchone()
            connection.execute("COMMIT")
        except (sqlite3.IntegrityError, sqlite3.OperationalError):
            if connection.in_transaction:
                connection.rollback()
            return []
        done = entries(before, after, at, newest or 0)
        self.written += done
        return done

    def note_pushes(self) -> None:
        """Learn up to where each push goes."""
        pushes = self.look("SELECT name, number, push.upto FROM _hipflask_push AS push, _hipflask_replica")
        self.uptos |= {(name, number): upto for name, number, upto in pushes}

    def _execute(self, connection: sqlite3.Connection, writing: Writing) -> None:
        kind, table, key, values = writing
        keys = [column.name for column in self.version.by_name[table].primary_key]
        is_it = " AND ".join(f"{quoted(name)} = ?" for name in keys)
        parts = key if isinstance(key, tuple) else (key,)
        if kind == "insert":
            names = ", ".join(map(quoted, values))
            marks = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO {quoted(table)} ({names}) VALUES ({marks})", [*values.values()])
        elif kind == "delete":
            connection.execute(f"DELETE FROM {quoted(table)} WHERE {is_it}", parts)
        else:
            sets = ", ".join(f"{quoted(name)} = ?" for name in values)
            connection.execute(f"UPDATE {quoted(table)} SET {sets} WHERE {is_it}", [*values.values(), *parts])

    def _connect(self) -> sqlite3.Connection:
        return self.power.connect(self.file)

    @property
    def aside(self) -> sqlite3.Connection:
        """A connection that nothing happens to, by the device's clock."""
        if self._watcher is None:
            self._watcher = self._watching.connect(self.file)
        self._watching.wall = self.power.wall
        return self._watcher
