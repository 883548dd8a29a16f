"""One version, made of what was taken from the outbox: which rows are where now, and who has to be told of what.

    taken       task '7': columns title and team_id, by psql
    the feed    task '7' is in "team:5"
    the row     is in "team:6", and reads ('7', team 6, 'Tea', …)
    so          feed: '7' has gone from "team:5", and is in "team:6"; both in this version
                delta of "team:5": '7' is gone; of "team:6": all of the row
                comments of task '7' may be elsewhere as well, and are looked at, too

All of it happens in the transaction that has taken it, in whose snapshot everything is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from ...store.sql import quoted
from .. import traces
from ..messages import Value, pack, pack_small
from . import foreign, outbox
from .arrays import array
from .capture import ALL, chunks
from .database import Connection, by_index
from .deltas import PAGE_ROWS, Delta
from .layout import SCHEMA, TRACES
from .outbox import Taken, Touched
from .tables import HubTable, HubTables

_NOWHERE: Mapping[str, str] = {}
# More rows of one scope than this are not written down a second time: whoever needs them reads the feed.
MOST_IN_DELTA = PAGE_ROWS

_FEED = f"""
    INSERT INTO {SCHEMA}.feed (scope, "table", key, version, is_gone)
    SELECT scope, %s, key, %s, is_gone FROM unnest(%s::text[], %s::text[], %s::text[]::bool[]) AS new (scope, key, is_gone)
    ON CONFLICT ("table", key, scope) DO UPDATE SET version = excluded.version, is_gone = excluded.is_gone, at = now()"""
# Of what stands in the feed the place is known: to look for it anew and to note that it is held takes half as long again.
_FEED_AGAIN = f"""
    UPDATE {SCHEMA}.feed SET version = %s, is_gone = new.is_gone, at = now()
    FROM unnest(%s::tid[], %s::text[]::bool[]) AS new (place, is_gone) WHERE feed.ctid = new.place"""
_DELTA = f"INSERT INTO {SCHEMA}.delta (version, scope, rows, body) SELECT %s, * FROM unnest(%s::text[], %s::int[], %s::bytea[])"
_SETTLED = f"""
    INSERT INTO {SCHEMA}.settled SELECT *, %s FROM unnest(%s::text[], %s::bigint[])
    ON CONFLICT (replica) DO UPDATE SET number = greatest(settled.number, excluded.number), version = excluded.version"""


def touch_scope(replica: str, scope: str | None = None) -> str:
    """The scope of what is for one replica alone; of a row's content, which it may have only if it has the row's own scope."""
    return f"@{replica}" if scope is None else f"@{replica}/{scope}"


class _Present(NamedTuple):
    """A row as it is: its scope (None: nobody's, or it is not there) and, if they were read, its values."""

    scope: str | None
    values: list[Value] | None


@dataclass
class Version:
    """A version while it is being made."""

    connection: Connection
    tables: HubTables
    number: int
    most_rows: int = outbox.MOST_ROWS
    deltas: dict[str, Delta] = field(default_factory=lambda: defaultdict(Delta))
    large: set[str] = field(default_factory=set)  # scopes whose rows are in the feed alone
    traces: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # of pushes, by scope

    def make(self, taken: Taken) -> None:
        """Write down all of it."""
        for number, at in taken.emptied.items():
            if number in self.tables.by_number:
                self._look_at_emptied(self.tables.by_number[number], at, taken)
        known = [
            (self.tables.by_number[number], rows)
            for number, rows in taken.rows.items()
            if number in self.tables.by_number
        ]
        for table, rows in known:
            foreign.write_marks(self.connection, table, rows)
            self._follow(table, rows, taken)
        with by_index(self.connection):
            for table in self.tables:
                if table.number in taken.rows:
                    self._table(table, taken.rows[table.number], taken.traces)
        self._write_deltas()
        if taken.settled:
            self.connection.execute(
                _SETTLED, (self.number, list(taken.settled), list(taken.settled.values()))
            )

    def _look_at_emptied(self, table: HubTable, at: int, taken: Taken) -> None:
        """What the feed has and the table has not was deleted."""
        found = self.connection.execute(
            f'SELECT f.key FROM {SCHEMA}.feed f WHERE f."table" = %s AND NOT f.is_gone AND f.scope NOT LIKE %s '
            f"AND NOT EXISTS (SELECT 1 FROM {table.sql} t WHERE {table.key.find('t', 'f.key')}) LIMIT %s",
            (table.number, "@%", self.most_rows + 1),
            prepare=False,
        ).fetchall()
        keys = [key for (key,) in found[: self.most_rows]]
        taken.add(outbox.Entry(table.number, keys, "d" if at else "r", ALL, at, ""))
        if len(found) > self.most_rows:
            outbox.put_back(self.connection, table.number, at)

    def _follow(self, table: HubTable, rows: dict[str, Touched], taken: Taken) -> None:
        """Rows whose scope is found by way of these may be in another one now."""
        for other in self.tables:
            for place, step in enumerate(other.path.steps[1:], 1):
                if step.table == table.name:
                    moved = [
                        key for key, touched in rows.items() if _may_have_moved(table, step.column, touched)
                    ]
                    if moved:
                        self._look_at_dependants(other, f"p{place}", table, moved, taken)

    def _look_at_dependants(
        self, other: HubTable, alias: str, table: HubTable, moved: list[str], taken: Taken
    ) -> None:
        dependants = (
            f"SELECT DISTINCT {other.key.of('t')} AS key FROM {other.sql} t{other.path.joins('t')} "
            f"JOIN unnest(%s::text[]) AS k (key) ON {table.key.find(alias, 'k.key')}"
        )
        found = self.connection.execute(
            f"{dependants} LIMIT %s", (array(moved), self.most_rows + 1), prepare=False
        ).fetchall()
        if len(found) > self.most_rows:
            self.connection.execute(
                f'INSERT INTO {SCHEMA}.outbox ("table", keys, rows, kind, mask, at, origin) '
                f"SELECT {other.number}, keys, rows, 'm', 0, 0, '' FROM ({chunks(dependants)}) AS dependants",
                (array(moved),),
                prepare=False,
            )
            return
        if found:
            taken.add(outbox.Entry(other.number, [key for (key,) in found], "m", 0, 0, ""))

    def _table(
        self, table: HubTable, rows: dict[str, Touched], traced: Mapping[str, tuple[str, ...]]
    ) -> None:
        """What became of the rows of one table."""
        with_values = len(rows) <= MOST_IN_DELTA
        before = self._read_feed(table, list(rows))
        table = _told(table, rows, before)
        present = self._read(table, list(rows), with_values)
        feed: dict[tuple[str, str], bool] = {}
        for key, touched in rows.items():
            row, old = present[key], before.get(key, _NOWHERE)
            for scope in old.keys() - {row.scope}:
                feed[scope, key] = True
                self._gone(table, scope, key)
            if row.scope is not None and (touched.is_written or row.scope not in old):
                feed[row.scope, key] = False
                self._there(table, row.scope, row, touched, is_new=row.scope not in old)
            if traced and not touched.writers.isdisjoint(traced):
                self._trace({*old, row.scope}, chain(*(traced.get(each, ()) for each in touched.writers)))
            is_told = touched.touches or len(touched.writers) > 1 or not old  # of few rows
            for replica in touched.touches | _to_be_told(touched, row.scope, old) if is_told else ():
                feed[touch_scope(replica), key] = False
                self._touch(table, replica, key, row)
        self._write_feed(table, feed, before)
        foreign.drop_documents(
            self.connection, table, [key for key in rows if key not in present or present[key].values is None]
        )

    def _read(self, table: HubTable, keys: list[str], with_values: bool) -> dict[str, _Present]:
        """The rows as they are."""
        values = f", {table.selected('t')}" if with_values else ""
        joins = table.path.joins("t") + (table.joins("t") if with_values else "")
        cursor = self.connection.cursor(binary=True)
        cursor.execute(
            f"SELECT k.key, t.{quoted(table.key_columns[0])} IS NOT NULL, {table.path.sql('t')}{values} "
            f"FROM unnest(%s::text[]) AS k (key) LEFT JOIN {table.sql} t ON {table.key.find('t', 'k.key')}{joins}",
            (array(keys),),
            prepare=False,
        )
        return {
            key: _Present(
                scope if is_there else None, table.converted(row) if with_values and is_there else None
            )
            for key, is_there, scope, *row in cursor
        }

    def _read_feed(self, table: HubTable, keys: list[str]) -> dict[str, dict[str, str]]:
        """The scope in which everybody believes each row to be, and the place where the feed says so."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        # OFFSET 0 has PostgreSQL look up each key: with no statistics yet it would read all of the table's rows for each.
        rows = self.connection.execute(
            f"SELECT k.key, f.scope, f.ctid FROM unnest(%s::text[]) AS k (key) CROSS JOIN LATERAL (SELECT scope, ctid FROM {SCHEMA}.feed f "
            "WHERE f.\"table\" = %s AND f.key = k.key AND NOT f.is_gone AND f.scope NOT LIKE '@%%' OFFSET 0) AS f",
            (array(keys), table.number),
            prepare=False,
        )
        for key, scope, place in rows:
            found[key][scope] = place
        return found

    def _write_feed(
        self,
        table: HubTable,
        feed: Mapping[tuple[str, str], bool],
        before: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Have the feed say in this version where rows are, or are no more."""
        again: list[tuple[str, str]] = []
        new: list[tuple[str, str, str]] = []
        for (scope, key), is_gone in feed.items():
            place, said = before.get(key, _NOWHERE).get(scope), "t" if is_gone else "f"
            if place is None:
                new.append((scope, key, said))
            else:
                again.append((place, said))
        if again:
            arrays = map(array, zip(*again, strict=True))
            self.connection.execute(_FEED_AGAIN, (self.number, *arrays), prepare=False)
        if new:
            arrays = map(array, zip(*new, strict=True))
            self.connection.execute(_FEED, (table.number, self.number, *arrays), prepare=False)

    def _gone(self, table: HubTable, scope: str, key: str) -> None:
        self.deltas[scope].remove(table.name, table.key.key(key))

    def _there(self, table: HubTable, scope: str, row: _Present, touched: Touched, is_new: bool) -> None:
        if row.values is None:
            self.large.add(scope)
        elif is_new or touched.is_whole:
            self.deltas[scope].add(table.name, table.columns, row.values, is_whole=True)
        else:
            columns = table.changed(touched.mask)
            values = [row.values[table.places[name]] for name in columns]
            self.deltas[scope].add(table.name, columns, values, is_whole=False)

    def _touch(self, table: HubTable, replica: str, key: str, row: _Present) -> None:
        """Once more for one replica alone: gone, unless it has the row's scope."""
        self._gone(table, touch_scope(replica), key)
        if row.scope is not None and row.values is None:
            self.large.add(touch_scope(replica))
        elif row.scope is not None and row.values is not None:
            self.deltas[touch_scope(replica, row.scope)].add(
                table.name, table.columns, row.values, is_whole=True
            )

    def _trace(self, scopes: Collection[str | None], found: Iterable[str]) -> None:
        few = [*found]
        for scope in scopes:
            if scope is not None and len(self.traces[scope]) < traces.MOST:
                self.traces[scope].update(few)

    def _write_deltas(self) -> None:
        scopes = [*self.deltas, *(self.large - self.deltas.keys())]
        if not scopes:
            return
        bodies = [
            None
            if scope in self.large or self.deltas[scope].count > MOST_IN_DELTA
            else pack_small(self.deltas[scope].body())  # what is too large for a page is read from the feed
            for scope in scopes
        ]
        counts = [self.deltas[scope].count for scope in scopes]
        if self.traces:
            scopes, counts = [*scopes, TRACES], [*counts, 0]
            bodies.append(pack({scope: traces.few(found) for scope, found in self.traces.items()}))
        self.connection.execute(_DELTA, (self.number, scopes, counts, bodies), prepare=False)


def _told(table: HubTable, rows: Mapping[str, Touched], before: Mapping[str, Mapping[str, str]]) -> HubTable:
    """The table with the columns of which anybody is told: where everybody has its rows, those that were written, often one of many."""
    every = {id(touched): touched for touched in rows.values()}.values()  # rows of an entry share one
    is_part = not any(each.is_whole or each.touches or len(each.writers) > 1 for each in every)
    is_everybodys = not table.path.steps and all("" in before.get(key, _NOWHERE) for key in rows)
    if table.texts or not is_part or not is_everybodys:
        return table
    told = {name for each in every for name in table.changed(each.mask)}
    return replace(table, forms={name: form for name, form in table.forms.items() if name in told})


def _may_have_moved(table: HubTable, column: str, touched: Touched) -> bool:
    """Whether a row that others hang on may lead them elsewhere: not if it is new."""
    is_other = column not in table.key_columns and column in table.changed(touched.mask)
    return is_other or "r" in touched.kinds or touched.kinds >= {"i", "d"}


def _to_be_told(touched: Touched, scope: str | None, old: Collection[str]) -> frozenset[str]:
    """Replicas that wrote a row which then went another way before anybody heard of it, or which somebody else wrote as well."""
    was_never_known = not old and (scope is None or "m" in touched.kinds)
    return touched.writers - {""} if was_never_known or len(touched.writers) > 1 else frozenset()
