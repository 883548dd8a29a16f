"""One process at a time turns what has been committed into versions; all others stand by.

    sequencer = Sequencer(database, tables, grants)
    sequencer.step()        → 4711, the new version; None: nothing to do, or somebody else is the sequencer
    sequencer.run(stop)     does so until `stop`, and tells everybody

* **Nothing can be skipped.** There is no position in the outbox: what is seen is deleted in the transaction that numbers it, and what
  a slow transaction commits later is there the next time.
* **Nothing is torn.** A version is one snapshot (REPEATABLE READ).
* **One at a time.** A lock of the session, on a connection that does nothing else: who loses the connection loses both. It is held before the
  transaction takes its snapshot, so a snapshot always sees what the sequencer before has done.

A step that fails is done again. Somebody who pushes may have written the same marks meanwhile; after the second time pushes wait for
the step instead.
"""

from __future__ import annotations

import logging
import time
import uuid
from itertools import chain
from threading import Event

from psycopg import errors

from ...core import tracing
from ...core.errors import HubGone
from ..clock import tick
from ..traces import causes
from . import outbox, purge, watch
from .database import COLLISIONS, Connection, Database, begun, in_words
from .layout import CHANNEL, LOCK, SCHEMA
from .outbox import Taken
from .scopes import Grants
from .tables import HubTables
from .version import Version

TRIES = 20
POLL_SECONDS = 0.015
STANDBY_SECONDS = 0.5
# Everybody is told twenty times a second at most, but the second of two that come close together need not wait.
TELL_SECONDS = 0.05
TELLS_AT_ONCE = 2
CHECK_SECONDS = 60.0
# So many entries that have gone from the outbox make it worth sweeping: until then every step and every push passes over them.
SWEEP_ENTRIES = 5_000

_logger = logging.getLogger(__name__)


class Sequencer:
    """The sequencer of a hub, or one who would take over."""

    def __init__(self, database: Database, tables: HubTables, grants: Grants) -> None:
        self._database = database
        self._tables = tables
        self._granting = {tables.by_name[name].number for name in grants.tables() if name in tables.by_name}
        self._connection: Connection | None = None
        self.is_it = False  # it has the lock
        self._is_large_ones_turn = False
        self._has_more = False
        self._swept = 0
        self._woken = Event()
        self.most_rows = outbox.MOST_ROWS

    def step(self) -> int | None:
        """Make the next version; raises HubGone if the database is, and then it may be tried again."""
        try:
            with in_words():
                connection = self._own()
                if not self.is_it and not self._take_over(connection):
                    return None
                version = self._step(connection)
                self._sweep(connection)
            return version
        except HubGone:
            self.close()
            raise

    def run(self, stop: Event) -> None:
        """Make versions until `stop` is set, look after the tables, and tell every hub process what the newest version is."""
        told, newest, checked_at = 0, 0, 0.0
        free_at = 0.0  # when as many may be told at once again
        while not stop.is_set():
            try:
                newest = self.step() or newest
                if not self.is_it:
                    stop.wait(STANDBY_SECONDS)
                    continue
                now = time.monotonic()
                if newest > told and free_at - now <= (TELLS_AT_ONCE - 1) * TELL_SECONDS:
                    with in_words():
                        self._own().execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(newest)))
                    told, free_at = newest, max(free_at, now) + TELL_SECONDS
                if now - checked_at >= CHECK_SECONDS:
                    checked_at = now
                    self._look_after()
            except HubGone as error:
                _logger.warning("The sequencer waits for its database: %s", error)
                self.close()
                stop.wait(STANDBY_SECONDS)
                continue
            if not self._has_more:
                self._woken.wait(POLL_SECONDS)
                self._woken.clear()
        self.close()

    def wake(self) -> None:
        """Somebody has committed something: a version need not wait for the next look. From any thread."""
        self._woken.set()

    def close(self) -> None:
        """Leave it to others."""
        connection, self._connection, self.is_it = self._connection, None, False
        if connection is not None:
            connection.close()

    def _own(self) -> Connection:
        if self._connection is None:
            self._connection = self._database.alone()
        return self._connection

    def _take_over(self, connection: Connection) -> bool:
        """Become the sequencer if there is none; a new era begins."""
        (self.is_it,) = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone() or (False,)
        if self.is_it:
            connection.execute(
                f"INSERT INTO {SCHEMA}.era (name, first) SELECT %s, version + 1 FROM {SCHEMA}.state",
                (uuid.uuid4().hex,),
            )
        return self.is_it

    def _step(self, connection: Connection) -> int | None:
        waiting = connection.execute(f"SELECT EXISTS (SELECT 1 FROM {SCHEMA}.outbox)").fetchone()
        if not (waiting and waiting[0]):
            self._has_more = False
            return None
        for attempt in range(TRIES):
            try:
                with begun(connection, "repeatable read"):
                    if attempt > 1:  # before the snapshot is taken: nobody can be quicker
                        connection.execute(f"LOCK TABLE {SCHEMA}.marks IN EXCLUSIVE MODE")
                    return self._make(connection)
            except (*COLLISIONS, errors.UniqueViolation):
                if attempt == TRIES - 1:
                    raise
        return None

    def _make(self, connection: Connection) -> int | None:
        row = connection.execute(
            f"SELECT version, clock, (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM {SCHEMA}.state"
        ).fetchone()
        assert row is not None
        version, clock, wall = int(row[0]) + 1, int(row[1]), int(row[2])
        taken, self._has_more = outbox.take(connection, self._is_large_ones_turn, self.most_rows)
        if not taken.entries:  # somebody who pushes has rolled back
            return None
        self._is_large_ones_turn = self._has_more and not self._is_large_ones_turn
        with tracing.span(
            "hub version",
            "version",
            causes=causes(chain(*taken.traces.values())),
            facts=_facts(taken, version),
        ):
            Version(connection, self._tables, version, self.most_rows).make(taken)
        granted = version if self._granting.intersection(taken.rows) else 0
        connection.execute(
            f"UPDATE {SCHEMA}.state SET version = %s, clock = %s, granted = greatest(granted, %s)",
            (version, max(tick(clock, wall), taken.at), granted),
        )
        self._swept += taken.entries
        return version

    def _sweep(self, connection: Connection) -> None:
        if self._swept >= SWEEP_ENTRIES and not self._has_more:
            self._swept = 0
            connection.execute(f"VACUUM {SCHEMA}.outbox")

    def _look_after(self) -> None:
        for sentence in watch.check(self._database, self._tables):
            _logger.warning("%s", sentence)
        purge.purge(self._database)


def _facts(taken: Taken, version: int) -> dict[str, int]:
    rows = sum(map(len, taken.rows.values()))
    return {"version": version, "entries": taken.entries, "rows": rows, "pushes": len(taken.settled)}
