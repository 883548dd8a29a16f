"""Points in the order of x, in columns: what every chart is drawn from.

    points.extend([3.0, 1.0, 2.0], [[30.0, 10.0, 20.0]])      they may come in any order
    points.settle()                                            …and stand in theirs when somebody looks
    points.xs, points.columns                                  array('d', [1, 2, 3]), [array('d', [10, 20, 30])]

A point that comes late waits with others until somebody looks, and all are put in together: that moves what stands behind them, and
a feed with a jittering clock would otherwise have us move it ten thousand times a second. No locks here: see `series.py`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from math import inf
from operator import itemgetter

from .pyramid import WHOLE, Pyramid

# How many times of putting late points in are remembered one by one, for whoever has not looked since.
REMEMBERED = 32
# So many late points are put in even if nobody looks.
MOST_LATE = 10_000


class Points:
    """Columns of numbers over x; at most the last `most` of them, those with the greatest x."""

    def __init__(self, width: int, most: int | None = None) -> None:
        self.xs = array("d")
        self.columns = [array("d") for _ in range(width)]
        self.most = most
        self._pyramids: dict[int, Pyramid] = {}
        self._late: list[tuple[float, ...]] = []
        self.serial = 0  # how often something else happened than points being appended
        self._disturbed: deque[tuple[int, float]] = deque(maxlen=REMEMBERED)
        self.dropped = 0  # points that were too many; whoever keeps a place in the columns subtracts

    def __len__(self) -> int:
        return len(self.xs)

    def append(self, x: float, values: Sequence[float]) -> None:
        """Add one point; x is finite, values are finite or NaN."""
        if self.xs and x < self.xs[-1]:
            self._late.append((x, *values))
            if len(self._late) >= MOST_LATE:
                self.settle()
            return
        self.xs.append(x)
        for column, value in zip(self.columns, values, strict=True):
            column.append(value)
        if self.most is not None and len(self.xs) > self.most + self.most // 8 + WHOLE:
            self._drop()

    def extend(self, xs: Sequence[float], columns: Sequence[Sequence[float]]) -> None:
        """Add many points."""
        more = array("d", xs)
        if _is_sorted(more) and (not self.xs or not more or more[0] >= self.xs[-1]):
            self.xs.extend(more)
            for column, values in zip(self.columns, columns, strict=True):
                column.extend(array("d", values))
        else:
            self._late += zip(more, *columns, strict=True)
            self.settle()
        if self.most is not None and len(self.xs) > self.most + self.most // 8 + WHOLE:
            self._drop()

    def settle(self) -> None:
        """Put late points where they belong, and bring the summaries up to date."""
        if self._late:
            self._put_in(sorted(self._late, key=itemgetter(0)))
            self._late = []
        for pyramid in self._pyramids.values():
            pyramid.grown()

    def _put_in(self, late: list[tuple[float, ...]]) -> None:
        places = [
            bisect_right(self.xs, x) for x, *_ in late
        ]  # behind those of the same x that were there before
        for column, values in zip((self.xs, *self.columns), zip(*late, strict=True), strict=True):
            _insert(column, places, values)
        self._note(late[0][0])
        for pyramid in self._pyramids.values():
            pyramid.cut(places[0])
        if self.most is not None and len(self.xs) > self.most + self.most // 8 + WHOLE:
            self._drop()

    def _drop(self) -> None:
        """Let go of the oldest, many at once: taking one away at the beginning moves all others."""
        assert self.most is not None
        count = (len(self.xs) - self.most) // WHOLE * WHOLE
        for column in (self.xs, *self.columns):
            del column[:count]
        for pyramid in self._pyramids.values():
            pyramid.drop(count)
            pyramid.grown()
        self.dropped += count

    def _note(self, x: float) -> None:
        self.serial += 1
        self._disturbed.append((self.serial, x))

    def clear(self) -> None:
        """Let go of all points."""
        for column in (self.xs, *self.columns):
            del column[:]
        self._late, self._pyramids = [], {}
        self._note(-inf)

    def disturbed_since(self, serial: int) -> float:
        """From which x on points are others than when `serial` was what it said; inf if none are."""
        if serial == self.serial:
            return inf
        if not self._disturbed or self._disturbed[0][0] > serial + 1:
            return -inf
        return min(x for number, x in self._disturbed if number > serial)

    @property
    def first(self) -> int:
        """Where the oldest point stands that still counts; those before it are gone in all but storage."""
        return 0 if self.most is None else max(0, len(self.xs) - self.most)

    @property
    def extent(self) -> tuple[float, float] | None:
        """The least and the greatest x; None where there is no point."""
        return (self.xs[self.first], self.xs[-1]) if self.xs else None

    def pyramid(self, column: int) -> Pyramid:
        """The summary of one column, from now on kept up to date."""
        if column not in self._pyramids:
            self._pyramids[column] = Pyramid(self.columns[column])
        return self._pyramids[column]

    def place(self, x: float, start: int = 0) -> int:
        """Where the first point at or behind `x` stands, at `start` or later."""
        return bisect_left(self.xs, x, max(start, self.first))

    def same_as(self, other: Points) -> bool:
        """Whether the other has the same points; unlike ==, gaps are equal to gaps."""
        return len(self.columns) == len(other.columns) and all(
            one.tobytes() == two.tobytes()
            for one, two in zip((self.xs, *self.columns), (other.xs, *other.columns), strict=True)
        )


def _insert(column: array[float], places: Sequence[int], values: Sequence[float]) -> None:
    """Put values into a column, each before what stands at its place; the places are in order."""
    behind = array("d")
    for place, value, end in zip(places, values, (*places[1:], len(column)), strict=True):
        behind.append(value)
        behind.extend(column[place:end])
    column[places[0] :] = behind


def _is_sorted(values: array[float]) -> bool:
    return all(map(float.__le__, values, values[1:]))
