"""What reaches the exchange thread: the hub's words, and signs from other threads that something has happened here."""

from __future__ import annotations

import time
from collections import deque
from threading import Condition

# So many messages of the hub may wait to be taken; then its connection is not read any further.
MOST_WAITING = 4
# Some systems' clocks stand still while they sleep, and on others a wait has simply taken too long.
OVERSLEPT = "overslept"
OVERSLEPT_SECONDS = 5.0


class Mailbox:
    """One thread takes from it; any thread puts into it, and none but a connection's own ever waits to."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._connection: object = None
        self._messages: deque[bytes | BaseException] = deque()
        self._signs: set[str] = set()

    def listen_to(self, connection: object) -> None:
        """Take messages of this connection from now on, and none of any other."""
        with self._changed:
            self._connection = connection
            self._messages.clear()
            self._changed.notify_all()

    def put(self, connection: object, message: bytes | BaseException) -> bool:
        """A message has come, or the error by which the connection ended; False: nobody wants it any more."""
        with self._changed:
            while self._connection is connection and len(self._messages) >= MOST_WAITING:
                self._changed.wait()
            if self._connection is not connection:
                return False
            self._messages.append(message)
            self._changed.notify_all()
            return True

    def sign(self, sign: str) -> None:
        """Something has happened here."""
        with self._changed:
            self._signs.add(sign)
            self._changed.notify_all()

    def take(self, seconds: float) -> tuple[bytes | None, set[str]]:
        """The next message, if there is one, and all signs since the last time; waits no longer than that. Raises what a connection ended by."""
        with self._changed:
            end = time.monotonic() + seconds
            while not (self._messages or self._signs):
                left = end - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            message = self._messages.popleft() if self._messages else None
            if isinstance(message, BaseException):
                raise message
            signs, self._signs = self._signs, set()
            if time.monotonic() > end + OVERSLEPT_SECONDS:
                signs.add(OVERSLEPT)
            self._changed.notify_all()
            return message, signs
