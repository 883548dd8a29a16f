"""How a decorated function is recorded: its door, once nothing is wrong with it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from ...core.action import Door, Registry
from ...core.errors import UsageError
from ...core.signature import Plan
from . import checks
from .kinds import MIDDLEWARE_KINDS
from .options import Given
from .taking import Taking

F = TypeVar("F", bound=Callable[..., Any])

_NOTHING_BOUND = Plan((), Any)  # a middleware is called by position


def on_event(scaffold: Any, surface: str, name: str | None, given: Given) -> Callable[[F], F]:
    """The decorator that records a door of that kind."""
    where, options = given

    def record(function: F) -> F:
        actions: Registry = scaffold.actions
        door = Door(surface, checks.function_name(where, name or function.__name__), options)
        _refuse_taken(actions, door, where)
        Taking.of(actions.add(function, door), surface)
        when_registered(scaffold, lambda app: _refuse_taken(app.actions, door, where))
        return function

    return record


def middleware(scaffold: Any, event_type: str) -> Callable[[F], F]:
    """The decorator that records a middleware."""
    checks.brackets("middleware", event_type)
    if event_type not in MIDDLEWARE_KINDS:
        kinds = ", ".join(map(repr, MIDDLEWARE_KINDS))
        raise UsageError(f"@app.middleware({event_type!r}): expected one of {kinds}.")

    def record(function: F) -> F:
        door = Door("middleware", function.__name__, {"event_type": event_type})
        scaffold.actions.add(function, door, _NOTHING_BOUND)
        return function

    return record


def register_middleware(scaffold: Any, function: Callable[[Any, Any], Any], event_type: str) -> None:
    """Record a middleware that was written elsewhere, and may have no name of its own."""

    def around(event: Any, get_response: Any) -> Any:
        return function(event, get_response)

    named = hasattr(function, "__qualname__")
    middleware(scaffold, event_type)(function if named else functools.update_wrapper(around, type(function)))


def when_registered(scaffold: Any, then: Callable[[Any], object]) -> None:
    """Do something with the app: with the scaffold, if it is one, or with each that a blueprint is registered with."""
    if hasattr(scaffold, "url_map"):
        then(scaffold)
    else:
        scaffold.record(lambda state: then(state.app))


def _refuse_taken(actions: Registry, door: Door, where: str) -> None:
    """Refuse a name that another function of the kind has, and a queue that another function takes from."""
    for action, other in actions.doors(door.surface):
        if other is door:
            continue
        if other.name == door.name:
            raise UsageError(
                f"{where}: there is an @app.{door.surface} of the name {door.name!r} already; give it another, name='…'."
            )
        if door.surface == "on_sqs_message" and _queue_of(other) == _queue_of(door):
            raise UsageError(
                f"{where}: {action.name}() takes the messages of that queue already, and each message reaches only one of "
                "them. For several functions publish on a topic, or let one function call the other."
            )


def _queue_of(door: Door) -> str:
    return str(door.options["queue_arn"] or door.options["queue"])
