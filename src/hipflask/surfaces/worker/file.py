"""The SQLite file of an app's queues: connections to it, and what is in it.

Every process of the app opens it by itself. Nothing is read or written but in a transaction of its own, and those that write
begin as writers, so that none of them fails for what another has done meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from ...core.errors import StoreDamaged, StoreError, StoreFull, StoreLocked, StoreReadOnly, StoreTooNew

LAYOUT = 1
WAIT_SECONDS = 10.0

_TABLES = """
CREATE TABLE message (
    id TEXT NOT NULL PRIMARY KEY,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,       -- a JSON object of names and texts
    sent_at REAL NOT NULL,
    due_at REAL NOT NULL,           -- from when on it may be received, again if somebody has it
    receives INTEGER NOT NULL,
    first_received_at REAL,
    receipt TEXT,                   -- of who has received it last
    reason TEXT                     -- why it is dead
) STRICT;
CREATE INDEX message_due ON message (queue, due_at);
CREATE TABLE schedule (
    name TEXT NOT NULL PRIMARY KEY,
    expression TEXT NOT NULL,
    next_at REAL                    -- NULL: never again
) STRICT;
CREATE TABLE object (               -- what a bucket's functions have been told of
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    etag TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE clock (at REAL NOT NULL) STRICT;
INSERT INTO clock VALUES (0);
"""


class QueueFile:
    """One file with the queues of an app, opened when it is first used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None
        self._parents: sqlite3.Connection | None = None
        self._closing: weakref.finalize[[], QueueFile] | None = None
        if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
            found = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _forked(found()))

    @contextmanager
    def writing(self, *, outlives_power_cut: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction that may write: all of it is there when the block ends, and none of it if it raises.

        What outlives the power, and not only this process, has to wait for the disk. A receiving or deleting that is forgotten
        means that a message is seen again; a sending, that it is lost.
        """
        with self._lock, in_words(self.path):
            connection = self._connected()
            connection.execute(f"PRAGMA synchronous = {'FULL' if outlives_power_cut else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """For statements that only read; each sees what is committed at that moment."""
        with self._lock, in_words(self.path):
            yield self._connected()

    def close(self) -> None:
        """Let go of the file; it is opened again when it is next used."""
        with self._lock:
            if self._closing is not None:
                self._closing()
            self._connection = self._closing = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _connect(self.path)
            self._closing = weakref.finalize(
                self, self._connection.close
            )  # an app that is forgotten leaves none open
        return self._connection

    def _leave_to_parent(self) -> None:
        """Open the file anew: a connection must not be used, nor even closed, in a process that was forked from the one that made it."""
        self._lock = RLock()  # somebody else may hold the parent's, who is not here to let go of it
        self._parents, self._connection = self._connection or self._parents, None
        if self._closing is not None:
            self._closing.detach()
            self._closing = None


def _forked(file: QueueFile | None) -> None:
    if file is not None:
        file._leave_to_parent()


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        _make_tables(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (layout,) = connection.execute("PRAGMA user_version").fetchone()
    if layout > LAYOUT:
        raise StoreTooNew(
            f"{path} was written by a newer version of Hipflask than this one: start that version, or move the file away."
        )
    if layout == 0:
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {LAYOUT}")
    connection.execute("COMMIT")


_FAULTS = {
    sqlite3.SQLITE_BUSY: (StoreLocked, f"another program has been writing to it for over {WAIT_SECONDS:.0f} seconds"),
    sqlite3.SQLITE_READONLY: (StoreReadOnly, "it, or its folder, may not be written"),
    sqlite3.SQLITE_CANTOPEN: (StoreReadOnly, "it cannot be opened, or its folder may not be written"),
    sqlite3.SQLITE_FULL: (StoreFull, "there is no room left on the disk; nothing was written"),
    sqlite3.SQLITE_CORRUPT: (StoreDamaged, "it is damaged: move it away, and it is made anew, without what was in it"),
    sqlite3.SQLITE_NOTADB: (StoreDamaged, "it is no database: move it away, and it is made anew"),
}  # fmt: skip


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Raise what SQLite says of a file as a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        kind, why = _FAULTS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, (StoreError, str(error)))
        raise kind(f"The queues in {path} cannot be used: {why}.") from error
