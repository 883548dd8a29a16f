"""Rows as they are kept: read from a device's file, laid over one another, compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from hipflask.store.models.shared import merge_of
from hipflask.store.sql import quoted
from hipflask.sync.messages import Value
from hipflask.sync.replica.inbox import Refusal

Row = dict[str, Value]
Contents = dict[str, dict[Any, Row]]
"""Rows by table and key; a key of several columns is a tuple."""


@dataclass(frozen=True)
class Entry:
    """What one transaction of a person's did to one row."""

    at: int  # of the true clock, in ms
    sequence: int  # the newest of the log after it
    table: str
    key: Any
    kind: str  # "insert", "update", "delete"
    before: Row = field(default_factory=dict)
    after: Row = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        """The row before and after, as far as there was one."""
        return [row for row in (self.before, self.after) if row]

    @property
    def columns(self) -> list[str]:
        """Those whose values it changed."""
        return [name for name in self.after if self.kind == "insert" or self.before[name] != self.after[name]]


def read(connection: sqlite3.Connection, tables: Sequence[sa.Table]) -> Contents:
    """All rows of these tables."""
    found: Contents = {}
    for table in tables:
        names = [str(column.name) for column in table.columns]
        keys = [names.index(column.name) for column in table.primary_key]
        columns = ", ".join(map(quoted, names))
        rows = connection.execute(f"SELECT {columns} FROM {quoted(table.name)}").fetchall()
        found[str(table.name)] = {
            (row[keys[0]] if len(keys) == 1 else tuple(row[at] for at in keys)): dict(
                zip(names, row, strict=True)
            )
            for row in rows
        }
    return found


def entries(before: Contents, after: Contents, at: int, sequence: int = 0) -> list[Entry]:
    """What lies between two moments of one file."""
    found = []
    for table in after:
        old, new = before[table], after[table]
        found += [Entry(at, sequence, table, key, "delete", old[key]) for key in old if key not in new]
        for key, row in new.items():
            if key not in old:
                found.append(Entry(at, sequence, table, key, "insert", {}, row))
            elif old[key] != row:
                found.append(Entry(at, sequence, table, key, "update", old[key], row))
    return found


def kept(contents: Mapping[str, Mapping[Any, Row]], is_wanted: Callable[[str, Row], bool]) -> Contents:
    """Those rows alone that are wanted."""
    return {
        table: {key: dict(row) for key, row in rows.items() if is_wanted(table, row)}
        for table, rows in contents.items()
    }


def overlaid(contents: Contents, pending: Sequence[Entry], tables: Mapping[str, sa.Table]) -> Contents:
    """Rows as the hub has them, under what was written here and has not been settled."""
    for entry in pending:
        rows = contents[entry.table]
        if entry.kind == "delete":
            rows.pop(entry.key, None)
            continue
        if entry.kind == "update" and entry.key not in rows:
            continue  # the row has gone meanwhile, and a change does not bring it back
        row = rows.setdefault(entry.key, {})
        for name in with_groups(tables[entry.table], entry.columns):
            row[name] = _laid(tables[entry.table].columns[name], row.get(name), entry, name)
    return contents


def left(pending: Sequence[Entry]) -> list[Entry]:
    """What is left of it: a row that came and went before anybody heard of it is the hub's, if it has been changed here since."""
    kinds: dict[tuple[str, Any], list[str]] = {}
    starts: dict[tuple[str, Any], int] = {}
    for nth, entry in enumerate(pending):
        before = kinds.setdefault((entry.table, entry.key), [])
        if before and (before[0], before[-1], entry.kind) == ("insert", "delete", "update"):
            starts[entry.table, entry.key] = nth
        before.append(entry.kind)
    return [entry for nth, entry in enumerate(pending) if nth >= starts.get((entry.table, entry.key), 0)]


def without(entry: Entry, refusal: Refusal, tables: Mapping[str, sa.Table]) -> Entry:
    """What is left of an entry, once what it added to the sums of a refused change has been taken back."""
    if (entry.table, entry.key, entry.kind) != (refusal.table, refusal.key, "update"):
        return entry
    columns = tables[entry.table].columns
    sums = {name: entry.before.get(name) for name in refusal.values if merge_of(columns[name]).kind == "sum"}
    return replace(entry, after=entry.after | sums)


def with_groups(table: sa.Table, names: Sequence[str]) -> list[str]:
    """Columns together with those that win or lose with them."""
    groups = {merge_of(table.columns[name]).group for name in names} - {""}
    return [
        column.name for column in table.columns if column.name in names or merge_of(column).group in groups
    ]


def _laid(column: sa.Column[Any], below: Value, entry: Entry, name: str) -> Value:
    value, before = entry.after[name], entry.before.get(name)
    if merge_of(column).kind != "sum" or not isinstance(value, int | float):
        return value
    added = value - before if isinstance(before, int | float) else value
    return below + added if isinstance(below, int | float) else added


def difference(expected: Contents, found: Contents, is_excused: Callable[[str, Any, str], bool]) -> str:
    """In which row and column two contents differ first, in words; empty if nowhere. Columns that only one of them knows do not count."""
    for table, rows in expected.items():
        for key in sorted({*rows, *found[table]}, key=repr):
            if is_excused(table, key, ""):
                continue
            ours, theirs = rows.get(key), found[table].get(key)
            if ours is None or theirs is None:
                return f"{table} {key!r}: expected {ours}, found {theirs}"
            for name in ours:
                if name in theirs and ours[name] != theirs[name] and not is_excused(table, key, name):
                    return f"{table} {key!r}, {name}: expected {ours[name]!r}, found {theirs[name]!r}"
    return ""
