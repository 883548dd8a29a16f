"""The tables of a file as SQLAlchemy has them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from . import code
from .shape import Table


def built(table: Table, metadata: sa.MetaData | None = None) -> sa.Table:
    """A table of the file as SQLAlchemy has it."""
    lines = code.add_table(table)
    names = {
        "op": _Names,
        "sa": sa,
        "plain_type": plain_type,
        "make": lambda name, *parts, **options: sa.Table(name, metadata or sa.MetaData(), *parts, **options),
    }
    made: sa.Table = eval("\n".join(["make(", *lines[1:]]), names)
    return made


class _Names:
    f = staticmethod(sa.sql.elements.conv)


def plain_type(name: str) -> Any:
    """A type that SQLAlchemy has no class for, by its name in the file."""

    class Plain(sa.types.UserDefinedType[Any]):
        cache_ok = True

        def get_col_spec(self, **_: Any) -> str:
            return name

    return Plain()


def add_unique(table: sa.Table, sql: str) -> None:
    """Let a table know of a plain unique index."""
    if "(" in sql and sql.count("(") == 1 and " where " not in sql.lower():
        names = [name.strip().strip('"') for name in sql[sql.index("(") + 1 : sql.rindex(")")].split(",")]
        if all(name in table.columns for name in names):
            sa.Index(None, *(table.columns[name] for name in names), unique=True)
