"""The desk of a program that is loaded anew now and then: its windows belong to the supervisor, which it asks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ..core.desk import OpenWindow, Request
from ..core.errors import WindowError
from ..surfaces.keeper import Opening, as_asked
from .messages import Answered, Asked


class FarDesk:
    """Passes requests on, and answers back to the threads that wait for them."""

    def __init__(self, tell: Callable[[Asked], None], opening_at: Callable[[str], Opening]) -> None:
        self._tell = tell
        self._opening_at = opening_at
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[Any]] = {}

    def ask(self, window: str, request: Request) -> Any:
        """Have the supervisor do it."""
        number = next(self._numbers)
        answer = self._waiting.setdefault(number, Future())
        opening = (
            as_asked(self._opening_at(request.path), request) if isinstance(request, OpenWindow) else None
        )
        self._tell(Asked(number, window, request, opening))
        return answer.result()

    def answered(self, message: Answered) -> None:
        """Hand an answer to who asked; what the program before this one asked is nobody's any more."""
        future = self._waiting.pop(message.number, None)
        if future is None:
            return
        if message.error is not None:
            future.set_exception(WindowError(message.error))
        else:
            future.set_result(message.answer)
