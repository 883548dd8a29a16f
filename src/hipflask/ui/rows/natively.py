"""What a frame's own library does for a question: filters, search, order, groups and totals, in C.

`can` says whether all that is asked is about kinds of values that every library compares as Python does. Columns are made alike first
(`_alike`): a NaN is empty, and texts from a dictionary are texts.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

import narwhals as nw

from ...core.rows import ColumnKind, Filter, Question
from .grouping import Group, Totals
from .kinds import is_empty
from .sorting import Check

_POSITION = "position in the frame (hipflask)"
_SIZE = "size of the group (hipflask)"
_LARGEST = 2**63 - 1

Schema = Mapping[str, Any]


def kind(dtype: Any) -> ColumnKind | None:
    """The kind of column that values of a frame's type make; None where only the values can say."""
    if dtype.is_integer():
        return "integer"
    if isinstance(dtype, nw.List | nw.Array):
        return "numbers" if dtype.inner.is_numeric() else "json"
    return next((kind for known, kind in _KINDS.items() if isinstance(dtype, known)), None)


_KINDS: dict[Any, ColumnKind] = {
    nw.String: "text",
    nw.Categorical: "text",
    nw.Enum: "choice",
    nw.Float64: "float",
    nw.Float32: "float",
    nw.Decimal: "decimal",
    nw.Boolean: "boolean",
    nw.Datetime: "datetime",
    nw.Date: "date",
    nw.Time: "time",
    nw.Duration: "duration",
    nw.Binary: "bytes",
    nw.Struct: "json",
}


def is_plain(dtype: Any) -> bool:
    """Whether a library gives such values as Python's own."""
    return bool(dtype.is_numeric()) or _is_text(dtype) or isinstance(dtype, nw.Boolean | nw.Date)


def _is_text(dtype: Any) -> bool:
    return isinstance(dtype, nw.String | nw.Categorical | nw.Enum)


# ── what a library does as Python would ───────────────────────────────────────────────────────────


def can(asked: Question, schema: Schema, texts: Sequence[str]) -> bool:
    """Whether the library can answer all of it."""
    return (
        all(_can_test(schema[test.column], test) for test in asked.filters)
        and all(_is_ordered(schema[order.column]) for order in asked.order)
        and all(_makes_groups(schema[name]) for name in asked.group)
        and all(schema[name].is_numeric() for name in asked.totals)
        and (not asked.search.split() or all(_is_text(schema[name]) for name in texts))
    )


def _is_ordered(dtype: Any) -> bool:
    return is_plain(dtype) or isinstance(dtype, nw.Datetime | nw.Duration)


def _makes_groups(dtype: Any) -> bool:
    return is_plain(dtype) and not isinstance(dtype, nw.Decimal)


def _can_test(dtype: Any, test: Filter) -> bool:
    if test.test in ("empty", "not empty"):
        return _is_ordered(dtype)
    if test.test in ("contains", "starts with", "ends with") and not _is_text(dtype):
        return False
    value: Any = test.value
    values = value if test.test in ("in", "between") else (value,)
    return all(is_empty(value) or _is_comparable(dtype, value) for value in values)


def _is_comparable(dtype: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return isinstance(dtype, nw.Boolean)
    if isinstance(value, int):
        return bool(dtype.is_numeric()) and abs(value) <= _LARGEST
    if isinstance(value, float):
        return isinstance(dtype, nw.Float64)
    if isinstance(value, Decimal):
        return isinstance(dtype, nw.Decimal)
    if isinstance(value, str):
        return _is_text(dtype)
    if isinstance(value, datetime):
        return isinstance(dtype, nw.Datetime) and (dtype.time_zone is None) is (value.tzinfo is None)
    return isinstance(dtype, nw.Date if isinstance(value, date) else nw.Duration) and isinstance(
        value, date | timedelta
    )


# ── arranging ─────────────────────────────────────────────────────────────────────────────────────


def arranged(frame: nw.DataFrame[Any], asked: Question, texts: Sequence[str], check: Check) -> FramePart:
    """The rows that pass, in order."""
    words = asked.search.casefold().split()
    used = [test.column for test in asked.filters] + [order.column for order in asked.order]
    used = [*dict.fromkeys([*used, *asked.group, *asked.totals, *(texts if words else ())])]
    rows = frame.select(*[_alike(name, frame.schema[name]) for name in used]).with_row_index(_POSITION)
    if not used:  # a selection of nothing has no rows
        rows = frame.select(nw.all()).with_row_index(_POSITION).select(_POSITION)
    tests = [_passes(test, frame.schema[test.column]) for test in asked.filters]
    tests += [_found(word, texts) for word in words]
    for test in tests:
        check()
        rows = rows.filter(test)
    check()
    if asked.order:
        orders: dict[str, bool] = {}
        for order in asked.order:  # one that comes again decides no more, and some libraries take none twice
            orders.setdefault(order.column, order.descending)
        rows = rows.sort(*orders, _POSITION, descending=[*orders.values(), False], nulls_last=True)
    check()
    return FramePart(rows)


def _alike(name: str, dtype: Any) -> nw.Expr:
    column = nw.col(name)
    if dtype.is_float():
        return column.fill_nan(None)
    return column.cast(nw.String) if isinstance(dtype, nw.Categorical | nw.Enum) else column


def _passes(test: Filter, dtype: Any) -> nw.Expr:
    """What says whether a value passes."""
    column: nw.Expr = nw.col(test.column)
    value: Any = test.value
    is_null = column.is_null()
    if test.test in ("empty", "not empty"):
        is_empty_one = is_null | (column == "") if _is_text(dtype) else is_null
        return is_empty_one if test.test == "empty" else ~is_empty_one
    if _is_text(dtype):
        column, value = column.str.to_lowercase(), _lower(value)
    if test.test == "in":
        return _one_of(column, is_null, value)
    if test.test in ("is", "is not"):
        is_it = _one_of(column, is_null, (value,))
        return is_it if test.test == "is" else ~is_it
    passes: nw.Expr = _COMPARED[test.test](column, value)
    return passes


_COMPARED: dict[str, Any] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "between": lambda column, value: (column >= value[0]) & (column <= value[1]),
    "contains": lambda column, value: column.str.contains(value, literal=True),
    "starts with": lambda column, value: column.str.starts_with(value),
    "ends with": lambda column, value: column.str.ends_with(value),
}


def _one_of(column: nw.Expr, is_null: nw.Expr, values: Sequence[Any]) -> nw.Expr:
    present = [value for value in values if not is_empty(value)]
    takes_null = is_null if len(present) < len(values) else is_null & ~is_null
    return reduce(operator.or_, [~is_null & (column == value) for value in present], takes_null)


def _lower(value: Any) -> Any:
    if isinstance(value, str):
        return value.lower()
    return tuple(map(_lower, value)) if isinstance(value, list | tuple) else value


def _found(word: str, texts: Sequence[str]) -> nw.Expr:
    columns = [nw.col(name).fill_null("").str.to_lowercase() for name in texts]
    return reduce(operator.or_, [column.str.contains(word, literal=True) for column in columns])


# ── groups and totals ─────────────────────────────────────────────────────────────────────────────


class FramePart:
    """Rows of a frame: a `Part`. Its frame has their positions, and what groups and totals are about."""

    def __init__(self, rows: nw.DataFrame[Any]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def positions(self, first: int, last: int) -> Sequence[int]:
        """Where its rows from `first` up to `last` stand."""
        positions: list[int] = self._rows[_POSITION][first:last].to_list()
        return positions

    def groups(self, column: str, totals: Totals, check: Check) -> list[Group]:
        """Its rows by the values of a column."""
        check()
        found = self._rows.group_by(column).agg(nw.len().alias(_SIZE), *_sums(totals))
        values = _listed(found[column])
        sizes = found[_SIZE].to_list()
        sums = _totals(found, totals)
        return [
            FrameGroup(self._rows, column, value, int(size), {name: of[place] for name, of in sums.items()})
            for place, (value, size) in enumerate(zip(values, sizes, strict=True))
        ]

    def totals(self, totals: Totals, check: Check) -> Mapping[str, object]:
        """Totals of all its rows."""
        check()
        if not totals:
            return {}
        return {name: of[0] for name, of in _totals(self._rows.select(*_sums(totals)), totals).items()}


class FrameGroup:
    """Rows of a frame that have a value in common: a `Group`."""

    def __init__(
        self, rows: nw.DataFrame[Any], column: str, value: Any, size: int, totals: Mapping[str, object]
    ) -> None:
        self.value = value
        self.size = size
        self._rows = rows
        self._column = column
        self._totals = totals

    def part(self) -> FramePart:
        """The rows."""
        column = nw.col(self._column)
        return FramePart(self._rows.filter(column.is_null() if self.value is None else column == self.value))

    def totals(self, check: Check) -> Mapping[str, object]:
        """Their totals."""
        return self._totals


def _sums(totals: Totals) -> list[nw.Expr]:
    sums = [
        getattr(nw.col(name), kind)().alias(f"{kind} {name}")
        for name, kind in totals.items()
        if kind != "count"
    ]
    return sums + [nw.col(name).count().alias(f"count {name}") for name in totals]


def _totals(found: nw.DataFrame[Any], totals: Totals) -> dict[str, list[Any]]:
    counts = {name: found[f"count {name}"].to_list() for name in totals}
    return {
        name: counts[name]
        if kind == "count"
        else [
            value if count else None
            for value, count in zip(found[f"{kind} {name}"].to_list(), counts[name], strict=True)
        ]
        for name, kind in totals.items()
    }


def _listed(series: nw.Series[Any]) -> list[Any]:
    return [None if is_empty(value) else value for value in series.to_list()]
