"""What the models of a store say about being exchanged, in the form in which it acts: rules on values as SQLite keeps them.

    tags: Mapped[Annotated[list[str], Merge.by(union)]]

`union` is written for lists, and what is merged is `'["new","sale"]'`: the column's exact type reads both values for it, and
checks and writes what it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from ..core.merging import Merge
from ..store.models.shared import merge_of
from ..store.types.choices import Choice
from ..store.types.digits import ORDINARY
from ..store.types.exact import Exact
from ..store.types.numbers import Decimal
from .merge import LAST, Rule
from .messages import Value


def rules_of(table: sa.Table) -> dict[str, Rule]:
    """How two changes of each column become one, of those columns where not simply the later one wins."""
    rules = {column.name: _rule(column) for column in table.columns if not column.primary_key}
    return {name: rule for name, rule in rules.items() if rule != LAST}


def kinds(tables: Iterable[sa.Table]) -> dict[str, dict[str, str]]:
    """What each column takes, by table and name, as replica and hub compare it: "Int", "Decimal(12,2)", "Str(80)", "Choice(Text)"."""
    return {
        str(table.name): {str(column.name): _kind(column.type) for column in table.columns}
        for table in tables
    }


def _kind(kind: Any) -> str:
    if isinstance(kind, Decimal):
        digits = kind.digits or ORDINARY
        return f"Decimal({digits.most},{digits.after_point})"
    if isinstance(
        kind, Choice
    ):  # which ones there are is a matter of values: there may be more of them one day
        return f"Choice({type(kind.column_type(False)).__name__})"
    length = getattr(kind, "length", None)
    return type(kind).__name__ + (f"({length})" if length is not None else "")


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
