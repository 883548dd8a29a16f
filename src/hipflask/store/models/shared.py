"""Who may have which rows, once a store is exchanged with others: what a model and a store say about that.

    teams = db.scope("team", lambda user: db.select(Member.team_id).where(Member.user == user))

    class Task(db.Model, scope=teams("team_id")): …             a task is its team's
    class Comment(db.Model, scope=teams("task_id.team_id")): …  a comment is its task's team's, by the foreign key task_id
    class Draft(db.Model, local=True): …                        nobody else's: it never leaves the device
    class Country(db.Model): …                                  everybody's who may sign in

    @db.before_push(Task)
    def only_own(change):
        if change.old is not None and change.old.owner != change.user:
            raise ValueError("Only who made a task may change it.")

Here it is only noted; `sync` acts on it, at the hub.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from ...core.errors import UsageError
from ...core.hints import bare, members
from ...core.merging import Merge
from ..engine import VOLATILE
from ..types.exact import Exact

_INFO = "hipflask.shared"


@dataclass(frozen=True, eq=False)
class Scope:
    """A way to divide rows among people: by the value of a column, of which `allowed(user)` selects those that a user may have."""

    name: str
    allowed: Callable[[str], sa.Select[Any]]

    def __call__(self, path: str) -> Scoped:
        """A model's scope is found by this path: a column, after as many foreign keys as it takes: `"task_id.team_id"`."""
        return Scoped(self, tuple(path.split(".")))


@dataclass(frozen=True)
class Scoped:
    """The scope of a model's rows, and the columns by which its value is found."""

    scope: Scope
    path: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """What a model says about being shared."""

    is_local: bool = False
    scoped: Scoped | None = None


@dataclass(frozen=True)
class PushedChange:
    """One change of a row that somebody wants to push; rows are as they were and as they would be, None before an insert and after a delete."""

    user: str
    model: type
    kind: Literal["insert", "update", "delete"]
    old: Any
    new: Any


PushRule = Callable[[PushedChange], object]


def note(table: sa.Table, is_local: bool, scoped: Scoped | None) -> None:
    """Keep what a model says; raises UsageError for a path that leads nowhere in its first step."""
    if scoped is not None and scoped.path[0] not in table.columns:
        raise UsageError(
            f'scope={scoped.scope.name}("{".".join(scoped.path)}"): the table {table.name!r} has no column {scoped.path[0]!r}. '
            f"It has: {', '.join(column.name for column in table.columns)}."
        )
    table.info[_INFO] = Shared(is_local, scoped)


def shared(table: sa.Table) -> Shared:
    """What the model of a table says."""
    return table.info.get(_INFO, Shared())  # type: ignore[no-any-return]


def shared_tables(metadata: sa.MetaData) -> list[sa.Table]:
    """The tables that are exchanged, those that others refer to first."""
    return [
        table for table in metadata.sorted_tables if table.schema != VOLATILE and not shared(table).is_local
    ]


def merge_of(column: sa.Column[Any]) -> Merge:
    """How two changes of a column become one, as its hint says."""
    hint = column.type.hint if isinstance(column.type, Exact) else None
    found = [extra for part in (hint, *members(hint)) for extra in bare(part)[1] if isinstance(extra, Merge)]
    return found[-1] if found else Merge()
