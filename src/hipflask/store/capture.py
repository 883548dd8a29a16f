"""Triggers that write down what changed: one small row per change, in plain SQL, so that no writer gets round them.

    UPDATE note SET title = 'Tea', done = 1 WHERE id = '0199…'

makes the trigger on `note` add to `_hipflask_log`

    sequence  table  key      mask   clock          origin
    4711      3      '0199…'  0b110  1795385931042  0

Table 3 is `note` and bits 1 and 2 are `title` and `done`, for good: numbers of tables and columns stand in `_hipflask_table` and
`_hipflask_column`, survive renaming, and are given to nobody else. There are no values: whoever wants them reads the row.

The clock is the wall's, in milliseconds, or that of the newest row if the wall's was set back meanwhile (`floor` in
`_hipflask_state`). `origin` is 0 for what was written here, and otherwise what the writer has put into the state for its transaction.

Here is only text; `log.py` runs it.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

LAYOUT = 1
DELETED, INSERTED = 0, -1
# Bits 0 to 60 are a column's own; all columns with higher numbers share bit 61, so that a mask is never negative.
SHARED_BIT = 61
PREFIX = "_hipflask_log_"

# julianday() is the wall's clock in days, exact to the millisecond; SQLite 3.40 has no unixepoch('subsec').
NOW = "CAST(julianday() * 86400000.0 - 210866759999999.5 AS INTEGER)"

_TABLES = {
    "_hipflask_state": (
        "id INTEGER PRIMARY KEY CHECK (id = 1), layout INTEGER NOT NULL, floor INTEGER NOT NULL, origin INTEGER NOT NULL"
    ),
    "_hipflask_table": "id INTEGER PRIMARY KEY, name TEXT UNIQUE",
    "_hipflask_column": '"table" INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT, PRIMARY KEY ("table", id), UNIQUE ("table", name)',
    "_hipflask_log": (
        'sequence INTEGER PRIMARY KEY, "table" INTEGER NOT NULL, key ANY NOT NULL, mask INTEGER NOT NULL, '
        "clock INTEGER NOT NULL, origin INTEGER NOT NULL"
    ),
}


def layout(schema: str) -> list[str]:
    """The statements that make the log's own tables."""
    return [
        *(f"CREATE TABLE {quoted(schema)}.{name} ({columns}) STRICT" for name, columns in _TABLES.items()),
        f"INSERT INTO {quoted(schema)}._hipflask_state VALUES (1, {LAYOUT}, 0, 0)",
    ]


def triggers(table: sa.Table, number: int, columns: Mapping[str, int]) -> dict[str, str]:
    """The triggers of a table by name, as SQLite keeps their text (without a schema)."""
    key = [quoted(column.name) for column in table.primary_key]
    is_other_key = " OR ".join(f"OLD.{name} IS NOT NEW.{name} COLLATE BINARY" for name in key)
    changed = {
        columns[column.name]: f"OLD.{quoted(column.name)} IS NOT NEW.{quoted(column.name)} COLLATE BINARY"
        for column in table.columns
        if not column.primary_key
    }
    old, new = _key(table, "OLD"), _key(table, "NEW")
    events = {
        "insert": ("AFTER INSERT", "", _note(number, new, str(INSERTED))),
        "delete": ("AFTER DELETE", "", _note(number, old, str(DELETED))),
        # A key is also changed under rowid's names; SQLite does not mind those that a table lacks.
        "rekey": (
            f"AFTER UPDATE OF {', '.join([*key, 'rowid', 'oid', '_rowid_'])}",
            f"WHEN {is_other_key} ",
            _note(number, old, str(DELETED)) + _note(number, new, str(INSERTED)),
        ),
    }
    if changed:
        when = f"WHEN NOT ({is_other_key}) AND ({' OR '.join(changed.values())}) "
        events["update"] = ("AFTER UPDATE", when, _note(number, new, _mask(changed)))
    return {
        f"{PREFIX}{word}_{table.name}": (
            f"CREATE TRIGGER {quoted(f'{PREFIX}{word}_{table.name}')} {event} ON {quoted(table.name)} {when}BEGIN {body}END"
        )
        for word, (event, when, body) in events.items()
    }


def quoted(name: str) -> str:
    """A name as it may stand in SQL."""
    return '"' + name.replace('"', '""') + '"'


def bit(column: int) -> int:
    """Which bit of a mask says that the column of this number has changed."""
    return min(column, SHARED_BIT)


def is_blob(column: sa.Column[object]) -> bool:
    """Whether SQLite keeps bytes in this column."""
    return str(column.type.compile(dialect=sqlite.dialect())) == "BLOB"


def _mask(changed: Mapping[int, str]) -> str:
    by_bit: dict[int, list[str]] = {}
    for column, is_changed in changed.items():
        by_bit.setdefault(bit(column), []).append(is_changed)
    return " + ".join(f"({' OR '.join(each)}) * {1 << place}" for place, each in by_bit.items())


def _key(table: sa.Table, row: str) -> str:
    """The key as the log has it: the value itself; of several columns a JSON array, with bytes in hexadecimal."""
    parts = [(f"{row}.{quoted(column.name)}", column) for column in table.primary_key]
    if len(parts) == 1:
        return parts[0][0]
    return f"json_array({', '.join(f'hex({part})' if is_blob(column) else part for part, column in parts)})"


def _note(number: int, key: str, mask: str) -> str:
    # The floor is raised once a millisecond at most. Asking for the newest row's clock instead writes less, and is slower.
    return (
        f"UPDATE _hipflask_state SET floor = {NOW} WHERE floor < {NOW}; "
        'INSERT INTO _hipflask_log ("table", key, mask, clock, origin) '
        f"SELECT {number}, {key}, {mask}, floor, origin FROM _hipflask_state; "
    )
