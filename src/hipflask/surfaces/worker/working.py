"""The worker beside something else: a server, or the windows of a desktop program."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from .worker import Worker

STOP_SECONDS = 10.0
_SURFACES = (
    "on_sqs_message",
    "on_s3_event",
    "on_sns_message",
    "schedule",
)  # as in lanes.py, which loads more

log = logging.getLogger(__name__)


@contextlib.contextmanager
def working(app: Flask, *, seconds: float = STOP_SECONDS, **options: Any) -> Iterator[Worker | None]:
    """Have an app's functions called for queues, buckets, topics and schedules as long as the block runs.

    In an app that has no such functions nothing is loaded, and None is yielded.
    """
    actions = getattr(app, "actions", None)
    if actions is None or not any(True for surface in _SURFACES for _ in actions.doors(surface)):
        yield None
        return
    from .worker import Worker

    actions.start("a worker")
    worker = Worker(app, app.resources(), **options)  # type: ignore[attr-defined]
    worker.start()
    try:
        yield worker
    finally:
        worker.stop(seconds)
