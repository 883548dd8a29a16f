"""From what SQLite has given to lines as a table shows them: values and keys as Python's. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...core.rows import Line
from .asked import Asked
from .groups import Group, readable

Row = tuple[Any, ...]


class Again(NamedTuple):
    """The key of a row that is the same as another one in all that is shown: the `number`th of them."""

    key: Any
    number: int


@dataclass
class Found:
    """What stands in a window: the rows with their kept keys; and whether that is known, or guessed."""

    rows: list[tuple[Row, Row]] = field(default_factory=list)
    is_exact: bool = True


class Lines:
    """The lines of one question."""

    def __init__(self, asked: Asked, columns: Sequence[str]) -> None:
        self._columns = columns
        self._readers = [asked.readers[asked.place(name)] for name in columns]
        self._key_readers = asked.key_readers
        self._are_told_apart = asked.shown.is_open

    def of_rows(self, found: Found, level: int = 0) -> list[Line]:
        """One for each row; those of a closed query with equal keys are numbered."""
        taken: dict[Any, int] = {}
        lines = []
        for kept, values in found.rows:
            key = self._key(kept)
            if not self._are_told_apart:
                number = taken[key] = taken.get(key, 0) + 1
                key = Again(key, number) if number > 1 else key
            lines.append(Line(key, tuple(map(readable, self._readers, values)), level))
        return lines

    def of_group(self, group: Group) -> Line:
        """The one above a group's rows."""
        values = tuple(group.totals.get(name) for name in self._columns)
        return Line(group.key, values, len(group.path) - 1, group.size)

    def _key(self, kept: Row) -> Any:
        parts = []
        for read, value in zip(self._key_readers, kept, strict=True):
            part = readable(read, value)
            parts.append(value if part.__hash__ is None else part)
        return parts[0] if len(parts) == 1 else tuple(parts)
