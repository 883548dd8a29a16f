"""The inbox: changes that were refused, with what was to be written and why not, until a person has tried again or dropped them.

    for refusal in refusals(connection):
        refusal.sentence                                "Another item is called Bolt."
    retry(connection, tables, refusal.id, {"name": "Bolt M4"})

For windows: each function is a step of its own on a connection of one's own, with foreign keys on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from ...core.errors import EntryError, UsageError
from ...store.changes.capture import NOW
from ...store.changes.names import Key
from ...store.sql import quoted
from ...store.types.exact import Exact
from .shapes import Row, Shape, from_wire, logged, parts, to_wire
from .tables import writing

_COLUMNS = 'id, at, "table", kind, "values", code, sentence'


@dataclass(frozen=True, slots=True)
class Refusal:
    """One change in the inbox; its values are as SQLite keeps them. Of a sum in an update it is what was to be added."""

    id: int
    at: int  # in ms of this device's clock
    table: str
    key: Key
    kind: str  # "insert", "update", "delete"
    values: Row
    code: str  # as in `messages.Outcome`; "copied": it may have been counted before
    sentence: str


def refusals(connection: sqlite3.Connection) -> list[Refusal]:
    """What is in the inbox, the oldest first."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM main._hipflask_refused ORDER BY id")
    return [_read(row) for row in found]


def retry(
    connection: sqlite3.Connection,
    tables: Sequence[sa.Table],
    id: int,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Write a refused change again, as if it were written now, with other values where given; raises EntryError if it cannot be.

    `values` are what the models have, as `{"due": date(2026, 11, 23)}`, and checked as such.
    """
    with writing(connection):
        refusal = _found(connection, id)
        table = next((each for each in tables if each.name == refusal.table), None)
        if table is None:
            raise EntryError(f"There is no table {refusal.table} any more. Drop the change.")
        shape = Shape(table)
        known = {name: value for name, value in refusal.values.items() if name in shape.columns}
        try:
            _write(connection, shape, refusal, known, _kept(table, values or {}))
        except sqlite3.IntegrityError as error:
            raise EntryError(f"The change still cannot be written here: {error}.") from error
        _remove(connection, id)


def drop(connection: sqlite3.Connection, id: int) -> None:
    """Forget a refused change."""
    with writing(connection):
        _remove(connection, id)


def put(
    connection: sqlite3.Connection,
    place: tuple[str, Key],
    kind: str,
    values: Row,
    code: str,
    sentence: str,
    origin: str | None = None,
) -> None:
    """Add a change, once if it has an origin. Within somebody's transaction."""
    table, key = place
    body = msgspec.msgpack.encode([to_wire(key), values])
    connection.execute(
        'INSERT OR IGNORE INTO main._hipflask_refused (origin, at, "table", key, kind, "values", code, sentence) '
        f"VALUES (?, {NOW}, ?, ?, ?, ?, ?, ?)",
        (origin, table, logged(key), kind, body, code, sentence),
    )


def _write(connection: sqlite3.Connection, shape: Shape, refusal: Refusal, known: Row, given: Row) -> None:
    key = parts(refusal.key)
    if refusal.kind == "delete":
        connection.execute(shape.delete, key)
        return
    here = shape.rows(connection, [refusal.key]).get(refusal.key)
    if here is None:
        row = dict(zip(shape.key, key, strict=True)) | known | given
        names = ", ".join(map(quoted, row))
        marks = ", ".join("?" * len(row))
        connection.execute(
            f"INSERT INTO main.{quoted(shape.name)} ({names}) VALUES ({marks})", [*row.values()]
        )
        return
    if refusal.kind == "update":
        sums = shape.sums & {*known} - {*given}
        known = known | {name: _sum(here[name], known[name]) for name in sums}
    row = known | given
    sets = ", ".join(f"{quoted(name)} = ?" for name in row)
    is_it = " AND ".join(f"{quoted(name)} = ?" for name in shape.key)
    connection.execute(f"UPDATE main.{quoted(shape.name)} SET {sets} WHERE {is_it}", [*row.values(), *key])


def _kept(table: sa.Table, values: Mapping[str, Any]) -> Row:
    kept: Row = {}
    for name, value in values.items():
        if name not in table.columns:
            raise UsageError(
                f"{table.name} has no column {name!r}. It has: {', '.join(column.name for column in table.columns)}."
            )
        kind = table.columns[name].type
        kept[name] = kind.writer(False)(value) if isinstance(kind, Exact) else value
    return kept


def _found(connection: sqlite3.Connection, id: int) -> Refusal:
    row = connection.execute(f"SELECT {_COLUMNS} FROM main._hipflask_refused WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise EntryError(
            "This change is not in the inbox any more: somebody has tried it again, or dropped it."
        )
    return _read(row)


def _read(row: tuple[Any, ...]) -> Refusal:
    id, at, table, kind, body, code, sentence = row
    key, values = msgspec.msgpack.decode(body)
    return Refusal(id, at, table, from_wire(key), kind, values, code, sentence)


def _remove(connection: sqlite3.Connection, id: int) -> None:
    connection.execute("DELETE FROM main._hipflask_refused WHERE id = ?", (id,))


def _sum(one: Any, other: Any) -> Any:
    return (one or 0) + (other or 0)
