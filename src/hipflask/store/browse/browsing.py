"""Everything that tables and charts have open on one file: their connections, what is known about all rows, and who is told of which change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from weakref import WeakSet

from ..changes.log import Batch, Log
from ..live.feed import Feed
from .cancellable import Cancellable
from .following import Changes, gathered
from .known import Background, Known


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on what is done; smaller ones are for tests."""

    far: int = 100_000  # so many rows of an index are passed over in a millisecond or three
    sorted: int = 1_000  # so far into an order that has to be sorted, it is sorted once, for good
    slow: float = 0.05  # seconds of a read, after which the order is kept
    hopeless: int = 5_000_000  # so many are not counted, nor passed over, within the patience
    step: int = 1_000  # rows from one mark to the next
    patience: float = 0.03  # seconds to count in, or to pass over rows, while somebody waits
    guessing: float = 0.03  # seconds to look here and there in


class Follows(Protocol):
    """Somebody who is told of changes."""

    def heard(self, changes: Changes) -> None:
        """This has happened; in the feed's thread."""

    def found_out(self, identity: Hashable) -> None:
        """More is known about all rows than before; from any thread."""


class Browsing:
    """What is open on one file."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        file: Path,
        feed: Feed,
        logs: list[Log],
        names: frozenset[str],
        limits: Limits | None = None,
    ) -> None:
        self.file = file
        self.logs = logs
        self.names = names  # of all tables and columns
        self.limits = limits or Limits()
        self.background = Background(connect, file)
        self._feed = feed
        self._lock = Lock()
        self._followers: WeakSet[Follows] = WeakSet()
        self._open: WeakSet[Cancellable] = WeakSet()
        self._known: dict[Hashable, Known[Any]] = {}

    def connection(self) -> Cancellable:
        """A new connection for a reader."""
        connection = self.background.connection()
        self._open.add(connection)
        return connection

    def known(self, identity: Hashable, make: Callable[[Callable[[], None]], Known[Any]]) -> Known[Any]:
        """What everybody with the same question knows together; made by whoever asks first, and to be given back."""
        with self._lock:
            found = self._known.get(identity)
            if found is None:
                found = self._known[identity] = make(lambda: self._told(identity))
            found.users += 1
            return found

    def give_back(self, known: Known[Any]) -> None:
        """Somebody needs it no more; what nobody needs is forgotten, since nobody would say when it is out of date."""
        with self._lock:
            known.users -= 1
            is_over = known.users == 0
            if is_over:
                del self._known[known.identity]
        if is_over:
            known.stop()

    def follow(self, follower: Follows) -> None:
        """Tell it of every change from now on."""
        with self._lock:
            self._followers.add(follower)
            if len(self._followers) == 1:
                self._feed.listen(self._heard)

    def unfollow(self, follower: Follows) -> None:
        """Tell it no more."""
        with self._lock:
            if follower in self._followers:
                self._followers.discard(follower)
                if not self._followers:
                    self._feed.unlisten(self._heard)

    def close(self) -> None:
        """End all reads, and everything in the background."""
        for connection in tuple(self._open):
            connection.close()
        self.background.close()

    def _heard(self, schema: str, batch: Batch) -> None:
        changes = gathered(schema, batch)
        for each in tuple(self._followers):
            each.heard(changes)

    def _told(self, identity: Hashable) -> None:
        for each in tuple(self._followers):
            each.found_out(identity)
