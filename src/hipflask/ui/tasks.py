"""Work that goes on beside a handler."""

from __future__ import annotations

from collections.abc import Callable

from .acting import acting_session
from .handlers import Task, start


def task(function: Callable[..., object], *args: object, **kwargs: object) -> Task:
    """Run a function, sync or async, beside the handler that starts it, for the same window; what it raises is shown there.

    >>> def save(text: str) -> None: ...
    >>> ui.button("Save", on_click=lambda: ui.task(save, "the text"))
    """
    session = acting_session("ui.task")
    return start(session.workers, session, function, *args, **kwargs)
