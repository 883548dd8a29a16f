"""What was written here and is not in the hub yet, as far as one knows: the change log, row by row.

    insert (clock 10), update name (clock 20)       → insert: name 20, all other columns 10
    update name (10), update price (20), name (30)  → update: name 30, price 20
    insert, delete                                  → nothing: nobody else need ever hear of it, unless one of its key
                                                      had come from the hub in between (`under.keep_deletes`)
    delete, insert                                  → insert, of a row that the hub knows (`is_known`)

No values: whoever pushes reads the row as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...store.changes.log import Change
from .shapes import Place, Shape


@dataclass(slots=True)
class Written:
    """When something was written: by the clock at last, and at which place of the log for the first time."""

    clock: int
    first: int


@dataclass(slots=True)
class Pending:
    """What became of one row here. Of an update, the columns; of an insert, all of them; of a delete, none."""

    kind: Literal["insert", "update", "delete", "nothing"]
    written: Written
    since: int  # the place of the log of the very first of it
    columns: dict[str, Written] = field(default_factory=dict)
    is_known: bool = True  # the hub has, or had, a row of this key

    @property
    def first(self) -> int:
        """The place of the log of the first of it: what came later from the hub was never seen."""
        return min((each.first for each in self.columns.values()), default=self.written.first)

    def told_by(self, uptos: Iterable[int]) -> int | None:
        """Of pushes that go up to these places of the log, the newest that told of a row that is gone by now; None: none did."""
        return max((upto for upto in uptos if self.since <= upto < self.written.first), default=None)

    @property
    def is_gone(self) -> bool:
        """Whether there is no row here, and there is to be none."""
        return self.kind in ("delete", "nothing")


Pendings = dict[Place, Pending]


def fold(changes: Iterable[Change], shapes: Mapping[str, Shape], found: Pendings | None = None) -> Pendings:
    """What the changes come to, by row; added to what was found before."""
    found = {} if found is None else found
    for change in changes:
        place = (change.table, change.key)
        found[place] = _followed(found.get(place), change, shapes[change.table])
    return found


def _followed(before: Pending | None, change: Change, shape: Shape) -> Pending:
    now = Written(change.clock, change.sequence)
    is_known = before is None or before.is_known
    since = change.sequence if before is None else before.since
    if change.kind == "insert":
        columns = {name: Written(change.clock, change.sequence) for name in shape.columns}
        return Pending("insert", now, since, columns, is_known=before is not None and before.is_known)
    if change.kind == "delete":
        return Pending("delete" if is_known else "nothing", now, since, is_known=is_known)
    is_there = before is not None and not before.is_gone
    pending = before if before is not None and is_there else Pending("update", now, since, is_known=is_known)
    for name in shape.with_groups(change.columns):
        first = pending.columns[name].first if name in pending.columns else change.sequence
        pending.columns[name] = Written(change.clock, first)
    return pending
