"""What takes long to find out about all rows (how many, where every thousandth stands): found out in the background, and kept until it is out of date.

count = Known(find, background, told)
count.want()              found out in a thread of its own, unless it is known or being found out
count.value               the last that was known, also while it is out of date
count.stale()             something has changed: what is known, and what is just being found out, is out of date
count.want()              found out again, but not at once: after a pause of twice the time that it takes
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Event, Lock, Thread, Timer
from typing import Generic, TypeVar

from ...core.rows import Cancelled
from .cancellable import Cancellable

T = TypeVar("T")

PAUSE = 2.0  # times what finding out takes
LEAST_PAUSE = 0.25

log = logging.getLogger(__name__)


class Background:
    """Work beside everything else, in threads and connections of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], file: Path) -> None:
        self._connect = connect
        self._file = file
        self._lock = Lock()
        self._running: dict[Thread, Cancellable] = {}
        self._is_closed = False

    def connection(self) -> Cancellable:
        """A new connection of the kind that this work uses."""
        return Cancellable(self._connect, self._file)

    def run(self, work: Callable[[Cancellable], None]) -> None:
        """Have some work done with a connection, which it has to close."""
        with self._lock:
            if self._is_closed:
                return
            connection = self.connection()
            thread = Thread(target=self._run, args=(work, connection), name="hipflask-browse", daemon=True)
            self._running[thread] = connection
            thread.start()

    def _run(self, work: Callable[[Cancellable], None], connection: Cancellable) -> None:
        try:
            work(connection)
        finally:
            with self._lock:
                self._running = {
                    thread: each for thread, each in self._running.items() if each is not connection
                }

    def close(self) -> None:
        """End all of it, and wait for that."""
        with self._lock:
            self._is_closed = True
            running = dict(self._running)
        for connection in running.values():
            connection.close()
        for thread in running:
            thread.join(2)


class Known(Generic[T]):
    """Something that is known about all rows, or will be."""

    def __init__(
        self,
        identity: Hashable,
        find: Callable[[Cancellable, Callable[[T], None]], T],
        background: Background,
        told: Callable[[], None],
    ) -> None:
        self.identity = identity
        self.users = 0  # how many need it
        self._find = find  # finds it out; may say before the end what it knows by then
        self._background = background
        self._told = told
        self._lock = Lock()
        self._done = Event()
        self._done.set()
        self._version = 0
        self._of_version = -1
        self._pause_until = 0.0
        self._is_waiting = False
        self._being_found = -1
        self._connection: Cancellable | None = None
        self.value: T | None = None
        self.seconds = 0.0  # that finding out took last

    @property
    def is_fresh(self) -> bool:
        """Whether the value is known to be right."""
        return self._of_version == self._version

    @property
    def is_being_found(self) -> bool:
        """Whether somebody is at it."""
        return not self._done.is_set()

    @property
    def version(self) -> int:
        """Counts what has changed."""
        return self._version

    def stale(self) -> None:
        """What is known is out of date."""
        self._version += 1

    @property
    def is_right(self) -> bool:
        """Whether the value is right as far as it goes, although it may still grow."""
        return self.is_fresh or (self.is_being_found and self._being_found == self._version)

    def stop(self) -> None:
        """Nobody needs it any more: whoever is at it stops."""
        with self._lock:
            if self._connection is not None:
                self._connection.cancel()

    def put(self, value: T, version: int, seconds: float) -> None:
        """Somebody has found it out, of the rows as they were at that version."""
        self.value, self._of_version, self.seconds = value, version, seconds

    def want(self) -> None:
        """Have it found out, now or after the pause; whoever is told of it learns when."""
        with self._lock:
            if self.is_fresh or self.is_being_found or self._is_waiting:
                return
            left = self._pause_until - time.monotonic()
            if left > 0:
                self._is_waiting = True
                timer = Timer(left, self._after_pause)
                timer.daemon = True
                timer.start()
                return
            self._done.clear()
        self._background.run(self._work)

    def _after_pause(self) -> None:
        self._is_waiting = False
        if self.users:
            self.want()

    def wait(self, seconds: float) -> bool:
        """Whether nobody is at it any more, waiting for that for so long."""
        return self._done.wait(seconds)

    def _work(self, connection: Cancellable) -> None:
        began, version = time.monotonic(), self._version
        self._connection, self._being_found = connection, version
        is_found = False
        try:
            self.put(self._find(connection, self._say), version, time.monotonic() - began)
            is_found = True
        except Cancelled:
            pass
        except Exception as error:
            if not connection.is_closed:  # which nobody needs to be told of
                log.warning("What a table shows could not be looked through in the background: %s", error)
        finally:
            taken = time.monotonic() - began
            self._connection = None
            self._pause_until = time.monotonic() + max(PAUSE * taken, LEAST_PAUSE)
            self._done.set()
        if is_found:
            self._told()

    def _say(self, value: T) -> None:
        self.value = value
