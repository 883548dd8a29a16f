"""Large downloads: pages go into the tables as they come, so that what has come is there after a broken connection, too.

Nothing is overlaid here. Rows in which something is pending here, or in whose way something is, are kept for the checkpoint
(`_hipflask_late`), and everything that comes of them later as well. If rows that do not come are not there any more, all keys are
noted first (`_hipflask_unseen`), and each page takes its own out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

from ...store.changes.names import Key
from ...store.sql import quoted
from ..messages import Begin, Rows, Value, pack, unpack
from .overlay import DOCUMENT
from .pending import Pendings
from .shapes import Place, Shape, from_wire, key_getter, logged, parts
from .under import note_documents


class Download:
    """One download whose pages are written as they come."""

    def __init__(self, connection: sqlite3.Connection, shapes: Mapping[str, Shape]) -> None:
        self._connection = connection
        self._shapes = shapes
        self._late: set[Place] = {place for rows in late_rows(connection) for place in _places(rows, shapes)}
        self._has_unseen = (
            connection.execute("SELECT 1 FROM main._hipflask_unseen LIMIT 1").fetchone() is not None
        )

    def write(self, pages: Iterable[Rows], pendings: Pendings, *, is_careful: bool = False) -> bool:
        """Write a page's rows, in somebody's transaction; says whether all was there of which parts have come.

        Raises sqlite3.IntegrityError where something is in the way. Then the transaction has to be begun anew, carefully: a
        savepoint for each page would take as long again.
        """
        is_whole = True
        for rows in pages:
            shape = self._shapes.get(rows.table)
            if shape is not None:
                is_whole &= self._write(shape, self._parted(shape, rows, pendings), rows, is_careful)
        return is_whole

    def _write(self, shape: Shape, now: Rows, all_rows: Rows, is_careful: bool) -> bool:
        if self._has_unseen:
            self._seen(shape, all_rows)
        self._connection.executemany(shape.delete, [parts(from_wire(key)) for key in now.gone])
        if not now.rows:
            return True
        writer = _Writer(shape, now.columns, now.is_whole)
        if is_careful:
            is_whole = self._one_by_one(shape, now, writer)
        else:
            found = self._connection.executemany(writer.statement, map(writer.values, now.rows)).rowcount
            is_whole = now.is_whole or found == len(now.rows)
        _keep_documents(self._connection, shape, now)
        return is_whole

    def _one_by_one(self, shape: Shape, rows: Rows, writer: _Writer) -> bool:
        refused, found = [], 0
        for row in rows.rows:
            try:
                found += self._connection.execute(writer.statement, writer.values(row)).rowcount
            except sqlite3.IntegrityError:
                refused.append(row)
                found += 1
        self._keep_late(shape, Rows(rows.table, rows.columns, refused, [], rows.is_whole))
        return rows.is_whole or found == len(rows.rows)

    def _parted(self, shape: Shape, rows: Rows, pendings: Pendings) -> Rows:
        """What can be written at once; the rest is kept."""
        if not pendings and not self._late:
            return rows
        key_of, table = key_getter(shape, rows.columns), shape.name
        places = [(table, key_of(row)) for row in rows.rows]
        is_late = [place in pendings or place in self._late for place in places]
        late_gone = [
            key for key in rows.gone if (place := (table, from_wire(key))) in pendings or place in self._late
        ]
        if not any(is_late) and not late_gone:
            return rows
        late = [row for row, waits in zip(rows.rows, is_late, strict=True) if waits]
        self._keep_late(shape, Rows(table, rows.columns, late, late_gone, rows.is_whole))
        now = [row for row, waits in zip(rows.rows, is_late, strict=True) if not waits]
        gone = [key for key in rows.gone if key not in late_gone]
        return Rows(table, rows.columns, now, gone, rows.is_whole)

    def _keep_late(self, shape: Shape, rows: Rows) -> None:
        self._late.update(_places(rows, self._shapes))
        self._connection.execute("INSERT INTO main._hipflask_late (body) VALUES (?)", (pack([rows]),))

    def _seen(self, shape: Shape, rows: Rows) -> None:
        key_of = key_getter(shape, rows.columns)
        self._connection.executemany(
            'DELETE FROM main._hipflask_unseen WHERE "table" = ? AND key = ?',
            [(shape.name, logged(key_of(row))) for row in rows.rows],
        )


class _Writer:
    """The statement for rows of these columns, and their values in its order."""

    def __init__(self, shape: Shape, columns: Sequence[str], is_whole: bool) -> None:
        known = tuple(name for name in columns if name in shape.columns)
        if is_whole:
            order, self.statement = known, shape.upsert(known)
        else:
            others = [name for name in known if name not in shape.key]
            sets = ", ".join(f"{quoted(name)} = ?" for name in others or shape.key)
            is_it = " AND ".join(f"{quoted(name)} = ?" for name in shape.key)
            self.statement = f"UPDATE main.{quoted(shape.name)} SET {sets} WHERE {is_it}"
            order = (*(others or shape.key), *shape.key)
        self.values: Callable[[list[Value]], Sequence[Value]] = _picked(columns, order)


def prepare(connection: sqlite3.Connection, shapes: Mapping[str, Shape], begin: Begin) -> None:
    """A download begins: what does not come of these tables will go."""
    if begin.reset:
        for name in _covered(shapes, begin):
            shape = shapes[name]
            connection.execute(
                f"INSERT INTO main._hipflask_unseen SELECT ?, {shape.key_sql()} FROM main.{quoted(name)}",
                (name,),
            )


def is_begun(connection: sqlite3.Connection) -> bool:
    """Whether something of a download is kept that has not come to its end."""
    kept = "SELECT 1 FROM main._hipflask_late UNION ALL SELECT 1 FROM main._hipflask_unseen LIMIT 1"
    return connection.execute(kept).fetchone() is not None


def forget(connection: sqlite3.Connection) -> None:
    """A download is over."""
    connection.execute("DELETE FROM main._hipflask_late")
    connection.execute("DELETE FROM main._hipflask_unseen")


def late_rows(connection: sqlite3.Connection) -> list[Rows]:
    """What has come and waits for the checkpoint, in order."""
    bodies = connection.execute("SELECT body FROM main._hipflask_late ORDER BY id").fetchall()
    return [rows for (body,) in bodies for rows in unpack(body, list[Rows])]


def unseen(connection: sqlite3.Connection, shape: Shape) -> list[Key]:
    """The keys of those rows that have not come."""
    where = f'{shape.key_sql()} IN (SELECT key FROM main._hipflask_unseen WHERE "table" = ?)'
    return keys(connection, shape, where, shape.name)


def keys(connection: sqlite3.Connection, shape: Shape, where: str = "TRUE", *values: str) -> list[Key]:
    """The keys of all rows, or of some."""
    names = ", ".join(map(quoted, shape.key))
    found = connection.execute(f"SELECT {names} FROM main.{quoted(shape.name)} WHERE {where}", values)
    return [row[0] if len(row) == 1 else row for row in found]


def _covered(shapes: Mapping[str, Shape], begin: Begin) -> Iterable[str]:
    return [name for name in shapes if not begin.tables or name in begin.tables]


def _places(rows: Rows, shapes: Mapping[str, Shape]) -> set[Place]:
    shape = shapes.get(rows.table)
    if shape is None:
        return set()
    key_of = key_getter(shape, rows.columns)
    keys = [*map(key_of, rows.rows), *map(from_wire, rows.gone)]
    return {(rows.table, key) for key in keys}


def _picked(columns: Sequence[str], order: Sequence[str]) -> Callable[[list[Value]], Sequence[Value]]:
    if tuple(columns) == tuple(order):
        return lambda row: row
    if len(order) == 1:
        place = columns.index(order[0])
        return lambda row: (row[place],)
    return itemgetter(*(columns.index(name) for name in order))


def _keep_documents(connection: sqlite3.Connection, shape: Shape, rows: Rows) -> None:
    for name in shape.texts & {*rows.columns}:
        key_of = key_getter(shape, rows.columns)
        place = rows.columns.index(f"{name}{DOCUMENT}") if f"{name}{DOCUMENT}" in rows.columns else None
        states = [
            (logged(key_of(row)), name, state)
            for row in rows.rows
            if place is not None and isinstance(state := row[place], bytes)
        ]
        stateless = [
            (logged(key_of(row)), name)
            for row in rows.rows
            if place is None or not isinstance(row[place], bytes)
        ]
        note_documents(connection, shape, states, stateless)
