"""One event in, and what Lambda wants back: the way of every event to the functions that it is for.

    answer ─→ what is it, and who listens?          sources.py, listeners.py
           ─→ the app's context, middlewares        surroundings.py, around.py
           ─→ once, or record by record             serving.py, batches.py
              ─→ bound, in a unit of work           contents.py, binding.py

It is the same on Lambda and off it: what calls functions locally speaks Amazon's shapes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .listeners import Listener, Listeners
from .serving import server
from .sources import LOOKS, Source, as_notification, is_test, source_of
from .surroundings import Serve, Surround, surroundings

_KEPT = "hipflask_events"


def answer(app: Any, event: Any, context: Any = None, *, name: str | None = None) -> Any:
    """Call the functions that an event is for, and return what Lambda wants returned.

    `name` is that of a function, whose event it then is; without it, whoever listens to where the event comes from is called. For
    records of queues and streams that is `{"batchItemFailures": [...]}`, for a function that was called by name its result.
    Raises EventError if nobody listens, or it is no event at all, and what a function raises where nothing else tells of it.
    """
    return _callers(app)(event, context, name)


def caller(app: Any, name: str, *, stays: bool = False) -> Serve:
    """`answer` for one function, with everything looked up beforehand: takes an event and the context.

    With `stays` the app's context is left standing between events, which is for a process that does nothing else.
    """
    callers = _Callers(app, surroundings(app, stays=stays))
    return callers.only(name) or (lambda event, context: callers(event, context, name))


def _callers(app: Any) -> _Callers:
    kept = app.extensions.get(_KEPT)
    if kept is None:
        kept = app.extensions[_KEPT] = _Callers(app, surroundings(app, stays=False))
    return kept  # type: ignore[no-any-return]


class _Callers:
    """All functions of an app that events call, and how to call them."""

    def __init__(self, app: Any, surround: Surround) -> None:
        app.actions.start("a caller of events")
        self._app = app
        self._surround = surround
        self._listeners = Listeners(app.actions)
        self._servers: dict[Listener, Serve] = {}

    def __call__(self, event: Any, context: Any, name: str | None) -> Any:
        found = self._find(event, name)
        if len(found) == 1:
            ((listener, form),) = found
            return self._server(listener)(form, context)
        return _merged([self._outcome(listener, form, context) for listener, form in found])

    def only(self, name: str) -> Serve | None:
        """What serves a name that only one function has, straight for events that look like its own."""
        named = self._listeners.named(name)
        if len(named) != 1:
            return None
        serve, looks_right = self._server(named[0]), LOOKS[named[0].door.surface]

        def only(event: Any, context: Any) -> Any:
            return serve(event, context) if looks_right(event) else self(event, context, name)

        return only

    def _find(self, event: Any, name: str | None) -> list[tuple[Listener, Any]]:
        """Who is meant, each with the event in the form that is meant; nobody, for a test of S3's."""
        forms = [(source_of(event), event)]
        if (notification := as_notification(event)) is not None:
            forms.append((source_of(notification), notification))
        found = [(each, form) for source, form in forms for each in self._listeners.find(name, source, form)]
        if (
            not found
            and is_test(event)
            and self._listeners.find(name, Source("on_s3_event", event["Bucket"]), event)
        ):
            return []
        return found or [(self._listeners.plain(name, forms[0][0], event), event)]

    def _server(self, listener: Listener) -> Serve:
        serve = self._servers.get(listener)
        if serve is None:
            serve = self._servers[listener] = server(self._app, listener, self._surround)
        return serve

    def _outcome(self, listener: Listener, event: Any, context: Any) -> Any:
        """What one of several has made of an event: an exception, where it raised one, so that the others have their turn."""
        try:
            return self._server(listener)(event, context)
        except Exception as error:
            return error


def _merged(outcomes: Sequence[Any]) -> Any:
    """What several functions make of one event together: what one of them has failed at comes again, to all."""
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    reports = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    if not reports:
        return None
    names = dict.fromkeys(
        item["itemIdentifier"] for report in reports for item in report["batchItemFailures"]
    )
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}
