"""The least and the greatest of any stretch of a column that grows, without looking at most of it.

    values   3 1 4 1 5 9 2 6 | 5 3 5 8 9 7 9 3 | 2 3 8 …     (in blocks of 8 here, of 32 in truth)
    least          1         |        3        |  not full yet
    greatest       9         |        9        |

The extremes of values 4 to 17 are those of `5 9 2 6`, of one whole block and of `2`. Above the blocks stand blocks of blocks: a
million values are a thousand of those. NaN stands for a gap, and is neither.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from math import inf, isfinite

FAN = 32
WHOLE = FAN * FAN  # values in one block of the upper level; `Pyramid.drop` takes as many at a time


class Pyramid:
    """Summaries of one column of finite numbers and gaps; the column belongs to somebody else, who says what became of it."""

    def __init__(self, values: array[float]) -> None:
        self._values = values
        self._lows = array("d"), array("d")
        self._highs = array("d"), array("d")
        self.grown()

    def grown(self) -> None:
        """Values have been appended."""
        values, (low, upper_low), (high, upper_high) = self._values, self._lows, self._highs
        for start in range(len(low) * FAN, len(values) - FAN + 1, FAN):
            block = _known(values[start : start + FAN])
            low.append(min(block, default=inf))
            high.append(max(block, default=-inf))
        for start in range(len(upper_low) * FAN, len(low) - FAN + 1, FAN):
            upper_low.append(min(low[start : start + FAN]))
            upper_high.append(max(high[start : start + FAN]))

    def cut(self, first: int) -> None:
        """Values from the place `first` on are others now."""
        for levels in (self._lows, self._highs):
            del levels[0][first // FAN :], levels[1][first // WHOLE :]
        self.grown()

    def drop(self, count: int) -> None:
        """So many values, a multiple of WHOLE, have been taken away at the beginning."""
        for levels in (self._lows, self._highs):
            del levels[0][: count // FAN], levels[1][: count // WHOLE]

    def extremes(self, first: int, last: int) -> tuple[int, int] | None:
        """Where the least and the greatest of the values from `first` to before `last` stand; None if all of them are gaps."""
        least, greatest = inf, -inf
        low_at = high_at = (0, 0, 0)
        for level, start, end in _stretches(first, last):
            lows, highs = self._level(level, start, end)
            if (low := min(lows, default=inf)) < least:
                least, low_at = low, (level, start, end)
            if (high := max(highs, default=-inf)) > greatest:
                greatest, high_at = high, (level, start, end)
        if least == inf:
            return None
        return self._find(least, self._lows, *low_at), self._find(greatest, self._highs, *high_at)

    def _level(self, level: int, start: int, end: int) -> tuple[Iterable[float], Iterable[float]]:
        if level == 0:
            values = _known(self._values[start:end])
            return values, values
        return self._lows[level - 1][start:end], self._highs[level - 1][start:end]

    def _find(
        self, value: float, levels: tuple[array[float], array[float]], level: int, start: int, end: int
    ) -> int:
        """Where the first such value stands, on the way down from a stretch that holds it."""
        while level:
            place = levels[level - 1].index(value, start, end)
            level, start, end = level - 1, place * FAN, (place + 1) * FAN
        return self._values.index(value, start, end)


def _known(values: array[float]) -> array[float] | list[float]:
    """The values that are no gaps. A sum is quickly made, and tells whether there is any."""
    return values if isfinite(sum(values)) else [value for value in values if value == value]


def _stretches(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Level, start and end of the fewest stretches that together cover `first` to `last`: ragged ends and whole blocks."""
    level = 0
    tails = []
    while level < 2 and (whole := -(-first // FAN)) < last // FAN:
        if first < whole * FAN:
            yield level, first, whole * FAN
        if last // FAN * FAN < last:
            tails.append((level, last // FAN * FAN, last))
        level, first, last = level + 1, whole, last // FAN
    yield level, first, last
    yield from reversed(tails)
