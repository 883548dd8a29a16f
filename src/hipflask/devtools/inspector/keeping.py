"""Records of all processes of one program, as they were heard of: kept here, so that they outlive the program. Bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from threading import Lock

import msgspec

from .records import News, Recorded, Running

MOST_RECORDS = 50_000
MOST_AT_ONCE = 5_000


class Keeping:
    """Numbers records in the order in which they are heard of."""

    def __init__(self, most: int = MOST_RECORDS) -> None:
        self._records: deque[Recorded] = deque(maxlen=most)
        self._numbers: dict[
            int, int
        ] = {}  # by place in the queue's history: the number that its process has given
        self._newest = 0
        self._lost = 0  # that no process could give us any more
        self._running: dict[int, list[Running]] = {}
        self._lock = Lock()

    def add(self, records: Iterable[Recorded]) -> None:
        """Keep what one process has told."""
        with self._lock:
            for record in records:
                self._newest += 1
                self._numbers[self._newest] = record.number
                self._records.append(msgspec.structs.replace(record, number=self._newest))
                self._numbers.pop(self._newest - (self._records.maxlen or 0), None)

    def lost(self, count: int) -> None:
        """So many were given up by their process before they could be heard of."""
        with self._lock:
            self._lost += count

    def run(self, process: int, running: list[Running]) -> None:
        """What goes on in a process just now."""
        with self._lock:
            self._running[process] = running

    def since(self, number: int) -> News:
        """What was heard of after a number."""
        with self._lock:
            wanted = max(self._newest - number, 0)
            found = list(islice(reversed(self._records), wanted))[::-1][:MOST_AT_ONCE]
            newest = found[-1].number if found else self._newest
            gone = self._newest - len(self._records) + self._lost
            running = [each for some in self._running.values() for each in some]
        return News(found, newest, gone, running)

    def origin(self, number: int) -> tuple[int, int] | None:
        """The process that has told a record, and the number that it has there; None if it is not kept any more."""
        with self._lock:
            place = number - self._newest + len(self._records) - 1
            if not 0 <= place < len(self._records):
                return None
            return self._records[place].process, self._numbers[number]
