"""Who listens: an app's functions that events call, put together once, and found by an event's source or by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...core.action import Action, Door, Registry
from ...core.errors import EventError
from ..seen import seen
from .around import Middleware, middlewares_for
from .kinds import GROUPS
from .patterns import fits
from .resources import environment_name
from .sources import Source
from .taking import Taking


@dataclass(eq=False)
class Listener:
    """One function, and the door by which events reach it."""

    action: Action
    door: Door
    middlewares: tuple[Middleware, ...]

    @cached_property
    def taking(self) -> Taking:
        """What it takes."""
        return Taking.of(self.action, self.door.surface)

    def is_meant(self, source: Source, event: Any) -> bool:
        """Whether an event of its kind is for this one."""
        return _MEANT[self.door.surface](self.door, source.origin, event)


class Listeners:
    """All of an app's."""

    def __init__(self, actions: Registry) -> None:
        around = {group: middlewares_for(actions, group) for group in GROUPS.values()}
        self._all = [
            Listener(action, door, around.get(GROUPS.get(surface, ""), ()))
            for surface in (*GROUPS, "authorizer")
            for action, door in actions.doors(surface)
        ]

    def named(self, name: str) -> list[Listener]:
        """Those of that name, of whatever kind."""
        return [each for each in self._all if each.door.name == name]

    def find(self, name: str | None, source: Source, event: Any) -> list[Listener]:
        """Those whom an event is for, by name or by where it comes from; none, if it is not for anybody."""
        of_kind = [each for each in self._all if each.door.surface == source.surface]
        if name is not None:
            return [each for each in of_kind if each.door.name == name]
        if source.surface in ("lambda_function", "authorizer"):  # nothing in it says which one
            return of_kind if len(of_kind) == 1 else []
        return [each for each in of_kind if each.is_meant(source, event)]

    def plain(self, name: str | None, source: Source, event: object) -> Listener:
        """The function of that name that takes whatever it is sent; raises EventError if there is none."""
        of_name = [each for each in self._all if name in (None, each.door.name)]
        for each in of_name:
            if name is not None and each.door.surface == "lambda_function":
                return each
        if name is None and source.surface == "lambda_function" and of_name:
            raise EventError(f"Say which function is meant. There are: {', '.join(self._names())}.")
        if name is None:
            origin = f" from {source.origin[:200]!r}" if source.origin else ""
            raise EventError(f"No function of this app takes {_what(source, event)}{origin}.")
        if of_name:
            raise EventError(f"{name!r} is {_listed(of_name)}, and was called with {_what(source, event)}.")
        raise EventError(
            f"No function is named {name!r}. There are: {', '.join(self._names()) or 'none at all'}."
        )

    def _names(self) -> Iterator[str]:
        return iter(dict.fromkeys(each.door.name for each in self._all))


def _what(source: Source, event: object) -> str:
    if source.surface == "lambda_function":
        return f"{seen(event)}, which is no event of a kind known here"
    return _WORDS[source.surface]


_WORDS: Mapping[str, str] = {
    "schedule": "an event of a schedule",
    "on_s3_event": "an event of S3",
    "on_sqs_message": "messages of SQS",
    "on_sns_message": "a message of SNS",
    "on_dynamodb_record": "records of DynamoDB",
    "on_kinesis_record": "records of Kinesis",
    "on_cw_event": "an event of EventBridge",
    "authorizer": "a question who may pass",
}


def _listed(listeners: list[Listener]) -> str:
    return " and ".join(dict.fromkeys(f"@app.{each.door.surface}" for each in listeners))


# ── by source ─────────────────────────────────────────────────────────────────────────────────────


def _queue(door: Door, origin: str, event: Any) -> bool:
    if door.options["queue_arn"] is not None:
        return bool(door.options["queue_arn"] == origin)
    return _is_called("QUEUE", door.options["queue"], origin.rpartition(":")[2])


def _topic(door: Door, origin: str, event: Any) -> bool:
    topic = door.options["topic"]
    return bool(topic == origin) or _is_called("TOPIC", topic, origin.rpartition(":")[2])


def _bucket(door: Door, origin: str, event: Any) -> bool:
    return _is_called("BUCKET", door.options["bucket"], origin)


def _is_called(kind: Any, name: str, found: str) -> bool:
    """Whether that is its name here, or the last part of its true one: of a URL, an ARN, or a bucket's name."""
    true_name = os.environ.get(environment_name(kind, name), "").replace("/", ":").rpartition(":")[2]
    return found in (name, true_name) if true_name else found == name


def _stream(door: Door, origin: str, event: Any) -> bool:
    stream = door.options["stream"]
    return stream in (origin, origin.rpartition("/")[2])


def _table(door: Door, origin: str, event: Any) -> bool:
    return bool(door.options["stream_arn"] == origin)


def _rule(door: Door, origin: str, event: Any) -> bool:
    return door.name == origin.rpartition("/")[2]


def _pattern(door: Door, origin: str, event: Any) -> bool:
    return fits(door.options["event_pattern"], event)


_MEANT: Mapping[str, Callable[[Door, str, Any], bool]] = {
    "on_sqs_message": _queue,
    "on_sns_message": _topic,
    "on_s3_event": _bucket,
    "on_kinesis_record": _stream,
    "on_dynamodb_record": _table,
    "on_cw_event": _pattern,
    "schedule": _rule,
}
