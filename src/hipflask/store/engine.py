"""SQLAlchemy's engine on one SQLite file, as the store wants it: many readers, one writer at a time, nothing lost.

* Reads are not part of a transaction: each sees what is committed at that moment.
* The first statement that writes begins an immediate transaction. Beginning with a read and writing later would fail at once
  under WAL whenever somebody else has written in between.
* The threads of this process wait for the write lock here, first come, first served, and wake when it is free. SQLite's own waiting
  sleeps for up to 100 ms between two tries; it is left for other processes.
* The file is a WAL with full synchronisation: what was committed survives a crash and a power cut.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from ..core import tracing
from .commits import Commits, Writing
from .faults import in_words, locked_within
from .told import Connection as Telling
from .told import Cursor, begin_statement
from .turns import Turns

VOLATILE = "volatile"
WAIT_SECONDS = 5.0
LONG_SECONDS = 1.0  # a write lock that is held for longer than this is worth a line in the log
WRITING = "hipflask.writing"

BeginWrite = Callable[[Connection], None]

_READS = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(SELECT|VALUES|PRAGMA|EXPLAIN|ATTACH|DETACH|VACUUM)\b", re.I | re.S
)
_WITH = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*WITH\b", re.I | re.S)
_CHANGES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.I)
_BOOKKEEPING = ("SAVEPOINT ", "RELEASE ", "ROLLBACK ")
_PACKAGES = ("sqlalchemy", "hipflask.store", "contextlib")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Held:
    """The write lock, while a connection has it."""

    since: float
    place: str
    writing: Writing | None  # where somebody looks


def connect(
    file: Path,
    volatile: Path | None = None,
    factory: type[sqlite3.Connection] = sqlite3.Connection,
    *,
    wait: float = WAIT_SECONDS,
) -> sqlite3.Connection:
    """A connection with everything set that the store promises; raises sqlite3.Error."""
    connection = sqlite3.connect(
        file, timeout=wait, isolation_level=None, check_same_thread=False, factory=factory
    )
    try:
        _set_up(connection, volatile)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, volatile: Path | None) -> None:
    connection.executescript(
        """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA recursive_triggers = ON;
        """
    )
    if volatile is not None:
        connection.execute(f"ATTACH ? AS {VOLATILE}", (str(volatile),))
        connection.executescript(
            f"PRAGMA {VOLATILE}.journal_mode = WAL; PRAGMA {VOLATILE}.synchronous = OFF;"
        )


class InTurn(sqlite3.Connection):
    """A connection that takes its turn among the writers of this process, from BEGIN IMMEDIATE to the end of the transaction.

    Whoever writes one transaction after the other would keep all who wait by SQLite's sleeping from ever getting in between.
    """

    writers: Turns
    commits: Commits
    _has_turn = False
    _writing: Writing | None = None  # where somebody looks

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """SQLite's; waits for its turn."""
        if sql == "BEGIN IMMEDIATE":
            self._writing = self.commits.begin() if tracing.sinks else None
            if not self.writers.acquire(timeout=WAIT_SECONDS):
                self._end_told()
                raise sqlite3.OperationalError("database is locked")
            self._has_turn = True
        elif self._writing is not None and sql == "COMMIT":
            self._writing.committing(self)
        try:
            done = super().execute(sql, parameters)
        except sqlite3.Error as error:
            if self._writing is not None:
                self._writing.failed(error)
            raise
        finally:
            if self._has_turn and not self.in_transaction:
                self._end_turn()
        if self._writing is not None and sql == "BEGIN IMMEDIATE":
            self._writing.locked(self)
        return done

    def close(self) -> None:
        """SQLite's; what has begun is rolled back, and its turn ends."""
        super().close()
        if self._has_turn:
            self._end_turn()

    def _end_turn(self) -> None:
        self._has_turn = False
        self.writers.release()
        self._end_told()

    def _end_told(self) -> None:
        if self._writing is not None:
            self._writing.over()
            self._writing = None


def connect_in_turn(file: Path, volatile: Path | None, writers: Turns, commits: Commits) -> InTurn:
    """A connection for a thread that writes much: it waits as the engine's own do, and others get their turn."""
    connection = sqlite3.connect(
        file, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False, factory=InTurn
    )
    connection.writers = writers
    connection.commits = commits
    try:
        _set_up(connection, volatile)
    except BaseException:
        connection.close()
        raise
    return connection


def make_engine(
    file: Path,
    volatile: Path | None,
    reading: Callable[[Connection, Any], None],
    writers: Turns,
    commits: Commits,
    names: frozenset[str],
) -> tuple[Engine, BeginWrite]:
    """The engine of a store, and what begins a write on a connection of its; `reading(connection, context)` is told of each statement before it runs, and may refuse it.

    Who writes has `writers`, for which the threads of this process wait. `names` are those of all tables and columns.
    """
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: connect(file, volatile, Telling),
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=-1,
    )

    def begin(connection: Connection) -> None:
        if _driver(connection).in_transaction:
            return
        writing = commits.begin() if tracing.sinks else None
        try:
            lock(connection)
        except BaseException as error:
            if writing is not None:
                writing.failed(error)
                writing.over()
            raise
        if writing is not None:
            writing.locked(_driver(connection))
        info = connection.connection.info
        _end(info[WRITING])
        info[WRITING] = _Held(time.monotonic(), _place(), writing)

    def lock(connection: Connection) -> None:
        info = connection.connection.info
        if WRITING not in info:
            if not writers.acquire(timeout=WAIT_SECONDS):
                raise locked_within(file, WAIT_SECONDS)
            info[WRITING] = None
        try:
            _driver(connection).execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise in_words(error, file) or error from error

    @event.listens_for(engine, "before_cursor_execute")
    def before(
        connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        reading(connection, context)
        if is_write(statement):
            begin(connection)
        if tracing.sinks and isinstance(cursor, Cursor) and not statement.startswith(_BOOKKEEPING):
            cursor.tell(begin_statement(statement, parameters, names, many=many))

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        held: _Held | None = connection.connection.info.get(WRITING)
        if held is not None and held.writing is not None and _driver(connection).in_transaction:
            held.writing.committing(_driver(connection))

    @event.listens_for(engine, "checkin")
    def checkin(_: Any, record: ConnectionPoolEntry) -> None:
        if WRITING in record.info:
            held: _Held | None = record.info.pop(WRITING)
            writers.release()
            if held is not None:
                _note_if_long(held)
            _end(held)

    @event.listens_for(engine, "handle_error")
    def handle_error(context: ExceptionContext) -> BaseException | None:
        if tracing.sinks and context.connection is not None:
            held: _Held | None = context.connection.connection.info.get(WRITING)
            if held is not None and held.writing is not None and held.writing.is_committing:
                held.writing.failed(context.original_exception)
        return in_words(context.original_exception, file)

    return engine, begin


def is_write(statement: str) -> bool:
    """Whether a statement writes, or might: what cannot be told counts as writing."""
    if _WITH.match(statement):
        return _CHANGES.search(statement) is not None
    return _READS.match(statement) is None


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _note_if_long(held: _Held) -> None:
    seconds = time.monotonic() - held.since
    if seconds > LONG_SECONDS:
        log.warning(
            "The write lock was held for %.1f s by %s, and nobody else could write. Write in batches: `with db.transaction():`.",
            seconds,
            held.place,
        )


def _end(held: _Held | None) -> None:
    if held is not None and held.writing is not None:
        held.writing.over()


def _place() -> str:
    """The line outside of the libraries that writes."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_PACKAGES):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
