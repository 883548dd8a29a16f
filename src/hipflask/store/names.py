"""What the numbers in the change log stand for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import sqlalchemy as sa

from . import capture

Key = str | int | bytes | tuple[str | int | bytes, ...]
Kind = Literal["insert", "update", "delete"]
Numbers = dict[str, tuple[int, dict[str, int]]]
"""Each table's number, and those of its columns, by name."""


class Names:
    """The names behind the numbers, of the tables and columns that the models have."""

    def __init__(self, tables: Mapping[str, sa.Table], numbers: Numbers) -> None:
        self._columns = numbers
        self._tables = {number: tables[name] for name, (number, _) in numbers.items() if name in tables}
        # Whether each part of a composite key is bytes.
        self._parts = {
            number: [capture.is_blob(column) for column in table.primary_key]
            for number, table in self._tables.items()
            if len(table.primary_key) > 1
        }
        self._known: dict[tuple[int, int], tuple[str, Kind, frozenset[str]] | None] = {}

    def what(self, number: int, mask: int) -> tuple[str, Kind, frozenset[str]] | None:
        """The table, the kind of change and the columns; None if its table, or all of its columns, are not there any more."""
        if (number, mask) not in self._known:
            self._known[number, mask] = self._what(number, mask)
        return self._known[number, mask]

    def key(self, number: int, kept: Any) -> Key:
        """A key from what the log has of it."""
        if number not in self._parts:
            return kept  # type: ignore[no-any-return]
        parts = zip(json.loads(kept), self._parts[number], strict=True)
        return tuple(bytes.fromhex(part) if is_blob else part for part, is_blob in parts)

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
