"""How a column of PostgreSQL is read in the form in which SQLite keeps its values: by SQL where it can be, so that pages are quick.

    price  NUMERIC(12, 2)   12.50                  ("price" * 100)::bigint        1250
    at     TIMESTAMPTZ      2026-11-23 08:00+00    to_char("at" AT TIME ZONE …)   '2026-11-23T08:00:00.000000Z'
    data   JSONB            {"b": 1, "a": 2}       "data"::text, then in Python   '{"a":2,"b":1}'

What comes out is to the letter what the column's exact type would make of the value: `reader(True)`, then `writer(False)`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ...store.sql import quoted
from ...store.types.exact import Exact
from ...store.types.json_type import Json
from ...store.types.moments import Date, DateTime, Time
from ...store.types.numbers import Decimal, Float
from ...store.types.scalars import Bool, Uuid
from ..messages import Value

_POSTGRES: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
_SQLITE: Any = sqlite.dialect()

_PATTERNS: dict[type[Exact], str] = {
    Bool: "{0}::int",
    Float: "({0} + 0)::float8",  # -0.0 becomes 0.0
    DateTime: "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    Date: "to_char({0}, 'YYYY-MM-DD')",
    Time: "to_char({0}, 'HH24:MI:SS.US')",
    Uuid: "{0}::text",
    Json: "{0}::text",
}


@dataclass(frozen=True)
class Form:
    """How one column is read: SQL in which {0} stands for the column, and what Python still has to do (None: nothing)."""

    pattern: str
    convert: Callable[[Any], Value] | None = None

    def of(self, column: str, alias: str) -> str:
        """The SQL expression of a column of the table that is called `alias` there."""
        return self.pattern.replace("{0}", f"{alias}.{quoted(column)}")


def form_of(column: sa.Column[Any]) -> Form:
    """How a column's values are read."""
    kind = column.type
    if isinstance(kind, Json):
        read, write = kind.reader(True), kind.writer(False)
        return Form(
            _PATTERNS[Json], lambda text: None if text is None else write(_same(json.loads(text), read))
        )
    if isinstance(kind, Decimal):
        return Form(f"({{0}} * {10**kind.after_point})::bigint")
    if isinstance(kind, Exact):
        return Form(next((pattern for known, pattern in _PATTERNS.items() if isinstance(kind, known)), "{0}"))
    return Form("{0}", _by_sqlalchemy(kind))


def _same(value: Any, read: Callable[[Any], Any] | None) -> Any:
    return value if read is None else read(value)


def _by_sqlalchemy(kind: Any) -> Callable[[Any], Value] | None:
    """What SQLAlchemy does for a type of somebody's own: read as from PostgreSQL, written as for SQLite."""
    there, here = kind.dialect_impl(_POSTGRES), kind.dialect_impl(_SQLITE)
    read, write = there.result_processor(_POSTGRES, None), here.bind_processor(_SQLITE)
    if read is None and write is None:
        return None

    def convert(value: Any) -> Value:
        python = value if read is None else read(value)
        return python if write is None else write(python)  # type: ignore[no-any-return]

    return convert
