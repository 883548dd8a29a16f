"""Whoever waits until everything has been exchanged, and when each of them may go on.

questions.wait(upto=812, seconds=30)      another thread asks, as number 3, and waits
questions.newest                          3, which the exchange thread says to the hub
questions.heard(3)                        the hub has answered: all that it had then is here
questions.pushed(812)                     … and the log is in the hub up to 812: whoever waits goes on
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition

# Somebody waits, and nothing has been heard for so long: another connection may be quicker than to find out that this one is dead.
SILENCE_SECONDS = 5.0


class Questions:
    """Questions whether everything is here; asked by any thread, answered by one."""

    def __init__(self) -> None:
        self._changed = Condition()
        self.newest = 0
        self._answered = 0  # by the hub
        self._done = 0  # and all was pushed that was to be
        self._upto = 0
        self._sign_of_life = 0.0
        self._given_up = 0  # the question for which a silent connection was left
        self._is_over = False

    @property
    def are_open(self) -> bool:
        """Whether anybody waits."""
        return self._done < self.newest

    def wait(self, upto: int, seconds: float, wake: Callable[[], None]) -> bool:
        """Have everything exchanged, from here up to this change of the log, and say whether that was done in time."""
        with self._changed:
            self.newest = mine = self.newest + 1
            self._upto = max(self._upto, upto)
            self._sign_of_life = time.monotonic()
            wake()
            self._changed.wait_for(lambda: self._done >= mine or self._is_over, seconds)
            return self._done >= mine

    def heard(self, answered: int) -> None:
        """Something was heard from the hub; of these questions, the newest that it has answered."""
        self._sign_of_life = time.monotonic()
        self._answered = max(self._answered, answered)

    def pushed(self, upto: float) -> None:
        """All that was written here up to this change of the log is in the hub."""
        if upto >= self._upto and self._done < self._answered:
            with self._changed:
                self._done = self._answered
                self._changed.notify_all()

    def is_given_up(self) -> bool:
        """Whether this connection is not worth waiting for any longer; once for each question."""
        is_awaited = self.newest > max(self._answered, self._given_up)
        if not is_awaited or time.monotonic() < self._sign_of_life + SILENCE_SECONDS:
            return False
        self._given_up = self.newest
        return True

    def end(self) -> None:
        """Nobody answers any more."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
