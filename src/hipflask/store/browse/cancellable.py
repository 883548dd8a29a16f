"""A connection for reading of which each read can be called off, by any thread and at any moment, and no later one is hit by it.

SQLite is told twice: `interrupt` ends what runs at this moment within milliseconds, and could come just before a statement begins; so it
also asks every few milliseconds whether it may go on. A read may have a time limit as well.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from ...core.errors import StoreError
from ...core.rows import Cancelled
from ..faults import in_words

# So many of SQLite's own steps are some five milliseconds; asking more often would have it wait for the interpreter's lock instead of reading.
STEPS = 400_000


class TooLong(Exception):
    """A statement was given up at its time limit."""


class Cancellable:
    """One connection, made when it is first used; reads take turns."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], file: Path) -> None:
        self._connect = connect
        self._file = file
        self._turn = Lock()
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_reading = False
        self._is_cancelled = False
        self._is_closed = False
        self._deadline = float("inf")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Everything read in the block is of one moment; raises Cancelled, or an error in words."""
        with self._statements() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                with self._lock:
                    self._is_reading = False  # the end is not to be interrupted
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")

    @contextmanager
    def stepping(self) -> Iterator[sqlite3.Connection]:
        """Each statement in the block is of a moment of its own, so that long work keeps nothing alive in the file."""
        with self._statements() as connection:
            yield connection

    @contextmanager
    def _statements(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                with self._lock:
                    self._refuse_if_closed()
                    self._is_cancelled, self._is_reading = False, True
                yield self._opened()
            except sqlite3.Error as error:
                raise self._told(error) from error
            finally:
                with self._lock:
                    self._is_reading = False
                    if self._is_closed:
                        self._drop()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give up what takes longer: raises TooLong."""
        self._deadline = time.monotonic() + seconds
        try:
            yield
        except sqlite3.OperationalError as error:
            if (
                time.monotonic() < self._deadline
                or self._is_cancelled
                or error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT
            ):
                raise
            raise TooLong from None
        finally:
            self._deadline = float("inf")

    @property
    def is_closed(self) -> bool:
        """Whether nothing is to be read any more."""
        return self._is_closed

    def check(self) -> None:
        """Between statements: raises Cancelled if that is asked for."""
        if self._is_cancelled:
            raise Cancelled

    def cancel(self) -> None:
        """Call off the read that is under way, if there is one."""
        with self._lock:
            if self._is_reading:
                self._is_cancelled = True
                if self._connection is not None:
                    self._connection.interrupt()

    def close(self) -> None:
        """Read no more; what is under way is called off."""
        self.cancel()
        with self._lock:
            self._is_closed = True
            if not self._is_reading and self._turn.acquire(blocking=False):
                self._drop()
                self._turn.release()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise StoreError(f"{self._file} has been closed. Open the window again.")

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect()
            self._connection.set_progress_handler(self._is_to_stop, STEPS)
        return self._connection

    def _is_to_stop(self) -> bool:
        return self._is_cancelled or time.monotonic() > self._deadline

    def _told(self, error: sqlite3.Error) -> BaseException:
        if self._is_cancelled and getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            self._refuse_if_closed()
            return Cancelled()
        return in_words(error, self._file) or StoreError(f"The rows could not be read: {error}.")
