"""What calls a function: for each kind, what its role needs for it and what is added to the stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import description as asked
from .. import policies
from ..description import Function
from . import buckets, events, failures, queues, streams, topics, web
from .stack import Stack

_WIRE: dict[type, Callable[[Stack, Function, Any], None]] = {
    asked.Web: web.wire,
    asked.Schedule: events.wire_schedule,
    asked.OnEvent: events.wire_event,
    asked.FromBucket: buckets.wire,
    asked.FromQueue: queues.wire,
    asked.FromTopic: topics.wire,
    asked.FromTable: streams.wire_table,
    asked.FromStream: streams.wire_stream,
}


def needs(stack: Stack, function: Function) -> list[policies.Statement]:
    """What the role must allow for the trigger to work, and nothing more."""
    trigger = function.trigger
    found = []
    if isinstance(trigger, asked.FromQueue):
        found.append(policies.poll_queue(queues.arn_of(stack, trigger)))
    elif isinstance(trigger, asked.FromTable):
        found.append(policies.poll_table(trigger.stream))
    elif isinstance(trigger, asked.FromStream):
        found.append(policies.poll_stream(streams.arn_of(trigger)))
    if failures.are_kept_of(function):
        found.append(policies.send_failures(failures.arn(stack)))
    return found


def wire(stack: Stack, function: Function) -> None:
    """What connects the function with whatever calls it; a direct invoke needs nothing, an authorizer the gateway."""
    trigger = function.trigger
    if type(trigger) in _WIRE:
        _WIRE[type(trigger)](stack, function, trigger)
