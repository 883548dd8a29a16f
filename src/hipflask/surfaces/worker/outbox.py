"""What an action sends in an app with a store: held in the store's own file, by the transaction of the action itself.

So the disk has both, what was written and what was sent, or neither, whenever the power goes. Whoever looks at the queues next moves
the messages there.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from ...store.commands import EXTENSION as STORE
from ...store.files import file_of
from . import messages
from .file import WAIT_SECONDS, QueueFile, in_words

_TABLE = "_hipflask_outbox"
_MAKE = (
    f"CREATE TABLE IF NOT EXISTS {_TABLE} (id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, "
    "attributes TEXT NOT NULL, sent_at REAL NOT NULL, delay REAL NOT NULL) STRICT"
)
_ADD = f"INSERT INTO {_TABLE} VALUES (:id, :queue, :body, :attributes, :sent_at, :delay)"
_AT_ONCE = 500
ANYWAY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way to a queue."""

    id: str
    queue: str
    body: str
    sent_at: float
    delay: float = 0
    attributes: Mapping[str, str] = field(default_factory=dict)


def store_of(app: Flask) -> Any:
    """The app's store, None if it has none."""
    return app.extensions.get(STORE)


def write(store: Any, letters: Sequence[Letter]) -> None:
    """Write letters into the store's file, as part of what is being done there."""
    import sqlalchemy as sa  # which an app with a store has loaded

    rows = [
        {
            "id": each.id,
            "queue": each.queue,
            "body": each.body,
            "attributes": json.dumps(dict(each.attributes)),
            "sent_at": each.sent_at,
            "delay": each.delay,
        }
        for each in letters
    ]
    with store.writing("Sending a message") as session:
        session.execute(sa.text(_MAKE))
        session.execute(sa.text(_ADD), rows)


def relay(app: Flask, file: QueueFile) -> int:
    """Move what the store's outbox holds to the queues, and say how much that was.

    The store's write lock is held meanwhile, so that no two processes move the same. If this one dies between the two commits, the
    messages are moved again: then those that have not been worked on yet are the same as before.
    """
    if store_of(app) is None or not (path := file_of(app)).is_file():
        return 0
    with in_words(path), closing(_open(path)) as connection:
        if not _has_letters(connection):
            return 0
        connection.execute("BEGIN IMMEDIATE")
        rows = connection.execute(f"SELECT rowid, * FROM {_TABLE} ORDER BY rowid LIMIT {_AT_ONCE}").fetchall()
        with file.writing() as queues:
            for _, id, queue, body, attributes, sent_at, delay in rows:
                held = json.loads(attributes)
                messages.send(queues, queue, body, sent_at, delay=delay, attributes=held, id=id)
        connection.executemany(f"DELETE FROM {_TABLE} WHERE rowid = ?", [(number,) for number, *_ in rows])
        connection.execute("COMMIT")
        return len(rows)


def _open(path: Path) -> sqlite3.Connection:
    where = f"{path.resolve().as_uri()}?mode=rw"
    connection = sqlite3.connect(where, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _has_letters(connection: sqlite3.Connection) -> bool:
    there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (_TABLE,)).fetchone()
    return bool(there and connection.execute(f"SELECT 1 FROM {_TABLE} LIMIT 1").fetchone())


class OutboxWatch:
    """Looks into the store's outbox whenever the file has changed, and now and then anyway."""

    def __init__(self, app: Flask, file: QueueFile) -> None:
        self._app = app
        self._file = file
        self._path = file_of(app) if store_of(app) is not None else None
        self._seen: tuple[object, ...] = ()
        self._anyway_at = 0.0

    def look_again(self) -> None:
        """Something has been sent, whether the file shows it or not."""
        self._anyway_at = 0.0

    def relay(self) -> None:
        """Move what is there to the queues."""
        if self._path is None:
            return
        now, seen = time.monotonic(), _state(self._path)
        if seen == self._seen and now < self._anyway_at:
            return
        self._anyway_at = now + ANYWAY_SECONDS
        while relay(self._app, self._file):
            pass
        self._seen = seen


def _state(store: Path) -> tuple[object, ...]:
    """What is different after most commits; Windows takes its time to say so, and clocks tick in steps."""
    return tuple(_stat(each) for each in (store, store.with_name(f"{store.name}-wal")))


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
