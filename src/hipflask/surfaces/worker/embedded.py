"""An app's queues, buckets and topics where there is no Amazon: in one SQLite file and a folder, beside the app's data.

    instance/shop.events.sqlite         queues, and what was told to whom
    instance/buckets/uploads/a.jpg      the object a.jpg of the bucket "uploads"

Any number of processes may send and work at once; `worker.py` calls the functions.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, BinaryIO

from flask import Flask

from ...core import context, outgoing
from ...core.action import Door, Registry
from ...core.errors import DrawingError, UsageError
from ...core.ports import StoredObject
from ...store.files import default_folder
from . import messages, outbox, shapes
from .bucket import BucketFolder, Found
from .file import QueueFile
from .lanes import followers, lane_name, wants, watchers
from .outbox import Letter

CONFIG = "HIPFLASK_EVENTS"  # in the configuration or the environment: the folder for all of it
LARGEST = 1 << 20  # bytes, as for SQS


class Embedded:
    """The `Resources` of an app on this computer; nothing is opened before it is used."""

    def __init__(self, app: Flask) -> None:
        folder = _folder(app)
        self._app = app
        self._actions: Registry = app.actions  # type: ignore[attr-defined]
        self._buckets = folder / "buckets"
        self.file = QueueFile(folder / f"{app.name}.events.sqlite")
        self.on_sent: Callable[[], None] = _nothing  # a worker in this process need not wait until it looks

    # ── queues and topics ─────────────────────────────────────────────────────────────────────────

    def send(
        self, queue: str, body: str, *, delay: float = 0, attributes: Mapping[str, str] | None = None
    ) -> str:
        """Send a message, when the present unit of work has been committed; returns its id."""
        letter = Letter(str(uuid.uuid4()), queue, body, time.time(), delay, dict(attributes or {}))
        self.post([letter])
        return letter.id

    def publish(
        self,
        topic: str,
        message: str,
        *,
        subject: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Publish to all functions that follow a topic, when the present unit of work has been committed; returns its id."""
        id, now = str(uuid.uuid4()), time.time()
        event = shapes.of_notice(topic, id, message, subject, attributes or {}, now)
        doors = followers(self._actions, topic)
        self.post([self._event(lane_name(door), event, now) for door in doors])
        return id

    def post(self, letters: Sequence[Letter]) -> None:
        """Send letters: all of them or, if the present unit of work is rolled back, none."""
        for letter in letters:
            _refuse(letter)
        if not letters:
            return
        if (store := outbox.store_of(self._app)) is not None:
            outbox.write(store, letters)
            outgoing.hold(self.on_sent) or self.on_sent()
        elif not outgoing.hold(lambda: self._deliver(letters)):
            self._deliver(letters)

    def _deliver(self, letters: Sequence[Letter]) -> None:
        with self.file.writing() as connection:
            for each in letters:
                messages.send(
                    connection,
                    each.queue,
                    each.body,
                    each.sent_at,
                    delay=each.delay,
                    attributes=each.attributes,
                    id=each.id,
                )
        self.on_sent()

    @staticmethod
    def _event(queue: str, event: Mapping[str, Any], now: float) -> Letter:
        return Letter(str(uuid.uuid4()), queue, json.dumps(event), now)

    # ── buckets ───────────────────────────────────────────────────────────────────────────────────

    def bucket(self, name: str) -> BucketFolder:
        """The folder of a bucket."""
        return BucketFolder(self._buckets, name)

    def put(self, bucket: str, key: str, data: bytes | BinaryIO) -> None:
        """Write an object at once, as S3 does; the bucket's functions are told."""
        found, etag = self.bucket(bucket).put(key, data)
        self.tell(bucket, [(found, etag)], [])

    def open(self, bucket: str, key: str) -> BinaryIO:
        """An object's content; raises KeyError if there is none."""
        return self.bucket(bucket).open(key)

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object, if there is one; the bucket's functions are told."""
        if self.bucket(bucket).delete(key):
            self.tell(bucket, [], [key])

    def list(self, bucket: str, prefix: str = "") -> Sequence[StoredObject]:
        """The objects whose key begins so, by key."""
        folder, told = self.bucket(bucket), self._told(bucket)

        def stored(found: Found) -> StoredObject:
            known = told.get(found.key)
            etag = known[1] if known is not None and known[0] == found else folder.digest(found.key)
            return StoredObject(
                found.key, found.size, etag, datetime.fromtimestamp(found.modified / 1e9, UTC)
            )

        chosen = [each for each in folder.files() if each.key.startswith(prefix)]
        return [stored(each) for each in sorted(chosen, key=lambda each: each.key)]

    def told(self, bucket: str) -> dict[str, Found]:
        """What the functions of a bucket have been told of."""
        return {key: found for key, (found, _) in self._told(bucket).items()}

    def _told(self, bucket: str) -> dict[str, tuple[Found, str]]:
        with self.file.reading() as connection:
            rows = connection.execute(
                "SELECT key, size, modified, etag FROM object WHERE bucket = ?", (bucket,)
            )
            return {key: (Found(key, size, modified), etag) for key, size, modified, etag in rows}

    def tell(
        self,
        bucket: str,
        created: Sequence[tuple[Found, str]],
        removed: Sequence[str],
        *,
        is_news: bool = True,
    ) -> None:
        """Have a bucket's functions called for what has happened, and note that they know; all of it or nothing.

        Unless it `is_news`, being our own doing, another process may have seen the same, and told them.
        """
        if not (doors := watchers(self._actions, bucket)):
            return
        now = time.time()
        with self.file.writing() as connection:
            for found, etag in created:
                row = (bucket, found.key, found.size, found.modified)
                if is_news or not connection.execute(_IS_TOLD, row).fetchone():
                    connection.execute("INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?)", (*row, etag))
                    _tell(connection, doors, "ObjectCreated:Put", found, etag, now)
            for key in removed:
                if connection.execute(_FORGET, (bucket, key)).rowcount or is_news:
                    _tell(connection, doors, "ObjectRemoved:Delete", Found(key, 0, 0), "", now)
        self.on_sent()


_IS_TOLD = "SELECT 1 FROM object WHERE bucket = ? AND key = ? AND size = ? AND modified = ?"
_FORGET = "DELETE FROM object WHERE bucket = ? AND key = ?"


def _tell(
    connection: Connection, doors: Sequence[Door], kind: str, found: Found, etag: str, now: float
) -> None:
    for door in doors:
        if wants(door, kind, found.key):
            event = shapes.of_object(kind, door.options["bucket"], found.key, now, found.size, etag)
            messages.send(connection, lane_name(door), json.dumps(event), now)


def _refuse(letter: Letter) -> None:
    if context.recorder.get() is not None:
        raise DrawingError(
            "A message was sent while drawing, which would send it again each time the window draws itself. Send it in a handler."
        )
    try:
        size = len(letter.body.encode())
    except UnicodeEncodeError:
        raise UsageError(
            "A message has half a character in it, which no text may have: send valid Unicode."
        ) from None
    if size > LARGEST:
        raise UsageError(
            f"A message of {size} bytes was to be sent, and {LARGEST} is the most that a queue takes. Put what is large into a "
            "bucket, and send its key."
        )


def _folder(app: Flask) -> Path:
    chosen = app.config.get(CONFIG) or os.environ.get(CONFIG)
    return Path(app.root_path, chosen) if chosen else default_folder(app)


def _nothing() -> None:
    """Nobody works in this process."""
