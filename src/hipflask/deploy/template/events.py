"""Schedules and events of the account's bus: a rule each.

EventBridge Scheduler is the newer of the two ways to keep time. A rule needs no role of its own, which would be one more that
may call functions, and costs the same.
"""

from __future__ import annotations

from typing import Any

from ..description import Function, OnEvent, Schedule
from .permissions import may_call
from .stack import Stack, attribute

_RULE_LIMIT = 64


def wire_schedule(stack: Stack, function: Function, trigger: Schedule) -> None:
    """A rule that goes by the clock."""
    add_rule(stack, function, {"ScheduleExpression": trigger.expression})


def wire_event(stack: Stack, function: Function, trigger: OnEvent) -> None:
    """A rule that goes by what an event has in it."""
    add_rule(stack, function, {"EventPattern": dict(trigger.pattern)})


def add_rule(stack: Stack, function: Function, when: dict[str, Any]) -> None:
    """A rule with the function as its only target, and its permission to call."""
    id_ = stack.id_of(function)
    stack.add(
        f"{id_}Rule",
        "AWS::Events::Rule",
        {
            "Name": stack.named(function.name, function.trigger.ending, limit=_RULE_LIMIT),
            "State": "ENABLED",
            **when,
            "Targets": [{"Id": "function", "Arn": stack.arn_of(function)}],
        },
    )
    may_call(stack, function, "events.amazonaws.com", attribute(f"{id_}Rule", "Arn"))
