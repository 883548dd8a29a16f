"""A word in the log before Lambda ends a call for taking too long: otherwise nobody learns where it stood.

One thread looks at the calls that are under way, ever so often. A call only says that it begins and ends, in a dictionary: next to
nothing, since most calls take less time than anything else would.

    calls[thread] = context; try: …; finally: calls.pop(thread)
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from threading import Thread, get_ident
from time import sleep
from types import FrameType
from typing import Any

from ...telemetry import start as telemetry

# A call is named when less than two looks of time are left, so it is never missed; of a short time a look takes a smaller part.
PARTS, SHORTEST, LONGEST = 20, 0.02, 2.0
# A collector that does not answer may make each call longer by this.
FLUSH_SECONDS = 1.0

Handler = Callable[[Any, Any], Any]

_LOG = logging.getLogger("hipflask.aws")


def watched(answer: Handler, watch: Watch) -> Handler:
    """The same, looked after by somebody with a clock."""
    calls = watch.calls

    def handle(event: Any, context: Any) -> Any:
        if not watch.is_on:
            watch.begin(context)
        calls[thread := get_ident()] = context
        try:
            return answer(event, context)
        finally:
            calls.pop(thread, None)
            telemetry.flush(FLUSH_SECONDS)  # Lambda holds everything until the next event

    return handle


class Watch:
    """Looks at calls, as long as there is a process; `calls` are the contexts of those under way, by thread."""

    def __init__(self) -> None:
        self.calls: dict[int, Any] = {}
        self.is_on = False
        self._told: set[int] = set()

    def begin(self, context: Any) -> None:
        """Look from now on, where there is a clock to look at; called with the first context."""
        self.is_on = True
        if (seconds := _left(context)) is not None:
            pause = min(max(seconds / PARTS, SHORTEST), LONGEST)
            Thread(target=self._look, args=(pause,), name="hipflask-watch", daemon=True).start()

    def _look(self, pause: float) -> None:
        while True:
            sleep(pause)
            calls = self.calls.copy()
            self._told &= {id(context) for context in calls.values()}
            for thread, context in calls.items():
                left = _left(context)
                if left is not None and 0 < left < 2 * pause and id(context) not in self._told:
                    self._told.add(id(context))
                    _tell(context, left, sys._current_frames().get(thread))


def _left(context: Any) -> float | None:
    """For how many seconds a call may go on; None if nobody says."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return None if remaining is None else remaining() / 1000


def _tell(context: Any, seconds: float, frame: FrameType | None) -> None:
    _LOG.warning(
        "The request %s is about to be cut off: %.0f ms are left of its time. It stands at %s. "
        "More time: `timeout` in [tool.hipflask.deploy].",
        getattr(context, "aws_request_id", ""),
        seconds * 1000,
        "an unknown place" if frame is None else _place(frame),
    )


def _place(frame: FrameType) -> str:
    """The newest lines that are not of a library, or else the newest."""
    stack = traceback.extract_stack(frame)
    own = [each for each in stack if not any(part in each.filename for part in _LIBRARIES)]
    newest = (own or stack)[:-4:-1]
    return ", called from ".join(f"{each.filename}:{each.lineno} ({each.name})" for each in newest)


_LIBRARIES = ("site-packages", "/lib/python", "hipflask/surfaces")
