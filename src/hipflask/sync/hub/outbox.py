"""What triggers and pushes have written down since the last version: taken by whole transactions, and put together by row.

    8812  item  {'7','9'}  u  0b100  by psql                →   item '7': columns 0b101; psql wrote 0b100 of it at 12:00:01,
    8813  item  {'7'}      u  0b001  by the replica d3f0        and d3f0 is among its writers; item '9': column 0b100, by psql
    8813  -     {'12'}     s         by the replica d3f0    →   d3f0's push 12 is settled
    8813  -     {'00-…'}   c         by the replica d3f0    →   the span of that push, where somebody looks inside

A transaction of more than `MOST_ROWS` rows is taken in parts, in turn with all the small ones, so that nobody waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg

from .. import traces
from .capture import ALL
from .database import Connection
from .layout import SCHEMA

MOST_ROWS = 20_000
# While a part of a large one is worked out, the others wait. So many that no values are read: whoever needs them reads the feed.
PART_ROWS = 6_000

_COLUMNS = '"table", keys, kind::text, mask, at, origin'
_WAITING = f"SELECT coalesce(sum(rows), 0) FROM (SELECT rows FROM {SCHEMA}.outbox LIMIT %s) AS waiting"
_SIZES = f"SELECT xid::text, sum(rows) FROM {SCHEMA}.outbox GROUP BY xid ORDER BY xid"
_ALL = f"DELETE FROM {SCHEMA}.outbox RETURNING {_COLUMNS}"
_SOME = f"DELETE FROM {SCHEMA}.outbox WHERE xid = ANY(%s::text[]::xid8[]) RETURNING {_COLUMNS}"
_PART = (
    f"DELETE FROM {SCHEMA}.outbox WHERE ctid = ANY(ARRAY(SELECT ctid FROM (SELECT ctid, sum(rows) OVER (ORDER BY ctid) - rows AS before "
    f"FROM {SCHEMA}.outbox WHERE xid = %s::text::xid8) AS one WHERE before < %s)) RETURNING {_COLUMNS}"
)
_ALL_OF_ONE = f"UPDATE {SCHEMA}.outbox SET origin = %(origin)s WHERE ctid = %(place)s::tid"
_SOME_OF_ONE = f"""
    WITH divided AS (
        UPDATE {SCHEMA}.outbox SET keys = ARRAY(SELECT key FROM unnest(keys) AS key WHERE NOT key = ANY(%(keys)s)), rows = rows - %(rows)s
        WHERE ctid = %(place)s::tid RETURNING *)
    INSERT INTO {SCHEMA}.outbox SELECT xid, "table", %(keys)s, kind, mask, at, %(origin)s, %(rows)s FROM divided"""


class Entry(NamedTuple):
    """One row of the outbox."""

    table: int
    keys: Sequence[str]
    kind: str
    mask: int
    at: int
    origin: str


@dataclass(frozen=True, slots=True)
class Touched:
    """What is known of a row that was written; all rows of an entry share one."""

    mask: int = 0  # columns that were updated
    kinds: frozenset[str] = frozenset()
    writers: frozenset[str] = frozenset()  # "" is a writer in the database
    touches: frozenset[str] = frozenset()  # replicas that are to be given it once more
    foreign_mask: int = 0
    foreign_kinds: frozenset[str] = frozenset()
    foreign_at: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all columns may be others than before."""
        return not self.kinds.isdisjoint("idr")

    @property
    def is_written(self) -> bool:
        """Whether anything of it may be another, not only its scope."""
        return self.is_whole or self.mask != 0

    def __or__(self, other: Touched) -> Touched:
        """What both come to."""
        return Touched(
            self.mask | other.mask,
            self.kinds | other.kinds,
            self.writers | other.writers,
            self.touches | other.touches,
            self.foreign_mask | other.foreign_mask,
            self.foreign_kinds | other.foreign_kinds,
            max(self.foreign_at, other.foreign_at),
        )


def touched(entry: Entry) -> Touched:
    """What one entry says of each of its rows."""
    if entry.kind == "o":
        return Touched(touches=frozenset({entry.origin}))
    mask = entry.mask if entry.kind == "u" else 0
    kinds = frozenset(entry.kind)
    if entry.kind not in "iud":
        return Touched(mask, kinds)
    if entry.origin:
        return Touched(mask, kinds, frozenset({entry.origin}))
    return Touched(mask, kinds, frozenset({""}), frozenset(), mask, kinds, entry.at)


@dataclass
class Taken:
    """What one version is made of."""

    entries: int = 0
    rows: dict[int, dict[str, Touched]] = field(default_factory=lambda: defaultdict(dict))
    # Tables of which everything that the feed has is to be looked at, and since when.
    emptied: dict[int, int] = field(default_factory=dict)
    settled: dict[str, int] = field(default_factory=dict)
    traces: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of each replica's pushes
    at: int = 0  # the newest

    def add(self, entry: Entry) -> None:
        """Count one more row of the outbox."""
        self.entries += 1
        self.at = max(self.at, entry.at)
        if entry.kind == "s":
            self.settled[entry.origin] = max(self.settled.get(entry.origin, 0), *map(int, entry.keys))
        elif entry.kind == "c":
            self.traces[entry.origin] = traces.few((*entry.keys, *self.traces.get(entry.origin, ())))
        elif entry.kind == "t":
            self.emptied[entry.table] = max(self.emptied.get(entry.table, 0), entry.at)
        else:
            rows, new = self.rows[entry.table], touched(entry)
            for key in entry.keys:
                known = rows.get(key)
                rows[key] = new if known is None else known | new


def collected(entries: Iterable[tuple[Any, ...]]) -> Taken:
    """Rows of the outbox, put together."""
    taken = Taken()
    for entry in entries:
        taken.add(Entry._make(entry))
    return taken


def take(connection: Connection, is_large_ones_turn: bool, most: int = MOST_ROWS) -> tuple[Taken, bool]:
    """Take what the next version is made of; and whether there is more in this snapshot, so that it is the others' turn next."""
    (waiting,) = connection.execute(_WAITING, (most + 1,)).fetchone() or (0,)
    if waiting <= most:
        return collected(connection.execute(_ALL)), False
    small, large = _sorted(connection.execute(_SIZES).fetchall(), most)
    if large and (is_large_ones_turn or not small):
        return collected(connection.execute(_PART, (large[0], min(most, PART_ROWS)))), True
    return collected(connection.execute(_SOME, (small,))), True


def _sorted(sizes: list[tuple[str, int]], most: int) -> tuple[list[str], list[str]]:
    """The small transactions, as many as make one version, and the large ones; oldest first."""
    small, large, rows = [], [], 0
    for xid, size in sizes:
        if size > most:
            large.append(xid)
        elif rows + size <= most:
            rows += size
            small.append(xid)
    return small, large


def put_back(connection: Connection, table: int, at: int) -> None:
    """Have the rest of what the feed has of a table be looked at by the next version."""
    connection.execute(
        f"INSERT INTO {SCHEMA}.outbox (\"table\", keys, kind, mask, at, origin) VALUES (%s, '{{}}', 't', {ALL}, %s, '')",
        (table, at),
    )


def give(cursor: psycopg.Cursor[Any], place: str, rows: int, keys: Sequence[str], origin: str) -> None:
    """Have some rows of an entry count as written by somebody else; `place` is its ctid, and it is held by this transaction."""
    values = {"place": place, "keys": list(keys), "rows": len(keys), "origin": origin}
    cursor.execute(_ALL_OF_ONE if len(keys) == rows else _SOME_OF_ONE, values)
