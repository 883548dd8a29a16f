"""What the program's own functions say about cells that are shown: their colour, and what is computed from the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from ...core.errors import UsageError
from ...core.rows import Line
from .columns import CellTone, Shown, has_tone_of_row, looks_at_rows

_TONES = get_args(CellTone)
RowMapping = Mapping[str, Any]


class Painter:
    """Calls them, for the rows that are in sight. One that raises is reported once, and its cells stay plain."""

    def __init__(self, report: Callable[[BaseException, str], None]) -> None:
        self._report = report
        self._failed: set[tuple[str, str]] = set()
        self.by_row: frozenset[str] = frozenset()  # columns that are made from whole rows
        self._toned_by_row: frozenset[str] = frozenset()

    def begin(self, columns: Sequence[Shown]) -> None:
        """Paint these columns from now on."""
        self.by_row = frozenset(column.name for column in columns if looks_at_rows(column))
        self._toned_by_row = frozenset(column.name for column in columns if has_tone_of_row(column))
        self._failed.clear()

    def mappings(self, names: Sequence[str], lines: Sequence[Line]) -> list[RowMapping | None]:
        """Each row as functions get it; None for groups."""
        if not self.by_row:
            return []
        return [dict(zip(names, line.values, strict=True)) if line.size is None else None for line in lines]

    def computed(self, column: Shown, rows: Sequence[RowMapping | None]) -> list[Any]:
        """The values of a column that is made of the others."""
        function = column.spec.value
        assert function is not None
        return [None if row is None else self._call(column, "value", function, row) for row in rows]

    def tones(
        self, column: Shown, values: Sequence[Any], rows: Sequence[RowMapping | None]
    ) -> list[str | None]:
        """The tone of each cell of a column; empty if the column has none at all."""
        tone = column.spec.tone
        if tone is None:
            return []
        if column.name in self._toned_by_row:
            pairs = zip(values, rows, strict=True)
            return [None if row is None else self._tone(column, tone, value, row) for value, row in pairs]
        call = tone.get if isinstance(tone, Mapping) else tone
        return [None if value is None else self._tone(column, call, value) for value in values]

    def _tone(self, column: Shown, function: Any, *args: object) -> str | None:
        found: str | None = self._call(column, "tone", lambda: _checked(function(*args)))
        return found

    def _call(self, column: Shown, what: str, function: Callable[..., Any], *args: object) -> Any:
        try:
            return function(*args)
        except Exception as error:  # the program's own; the other cells are shown all the same
            if (column.name, what) not in self._failed:
                self._failed.add((column.name, what))
                self._report(error, f"{what}= of the column {column.name!r} of a ui.table")
            return None


def _checked(tone: object) -> str | None:
    if tone is None or tone == "normal":
        return None
    if tone not in _TONES:
        raise UsageError(f"a tone is one of {', '.join(map(repr, _TONES))} or None, got {tone!r}.")
    return str(tone)
