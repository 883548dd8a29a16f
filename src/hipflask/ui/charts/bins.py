"""Points counted: how many fall into each step of a value (a histogram), and what their mean is in each field of x and y (a heat map).

Steps are round numbers (1, 2 or 5 times a power of ten) and begin at 0, so they stay where they are while points come. A histogram counts
only what has come and takes away what has gone.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import floor, inf, log10

from .points import Points

# So many different x or y have a column or row of their own in a heat map; if there are more, they share.
MOST_FIELDS = 200
_HUGE = 1.7e308


class Histogram:
    """How many values of one column there are in each step."""

    def __init__(self, bins: int) -> None:
        self.step = 0.0
        self._bins = bins
        self._counts: Counter[int] = Counter()
        self._points: Points | None = None
        self._serial = 0
        self._from = self._to = 0  # what is counted, in points since the first that ever came

    def update(self, points: Points, column: int, low: float) -> list[array[float]]:
        """Count the values of the points from x = `low` on: where each step begins, and how many there are."""
        first, last = points.place(low), len(points)
        found = points.pyramid(column).extremes(first, last)
        if found is None:
            self._points = None
            return [array("d"), array("d")]
        values = points.columns[column]
        self._count(points, values, first, last, values[found[0]], values[found[1]])
        numbers = range(min(self._counts), max(self._counts) + 1)
        return [
            array("d", [max(-_HUGE, min(_HUGE, number * self.step)) for number in numbers]),
            array("d", [self._counts[number] for number in numbers]),
        ]

    def _count(
        self, points: Points, values: array[float], first: int, last: int, least: float, greatest: float
    ) -> None:
        begin, end = points.dropped + first, points.dropped + last
        steps = (greatest / self.step - least / self.step) if self.step else inf
        is_same = points is self._points and points.serial == self._serial and points.dropped <= self._from
        if not is_same or begin < self._from or not self._bins / 3 <= steps + 1 <= self._bins * 2:
            self.step = round_step(least, greatest, self._bins)
            self._counts = self._counted(values[first:last])
        else:
            gone, come = self._from - points.dropped, self._to - points.dropped
            self._counts += self._counted(values[come:last])
            self._counts -= self._counted(values[gone:first])  # which also forgets what is down to 0
        self._points, self._serial, self._from, self._to = points, points.serial, begin, end

    def _counted(self, values: Iterable[float]) -> Counter[int]:
        step = self.step
        return Counter([floor(value / step) for value in values if value == value])


def heat(
    points: Points, columns: Sequence[int], low: float
) -> tuple[list[array[float]], tuple[float, float]]:
    """The fields of a heat map (middle in x, middle in y, mean value; or how many points, without values), and how large they are."""
    first = points.place(low)
    xs, ys = points.xs[first:], points.columns[columns[0]][first:]
    values = points.columns[columns[1]][first:] if len(columns) > 1 else None
    across, up = _Fields(xs), _Fields(ys)
    sums: dict[tuple[float, float], float] = {}
    counts: Counter[tuple[float, float]] = Counter()
    for x, y, value in zip(xs, ys, values or (1.0,) * len(xs), strict=True):
        if y == y and value == value:
            field = across.middle(x), up.middle(y)
            sums[field] = sums.get(field, 0.0) + value
            counts[field] += 1
    rows = [array("d") for _ in range(3)]
    for (x, y), total in sums.items():
        for row, value in zip(rows, (x, y, total / counts[x, y] if values else total), strict=True):
            row.append(value)
    return rows, (across.step, up.step)


class _Fields:
    """How x, or y, is divided: every value by itself as long as there are not too many."""

    def __init__(self, values: Sequence[float]) -> None:
        known = sorted({value for value in values if value == value})
        self._is_shared = len(known) > MOST_FIELDS
        if self._is_shared:
            self.step = round_step(known[0], known[-1], MOST_FIELDS // 2)
        else:
            self.step = min((after - before for before, after in pairwise(known)), default=1.0)

    def middle(self, value: float) -> float:
        """Where the middle of the field is that a value falls into."""
        return (floor(value / self.step) + 0.5) * self.step if self._is_shared else value


def round_step(least: float, greatest: float, count: int) -> float:
    """A round number, about a `count`th of what lies between two values."""
    rough = greatest / count - least / count
    if rough <= 0:
        rough = abs(greatest) / count or 1.0
    ten = 10.0 ** max(floor(log10(rough)), -300)
    return next(factor * ten for factor in (1, 2, 5, 10, inf) if factor * ten >= rough * 0.999)
