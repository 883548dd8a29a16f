"""What is to become of the rows of a checkpoint, worked out while people go on writing.

    with reading(connection):
        weighed = weigh(…)                     takes its time: nobody waits
    with writing(connection):
        weighed.forget(log.read(…))            what was written meanwhile is weighed once more, in the transaction
        …                                      and everything else is only written

What needs more than a look is left to the transaction as well: where something that is pending is given up, or where the same
checkpoint settles a push.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ...store.changes.log import Batch, Log
from ...store.changes.names import Key
from .identity import pushed_uptos
from .overlay import Coming, Comings, Outcome, Under, as_here, overlaid
from .pending import Pending, Pendings
from .shapes import Place, Row, Shape, logged
from .under import Unders, read_unders

NOTHING = Under()


@dataclass
class Ready:
    """What is to be done with the rows of one table."""

    keys: set[Key] = field(default_factory=set)  # of all rows that were weighed
    gone: set[Key] = field(default_factory=set)
    writes: dict[Key, Row] = field(default_factory=dict)
    changes: dict[Key, Row] = field(default_factory=dict)  # of rows that are here, some columns
    noted: dict[Key, Outcome] = field(default_factory=dict)  # of which the hub's side is to be noted

    def add(
        self, shape: Shape, key: Key, current: Row | None, outcome: Outcome, *, is_part: bool = False
    ) -> None:
        """Note what an outcome means for a row that is like this now; or for a part of its columns."""
        self.keys.add(key)
        if outcome.row is None:
            if current is not None:
                self.gone.add(key)
        elif outcome.row != current:
            (self.changes if is_part else self.writes)[key] = outcome.row
        is_told = outcome.before or outcome.states or outcome.is_met is not None
        if is_told or (outcome.row is None and shape.texts):
            self.noted[key] = outcome

    def arrived(self, key: Key, row: Row) -> None:
        """Note a row that is new here, and about which there is nothing to weigh."""
        self.keys.add(key)
        self.writes[key] = row

    def forget(self, key: Key) -> None:
        """It has to be weighed once more."""
        self.keys.discard(key)
        self.gone.discard(key)
        self.writes.pop(key, None)
        self.changes.pop(key, None)
        self.noted.pop(key, None)


@dataclass
class Weighed:
    """What is to be done with all rows that were weighed, as of one place of the log."""

    seen: int
    tables: dict[str, Ready] = field(default_factory=dict)

    def forget(self, since: Batch) -> None:
        """What was written since then has to be weighed once more."""
        if since.has_gap:
            self.tables.clear()
            return
        for change in since.changes:
            if change.table in self.tables:
                self.tables[change.table].forget(change.key)

    def of(self, table: str) -> Ready:
        """What is to be done with the rows of a table."""
        return self.tables.get(table) or Ready()


def weigh(
    connection: sqlite3.Connection,
    change_log: Log,
    shapes: Mapping[str, Shape],
    comings: Comings,
    pendings: Pendings,
    settled: int,
) -> Weighed:
    """Look what becomes of the rows that have come, in somebody's transaction that reads; pushes up to `settled` end with them."""
    weighed = Weighed(change_log.newest(connection))
    uptos, settling = pushed_uptos(connection), _settling(connection, settled)
    for name, table in comings.items():
        shape, ready = shapes[name], weighed.tables.setdefault(name, Ready())
        part = _part(shape, table)
        current = shape.rows(connection, table, part)
        pending = pending_of(name, table, pendings)
        unders = read_unders(connection, shape, pending) if pending else Unders.none()
        for key, coming in table.items():
            here, row = pending.get(key), current.get(key)
            if here is None and row is None and coming.is_whole and not coming.is_gone and not shape.texts:
                ready.arrived(key, as_here(shape, coming))  # most rows of a download: three times as fast
                continue
            if here is not None and (is_unheard(here, uptos) or (name, logged(key)) in settling):
                continue
            outcome = outcome_of(shape, key, coming, row, here, unders)
            if not outcome.is_lost and not outcome.is_broken:
                ready.add(shape, key, row, outcome, is_part=part is not None)
    return weighed


def _part(shape: Shape, comings: Mapping[Key, Coming]) -> Collection[str] | None:
    """Where only some columns of rows have come, and nothing else of these matters: which. One of nine is read and written in half the time."""
    if shape.watched or shape.has_uniques or any(each.is_whole or each.is_gone for each in comings.values()):
        return None
    come = set[str]().union(*(each.values for each in comings.values())).difference(shape.key)
    return [name for name in shape.columns if name in come]


def outcome_of(
    shape: Shape, key: Key, coming: Coming, row: Row | None, pending: Pending | None, unders: Unders
) -> Outcome:
    """What becomes of one row."""
    if row is None and pending is not None and not pending.is_gone:
        pending = None  # it went with something that came before
    return overlaid(shape, coming, row, pending, NOTHING if pending is None else unders.of(key))


def pending_of(table: str, keys: Iterable[Key], pendings: Pendings) -> dict[Key, Pending]:
    """What is pending in these rows of a table."""
    return {key: found for key in keys if (found := pendings.get((table, key)))}


def is_unheard(pending: Pending, uptos: Iterable[int]) -> bool:
    """Whether a row came and went here between two pushes, and nobody ever hears of it: what comes is another one of the same key."""
    return pending.kind == "nothing" and pending.told_by(uptos) is None


def _settling(connection: sqlite3.Connection, settled: int) -> set[Place]:
    """Where what is known of the hub's side is another once these pushes are settled; keys as in the change log."""
    return {
        *connection.execute(
            'SELECT DISTINCT "table", key FROM main._hipflask_added WHERE push BETWEEN 1 AND ?', (settled,)
        )
    }
