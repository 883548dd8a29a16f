"""The change feed: one thread that reads the log after every commit, whoever made it, and tells those who want to know.

Commits of this process wake it at once. Those of other processes, the sqlite3 shell among them, are noticed by asking SQLite
(`PRAGMA data_version`) fifty times a second, which reads a few bytes of shared memory and no page of the file.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Event, Lock, Thread
from typing import Any

from ...core import tracing
from ..changes.log import Batch, Log
from ..commits import Commits
from ..sql import quoted
from .causes import Causes, lag
from .queries import LiveQueries, LiveQuery, Row

LOOK_SECONDS = 0.02
# More at once, from an import of a million rows, say, is a gap: to read everything anew is then quicker.
MOST_CHANGES = 50_000
IDLE_SECONDS = 1.0  # when nobody watches
_MOST_PARAMETERS = 500

Listener = Callable[[str, Batch], None]
Touched = Mapping[LiveQuery, tuple[str, Any] | None]  # each with the row that is to blame, if one is

log = logging.getLogger(__name__)


class Feed:
    """What has been committed, in order, to live queries and listeners."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        logs: Sequence[Log],
        live: LiveQueries,
        keys: Mapping[str, Sequence[str]],
        commits: Commits,
    ) -> None:
        self._connect = connect
        self._logs = logs
        self._live = live
        self._keys = keys  # the names of each table's key columns
        self._commits = commits
        self.lag = 0.0  # for how long the last batch had waited, where somebody looks
        self._listeners: list[Listener] = []
        self._positions: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self._woken = Event()
        self._stopping = False
        self._lock = Lock()
        self._reading = Lock()
        self._thread: Thread | None = None
        self._connection: sqlite3.Connection | None = None

    def start(self) -> None:
        """Begin to read, with what is committed after this call."""
        if self._thread is not None:
            return
        with self._lock:
            if self._thread is not None or self._stopping:
                return
            connection = self._connection = self._connect()
            for each in self._logs:
                self._versions[each.schema] = _version(connection, each.schema)
                self._positions[each.schema] = each.newest(connection)
            self._thread = Thread(target=self._run, args=(connection,), name="hipflask-feed", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Read no more."""
        with self._lock:
            self._stopping = True
            thread, self._thread = self._thread, None
        self._woken.set()
        if thread is not None:
            thread.join()

    def wake(self) -> None:
        """Something has been committed in this process."""
        self._woken.set()

    def listen(self, listener: Listener) -> None:
        """Have `listener(schema, batch)` called for every batch of whole transactions, in order, in the feed's thread."""
        self._listeners.append(listener)
        self.start()

    def unlisten(self, listener: Listener) -> None:
        """Call it no more."""
        self._listeners.remove(listener)

    def _run(self, connection: sqlite3.Connection) -> None:
        try:
            while not self._stopping:
                is_watched = len(self._live) > 0 or self._listeners
                self._woken.wait(LOOK_SECONDS if is_watched else IDLE_SECONDS)
                self._woken.clear()
                for each in self._logs:
                    self._look(connection, each)
        finally:
            connection.close()

    def catch_up(self) -> None:
        """Tell of everything that is committed now, in this thread, before returning."""
        self.start()
        connection = self._connect()
        try:
            for each in self._logs:
                self._read(connection, each)
        finally:
            connection.close()

    def _look(self, connection: sqlite3.Connection, each: Log) -> None:
        try:
            version = _version(connection, each.schema)
            if version != self._versions[each.schema]:
                # A commit between the two is read now and looked for once more: better than never.
                self._read(connection, each)
                self._versions[each.schema] = version
        except sqlite3.Error as error:  # locked for long, say: what is there will be read the next time
            log.warning("The change feed could not be read: %s", error)
            self._versions[each.schema] = -1
        except Exception:
            log.exception("The change feed could not tell of a change")
            for query in self._live.everything():
                query.changed()

    def _read(self, connection: sqlite3.Connection, each: Log) -> None:
        with self._reading:  # once, and in order
            batch = each.read(connection, self._positions[each.schema], most=MOST_CHANGES)
            self._positions[each.schema] = batch.newest
            if batch.changes or batch.has_gap:
                self._tell(connection, each.schema, batch)

    def _tell(self, connection: sqlite3.Connection, schema: str, batch: Batch) -> None:
        def fetch(table: str, keys: Collection[Any], columns: Collection[str]) -> Mapping[Any, Row]:
            return rows_now(connection, self._keys[table], table, keys, columns)

        touched: Touched
        if batch.has_gap:
            touched = dict.fromkeys(self._live.everything())
        else:  # where only listeners are there, as at twenty thousand changes a second, nobody's rows need to be looked up
            touched = self._live.touched(batch.changes, fetch, schema) if len(self._live) else {}
        if tracing.sinks:
            self._tell_why(Causes(self._commits, schema, batch), touched, schema, batch)
            return
        for query in touched:
            query.changed()
        self._tell_listeners(schema, batch)

    def _tell_listeners(self, schema: str, batch: Batch) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(schema, batch)
            except Exception:
                log.exception("%r failed on a change", listener)

    def _tell_why(self, causes: Causes, touched: Touched, schema: str, batch: Batch) -> None:
        self.lag = lag(batch)
        causes.note()
        for query, row in touched.items():
            with tracing.because(causes.of(row)):
                query.changed()
        with tracing.because(causes.first):
            self._tell_listeners(schema, batch)


def rows_now(
    connection: sqlite3.Connection,
    key_columns: Sequence[str],
    table: str,
    keys: Collection[Any],
    columns: Collection[str],
) -> dict[Any, Row]:
    """Some columns, as SQLite keeps them, of those rows that are there."""
    names = ", ".join(quoted(name) for name in (*key_columns, *columns))
    of_key = ", ".join(map(quoted, key_columns))
    width = len(key_columns)
    found: dict[Any, Row] = {}
    wanted = [key if isinstance(key, tuple) else (key,) for key in keys]
    step = max(_MOST_PARAMETERS // width, 1)
    for start in range(0, len(wanted), step):
        some = wanted[start : start + step]
        marks = ", ".join([f"({', '.join('?' * width)})"] * len(some))
        query = f"SELECT {names} FROM {_quoted_table(table)} WHERE ({of_key}) IN (VALUES {marks})"
        for row in connection.execute(query, [value for key in some for value in key]):
            key = row[0] if width == 1 else tuple(row[:width])
            found[key] = dict(zip(columns, row[width:], strict=True))
    return found


def _version(connection: sqlite3.Connection, schema: str) -> int:
    (version,) = connection.execute(f"PRAGMA {schema}.data_version").fetchone()
    return int(version)


def _quoted_table(full_name: str) -> str:
    schema, _, name = full_name.rpartition(".")
    return f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)
