"""The rows that the screen has, and what brings it from one answer to the next. No I/O.

picture.take(answer, names, ids=[7, 8], number=3)    → {"rows": {…}}                          other rows than before: all of them
picture.take(answer, names, ids=[7, 8], number=3)    → ["cells", [0], [1], [10.5], None]      the same rows: the cells that differ
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from ...core.rows import Answer, Line, Question
from .cells import encoded, points
from .columns import Shown
from .tones import Painter

Rows = dict[str, Any]
Difference = tuple[list[int], list[int], list[Any], list[Any] | None]  # row, column, value, tone of each cell
NO_ROWS: Rows = {
    "view": 0, "columns": [], "first": 0, "total": 0, "exact": True, "keys": [], "levels": None, "sizes": None, "open": None,
    "cells": [], "tones": [],
}  # fmt: skip


@dataclass(slots=True)
class Picture:
    """What the screen shows of one view."""

    rows: Rows
    tones: list[list[str | None]]  # by column, each row's

    @classmethod
    def empty(cls) -> Picture:
        """Nothing yet."""
        return cls(dict(NO_ROWS), [])

    def take(
        self,
        rows: Rows,
        tones: list[list[str | None]],
        owed: Collection[tuple[int, str]] = (),
    ) -> Rows | Difference | None:
        """Make these the rows that the screen has; returns all of them, or the cells that differ, or None if nothing does.

        Cells that are `owed` (a row's number, a column) count as different: somebody waits for what has become of them.
        """
        before, before_tones = self.rows, self.tones
        self.rows, self.tones = rows, tones
        if any(before[name] != rows[name] for name in _FRAME):
            return rows
        where = _differing(before["cells"], rows["cells"])
        toned = _differing(before_tones, tones)
        if toned or owed:
            where = sorted({*where, *toned, *self._owed(owed)})
        if not where:
            return None
        has_tones = any(any(column) for column in (*before_tones, *tones))
        return (
            [row for _, row in where],
            [column for column, _ in where],
            [rows["cells"][column][row] for column, row in where],
            [tones[column][row] if tones[column] else None for column, row in where] if has_tones else None,
        )

    def _owed(self, owed: Collection[tuple[int, str]]) -> set[tuple[int, int]]:
        rows = {number: row for row, number in enumerate(self.rows["keys"])}
        places = {name: place for place, name in enumerate(self.rows["columns"])}
        return {(places[name], rows[number]) for number, name in owed if number in rows and name in places}


_FRAME = ("view", "columns", "first", "total", "exact", "keys", "levels", "sizes", "open")


def _differing(before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]) -> list[tuple[int, int]]:
    """Column and row of every cell that is another one; columns are compared as wholes first, which costs next to nothing."""
    return [
        (place, row)
        for place, (old, new) in enumerate(zip(before, after, strict=True))
        if old != new
        for row, (one, other) in enumerate(
            zip(old or [None] * len(new), new or [None] * len(old), strict=True)
        )
        if one != other
    ]


@dataclass(frozen=True, slots=True)
class Framed:
    """An answer as the screen gets it, with the kinds that its values have told."""

    rows: Rows
    tones: list[list[str | None]]
    columns: tuple[Shown, ...]
    zoned: frozenset[str]  # columns with times that have a zone


def frame(
    answer: Answer,
    question: Question,
    columns: Sequence[Shown],
    shown: Sequence[str],
    numbers: list[int],
    view: int,
    painter: Painter,
) -> Framed:
    """An answer as the rows of the columns `shown`, in that order, numbered so."""
    lines, asked = answer.rows, question.columns
    by_name = (
        dict(zip(asked, zip(*(line.values for line in lines), strict=True), strict=True)) if lines else {}
    )
    known = {column.name: column for column in columns}
    mappings = painter.mappings(asked, lines) if lines else []
    cells: list[list[Any]] = []
    tones: list[list[str | None]] = []
    zoned = set()
    for name in shown:
        column = known.get(name)
        values: Sequence[Any] = by_name.get(name, ())
        if name in question.group:
            values = _with_groups(lines, values, question.group.index(name))
        if column is not None and column.is_computed:
            values = painter.computed(column, mappings)
            if (
                column.kind == "other"
                and (told := next((each for each in values if each is not None), None)) is not None
            ):
                known[name] = column = column.with_kind_of(told)
        if column is not None and column.kind == "datetime" and any(map(_is_zoned, values)):
            zoned.add(name)
        is_curve = column is not None and column.kind == "numbers"
        cells.append([points(value) for value in values] if is_curve else encoded(values))
        tones.append(painter.tones(column, values, mappings) if column is not None and lines else [])
    rows = {
        "view": view, "columns": [*shown], "first": answer.first, "total": answer.total, "exact": answer.is_exact,
        "keys": numbers, **_groups(lines, question.open), "cells": cells, "tones": _listed(tones),
    }  # fmt: skip
    return Framed(rows, tones, tuple(known[column.name] for column in columns), frozenset(zoned))


def _with_groups(lines: Sequence[Line], values: Sequence[Any], level: int) -> list[Any]:
    """The values of a column by which rows are grouped, with those of its groups, which are in their keys."""
    return [
        cast("tuple[Any, ...]", line.key)[level] if line.size is not None and line.level == level else value
        for line, value in zip(lines, values, strict=True)
    ]


def _groups(lines: Sequence[Line], folds: Collection[object]) -> Mapping[str, Any]:
    if all(line.size is None and line.level == 0 for line in lines):
        return {"levels": None, "sizes": None, "open": None}
    return {
        "levels": [line.level for line in lines],
        "sizes": [line.size for line in lines],
        "open": [line.size is not None and line.key in folds for line in lines],
    }


def _listed(tones: list[list[str | None]]) -> list[list[Any]]:
    return [
        [row, place, tone]
        for place, column in enumerate(tones)
        for row, tone in enumerate(column)
        if tone is not None
    ]


def _is_zoned(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None
