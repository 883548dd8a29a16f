"""Who may have which rows, in PostgreSQL: the scope of a row by its path, and the scopes of a user.

class Comment(db.Model, scope=teams("task_id.team_id"))

path of "comment" from a row c:    LEFT JOIN "task" p1 ON p1."id" = c."task_id"
its scope:                         'team:' || (p1."team_id")::text        NULL: nobody's

grants.of(connection, "ann")       {"", "team:0199…", "team:01a0…"}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql import visitors

from ...core.errors import UsageError
from ...store.models.shared import Scope, shared
from ...store.sql import quoted
from .database import Connection
from .forms import form_of

EVERYBODYS = ""
_DIALECT: Any = psycopg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Step:
    """One column on a path: of which table, and which column of that table the step before refers to ("" for the row itself)."""

    table: str
    referred: str
    column: str


@dataclass(frozen=True)
class Path:
    """How the scope of a table's rows is found; without steps they are everybody's."""

    scope: str
    steps: tuple[Step, ...]
    value: str = ""  # the last column's text; {0} is the column

    def joins(self, alias: str) -> str:
        """SQL: what to join to a row of the table that is called `alias` there."""
        joined, at = "", alias
        for place, step in enumerate(self.steps[1:], 1):
            before = self.steps[place - 1]
            joined += f" LEFT JOIN {quoted(step.table)} p{place} ON p{place}.{quoted(step.referred)} = {at}.{quoted(before.column)}"
            at = f"p{place}"
        return joined

    def sql(self, alias: str) -> str:
        """SQL: the row's scope as a text, after `joins`; NULL where it is nobody's."""
        if not self.steps:
            return f"'{EVERYBODYS}'::text"
        at = alias if len(self.steps) == 1 else f"p{len(self.steps) - 1}"
        name = self.scope.replace("'", "''")
        return f"'{name}:' || {self.value.replace('{0}', f'{at}.{quoted(self.steps[-1].column)}')}"


def path_of(table: sa.Table) -> Path:
    """The path of a table; raises UsageError where a step on it leads nowhere."""
    scoped = shared(table).scoped
    if scoped is None:
        return Path(EVERYBODYS, ())
    steps, here, referred = [], table, ""
    for place, name in enumerate(scoped.path):
        if name not in here.columns:
            raise UsageError(_nowhere(table, scoped.path, f"the table {here.name!r} has no column {name!r}"))
        steps.append(Step(here.name, referred, name))
        if place < len(scoped.path) - 1:
            here, referred = _followed(table, scoped.path, here.columns[name])
    return Path(scoped.scope.name, tuple(steps), _text_form(here.columns[scoped.path[-1]]))


def _followed(table: sa.Table, path: tuple[str, ...], column: sa.Column[Any]) -> tuple[sa.Table, str]:
    keys = list(column.foreign_keys)
    if len(keys) != 1 or shared(keys[0].column.table).is_local:
        raise UsageError(
            _nowhere(
                table,
                path,
                f"{column.table.name}.{column.name} is no foreign key of a table that is exchanged",
            )
        )
    return keys[0].column.table, keys[0].column.name


def _nowhere(table: sa.Table, path: tuple[str, ...], why: str) -> str:
    return f"The scope of {table.name!r} cannot be found by {'.'.join(path)!r}: {why}."


def _text_form(column: sa.Column[Any]) -> str:
    form = form_of(column)
    if form.convert is not None:
        raise UsageError(
            f"{column.table.name}.{column.name} cannot say whose a row is: its values have no plain text."
        )
    return f"({form.pattern})::text"


class Grants:
    """The scopes of users, as `Scope.allowed` selects them."""

    def __init__(self, scopes: Iterable[Scope]) -> None:
        self._scopes = list(scopes)

    def of(self, connection: Connection, user: str) -> frozenset[str]:
        """The scopes that a user has now, everybody's among them."""
        found = {EVERYBODYS}
        for scope in self._scopes:
            sql, values = _compiled(scope.allowed(user))
            text = _text_form(_selected(scope, user)).replace("{0}", "value")
            rows = connection.execute(
                f"SELECT DISTINCT {text} FROM ({sql}) AS allowed(value) WHERE value IS NOT NULL", values
            )
            found.update(f"{scope.name}:{value}" for (value,) in rows)
        return frozenset(found)

    def tables(self) -> frozenset[str]:
        """The tables that decide about it."""
        return frozenset(
            element.name
            for scope in self._scopes
            for element in visitors.iterate(scope.allowed("somebody"))
            if isinstance(element, sa.Table)
        )


def _selected(scope: Scope, user: str) -> Any:
    columns = list(scope.allowed(user).selected_columns)
    if len(columns) != 1:
        raise UsageError(
            f"The scope {scope.name!r} selects {len(columns)} columns, and has to select one: the values that a user may have, as in "
            "db.select(Member.team_id).where(Member.user == user)."
        )
    return columns[0]


def _compiled(query: sa.Select[Any]) -> tuple[str, Mapping[str, Any]]:
    """A query as psycopg takes it, its values written by their exact types."""
    compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    writers = compiled._bind_processors
    values = {}
    for name, value in compiled.params.items():
        write = writers.get(name) or writers.get(
            name.rpartition("_")[0]
        )  # one of IN (…) is called team_id_1_3
        values[name] = write(value) if write else value  # type: ignore[operator]
    return str(compiled), values
