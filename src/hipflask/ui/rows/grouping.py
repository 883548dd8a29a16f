"""Groups of rows, folded and unfolded, and the window of lines that a screen shows of them.

    sector          lines of it (open: Energy)
    ├── Energy      0  Energy, 2 rows
    │   ├── row     1  row
    │   └── row     2  row
    └── Metals      3  Metals, 7 rows

Only groups that are open are ever divided further, and a window is found without going through the lines before it: between two open
groups every group is one line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ...core.rows import Key, Order, Question, Total
from .sorting import Check, ordered

Totals = Mapping[str, Total]


class Part(Protocol):
    """Some rows of a source, in order."""

    def __len__(self) -> int: ...

    def positions(self, first: int, last: int) -> Sequence[int]:
        """Where in the source its rows from `first` up to `last` stand."""

    def groups(self, column: str, totals: Totals, check: Check) -> list[Group]:
        """Its rows by the values of a column, in any order of groups; one empty group at most, of None."""

    def totals(self, totals: Totals, check: Check) -> Mapping[str, object]:
        """Totals of all its rows."""


class Group(Protocol):
    """Rows that have a value in common."""

    value: Any
    size: int

    def part(self) -> Part:
        """The rows."""

    def totals(self, check: Check) -> Mapping[str, object]:
        """Their totals."""


@dataclass(slots=True)
class GroupLine:
    """One line: a group."""

    key: Key
    group: Group
    level: int


@dataclass(slots=True)
class RowLine:
    """One line: the row at this position."""

    position: int
    level: int


class Level:
    """What stands in one group, or in none: groups, or rows in the innermost."""

    def __init__(self, part: Part, asked: Question, path: tuple[object, ...] = ()) -> None:
        self._part = part
        self._asked = asked
        self._path = path
        self._is_innermost = len(path) == len(asked.group)
        self._groups: list[Group] | None = None
        self._places: dict[object, int] = {}  # of its groups, by value
        self._within: dict[int, Level] = {}

    def length(self, is_open: Collection[Key], check: Check) -> int:
        """How many lines it has."""
        if self._is_innermost:
            return len(self._part)
        unfolded = self._unfolded(is_open, check)
        return len(self._divided(check)) + sum(inner.length(is_open, check) for _, inner in unfolded)

    def lines(
        self, is_open: Collection[Key], first: int, last: int, check: Check
    ) -> Iterator[GroupLine | RowLine]:
        """Its lines from `first` up to `last`."""
        if self._is_innermost:
            level = len(self._path)
            yield from (RowLine(at, level) for at in self._part.positions(first, min(last, len(self._part))))
            return
        line = done = 0  # the line and the group that come next
        for place, inner in self._unfolded(is_open, check):
            yield from self._folded(done, place + 1, first - line, last - line)
            line, done = line + place + 1 - done, place + 1
            length = inner.length(is_open, check)
            if line < last and line + length > first:
                yield from inner.lines(is_open, max(first - line, 0), min(last - line, length), check)
            line += length
        yield from self._folded(done, len(self._groups or ()), first - line, last - line)

    def _folded(self, start: int, stop: int, first: int, last: int) -> Iterator[GroupLine]:
        """Those of the groups from `start` up to `stop` that are on the lines asked for, line 0 being that of `start`."""
        for place in range(start + max(first, 0), min(stop, start + max(last, 0))):
            group = (self._groups or ())[place]
            yield GroupLine((*self._path, group.value), group, len(self._path))

    def _unfolded(self, is_open: Collection[Key], check: Check) -> list[tuple[int, Level]]:
        """Its open groups, from the first to the last: their places, and what is in them."""
        groups, depth = self._divided(check), len(self._path)
        mine = [
            key
            for key in is_open
            if isinstance(key, tuple) and len(key) == depth + 1 and key[:depth] == self._path
        ]
        places = sorted(self._places[key[-1]] for key in mine if key[-1] in self._places)
        for place in places:
            if place not in self._within:
                group = groups[place]
                self._within[place] = Level(group.part(), self._asked, (*self._path, group.value))
        return [(place, self._within[place]) for place in places]

    def _divided(self, check: Check) -> list[Group]:
        if self._groups is None:
            column = self._asked.group[len(self._path)]
            groups = in_order(
                self._part.groups(column, self._asked.totals, check), column, self._asked, check
            )
            self._groups, self._places = groups, {group.value: place for place, group in enumerate(groups)}
        return self._groups


def in_order(groups: Sequence[Group], column: str, asked: Question, check: Check) -> list[Group]:
    """The groups of a column in the order that was asked for, as far as it is by this column or by a total; then by value."""
    sorts = []
    for order in (*asked.order, Order(column)):
        if order.column == column:
            sorts.append(([group.value for group in groups], order.descending))
        elif order.column in asked.totals:
            sums = [group.totals(check)[order.column] for group in groups]
            sorts.append((sums, order.descending))
    return [groups[place] for place in ordered(range(len(groups)), sorts, check)]
