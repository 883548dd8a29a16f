"""Which rows a question is about, and in which order, where Python has to find out: value by value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any

from ...core.errors import UsageError
from ...core.rows import Question, Total
from .grouping import Group, Totals
from .kinds import is_empty
from .matching import found, matcher
from .sorting import PIECE, Check, Column, ordered

ColumnOf = Callable[[str], Column]


def arranged(
    count: int, column: ColumnOf, texts: Sequence[str], asked: Question, check: Check
) -> Sequence[int]:
    """The positions of the rows that pass, in order; `texts` are the columns that a search looks at."""
    positions: Sequence[int] = range(count)
    for test in asked.filters:
        matches, values = matcher(test), column(test.column)
        positions = _kept(positions, lambda some: [matches(values[at]) for at in some], check)  # noqa: B023 (used at once)
    if asked.search.split():
        searched = [column(name) for name in texts]
        positions = _kept(
            positions,
            lambda some: found(([values[at] for values in searched] for at in some), asked.search),
            check,
        )
    if asked.order:
        positions = ordered(
            positions, [(column(order.column), order.descending) for order in asked.order], check
        )
    return positions


def _kept(
    positions: Sequence[int], passes: Callable[[Sequence[int]], Iterable[bool]], check: Check
) -> list[int]:
    kept: list[int] = []
    for start in range(0, len(positions), PIECE):
        check()
        some = positions[start : start + PIECE]
        kept += compress(some, passes(some))
    return kept


class Rows:
    """Rows at these positions of columns that Python can read: a `Part`."""

    def __init__(self, positions: Sequence[int], column: ColumnOf) -> None:
        self._positions = positions
        self._column = column

    def __len__(self) -> int:
        return len(self._positions)

    def positions(self, first: int, last: int) -> Sequence[int]:
        """Where its rows from `first` up to `last` stand."""
        return self._positions[first:last]

    def groups(self, column: str, totals: Totals, check: Check) -> list[Group]:
        """Its rows by the values of a column."""
        values = self._column(column)
        found: dict[Any, list[int]] = {}
        for start in range(0, len(self), PIECE):
            check()
            for at in self._positions[start : start + PIECE]:
                value = values[at]
                try:
                    found.setdefault(None if is_empty(value) else value, []).append(at)
                except TypeError:  # a list or a dict cannot be looked up by; what it looks like can
                    found.setdefault(str(value), []).append(at)
        return [RowGroup(value, Rows(positions, self._column), totals) for value, positions in found.items()]

    def totals(self, totals: Totals, check: Check) -> Mapping[str, object]:
        """Totals of all its rows."""
        return {name: self._total(name, kind, check) for name, kind in totals.items()}

    def _total(self, name: str, kind: Total, check: Check) -> object:
        check()
        values = self._column(name)
        present = [value for at in self._positions if not is_empty(value := values[at])]
        if kind == "count":
            return len(present)
        try:
            return _TOTALS[kind](present) if present else None
        except TypeError as error:
            raise UsageError(
                f"totals={{{name!r}: {kind!r}}}: {name!r} holds {present[0]!r}, of which there is no {kind}."
            ) from error


def _sum(values: list[Any]) -> Any:
    try:
        return sum(values)
    except TypeError:  # durations cannot be added to 0
        return sum(values[1:], values[0])


_TOTALS: dict[Total, Callable[[list[Any]], object]] = {
    "sum": lambda values: _sum(values),
    "mean": lambda values: _sum(values) / len(values),
    "min": min,
    "max": max,
}


class RowGroup:
    """Rows that have a value in common: a `Group`."""

    def __init__(self, value: Any, rows: Rows, totals: Totals) -> None:
        self.value = value
        self.size = len(rows)
        self._rows = rows
        self._asked = totals
        self._totals: Mapping[str, object] | None = None

    def part(self) -> Rows:
        """The rows."""
        return self._rows

    def totals(self, check: Check) -> Mapping[str, object]:
        """Their totals; only computed for those that are shown, or where the order is by them."""
        if self._totals is None:
            self._totals = self._rows.totals(self._asked, check)
        return self._totals
