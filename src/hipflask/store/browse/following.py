"""Whom a change concerns: nobody, those who show the row, those whose order it changes, or those whose rows it adds or takes away. Pure.

    interest = Interest(selects={"trade": {"id", "desk"}}, sorts={"trade": {"price"}}, shows={"trade": {"price", "size"}})
    interest.level(changes of `size` in rows 4 and 9, visible={"trade": {1, 2, 3}})   → NOTHING
    interest.level(changes of `size` in row 2, …)                                    → CELLS
    interest.level(changes of `price` in row 9, …)                                   → ORDER
    interest.level(a new row, or another `desk` in row 9, …)                         → ROWS

Twenty thousand changes a second are looked at, so those of a batch are put together by what they have changed, once for everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..changes.log import Batch
from ..live.queries import full_name
from ..live.reading import EVERYTHING
from .asked import Reads

NOTHING, CELLS, ORDER, ROWS = range(4)


@dataclass(slots=True)
class Changed:
    """What has happened to one table."""

    has_other_rows: bool = False
    updates: dict[frozenset[str], list[Any]] = field(
        default_factory=dict
    )  # keys, by the columns that changed


@dataclass(frozen=True, slots=True)
class Changes:
    """One batch, table by table; `has_gap` if nobody knows what has happened."""

    schema: str
    newest: int
    tables: Mapping[str, Changed]
    has_gap: bool = False


def gathered(schema: str, batch: Batch) -> Changes:
    """A batch, put together by what has changed."""
    tables: dict[str, Changed] = {}
    for change in batch.changes:
        changed = tables.get(change.table)
        if changed is None:
            changed = tables[change.table] = Changed()
        if change.kind != "update":
            changed.has_other_rows = True
        elif (keys := changed.updates.get(change.columns)) is None:
            changed.updates[change.columns] = [change.key]
        else:
            keys.append(change.key)
    named = {full_name(schema, name): changed for name, changed in tables.items()}
    return Changes(schema, batch.newest, named, batch.has_gap)


@dataclass(frozen=True)
class Interest:
    """What one answer depends on."""

    selects: Reads
    sorts: Reads
    shows: Reads

    def level(self, changes: Changes, visible: Mapping[str, Collection[Any]] | None) -> int:
        """The most that any of the changes means for it; `visible` are the keys of the rows shown, None while that is not known."""
        if changes.has_gap:
            return ROWS
        return max(
            (self._of_table(name, each, visible) for name, each in changes.tables.items()), default=NOTHING
        )

    def _of_table(self, name: str, changed: Changed, visible: Mapping[str, Collection[Any]] | None) -> int:
        if EVERYTHING in self.selects:
            return ROWS
        if name not in self.selects and name not in self.sorts and name not in self.shows:
            return NOTHING
        if changed.has_other_rows or _meet(self.selects.get(name), changed.updates):
            return ROWS
        if _meet(self.sorts.get(name), changed.updates):
            return ORDER
        shown = self.shows.get(name, frozenset())
        there = None if visible is None else visible.get(name, ())
        for columns, keys in changed.updates.items():
            if not columns.isdisjoint(shown) and (there is None or not _apart(there, keys)):
                return CELLS
        return NOTHING


def _meet(columns: frozenset[str] | None, updates: Mapping[frozenset[str], Sequence[Any]]) -> bool:
    return columns is not None and any(not each.isdisjoint(columns) for each in updates)


def _apart(there: Collection[Any], keys: Sequence[Any]) -> bool:
    return (
        there.isdisjoint(keys)
        if isinstance(there, set | frozenset)
        else not any(key in there for key in keys)
    )
