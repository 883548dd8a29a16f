"""Windows onto an order, on a connection: the rows from a mark on; every thousandth row; an order kept as a whole.

An order that an index serves is entered anywhere: from the nearest mark, it is at most a thousand rows to where one wants to be. One that none serves, or that
takes long for another reason, is sorted once more in the background and its keys are kept, in order, in a temporary table of a connection of its own. That is
written by SQLite alone: ten million keys take the time of four scans, and none of them passes through Python.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import sql
from .cancellable import Cancellable
from .marks import Mark, Marks
from .sql import Base, Term

Row = tuple[Any, ...]

# Seconds that looking for the next mark takes: where rows are rare, marks stand closer, or one would search for long on the way from one.
QUICK_STEP, SLOW_STEP = 0.005, 0.02
AT_ONCE = 2000  # keys that are looked up by one statement

START = Mark(0, None)


def rows_from(
    connection: sqlite3.Connection,
    base: Base,
    columns: str,
    terms: Sequence[Term],
    *,
    mark: Mark = START,
    first: int = 0,
    count: int = 1,
    more: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> list[Row]:
    """The rows from `first` on, at most so many, going on from a mark that is not behind it."""
    given = {**base.parameters, **(parameters or {})}
    skip, found = first - mark.position, list[Row]()
    for piece in sql.pieces_after(terms, mark.values):
        asked = {**given, **piece.parameters, "skip": skip, "count": count - len(found)}
        rows = connection.execute(sql.window(base, columns, piece, more), asked).fetchall()
        found += rows
        if len(found) >= count:
            break
        if rows:
            skip = 0
        elif skip:
            (size,) = connection.execute(sql.size_of(base, piece, more), asked).fetchone()
            skip -= size
    return found


def mark_all(
    connection: Cancellable, base: Base, terms: Sequence[Term], marks: Marks, say: Callable[[Marks], None]
) -> Marks:
    """Go through the whole order, each step a statement of its own, so that it can end at any moment and holds nobody up."""
    say(marks)
    names = ", ".join(term.name for term in terms)
    mark, step = START, marks.step
    with connection.stepping() as driver:
        while True:
            connection.check()
            began, step = time.monotonic(), min(step, marks.step)
            end = mark.position + step
            rows = rows_from(driver, base, names, terms, mark=mark, first=end - 1)
            if not rows:
                return marks
            marks.add(end, rows[0])
            mark = Mark(end, rows[0])
            taken = time.monotonic() - began
            if taken > SLOW_STEP:
                step = max(1, step // 2)
            elif taken < QUICK_STEP:
                step *= 2


def by_keys(
    connection: sqlite3.Connection, base: Base, columns: Sequence[str], keys: Sequence[Row]
) -> dict[Row, Row]:
    """The values of the rows of these keys, by key; those that are gone are not there."""
    found: dict[Row, Row] = {}
    for at in range(0, len(keys), AT_ONCE):
        some = keys[at : at + AT_ONCE]
        parts = {f"key{number}": part for number, part in enumerate(part for key in some for part in key)}
        statement = sql.of_keys(base, ", ".join([base.keys, *columns]), len(some))
        for row in connection.execute(statement, {**base.parameters, **parts}):
            found[row[: base.width]] = row[base.width :]
    return found


class Kept:
    """An order kept as a whole, as it was at one moment."""

    def __init__(self, connection: Cancellable, columns: str, total: int) -> None:
        self._connection = connection
        self._columns = columns
        self.total = total

    def rows(self, first: int, count: int) -> list[Row]:
        """What stands there."""
        with self._connection.stepping() as driver:
            query = "SELECT * FROM temp.kept WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
            return driver.execute(query, (first, first + count)).fetchall()

    def __del__(self) -> None:
        self._connection.close()


def keep_all(connection: Cancellable, base: Base, columns: str, terms: Sequence[Term]) -> Kept:
    """Sort everything, and keep these columns of it."""
    with connection.stepping() as driver:
        statement = f"CREATE TEMP TABLE kept AS SELECT {columns} FROM ({base.sql}){sql.sorted_by(terms)}"
        driver.execute(statement, base.parameters)
        (total,) = driver.execute("SELECT ifnull(max(rowid), 0) FROM temp.kept").fetchone()
    return Kept(connection, columns, total)


def plan_of(connection: sqlite3.Connection, base: Base, terms: Sequence[Term]) -> list[str]:
    """How SQLite would read the keys in that order."""
    (whole,) = sql.pieces_after(terms, None)
    statement = f"EXPLAIN QUERY PLAN {sql.window(base, base.keys, whole)}"
    rows = connection.execute(statement, {**base.parameters, "skip": 0, "count": 1}).fetchall()
    return [row[3] for row in rows]
