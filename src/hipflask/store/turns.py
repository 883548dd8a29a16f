"""Turns: a lock that is given to those who wait in the order in which they came.

    turns = Turns()
    if turns.acquire(timeout=5.0):
        …
        turns.release()         the one who has waited longest has it now, whether its thread runs already or not

A `threading.Lock` goes to whoever asks first when it is free: a thread that lets go of it and takes it again at once, as an
exchange does that writes one page after the other, gets it each time, and others wait until that is over.
"""

from __future__ import annotations

from collections import deque
from threading import Lock


class Turns:
    """A lock for the threads of one process, first come, first served."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._is_taken = False
        self._waiting: deque[Lock] = deque()  # each is released when it is its owner's turn

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for one's turn, for so many seconds at most, and say whether it came."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        has_turn = False
        try:
            has_turn = mine.acquire(timeout=timeout)
        finally:
            if not has_turn:
                self._leave(mine)
        return has_turn

    def release(self) -> None:
        """End one's turn, and begin that of the one who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False

    def locked(self) -> bool:
        """Whether somebody has it."""
        return self._is_taken

    def _leave(self, mine: Lock) -> None:
        """Wait no longer; a turn that came at that very moment goes to the next."""
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return
        self.release()
