"""How quickly one screen takes what it is sent: from sending a frame until it says that it has painted it."""

from __future__ import annotations

import time
from collections import deque

KEPT = 100


class Pace:
    """The frames that one window has been sent, and how long the newest of them took."""

    def __init__(self) -> None:
        self.frames = 0  # sent so far
        self._sent_at = 0.0
        self._taken: deque[float] = deque(maxlen=KEPT)

    @property
    def seconds(self) -> list[float]:
        """From sending until painted, for each of the newest hundred frames."""
        return [*self._taken.copy()]  # in one step: frames are painted meanwhile

    def sent(self) -> None:
        """One more frame is on its way."""
        self.frames += 1
        self._sent_at = time.perf_counter()

    def painted(self) -> None:
        """It is on the screen."""
        self._taken.append(time.perf_counter() - self._sent_at)
