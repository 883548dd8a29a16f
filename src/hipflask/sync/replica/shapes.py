"""A shared table as a replica reads and writes it: its columns by what they do when changes meet, and its statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from ...store.changes.names import Key
from ...store.live.feed import rows_now
from ...store.models.shared import merge_of
from ...store.sql import quoted
from ..messages import Value

Row = dict[str, Value]
Place = tuple[str, Key]  # a table and a key


class Shape:
    """One shared table."""

    def __init__(self, table: sa.Table) -> None:
        columns = [column for column in table.columns if column.computed is None]
        merges = {str(column.name): merge_of(column) for column in columns if not column.primary_key}
        self.name = str(table.name)
        self.columns = tuple(str(column.name) for column in columns)
        self.known = frozenset(self.columns)
        self.key = tuple(str(column.name) for column in table.primary_key)
        self.sums = frozenset(name for name, merge in merges.items() if merge.kind == "sum")
        self.texts = frozenset(name for name, merge in merges.items() if merge.kind == "text")
        self.groups = {
            name: frozenset(other for other in merges if merges[other].group == merge.group)
            for name, merge in merges.items()
            if merge.group
        }
        self.uniques = frozenset(_unique_columns(table)) - {*self.key}
        # Whether a row may stand in another one's way.
        self.has_uniques = bool(self.uniques) or any(index.unique for index in table.indexes)
        self._is_it = " AND ".join(f"{quoted(name)} = ?" for name in self.key)
        self.delete = f"DELETE FROM main.{quoted(self.name)} WHERE {self._is_it}"
        self.upsert = cache(self._upsert)
        self.update = cache(self._update)

    @property
    def watched(self) -> frozenset[str]:
        """The columns of which it has to be known what the hub has, while something else stands here."""
        return self.sums | self.texts | self.uniques

    def with_groups(self, columns: Iterable[str]) -> set[str]:
        """These columns, and those that win or lose with them."""
        found = set(columns)
        if not self.groups:
            return found
        return found.union(*(self.groups[name] for name in found if name in self.groups))

    def key_sql(self, row: str = "") -> str:
        """The key as the change log has it."""
        parts = [f"{row}{quoted(name)}" for name in self.key]
        return parts[0] if len(parts) == 1 else " || ',' || ".join(f"quote({part})" for part in parts)

    def key_of(self, row: Mapping[str, Value]) -> Key:
        """The key of a row."""
        parts: Any = tuple(row[name] for name in self.key)
        return parts[0] if len(parts) == 1 else parts  # type: ignore[no-any-return]

    def rows(
        self, connection: sqlite3.Connection, keys: Collection[Key], columns: Collection[str] | None = None
    ) -> dict[Key, Row]:
        """Those of the rows that are there, or some columns of them."""
        columns = self.columns if columns is None else columns
        return rows_now(connection, self.key, f"main.{self.name}", keys, columns)  # type: ignore[return-value]

    def _upsert(self, columns: tuple[str, ...], conflict: str = "") -> str:
        """Writes rows of these columns, but none that is there as it is: nobody is to hear of those."""
        names, this = ", ".join(map(quoted, columns)), quoted(self.name)
        others = [quoted(name) for name in columns if name not in self.key]
        update = "NOTHING"
        if others:
            sets = ", ".join(f"{name} = excluded.{name}" for name in others)
            differs = " OR ".join(f"{this}.{name} IS NOT excluded.{name} COLLATE BINARY" for name in others)
            update = f"UPDATE SET {sets} WHERE {differs}"
        of_key = ", ".join(map(quoted, self.key))
        upsert = "" if conflict else f" ON CONFLICT ({of_key}) DO {update}"
        marks = ", ".join("?" * len(columns))
        return f"INSERT {conflict} INTO main.{this} ({names}) VALUES ({marks}){upsert}"

    def _update(self, columns: tuple[str, ...]) -> str:
        sets = ", ".join(f"{quoted(name)} = ?" for name in columns)
        return f"UPDATE main.{quoted(self.name)} SET {sets} WHERE {self._is_it}"


def shapes_of(tables: Sequence[sa.Table]) -> dict[str, Shape]:
    """The tables by name, those that others refer to first."""
    return {str(table.name): Shape(table) for table in tables}


def key_getter(shape: Shape, columns: Sequence[str]) -> Callable[[Sequence[Value]], Key]:
    """What takes the key out of a row of these columns."""
    if not columns:  # there are no rows, then
        return lambda row: ()
    return itemgetter(*(columns.index(name) for name in shape.key))


def from_wire(key: Any) -> Key:
    """A key as it came."""
    return tuple(key) if isinstance(key, list) else key


def to_wire(key: Key) -> Any:
    """A key as it travels."""
    return list(key) if isinstance(key, tuple) else key


def parts(key: Key) -> tuple[Any, ...]:
    """The values of a key."""
    return key if isinstance(key, tuple) else (key,)


def logged(key: Key) -> Any:
    """A key as the change log has it, and our own tables beside it."""
    return ",".join(map(_literal, key)) if isinstance(key, tuple) else key


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"X'{value.hex().upper()}'" if isinstance(value, bytes) else str(value)


def _unique_columns(table: sa.Table) -> Iterable[str]:
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            yield from (str(column.name) for column in constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield from (str(column.name) for column in index.columns)
