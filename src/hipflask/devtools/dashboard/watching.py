"""Asks all targets ever so often, each in a thread of its own, and keeps what they said for charts and tables."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite, nan
from threading import Event, Thread

from ...ui.charts.series import Series
from ...ui.states import State
from .figures import Interval
from .measures import FAMILIES, MEASURES, Measure, Value, errors
from .target import Target

MOST_POINTS = 20_000  # of each line; with one in two seconds, eleven hours
MOST_ROWS = 200


@dataclass(frozen=True)
class Row:
    """What one thing of one target did of late: a line of the table at the end."""

    target: str
    kind: str
    name: str
    per_second: float
    median: float | None  # milliseconds
    slow: float | None
    busy: float  # seconds in each second
    errors: float


@dataclass(frozen=True)
class Line:
    """One line of one chart."""

    name: str  # unlike that of any other line of any chart
    title: str
    target: int
    nth: int  # of those that its target has in the chart
    value: Value


class Watching:
    """The targets, a series of points for each chart, and what is known of the last seconds."""

    def __init__(self, targets: Sequence[Target], seconds: float) -> None:
        self.targets = targets
        self.seconds = seconds
        self.lines = {measure: _lines(measure, targets) for measure in MEASURES}
        self.series = {
            measure: Series("time", *(line.name for line in lines), most=MOST_POINTS)
            for measure, lines in self.lines.items()
        }
        self.seen: State[frozenset[str]] = State(frozenset())  # lines of which there is any value
        self.rounds = State(0)
        self._over = Event()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Ask while the block runs."""
        for target in self.targets:
            Thread(target=self._ask, args=(target,), name=f"hipflask-{target.name}", daemon=True).start()
        Thread(target=self._note, name="hipflask-dashboard", daemon=True).start()
        try:
            yield
        finally:
            self._over.set()

    def note(self, now: float) -> None:
        """Add a point to every line: of a target that says nothing, a gap."""
        found = set[str]()
        for measure, lines in self.lines.items():
            values = [_value(line.value, self.targets[line.target].interval) for line in lines]
            self.series[measure].append(now, *values)
            found.update(line.name for line, value in zip(lines, values, strict=True) if isfinite(value))
        if not found <= self.seen.value:
            self.seen.set(self.seen.value | found)
        self.rounds.update(lambda before: before + 1)

    def rows(self) -> list[Row]:
        """What has kept the targets busiest."""
        rows = [row for target in self.targets for row in _rows(target)]
        return sorted(rows, key=lambda row: -row.busy)[:MOST_ROWS]

    def failures(self, target: Target) -> float:
        """Errors in each second."""
        return _value(errors(FAMILIES), target.interval)

    def _ask(self, target: Target) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            target.ask()
            self._over.wait(max(self.seconds - (time.monotonic() - began), 0.05))

    def _note(self) -> None:
        while not self._over.wait(self.seconds):
            self.note(time.time())


def _lines(measure: Measure, targets: Sequence[Target]) -> list[Line]:
    return [
        Line(f"{measure.title} of {target.name}{suffix}", f"{target.name}{suffix}", place, nth, value)
        for place, target in enumerate(targets)
        for nth, (suffix, value) in enumerate(measure.lines)
    ]


def _value(value: Value, interval: Interval | None) -> float:
    return nan if interval is None else value(interval)


def _rows(target: Target) -> list[Row]:
    interval = target.interval
    if interval is None or interval.seconds <= 0:
        return []
    return [
        Row(
            target.name,
            kind,
            name,
            interval.rate(count.count),
            _known(count.quantile(0.5) * 1000),
            _known(count.quantile(0.95) * 1000),
            interval.rate(count.seconds),
            interval.rate(count.errors),
        )
        for (kind, name), count in interval.counts.items()
        if count.count > 0
    ]


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
