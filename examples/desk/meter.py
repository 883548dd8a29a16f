"""How the desk itself is: what comes in, what goes out, and how long it takes. Pure but for the clock that it is given."""

import math
from collections import deque
from dataclasses import dataclass, field


def percentile(values: list[float], percent: float) -> float:
    """The value below which so many of them lie; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0


@dataclass
class Meter:
    """What has been measured in the present second."""

    heard: deque[float] = field(default_factory=lambda: deque(maxlen=2_000))
    committed: deque[float] = field(default_factory=lambda: deque(maxlen=2_000))
    rows: int = 0
    waiting: list[float] = field(default_factory=list)  # moments of what is heard and not yet committed

    def hear(self, at: float, now: float) -> None:
        """A message of that moment has come."""
        self.heard.append((now - at) * 1000)
        if len(self.waiting) < 1_000:
            self.waiting.append(at)

    def commit(self, rows: int, now: float) -> None:
        """Everything that has been heard so far is in the store, as so many rows."""
        self.rows += rows
        self.committed.extend((now - at) * 1000 for at in self.waiting)
        self.waiting.clear()

    def read(self) -> tuple[int, list[float], list[float]]:
        """Of the second that ends now: rows written, and milliseconds until heard and until committed. Another second begins."""
        figures = self.rows, [*self.heard], [*self.committed]
        self.rows = 0
        self.heard.clear()
        self.committed.clear()
        return figures


def memory_mb() -> float:
    """What this process holds in memory, where the system says so; else 0."""
    try:
        with open("/proc/self/statm") as words:
            return int(words.read().split()[1]) * 4096 / 2**20
    except OSError:
        return 0.0
