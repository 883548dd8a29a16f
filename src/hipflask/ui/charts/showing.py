"""What of a feed is shown, and in which form: thinned where every point has its place, counted in histograms and heat maps."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .bins import Histogram, heat
from .feeds import Feed
from .points import Points
from .thinning import Thin, bucket_size, candles, extremes, piled, scattered
from .view import Change, View

Kind = Literal["line", "area", "bar", "scatter", "candlestick", "heatmap", "histogram"]
Extent = tuple[float, float] | None

_THIN: dict[str, tuple[Thin, float]] = {  # and how many pixels a bucket has at least
    "line": (extremes, 1.0),
    "area": (extremes, 1.0),
    "bar": (extremes, 1.0),
    "scatter": (scattered, 2.0),
    "candlestick": (candles, 4.0),
}
# Counting everything again may take a while, and is not done more often than leaves so many times that for other things.
REST = 4.0


@dataclass(frozen=True, slots=True)
class Spec:
    """How a chart shows its points."""

    kind: Kind
    window: float | None = None
    every: float | None = None  # of candles: how long one is
    bins: int = 30
    stacked: bool = False

    def show(self, feed: Feed) -> Thinned | Binned:
        """A new showing of a feed."""
        return Thinned(feed, self) if self.kind in _THIN else Binned(feed, self)


@dataclass(slots=True)
class News:
    """What is to be said to a screen: how it comes to hold `rows`."""

    whole: bool
    rows: Sequence[array[float]]
    extent: Extent
    front: int = 0
    back: int = 0
    more: Sequence[array[float]] = ()
    steps: tuple[float, float] | None = None


class Thinned:
    """Points at their places, as many of them as can be seen."""

    def __init__(self, feed: Feed, spec: Spec) -> None:
        self.feed, self.spec = feed, spec
        thin, self._pixels = _THIN[spec.kind]
        self._view = View(piled if spec.stacked else thin, feed.places)

    def update(self, width: float, looked: Extent) -> News | None:
        """What brings a screen up to date that is so wide and looks there; None for nothing."""
        with self.feed.reading() as points:
            extent = points.extent
            low, high = looked or _live(extent, self.spec.window)
            size = self._size(low, high, width)
            if (
                looked is not None
            ):  # a bit more at the sides, so that a hand that pans has something to show at once
                low, high = low - (high - low) / 2, high + (high - low) / 2
            change = self._view.update(points, low, high, size)
            return None if change is None else self._news(change, extent)

    def rests(self) -> float:
        """It takes no rest."""
        return 0.0

    def _size(self, low: float, high: float, width: float) -> float:
        size = bucket_size(low, high, width / self._pixels, self.spec.every or 1.0)
        return size if self.spec.every is None else max(size, self.spec.every)

    def _news(self, change: Change, extent: Extent) -> News:
        return News(change.whole, self._view.rows, extent, change.front, change.back, change.more)


class Binned:
    """Points counted."""

    def __init__(self, feed: Feed, spec: Spec) -> None:
        self.feed, self.spec = feed, spec
        self._histogram = Histogram(spec.bins)
        self._rows: Sequence[array[float]] = ()
        self._until = 0.0
        self._waits = 0.0

    def update(self, width: float, looked: Extent) -> News | None:
        """The counts, if they are others than before."""
        begun = time.monotonic()
        self._waits = max(0.0, self._until - begun)
        if self._waits:
            return None
        with self.feed.reading() as points:
            low, _ = _live(points.extent, self.spec.window)
            rows, steps = self._count(points, low)
        now = time.monotonic()
        self._until = now + (now - begun) * REST
        if [*rows] == [*self._rows]:
            return None
        self._rows = rows
        return News(True, rows, _extent(rows, steps[0]), steps=steps)

    def rests(self) -> float:
        """In how many seconds it is to be asked again, because it would not count just now."""
        return self._waits

    def _count(self, points: Points, low: float) -> tuple[list[array[float]], tuple[float, float]]:
        if not len(points):
            return [], (1.0, 1.0)
        if self.spec.kind == "heatmap":
            return heat(points, self.feed.places, low)
        rows = self._histogram.update(points, self.feed.places[0], low)
        return rows, (self._histogram.step, 0.0)


def _live(extent: Extent, window: float | None) -> tuple[float, float]:
    """Where a chart looks that nobody has zoomed: at the end, or at everything."""
    if extent is None:
        return 0.0, 1.0
    return (extent[0] if window is None else extent[1] - window), extent[1]


def _extent(rows: Sequence[array[float]], step: float) -> Extent:
    return (min(rows[0]), max(rows[0]) + step) if rows and rows[0] else None
