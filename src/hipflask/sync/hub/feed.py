"""Pages out of the feed: rows as they are at the moment, of everything that somebody does not have yet.

    units(…)      [Unit(item, ["team:5"], since 0), Unit(item, ["team:6", "team:7"], since 4711), …]      with how many rows there are
    read(…)       a page of one unit, and where the next one begins

A unit is one table and one scope, or several scopes that fit on one page. Tables come in the order of their foreign keys, and within a
scope rows by the version in which they changed last: one that changes while we read moves to the end, so none is missed.

A row is on a page only if it is in the scope that the feed says. If not, somebody has moved it and the sequencer has not seen that yet:
then the page is `Moving`, and read again after the next version. So nobody is ever sent what has just left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from ...store.sql import quoted
from ..messages import Key, Rows, Value
from . import deltas
from .database import Connection, by_index
from .deltas import Body
from .layout import SCHEMA
from .tables import HubTable, HubTables

Kind = Literal["left", "kept", "new"]
_READ_BYTES = 16_000_000  # of a page, as the table keeps it


class Moving(Exception):
    """A row is on its way to another scope; the page can be read after the next version."""


class Place(msgspec.Struct, array_like=True, frozen=True, order=True):
    """Up to where a download has been read: everything that comes before in this order."""

    phase: int = 0  # 0: what was left is taken away; 1: rows come
    table: int = -1  # its place among the tables
    scope: str = ""
    version: int = 0
    key: str = ""


@dataclass(frozen=True)
class Wanted:
    """What somebody is to be sent: scopes that he had, from the version that he has; scopes that are new to him; those that he left."""

    since: int
    kept: frozenset[str]
    entered: frozenset[str]
    left: frozenset[str] = frozenset()
    backfill: frozenset[str] = frozenset()  # tables of which everything counts as new


@dataclass(frozen=True)
class Unit:
    """A part of it: rows of one table and of some scopes, changed after a version."""

    table: HubTable
    order: int
    scopes: tuple[str, ...]
    kind: Kind
    since: int
    rows: int
    most: int  # rows of a page

    @property
    def phase(self) -> int:
        """What he left comes first: a row of it may have moved to where he still is."""
        return 0 if self.kind == "left" else 1


@dataclass(frozen=True)
class Read:
    """A page; and where the next one begins."""

    body: Body
    rows: int
    place: Place
    is_last: bool  # of its unit


_COUNTS = {
    "kept": 'scope = ANY(%s) AND version > %s AND NOT ("table" = ANY(%s))',
    "entered": "scope = ANY(%s) AND NOT is_gone",
    "backfilled": 'scope = ANY(%s) AND NOT is_gone AND "table" = ANY(%s)',
    "left": "scope = ANY(%s) AND NOT (is_gone AND version <= %s)",
}


# What had gone from a scope before he left it may be here by way of another one.
_CHANGED = {
    # A row that went from one of his scopes to another is told of by that one alone.
    "kept": f"""f.version > %(since)s AND NOT (f.is_gone AND EXISTS (
        SELECT 1 FROM {SCHEMA}.feed g WHERE g."table" = f."table" AND g.key = f.key AND g.scope = ANY(%(wanted)s) AND NOT g.is_gone OFFSET 0))""",
    "new": "NOT f.is_gone",
    "left": "NOT (f.is_gone AND f.version <= %(since)s)",
}


def units(connection: Connection, tables: HubTables, wanted: Wanted) -> list[Unit]:
    """All that is to be read, in order."""
    backfilled = [tables.by_name[name].number for name in wanted.backfill if name in tables.by_name]
    kept = list(wanted.kept)
    found: list[Unit] = []
    parts: list[tuple[Kind, int, dict[int, dict[str, int]]]] = [
        ("left", wanted.since, _count(connection, "left", list(wanted.left), wanted.since)),
        ("kept", wanted.since, _count(connection, "kept", kept, wanted.since, backfilled)),
        ("new", 0, _count(connection, "entered", list(wanted.entered))),
        ("new", 0, _count(connection, "backfilled", kept if backfilled else [], backfilled)),
    ]
    rows_of = {
        table.number: sum(rows for _, _, counts in parts for rows in counts.get(table.number, {}).values())
        for table in tables
    }
    mosts = {
        table.number: _most(connection, table, rows_of[table.number])
        for table in tables
        if rows_of[table.number]
    }
    for kind, since, counts in parts:
        for order, table in enumerate(tables):
            by_scope = counts.get(table.number, {})
            for scopes in _together(by_scope, mosts.get(table.number, 1)):
                rows = sum(by_scope[scope] for scope in scopes)
                found.append(Unit(table, order, scopes, kind, since, rows, mosts[table.number]))
    return sorted(found, key=lambda unit: (unit.phase, unit.order, unit.scopes))


def remaining(every: Iterable[Unit], place: Place) -> Iterator[Unit]:
    """What is still to be read after a place; a page of several scopes may come once more."""
    for unit in every:
        at, reached = (unit.phase, unit.order), (place.phase, place.table)
        scopes = tuple(scope for scope in unit.scopes if at > reached or scope >= place.scope)
        if at >= reached and scopes:
            yield replace(unit, scopes=scopes)


def touched(connection: Connection, replica: str, since: int) -> dict[int, list[str]]:
    """The rows that one replica alone is to be sent once more: keys by the table's number."""
    found: dict[int, list[str]] = {}
    for number, key in connection.execute(
        f'SELECT "table", key FROM {SCHEMA}.feed WHERE scope = %s AND version > %s', (f"@{replica}", since)
    ):
        found.setdefault(number, []).append(key)
    return found


def read(connection: Connection, unit: Unit, after: Place, scopes: Collection[str]) -> Read:
    """The next page of a unit, after a place within it, for somebody who has these scopes; raises Moving."""
    is_one = len(unit.scopes) == 1
    is_within = is_one and (after.phase, after.table, after.scope) == (unit.phase, unit.order, unit.scopes[0])
    chosen = (
        f'SELECT f.scope, f.version, f.key, f.is_gone FROM {SCHEMA}.feed f WHERE f."table" = %(table)s AND {_CHANGED[unit.kind]} AND '
        + (
            "f.scope = %(scope)s AND (f.version, f.key) > (%(version)s, %(key)s) ORDER BY f.version, f.key LIMIT %(most)s"
            if is_one
            else "f.scope = ANY(%(scopes)s)"
        )
    )
    values = {
        "table": unit.table.number,
        "since": unit.since,
        "scope": unit.scopes[0],
        "scopes": list(unit.scopes),
        "wanted": list(scopes),
        "version": after.version if is_within else 0,
        "key": after.key if is_within else "",
        "most": unit.most,
    }
    found = _joined(connection, unit.table, chosen, values)
    body = _body(unit, found)
    last = found[-1] if found and is_one else None
    end = Place(unit.phase, unit.order, unit.scopes[-1], *((last[1], last[2]) if last else ()))
    return Read(body, len(found), end, is_last=not is_one or len(found) < unit.most)


def read_touched(
    connection: Connection, table: HubTable, keys: Sequence[str], scopes: Collection[str]
) -> Body:
    """Rows for one replica alone: all of each if it may have it, else that it is gone."""
    found = _joined(
        connection,
        table,
        f"""SELECT coalesce(f.scope, '') AS scope, 0 AS version, k.key, f.scope IS NULL AS is_gone FROM unnest(%(keys)s::text[]) AS k (key)
            LEFT JOIN {SCHEMA}.feed f ON f."table" = %(table)s AND f.key = k.key AND NOT f.is_gone AND f.scope NOT LIKE '@%%'""",
        {"keys": list(keys), "table": table.number},
    )
    rows, gone = [], []
    for scope, _, key, is_gone, is_there, now, *values in found:
        if is_gone or not is_there or scope not in scopes:
            gone.append(table.key.key(key))
        elif now != scope:
            raise Moving
        else:
            rows.append(table.converted(values))
    return _rows(table, rows, gone)


def _most(connection: Connection, table: HubTable, rows: int) -> int:
    """How many rows of a table a page has: fewer of large ones, since a page is held in memory; `rows` is how many there are at least."""
    size, known = connection.execute(
        "SELECT pg_table_size(oid), reltuples FROM pg_class WHERE oid = %s::regclass", (table.sql,)
    ).fetchone() or (0, 0)
    usual = size / max(known, rows, 1)
    return max(1, min(deltas.PAGE_ROWS, int(_READ_BYTES / usual) if usual else deltas.PAGE_ROWS))


def _count(
    connection: Connection, which: str, scopes: list[str], *values: object
) -> dict[int, dict[str, int]]:
    if not scopes:
        return {}
    counts: dict[int, dict[str, int]] = {}
    for number, scope, rows in connection.execute(
        f'SELECT "table", scope, count(*) FROM {SCHEMA}.feed WHERE {_COUNTS[which]} GROUP BY 1, 2',
        (scopes, *values),
    ):
        counts.setdefault(number, {})[scope] = rows
    return counts


def _together(counts: Mapping[str, int], most: int) -> Iterator[tuple[str, ...]]:
    """Scopes, as many as fit on a page; one that does not fit alone."""
    together: list[str] = []
    room = most
    for scope in sorted(counts):
        if together and counts[scope] > room:
            yield tuple(together)
            together, room = [], most
        together.append(scope)
        room -= counts[scope]
    if together:
        yield tuple(together)


def _joined(
    connection: Connection, table: HubTable, chosen: str, values: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """Rows of the feed with the row that each is about: whether it is there, its scope, its values."""
    cursor = connection.cursor(binary=True)
    with by_index(connection):
        cursor.execute(
            f"SELECT f.scope, f.version, f.key, f.is_gone, t.{quoted(table.key_columns[0])} IS NOT NULL, {table.path.sql('t')}, "
            f"{table.selected('t')} FROM ({chosen}) AS f LEFT JOIN {table.sql} t ON {table.key.find('t', 'f.key')}"
            f"{table.path.joins('t')}{table.joins('t')} ORDER BY f.version, f.key",
            values,
            prepare=False,
        )
    return cursor.fetchall()


def _body(unit: Unit, found: list[tuple[Any, ...]]) -> Body:
    table, rows, gone = unit.table, [], []
    for scope, _, key, is_gone, is_there, now, *values in found:
        if unit.kind == "left" or is_gone:
            gone.append(table.key.key(key))
        elif is_there:  # else it was deleted a moment ago, of which a later version tells
            if now != scope:
                raise Moving
            rows.append(table.converted(values))
    return _rows(table, rows, gone)


def _rows(table: HubTable, rows: list[list[Value]], gone: list[Key]) -> Body:
    body = [Rows(table.name, [], [], gone, True)] if gone else []
    return [*body, Rows(table.name, list(table.columns), rows, [], True)] if rows else body
