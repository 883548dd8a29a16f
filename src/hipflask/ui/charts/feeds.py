"""Where a chart's points come from: a `Series` that grows, data that stands still, or rows that are read again when they change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from math import isnan
from typing import Protocol

from ...core.errors import UsageError
from ...core.ports import Watcher
from .points import Points
from .series import Series
from .values import Axis, axis, numbers


class Feed(Protocol):
    """Points, and how a person reads them."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns are called, in the order of a chart's series."""

    @property
    def places(self) -> Sequence[int]:
        """Where these columns stand among those of the points."""

    @property
    def axes(self) -> Axes:
        """How x and y are read."""

    @property
    def failure(self) -> str:
        """One sentence for the person at the screen where the points could not be read."""

    @property
    def is_reading(self) -> bool:
        """Whether the points are still on their way for the first time."""

    def reading(self) -> AbstractContextManager[Points]:
        """The points, while nobody changes them."""

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every change from now on, and read what there is to read."""

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""

    def same_as(self, other: object) -> bool:
        """Whether the other shows the same, so that a chart may go on with what it has."""


@dataclass(frozen=True, slots=True)
class Axes:
    """How x and y are read: as times, as numbers, or as names."""

    x: str
    is_time: bool = False
    labels: tuple[str, ...] | None = None  # of x, where they are names
    rows: tuple[str, ...] | None = None  # of y, in a heat map


class SeriesFeed:
    """A series, shared by all who draw it."""

    failure = ""
    is_reading = False

    def __init__(self, series: Series, names: Sequence[str]) -> None:
        for name in names:
            if name not in series.columns:
                raise UsageError(
                    f"ui.chart: {series!r} has no {name!r}. Its values are {', '.join(series.columns)}."
                )
        self._series = series
        self.names = tuple(names)
        self.places = [series.columns.index(name) for name in names]
        self.axes = Axes(series.x, is_time=series.is_time)
        self.reading = series.reading
        self.watch, self.unwatch = series.watch, series.unwatch

    def same_as(self, other: object) -> bool:
        """Whether the other is of the same series."""
        return isinstance(other, SeriesFeed) and (other._series, other.names) == (self._series, self.names)


class StillFeed:
    """Data that a drawing has given."""

    failure = ""
    is_reading = False

    def __init__(self, points: Points, axes: Axes, names: Sequence[str]) -> None:
        self._points, self.axes, self.names = points, axes, tuple(names)
        self.places = range(len(names))

    @contextmanager
    def reading(self) -> Iterator[Points]:
        """The points."""
        yield self._points

    def watch(self, watcher: Watcher) -> None:
        """Nothing changes."""

    unwatch = watch

    def same_as(self, other: object) -> bool:
        """Whether the other has the same points under the same names."""
        return (
            isinstance(other, StillFeed)
            and (other.names, other.axes) == (self.names, self.axes)
            and other._points.same_as(self._points)
        )


def points_of(
    columns: Mapping[str, Sequence[object]], x: str | None, names: Sequence[str], named_rows: bool = False
) -> tuple[Points, Axes]:
    """Columns as points; without x they are numbered. With `named_rows` the first column may hold names, too."""
    length = len(columns[names[0]]) if names else 0
    across = axis(columns[x]) if x is not None else Axis(numbers(range(length)))
    rows = axis(columns[names[0]]) if named_rows else None
    values = [numbers(columns[name]) for name in names]
    if rows is not None:
        values[0] = rows.places
    if any(map(isnan, across.places)):
        kept = [place for place, value in enumerate(across.places) if not isnan(value)]
        across.places, *values = (
            numbers([column[place] for place in kept]) for column in (across.places, *values)
        )
    points = Points(len(names))
    points.extend(across.places, values)
    axes = Axes(x or "", across.is_time, _tuple(across.labels), _tuple(rows.labels if rows else None))
    return points, axes


def chosen(
    what: Sequence[str], is_number: Callable[[str], bool], x: str | None, y: Sequence[str]
) -> tuple[str | None, Sequence[str]]:
    """Which columns are shown over which; without a word, all numbers over the first column."""
    for name in (x, *y):
        if name is not None and name not in what:
            raise UsageError(
                f"ui.chart: there is no column {name!r}. There are: {', '.join(what) or 'none'}."
            )
    if x is None and not y and len(what) > 1:
        x = what[0]
    return x, y or [name for name in what if name != x and is_number(name)]


def _tuple(labels: list[str] | None) -> tuple[str, ...] | None:
    return None if labels is None else tuple(labels)
