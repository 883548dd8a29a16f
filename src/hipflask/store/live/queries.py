"""Live queries: who has read what, and so who is to be told of a change.

    player = LiveQuery(index, [Read("player", {"base": "first"}, {"id", "name", "base"})])
    player.watch(part)                      it is in the index from here on, and counts every change of its tables
    …the statement runs…
    player.settle({"0192…"})                it knows which rows it has shown, and is precise from here on

    index.touched(changes, fetch) → the live queries that might give another answer now

A changed row touches a query if the query showed it, or if it has all the values that the query asks for *now*. A query that
does not know which rows it showed (a count, an offset) is touched by every row that may have left it, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from ...core.ports import Watcher
from ..changes.log import Change
from .reading import EVERYTHING

Row = Mapping[str, Any]
# fetch(table, keys, columns) → the rows that are there now, by key, with those columns as SQLite keeps them.
Fetch = Callable[[str, Collection[Any], Collection[str]], Mapping[Any, Row]]
Place = tuple[str, str, Any]  # table, column, value

# A batch of changes is looked at in bites, so that an import of a million rows does not fetch them all at once.
BITE = 10_000


@dataclass(frozen=True, slots=True)
class Read:
    """What one live query reads of one table: under which equalities (as SQLite keeps values), and which columns."""

    table: str
    equalities: Mapping[str, Any]
    columns: frozenset[str] | None = None  # None: all of them

    @property
    def place(self) -> Place | None:
        """The equality that it is found by."""
        return next(((self.table, *pair) for pair in self.equalities.items()), None)

    def cares_for(self, columns: frozenset[str] | None) -> bool:
        """Whether a change of these columns can matter; None stands for all."""
        return columns is None or self.columns is None or not self.columns.isdisjoint(columns)

    def may_lose_by(self, columns: frozenset[str] | None) -> bool:
        """Whether a row may have stopped matching when these columns changed."""
        return columns is None or not columns.isdisjoint(self.equalities)

    def matches(self, row: Row | None) -> bool:
        """Whether a row has all the values asked for."""
        return row is not None and all(
            row.get(name, value) == value for name, value in self.equalities.items()
        )


class LiveQuery:
    """One read of one drawing; a `Source`. It is in the index for as long as somebody watches."""

    def __init__(self, index: LiveQueries, reads: Sequence[Read]) -> None:
        self.reads = reads
        self.keys: Collection[Any] | None = (
            None  # of the rows that it showed, if each was one row of one table
        )
        self.is_settled = False
        self._index = index
        self._watchers: set[Watcher] = set()

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` when the answer may be another one, from now on."""
        if not self._watchers:
            self._watchers.add(watcher)
            self._index.add(self)
        self._watchers.add(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""
        self._watchers.discard(watcher)
        if not self._watchers:
            self._index.remove(self)

    def settle(self, keys: Collection[Any] | None) -> None:
        """The statement has run: these are the keys of the rows that it showed, None if they are not known."""
        self._index.settle(self, keys)

    @property
    def watchers(self) -> tuple[Watcher, ...]:
        """Who would be told just now."""
        return tuple(self._watchers)

    def changed(self) -> None:
        """Tell everyone who watches."""
        for watcher in tuple(self._watchers):
            watcher.changed()


class LiveQueries:
    """All live queries of one store, found by what they read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._all: set[LiveQuery] = set()
        self._unsettled: defaultdict[str, set[LiveQuery]] = defaultdict(set)
        self._by_key: defaultdict[tuple[str, Any], set[LiveQuery]] = defaultdict(set)
        self._by_place: defaultdict[Place, set[LiveQuery]] = defaultdict(set)
        self._by_table: defaultdict[str, set[LiveQuery]] = defaultdict(set)  # under no equality
        self._keyless: defaultdict[str, set[LiveQuery]] = defaultdict(set)  # under one, with unknown rows
        self._columns: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def __len__(self) -> int:
        return len(self._all)

    def add(self, query: LiveQuery) -> None:
        """Count every change of its tables, until it is settled."""
        with self._lock:
            self._all.add(query)
            if query.is_settled:
                self._put(query)
            else:
                for read in query.reads:
                    self._unsettled[read.table].add(query)

    def settle(self, query: LiveQuery, keys: Collection[Any] | None) -> None:
        """Be precise about it from now on."""
        with self._lock:
            if query.is_settled:
                return
            query.keys, query.is_settled = keys, True
            if query in self._all:
                self._take_unsettled(query)
                self._put(query)

    def remove(self, query: LiveQuery) -> None:
        """Forget it."""
        with self._lock:
            if query not in self._all:
                return
            self._all.discard(query)
            if not query.is_settled:
                self._take_unsettled(query)
                return
            for sets, name in self._homes(query):
                sets[name].discard(query)
                if not sets[name]:
                    del sets[name]
            for read in query.reads:
                for column in read.equalities:
                    self._columns[read.table][column] -= 1

    def _take_unsettled(self, query: LiveQuery) -> None:
        for read in query.reads:
            self._unsettled[read.table].discard(query)

    def _put(self, query: LiveQuery) -> None:
        for sets, name in self._homes(query):
            sets[name].add(query)
        for read in query.reads:
            for column in read.equalities:
                self._columns[read.table][column] += 1

    def _homes(self, query: LiveQuery) -> Iterator[tuple[Any, Any]]:
        """The sets that a settled query is in."""
        for read in query.reads:
            place = read.place
            yield (self._by_table, read.table) if place is None else (self._by_place, place)
            if query.keys is None and place is not None:
                yield self._keyless, read.table
            for key in query.keys or ():
                yield self._by_key, (read.table, key)

    def everything(self) -> set[LiveQuery]:
        """All of them: what is touched when nobody knows what has changed."""
        with self._lock:
            return set(self._all)

    def touched(
        self, changes: Sequence[Change], fetch: Fetch, schema: str = "main"
    ) -> dict[LiveQuery, tuple[str, Any]]:
        """The live queries whose answer may be another one after these changes, each with the table and key of a row that is to blame."""
        found: dict[LiveQuery, tuple[str, Any]] = {}
        for name, rows in _fold(changes).items():
            table = full_name(schema, name)
            keys = list(rows)
            with self._lock:
                for suspects in (
                    self._unsettled.get(table),
                    self._unsettled.get(EVERYTHING),
                    self._by_table.get(EVERYTHING),
                ):
                    found = dict.fromkeys(suspects or (), (name, keys[0])) | found
                columns = [column for column, count in self._columns[table].items() if count]
            for bite in (keys[start : start + BITE] for start in range(0, len(keys), BITE)):
                now = fetch(table, bite, columns) if columns else {}
                with self._lock:
                    for key in bite:
                        for query in self._touched_by(table, key, rows[key], now.get(key)):
                            found.setdefault(query, (name, key))
        return found

    def _touched_by(
        self, table: str, key: Any, change: frozenset[str] | None, row: Row | None
    ) -> Iterator[LiveQuery]:
        for query in self._by_key.get((table, key), ()):
            if any(read.cares_for(change) for read in query.reads if read.table == table):
                yield query
        for query in self._by_table.get(table, ()):
            if any(read.cares_for(change) for read in query.reads if read.table == table):
                yield query
        for pair in (row or {}).items():
            for query in self._by_place.get((table, *pair), ()):
                if any(
                    read.cares_for(change) and read.matches(row)
                    for read in query.reads
                    if read.table == table
                ):
                    yield query
        for query in self._keyless.get(table, ()):
            if any(read.may_lose_by(change) for read in query.reads if read.table == table):
                yield query


def full_name(schema: str, table: str) -> str:
    """A table's name as SQLAlchemy has it."""
    return table if schema == "main" else f"{schema}.{table}"


def _fold(changes: Iterable[Change]) -> dict[str, dict[Any, frozenset[str] | None]]:
    """Each changed row once, by table and key, with all columns that changed; None where it came or went."""
    folded: dict[str, dict[Any, frozenset[str] | None]] = {}
    for change in changes:
        rows = folded.setdefault(change.table, {})
        before = rows.get(change.key, frozenset())
        is_whole = change.kind != "update" or before is None
        rows[change.key] = None if is_whole else (before or frozenset()) | change.columns
    return folded
