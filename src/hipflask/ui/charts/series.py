"""`ui.Series`: points that keep coming, shared by all windows.

prices = ui.Series("time", "price")        at module level
prices.append(time.time(), 101.5)          from any thread, ten thousand times a second if need be
ui.chart(prices, window=60)                in as many windows as one likes
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite, isnan
from threading import Lock

from ...core import context
from ...core.errors import UsageError
from ...core.ports import Watcher
from .points import Points
from .values import checked_moment, number, numbers


class Series:
    """Points that keep coming: `ui.Series("time", "price")`, made once and drawn by any number of `ui.chart`s.

    The first name is that of x, times unless `time=False`; the others are those of the values. The last `most` points are kept, in
    the order of x, whatever the order in which they come.
    """

    def __init__(self, x: str, *columns: str, most: int = 1_000_000, time: bool = True) -> None:
        names = (x, *columns)
        if not columns or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
            raise UsageError(
                f"ui.Series takes the name of x and of one or more values, all of them different, got {names!r}. "
                'Write ui.Series("time", "price").'
            )
        if not isinstance(most, int) or most < 1:
            raise UsageError(f"ui.Series: most is how many points are kept, at least 1, got {most!r}.")
        self.x = x
        self.columns = columns
        self.is_time = time
        self.skipped = 0  # points without a finite x, which have no place
        self._points = Points(len(columns), most)
        self._lock = Lock()
        self._watching = Lock()
        self._watchers: tuple[Watcher, ...] = ()

    def append(self, x: object, *values: object) -> None:
        """Add one point, from any thread; a value that is None, NaN or infinite leaves a gap."""
        if len(values) != len(self.columns):
            raise UsageError(
                f"Series.append takes {self.x} and {', '.join(self.columns)}, got {(x, *values)!r}."
            )
        place = x if type(x) is float and isfinite(x) else checked_moment("Series.append", x)
        if isnan(place):
            self.skipped += 1
            return
        row = [value if type(value) is float and isfinite(value) else number(value) for value in values]
        with self._lock:
            self._points.append(place, row)
        self._notify()

    def extend(self, xs: Sequence[object], *columns: Sequence[object]) -> None:
        """Add many points at once, from any thread: all their x, then all values of each column."""
        if len(columns) != len(self.columns) or any(len(column) != len(xs) for column in columns):
            lengths = [len(xs), *map(len, columns)]
            raise UsageError(
                f"Series.extend takes as many {self.x} as {', '.join(self.columns)}, got lists of {lengths} values."
            )
        places, rows = _with_places(xs, columns)
        self.skipped += len(xs) - len(places)
        if places:
            with self._lock:
                self._points.extend(places, rows)
            self._notify()

    def clear(self) -> None:
        """Forget all points."""
        with self._lock:
            self._points.clear()
        self._notify()

    def __len__(self) -> int:
        """How many points are kept."""
        context.record(self)
        with self.reading() as points:
            return len(points) - points.first

    @property
    def last(self) -> tuple[float, ...] | None:
        """The point with the greatest x: that, and its values; None if there is none.

        A drawing that asks for it is drawn again when points come.
        """
        context.record(self)
        with self.reading() as points:
            return (points.xs[-1], *(column[-1] for column in points.columns)) if len(points) else None

    @contextmanager
    def reading(self) -> Iterator[Points]:
        """The points, in their order, while nobody else changes them."""
        with self._lock:
            self._points.settle()
            yield self._points

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every change from now on."""
        with self._watching:
            if watcher not in self._watchers:
                self._watchers += (watcher,)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""
        with self._watching:
            self._watchers = tuple(other for other in self._watchers if other is not watcher)

    def _notify(self) -> None:
        for watcher in self._watchers:
            watcher.changed()

    def __repr__(self) -> str:
        return f"Series({', '.join(map(repr, (self.x, *self.columns)))})"


def _with_places(
    xs: Sequence[object], columns: Sequence[Sequence[object]]
) -> tuple[array[float], list[array[float]]]:
    """The points that have a place, as numbers."""
    places = numbers(xs)
    if any(map(isnan, places)):  # times, or none
        places = array("d", [checked_moment("Series.extend", x) for x in xs])
    rows = [numbers(column) for column in columns]
    if any(map(isnan, places)):
        kept = [place for place, x in enumerate(places) if not isnan(x)]
        return array("d", [places[n] for n in kept]), [array("d", [row[n] for n in kept]) for row in rows]
    return places, rows
