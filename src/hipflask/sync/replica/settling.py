"""The end of pushes: settled in a checkpoint, or taken back because this is another device's copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from ...store.sql import quoted
from .. import texts
from ..messages import Changes, unpack
from . import inbox
from .identity import pushed_uptos, save
from .pending import Pendings
from .shapes import Shape, from_wire, logged, parts
from .tables import as_hub
from .under import UNSENT, forget_all, forget_others, read_unders

_COPIED = (
    "This device's file is a copy, or was brought back, and nobody knows whether the hub has counted this already. Look, and try "
    "again only if it has not."
)
_GIVEN_UP = (
    "Others had deleted this row by then, or had written what may be there only once, and this device's file is a copy, or was brought "
    "back: nobody knows whether the hub has this. Look, and try again if it has not."
)


def settled_upto(connection: sqlite3.Connection, number: int) -> int:
    """Up to which sequence of the log all is settled, once this push is."""
    (upto,) = connection.execute(
        "SELECT max(upto) FROM (SELECT upto FROM main._hipflask_replica UNION ALL "
        "SELECT upto FROM main._hipflask_push WHERE number <= ?)",
        (number,),
    ).fetchone()
    return int(upto)


def settle(connection: sqlite3.Connection, number: int) -> None:
    """Whatever was in the pushes up to this one is in what the hub has sent."""
    if not _has_pushes(connection, number):
        return
    connection.execute(
        'UPDATE main._hipflask_before AS this SET value = ifnull(this.value, 0) + added.value FROM (SELECT "table", key, '
        "\"column\", sum(value) AS value FROM main._hipflask_added WHERE push BETWEEN 1 AND ? AND typeof(value) <> 'blob' "
        'GROUP BY 1, 2, 3) AS added WHERE this."table" = added."table" AND this.key = added.key '
        'AND this."column" = added."column"',
        (number,),
    )
    connection.execute("DELETE FROM main._hipflask_added WHERE push BETWEEN 1 AND ?", (number,))
    save(connection, upto=settled_upto(connection, number))
    # One that is not acknowledged is asked for once more: what it refused is still to be told.
    connection.execute("DELETE FROM main._hipflask_push WHERE number <= ? AND is_acked", (number,))


def tidy(connection: sqlite3.Connection, pendings: Pendings, newest: int) -> None:
    """Forget what is known of the hub's side of rows in which nothing is pending any more, and old stamps."""
    if all(each.kind == "nothing" for each in pendings.values()) and not _has_pushes(connection):
        save(connection, upto=newest)
        forget_all(connection)
    else:
        forget_others(connection, pendings)
    connection.execute(
        "DELETE FROM main._hipflask_seen WHERE sequence < (SELECT max(sequence) FROM main._hipflask_seen WHERE sequence <= "
        "(SELECT upto FROM main._hipflask_replica))"
    )


def take_back(
    connection: sqlite3.Connection,
    pendings: Pendings,
    shapes: Mapping[str, Shape],
    *,
    is_restored: bool = False,
) -> None:
    """Under a new name: what was acknowledged is in the hub, unless that was restored; all else is pending again.

    It may have been applied under the old name: by this file, or by that of which it is a copy. Written twice is as good as once,
    but for what is added to a sum, pushed or not: that goes to the inbox.
    """
    (acked,) = connection.execute(
        "SELECT ifnull(max(number), 0) FROM main._hipflask_push WHERE is_acked AND NOT ?", (is_restored,)
    ).fetchone()
    settle(connection, acked)
    with as_hub(connection):
        for shape in shapes.values():
            _take_back_sums(connection, shape, pendings)
    _tell_of_deletes(connection, pendings)
    _keep_given_up(connection, shapes, pendings)
    edits = connection.execute(
        'SELECT "table", key, "column", value FROM main._hipflask_added WHERE typeof(value) = \'blob\' ORDER BY push'
    ).fetchall()
    together: dict[tuple[str, Any, str], list[bytes]] = {}
    for table, key, column, update in edits:
        together.setdefault((table, key, column), []).append(update)
    connection.execute("DELETE FROM main._hipflask_added")
    connection.executemany(
        "INSERT INTO main._hipflask_added VALUES (?, ?, ?, ?, ?)",
        [(*place, UNSENT, texts.joined(updates)) for place, updates in together.items()],
    )
    connection.execute("DELETE FROM main._hipflask_push")


def _tell_of_deletes(connection: sqlite3.Connection, pendings: Pendings) -> None:
    """A row that was made in a push, and deleted since, may be in the hub: have the log say no more that it was made here."""
    uptos = pushed_uptos(connection)
    connection.executemany(
        "UPDATE main._hipflask_log SET origin = 1 WHERE sequence BETWEEN ? AND ? AND key = ? AND "
        '"table" = (SELECT id FROM main._hipflask_table WHERE name = ?)',
        [
            (pending.since, upto, logged(key), table)
            for (table, key), pending in pendings.items()
            if pending.kind == "nothing" and (upto := pending.told_by(uptos)) is not None
        ],
    )


def _keep_given_up(connection: sqlite3.Connection, shapes: Mapping[str, Shape], pendings: Pendings) -> None:
    """What is in a push that was not answered, and was given up here since: nobody will answer for it, so it goes to the inbox."""
    bodies = connection.execute(  # one that is settled has come back from the hub
        "SELECT body FROM main._hipflask_push WHERE NOT is_acked AND upto > (SELECT upto FROM main._hipflask_replica)"
    ).fetchall()
    for change in (change for (body,) in bodies for change in unpack(body, Changes).changes):
        place, shape = (change.table, from_wire(change.key)), shapes.get(change.table)
        pending = pendings.get(place)
        if shape is None or change.kind == "delete" or (pending is not None and pending.kind != "update"):
            continue
        kept = {} if pending is None else pending.columns
        if kept.keys() >= {*change.columns}:
            continue
        here = shape.rows(connection, [place[1]]).get(place[1], {})
        values = {
            # The edit of a document says nothing to a person.
            name: here.get(name) if name in shape.texts and isinstance(value, bytes) else value
            for name, value in zip(change.columns, change.values, strict=True)
            if name not in kept
        }
        inbox.put(connection, place, change.kind, values, "copied", _GIVEN_UP)


def _take_back_sums(connection: sqlite3.Connection, shape: Shape, pendings: Pendings) -> None:
    written = {
        key: each
        for (table, key), each in pendings.items()
        if table == shape.name and each.kind == "update" and shape.sums & {*each.columns}
    }
    unders = read_unders(connection, shape, written)
    for key, row in shape.rows(connection, written).items():
        before, pending = unders.of(key).before, written[key]
        names = shape.sums & pending.columns.keys() & before.keys()
        added = {name: _number(row[name]) - _number(before[name]) for name in names}
        if added := {name: value for name, value in added.items() if value}:
            sets = ", ".join(f"{quoted(name)} = {quoted(name)} - ?" for name in added)
            is_it = " AND ".join(f"{quoted(each)} = ?" for each in shape.key)
            connection.execute(
                f"UPDATE main.{quoted(shape.name)} SET {sets} WHERE {is_it}", (*added.values(), *parts(key))
            )
            inbox.put(connection, (shape.name, key), "update", dict(added), "copied", _COPIED)


def _number(value: object) -> int | float:
    return value if isinstance(value, int | float) else 0


def _has_pushes(connection: sqlite3.Connection, upto: int | None = None) -> bool:
    """Whether there are pushes (up to a number) that are not settled."""
    found = connection.execute(
        "SELECT 1 FROM main._hipflask_push WHERE number <= ifnull(?, number) LIMIT 1", (upto,)
    )
    return found.fetchone() is not None
