"""What the keeper of a store does for all programs that have it open: it forgets old changes, and makes a backup every day.

One thread in each of them; those that are not the keeper ask each time whether the place is free, so that there is one again
soon after a keeper ended.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

from ...core.errors import HipflaskError, UsageError
from ..changes.log import Log
from ..keeper import Keeper
from .backup import Keep, is_due, make_backup

CONFIG = "STORE_BACKUPS"
EVERY_SECONDS = 15.0
BACKUP_SECONDS = 600.0  # between two looks whether a backup is due, and after one that failed

_PATIENCE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Chores:
    """The keeper's chores on one store, for as long as it is open."""

    def __init__(
        self,
        file: Path,
        connect: Callable[[], sqlite3.Connection],
        logs: Sequence[Log],
        keeper: Keeper,
        keep: Keep | None,
    ) -> None:
        self._file = file
        self._connect = connect
        self._logs = logs
        self._keeper = keeper
        self._keep = keep
        self._next_backup = time.monotonic()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="hipflask-chores", daemon=True)

    def start(self) -> None:
        """Begin; the first chore is done after a while, so that a short command has none."""
        self._thread.start()

    def stop(self) -> None:
        """Do no more; a backup that is being made is given up."""
        self._stopping.set()
        if self._thread.is_alive():
            # SQLite cannot be stopped while it checks a large copy. What is left of that is swept up some other day.
            self._thread.join(_PATIENCE_SECONDS)

    def do(self) -> None:
        """All that is to be done now, if this is the keeper."""
        if not self._keeper.acquire():
            return
        with closing(self._connect()) as connection:
            for each in self._logs:
                each.prune(connection, pinned=each.settled(connection))  # what is not pushed stays
        if self._keep is not None and time.monotonic() >= self._next_backup:
            self._next_backup = time.monotonic() + BACKUP_SECONDS
            if is_due(self._file):
                make_backup(self._file, "daily", self._keep, self._give_up_if_stopping)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_SECONDS):
            try:
                self.do()
            except _GivenUp:
                return
            except (HipflaskError, sqlite3.Error, OSError) as error:
                log.warning("What is to be done for %s every day could not be: %s", self._file, error)
            except Exception:
                log.exception("What is to be done for %s every day could not be", self._file)

    def _give_up_if_stopping(self, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise _GivenUp


class _GivenUp(Exception):
    """The program ends, and does not wait for a backup."""


def keep_of(app: Any) -> Keep | None:
    """Which backups the configuration wants to be kept; None: none are to be made by themselves."""
    given = app.config.get(CONFIG, {})
    if given is None:
        return None
    try:
        keep = Keep(**given)
        if keep.newest < 1 or keep.days < 0:
            raise ValueError
    except (TypeError, ValueError):
        raise UsageError(
            f"{CONFIG} takes how many backups to keep, or None for none, got {given!r}. Write "
            f"app.config['{CONFIG}'] = {{'newest': 5, 'days': 14}}: the newest of each kind (at least 1), and the last one of "
            "so many days."
        ) from None
    return keep
