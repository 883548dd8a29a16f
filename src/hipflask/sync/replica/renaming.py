"""Tables and columns that have another name since: what is kept of them by name follows.

The change log has numbers for them, which outlive a migration; `_hipflask_named` says what each number was called when the replica
last looked. So pending changes, the hub's side of them, pushes under way and the inbox speak of `title` as soon as `name` is called that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from ..messages import Changes, pack, unpack

_NOW = (
    'SELECT id AS "table", -1 AS id, name FROM main._hipflask_table WHERE name IS NOT NULL '
    'UNION ALL SELECT "table", id, name FROM main._hipflask_column WHERE name IS NOT NULL'
)
_BY_COLUMN = ("_hipflask_before", "_hipflask_added", "_hipflask_text")
_BY_TABLE = (*_BY_COLUMN, "_hipflask_met", "_hipflask_unseen", "_hipflask_refused")


@dataclass(frozen=True)
class Renames:
    """Which old names are which new ones; columns by the old name of their table."""

    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]

    def __bool__(self) -> bool:
        return bool(self.tables or self.columns)

    def column(self, table: str, name: str) -> str:
        """What a column is called now."""
        return self.columns.get(table, {}).get(name, name)


def is_noted(connection: sqlite3.Connection) -> bool:
    """Whether everything is called as it was."""
    noted = 'SELECT "table", id, name FROM main._hipflask_named'
    return connection.execute(f"{_NOW} EXCEPT {noted} LIMIT 1").fetchone() is None


def follow(connection: sqlite3.Connection) -> None:
    """Call everything as it is called now, in somebody's transaction."""
    if renames := _renames(connection):
        _keep_places(connection, renames)
        _keep_pushes(connection, renames)
        _keep_inbox(connection, renames)
        _keep_enrolled(connection, renames)
    connection.execute("DELETE FROM main._hipflask_named")
    connection.execute(f"INSERT INTO main._hipflask_named {_NOW}")


def _renames(connection: sqlite3.Connection) -> Renames:
    found = connection.execute(
        "SELECT was.id, whose.name, was.name, now.name FROM main._hipflask_named AS was "
        f'JOIN ({_NOW}) AS now ON now."table" = was."table" AND now.id = was.id '
        'JOIN main._hipflask_named AS whose ON whose."table" = was."table" AND whose.id = -1 '
        "WHERE was.name <> now.name"
    ).fetchall()
    tables, columns = dict[str, str](), dict[str, dict[str, str]]()
    for number, table, old, new in found:
        if number == -1:
            tables[old] = new
        else:
            columns.setdefault(table, {})[old] = new
    return Renames(tables, columns)


def _keep_places(connection: sqlite3.Connection, renames: Renames) -> None:
    for kept in _BY_COLUMN:
        for table, names in renames.columns.items():
            for old, new in names.items():  # by way of another name: two may have changed theirs
                connection.execute(
                    f'UPDATE OR REPLACE main.{kept} SET "column" = ? WHERE "table" = ? AND "column" = ?',
                    (f"/{new}", table, old),
                )
        connection.execute(
            f'UPDATE OR REPLACE main.{kept} SET "column" = substr("column", 2) WHERE "column" GLOB \'/*\''
        )
    for kept in _BY_TABLE:
        for old, new in renames.tables.items():
            connection.execute(
                f'UPDATE OR REPLACE main.{kept} SET "table" = ? WHERE "table" = ?', (f"/{new}", old)
            )
        connection.execute(
            f'UPDATE OR REPLACE main.{kept} SET "table" = substr("table", 2) WHERE "table" GLOB \'/*\''
        )


def _keep_pushes(connection: sqlite3.Connection, renames: Renames) -> None:
    """If the hub has one of them already, it takes it for another file's and gives a new name: nothing is counted twice by that."""
    for number, body in connection.execute("SELECT number, body FROM main._hipflask_push").fetchall():
        said = unpack(body, Changes)
        changes = [
            msgspec.structs.replace(
                change,
                table=renames.tables.get(change.table, change.table),
                columns=[renames.column(change.table, name) for name in change.columns],
            )
            for change in said.changes
        ]
        if changes != said.changes:
            connection.execute(
                "UPDATE main._hipflask_push SET body = ? WHERE number = ?",
                (pack(Changes(said.now, changes)), number),
            )


def _keep_inbox(connection: sqlite3.Connection, renames: Renames) -> None:
    back = {new: old for old, new in renames.tables.items()}
    for id, table, body in connection.execute(
        'SELECT id, "table", "values" FROM main._hipflask_refused'
    ).fetchall():
        key, values = msgspec.msgpack.decode(body)
        named = {renames.column(back.get(table, table), name): value for name, value in values.items()}
        connection.execute(
            'UPDATE main._hipflask_refused SET "values" = ? WHERE id = ?',
            (msgspec.msgpack.encode([key, named]), id),
        )


def _keep_enrolled(connection: sqlite3.Connection, renames: Renames) -> None:
    row = connection.execute("SELECT enrolled FROM main._hipflask_replica").fetchone()
    if row is not None:
        names = sorted({renames.tables.get(name, name) for name in json.loads(row[0])})
        connection.execute("UPDATE main._hipflask_replica SET enrolled = ?", (json.dumps(names),))
