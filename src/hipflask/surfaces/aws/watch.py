"""A word in the log before Lambda ends a call for taking too long: otherwise nobody learns where it stood.

One thread looks at the calls that are under way, ever so often. A call itself only says that it begins and ends, which costs next to nothing.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread, get_ident
from time import monotonic, sleep
from types import FrameType

# A call is named when less than two looks of time are left, so it is never missed; of a short time a look takes a smaller part.
PARTS, SHORTEST, LONGEST = 20, 0.02, 2.0

_LOG = logging.getLogger("hipflask.aws")


@dataclass(slots=True)
class Call:
    """One call under way."""

    id: str
    end: float  # as the monotonic clock says
    thread: int
    is_told: bool = False


class Watch:
    """Looks at calls, as long as there is a process."""

    def __init__(self) -> None:
        self._calls: dict[int, Call] = {}
        self._thread: Thread | None = None

    @contextmanager
    def over(self, context: object) -> Iterator[None]:
        """Watch over one call."""
        remaining: Callable[[], int] | None = getattr(context, "get_remaining_time_in_millis", None)
        if remaining is None:
            yield
            return
        seconds = remaining() / 1000
        call = Call(str(getattr(context, "aws_request_id", "")), monotonic() + seconds, get_ident())
        self._calls[id(call)] = call
        if self._thread is None:
            self._begin(min(max(seconds / PARTS, SHORTEST), LONGEST))
        try:
            yield
        finally:
            del self._calls[id(call)]

    def _begin(self, pause: float) -> None:
        self._thread = Thread(target=self._look, args=(pause,), name="hipflask-watch", daemon=True)
        self._thread.start()

    def _look(self, pause: float) -> None:
        while True:
            sleep(pause)
            now = monotonic()
            for call in list(self._calls.values()):
                if not call.is_told and 0 < call.end - now < 2 * pause:
                    call.is_told = True
                    _tell(call, call.end - now)


def _tell(call: Call, seconds: float) -> None:
    frame = sys._current_frames().get(call.thread)
    _LOG.warning(
        "The request %s is about to be cut off: %.0f ms are left of its time. It stands at %s. "
        "More time: `timeout` in [tool.hipflask.deploy].",
        call.id,
        seconds * 1000,
        "an unknown place" if frame is None else _place(frame),
    )


def _place(frame: FrameType) -> str:
    """The newest lines that are not of a library, or else the newest."""
    stack = traceback.extract_stack(frame)
    own = [
        each for each in stack if "site-packages" not in each.filename and "/lib/python" not in each.filename
    ]
    return ", called from ".join(
        f"{each.filename}:{each.lineno} ({each.name})" for each in (own or stack)[:-4:-1]
    )
