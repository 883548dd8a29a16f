"""Rows and columns, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, Unpack

import msgspec

from ...core.errors import UsageError
from ..element import Common, element
from ..tree import Kind, Node

TABLE = Kind("table", "table", role="table", label="aria-label")
HEAD = Kind("table head", "thead")
BODY = Kind("table body", "tbody")
ROW = Kind("table row", "tr")
HEADING = Kind("column heading", "th", role="columnheader", label="text")
CELL = Kind("cell", "td", role="cell", label="text")

# All rows are on the screen at once; above this many a browser needs seconds for what nobody scrolls through.
MOST_ROWS = 1000


def table(
    rows: Iterable[object],
    columns: Sequence[str] | Mapping[str, str] | None = None,
    *,
    row_key: str | Callable[[Any], object] | None = None,
    label: str | None = None,
    **common: Unpack[Common],
) -> Node:
    """Show up to 1,000 rows: dicts, dataclasses, Structs, named tuples, or plain sequences.

    `columns` picks some and their order; a dict gives their headings. Plain sequences need it, for the headings. Numbers
    stand to the right. `row_key`, a column or a function of the row, tells rows apart that may change places.

    >>> ui.table([{"base": "first", "player": "Who"}, {"base": "second", "player": "What"}], row_key="base")
    >>> ui.table([("Who", 0.301), ("What", 0.277)], ["Player", "Average"])
    """
    shown = [*rows]
    if len(shown) > MOST_ROWS:
        raise UsageError(
            f"ui.table: {len(shown):,} rows are more than the {MOST_ROWS:,} that it shows at once. Show a page of them, "
            "`rows[start:start + 100]` with ui.pagination; a table for millions of rows is still to come."
        )
    names = _headings(shown, columns)
    key_of = _key_of(row_key)
    values = [[_value(row, name) for name in names] for row in shown]
    are_numbers = [_are_numbers(column) for column in zip(*values, strict=True)] or [False] * len(names)
    node = element(TABLE, {}, common, {"aria-label": label})
    with node:
        with element(HEAD, {}, {}), element(ROW, {}, {}):
            for heading, is_number in zip(names.values(), are_numbers, strict=True):
                element(HEADING, {"text": heading}, {}, {"scope": "col", "number": is_number})
        with element(BODY, {}, {}):
            for row, cells in zip(shown, values, strict=True):
                with element(ROW, {}, {} if key_of is None else {"key": key_of(row)}):
                    for value, is_number in zip(cells, are_numbers, strict=True):
                        element(
                            CELL, {"text": "" if value is None else str(value)}, {}, {"number": is_number}
                        )
    return node


def _are_numbers(column: Iterable[object]) -> bool:
    known = [value for value in column if value is not None]
    return bool(known) and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in known
    )


def _headings(rows: Sequence[object], columns: Sequence[str] | Mapping[str, str] | None) -> dict[Any, str]:
    """What to ask each row for → the heading above it."""
    is_plain = bool(rows) and isinstance(rows[0], list | tuple) and not hasattr(rows[0], "_fields")
    if columns is None:
        if is_plain:
            raise UsageError(
                f"ui.table: rows such as {rows[0]!r} have no names for their columns. "
                "Give them: ui.table(rows, ['Player', 'Average'])."
            )
        return {name: name.replace("_", " ").capitalize() for name in _names(rows[0])} if rows else {}
    given = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    return dict(enumerate(given.values())) if is_plain else given


def _names(row: object) -> list[str]:
    if isinstance(row, Mapping):
        return [str(name) for name in row]
    if is_dataclass(row):
        return [field.name for field in fields(row)]
    if isinstance(row, msgspec.Struct):
        return list(row.__struct_fields__)
    if hasattr(row, "_fields"):
        return list(row._fields)
    raise UsageError(
        f"ui.table: a row is a dict, a dataclass, a Struct or a tuple, got {row!r}. Write {{'name': {row!r}}}."
    )


def _value(row: Any, name: Any) -> object:
    try:
        if isinstance(name, int) or isinstance(row, Mapping):
            return row[name]
        return getattr(row, name)
    except (KeyError, IndexError, AttributeError):
        return None


def _key_of(row_key: str | Callable[[Any], object] | None) -> Callable[[Any], object] | None:
    if isinstance(row_key, str):
        return lambda row: _value(row, row_key)
    return row_key
