"""What the numbers in the change log stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import sqlalchemy as sa

from . import capture

Key = str | int | bytes | tuple[str | int | bytes, ...]
Kind = Literal["insert", "update", "delete"]
Numbers = dict[str, tuple[int, dict[str, int]]]
"""Each table's number, and those of its columns, by name."""

_LITERAL = re.compile(r"X?'(?:[^']|'')*'|-?\d+")


class Names:
    """The names behind the numbers, of the tables and columns that the models have."""

    def __init__(self, tables: Mapping[str, sa.Table], numbers: Numbers) -> None:
        self._columns = numbers
        self._tables = {number: tables[name] for name, (number, _) in numbers.items() if name in tables}
        self._composite = {number for number, table in self._tables.items() if len(table.primary_key) > 1}
        self._known: dict[tuple[int, int], tuple[str, Kind, frozenset[str]] | None] = {}

    def table(self, number: int) -> str | None:
        """The table of this number, None if it is not there any more."""
        table = self._tables.get(number)
        return None if table is None else str(table.name)

    def what(self, number: int, mask: int) -> tuple[str, Kind, frozenset[str]] | None:
        """The table, the kind of change and the columns; None if its table, or all of its columns, are not there any more."""
        if (number, mask) not in self._known:
            self._known[number, mask] = self._what(number, mask)
        return self._known[number, mask]

    def key(self, number: int, kept: Any) -> Key:
        """A key from what the log has of it."""
        if number not in self._composite:
            return kept  # type: ignore[no-any-return]
        return tuple(map(_value, _LITERAL.findall(kept)))

    def _what(self, number: int, mask: int) -> tuple[str, Kind, frozenset[str]] | None:
        table = self._tables.get(number)
        if table is None:
            return None
        if mask in (capture.DELETED, capture.SUSPECTED):
            return table.name, "delete", frozenset()
        if mask == capture.INSERTED:
            return table.name, "insert", frozenset(column.name for column in table.columns)
        _, ids = self._columns[table.name]
        others = [column.name for column in table.columns if not column.primary_key]
        columns = frozenset(name for name in others if name in ids and mask >> capture.bit(ids[name]) & 1)
        return (table.name, "update", columns) if columns else None


def _value(literal: str) -> str | int | bytes:
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'")
    return bytes.fromhex(literal[2:-1]) if literal.startswith("X") else int(literal)
