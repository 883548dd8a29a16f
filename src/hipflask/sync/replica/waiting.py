"""When to try again, and how one notices that it is worth trying at once. No thread; clocks and chance are given.

    backoff = Backoff()
    backoff.next()      0.4        after the first failure
    backoff.next()      0.9
    …                              up to a minute; never quite the same, or twenty laptops would all come back in the same second
    backoff.worked()               the next failure is the first again

A laptop that has slept, or is in another network now, does not wait for the end of that: `Surroundings.changed()`.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 60.0
# By so much the clocks may differ between two looks without anybody having slept.
JUMP_SECONDS = 5.0
# Nobody's address, kept for documentation: which of our own we would use for it says what network we are in.
ANYWHERE = "192.0.2.1"
_DISCARD = 9


class Backoff:
    """How long to wait after each failure in a row."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._failures = 0

    def next(self) -> float:
        """The seconds to wait after one more failure."""
        longest = min(FIRST_SECONDS * 2.0**self._failures, LONGEST_SECONDS)
        self._failures = min(self._failures + 1, 16)
        return longest * (0.5 + self._chance() / 2)

    def worked(self) -> None:
        """Something has come of a try."""
        self._failures = 0


def own_address(towards: str) -> str | None:
    """The address from which this machine would reach another one; None where there is no way. Nothing is sent for it."""
    family = socket.AF_INET6 if ":" in towards else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((towards, _DISCARD))
        except OSError:
            return None
        return str(asking.getsockname()[0])


class Surroundings:
    """Notices that the machine has slept, and that its network is another one; to be asked every few seconds."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        own_address: Callable[[str], str | None] = own_address,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._own_address = own_address
        self.towards = ANYWHERE
        self._last = self._look()

    def move_towards(self, address: str) -> None:
        """The hub's own address is known: look at the way to that."""
        if address != self.towards:
            self.towards = address
            self._last = self._look()

    def changed(self) -> bool:
        """Whether it is worth trying at once, since this was asked last."""
        before, self._last = self._last, self._look()
        has_slept = abs((self._last[0] - before[0]) - (self._last[1] - before[1])) > JUMP_SECONDS
        # Being in no network any more is nothing to be tried.
        return has_slept or self._last[2] not in (before[2], None)

    def _look(self) -> tuple[float, float, str | None]:
        return self._wall(), self._monotonic(), self._own_address(self.towards)
