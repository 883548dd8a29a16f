"""`voice`: what a function that is spoken to answers with, and what it may look at meanwhile.

Parts are loaded when they are first used.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .answers import (
        Answer,
        Question,
        confirm_intent,
        confirm_slot,
        delegate,
        elicit_slot,
        event,
        question,
        statement,
    )
    from .answers import question as ask
    from .answers import statement as tell
    from .between import meanwhile
    from .cards import Card
    from .heard import Context, Contexts, Heard, Match, Session, Slot, User
    from .purchases import buy, refund, upsell
    from .streams import Audio, Stream
    from .times import date_span, duration, time_of_day
    from .turn import (
        audio,
        context,
        contexts,
        convert_errors,
        current_stream,
        is_speaking,
        request,
        session,
        user,
    )

_HOMES = {
    "Answer": ".answers",
    "Audio": ".streams",
    "Card": ".cards",
    "Context": ".heard",
    "Contexts": ".heard",
    "Heard": ".heard",
    "Match": ".heard",
    "Question": ".answers",
    "Session": ".heard",
    "Slot": ".heard",
    "Stream": ".streams",
    "User": ".heard",
    "ask": ".answers",  # Flask-Assistant's word for question
    "audio": ".turn",
    "buy": ".purchases",
    "confirm_intent": ".answers",
    "confirm_slot": ".answers",
    "context": ".turn",
    "contexts": ".turn",
    "convert_errors": ".turn",
    "current_stream": ".turn",
    "date_span": ".times",
    "delegate": ".answers",
    "duration": ".times",
    "elicit_slot": ".answers",
    "event": ".answers",
    "is_speaking": ".turn",
    "meanwhile": ".between",
    "question": ".answers",
    "refund": ".purchases",
    "request": ".turn",
    "session": ".turn",
    "statement": ".answers",
    "tell": ".answers",  # Flask-Assistant's word for statement
    "time_of_day": ".times",
    "upsell": ".purchases",
    "user": ".turn",
}
_ALIASES = {"ask": "question", "tell": "statement"}

__all__ = [
    "Answer", "Audio", "Card", "Context", "Contexts", "Heard", "Match", "Question", "Session", "Slot", "Stream", "User",
    "ask", "audio", "buy", "confirm_intent", "confirm_slot", "context", "contexts", "convert_errors", "current_stream",
    "date_span", "delegate", "duration", "elicit_slot", "event", "is_speaking", "meanwhile", "question", "refund",
    "request", "session", "statement", "tell", "time_of_day", "upsell", "user",
]  # fmt: skip


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"voice has no {name!r}. It has: {', '.join(__all__)}.")
    return getattr(import_module(home, __name__), _ALIASES.get(name, name))


def __dir__() -> Iterable[str]:
    return __all__
