"""Whether a store's file is sound: what SQLite finds, what the types would not take, and whether the log fits the tables.

check(file, metadata.tables.values())     → ["player, id '0199…': base holds 'fourth', and takes one of …", …]
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ...core.errors import HipflaskError
from ..changes.capture import LAYOUT
from ..changes.log import Log
from ..search.index import flaws
from ..sql import quoted
from ..types.exact import Exact, short
from ..types.json_type import Json
from .backup import Progress, opened, reading

MOST = 20  # problems of one column are told one by one; the others are counted
_BITE = 1000
# What SQLite says of values that another program wrote, or of a search index, and not of pages.
_CONTENT = re.compile(r"CHECK constraint failed|NULL value in|non-\w+ value in|inverted index for FTS")


def check(file: Path, tables: Iterable[sa.Table], progress: Progress | None = None) -> list[str]:
    """Every problem of the file, each as one sentence; `progress(done, total)` is told of rows."""
    lasting = [table for table in tables if table.schema is None]
    try:
        with reading(file), closing(opened(file)) as connection:
            connection.text_factory = lambda text: text.decode(errors="surrogateescape")
            found = dict.fromkeys(_of_pages(connection))
            if not all(_CONTENT.search(each) for each in found):
                return [*found]  # what hangs on damaged pages says nothing about the rest
            return [
                *found,
                *_of_keys(connection),
                *_of_log(connection, lasting),
                *(flaw for table in lasting for flaw in flaws(connection, table)),
                *_of_values(connection, lasting, progress),
            ]
    except HipflaskError as error:
        return [str(error)]


def _of_pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (found,) in connection.execute("PRAGMA integrity_check"):
        if found != "ok":
            yield f"SQLite finds: {' '.join(str(found).split())}."


def _of_keys(connection: sqlite3.Connection) -> Iterator[str]:
    broken: dict[tuple[str, str], int] = {}
    for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        broken[table, parent] = broken.get((table, parent), 0) + 1
    for (table, parent), count in broken.items():
        yield f"{table}: {_rows(count)} a row of {parent} that is not there."


def _rows(count: int) -> str:
    return "1 row refers to" if count == 1 else f"{count:,} rows refer to"


# ── the log ───────────────────────────────────────────────────────────────────────────────────────


def _of_log(connection: sqlite3.Connection, tables: list[sa.Table]) -> Iterator[str]:
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if "_hipflask_state" not in there:
        yield "There is no change log, so windows would not follow other programs. It is made when the app starts."
        return
    layout, floor = connection.execute("SELECT layout, floor FROM _hipflask_state").fetchone() or (None, 0)
    if layout != LAYOUT:
        yield f"The change log has layout {layout}, and this version of Hipflask knows {LAYOUT}."
        return
    (newest,) = connection.execute("SELECT max(clock) FROM _hipflask_log").fetchone()
    if newest is not None and newest > floor:
        yield "The change log's clock is behind its newest row."
    for table in tables:
        if table.name not in there:
            yield f"There is no table {table.name}, which the models have. It is made when the app starts."
    if not Log([table for table in tables if table.name in there]).is_installed(connection):
        yield "Not all changes are logged: triggers of the change log are missing or others. They are made anew when the app starts."


# ── values ────────────────────────────────────────────────────────────────────────────────────────


def _of_values(
    connection: sqlite3.Connection, tables: list[sa.Table], progress: Progress | None
) -> Iterator[str]:
    counts = {table.name: _count(connection, table) for table in tables}
    total, done = sum(counts.values()), 0
    for table in tables:
        if counts[table.name]:
            for read, odd in _odd_values(connection, table):
                yield from odd
                if progress is not None and read:
                    progress(min(done + read, total), total)
            done += counts[table.name]


def _count(connection: sqlite3.Connection, table: sa.Table) -> int:
    there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table.name,)).fetchone()
    if there is None:
        return 0
    return int(connection.execute(f"SELECT count(*) FROM {quoted(table.name)}").fetchone()[0])


def _odd_values(connection: sqlite3.Connection, table: sa.Table) -> Iterator[tuple[int, list[str]]]:
    """After every bite: how many rows have been read, and the problems found in it."""
    present = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({quoted(table.name)})")}
    columns = [column for column in table.columns if column.name in present]
    tests = [
        (place, column, _test(column.type))
        for place, column in enumerate(columns)
        if isinstance(column.type, Exact)
    ]
    keys = [place for place, column in enumerate(columns) if column.primary_key]
    counts = {column.name: 0 for column in columns}
    names = ", ".join(quoted(column.name) for column in columns)
    rows = connection.execute(f"SELECT {names} FROM {quoted(table.name)}")
    read = 0
    while bite := rows.fetchmany(_BITE):
        read += len(bite)
        found = []
        for row in bite:
            for place, column, is_fine in tests:
                if row[place] is not None and not is_fine(row[place]):
                    counts[column.name] += 1
                    if counts[column.name] <= MOST:
                        where = ", ".join(f"{columns[key].name} {short(row[key])}" for key in keys)
                        found.append(f"{table.name}, {where}: {_sentence(column, row[place])}")
        yield read, found
    more = {name: count - MOST for name, count in counts.items() if count > MOST}
    yield 0, [f"{table.name}: {name} does not fit in {count:,} more rows." for name, count in more.items()]


def _test(kind: Exact) -> Callable[[Any], bool]:
    """Whether the type would have written what is there."""
    read, write, is_json = kind.reader(False), kind.writer(False), isinstance(kind, Json)

    def is_fine(kept: Any) -> bool:
        try:
            again = write(kept if read is None else read(kept))
        except HipflaskError:
            return False
        return is_json or (type(again) is type(kept) and again == kept)  # JSON may have other spaces

    return is_fine


def _sentence(column: sa.Column[Any], kept: Any) -> str:
    return f"{column.name} holds {short(kept)}, and takes {column.type.expected}."  # type: ignore[attr-defined]
