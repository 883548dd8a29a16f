"""One program whose figures are watched: what it said last, and whether it says anything at all."""

from __future__ import annotations

import time
from collections import deque
from urllib.parse import SplitResult

from .asking import NoAnswer, address, ask
from .exposition import samples
from .figures import Interval, Reading, between, reading

SMOOTH_SECONDS = 10.0  # a program that is used by one person does little in one second


class Target:
    """Asks one program, whenever it is told to."""

    def __init__(self, given: str) -> None:
        name, is_named, rest = given.partition("=")
        self.is_named = bool(is_named) and "/" not in name
        self.url: SplitResult = address(rest if self.is_named else given)
        self.name = name if self.is_named else _place(self.url)
        self.trouble: str | None = (
            None  # why there is no answer; None while there is one, and before the first
        )
        self.interval: Interval | None = None
        self._readings: deque[tuple[float, Reading]] = deque(maxlen=60)

    @property
    def has_answered(self) -> bool:
        """Whether it was there when it was last asked."""
        return self.trouble is None and bool(self._readings)

    def ask(self) -> None:
        """Ask for its figures, and work out what happened of late."""
        try:
            said = reading(samples(ask(self.url)))
        except NoAnswer as error:
            self.trouble = str(error)
            self.interval = None
            self._readings.clear()
            return
        self.trouble = None
        self.hear(said, time.monotonic())

    def hear(self, said: Reading, now: float) -> None:
        """Take a reading; what happened is told over some seconds, so that a rare thing is not a peak and then nothing."""
        while len(self._readings) > 1 and now - self._readings[1][0] >= SMOOTH_SECONDS:
            self._readings.popleft()
        if self._readings:
            began, before = self._readings[0]
            self.interval = between(before, said, now - began)
        else:
            self.interval = Interval(0.0, {}, said.gauges)
        self._readings.append((now, said))


def _place(url: SplitResult) -> str:
    """What a target is called: where it is, without what may be a password."""
    host = url.hostname or ""
    return f"{host}:{url.port}" if url.port else host


def targets_of(given: tuple[str, ...]) -> list[Target]:
    """A target for each address; those of one name are told apart by a number."""
    targets = [Target(one) for one in given]
    seen: dict[str, int] = {}
    for target in targets:
        seen[target.name] = seen.get(target.name, 0) + 1
        if seen[target.name] > 1:
            target.name = f"{target.name} ({seen[target.name]})"
    return targets
