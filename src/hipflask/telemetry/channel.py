"""What is to be sent to one target, message by message: tried again while that helps, given up when it does not, and said once."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from threading import Timer

from .posting import LONGEST_PAUSE, Outcome, Poster
from .settings import Target

_LOG = logging.getLogger("hipflask.telemetry")


class Channel:
    """One kind of record on its way to its target."""

    def __init__(self, what: str, target: Target) -> None:
        self._what = what
        self._target = target
        self._poster = Poster(target)
        self._pause = 0.0
        self._rests_until = 0.0
        self._is_cut = False
        self._trouble = ""  # what was last said of it

    @property
    def rest(self) -> float:
        """Seconds until something may be sent again."""
        return max(self._rests_until - time.monotonic(), 0.0)

    def send(self, message: bytes) -> bool:
        """Send one message; false if the same is to be sent once more, when it has rested."""
        if self._is_cut:
            return True
        outcome = self._posted(message)
        self._say(outcome)
        if not outcome.again:
            self._pause = self._rests_until = 0.0
            return True
        self._pause = min(max(self._pause * 2, 1.0), LONGEST_PAUSE)
        self._rests_until = time.monotonic() + max(self._pause, outcome.pause)
        return False

    def cut(self) -> None:
        """End what is under way, and send nothing more: the program ends."""
        self._is_cut = True
        self._poster.cut()

    def _posted(self, message: bytes) -> Outcome:
        """Post it, with somebody who ends it at its deadline."""
        watch = Timer(self._target.seconds, self._poster.cut)
        watch.daemon = True
        with suppress(RuntimeError):  # the program is ending, and whoever ends it watches
            watch.start()
        try:
            return self._poster.post(message)
        finally:
            watch.cancel()

    def _say(self, outcome: Outcome) -> None:
        if outcome.why != self._trouble:
            self._trouble = outcome.why
            place = self._target.place
            if outcome.taken:
                _LOG.info("%s go to %s again.", self._what, place)
            elif outcome.again:
                _LOG.warning(
                    "%s cannot be sent to %s: %s. The newest of them are kept, and sent when that works.",
                    self._what,
                    place,
                    outcome.why,
                )
            else:
                _LOG.warning("%s are not taken by %s: %s.", self._what, place, outcome.why)
