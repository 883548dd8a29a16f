"""What triggers and pushes have written down since the last version: taken by whole transactions, and put together by row.

    8812  item  '7'  u  0b100  by psql                  →   item '7': columns 0b101; psql wrote 0b100 of it at 12:00:01,
    8813  item  '7'  u  0b001  by the replica d3f0                     and d3f0 is among its writers
    8813  -     '12' s         by the replica d3f0      →   d3f0's push 12 is settled

A transaction of more than `MOST_ROWS` rows is taken in parts, in turn with all the small ones, so that nobody waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .capture import ALL
from .database import Connection
from .layout import SCHEMA

MOST_ROWS = 20_000
PART_ROWS = 8_000  # a part of a large one takes about a third of a second, for which the others wait

_COLUMNS = '"table", key, kind::text, mask, at, origin'
_ENTRIES = f"SELECT count(*) FROM (SELECT 1 FROM {SCHEMA}.outbox LIMIT %s) AS waiting"
# One look into the index for each transaction, and not one at each of a million rows.
_SIZES = f"""
    WITH RECURSIVE each (xid) AS (
        (SELECT xid FROM {SCHEMA}.outbox ORDER BY xid LIMIT 1)
        UNION ALL SELECT (SELECT o.xid FROM {SCHEMA}.outbox o WHERE o.xid > each.xid ORDER BY o.xid LIMIT 1) FROM each WHERE each.xid IS NOT NULL)
    SELECT xid::text, (SELECT count(*) FROM (SELECT 1 FROM {SCHEMA}.outbox o WHERE o.xid = each.xid LIMIT %s) AS of_one) FROM each WHERE xid IS NOT NULL"""
_ALL = f"DELETE FROM {SCHEMA}.outbox RETURNING {_COLUMNS}"
_SOME = f"DELETE FROM {SCHEMA}.outbox WHERE xid = ANY(%s::text[]::xid8[]) RETURNING {_COLUMNS}"
_PART = (
    f"DELETE FROM {SCHEMA}.outbox WHERE ctid = ANY(ARRAY(SELECT ctid FROM {SCHEMA}.outbox WHERE xid = %s::text::xid8 LIMIT %s)) "
    f"RETURNING {_COLUMNS}"
)


class Entry(NamedTuple):
    """One row of the outbox."""

    table: int
    key: str
    kind: str
    mask: int
    at: int
    origin: str


@dataclass
class Touched:
    """What is known of a row that was written."""

    mask: int = 0  # columns that were updated
    kinds: set[str] = field(default_factory=set)
    writers: set[str] = field(default_factory=set)  # "" is a writer in the database
    touches: set[str] = field(default_factory=set)  # replicas that are to be given it once more
    foreign_mask: int = 0
    foreign_kinds: set[str] = field(default_factory=set)
    foreign_at: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all columns may be others than before."""
        return not self.kinds.isdisjoint("idr")

    @property
    def is_written(self) -> bool:
        """Whether anything of it may be another, not only its scope."""
        return self.is_whole or self.mask != 0

    def add(self, entry: Entry) -> None:
        """Count one more row of the outbox."""
        if entry.kind == "o":
            self.touches.add(entry.origin)
            return
        self.kinds.add(entry.kind)
        self.mask |= entry.mask if entry.kind == "u" else 0
        if entry.kind in "iud":
            self.writers.add(entry.origin)
            if entry.origin == "":
                self.foreign_kinds.add(entry.kind)
                self.foreign_mask |= entry.mask if entry.kind == "u" else 0
                self.foreign_at = max(self.foreign_at, entry.at)


@dataclass
class Taken:
    """What one version is made of."""

    entries: int = 0
    rows: dict[int, dict[str, Touched]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Touched))
    )
    emptied: dict[int, int] = field(
        default_factory=dict
    )  # tables of which everything that the feed has is to be looked at, and since when
    settled: dict[str, int] = field(default_factory=dict)
    at: int = 0  # the newest


def collected(entries: Iterable[tuple[Any, ...]]) -> Taken:
    """Rows of the outbox, put together."""
    taken = Taken()
    for entry in map(Entry._make, entries):
        taken.entries += 1
        taken.at = max(taken.at, entry.at)
        if entry.kind == "s":
            taken.settled[entry.origin] = max(taken.settled.get(entry.origin, 0), int(entry.key))
        elif entry.kind == "t":
            taken.emptied[entry.table] = max(taken.emptied.get(entry.table, 0), entry.at)
        else:
            taken.rows[entry.table][entry.key].add(entry)
    return taken


def take(connection: Connection, is_large_ones_turn: bool, most: int = MOST_ROWS) -> tuple[Taken, bool]:
    """Take what the next version is made of; and whether there is more in this snapshot, so that it is the others' turn next."""
    (waiting,) = connection.execute(_ENTRIES, (most + 1,)).fetchone() or (0,)
    if waiting <= most:
        return collected(connection.execute(_ALL)), False
    small, large = _sorted(connection.execute(_SIZES, (most + 1,)).fetchall(), most)
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
        f"INSERT INTO {SCHEMA}.outbox (\"table\", key, kind, mask, at, origin) VALUES (%s, '', 't', {ALL}, %s, '')",
        (table, at),
    )
