"""Charts of the same link name look at the same stretch of x and point at the same place, in all windows of the program."""

from __future__ import annotations

from threading import Lock
from typing import Protocol
from weakref import WeakKeyDictionary, WeakSet

Range = tuple[float, float] | None  # None: wherever the newest points are


class Linked(Protocol):
    """A chart, as far as its link needs to know it."""

    @property
    def owner(self) -> object:
        """The window that it is in."""

    def look(self, range: Range) -> None:
        """Show this stretch of x."""

    def point(self, x: float | None) -> None:
        """Show the cursor there; None for nowhere."""


class Link:
    """What the charts of one name have in common. Those of the window in which something happened have followed already, on the screen."""

    def __init__(self) -> None:
        self.range: Range = None
        self._charts: WeakSet[Linked] = WeakSet()
        self._lock = Lock()

    def join(self, chart: Linked) -> None:
        """Let a chart follow from now on."""
        with self._lock:
            self._charts.add(chart)

    def leave(self, chart: Linked) -> None:
        """Let it follow no more; when the last one goes, the stretch that they looked at is forgotten."""
        with self._lock:
            self._charts.discard(chart)
            if not self._charts:
                self.range = None

    def look(self, range: Range, by: Linked) -> None:
        """A person has zoomed or panned one of them."""
        self.range = range
        for chart in self._others(by):
            chart.look(range)

    def point(self, x: float | None, by: Linked) -> None:
        """A person points at a place in one of them."""
        for chart in self._others(by):
            chart.point(x)

    def _others(self, by: Linked) -> list[Linked]:
        with self._lock:
            return [chart for chart in self._charts if chart.owner is not by.owner]


_links: WeakKeyDictionary[object, dict[str, Link]] = WeakKeyDictionary()
_lock = Lock()


def link_of(program: object, name: str) -> Link:
    """The link of that name in a program, which is whatever all its windows have in common."""
    with _lock:
        return _links.setdefault(program, {}).setdefault(name, Link())
