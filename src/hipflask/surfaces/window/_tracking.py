"""Where one of pywebview's windows stands, put together from its events, each of which comes in a thread of its own.

Around a change of state they come in any order, with places such as -32000 of a minimized window. So a place counts
only when nothing has happened for a moment and the window is neither minimized nor maximized.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import RLock, Timer
from typing import Any

from hipflask.core.desk import Monitor
from hipflask.core.spots import Spot
from hipflask.surfaces.window.berth import Berth
from hipflask.surfaces.window.shell import Placement

REST_SECONDS = 0.3


class Tracking:
    """The place of one window, as far as its events tell."""

    def __init__(
        self, berth: Berth, monitors: Sequence[Monitor], on_placed: Callable[[Placement], None] | None
    ) -> None:
        self._berth, self._monitors = berth, monitors
        self._on_placed = on_placed
        self._seen = self._here = _bare(berth.take(monitors))  # what came last, and what counts
        self._is_maximized, self.is_minimized = self._here.maximized, False
        self._timer: Timer | None = None
        self._lock = RLock()

    @property
    def here(self) -> Placement:
        """Where it stands."""
        return self._here

    def put(self, meant: Placement | Spot, monitors: Sequence[Monitor]) -> Placement:
        """Where to put it from now on; whoever asks does so."""
        with self._lock:
            self._monitors = monitors
            place = self._berth.take(monitors, meant)
            self._seen = self._here = _bare(place)
            self.wait()
            return place

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
            remembered = self._berth.seen(self._here, self._monitors)
            if remembered is not None and self._on_placed:
                self._on_placed(remembered)

    def _moved(self, x: float, y: float) -> None:
        with self._lock:
            self._seen = replace(self._seen, x=int(x), y=int(y))
            self.wait()

    def _resized(self, width: float, height: float) -> None:
        with self._lock:
            self._seen = replace(self._seen, width=int(width), height=int(height))
            self.wait()

    def _is_now(self, *, maximized: bool = False, minimized: bool = False) -> None:
        with self._lock:
            self._is_maximized, self.is_minimized = maximized, minimized
            self.wait()

    def wait(self) -> None:
        """Look where it stands when nothing has happened for a moment."""
        self._stop_waiting()
        self._timer = Timer(REST_SECONDS, self.tell)
        self._timer.daemon = True
        self._timer.start()

    def _stop_waiting(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None


def _bare(placement: Placement) -> Placement:
    """Without the corner of its monitor: where monitors have no names, nobody could say which one that was."""
    return replace(placement, monitor_x=None, monitor_y=None)
