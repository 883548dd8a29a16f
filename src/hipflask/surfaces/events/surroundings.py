"""What is around every event: the app's context, as Flask has it, so that `current_app` and `g` are there, and teardown happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import appcontext_tearing_down, has_app_context

Serve = Callable[[Any, Any], Any]  # an event and the context, to what Lambda wants back
Surround = Callable[[Serve], Serve]


def surroundings(app: Any, *, stays: bool) -> Surround:
    """What puts the app's context around what serves events: made and left each time, or, with `stays`, left standing."""
    return _standing(app) if stays else _passing(app)


def _passing(app: Any) -> Surround:
    def surround(serve: Serve) -> Serve:
        def served(event: Any, context: Any) -> Any:
            with app.app_context():
                return serve(event, context)

        return served

    return surround


def _standing(app: Any) -> Surround:
    """One context in a process that does nothing else, as on Lambda: making it costs more than most events.

    `g` is new for each event that finds something in it, and what is to happen at teardown does, after each event.
    """
    standing = app.app_context()

    def surround(serve: Serve) -> Serve:
        def served(event: Any, context: Any) -> Any:
            if not has_app_context():
                standing.push()
            try:
                return serve(event, context)
            finally:
                if app.teardown_appcontext_funcs or appcontext_tearing_down.receivers:
                    app.do_teardown_appcontext()
                if standing.g.__dict__:
                    standing.g = app.app_ctx_globals_class()

        return served

    return surround
