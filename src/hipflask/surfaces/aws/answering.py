"""An event comes in, its answer goes out: `handler(app)` is what Lambda calls.

    event ─→ which kind? ─→ web:   codec.read → WSGI environ → the app → codec.write
                            Alexa: the app's voice endpoint, which is told that the caller is proven
                            other: events.calling.answer

A function whose URL streams gets web requests by `stream`, from the loop in `streaming/`.

A function that is for one door only, as those for queues and schedules are, answers nothing else: what is sent to a queue is never
taken for a web request, and what is for the web never gets to a function that is not for it. All about it is looked up beforehand.
Nor does the one for the web answer for a queue: whoever may call it, with an event of his own making, may call no other with it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...core import bundled
from ...core.errors import EventError, HipflaskError
from ..seen import seen
from .answered import Answered
from .asked import Asked
from .kinds import Web, is_alexa, is_streamed, web_of
from .limits import HEAD_BYTES, too_large
from .loading import HUB_DATABASE
from .watch import Handler, Watch, watched

if TYPE_CHECKING:  # for a URL that streams alone
    from .parts import Open

HUB_PATH = "/sync"  # of the app's hub, where its database is named
STREAMING = "HIPFLASK_STREAMING"  # "1" where the function's URL passes on parts as they come
_WEB = "web"  # the function that Flask answers with, and Alexa
_WORST = 6  # bytes of JSON that one byte of text may take

_LOG = logging.getLogger("hipflask.aws")


def handler(app: Any, function: str | None = None) -> Handler:
    """What answers Lambda's events with this app; `function` names the one door that it is for, or "web", where it is not for all of them."""
    app.config.setdefault("MCP_SESSIONS", False)  # the next request may be another process's
    if function and function != _WEB:
        return watched(_only(app, function), Watch())
    return Answering(app, is_for_all=not function)


def _only(app: Any, function: str) -> Handler:
    from ..events import calling

    return calling.caller(app, function, stays=bundled.is_on_lambda())


class Answering:
    """An app as Lambda calls it: with an event and a context, for the web and, where it `is_for_all`, for everything else."""

    def __init__(self, app: Any, *, is_for_all: bool = True) -> None:
        self.app = app
        self._is_for_all = is_for_all
        self._is_streaming = os.environ.get(STREAMING) == "1"
        self._has_hub = bool(app.config.get(HUB_DATABASE) or os.environ.get(HUB_DATABASE))
        self._hub: Callable[[Asked], Answered] | None = None
        watch = Watch()
        self._answer = watched(self._of_any_kind, watch)
        self._stream = watched(self._in_parts, watch)

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer one event."""
        return self._answer(event, context)

    def stream(self, event: Any, context: Any, open: Open) -> bool:
        """Answer a web request part by part; false if it is none, or is not to be answered so."""
        kind = web_of(event) if self._is_streaming else None
        if kind is None or not is_streamed(event):
            return False
        self._stream((kind.asked(event), event, open), context)
        return True

    def respond(self, environ: dict[str, Any], most: int = sys.maxsize) -> Answered:
        """Have the app answer one WSGI request; what it raises is in the log, and nowhere else."""
        answered = Answered()
        try:
            answered.take(self.app(environ, answered.start), most)
        except (Exception, SystemExit):  # sys.exit() would end the process, and others with it
            _LOG.exception("%s %s was not answered.", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return Answered.sentence(500, "Internal Server Error", "Something went wrong; the log says what.")
        return answered

    def _of_any_kind(self, event: Any, context: Any) -> Any:
        if (kind := web_of(event)) is not None:
            return self._web(kind, event, context)
        if is_alexa(event):
            from . import alexa

            return alexa.answer(self.app, event, context, self.respond)
        if not self._is_for_all:
            raise EventError(
                f"This function answers the web, and was called with {seen(event)}. What queues, schedules and calls by name are for "
                "has a function of its own, beside this one."
            )
        from ..events import calling  # which an app for the web alone does without

        return calling.answer(self.app, event, context)

    def _web(self, kind: Web, event: Any, context: Any) -> Any:
        asked = kind.asked(event)
        if self._is_for_the_hub(asked):
            return kind.write(self._of_the_hub(asked), event)
        told = kind.write(self.respond(asked.environ(event, context), kind.most), event)
        if (size := _size_of(told, kind.most)) <= kind.most - HEAD_BYTES:
            return told
        sentence = too_large(size, kind.most, kind.gateway)
        _LOG.error("%s", sentence)
        return kind.write(Answered.sentence(502, "Bad Gateway", sentence), event)

    def _in_parts(self, given: tuple[Asked, Any, Open], context: Any) -> None:
        from .parts import Parts

        asked, event, open = given
        if self._is_for_the_hub(asked):
            Parts(open).give_whole(self._of_the_hub(asked))
        else:
            Parts(open).give(self.app, asked.environ(event, context))

    def _is_for_the_hub(self, asked: Asked) -> bool:
        return self._has_hub and asked.path == HUB_PATH

    def _of_the_hub(self, asked: Asked) -> Answered:
        try:
            if self._hub is None:
                from .hub import HubAnswering  # with a driver for PostgreSQL, which only replicas wait for

                self._hub = HubAnswering(self.app).answer
            return self._hub(asked)
        except HipflaskError:
            _LOG.exception("The hub did not answer.")
            return Answered.sentence(503, "Service Unavailable", "The hub cannot answer; the log says why.")


def _size_of(told: dict[str, Any], most: int) -> int:
    """How much of what is passed on an answer takes; looked at closely only where it may be too much."""
    size = len(told["body"])
    if told["isBase64Encoded"] or size * _WORST < most:
        return size
    is_plain = sys.version_info < (
        3,
        12,
    )  # Lambda's runtime writes JSON so: in letters of ASCII up to Python 3.11
    return len(json.dumps(told["body"], ensure_ascii=is_plain).encode())
