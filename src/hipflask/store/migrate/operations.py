"""Alembic's operations on a store's file: `op` in a migration.

They are Alembic's own, and behave as its documentation says, with three things more:

* What is done already is passed over: a column that is there is not added again. A file that its models have brought up to date
  and one that a migration brings there end up the same.
* A table that has to be written anew keeps its form (STRICT, WITHOUT ROWID), its checks, indexes and triggers.
* The change log goes on: its triggers are put back after every change of shape, so that what a migration writes to rows is
  logged as any other change is, and columns keep their numbers when they get other names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops
from sqlalchemy.pool import StaticPool

from ..changes.capture import PREFIX
from ..changes.log import Log
from ..sql import quoted
from .batch import Batch, leave_out_calculated
from .built import add_unique, built, plain_type
from .shape import Shape, read

_SHAPES = (
    ops.AddColumnOp,
    ops.AddConstraintOp,
    ops.AlterTableOp,
    ops.CreateIndexOp,
    ops.CreateTableOp,
    ops.DropColumnOp,
    ops.DropConstraintOp,
    ops.DropIndexOp,
    ops.DropTableOp,
    ops.RenameTableOp,
)


class Steps(Operations):
    """`op`, bound to one connection; `ours` are the tables whose changes are logged."""

    def __init__(
        self, driver: sqlite3.Connection, connection: sa.Connection, ours: set[str], kinds: Mapping[str, str]
    ) -> None:
        super().__init__(MigrationContext.configure(connection))
        impl: Any = self.migration_context.impl
        impl.prep_table_for_batch = leave_out_calculated
        self.driver = driver
        if not driver.execute("SELECT 1 FROM sqlite_schema WHERE name = '_hipflask_state'").fetchone():
            Log([]).install(driver)
        self.ours = set(ours)
        self.touched: set[str] = set()
        self.renames: dict[
            str, str
        ] = {}  # since the beginning: by the names that there were, "player.name": "nick"
        self._kinds = dict(kinds)
        self._changes, self._passed_over, self._wrote = 0, 0, False

    @property
    def shape(self) -> Shape:
        """The file as it is by now."""
        return read(self.driver, self._kinds)

    def counted(self) -> tuple[int, int, bool]:
        """Changes of shape that were made, those that were passed over, and whether rows were written; since this was asked last."""
        counts = self._changes, self._passed_over, self._wrote
        self._changes, self._passed_over, self._wrote = 0, 0, False
        return counts

    def invoke(self, operation: ops.MigrateOperation) -> Any:
        """Run one operation, unless what it would do is done."""
        if not isinstance(operation, _SHAPES):
            self._wrote |= not isinstance(operation, Convert)
            return super().invoke(operation)
        if self.passes_over(operation):
            return None
        with self._unlogged():
            result = super().invoke(operation)
            self.note(operation)
        return result

    def get_bind(self) -> Any:
        """The connection, to write to rows as one likes."""
        self._wrote = True
        return super().get_bind()

    def convert_column(self, table: str, column: str, kind: str, sql: str) -> None:
        """Give every value of a column the form of another kind, calculated by SQL; unless that is done."""
        place = f"{table}.{column}"
        if self._kinds.get(place) == kind:
            self._passed_over += 1
            return
        self.driver.execute(
            f"UPDATE {quoted(table)} SET {quoted(column)} = {sql} WHERE {quoted(column)} IS NOT NULL"
        )
        self._kinds[place] = kind
        self._wrote = True
        self.touched.add(table)

    @contextmanager
    def batch_alter_table(self, table_name: str, *args: Any, **options: Any) -> Iterator[Any]:
        """Several changes of one table, which is written anew for them, if need be, once."""
        table = read(self.driver).tables.get(table_name)
        if table is not None and not options.get("copy_from"):
            options["copy_from"] = built(table)
        with self._unlogged(), self._keeping(table_name):
            with super().batch_alter_table(table_name, *args, **options) as batch:
                yield Batch(self, batch)
            self.touched.add(table_name)

    def passes_over(self, operation: ops.MigrateOperation) -> bool:
        """Whether the file is as if this had been done; counted."""
        is_done = self.is_done(operation)
        self._passed_over += is_done
        return is_done

    def is_done(self, operation: ops.MigrateOperation) -> bool:
        """Whether the file is as if this had been done."""
        have = read(self.driver)
        match operation:
            case ops.CreateTableOp():
                return operation.table_name in have.tables
            case ops.DropTableOp():
                return operation.table_name not in have.tables
            case ops.CreateIndexOp():
                return operation.index_name in have.indexes
            case ops.DropIndexOp():
                return operation.index_name not in have.indexes
            case ops.AddColumnOp():
                return operation.column.name in _columns(have, operation.table_name)
            case ops.DropColumnOp():
                return operation.column_name not in _columns(have, operation.table_name)
            case ops.RenameTableOp():
                return operation.table_name not in have.tables and operation.new_table_name in have.tables
            case ops.AlterColumnOp(modify_name=str(new)):
                columns = _columns(have, operation.table_name)
                return operation.column_name not in columns and new in columns
            case ops.AddConstraintOp():
                return getattr(operation, "constraint_name", None) in _constraints(have, _table_of(operation))
            case ops.DropConstraintOp():
                return operation.constraint_name not in _constraints(have, operation.table_name)
        return False

    def note(self, operation: ops.MigrateOperation) -> None:
        """Remember what an operation has done."""
        self._changes += 1
        table = getattr(operation, "table_name", None)
        if table is not None:
            self.touched.add(table)
        match operation:
            case ops.CreateTableOp():
                self._hold(operation.table_name, operation.columns)
            case ops.AddColumnOp():
                self._hold(operation.table_name, [operation.column])
            case ops.RenameTableOp():
                self._rename_table(operation.table_name, operation.new_table_name)
            case ops.AlterColumnOp(modify_name=str(new)):
                self._rename_column(operation.table_name, operation.column_name, new)
            case ops.AlterColumnOp(modify_type=kind) if kind is not None:
                self._kinds.pop(f"{operation.table_name}.{operation.column_name}", None)

    def _hold(self, table: str, columns: Iterable[Any]) -> None:
        for column in columns:
            if isinstance(column, sa.Column):
                self._kinds.pop(f"{table}.{column.name}", None)
                if "holds" in column.info:
                    self._kinds[f"{table}.{column.name}"] = column.info["holds"]

    def _rename_table(self, old: str, new: str) -> None:
        Log([]).rename_table(self.driver, old, new)
        if old in self.ours:
            self.ours.add(new)
        first = next((was for was, now in self.renames.items() if now == old and "." not in was), old)
        self.renames[first] = new
        self._kinds = {
            f"{new}.{place.partition('.')[2]}" if place.startswith(f"{old}.") else place: kind
            for place, kind in self._kinds.items()
        }

    def _rename_column(self, table: str, old: str, new: str) -> None:
        Log([]).rename_column(self.driver, table, old, new)
        first_table = next(
            (was for was, now in self.renames.items() if now == table and "." not in was), table
        )
        chain = (was for was, now in self.renames.items() if now == old and was.startswith(f"{first_table}."))
        self.renames[next(chain, f"{first_table}.{old}")] = new
        if f"{table}.{old}" in self._kinds:
            self._kinds[f"{table}.{new}"] = self._kinds.pop(f"{table}.{old}")

    @contextmanager
    def _unlogged(self) -> Iterator[None]:
        """Without the log's triggers, which would be in the way; afterwards with those of the new shape."""
        Log([]).uninstall(self.driver)
        yield
        have = read(self.driver)
        metadata = sa.MetaData()
        tables = [built(table, metadata) for name, table in have.tables.items() if name in self.ours]
        for index in have.indexes.values():
            if index.table in metadata.tables and "unique" in index.same.split()[:2]:
                add_unique(metadata.tables[index.table], index.sql)
        Log(tables).install(self.driver)

    @contextmanager
    def _keeping(self, table: str) -> Iterator[None]:
        """Put back the indexes and triggers that go when a table is written anew."""
        find = (
            "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL "
            "AND name NOT LIKE ? ESCAPE '\\' ORDER BY rowid"
        )
        values = (table, PREFIX.replace("_", "\\_") + "%")
        before = self.driver.execute(find, values).fetchall()
        columns = _columns(read(self.driver), table)
        # Or SQLite would look through all views and triggers while the table has no name, and refuse; nothing else refers to
        # the name that the new table has for a moment.
        self.driver.execute("PRAGMA legacy_alter_table = ON")
        try:
            yield
        finally:
            self.driver.execute("PRAGMA legacy_alter_table = OFF")
        after = {name for _, name, _ in self.driver.execute(find, values)}
        has_lost = bool(columns - _columns(read(self.driver), table))
        for kind, name, sql in before:
            is_made_anew = has_lost and name.startswith(
                "_hipflask_"
            )  # by the next start, as what is searched
            if name not in after and not is_made_anew and not (kind == "index" and self._lacks_columns(sql)):
                self.driver.execute(sql)

    def _lacks_columns(self, index: str) -> bool:
        try:
            self.driver.execute(f"EXPLAIN {index}")
        except sqlite3.OperationalError as error:
            return "no such column" in str(error)
        return False


@Operations.register_operation("convert")
class Convert(ops.MigrateOperation):
    """`op.convert("player", "due", "Date", "substr(due, 1, 10)")`: give what is kept in a column another form."""

    def __init__(self, table: str, column: str, kind: str, sql: str) -> None:
        self.table, self.column, self.kind, self.sql = table, column, kind, sql

    @classmethod
    def convert(cls, operations: Operations, table: str, column: str, kind: str, sql: str) -> None:
        """Give every value of a column the form of another kind; unless that is done."""
        operations.invoke(cls(table, column, kind, sql))


@Operations.implementation_for(Convert)
def _convert(steps: Any, operation: Convert) -> None:
    steps.convert_column(operation.table, operation.column, operation.kind, operation.sql)


# The functions of the module `alembic.op` act on whichever operations are installed there.
Steps._setups[Steps] = Operations._setups[Operations]


@contextmanager
def alembics(driver: sqlite3.Connection) -> Iterator[sa.Connection]:
    """A connection as Alembic wants it; made before the transaction begins, because SQLAlchemy ends what it finds."""
    engine = sa.create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
    with engine.connect() as connection:
        connection.begin()
        yield connection


@contextmanager
def steps_on(
    driver: sqlite3.Connection, connection: sa.Connection, ours: set[str], kinds: Mapping[str, str]
) -> Iterator[Steps]:
    """`op` for this connection, also where a migration imports it."""
    steps = Steps(driver, connection, ours, kinds)
    steps._install_proxy()
    try:
        yield steps
    finally:
        steps._remove_proxy()


@contextmanager
def held_together(driver: sqlite3.Connection) -> Iterator[None]:
    """Whatever a migration does, it cannot end the transaction: all of it is to stay, or nothing."""
    driver.set_authorizer(_refuse_end)
    try:
        yield
    finally:
        driver.set_authorizer(None)


def run(steps: Steps, lines: tuple[str, ...]) -> None:
    """Run lines of a migration."""
    with held_together(steps.driver):
        exec(
            compile("\n".join(lines), "<migration>", "exec"),
            {"op": steps, "sa": sa, "plain_type": plain_type},
        )


def _refuse_end(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_TRANSACTION else sqlite3.SQLITE_OK


def _columns(have: Shape, table: str) -> set[str]:
    return set(have.tables[table].columns) if table in have.tables else set()


def _constraints(have: Shape, table: str) -> set[str | None]:
    return {each.name for each in have.tables[table].constraints} if table in have.tables else set()


def _table_of(operation: Any) -> str:
    return str(getattr(operation, "table_name", None) or getattr(operation, "source_table", ""))
