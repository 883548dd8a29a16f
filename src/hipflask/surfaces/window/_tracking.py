"""Where one of pywebview's windows stands, put together from its events, each of which comes in a thread of its own.

Around a change of state they come in any order, with places such as -32000 of a minimized window. So a place counts
only when nothing has happened for a moment and the window is neither minimized nor maximized.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import RLock, Timer
from typing import Any

from hipflask.surfaces.window.shell import Placement

REST_SECONDS = 0.3


class Tracking:
    """The place of one window, as far as its events tell."""

    def __init__(self, start: Placement, on_placed: Callable[[Placement], None] | None) -> None:
        self._seen = self._here = start  # what came last, and what counts
        self._is_maximized, self.is_minimized = start.maximized, False
        self._on_placed = on_placed
        self._told: Placement | None = None
        self._timer: Timer | None = None
        self._lock = RLock()

    def watch(self, events: Any) -> None:
        """Follow the events of a window."""
        events.moved += self._moved
        events.resized += self._resized
        events.maximized += lambda: self._is_now(maximized=True)
        events.minimized += lambda: self._is_now(minimized=True)
        events.restored += lambda: self._is_now()

    def tell(self) -> None:
        """Tell where it stands, unless that is known."""
        with self._lock:
            self._stop_waiting()
            if not self.is_minimized:  # else its state before
                self._here = replace(
                    self._here if self._is_maximized else self._seen, maximized=self._is_maximized
                )
            if self._on_placed and self._here != self._told:
                self._told = self._here
                self._on_placed(self._here)

    def _moved(self, x: float, y: float) -> None:
        with self._lock:
            self._seen = replace(self._seen, x=int(x), y=int(y))
            self._wait()

    def _resized(self, width: float, height: float) -> None:
        with self._lock:
            self._seen = replace(self._seen, width=int(width), height=int(height))
            self._wait()

    def _is_now(self, *, maximized: bool = False, minimized: bool = False) -> None:
        with self._lock:
            self._is_maximized, self.is_minimized = maximized, minimized
            self._wait()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = Timer(REST_SECONDS, self.tell)
        self._timer.daemon = True
        self._timer.start()

    def _stop_waiting(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
