"""Calls for events, as they are told to who looks inside."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from ...core import tracing
from ...core.tracing import Span
from .kinds import GROUPS
from .listeners import Listener

_SOURCES = ("queue_arn", "queue", "bucket", "topic", "stream_arn", "stream")


def told(listener: Listener, record: Any) -> AbstractContextManager[Span | None]:
    """A span around one call of a function, for one record or a whole event; to be asked where `sinks` are there."""
    door = listener.door
    kind = "schedule" if door.surface == "schedule" else "message"
    facts = {"system": GROUPS.get(door.surface, door.surface)}
    source = next((str(door.options[name]) for name in _SOURCES if door.options.get(name)), "")
    if source:
        facts["destination"] = source.split(":", 5)[-1]  # of an ARN without whose account it is
    return tracing.span(kind, door.name, facts=facts, values={"record": record}, parent=_begun_by(record))


def _begun_by(record: Any) -> tracing.Origin | None:
    """The span of who has sent it, as an attribute of a message says; whatever else an event may hold, it is taken for none."""
    attributes = _at(record, "messageAttributes") or _at(_at(record, "Sns"), "MessageAttributes")
    given = _at(attributes, "traceparent")
    text = _at(given, "stringValue") or _at(given, "Value")
    return tracing.origin_of(text) if isinstance(text, str) else None


def _at(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else None
