"""The statements that make a store's tables in PostgreSQL: ordinary tables, for everybody, with the same constraints as in SQLite.

They differ from those of SQLite in three things: types are PostgreSQL's own, CHECKs say what that form of a value can get wrong
(a NaN, a year beyond 9999), and foreign keys are DEFERRABLE, so that a push may write its rows in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from ...core.errors import UsageError
from ...store.sql import quoted
from ...store.types.exact import Exact

_DIALECT: Any = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]


def there(tables: Sequence[sa.Table]) -> list[sa.Table]:
    """The tables as they are to be in PostgreSQL, in the same order; raises UsageError for what cannot be."""
    names = {table.name for table in tables}
    metadata = sa.MetaData(naming_convention=tables[0].metadata.naming_convention if tables else None)
    copies = []
    for table in tables:
        _refuse_local_targets(table, names)
        copies.append(table.to_metadata(metadata))
    for copy in copies:
        _adapt(copy)
    return copies


def create_table(table: sa.Table) -> list[str]:
    """What makes a table and its indexes; what it refers to may not be there yet."""
    return [_sql(CreateTable(table, include_foreign_key_constraints=[])), *create_indexes(table.indexes)]


def create_references(table: sa.Table) -> list[str]:
    """What makes a table's foreign keys, once all tables are there: two may refer to each other."""
    return [add_constraint(constraint) for constraint in sorted(table.foreign_key_constraints, key=name_of)]


def create_indexes(indexes: Iterable[sa.Index]) -> list[str]:
    """What makes indexes."""
    return [_sql(CreateIndex(index)) for index in sorted(indexes, key=lambda index: str(index.name))]


def add_constraint(constraint: sa.Constraint) -> str:
    """What adds a constraint to a table that is there."""
    return _sql(AddConstraint(constraint))


def add_column(column: sa.Column[Any]) -> str:
    """What adds a column to a table that is there; its constraints come on their own."""
    spec = _DIALECT.ddl_compiler(_DIALECT, None).get_column_specification(column)
    return f"ALTER TABLE {quoted(column.table.name)} ADD COLUMN {spec}"


def type_name(column: sa.Column[Any]) -> str:
    """PostgreSQL's name of a column's type, as format_type() writes it."""
    kind = column.type.column_type(True) if isinstance(column.type, Exact) else column.type
    text = str(_DIALECT.type_compiler_instance.process(kind))
    return text.partition(" COLLATE")[0].lower().replace(", ", ",")


def name_of(thing: Any) -> str:
    """The name that a constraint or an index has in the database."""
    return str(_DIALECT.identifier_preparer.format_constraint(thing)).strip('"').replace('""', '"')


def _sql(element: Any) -> str:
    return str(element.compile(dialect=_DIALECT)).strip()


def _adapt(table: sa.Table) -> None:
    for constraint in list(table.constraints):
        if isinstance(constraint, sa.ForeignKeyConstraint):
            constraint.deferrable, constraint.initially = True, "IMMEDIATE"
        elif isinstance(constraint, sa.CheckConstraint) and _is_of_type(constraint, table):
            table.constraints.discard(constraint)
    for column in table.columns:
        if isinstance(column.type, Exact) and (text := column.type.checks(column.name, "postgresql")):
            table.append_constraint(sa.CheckConstraint(sa.text(text), name=column.name))


def _is_of_type(constraint: sa.CheckConstraint, table: sa.Table) -> bool:
    """Whether a CHECK is what SQLite needs to keep values in the form of a column's type; it is named after the column."""
    name = str(constraint.name).removeprefix(f"ck_{table.name}_")
    return name in table.columns and isinstance(table.columns[name].type, Exact)


def _refuse_local_targets(table: sa.Table, names: set[str]) -> None:
    for key in table.foreign_keys:
        target = key.target_fullname.rpartition(".")[0]
        if target not in names:
            raise UsageError(
                f"{table.name}.{key.parent.name} refers to {target}, which is not exchanged, so nobody else could say what it refers to. "
                f"Share {target} as well, or keep {table.name} here: `class …(db.Model, local=True)`."
            )
