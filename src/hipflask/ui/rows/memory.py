"""What all sources in memory have in common: a question is thought about once, and then a window of its answer costs a slice.

source.view(question)     the rows that it is about, in order and grouped; kept while they stay as they are
reader.read(question)     those lines of the view that a screen shows, with what is in the rows by now
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakSet

from ...core.rows import Answer, Cancelled, Key, Line, Question, RowColumn
from .grouping import Group, Level, Part, RowLine
from .sorting import Check

_KEPT = 4  # views of one source: what its tables ask, and what they asked before


@dataclass(slots=True)
class View:
    """The rows that all questions of one shape are about."""

    shape: Question
    version: int  # of the source, for which it is known to be right
    part: Part
    level: Level
    totals: Mapping[str, object]


class MemorySource:
    """Rows in memory. Whoever inherits from it says how they are arranged and read."""

    def __init__(self) -> None:
        self._readers: WeakSet[MemoryReader] = WeakSet()
        self._lock = Lock()  # of the two below; nothing is computed under it
        self._views: list[View] = []
        self._version = 0

    @property
    def columns(self) -> Sequence[RowColumn]:
        """The columns it has."""
        raise NotImplementedError

    def arranged(self, asked: Question, check: Check) -> Part:
        """The rows that pass, in order."""
        raise NotImplementedError

    def is_current(self, part: Part) -> bool:
        """Whether rows that were arranged earlier would be arranged so again, now that they may have been changed in place."""
        raise NotImplementedError

    def lines(
        self, part: Part, positions: Sequence[int], names: Sequence[str]
    ) -> list[tuple[Key, tuple[Any, ...]]]:
        """Key and values of the rows at these positions of a part."""
        raise NotImplementedError

    def whole_columns(self, names: Sequence[str], most: int) -> dict[str, Sequence[Any]]:
        """The values of columns, in the first `most` rows."""
        raise NotImplementedError

    def open(self, changed: Callable[[], None]) -> MemoryReader:
        """A new view of it."""
        reader = MemoryReader(self, changed)
        with self._lock:
            self._readers.add(reader)
        return reader

    def touched(self) -> None:
        """What is in the rows may be different now: whoever shows them reads again."""
        with self._lock:
            self._version += 1
            readers = [*self._readers]
        for reader in readers:
            reader.changed()

    def view(self, question: Question, check: Check) -> View:
        """The rows that a question is about: as they were found for the one before, if nothing has changed."""
        shape = replace(question, columns=(), first=0, count=0, open=frozenset())
        version = self._version
        with self._lock:
            known = next((view for view in self._views if view.shape == shape), None)
        if known is None or (known.version != version and not self.is_current(known.part)):
            part = self.arranged(shape, check)
            known = View(shape, version, part, Level(part, shape), part.totals(shape.totals, check))
        known.version = version
        with self._lock:
            others = [view for view in self._views if view.shape != shape]
            self._views = [known, *others[: _KEPT - 1]]
        return known


class Stop:
    """Whether one read has been called off: to be called now and then while it is under way."""

    def __init__(self) -> None:
        self.is_wanted = False

    def __call__(self) -> None:
        if self.is_wanted:
            raise Cancelled


class MemoryReader:
    """One table's view of rows in memory."""

    def __init__(self, source: MemorySource, changed: Callable[[], None]) -> None:
        self._source = source
        self._changed: Callable[[], None] | None = changed
        self._stop = Stop()  # of the read that is under way, or was last

    def read(self, question: Question) -> Answer:
        """The lines asked for."""
        self._stop = stop = Stop()
        if self._changed is None:
            raise Cancelled
        view = self._source.view(question, stop)
        total = view.level.length(question.open, stop)
        last = min(question.first + question.count, total)
        found = [*view.level.lines(question.open, question.first, last, stop)]
        positions = [line.position for line in found if isinstance(line, RowLine)]
        rows = iter(self._source.lines(view.part, positions, question.columns))
        lines = [
            Line(*next(rows), line.level)
            if isinstance(line, RowLine)
            else Line(line.key, _totals(line.group, question, stop), line.level, line.group.size)
            for line in found
        ]
        return Answer(question.first, lines, total, totals=view.totals)

    def cancel(self) -> None:
        """Call off the read that is under way."""
        self._stop.is_wanted = True

    def close(self) -> None:
        """Follow nothing any more."""
        self._changed = None
        self.cancel()

    def changed(self) -> None:
        """What was read may be out of date."""
        changed = self._changed
        if changed is not None:
            changed()


def _totals(group: Group, question: Question, check: Check) -> tuple[object, ...]:
    sums = group.totals(check) if question.totals else {}
    return tuple(sums.get(name) for name in question.columns)
