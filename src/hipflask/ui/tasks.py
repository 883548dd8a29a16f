"""Work that goes on beside a handler."""

from __future__ import annotations

from collections.abc import Callable

from ..core.errors import DrawingError
from .drawing import is_drawing
from .handlers import Task, current_session, start


def task(function: Callable[..., object], *args: object, **kwargs: object) -> Task:
    """Run a function, sync or async, beside the handler that starts it, for the same window; what it raises is shown there.

    >>> def save(text: str) -> None: ...
    >>> ui.button("Save", on_click=lambda: ui.task(save, "the text"))
    """
    if is_drawing():
        raise DrawingError(
            "ui.task was used while drawing, so every drawing would start another. "
            "Start it in a handler: `on_click=lambda: ui.task(load)`."
        )
    session = current_session("ui.task")
    return start(session.workers, session, function, *args, **kwargs)
