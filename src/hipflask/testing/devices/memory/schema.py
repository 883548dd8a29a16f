"""What the shared tables say: columns, keys, rules, whose row is whose."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from hipflask.store.models.shared import Scope, shared
from hipflask.store.types.exact import Exact
from hipflask.sync.messages import Value
from hipflask.sync.rules import rules_of

from .state import KeyOf, Row

Get = Callable[[str, KeyOf], Row | None]


class Schema:
    """The shared tables of an app, those that others refer to first."""

    def __init__(self, tables: Sequence[sa.Table]) -> None:
        self.tables = {str(table.name): table for table in tables}
        self.order = {str(table.name): at for at, table in enumerate(tables)}
        self.scopes = {
            scoped.scope.name: scoped.scope
            for table in tables
            if (scoped := shared(table).scoped) is not None
        }
        self.rules = {str(table.name): rules_of(table) for table in tables}
        self.keys = {str(table.name): [str(column.name) for column in table.primary_key] for table in tables}
        # SQLAlchemy's names of what had to be quoted are no plain texts.
        self.columns = {str(table.name): [str(column.name) for column in table.columns] for table in tables}
        self.above = {str(table.name): self._above(table) for table in tables}
        self.is_down_a_path = [name for name, above in self.above.items() if above]

    def uniques(self, table: str) -> list[list[str]]:
        """The columns that have to be unique together."""
        found = self.tables[table]
        sets = [[*each.columns] for each in found.constraints if isinstance(each, sa.UniqueConstraint)]
        sets += [[*index.columns] for index in found.indexes if index.unique]
        return [[column.name for column in columns] for columns in sets]

    def references(self, table: str) -> list[tuple[list[str], str, list[str], str]]:
        """Foreign keys: own columns, the other table, its columns, and what happens when the other row goes."""
        return [
            (
                [element.parent.name for element in each.elements],
                str(each.referred_table.name),
                [element.column.name for element in each.elements],
                (each.ondelete or "").upper(),
            )
            for each in self.tables[table].foreign_key_constraints
            if each.referred_table.name in self.tables
        ]

    def key_of(self, table: str, row: Row) -> KeyOf:
        """The key of a row."""
        parts = tuple(row[name] for name in self.keys[table])
        return parts if len(parts) > 1 else parts[0]

    def with_key(self, table: str, key: KeyOf, values: Row) -> Row:
        """A row's values together with those of its key."""
        parts = key if len(self.keys[table]) > 1 else (key,)
        return {**values, **dict(zip(self.keys[table], parts, strict=True))}

    def scope_of(self, get: Get, table: str, row: Row) -> str | None:
        """The scope that a row is in: "" is everybody's, None nobody's, as its path leads nowhere."""
        scoped = shared(self.tables[table]).scoped
        if scoped is None:
            return ""
        *steps, last = scoped.path
        for step in steps:
            (reference,) = self.tables[table].columns[step].foreign_keys
            table = str(reference.column.table.name)
            above = None if row[step] is None else get(table, row[step])
            if above is None:
                return None
            row = above
        return None if row[last] is None else scope_name(scoped.scope, row[last])

    def refused_value(self, table: str, name: str, value: Value) -> str:
        """Why a column does not take a kept value; empty if it does."""
        kind = self.tables[table].columns[name].type
        if value is None or not isinstance(kind, Exact):
            return ""
        try:
            read = kind.reader(False)
            again = kind.writer(False)(value if read is None else read(value))
        except ValueError as error:
            return str(error)
        is_same = again == value and type(again) is type(value)
        return "" if is_same else f"{kind.where} takes {kind.expected}, and {value!r} is not kept so."

    def default(self, table: str, name: str) -> Value:
        """What a column holds in a row that says nothing about it."""
        column = self.tables[table].columns[name]
        default = column.default
        if not isinstance(default, sa.ColumnDefault) or not default.is_scalar:
            return None
        kept: Value = (
            column.type.writer(False)(default.arg) if isinstance(column.type, Exact) else default.arg
        )
        return kept

    def _above(self, table: sa.Table) -> frozenset[str]:
        """The tables that a row's path to its scope leads through."""
        scoped = shared(table).scoped
        found = []
        for step in scoped.path[:-1] if scoped is not None else ():
            (reference,) = table.columns[step].foreign_keys
            table = reference.column.table
            found.append(str(table.name))
        return frozenset(found)


def scope_name(scope: Scope, value: Value) -> str:
    """One value's scope: "team:5"."""
    return f"{scope.name}:{value!r}" if isinstance(value, bytes) else f"{scope.name}:{value}"
