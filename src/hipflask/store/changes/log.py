"""The log of what changed in a file: set up, read and pruned, on a plain `sqlite3.Connection`.

    log = Log(db.metadata.sorted_tables)
    log.install(connection)                  triggers as the models have it now; quick when nothing has changed
    seen = log.newest(connection)
    …
    batch = log.read(connection, seen)       what was committed since, whole transactions, in order
    if batch.has_gap: …                      some of it is not there any more: read everything anew
    seen = batch.newest

An attached file has a log of its own: `Log(tables, "volatile")`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..sql import quoted
from . import capture
from .names import Key, Kind, Names, Numbers

BATCH = 1000
# So many rows stay, however old, while the log's clock is ahead of the wall's and says nothing about age.
ROWS_KEPT_AHEAD = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """One row that was inserted, updated or deleted; its key is the value as SQLite keeps it, a tuple if it has several columns.

    Columns are those that an update has changed (where a table has more than 62 of them: at least those), all of an
    inserted row, none of a deleted one.
    """

    table: str
    key: Key
    columns: frozenset[str]
    kind: Kind
    sequence: int
    clock: int
    origin: int


@dataclass(frozen=True)
class Batch:
    """What was committed since, up to `newest`. With a gap, something is missing: changes were pruned, or the file is another."""

    changes: list[Change]
    newest: int
    has_gap: bool


class Log:
    """The change log of one file of a store."""

    def __init__(self, tables: Sequence[sa.Table], schema: str = "main") -> None:
        self._tables = {table.name: table for table in tables}
        self.schema = schema
        self._in = quoted(schema)
        self._known: tuple[int, Names] | None = None
        self._texts: tuple[Numbers, dict[str, str]] | None = None

    def install(self, connection: sqlite3.Connection) -> None:
        """Have every change of the tables logged from now on, and of no others."""
        if self.is_installed(connection):
            return
        with _writing(connection):
            if not self._has_layout(connection):
                for statement in capture.layout(self.schema):
                    connection.execute(statement)
            self._number(connection)
            self._replace_triggers(connection)

    def is_installed(self, connection: sqlite3.Connection) -> bool:
        """Whether every change of the tables is logged, as the models have them now."""
        with _reading(connection):
            if not self._has_layout(connection):
                return False
            texts = self._expected(self._numbers(connection))
            return texts is not None and texts == self._triggers(connection)

    def uninstall(self, connection: sqlite3.Connection) -> None:
        """Log nothing any more, so that tables can be rebuilt; the log and all numbers stay. Say `skip` if rows change meanwhile."""
        with _writing(connection):
            for name in self._triggers(connection):
                self._drop(connection, name)

    def skip(self, connection: sqlite3.Connection, beyond: int = 0) -> None:
        """Have every reader read everything anew, after changes that were not logged. After a restore: beyond the replaced file's newest."""
        with _writing(connection):
            connection.execute(
                f"INSERT INTO {self._in}._hipflask_log SELECT max(ifnull(max(sequence), 0), ?) + 2, 0, 0, 0, "
                f"(SELECT floor FROM {self._in}._hipflask_state), 0 FROM {self._in}._hipflask_log",
                (beyond,),
            )

    def rename_table(self, connection: sqlite3.Connection, old: str, new: str) -> None:
        """A table has a new name; it keeps its number, and so do its columns."""
        with _writing(connection):
            self._rename(connection, "_hipflask_table", "TRUE", old, new)

    def rename_column(self, connection: sqlite3.Connection, table: str, old: str, new: str) -> None:
        """A column has a new name; it keeps its number."""
        with _writing(connection):
            number = self._numbers(connection).get(table, (0, {}))[0]
            self._rename(connection, "_hipflask_column", f'"table" = {number}', old, new)

    def newest(self, connection: sqlite3.Connection) -> int:
        """The sequence of the newest change, 0 if there was none yet."""
        (newest,) = connection.execute(f"SELECT max(sequence) FROM {self._in}._hipflask_log").fetchone()
        return newest or 0

    def read(self, connection: sqlite3.Connection, after: int, most: int | None = None) -> Batch:
        """What was committed after the change of this sequence; more than `most` is a gap, which costs less than a million changes."""
        with _reading(connection):
            if most is not None and (newest := self.newest(connection)) - after > most:
                return Batch([], newest, has_gap=True)
            # The row of `after` itself comes along: if it is there, nothing behind it is missing.
            rows = connection.execute(
                f'SELECT sequence, "table", key, mask, clock, origin FROM {self._in}._hipflask_log '
                "WHERE sequence >= ? ORDER BY sequence",
                (after,),
            ).fetchall()
            newest = rows[-1][0] if rows else self.newest(connection)
            new = rows[1:] if rows and rows[0][0] == after else rows
            changes = self._changes(connection, new) if new else []
        return Batch(changes, newest, has_gap=newest - after != len(new))

    def written_here(self, connection: sqlite3.Connection, after: int) -> list[Change]:
        """What was written after the change of this sequence by people and programs here: of origin 0."""
        with _reading(connection):
            rows = connection.execute(
                f'SELECT sequence, "table", key, mask, clock, origin FROM {self._in}._hipflask_log '
                "WHERE sequence > ? AND origin = 0 ORDER BY sequence",
                (after,),
            ).fetchall()
            return self._changes(connection, rows) if rows else []

    def counts(self, connection: sqlite3.Connection, after: int) -> dict[str, int]:
        """How many changes of each table there are after the one of this sequence."""
        names = self._names(connection)
        found: dict[str, int] = {}
        for number, count in connection.execute(
            f'SELECT "table", count(*) FROM {self._in}._hipflask_log WHERE sequence > ? GROUP BY "table"',
            (after,),
        ):
            if (table := names.table(number)) is not None:
                found[table] = count
        return found

    def settled(self, connection: sqlite3.Connection) -> int | None:
        """Up to where a replica needs this log no more, whatever program it runs in; None: nobody exchanges it."""
        there = f"SELECT 1 FROM {self._in}.sqlite_schema WHERE name = '_hipflask_replica'"
        if connection.execute(there).fetchone() is None:
            return None
        found = connection.execute(f"SELECT upto FROM {self._in}._hipflask_replica").fetchone()
        return int(found[0]) if found else None

    def prune(self, connection: sqlite3.Connection, keep_ms: int = 60_000, pinned: int | None = None) -> int:
        """Forget changes older than that, and say how many; the newest stays, and so do those after `pinned`.

        The connection must not be in a transaction: rows go in short ones, so that nobody waits for long.
        """
        if connection.in_transaction:
            raise ValueError(
                "Pruning takes its own short transactions, and this connection is in one. Commit it first."
            )
        pruned = 0
        while rows := self._prune_some(connection, keep_ms, pinned):
            pruned += rows
        return pruned

    def _changes(self, connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> list[Change]:
        names = self._names(connection)
        changes = []
        for sequence, number, kept, mask, clock, origin in rows:
            what = names.what(number, mask)
            if what is not None:
                table, kind, columns = what
                key = names.key(number, kept)
                if mask != capture.SUSPECTED or not self._is_there(connection, table, key):
                    changes.append(Change(table, key, columns, kind, sequence, clock, origin))
        return changes

    def _is_there(self, connection: sqlite3.Connection, table: str, key: Key) -> bool:
        parts = key if isinstance(key, tuple) else (key,)
        names = [quoted(column.name) for column in self._tables[table].primary_key]
        # As the column compares, which has an index; and then exactly.
        same = " AND ".join(
            f"{name} = :part{at} AND {name} = :part{at} COLLATE BINARY" for at, name in enumerate(names)
        )
        found = connection.execute(
            f"SELECT 1 FROM {self._in}.{quoted(table)} WHERE {same}",
            {f"part{at}": part for at, part in enumerate(parts)},
        )
        return found.fetchone() is not None

    def _prune_some(self, connection: sqlite3.Connection, keep_ms: int, pinned: int | None) -> int:
        with _writing(connection):
            newest = self.newest(connection)
            floor, wall = connection.execute(
                f"SELECT floor, {capture.NOW} FROM {self._in}._hipflask_state"
            ).fetchone()
            last = newest - 1 if pinned is None else min(newest - 1, pinned)
            if floor > wall + keep_ms:
                wall, last = floor + keep_ms + 1, min(last, newest - ROWS_KEPT_AHEAD)
            log = f"{self._in}._hipflask_log"
            return connection.execute(
                f"DELETE FROM {log} WHERE sequence <= min(?, (SELECT max(sequence) FROM "
                f"(SELECT sequence, clock FROM {log} ORDER BY sequence LIMIT {BATCH}) WHERE clock < ?))",
                (last, wall - keep_ms),
            ).rowcount

    def _has_layout(self, connection: sqlite3.Connection) -> bool:
        found = connection.execute(
            f"SELECT 1 FROM {self._in}.sqlite_schema WHERE type = 'table' AND name = '_hipflask_state'"
        ).fetchone()
        if found is None:
            return False
        (layout,) = connection.execute(f"SELECT layout FROM {self._in}._hipflask_state").fetchone()
        if layout != capture.LAYOUT:
            raise ValueError(
                f"The change log of this file has layout {layout}, and this version of Hipflask knows {capture.LAYOUT}. "
                "Open the file with the version that wrote it."
            )
        return True

    def _expected(self, numbers: Numbers) -> dict[str, str] | None:
        """The triggers that there should be; None if a column has no number yet."""
        if self._texts is None or self._texts[0] != numbers:
            texts: dict[str, str] = {}
            for name, table in self._tables.items():
                number, columns = numbers.get(name, (0, {}))
                if not all(column.name in columns for column in table.columns):
                    return None
                texts |= capture.triggers(table, number, columns)
            self._texts = numbers, texts
        return self._texts[1]

    def _number(self, connection: sqlite3.Connection) -> None:
        """Give numbers to tables and columns that have none."""
        for name, table in self._tables.items():
            connection.execute(f"INSERT OR IGNORE INTO {self._in}._hipflask_table (name) VALUES (?)", (name,))
            number, columns = self._numbers(connection)[name]
            (free,) = connection.execute(
                f'SELECT ifnull(max(id) + 1, 0) FROM {self._in}._hipflask_column WHERE "table" = ?', (number,)
            ).fetchone()
            new = [column.name for column in table.columns if column.name not in columns]
            connection.executemany(
                f"INSERT INTO {self._in}._hipflask_column VALUES (?, ?, ?)",
                [(number, free + place, column) for place, column in enumerate(new)],
            )

    def _replace_triggers(self, connection: sqlite3.Connection) -> None:
        there, expected = self._triggers(connection), self._expected(self._numbers(connection)) or {}
        for name in there:
            if there[name] != expected.get(name):
                self._drop(connection, name)
        for name, text in expected.items():
            if there.get(name) != text:
                connection.execute(text.replace("CREATE TRIGGER ", f"CREATE TRIGGER {self._in}.", 1))

    def _triggers(self, connection: sqlite3.Connection) -> dict[str, str]:
        return capture.standing(
            connection.execute(
                f"SELECT name, tbl_name, sql FROM {self._in}.sqlite_schema WHERE type = 'trigger' ORDER BY rowid"
            )
        )

    def _drop(self, connection: sqlite3.Connection, trigger: str) -> None:
        connection.execute(f"DROP TRIGGER {self._in}.{quoted(trigger)}")

    def _rename(self, connection: sqlite3.Connection, kind: str, where: str, old: str, new: str) -> None:
        # Who had the new name before is gone, and keeps its number without a name.
        connection.execute(f"UPDATE {self._in}.{kind} SET name = NULL WHERE name = ? AND {where}", (new,))
        connection.execute(f"UPDATE {self._in}.{kind} SET name = ? WHERE name = ? AND {where}", (new, old))
        self._known = None

    def _numbers(self, connection: sqlite3.Connection) -> Numbers:
        numbers: Numbers = {
            name: (number, {})
            for number, name in connection.execute(f"SELECT id, name FROM {self._in}._hipflask_table")
            if name is not None
        }
        by_number = dict(numbers.values())
        for table, column, name in connection.execute(
            f'SELECT "table", id, name FROM {self._in}._hipflask_column'
        ):
            if name is not None and table in by_number:
                by_number[table][name] = column
        return numbers

    def _names(self, connection: sqlite3.Connection) -> Names:
        # Numbers are given together with new triggers, which changes the schema's version.
        (version,) = connection.execute(f"PRAGMA {self._in}.schema_version").fetchone()
        if self._known is None or self._known[0] != version:
            self._known = version, Names(self._tables, self._numbers(connection))
        return self._known[1]


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    """The caller's transaction, or one of our own."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")  # which fails, and leaves it open, where there is no room for it
    except BaseException:
        if connection.in_transaction:  # SQLite may have ended it
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _reading(connection: sqlite3.Connection) -> Iterator[None]:
    """The caller's transaction, or one of our own: several SELECTs see one moment."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")
