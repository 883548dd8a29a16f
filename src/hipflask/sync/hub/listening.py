"""Hears of new versions, for all who are connected to this process: one connection to PostgreSQL that listens.

A notification can be lost, with the connection or in a proxy that does not pass it on, so the version is also looked up from time to time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .database import Connection, Database, in_words
from .layout import CHANNEL, SCHEMA

NAME = "hipflask hub"
LOOK_SECONDS = 3.0
_HEAR_SECONDS = 0.5  # after which it looks whether it is to stop


class Listening:
    """Calls `tell` with the newest version whenever there is another version than the last, from a thread of its own."""

    def __init__(self, database: Database, tell: Callable[[int], None]) -> None:
        self._database = database
        self._tell = tell
        self._version = -1

    def run(self, stop: threading.Event) -> None:
        """Listen until it is told to stop; raises HubGone when the connection is lost."""
        with self._database.alone() as connection, in_words():
            self._listen(connection, stop)

    def _listen(self, connection: Connection, stop: threading.Event) -> None:
        connection.execute(f"SET application_name = '{NAME}'")  # for whoever looks who is connected
        connection.execute(f"LISTEN {CHANNEL}")
        look_at = 0.0  # at once: there may have been some before it listened
        while not stop.is_set():
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + LOOK_SECONDS
                self._heard(_version(connection))
            for notice in connection.notifies(timeout=_HEAR_SECONDS, stop_after=1):
                self._heard(int(notice.payload))

    def _heard(self, version: int) -> None:
        if version != self._version:
            self._version = version
            self._tell(version)


def _version(connection: Connection) -> int:
    row = connection.execute(f"SELECT version FROM {SCHEMA}.state").fetchone()
    return int(row[0]) if row else 0
