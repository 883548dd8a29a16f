"""The end of pushes: settled in a checkpoint, or taken back because this is another device's copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from ...store.changes.names import Key
from ...store.sql import quoted
from .. import texts
from . import inbox
from .identity import save
from .pending import Pendings
from .shapes import Shape, logged, parts
from .tables import as_hub
from .under import UNSENT

_COPIED = (
    "This device's file is a copy, or was brought back, and nobody knows whether the hub has counted this already. Look, and try "
    "again only if it has not."
)


def settle(connection: sqlite3.Connection, number: int) -> None:
    """Whatever was in the pushes up to this one is in what the hub has sent."""
    connection.execute(
        'UPDATE main._hipflask_before AS this SET value = ifnull(this.value, 0) + added.value FROM (SELECT "table", key, "column", '
        "sum(value) AS value FROM main._hipflask_added WHERE push BETWEEN 1 AND ? AND typeof(value) <> 'blob' GROUP BY 1, 2, 3) "
        'AS added WHERE this."table" = added."table" AND this.key = added.key AND this."column" = added."column"',
        (number,),
    )
    connection.execute("DELETE FROM main._hipflask_added WHERE push BETWEEN 1 AND ?", (number,))
    (upto,) = connection.execute(
        "SELECT max(upto) FROM (SELECT upto FROM main._hipflask_replica UNION ALL "
        "SELECT upto FROM main._hipflask_push WHERE number <= ?)",
        (number,),
    ).fetchone()
    save(connection, upto=upto)
    # One that is not acknowledged is asked for once more: what it refused is still to be told.
    connection.execute("DELETE FROM main._hipflask_push WHERE number <= ? AND is_acked", (number,))


def tidy(connection: sqlite3.Connection, pendings: Pendings, newest: int) -> None:
    """Forget what is known of the hub's side of rows in which nothing is pending any more, and old stamps."""
    if not pendings:
        is_under_way = connection.execute("SELECT 1 FROM main._hipflask_push LIMIT 1").fetchone() is not None
        if not is_under_way:
            save(connection, upto=newest)
        connection.execute("DELETE FROM main._hipflask_before")
    else:
        places = {(table, logged(key)) for table, key in pendings}
        noted = connection.execute('SELECT DISTINCT "table", key FROM main._hipflask_before').fetchall()
        connection.executemany(
            'DELETE FROM main._hipflask_before WHERE "table" = ? AND key = ?',
            [place for place in noted if place not in places],
        )
    connection.execute(
        "DELETE FROM main._hipflask_seen WHERE sequence < (SELECT max(sequence) FROM main._hipflask_seen WHERE sequence <= "
        "(SELECT upto FROM main._hipflask_replica))"
    )


def take_back(
    connection: sqlite3.Connection, shapes: Mapping[str, Shape], *, is_restored: bool = False
) -> None:
    """Under a new name: what was acknowledged is in the hub, unless that was restored; all else is pending again.

    They may have been applied under the old name. Written twice is as good as once, but for sums: those go to the inbox.
    """
    (acked,) = connection.execute(
        "SELECT ifnull(max(number), 0) FROM main._hipflask_push WHERE is_acked AND NOT ?", (is_restored,)
    ).fetchone()
    settle(connection, acked)
    found = connection.execute(
        'SELECT "table", key, "column", value FROM main._hipflask_added WHERE push <> ? ORDER BY push',
        (UNSENT,),
    ).fetchall()
    edits: dict[tuple[str, Any, str], list[bytes]] = {}
    with as_hub(connection):
        for table, key, column, value in found:
            if isinstance(value, bytes):
                edits.setdefault((table, key, column), []).append(value)
            elif table in shapes and value:
                _take_back_sum(connection, shapes[table], key, column, value)
    connection.execute("DELETE FROM main._hipflask_added WHERE push <> ?", (UNSENT,))
    for place, updates in edits.items():
        _keep_unsent(connection, place, updates)
    connection.execute("DELETE FROM main._hipflask_push")


def _take_back_sum(
    connection: sqlite3.Connection, shape: Shape, kept: Any, column: str, value: int | float
) -> None:
    name, column_name = quoted(shape.name), quoted(column)
    key = _key(connection, shape, kept)
    if key is None:
        return
    is_it = " AND ".join(f"{quoted(each)} = ?" for each in shape.key)
    connection.execute(
        f"UPDATE main.{name} SET {column_name} = {column_name} - ? WHERE {is_it}", (value, *parts(key))
    )
    inbox.put(connection, (shape.name, key), "update", {column: value}, "copied", _COPIED)


def _key(connection: sqlite3.Connection, shape: Shape, kept: Any) -> Key | None:
    """The key of the row that the log knows by this."""
    names = ", ".join(map(quoted, shape.key))
    found = connection.execute(
        f"SELECT {names} FROM main.{quoted(shape.name)} WHERE {shape.key_sql()} = ?", (kept,)
    ).fetchone()
    return shape.key_of(dict(zip(shape.key, found, strict=True))) if found else None


def _keep_unsent(connection: sqlite3.Connection, place: tuple[str, Any, str], updates: list[bytes]) -> None:
    before = connection.execute(
        'SELECT value FROM main._hipflask_added WHERE "table" = ? AND key = ? AND "column" = ? AND push = ?',
        (*place, UNSENT),
    ).fetchone()
    update = texts.joined([*(before or ()), *updates])
    connection.execute(
        "INSERT OR REPLACE INTO main._hipflask_added VALUES (?, ?, ?, ?, ?)", (*place, UNSENT, update)
    )
