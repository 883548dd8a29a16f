"""May this window be closed? Its `ui.on_close` handlers are asked, and one that says no keeps it open."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from .tree import Kind

ON_CLOSE = Kind("on_close", "hf-silent")

# A handler that has not answered by then (it waits for something, or has failed) does not hold the window a second time.
ANSWER_SECONDS = 3.0


class Closing:
    """One wish to close a window, and those who have yet to agree."""

    def __init__(self, close: Callable[[], None]) -> None:
        self.asked_at = time.monotonic()
        self.is_refused = False
        self._close = close
        self._lock = Lock()
        self._missing = 1  # until all have been asked

    def ask(self) -> None:
        """One more has to agree."""
        with self._lock:
            self._missing += 1

    def agree(self) -> None:
        """One of them does; the last one closes the window."""
        with self._lock:
            self._missing -= 1
            is_agreed = self._missing == 0 and not self.is_refused
        if is_agreed:
            self._close()

    def refuse(self) -> None:
        """The window stays."""
        self.is_refused = True

    @property
    def is_waiting(self) -> bool:
        """Whether somebody who was asked a moment ago may still answer."""
        is_recent = time.monotonic() - self.asked_at < ANSWER_SECONDS
        return not self.is_refused and is_recent

    @property
    def is_stuck(self) -> bool:
        """Whether somebody was asked and has not answered in all that time."""
        return not self.is_refused and self._missing > 0 and not self.is_waiting
