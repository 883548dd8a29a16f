"""Many rows at once, past the ORM: checked by the same types, written by one prepared statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from ..core.errors import MISSING, UsageError
from .models.rows import Row, defaults_of, unknown
from .told import statement
from .types.exact import Exact

BITE = 1000

Given = Mapping[str, Any] | Sequence[Any]


def write_rows(connection: sqlite3.Connection, model: type[Row], rows: Iterable[Given]) -> int:
    """Insert rows, or update those whose key is there; returns how many were given."""
    source = iter(rows)
    first = next(source, None)
    if first is None:
        return 0
    plan = Plan(model, first)
    prepared = plan.prepared(chain([first], source))
    count = 0
    with statement(plan.statement, (), plan.names, many=True) as told:
        while bite := list(islice(prepared, BITE)):
            connection.executemany(plan.statement, bite)
            count += len(bite)
        if told is not None:
            told.facts["rows"] = count
    return count


class Plan:
    """How rows of one shape are written: the columns that are given, then those that begin with something."""

    def __init__(self, model: type[Row], first: Given) -> None:
        self.model = model
        mapper = sa.inspect(model)
        columns = {name: column for name, column in mapper.columns.items() if isinstance(column, sa.Column)}
        self.is_named = isinstance(first, Mapping)
        self.given = list(first) if isinstance(first, Mapping) else list(columns)
        for name in self.given:
            if name not in columns:
                raise UsageError(unknown(model, name))
        begun = {name: value for name, value in defaults_of(model).items() if name not in self.given}
        missing = [name for name, value in begun.items() if value is MISSING]
        if missing:
            raise UsageError(f"db.write({model.__name__}, …): the first row lacks {', '.join(missing)}.")
        self.begun = [(_writer(columns[name]), value) for name, value in begun.items()]
        table: sa.Table = model.__table__  # type: ignore[attr-defined]
        self.names = frozenset((table.name, *(column.name for column in columns.values())))
        self.writers = [_writer(columns[name]) for name in self.given]
        key = [name for name, column in columns.items() if column.primary_key]
        self.statement = _statement(table, columns, self.given, list(begun), key)

    def prepared(self, rows: Iterable[Given]) -> Iterator[list[Any]]:
        """The rows as SQLite takes them; raises ValueRefused or UsageError for one that does not fit."""
        given, writers, width = self.given, self.writers, len(self.given)
        get: Callable[[Any], Any] = itemgetter(*given) if width > 1 else lambda row: (row[given[0]],)
        for number, row in enumerate(rows):
            if len(row) != width or isinstance(row, Mapping) is not self.is_named:
                raise UsageError(self._odd(number, row))
            try:
                values = get(row) if self.is_named else row
            except KeyError:
                raise UsageError(self._odd(number, row)) from None
            kept = [write(value) for write, value in zip(writers, values, strict=True)]
            yield kept + self.fresh()

    def fresh(self) -> list[Any]:
        """What the columns that are not given begin with in one more row."""
        return [write(value() if callable(value) else value) for write, value in self.begun]

    def _odd(self, number: int, row: Given) -> str:
        return (
            f"db.write({self.model.__name__}, …): row {number} is {row!r:.200}, and the first one had {', '.join(self.given)}. All "
            "rows of one call have the same columns; write the others in a call of their own."
        )


def _writer(column: sa.Column[Any]) -> Callable[[Any], Any]:
    if not isinstance(column.type, Exact):
        return column.type.bind_processor(sqlite.dialect()) or (lambda value: value)
    write = column.type.writer(False)
    if column.nullable:
        return write
    refuse = column.type.refuse

    def write_some(value: Any) -> Any:
        return refuse(value, "it has to have a value") if value is None else write(value)

    return write_some


def _statement(
    table: sa.Table, columns: Mapping[str, sa.Column[Any]], given: list[str], begun: list[str], key: list[str]
) -> str:
    quote = sqlite.dialect().identifier_preparer
    names = [quote.quote(columns[name].name) for name in (*given, *begun)]
    insert = (
        f"INSERT INTO {quote.format_table(table)} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    )
    if not set(key) <= set(given):  # new rows, whose keys are made here
        return insert
    of_key = ", ".join(quote.quote(columns[name].name) for name in key)
    changed = [quote.quote(columns[name].name) for name in given if name not in key]
    sets = ", ".join(f"{name} = excluded.{name}" for name in changed)
    return f"{insert} ON CONFLICT ({of_key}) DO {f'UPDATE SET {sets}' if changed else 'NOTHING'}"
