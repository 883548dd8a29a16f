"""The store's file, read over a connection that cannot write and does not read for long."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ....store.engine import VOLATILE
from ....store.sql import quoted
from .. import records
from ..records import Unanswered
from .secret import masked_sql, names_a_secret
from .shorten import LONGEST, cut

COUNT_SECONDS = 0.1  # for each table
ALL_SECONDS = 2.0
_STEPS = 10_000  # of SQLite's machine, between two looks at the clock

_EXPECTS = re.compile(r"uses (\d+)")


def sizes(file: Path, *, holder: str, since: int, waiting: int) -> records.Store:
    """What the file holds; a table that takes long to count has -1."""
    with _looking(file, None) as connection:
        (free,) = connection.execute(
            "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size"
        ).fetchone()
        weights = _weights(connection)
        end = time.monotonic() + ALL_SECONDS
        tables = [_table(connection, name, weights.get(name, -1), end) for name in _names(connection)]
    return records.Store(
        file=str(file),
        bytes=_size(file),
        wal_bytes=_size(file.with_name(f"{file.name}-wal")),
        free_bytes=free,
        tables=tables,
        holder=holder,
        held_seconds=max(time.time() - since / 1e9, 0.0) if since else 0.0,
        waiting=waiting,
    )


def plan(file: Path, volatile: Path | None, sql: str, parameters: Any) -> records.Plan:
    """How SQLite answers a statement; it is not run."""
    with _looking(file, volatile) as connection:
        try:
            rows = _explained(connection, sql, parameters)
        except sqlite3.Error as error:
            raise Unanswered(f"SQLite does not explain this statement: {_said(error, sql)}.") from None
    steps = [records.Step(id, parent, detail, detail.startswith("SCAN")) for id, parent, _, detail in rows]
    return records.Plan(masked_sql(sql), steps)


def _said(error: sqlite3.Error, sql: str) -> str:
    """What is wrong with a statement; SQLite repeats a part of it, which may be a secret, or all there is."""
    return type(error).__name__ if names_a_secret(sql) else cut(str(error), LONGEST)


def _explained(connection: sqlite3.Connection, sql: str, parameters: Any) -> list[tuple[int, int, int, str]]:
    asked = f"EXPLAIN QUERY PLAN {sql}"
    given = parameters if isinstance(parameters, tuple | dict) else ()
    try:
        return connection.execute(asked, given).fetchall()
    except sqlite3.ProgrammingError as error:  # they were too big to be kept: the plan hardly depends on them
        expected = _EXPECTS.search(str(error))
        if expected is None:
            raise
        return connection.execute(asked, (None,) * int(expected[1])).fetchall()


@contextmanager
def _looking(file: Path, volatile: Path | None) -> Iterator[sqlite3.Connection]:
    try:
        connection = sqlite3.connect(_read_only(file), uri=True, timeout=1.0, isolation_level=None)
    except sqlite3.Error as error:
        raise Unanswered(f"The store's file cannot be read ({error}).") from None
    with closing(connection):
        connection.execute("PRAGMA query_only = ON")
        if volatile is not None and volatile.exists():
            connection.execute(f"ATTACH ? AS {VOLATILE}", (_read_only(volatile),))
        yield connection


def _read_only(file: Path) -> str:
    return f"file:{quote(str(file))}?mode=ro"


def _names(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if not name.startswith("sqlite_")]


def _table(connection: sqlite3.Connection, name: str, weight: int, end: float) -> records.Table:
    with _for_at_most(connection, min(COUNT_SECONDS, end - time.monotonic())):
        # count(*) is one step of SQLite's machine, which nobody can stop.
        rows = _one(connection, f"SELECT ifnull(sum(1), 0) FROM {quoted(name)}")
    found = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? ORDER BY name", (name,)
    )
    return records.Table(name, rows, weight, [each for (each,) in found])


def _one(connection: sqlite3.Connection, sql: str) -> int:
    try:
        (found,) = connection.execute(sql).fetchone()
    except sqlite3.Error:  # it took too long, or is a virtual table of somebody else's
        return -1
    return int(found)


def _weights(connection: sqlite3.Connection) -> dict[str, int]:
    """The bytes of each table, where SQLite was built to say so and it does not take long."""
    with _for_at_most(connection, COUNT_SECONDS * 3):
        try:
            return dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
        except sqlite3.Error:
            return {}


@contextmanager
def _for_at_most(connection: sqlite3.Connection, seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
