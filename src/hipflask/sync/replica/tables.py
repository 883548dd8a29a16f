"""A replica's own tables in the file, and the triggers that note what the hub has where something else is written here.

| table | a row is |
|---|---|
| `_hipflask_replica` | the one row: who this is for the hub, what it has, and up to where the log is settled |
| `_hipflask_push` | a push that is not settled: its number, up to which sequence of the log it goes, its body |
| `_hipflask_refused` | a change in the inbox |
| `_hipflask_seen` | up to which sequence the log went when a checkpoint of this stamp was applied |
| `_hipflask_before` | what the hub has in a column where something is pending: of sums, texts, and what is unique |
| `_hipflask_met` | a row that is new here and not settled, of whose key one has come from the hub |
| `_hipflask_added` | what a push that is not settled adds to a sum, or the edit of a text that is in it |
| `_hipflask_text` | the document of a text, with all that was pushed; without one, it is `texts.initial` of what the hub has |
| `_hipflask_unseen` | while everything is sent anew: a row that has not come yet |
| `_hipflask_named` | what a number of the change log was called when the replica last looked; a table itself is column -1 |
| `_hipflask_late` | while much is sent: rows that wait for the checkpoint, because something is pending there or in their way |

Keys are as in the change log. The state row's `origin` is 1 while rows of the hub are written, so the triggers are silent then.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from ...store.changes import capture
from ...store.sql import quoted
from . import renaming
from .shapes import Shape

PREFIX = "_hipflask_before_"
FROM_HUB = 1

_PLACE = '"table" TEXT NOT NULL, key ANY NOT NULL'
_TABLES = {
    "_hipflask_replica": (
        "id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, ticket TEXT NOT NULL, seal BLOB NOT NULL, "
        "version INTEGER NOT NULL, more BLOB NOT NULL, is_partial INTEGER NOT NULL, pushed INTEGER NOT NULL, "
        "upto INTEGER NOT NULL, reset TEXT NOT NULL, schema TEXT NOT NULL, enrolled TEXT NOT NULL"
    ),
    "_hipflask_push": "number INTEGER PRIMARY KEY, upto INTEGER NOT NULL, body BLOB NOT NULL, is_acked INTEGER NOT NULL",
    "_hipflask_refused": (
        f"id INTEGER PRIMARY KEY, origin TEXT UNIQUE, at INTEGER NOT NULL, {_PLACE}, kind TEXT NOT NULL, "
        '"values" BLOB NOT NULL, code TEXT NOT NULL, sentence TEXT NOT NULL'
    ),
    "_hipflask_seen": "sequence INTEGER PRIMARY KEY, stamp INTEGER NOT NULL",
    "_hipflask_before": f'{_PLACE}, "column" TEXT NOT NULL, value ANY, PRIMARY KEY ("table", key, "column")',
    "_hipflask_met": f'{_PLACE}, PRIMARY KEY ("table", key)',
    "_hipflask_added": (
        f'{_PLACE}, "column" TEXT NOT NULL, push INTEGER NOT NULL, value ANY NOT NULL, PRIMARY KEY ("table", key, "column", push)'
    ),
    "_hipflask_text": f'{_PLACE}, "column" TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY ("table", key, "column")',
    "_hipflask_unseen": f'{_PLACE}, PRIMARY KEY ("table", key)',
    "_hipflask_named": '"table" INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY ("table", id)',
    "_hipflask_late": "id INTEGER PRIMARY KEY, body BLOB NOT NULL",
}
_WITHOUT_ROWID = {
    "_hipflask_before",
    "_hipflask_met",
    "_hipflask_added",
    "_hipflask_text",
    "_hipflask_unseen",
}


def install(connection: sqlite3.Connection, shapes: Mapping[str, Shape]) -> None:
    """Have the tables and triggers, and all rows that were there before this program took part waiting to be pushed."""
    expected = {name: text for shape in shapes.values() for name, text in _triggers(shape).items()}
    if _is_installed(connection, expected, shapes):
        return
    with writing(connection):
        for name, columns in _TABLES.items():
            without = ", WITHOUT ROWID" if name in _WITHOUT_ROWID else ""
            connection.execute(f"CREATE TABLE IF NOT EXISTS main.{name} ({columns}) STRICT{without}")
        renaming.follow(connection)
        _replace_triggers(connection, expected)
        _enrol(connection, shapes)


def _is_installed(
    connection: sqlite3.Connection, triggers: Mapping[str, str], shapes: Mapping[str, Shape]
) -> bool:
    there = {
        name for (name,) in connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
    }
    return (
        there >= {*_TABLES}
        and renaming.is_noted(connection)
        and _found_triggers(connection) == triggers
        and _enrolled(connection) >= {*shapes}
    )


def _replace_triggers(connection: sqlite3.Connection, expected: Mapping[str, str]) -> None:
    found = _found_triggers(connection)
    for name, text in found.items():
        if expected.get(name) != text:
            connection.execute(f"DROP TRIGGER main.{quoted(name)}")
    for name, text in expected.items():
        if found.get(name) != text:
            connection.execute(text)


def _found_triggers(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(
        connection.execute(
            f"SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger' AND name GLOB '{PREFIX}*'"
        ).fetchall()
    )


def _enrolled(connection: sqlite3.Connection) -> set[str]:
    row = connection.execute("SELECT enrolled FROM main._hipflask_replica").fetchone()
    return set(json.loads(row[0])) if row else set()


def _enrol(connection: sqlite3.Connection, shapes: Mapping[str, Shape]) -> None:
    """Log what stands in tables that were not shared until now, as if it were written at this moment."""
    connection.execute(
        "INSERT OR IGNORE INTO main._hipflask_replica SELECT 1, '', '', x'', 0, x'', 0, 0, ifnull(max(sequence), 0), '', '{}', '[]' "
        "FROM main._hipflask_log"
    )
    connection.execute(f"UPDATE main._hipflask_state SET floor = {capture.NOW} WHERE floor < {capture.NOW}")
    enrolled = _enrolled(connection)
    for shape in shapes.values():
        if shape.name not in enrolled:
            connection.execute(
                f'INSERT INTO main._hipflask_log ("table", key, mask, clock, origin) SELECT known.id, {shape.key_sql("this.")}, '
                f"{capture.INSERTED}, state.floor, 0 FROM main.{quoted(shape.name)} AS this, main._hipflask_state AS state, "
                "main._hipflask_table AS known WHERE known.name = ?",
                (shape.name,),
            )
    connection.execute(
        "UPDATE main._hipflask_replica SET enrolled = ?", (json.dumps(sorted(enrolled | {*shapes})),)
    )


def _triggers(shape: Shape) -> dict[str, str]:
    """Before anything else is written there, what the hub has is noted: once, and of sums also that it has nothing."""
    events: dict[str, Sequence[str]] = {}
    for name in sorted(shape.watched):
        is_other = f"OLD.{quoted(name)} IS NOT NEW.{quoted(name)} COLLATE BINARY"
        events[f"update_{name}"] = (
            f"UPDATE OF {quoted(name)}",
            f" AND {is_other}",
            _note(shape, name, "OLD"),
        )
    if shape.sums:
        sums = sorted(shape.sums)
        events["insert"] = ("INSERT", "", "".join(_note(shape, name, "NEW", "NULL") for name in sums))
        events["delete"] = ("DELETE", "", "".join(_note(shape, name, "OLD") for name in sums))
    return {
        (trigger := f"{PREFIX}{word}.{shape.name}"): (
            f"CREATE TRIGGER {quoted(trigger)} AFTER {event} ON {quoted(shape.name)} "
            f"WHEN (SELECT origin FROM _hipflask_state) = 0{when} BEGIN {body}END"
        )
        for word, (event, when, body) in events.items()
    }


def _note(shape: Shape, column: str, row: str, value: str = "") -> str:
    # Without ON CONFLICT: that of the outer statement would replace it.
    table, name = _text(shape.name), _text(column)
    key = shape.key_sql(f"{row}.")
    return (
        f"INSERT INTO _hipflask_before SELECT {table}, {key}, {name}, {value or f'{row}.{quoted(column)}'} "
        f'WHERE NOT EXISTS (SELECT 1 FROM _hipflask_before WHERE "table" = {table} AND key = {key} AND "column" = {name}); '
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


# ── transactions ──────────────────────────────────────────────────────────────────────────────────


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that writes, with the lock from its beginning."""
    with _transaction(connection, "BEGIN IMMEDIATE"):
        yield


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction in which all statements see one moment."""
    with _transaction(connection, "BEGIN"):
        yield


@contextmanager
def as_hub(connection: sqlite3.Connection) -> Iterator[None]:
    """Within a transaction: what is written is the hub's, and nobody pushes it."""
    connection.execute("UPDATE main._hipflask_state SET origin = ?", (FROM_HUB,))
    yield
    connection.execute("UPDATE main._hipflask_state SET origin = 0")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")  # which fails, and leaves it open, where there is no room for it
    except BaseException:
        if connection.in_transaction:  # SQLite may have ended it
            connection.execute("ROLLBACK")
        raise
