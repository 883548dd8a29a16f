"""What the program did last: a few names and times, kept in memory for the report of what goes wrong next."""

from __future__ import annotations

import time
from collections import deque

from ...core.report import MOST_STEPS, Step, cut

MOST = min(30, MOST_STEPS)


class Steps:
    """Remembers the newest; it is asked to with every press in every bundle, so it does no more than that."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, str, str]] = deque(maxlen=MOST)

    def did(self, kind: str, name: str) -> None:
        """Something begins; from any thread."""
        self._kept.append((time.monotonic(), kind, name))

    def newest(self) -> list[Step]:
        """What was done last, in its order."""
        now = time.monotonic()
        return [Step(round(now - when, 3), cut(kind), cut(name)) for when, kind, name in list(self._kept)]
