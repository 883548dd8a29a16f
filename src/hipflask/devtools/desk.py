"""The desk of a program that is loaded anew now and then: its windows belong to the supervisor, which it asks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ..core.desk import OpenWindow, OpenWorkspace, Request, SeeWorkspaces
from ..core.errors import WindowError
from ..surfaces.keeper import Opening
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
        openings = {path: self._opening_at(path) for path in self._opened_by(window, request)}
        answer = self._waiting.setdefault(number, Future())
        self._tell(Asked(number, window, request, openings))
        return answer.result()

    def _opened_by(self, window: str, request: Request) -> list[str]:
        """The paths of the windows that may open: how they begin the program knows alone."""
        match request:
            case OpenWindow(path):
                return [path]
            case OpenWorkspace(name):
                paths: dict[str, list[str]] = self.ask(window, SeeWorkspaces())
                return paths.get(name, [])
        return []

    def answered(self, message: Answered) -> None:
        """Hand an answer to who asked; what the program before this one asked is nobody's any more."""
        future = self._waiting.pop(message.number, None)
        if future is None:
            return
        if message.error is not None:
            future.set_exception(WindowError(message.error))
        else:
            future.set_result(message.answer)
