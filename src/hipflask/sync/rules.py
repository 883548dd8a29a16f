"""What the models of a store say about being exchanged, in the form in which it acts: rules on values as SQLite keeps them.

    tags: Mapped[Annotated[list[str], Merge.by(union)]]

`union` is written for lists, and what is merged is `'["new","sale"]'`: the column's exact type reads both values for it, and
checks and writes what it returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ..core.merging import Merge
from ..store.models.shared import merge_of
from ..store.types.exact import Exact
from .merge import LAST, Rule
from .messages import Value


def rules_of(table: sa.Table) -> dict[str, Rule]:
    """How two changes of each column become one, of those columns where not simply the later one wins."""
    rules = {column.name: _rule(column) for column in table.columns if not column.primary_key}
    return {name: rule for name, rule in rules.items() if rule != LAST}


def _rule(column: sa.Column[Any]) -> Rule:
    merge = merge_of(column)
    return Rule(merge.kind, merge.group, _on_kept(column, merge))


def _on_kept(column: sa.Column[Any], merge: Merge) -> Callable[[Value, Value], Value] | None:
    """A function of the app's, which knows nothing of how values are kept."""
    function = merge.function
    if function is None or not isinstance(column.type, Exact):
        return function
    read, write = column.type.reader(False) or _as_it_is, column.type.writer(False)

    def merged(theirs: Value, ours: Value) -> Value:
        return write(function(read(theirs), read(ours)))  # type: ignore[no-any-return]

    return merged


def _as_it_is(value: Any) -> Any:
    return value
