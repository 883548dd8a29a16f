"""The inbox as programs and windows see it: with the models' names and values, and answers as a person types them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ...core.errors import EntryError
from ...core.ports import RefusedChange
from ...store.models.bound import entered
from ...store.types.exact import Exact
from . import inbox
from .inbox import Refusal


class Refusals:
    """The inbox of one store; each call is a step of its own, from any thread."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        tables: Mapping[str, sa.Table],
        models: Mapping[str, str],
    ) -> None:
        self._connect = connect
        self._tables = tables
        self._models = models  # their names, by table

    def all(self) -> list[RefusedChange]:
        """What is in it, the oldest first."""
        with closing(self._connect()) as connection:
            if not _is_there(connection):
                return []
            return [self._shown(refusal) for refusal in inbox.refusals(connection)]

    def retry(self, id: int, values: Mapping[str, object]) -> None:
        """Make a change once more, with other values where some are given; raises EntryError."""
        with closing(self._connect()) as connection:
            table = self._tables.get(self._found(connection, id).table)
            taken = (
                {}
                if table is None
                else {name: _entered(table, name, value) for name, value in values.items()}
            )
            inbox.retry(connection, list(self._tables.values()), id, taken)

    def drop(self, id: int) -> None:
        """Do without a change."""
        with closing(self._connect()) as connection:
            self._found(connection, id)
            inbox.drop(connection, id)

    @staticmethod
    def _found(connection: sqlite3.Connection, id: int) -> Refusal:
        for refusal in inbox.refusals(connection) if _is_there(connection) else ():
            if refusal.id == id:
                return refusal
        raise EntryError("This has been answered already.")

    def _shown(self, refusal: Refusal) -> RefusedChange:
        table = self._tables.get(refusal.table)
        return RefusedChange(
            refusal.id,
            datetime.fromtimestamp(refusal.at / 1000, UTC),
            self._models.get(refusal.table, refusal.table),
            refusal.key,
            refusal.kind,  # type: ignore[arg-type]
            {name: _read(table, name, value) for name, value in refusal.values.items()},
            refusal.code,
            refusal.sentence,
        )


def _is_there(connection: sqlite3.Connection) -> bool:
    """Whether this file has an inbox yet: it gets one with its first exchange."""
    found = connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = '_hipflask_refused'")
    return found.fetchone() is not None


def _entered(table: sa.Table, name: str, value: object) -> Any:
    """A value as the models have it, or as a person types it; EntryError names the column."""
    column = table.columns.get(name)
    if column is None or not isinstance(column.type, Exact):
        return value
    try:
        return entered(name, column.type, value, is_optional=bool(column.nullable))
    except EntryError as error:
        raise EntryError(f"{name}: {error}") from None


def _read(table: sa.Table | None, name: str, value: Any) -> object:
    """A kept value as the models have it; as it is, where that cannot be."""
    column = None if table is None else table.columns.get(name)
    if column is None or not isinstance(column.type, Exact) or value is None:
        return value
    read = column.type.reader(False)
    try:
        return value if read is None else read(value)
    except ValueError:
        return value
