"""An event comes in, its answer goes out: `handler(app)` is what Lambda calls.

event ─→ which kind? ─→ web:   codec.read → WSGI environ → the app → codec.write
                        Alexa: the app's voice endpoint, which is told that the caller is proven
                        other: events.calling.answer
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from . import payload2
from .answered import Answered
from .asked import Asked

Handler = Callable[[Any, Any], Any]


def handler(app: Any) -> Handler:
    """What answers Lambda's events with this app: a function of event and context."""

    def answer(event: Any, context: Any) -> Any:
        return _web(app, payload2, event, context)

    return answer


def _web(app: Any, codec: Any, event: Any, context: Any) -> Any:
    asked: Asked = codec.read(event)
    return codec.write(respond(app, asked.environ(event, context)), event)


def respond(app: Any, environ: dict[str, Any]) -> Answered:
    """Have the app answer one WSGI request."""
    answered = Answered()
    answered.take(cast(Any, app)(environ, answered.start))
    return answered
