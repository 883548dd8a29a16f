"""What one screen holds of the points, and the little that has to travel when points come or its window slides.

    view.update(points, low, high, size)     Change(whole=True, …)                  first, and whenever it looks elsewhere
    …ten points later, a bit further on      Change(front=4, back=2, more=…)        forget 4 rows, take back 2, append these
                                              None                                   nothing to say

A view holds whole buckets. The last is open: it is taken back and said again with what has come to it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from .points import Points
from .thinning import Thin, bucket_of, candles


@dataclass(slots=True)
class Change:
    """What brings a screen up to date: rows to forget at the front, rows to take back at the end, rows to append to the rest."""

    whole: bool
    front: int
    back: int
    more: list[array[float]]


class _Bucket(NamedTuple):
    number: int
    first: float  # x of its first point
    rows: int


class View:
    """A stretch of points as it is held by one screen, thinned."""

    def __init__(self, thin: Thin, columns: Sequence[int]) -> None:
        self._thin = thin
        self._columns = columns
        width = 4 if thin is candles else len(columns)
        self.rows = [array("d") for _ in range(1 + width)]
        self._buckets: deque[_Bucket] = deque()
        self._holds_any = False
        self._size = 0.0
        self._from = inf  # from here on nothing is left out
        self._serial = -1
        self._end = 0  # how many points had come and been looked at, those included that are gone

    def update(self, points: Points, low: float, high: float, size: float) -> Change | None:
        """Hold the points from `low` to `high`, in buckets of that size; what has to be said for it, None if nothing has.

        Held are also the buckets in which a line comes in and goes out.
        """
        end = min(len(points), bisect_right(points.xs, high, points.first) + 1)
        disturbed = points.disturbed_since(self._serial)
        has_more = points.dropped + end > self._end
        self._serial = points.serial
        if size != self._size or low < self._from or not self._buckets:
            return self._all(points, low, size, end)
        front = self._forget(low)
        back = self._take_back(disturbed, has_more)
        if back and not self._buckets:
            return self._all(points, low, size, end)
        if not (front or back):
            return None
        before = len(self.rows[0])
        if back:  # late points may also stand where no bucket was
            self._fill(points, points.place((self._buckets[-1].number + 1) * size), end)
        return Change(False, front, back, [column[before:] for column in self.rows])

    def _all(self, points: Points, low: float, size: float, end: int) -> Change | None:
        for column in self.rows:
            del column[:]
        self._buckets.clear()
        self._size = size
        begin = max(points.first, points.place(low) - 1)
        if begin < end:
            begin = points.place(bucket_of(points.xs[begin], size) * size)
        self._from = -inf if begin == points.first else low
        self._fill(points, begin, end)
        held, self._holds_any = self._holds_any, bool(self.rows[0])
        return Change(True, 0, 0, self.rows) if held or self._holds_any else None

    def _forget(self, low: float) -> int:
        """Let go of the buckets before the one in which the line comes in."""
        rows = 0
        while len(self._buckets) > 1 and self._buckets[1].first < low:
            rows += self._buckets.popleft().rows
            self._from = low
        for column in self.rows:
            del column[:rows]
        return rows

    def _take_back(self, disturbed: float, has_more: bool) -> int:
        """Take back the buckets that are others now: the open one if points have come, and those in which late ones were put."""
        rows = 0
        while self._buckets and (
            (has_more and not rows) or (self._buckets[-1].number + 1) * self._size > disturbed
        ):
            rows += self._buckets.pop().rows
        for column in self.rows:
            del column[len(column) - rows :]
        return rows

    def _fill(self, points: Points, begin: int, end: int) -> None:
        """Add whole buckets, from that of the point at `begin` to that of the one before `end`."""
        xs, size, here = points.xs, self._size, begin
        while here < end:
            number = bucket_of(xs[here], size)
            edge = (number + 1) * size
            after = here + 1
            if after < len(xs) and xs[after] < edge:
                after = points.place(edge, after)
            had = len(self.rows[0])
            self._thin(points, self._columns, here, after, self.rows)
            self._buckets.append(_Bucket(number, xs[here], len(self.rows[0]) - had))
            here = after
        self._end = points.dropped + max(here, end)
