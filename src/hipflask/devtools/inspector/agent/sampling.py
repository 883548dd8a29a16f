"""Looking at all threads of the program, two hundred times a second, from a thread of its own.

pyinstrument looks at the thread that has started it; what all threads do between two looks is told by the interpreter itself
(`sys._current_frames`), and named as pyinstrument names functions.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from ....core import lines
from .flames import DEEPEST, Flame

INTERVAL_SECONDS = 0.005
_OURS = ("hipflask-inspect", "hipflask-profile")
# A thread that waits there for work does nothing, unless it is a function of the app's own that has it wait.
_WAITING = (
    "threading.py",
    "selectors.py",
    "queue.py",
    "socket.py",
    "thread.py",
    "connection.py",
    "workers.py",
)
_BELOW_ALL = "threading.py"  # by which every thread begins


class Sampling:
    """Goes on for some seconds, or until it is stopped; `done` is told then, from its thread."""

    def __init__(
        self, seconds: float, describe: Callable[[FrameType], str], done: Callable[[], None]
    ) -> None:
        self._seconds, self._describe, self._done = seconds, describe, done
        self._flames: dict[int, Flame] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hipflask-profile", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()

    def flames(self) -> list[Flame]:
        """A tree for each thread that has done something, with the time that it took for that."""
        return list(self._flames.copy().values())

    def _run(self) -> None:
        end = time.monotonic() + self._seconds
        last = time.monotonic()
        while not self._over.wait(INTERVAL_SECONDS):
            now = time.monotonic()
            self._look(now - last)
            last = now
            if now >= end:
                break
        self._done()

    def _look(self, seconds: float) -> None:
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        for ident, frame in sys._current_frames().items():
            name = names.get(ident, f"thread {ident}")
            if name.startswith(_OURS) or not _works(frame):
                continue
            if ident not in self._flames:
                self._flames[ident] = Flame(name)
            self._flames[ident].add(self._stack(frame), seconds)

    def _stack(self, frame: FrameType | None) -> list[str]:
        stack: list[str] = []
        while frame is not None and len(stack) < DEEPEST:
            stack.append(self._describe(frame))
            frame = frame.f_back
        while stack and f"{_BELOW_ALL}\x00" in stack[-1]:
            stack.pop()
        return stack[::-1]


def _works(frame: FrameType) -> bool:
    if not frame.f_code.co_filename.endswith(_WAITING):
        return True
    above = lines.app_frame(frame)
    return above is not None and above.f_code.co_name != "<module>"
