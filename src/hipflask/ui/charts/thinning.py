"""Few points that look like many: what of one bucket of x is sent to a screen.

A line over a million points is a thousand pixels wide, and what can be seen of the thousand points in one column of pixels is where the
line comes in, its least, its greatest, and where it goes out. Those four are points of the data themselves, at their true places, so
nothing on the screen is made up, and no spike is ever lost.

Buckets are counted from x = 0, so that those which have been left behind stay as they are while a window slides.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from math import floor, frexp, ldexp, nan

from .points import Points

# Puts what is sent of some columns, from one place to before another, behind the rows that are there: x first, then the columns.
Rows = Sequence["array[float]"]
Thin = Callable[[Points, Sequence[int], int, int, Rows], None]

# Of scattered points in a bucket so many stand for all, beside the extremes: then a cloud still looks like one.
SCATTERED = 16
# Below this a power of two is not exact any more.
_SMALLEST = -1000


def bucket_size(low: float, high: float, buckets: float, unit: float = 1.0) -> float:
    """The width of a bucket: `unit` times a power of two, so that between half of `buckets` and all of them cover `low` to `high`."""
    half = (
        (high / 2 - low / 2) / unit / max(buckets, 1.0)
    )  # by halves: the difference of two huge numbers is none
    finest = frexp(max(abs(low), abs(high)) / unit)[1] - 52  # closer together no two numbers are
    power = frexp(half)[1] + 1 if half > 0 else finest
    return unit * ldexp(1.0, min(max(power, finest, _SMALLEST), 1020))


def bucket_of(x: float, size: float) -> int:
    """Which bucket `x` is in: the n for which n * size <= x < (n + 1) * size."""
    number = floor(x / size)
    if x < number * size:
        return number - 1
    return number + 1 if x >= (number + 1) * size else number


def extremes(points: Points, columns: Sequence[int], first: int, last: int, rows: Rows) -> None:
    """The first, the last, and every column's least and greatest: for lines, areas and bars."""
    if last - first <= 2 + 2 * len(columns):
        _copy(points, columns, rows, slice(first, last))
    else:
        _pick(points, columns, rows, {first, last - 1, *_extremes(points, columns, first, last)})


def piled(points: Points, columns: Sequence[int], first: int, last: int, rows: Rows) -> None:
    """The same, and where all columns together are least and greatest: for areas and bars on top of each other."""
    if last - first <= 4 + 2 * len(columns):
        _copy(points, columns, rows, slice(first, last))
        return
    parts = [points.columns[column][first:last] for column in columns]
    sums = [sum(value for value in row if value == value) for row in zip(*parts, strict=True)]
    whole = {first + sums.index(min(sums)), first + sums.index(max(sums))}
    _pick(points, columns, rows, whole | {first, last - 1, *_extremes(points, columns, first, last)})


def scattered(points: Points, columns: Sequence[int], first: int, last: int, rows: Rows) -> None:
    """The extremes and some of what is between them, always the same: for dots."""
    stride = 1 << ((last - first - 1) // SCATTERED).bit_length()
    if stride == 1:
        _copy(points, columns, rows, slice(first, last))
        return
    begin = first + -(points.dropped + first) % stride
    chosen = {first, last - 1, *range(begin, last, stride), *_extremes(points, columns, first, last)}
    _pick(points, columns, rows, chosen)


def candles(points: Points, columns: Sequence[int], first: int, last: int, rows: Rows) -> None:
    """One candle for all of them: opened as the first, closed as the last. Four columns are candles already, one is a price."""
    opens, highs, lows, closes = columns if len(columns) == 4 else (columns[0],) * 4
    top = points.pyramid(highs).extremes(first, last)
    bottom = points.pyramid(lows).extremes(first, last)
    values = (
        points.xs[first],
        _known(points.columns[opens], range(first, last)),
        nan if top is None else points.columns[highs][top[1]],
        nan if bottom is None else points.columns[lows][bottom[0]],
        _known(points.columns[closes], range(last - 1, first - 1, -1)),
    )
    for target, value in zip(rows, values, strict=True):
        target.append(value)


def _known(column: array[float], places: range) -> float:
    """The first value that is no gap."""
    return next((column[place] for place in places if column[place] == column[place]), nan)


def _extremes(points: Points, columns: Sequence[int], first: int, last: int) -> list[int]:
    return [place for column in columns for place in points.pyramid(column).extremes(first, last) or ()]


def _copy(points: Points, columns: Sequence[int], rows: Rows, part: slice) -> None:
    rows[0].extend(points.xs[part])
    for target, column in zip(rows[1:], columns, strict=True):
        target.extend(points.columns[column][part])


def _pick(points: Points, columns: Sequence[int], rows: Rows, places: set[int]) -> None:
    chosen = sorted(places)
    rows[0].extend([points.xs[place] for place in chosen])
    for target, column in zip(rows[1:], columns, strict=True):
        values = points.columns[column]
        target.extend([values[place] for place in chosen])
