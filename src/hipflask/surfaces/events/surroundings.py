"""What is around every event: the app's context, as Flask has it, so that `current_app` and `g` are there, and teardown happens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import appcontext_tearing_down, has_app_context

Surroundings = Callable[[], AbstractContextManager[Any]]


def surroundings(app: Any, *, stays: bool) -> Surroundings:
    """The app's context for one event: made and left each time, or, with `stays`, left standing."""
    return _Standing(app) if stays else app.app_context


class _Standing:
    """One context in a process that does nothing else, as on Lambda: making it costs more than most events.

    `g` is new for each event that finds something in it, and what is to happen at teardown does, after each event.
    """

    __slots__ = ("_app", "_context")

    def __init__(self, app: Any) -> None:
        self._app = app
        self._context = app.app_context()

    def __call__(self) -> _Standing:
        return self

    def __enter__(self) -> None:
        if not has_app_context():
            self._context.push()

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        app, context = self._app, self._context
        if app.teardown_appcontext_funcs or appcontext_tearing_down.receivers:
            app.do_teardown_appcontext(error)
        if context.g.__dict__:
            context.g = app.app_ctx_globals_class()
