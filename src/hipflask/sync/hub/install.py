"""A PostgreSQL database made ready for a store: our tables beside the app's, the app's as the models say, and everything captured.

    tables = install(database, shared_tables(db.metadata))

What can be added is added: tables, columns with a default, indexes, CHECKs. What is there already is kept, rows and all. Anything else is refused
with what to write in psql, since only a person can know what other programs expect of these tables.

All of it is one transaction under a lock, so any number of hub processes may start at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from psycopg import errors

from ...core.errors import HubError
from ...store.sql import quoted
from . import ddl, watch
from .database import Connection, Database
from .layout import LAYOUT, LOCK, SCHEMA, STATEMENTS
from .tables import HubTables, hub_table

# What else a column may be, as long as every value of it can be read: other programs' tables are not ours to convert.
_ALSO = {"bigint": {"integer", "smallint"}, "text": {"character varying"}}

_COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef OR a.attidentity <> ''
    FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped"""
_KEY = """
    SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
    WHERE i.indrelid = %s::regclass AND i.indisprimary"""
_CONSTRAINTS = """
    SELECT c.conname, c.contype::text, c.condeferrable, c.confrelid::regclass::text,
        ARRAY(SELECT a.attname::text FROM unnest(c.conkey) k JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k ORDER BY 1)
    FROM pg_constraint c WHERE c.conrelid = %s::regclass"""
_UNIQUES = """
    SELECT ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) k JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k ORDER BY 1)
    FROM pg_index i WHERE i.indrelid = %s::regclass AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL"""


def install(database: Database, tables: Sequence[sa.Table]) -> HubTables:
    """Make a database ready for these tables and say how they are numbered; raises HubError with what to do by hand."""
    copies = ddl.there(tables)
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK + 1,))
        _lay_out(connection)
        brought = [_Table(connection, copy) for copy in copies]
        for table in brought:
            table.bring_up()
        for table in brought:
            table.refer()
        shape = _numbered(connection, tables)
        found = HubTables(hub_table(table, *shape[table.name]) for table in tables)
        for each in found:
            watch.put_right(connection, each)
    return found


def _lay_out(connection: Connection) -> None:
    if _exists(connection, f"{SCHEMA}.state"):
        (layout,) = connection.execute(f"SELECT layout FROM {SCHEMA}.state").fetchone() or (None,)
        if layout != LAYOUT:
            raise HubError(
                f"The schema {SCHEMA!r} of the database has layout {layout}, and this version of Hipflask knows {LAYOUT}. "
                "Run the version that made it."
            )
        return
    for statement in STATEMENTS:
        connection.execute(statement)


def _exists(connection: Connection, name: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone()
    return bool(row and row[0])


def _numbered(connection: Connection, tables: Sequence[sa.Table]) -> dict[str, tuple[int, dict[str, int]]]:
    """Each table's number and its columns', given once and for all. Columns that only others know stay captured while they are there."""
    shape: dict[str, tuple[int, dict[str, int]]] = {
        name: (number, columns)
        for name, number, columns in connection.execute(
            f'SELECT "table", number, columns FROM {SCHEMA}.shape'
        )
    }
    used = {number for number, _ in shape.values()}
    for table in tables:
        number, columns = shape.get(table.name, (max(used, default=0) + 1, {}))
        used.add(number)
        for column in table.columns:
            columns.setdefault(column.name, max(columns.values(), default=-1) + 1)
        connection.execute(
            f'INSERT INTO {SCHEMA}.shape VALUES (%s, %s, %s) ON CONFLICT ("table") DO UPDATE SET columns = excluded.columns',
            (table.name, number, json.dumps(columns)),
        )
        there = {row[0] for row in connection.execute(_COLUMNS, (quoted(table.name),))}
        shape[table.name] = number, {name: place for name, place in columns.items() if name in there}
    return shape


@dataclass
class _Table:
    """One table of the app's, which is to be as the models say."""

    connection: Connection
    wanted: sa.Table
    added: set[str] = field(default_factory=set)
    is_new: bool = False

    def bring_up(self) -> None:
        if not _exists(self.connection, self.sql):
            self._do(*ddl.create_table(self.wanted))
            self.is_new = True
            return
        columns = {
            name: (kind, is_needed, has_default) for name, kind, is_needed, has_default in self._ask(_COLUMNS)
        }
        self._compare_key()
        for column in self.wanted.columns:
            if column.name in columns:
                self._compare_type(column, columns[column.name][0])
            else:
                self._add(column)
        self._refuse_needed(columns)
        self._bring_up_constraints()

    def refer(self) -> None:
        if self.is_new:
            self._do(*ddl.create_references(self.wanted))

    @property
    def sql(self) -> str:
        return quoted(self.wanted.name)

    def _compare_key(self) -> None:
        key = {row[0] for row in self._ask(_KEY)}
        wanted = {column.name for column in self.wanted.primary_key}
        if key != wanted:
            raise self._error(
                f"its primary key is {_names(key)}, and the model's is {_names(wanted)}",
                "Give the table the model's key",
            )

    def _compare_type(self, column: sa.Column[Any], found: str) -> None:
        wanted = ddl.type_name(column)
        if found == wanted or found.partition("(")[0] in _ALSO.get(wanted, ()):
            return
        raise self._error(
            f"its column {column.name!r} is {found}, and the model's is {wanted}",
            f"Convert it: ALTER TABLE {self.sql} ALTER COLUMN {quoted(column.name)} TYPE {wanted};",
        )

    def _add(self, column: sa.Column[Any]) -> None:
        has_rows = self.connection.execute(f"SELECT 1 FROM {self.sql} LIMIT 1").fetchone()
        if has_rows and not column.nullable and column.server_default is None:
            raise self._error(
                f"its rows have no {column.name!r}, and the model wants one in each",
                f'Give the column a default, as in `{column.name}: Mapped[…] = …`, or "| None", or add and fill it by hand',
            )
        self._do(ddl.add_column(column))
        self.added.add(column.name)

    def _refuse_needed(self, columns: Mapping[str, tuple[str, bool, bool]]) -> None:
        for name, (_, is_needed, has_default) in columns.items():
            if name not in self.wanted.columns and is_needed and not has_default:
                raise self._error(
                    f"its column {name!r} is NOT NULL without a default, and the model has no such column, so nothing could be inserted",
                    f"Give it one, or allow NULL: ALTER TABLE {self.sql} ALTER COLUMN {quoted(name)} DROP NOT NULL;",
                )

    def _bring_up_constraints(self) -> None:
        found = self._ask(_CONSTRAINTS)
        checks = {name for name, kind, *_ in found if kind == "c"}
        keys = {
            (target, tuple(columns)): (name, is_deferrable)
            for name, kind, is_deferrable, target, columns in found
            if kind == "f"
        }
        uniques = {tuple(row[0]) for row in self._ask(_UNIQUES)}
        for constraint in sorted(self.wanted.constraints, key=ddl.name_of):
            if isinstance(constraint, sa.CheckConstraint):
                if ddl.name_of(constraint) not in checks:
                    self._add_check(constraint)
            elif isinstance(constraint, sa.ForeignKeyConstraint):
                self._bring_up_reference(constraint, keys)
            elif (
                isinstance(constraint, sa.UniqueConstraint)
                and tuple(sorted(constraint.columns.keys())) not in uniques
            ):
                raise self._error(
                    f"nothing keeps {_names(constraint.columns.keys())} unique",
                    f"Add it: {ddl.add_constraint(constraint)};",
                )
        self._do(
            *ddl.create_indexes(
                index
                for index in self.wanted.indexes
                if not _exists(self.connection, quoted(str(index.name)))
            )
        )

    def _bring_up_reference(
        self, constraint: sa.ForeignKeyConstraint, keys: Mapping[Any, tuple[str, bool]]
    ) -> None:
        target = constraint.referred_table.name
        columns = tuple(sorted(constraint.column_keys))
        found = next(
            (keys[each] for each in keys if each[0].strip('"') == target and each[1] == columns), None
        )
        if found is None:
            if not self.added.intersection(columns):
                raise self._error(
                    f"{_names(columns)} refers to nothing", f"Add it: {ddl.add_constraint(constraint)};"
                )
            self._do(ddl.add_constraint(constraint))
        elif not found[1]:
            self._do(
                f"ALTER TABLE {self.sql} ALTER CONSTRAINT {quoted(found[0])} DEFERRABLE INITIALLY IMMEDIATE"
            )

    def _add_check(self, constraint: sa.CheckConstraint) -> None:
        try:
            with self.connection.transaction():
                self._do(ddl.add_constraint(constraint))
        except errors.CheckViolation:
            raise self._error(
                f"some of its rows are not {constraint.sqltext}",
                "Correct them, since no replica could keep their values",
            ) from None

    def _do(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement)

    def _ask(self, query: str) -> list[Any]:
        return self.connection.execute(query, (self.sql,)).fetchall()

    def _error(self, what: str, remedy: str) -> HubError:
        return HubError(
            f"The table {self.wanted.name!r} in the hub's database is not what the model says: {what}. {remedy}"
        )


def _names(names: Any) -> str:
    return ", ".join(map(repr, sorted(names)))
