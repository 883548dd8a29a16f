"""Triggers that write down what changed: one small row per change, in plain SQL, so that no writer gets round them.

    UPDATE note SET title = 'Tea', done = 1 WHERE id = '0199…'

makes the trigger on `note` add to `_hipflask_log`

    sequence  table  key      mask   clock          origin
    4711      3      '0199…'  0b110  1795385931042  0

Table 3 is `note` and bits 1 and 2 are `title` and `done`, for good: numbers of tables and columns stand in `_hipflask_table` and
`_hipflask_column`, survive renaming, and are given to nobody else. There are no values: whoever wants them reads the row.

The clock is the wall's, in milliseconds, or that of the newest row if the wall's was set back meanwhile (`floor` in
`_hipflask_state`). `origin` is 0 for what was written here, and otherwise what the writer has put into the state for its transaction.

A connection of another program has `recursive_triggers` off, and then REPLACE deletes the rows in its way without a word. So rows
that an insert or update might push out of a UNIQUE constraint are noted as suspected (-2) beforehand, and whoever reads the log looks
whether they are still there. Not foreseen are unique indexes with a WHERE or of expressions.

SQLite fires the newest trigger first, and ours have to be first: an app's own trigger may write to the same row, and the log would
tell of that before the change that caused it. `standing` says which have to be made anew for that.

Here is only text; `log.py` runs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from ..sql import quoted

LAYOUT = 1
DELETED, INSERTED, SUSPECTED = 0, -1, -2
# Bits 0 to 60 are a column's own; all columns with higher numbers share bit 61, so that a mask is never negative.
SHARED_BIT = 61
PREFIX = "_hipflask_log_"

_Trigger = tuple[str, str, str]  # the event, the condition, what is done

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
    if not table.primary_key:
        raise ValueError(
            f"The table {table.name!r} has no primary key, so nobody could say which of its rows has changed. Give it one: "
            "`primary_key=True` on one of its columns, or on several that are unique together."
        )
    events = {
        "insert": ("AFTER INSERT", "", _note(number, _key(table, "NEW"), str(INSERTED))),
        "delete": ("AFTER DELETE", "", _note(number, _key(table, "OLD"), str(DELETED))),
        "rekey": _rekey(table, number),
        "update": _update(table, number, columns),
    }
    for place, unique in enumerate(_uniques(table)):
        events[f"insertion{place}"] = _suspicion(table, number, "BEFORE INSERT", unique)
        of = ", ".join(map(quoted, unique))
        events[f"replacement{place}"] = _suspicion(table, number, f"BEFORE UPDATE OF {of}", unique)
    return {
        f"{PREFIX}{word}_{table.name}": (
            f"CREATE TRIGGER {quoted(f'{PREFIX}{word}_{table.name}')} {event} ON {quoted(table.name)} {when}BEGIN {body}END"
        )
        for word, (event, when, body) in events.items()
    }


def standing(found: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Our triggers' text by name, of all (name, table, text) from the oldest to the newest; no text if another one comes before it."""
    ours: dict[str, str] = {}
    overtaken: set[str] = set()
    for name, table, text in reversed([*found]):
        if name.startswith(PREFIX):
            ours[name] = "" if table in overtaken else text
        else:
            overtaken.add(table)
    return ours


def bit(column: int) -> int:
    """Which bit of a mask says that the column of this number has changed."""
    return min(column, SHARED_BIT)


def _rekey(table: sa.Table, number: int) -> _Trigger:
    """A changed key is a row that is gone and one that is new."""
    # It is also changed under rowid's names; SQLite does not mind those that a table lacks.
    names = ", ".join([*(quoted(column.name) for column in table.primary_key), "rowid", "oid", "_rowid_"])
    body = _note(number, _key(table, "OLD"), str(DELETED)) + _note(number, _key(table, "NEW"), str(INSERTED))
    return f"AFTER UPDATE OF {names}", f"WHEN {_other_key(table)} ", body


def _update(table: sa.Table, number: int, columns: Mapping[str, int]) -> _Trigger:
    by_bit: dict[int, list[str]] = {}
    for column in table.columns:
        if not column.primary_key:
            by_bit.setdefault(bit(columns[column.name]), []).append(_is_other(column.name))
    tests = {place: " OR ".join(tests) for place, tests in by_bit.items()}
    mask = " + ".join(f"({test}) * {1 << place}" for place, test in tests.items()) or "0"
    when = f"WHEN NOT ({_other_key(table)}) AND ({' OR '.join(tests.values()) or 'FALSE'}) "
    return "AFTER UPDATE", when, _note(number, _key(table, "NEW"), mask)


def _suspicion(table: sa.Table, number: int, event: str, unique: Sequence[str]) -> _Trigger:
    # Over-hasty where the statement updates or ignores instead: whoever reads will find the row alive.
    this = quoted(table.name)
    same = " AND ".join(f"{this}.{quoted(name)} = NEW.{quoted(name)}" for name in unique)
    other = " OR ".join(_is_other(column.name, this) for column in table.primary_key)
    victims = f"{this} WHERE {same} AND ({other})"
    note = _note(number, _key(table, this), str(SUSPECTED), f", {victims}")
    return event, f"WHEN EXISTS (SELECT 1 FROM {victims}) ", note


def _uniques(table: sa.Table) -> list[list[str]]:
    """The columns of all that has to be unique, and may push out a row with another key."""
    sets = [list(each.columns) for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    sets += [list(index.columns) for index in table.indexes if _is_plain(index)]
    key = list(table.primary_key)
    if any(getattr(column.type, "collation", None) for column in key):  # 'k' pushes out 'K', say
        sets.append(key)
    return sorted([column.name for column in columns] for columns in sets)


def _is_plain(index: sa.Index) -> bool:
    is_whole = index.dialect_options["sqlite"]["where"] is None
    return bool(index.unique) and is_whole and all(isinstance(part, sa.Column) for part in index.expressions)


def _is_other(name: str, row: str = "OLD") -> str:
    # Other letters are another value, however the column compares them.
    return f"{row}.{quoted(name)} IS NOT NEW.{quoted(name)} COLLATE BINARY"


def _other_key(table: sa.Table) -> str:
    return " OR ".join(_is_other(column.name) for column in table.primary_key)


def _key(table: sa.Table, row: str) -> str:
    """The key as the log has it: the value itself; of several columns their SQL literals, with commas between."""
    # Not a JSON array: SQLite 3.40 calls json_array() unsafe in triggers where a connection does not trust the schema.
    parts = [f"{row}.{quoted(column.name)}" for column in table.primary_key]
    return parts[0] if len(parts) == 1 else " || ',' || ".join(f"quote({part})" for part in parts)


def _note(number: int, key: str, mask: str, more: str = "") -> str:
    # The floor is raised once a millisecond at most. Asking for the newest row's clock instead writes less, and is slower.
    return (
        f"UPDATE _hipflask_state SET floor = {NOW} WHERE floor < {NOW}; "
        'INSERT INTO _hipflask_log ("table", key, mask, clock, origin) '
        f"SELECT {number}, {key}, {mask}, floor, origin FROM _hipflask_state{more}; "
    )
