"""Statements, as they are told to who looks inside: each from its first step to its last row.

SQLite works while rows are fetched, so the time until `execute` returns says little; a cursor knows when its last row was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from ..core import lines, tracing
from .statements import outline

MOST_SHOWN = 20  # rows of parameters of a statement that is executed many times


class Cursor(sqlite3.Cursor):
    """SQLite's, of which a statement can be told."""

    _span: tracing.Span | None = None
    _rows = 0

    def tell(self, span: tracing.Span) -> None:
        """The next statement is this one; of many rows that come back, SQLAlchemy makes several with one cursor."""
        self._over()
        self._span, self._rows = span, 0

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        """SQLite's."""
        with self._failing():
            return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        """SQLite's."""
        with self._failing():
            return super().executemany(sql, parameters)

    def fetchone(self) -> Any:
        """SQLite's."""
        with self._failing():
            row = super().fetchone()
        self._rows += row is not None
        return row

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """SQLite's."""
        with self._failing():
            rows = super().fetchmany(size)
        self._rows += len(rows)
        return rows

    def fetchall(self) -> list[Any]:
        """SQLite's."""
        with self._failing():
            rows = super().fetchall()
        self._rows += len(rows)
        return rows

    def close(self) -> None:
        """SQLite's; the statement is over."""
        self._over()
        super().close()

    def __del__(self) -> None:
        self._over()  # of a result that was dropped before its end

    def _over(self) -> None:
        if self._span is not None:
            span, self._span = self._span, None
            span.end(rows=max(self._rows, self.rowcount, 0))

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            if self._span is not None:
                self._span.fail(error)
            raise


class Connection(sqlite3.Connection):
    """SQLite's, whose statements can be told."""

    def cursor(self, factory: Any = None) -> Any:
        """SQLite's."""
        if tracing.sinks:
            return super().cursor(factory or Cursor)
        return super().cursor(factory or sqlite3.Cursor)


def begin_statement(sql: str, parameters: Any, names: frozenset[str], *, many: bool = False) -> tracing.Span:
    """The span of a statement that begins now; `names` are those of all tables and columns. To be called where `sinks` are there."""
    told = outline(sql, names)
    facts = {"sql": told.sql, "place": lines.caller(), "many": many, "system": "sqlite"}
    shown = parameters[:MOST_SHOWN] if many and isinstance(parameters, Sequence) else parameters
    return tracing.begin("statement", told.name, facts=facts, values={"sql": sql, "parameters": shown})


@contextmanager
def statement(
    sql: str, parameters: Any, names: frozenset[str], *, many: bool = False
) -> Iterator[tracing.Span | None]:
    """One span around all that is done for a statement, such as writing ten thousand rows; None where nobody looks."""
    if not tracing.sinks:
        yield None
        return
    span = begin_statement(sql, parameters, names, many=many)
    try:
        yield span
    except BaseException as error:
        span.fail(error)
        raise
    finally:
        span.end()
