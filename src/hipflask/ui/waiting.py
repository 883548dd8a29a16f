"""A drawing never waits: functions that could are refused, when they are decorated or at the latest when they have been called."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from ..core.errors import UsageError

_SUSPENDABLE = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)


def refuse_async(function: Callable[..., object], decorator: str) -> None:
    """Raise UsageError if `function` could be suspended while it draws."""
    if any(is_one(function) for is_one in _SUSPENDABLE):
        raise UsageError(
            f"{decorator} {function.__qualname__}: a drawing cannot wait for anything, or the window would stand still. "
            f"Write a plain `def {function.__name__}(…)`, and load what is slow in a handler or with ui.task, into a state."
        )


def refuse_waiting(function: Callable[..., object], result: object) -> None:
    """Raise UsageError if what a drawing has returned is still to be waited for."""
    if inspect.iscoroutine(result):
        result.close()
    if inspect.iscoroutine(result) or inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise UsageError(
            f"{function.__qualname__} returned a {type(result).__name__}: a drawing cannot wait. Use a plain def."
        )
