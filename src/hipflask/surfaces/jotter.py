"""Small files of what a program remembers: written a moment after the last change, whole or not at all."""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Timer

log = logging.getLogger(__name__)

REST_SECONDS = 1.0  # a column that is dragged changes at every step of the mouse
LONGEST_SECONDS = 10.0  # what never rests is written all the same


class Jotter:
    """Has a file written when there is something new, from any thread; `now` writes at once, and the end of the program does."""

    def __init__(self, file: Path | None, content: Callable[[], bytes], rest: float = REST_SECONDS) -> None:
        self._file, self._content, self._rest = file, content, rest
        self._lock = Lock()  # guards what follows
        self._writing = Lock()  # one at a time, so that the newest is what stays
        self._timer: Timer | None = None
        self._since: float | None = None  # when the first change came that is not written yet
        if file is not None:
            atexit.register(self.now)

    def soon(self) -> None:
        """There is something new."""
        if self._file is None:
            return
        with self._lock:
            now = time.monotonic()
            self._since = now if self._since is None else self._since
            if self._timer is not None:
                self._timer.cancel()
            wait = min(self._rest, max(0.0, self._since + LONGEST_SECONDS - now))
            self._timer = Timer(wait, self.now)
            self._timer.daemon = True
            self._timer.start()

    def now(self) -> None:
        """Write what has not been written yet."""
        with self._writing:
            with self._lock:
                if self._timer is not None:
                    self._timer.cancel()
                is_due, self._since, self._timer = self._since is not None, None, None
            if is_due and self._file is not None:
                write_whole(self._file, self._content())


def write_whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, even if the machine stops in the middle; a failure is said in the log."""
    new = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(file)
    except OSError as error:
        log.warning("%s cannot be written: %s", file, error)
        new.unlink(missing_ok=True)
