"""From whatever `ui.chart` is given to a feed of points."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from decimal import Decimal
from threading import Lock
from typing import Any

from ...core.errors import UsageError
from ...core.ports import Watcher
from ...core.rows import Cancelled, FindRows, Order, Question, RowReader, RowSource
from ..rows import columns_of, rows_of
from ..rows.memory import MemorySource
from ..workers import Workers
from .feeds import Axes, Feed, SeriesFeed, StillFeed, chosen, points_of
from .points import Points
from .series import Series

# Rows are read in pieces of so many, up to so many in all.
PIECE = 20_000
MOST_ROWS = 2_000_000
# After a change rows are read again at the earliest so many times as long after as reading them takes.
REST = 4.0
LEAST_REST = 0.1

_NUMERIC = {"integer", "float", "decimal", "duration"}


def feed_of(
    what: Any,
    x: str | None,
    y: Sequence[str],
    *,
    named_rows: bool,
    find_rows: FindRows,
    workers: Workers,
) -> Feed:
    """The feed of anything that can be drawn; raises UsageError for what cannot."""
    if isinstance(what, Series):
        if x not in (None, what.x):
            raise UsageError(f"ui.chart: {what!r} is drawn over {what.x!r}, got x={x!r}.")
        return SeriesFeed(what, y or what.columns)
    if what is None or (isinstance(what, Sized) and not len(what)):  # nothing yet, and so no columns either
        return StillFeed(Points(len(y)), Axes(x or ""), y)
    if isinstance(what, Mapping):
        columns = _checked_columns(what)
        x, y = chosen(list(columns), lambda name: _is_number(columns[name]), x, y)
        return StillFeed(*points_of(columns, x, y, named_rows), y)
    source = find_rows(what) or rows_of(what)
    if source is None:
        raise UsageError(
            "ui.chart takes a ui.Series, a query, a model, a list of dicts or rows, a dict of columns, or a data frame, "
            f"got {what!r}. Write ui.chart({{'x': [1, 2], 'y': [3, 5]}})."
        )
    kinds = {column.name: column.kind for column in source.columns}
    x, y = chosen(list(kinds), lambda name: kinds[name] in _NUMERIC, x, y)
    if isinstance(source, MemorySource):
        wanted = [name for name in dict.fromkeys((x, *y)) if name is not None]
        return StillFeed(*points_of(columns_of(source, wanted), x, y, named_rows), y)
    return RowsFeed(source, x, y, named_rows, workers)


class RowsFeed:
    """Rows that somebody else holds: read in a thread of their own, and again when they change."""

    def __init__(
        self, source: RowSource, x: str | None, y: Sequence[str], named_rows: bool, workers: Workers
    ) -> None:
        self._source, self._x, self.names, self._named_rows = source, x, tuple(y), named_rows
        self._workers = workers
        self.places = range(len(y))
        self.axes = Axes(x or "")
        self.failure = ""
        self.is_reading = True
        self._points = Points(len(y))
        self._reader: RowReader | None = None
        self._watcher: Watcher | None = None
        self._lock = Lock()
        self._under_way = self._again = False

    @contextmanager
    def reading(self) -> Iterator[Points]:
        """The points as they were read last."""
        yield self._points

    def watch(self, watcher: Watcher) -> None:
        """Read, and say when that is done, and when it has been done again."""
        self._watcher = watcher
        if self._reader is None:
            self._reader = self._source.open(self._changed)
            self._changed()

    def unwatch(self, watcher: Watcher) -> None:
        """Read no more."""
        self._watcher = None
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            reader.close()

    def same_as(self, other: object) -> bool:
        """Whether the other shows the same columns of the same rows."""
        return (
            isinstance(other, RowsFeed)
            and (other._x, other.names, other._named_rows) == (self._x, self.names, self._named_rows)
            and self._source.same_as(other._source)
        )

    def _changed(self) -> None:
        with self._lock:
            if self._under_way:
                self._again = True
                return
            self._under_way = True
        self._workers.handlers.submit(self._read)

    def _read(self) -> None:
        begun = time.monotonic()
        with self._lock:
            self._again = False
        reader = self._reader
        try:
            if reader is not None:
                self._take(_all_columns(reader, self._x, self.names))
        except Cancelled:
            pass
        except Exception as error:  # whatever reads them: its sentence is for the person at the screen
            self.failure, self.is_reading = str(error) or type(error).__name__, False
        watcher = self._watcher
        if watcher is None:  # the chart is gone, and perhaps the program is about to end
            self._under_way = False
            return
        watcher.changed()
        self._workers.later(max(LEAST_REST, (time.monotonic() - begun) * REST), self._rested)

    def _rested(self) -> None:
        with self._lock:
            again, self._under_way = self._again, False
        if again and self._reader is not None:
            self._changed()

    def _take(self, columns: Mapping[str, Sequence[object]]) -> None:
        points, self.axes = points_of(columns, self._x, self.names, self._named_rows)
        if not points.same_as(self._points):
            self._points = points
        self.failure, self.is_reading = "", False


def _all_columns(reader: RowReader, x: str | None, names: Sequence[str]) -> dict[str, list[object]]:
    """All rows of a view, column by column."""
    wanted = tuple(dict.fromkeys((*(() if x is None else (x,)), *names)))
    order = () if x is None else (Order(x),)
    columns: dict[str, list[object]] = {name: [] for name in wanted}
    first = 0
    while first < MOST_ROWS:
        answer = reader.read(Question(wanted, first=first, count=PIECE, order=order))
        for name, values in zip(
            wanted, zip(*(line.values for line in answer.rows), strict=True), strict=False
        ):
            columns[name].extend(values)
        first += len(answer.rows)
        if len(answer.rows) < PIECE:
            break
    return columns


def _checked_columns(what: Mapping[Any, Any]) -> dict[str, Sequence[object]]:
    columns = {str(name): _listed(values) for name, values in what.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        raise UsageError(f"ui.chart: all columns must be equally long: {said}.")
    return columns


def _listed(values: Any) -> Sequence[object]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise UsageError(
            f"ui.chart: a column is a list of values, got {values!r}. Write {{'x': [1, 2], 'y': [3, 5]}}."
        )
    return values if isinstance(values, Sequence) else list(values)


def _is_number(values: Sequence[object]) -> bool:
    known = next((value for value in values if value is not None), None)
    return known is None or (isinstance(known, int | float | Decimal) and not isinstance(known, bool))
