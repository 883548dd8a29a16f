"""One call of a function, for a batch of messages: the same way as on Lambda."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

from flask import Flask

from ...core import uncaught
from ...core.errors import EventError
from ..events.calling import answer
from . import shapes
from .lanes import Lane
from .messages import Message

log = logging.getLogger(__name__)


def call(app: Flask, lane: Lane, batch: Sequence[Message]) -> tuple[set[str], BaseException | None]:
    """Call a function for a batch; returns the ids of the messages for which it has failed, and what it raised, if it did."""
    whole = {each.id for each in batch}
    event = shapes.of_messages(lane.queue, batch) if lane.is_of_queue else json.loads(batch[0].body)
    try:
        answered = answer(app, event, None, name=lane.name)
        return (_failed(answered, whole) if lane.is_of_queue else set()), None
    except BaseException as error:  # SystemExit, too: a function must not end the worker
        log.exception("%s failed for %s.", lane.name, ", ".join(sorted(whole)))
        uncaught.tell("a queue's or schedule's function", error)
        return whole, error


def _failed(answered: Any, whole: set[str]) -> set[str]:
    """The messages that are said to have failed: all of them, as for SQS, where what is said names anything else."""
    failures = answered.get("batchItemFailures") if isinstance(answered, dict) else None
    failed = {each["itemIdentifier"] for each in failures or ()}
    if not failed <= whole:
        raise EventError(f"It says that {sorted(map(str, failed - whole))} failed, which it was not given.")
    return failed
