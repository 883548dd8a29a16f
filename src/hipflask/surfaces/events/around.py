"""Middlewares, in Chalice's way: each takes an event and the next one, and returns a response.

    outermost(event, get_response) → inner(event, get_response) → the function

The first that was decorated is the outermost. One that never calls `get_response` keeps the function from being called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ...core.action import Registry

Middleware = Callable[[Any, Callable[[Any], Any]], Any]


def middlewares_for(actions: Registry, group: str) -> tuple[Middleware, ...]:
    """The middlewares that stand around functions of one kind, outermost first."""
    return tuple(
        action.function
        for action, door in actions.doors("middleware")
        if door.options["event_type"] in ("all", group)
    )


def wrapped(middlewares: Sequence[Middleware], innermost: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What to call with the event, so that all of them are asked."""
    current = innermost
    for middleware in reversed(middlewares):
        current = partial(_asked, middleware, current)
    return current


def _asked(middleware: Middleware, following: Callable[[Any], Any], event: Any) -> Any:
    return middleware(event, following)


class ConvertToMiddleware:
    """A decorator of Lambda functions, `f(event, context)`, as a middleware: for `app.register_middleware`."""

    def __init__(
        self, lambda_wrapper: Callable[[Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]
    ) -> None:
        self._wrapper = lambda_wrapper

    def __call__(self, event: Any, get_response: Callable[[Any], Any]) -> Any:
        """Call what the decorator makes of the rest."""
        return self._wrapper(lambda _event, _context: get_response(event))(*_as_lambda_has_it(event))


def _as_lambda_has_it(event: Any) -> tuple[Any, Any]:
    """The event and the context; those of a web request are in its environment, if it came by Lambda."""
    if hasattr(event, "environ"):
        return event.environ.get("hipflask.aws.event", {}), event.environ.get("hipflask.aws.context")
    return event.to_dict(), event.context
