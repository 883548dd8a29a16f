"""The rows once more in SQLite: it evaluates CHECKs, and the queries by which scopes say what a user may have."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql import visitors

from hipflask.store.models.shared import Scope
from hipflask.store.sql import quoted
from hipflask.store.types.exact import Exact
from hipflask.sync.messages import Value

from .state import Place, Row, Rows


class Mirror:
    """Tables in memory, without what concerns several rows: `Draft` looks after that."""

    def __init__(self, tables: Mapping[str, sa.Table]) -> None:
        self._engine = sa.create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        self._keys = {name: [column.name for column in table.primary_key] for name, table in tables.items()}
        # Until something is written to the tables that a scope's query reads.
        self._allowed: dict[tuple[str, str], tuple[set[str], list[Value]]] = {}
        self._raw = cast("sqlite3.Connection", self._engine.connect().connection.driver_connection)
        self._raw.isolation_level = None
        for statement in _statements(tuple(tables.values())):
            self._raw.execute(statement)

    def write(self, changed: Mapping[Place, Row | None]) -> dict[Place, str]:
        """Have these rows, if all of them may be; otherwise none, and the complaint about each that may not."""
        bad: dict[Place, str] = {}
        written = {table for table, _ in changed}
        self._allowed = {of: known for of, known in self._allowed.items() if not known[0] & written}
        self._raw.execute("SAVEPOINT rows")
        for place, row in changed.items():
            try:
                self._put(place, row)
            except sqlite3.Error as error:
                bad[place] = str(error)
        if bad:
            self._raw.execute("ROLLBACK TO rows")
        self._raw.execute("RELEASE rows")
        return bad

    def allowed(self, scope: Scope, user: str) -> list[Value]:
        """The values of a scope that a user may have, as they are kept."""
        if (scope.name, user) not in self._allowed:
            query = scope.allowed(user)
            read = {str(each.name) for each in visitors.iterate(query) if isinstance(each, sa.Table)}
            self._allowed[scope.name, user] = read, self._values(query)
        return self._allowed[scope.name, user][1]

    def _values(self, query: sa.Select[Any]) -> list[Value]:
        kind: Any = query.selected_columns[0].type
        with self._engine.connect() as connection:
            values = connection.execute(query).scalars().all()
        return [kind.writer(False)(value) for value in values] if isinstance(kind, Exact) else list(values)

    def replace(self, rows: Rows) -> None:
        """Have these rows and no others."""
        self._allowed.clear()
        for table in self._keys:
            self._raw.execute(f"DELETE FROM {quoted(table)}")
        self.write({(table, key): row for table, kept in rows.items() for key, row in kept.items()})

    def _put(self, place: Place, row: Row | None) -> None:
        table, key = place
        if row is None:
            parts = key if isinstance(key, tuple) else (key,)
            where = " AND ".join(f"{quoted(name)} = ?" for name in self._keys[table])
            self._raw.execute(f"DELETE FROM {quoted(table)} WHERE {where}", parts)
            return
        columns = ", ".join(map(quoted, row))
        self._raw.execute(
            f"INSERT OR REPLACE INTO {quoted(table)} ({columns}) VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )


@cache
def _statements(tables: tuple[sa.Table, ...]) -> list[str]:
    metadata = sa.MetaData()
    copies = [table.to_metadata(metadata) for table in tables]
    for copy in copies:
        for each in [*copy.constraints]:
            if isinstance(each, sa.UniqueConstraint | sa.ForeignKeyConstraint):
                copy.constraints.remove(each)
    creates = [sa.schema.CreateTable(copy, include_foreign_key_constraints=[]) for copy in copies]
    return [str(create.compile(dialect=sqlite.dialect())) for create in creates]
