"""A checkpoint becomes the state of the file: all that has come, overlaid by what is pending here, in somebody's transaction.

What the hub has fits together, but not with everything that is pending: a name may be taken here that another row has there. Then
what is pending here gives way, and is found in the inbox. Foreign keys are off: rows come in any order.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice

from ...store.changes import capture
from ...store.changes.log import Log
from ...store.changes.names import Key
from ..messages import Value
from . import inbox
from .identity import newest_upto, pushed_uptos
from .overlay import Coming, Comings
from .pending import Pending, Pendings, fold
from .shapes import Place, Row, Shape, logged, parts
from .under import Unders, note, read_unders
from .weighing import Ready, Weighed, is_unheard, outcome_of, pending_of

_GONE = "It was deleted by somebody else before this change got to the hub."
_TAKEN = "Another row has the same {columns} by now, and it may be there only once."

_FEW = 500

log = logging.getLogger(__name__)


class Applying:
    """What one transaction does to the rows. Afterwards `is_broken` says whether everything has to be sent anew."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        change_log: Log,
        shapes: Mapping[str, Shape],
        pendings: Pendings,
        *,
        is_careful: bool,
    ) -> None:
        self._connection = connection
        self._log = change_log
        self._shapes = shapes
        self._pendings = pendings
        self._is_careful = is_careful
        self._pushed_upto = newest_upto(connection)
        self._uptos = pushed_uptos(connection)
        self._unpushed: Pendings | None = None
        self.is_broken = False

    def apply(self, comings: Comings, weighed: Weighed) -> None:
        """Bring rows to what has come of them; raises sqlite3.IntegrityError if something is in the way, unless it is careful."""
        for name, table in comings.items():
            shape, ready = self._shapes[name], weighed.of(name)
            self._weigh(shape, {key: each for key, each in table.items() if key not in ready.keys}, ready)
            note(self._connection, shape, ready.noted)
            self._connection.executemany(shape.delete, map(parts, ready.gone))
            self._change(shape, ready.changes)
            if self._is_careful and shape.has_uniques:
                self._put_carefully(shape, ready.writes)
            else:
                self._put(shape, ready.writes)

    def _weigh(self, shape: Shape, comings: Mapping[Key, Coming], ready: Ready) -> None:
        """Look what becomes of those rows of which it could not be said before."""
        if not comings:
            return
        current = shape.rows(self._connection, comings)
        pendings = pending_of(shape.name, comings, self._pendings)
        unders = read_unders(self._connection, shape, pendings) if pendings else Unders.none()
        for key, coming in comings.items():
            pending, row = pendings.get(key), current.get(key)
            if pending is not None and is_unheard(pending, self._uptos):
                self._forget((shape.name, key))
                del self._pendings[shape.name, key]
                pending = None
            outcome = outcome_of(shape, key, coming, row, pending, unders)
            if outcome.is_lost and pending is not None and row is not None:
                self._give_up((shape.name, key), pending, {*pending.columns}, row, "deleted", _GONE)
            if outcome.is_broken:
                self._break(f"part of a row of {shape.name} came that is not here")
            else:
                ready.add(shape, key, row, outcome)

    # ── writing rows, whatever stands in their way ───────────────────────────────────────────────────

    def _change(self, shape: Shape, rows: Mapping[Key, Row]) -> None:
        by_columns: dict[tuple[str, ...], list[tuple[Value, ...]]] = {}
        for key, row in rows.items():
            by_columns.setdefault(tuple(row), []).append((*row.values(), *parts(key)))
        for columns, some in by_columns.items():
            self._connection.executemany(shape.update(columns), some)

    def _put(self, shape: Shape, rows: Mapping[Key, Row]) -> None:
        by_columns: dict[tuple[str, ...], list[Row]] = {}
        for row in rows.values():
            by_columns.setdefault(tuple(row), []).append(row)
        for columns, some in by_columns.items():
            self._connection.executemany(shape.upsert(columns), (tuple(row.values()) for row in some))

    def _put_carefully(self, shape: Shape, rows: dict[Key, Row]) -> None:
        """A few at a time, and where something is in the way, one by one: a savepoint for each takes as long again."""
        waiting = dict(rows)
        while waiting:
            some = dict(islice(waiting.items(), _FEW))
            try:
                with self._savepoint():
                    self._put(shape, some)
            except sqlite3.IntegrityError:
                for key in some:
                    if key in waiting:
                        self._put_one(shape, key, waiting.pop(key), waiting)
            else:
                for key in some:
                    del waiting[key]

    def _put_one(self, shape: Shape, key: Key, row: Row, waiting: dict[Key, Row]) -> None:
        for _ in range(2):
            try:
                with self._savepoint():
                    self._connection.execute(shape.upsert(tuple(row)), tuple(row.values()))
                return
            except sqlite3.IntegrityError:
                blockers = self._in_the_way(shape, key, row)
                own = self._pendings.get((shape.name, key))
                if own is not None and self._is_own_fault(shape, own, blockers, waiting):
                    self._give_way(shape, key, row, own, waiting)
                    return
                for blocker in blockers:
                    self._clear(shape, blocker, waiting)
        raise sqlite3.IntegrityError(f"A row of {shape.name} cannot be written: {row!r}")

    def _in_the_way(self, shape: Shape, key: Key, row: Row) -> list[Key]:
        """Which rows a REPLACE would delete: whatever makes them unique, an index with a WHERE, say. Then as if nothing had been."""
        self._connection.execute("SAVEPOINT hipflask_look")
        try:
            seen = self._log.newest(self._connection)
            self._connection.execute(shape.upsert(tuple(row), "OR REPLACE"), tuple(row.values()))
            changes = self._log.read(self._connection, seen).changes
        finally:
            self._connection.execute("ROLLBACK TO hipflask_look")
            self._connection.execute("RELEASE hipflask_look")
        gone = (change.key for change in changes if change.kind == "delete" and change.table == shape.name)
        return [other for other in dict.fromkeys(gone) if other != key]

    def _is_own_fault(
        self, shape: Shape, own: Pending, blockers: Iterable[Key], waiting: Mapping[Key, Row]
    ) -> bool:
        """Whether what is pending in the row itself is what cannot stand beside the hub's rows."""
        return _is_unique(shape, own) and not any(
            key in waiting or _is_unique(shape, self._pendings.get((shape.name, key))) for key in blockers
        )

    def _clear(self, shape: Shape, key: Key, waiting: dict[Key, Row]) -> None:
        """Have a row out of the way: it is written anew later, or what is pending in it is given up."""
        pending = self._pendings.get((shape.name, key))
        if key not in waiting and pending is not None:
            row = shape.rows(self._connection, [key])[key]
            self._give_way(shape, key, row, pending, waiting)
            return
        if key not in waiting:
            self._break(f"two rows of {shape.name} came that cannot stand beside each other")
        self._connection.execute(shape.delete, parts(key))

    def _give_way(self, shape: Shape, key: Key, row: Row, pending: Pending, waiting: dict[Key, Row]) -> None:
        """Have a row as the hub has it in what may be there only once, or not at all if it is new here."""
        self._connection.execute(shape.delete, parts(key))
        names = shape.uniques & pending.columns.keys()
        if pending.kind == "update":
            before = read_unders(self._connection, shape, [key]).of(key).before
            names &= before.keys()
            if names:
                self._give_up((shape.name, key), pending, {*names}, row, "unique", _taken(names))
                waiting[key] = row | {name: before[name] for name in names}  # others give way to that, too
                return
            self._break(f"what the hub has in a row of {shape.name} is not known")
        sentence = _taken(names or shape.key)
        self._give_up((shape.name, key), pending, {*pending.columns}, row, "unique", sentence)

    # ── giving up what is pending ─────────────────────────────────────────────────────────────────────

    def _give_up(
        self, place: Place, pending: Pending, columns: set[str], row: Row, code: str, sentence: str
    ) -> None:
        """No more is pending in these columns. What was pushed, the hub answers for; all else goes to the inbox here and now."""
        shape = self._shapes[place[0]]
        unpushed = self._not_pushed().get(place)
        if unpushed is not None and (names := columns & {*unpushed.columns}):
            values = {name: row[name] for name in shape.columns if name in names}
            if unpushed.kind == "update":
                values |= self._added(shape, place[1], names & shape.sums, row)
            inbox.put(self._connection, place, unpushed.kind, values, code, sentence)
        if columns >= {*pending.columns}:
            del self._pendings[place]
            self._forget(place)
        else:
            for name in columns:
                del pending.columns[name]
            self._forget(place, columns)

    def _added(self, shape: Shape, key: Key, sums: set[str], row: Row) -> Row:
        if not sums:
            return {}
        unders = read_unders(self._connection, shape, [key])
        return {name: _number(row[name]) - unders.expected(key, name) for name in sums}

    def _forget(self, place: Place, columns: Iterable[str] | None = None) -> None:
        """Have the log say that it was not written here; or only not these columns."""
        table, key = place
        names = [*(self._shapes[table].watched if columns is None else columns)]
        self._connection.executemany(
            'DELETE FROM main._hipflask_before WHERE "table" = ? AND key = ? AND "column" = ?',
            [(table, logged(key), name) for name in names],
        )
        where = (
            "sequence > (SELECT upto FROM main._hipflask_replica) AND origin = 0 AND key = ? AND "
            '"table" = (SELECT id FROM main._hipflask_table WHERE name = ?)'
        )
        change_log, values = "main._hipflask_log", (logged(key), table)
        if columns is None:
            self._connection.execute(f"UPDATE {change_log} SET origin = 1 WHERE {where}", values)
            return
        bits = self._bits(table, columns)
        self._connection.execute(
            f"UPDATE {change_log} SET origin = (mask & ~{bits} = 0), mask = iif(mask & ~{bits} = 0, mask, mask & ~{bits}) "
            f"WHERE mask > 0 AND {where}",
            values,
        )

    def _bits(self, table: str, columns: Iterable[str]) -> int:
        numbers = dict(
            self._connection.execute(
                'SELECT name, id FROM main._hipflask_column WHERE "table" = '
                "(SELECT id FROM main._hipflask_table WHERE name = ?)",
                (table,),
            ).fetchall()
        )
        bits = {capture.bit(numbers[name]) for name in columns}
        return sum(1 << bit for bit in bits if bit != capture.SHARED_BIT)  # that one is of others, too

    def _not_pushed(self) -> Pendings:
        if self._unpushed is None:
            changes = self._log.written_here(self._connection, self._pushed_upto)
            self._unpushed = fold(changes, self._shapes)
        return self._unpushed

    def _break(self, why: str) -> None:
        self.is_broken = True
        log.warning("Everything is asked for anew: %s.", why)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        self._connection.execute("SAVEPOINT hipflask_put")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO hipflask_put")
            self._connection.execute("RELEASE hipflask_put")
            raise
        self._connection.execute("RELEASE hipflask_put")


def _is_unique(shape: Shape, pending: Pending | None) -> bool:
    """Whether something is pending that may stand in somebody's way."""
    return pending is not None and (pending.kind == "insert" or bool(shape.uniques & pending.columns.keys()))


def _taken(columns: Iterable[str]) -> str:
    return _TAKEN.format(columns=" and ".join(name.replace("_", " ") for name in sorted(columns)))


def _number(value: object) -> int | float:
    return value if isinstance(value, int | float) else 0
