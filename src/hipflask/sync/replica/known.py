"""What is pending, remembered: of a month's work only what is new in the log is read each time."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from ...store.changes.log import Log
from .identity import load
from .pending import Pendings, fold
from .shapes import Shape
from .under import keep_deletes


class Known:
    """The pending changes of one file, as one connection sees them."""

    def __init__(self, connection: sqlite3.Connection, log: Log, shapes: Mapping[str, Shape]) -> None:
        self._connection, self._log, self._shapes = connection, log, shapes
        self._counted: tuple[tuple[int, int], int] | None = None
        self.forget()

    def forget(self) -> None:
        """Read everything anew the next time: what was read may have been taken back."""
        self._upto = self._read = -1
        self._pendings: Pendings = {}

    def pendings(self, upto: int | None = None) -> Pendings:
        """What is pending after this place of the log; without one, after what is settled. In somebody's transaction."""
        upto = load(self._connection).upto if upto is None else upto
        if self._upto != upto:
            self._upto, self._read, self._pendings = upto, upto, {}
        newest = self._log.newest(self._connection)
        fold(self._log.written_here(self._connection, self._read), self._shapes, self._pendings)
        keep_deletes(self._connection, self._pendings)
        self._read = newest
        return self._pendings

    def waiting(self) -> tuple[int, int]:
        """How many rows were written here and are not in the hub yet, counted when that changes; and up to where all are."""
        (acked,) = self._connection.execute(
            "SELECT max(upto) FROM (SELECT upto FROM main._hipflask_replica UNION ALL "
            "SELECT upto FROM main._hipflask_push WHERE is_acked)"
        ).fetchone()
        span = (acked, self._log.newest(self._connection))
        if self._counted is None or self._counted[0] != span:
            marks = ", ".join("?" * len(self._shapes))
            (waiting,) = self._connection.execute(
                'SELECT count(*) FROM (SELECT DISTINCT change."table", key FROM main._hipflask_log AS change '
                'JOIN main._hipflask_table AS known ON known.id = change."table" '
                f"WHERE sequence > ? AND origin = 0 AND name IN ({marks}))",
                (acked, *self._shapes),
            ).fetchone()
            self._counted = span, waiting
        return self._counted[1], acked
