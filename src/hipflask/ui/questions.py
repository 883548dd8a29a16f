"""Questions to a screen, and the threads that wait for its answers."""

from __future__ import annotations

import itertools
from concurrent.futures import Future
from typing import Any


class Questions:
    """What a screen has been asked and has not answered yet."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: dict[int, Future[Any]] = {}

    def ask(self) -> tuple[int, Future[Any]]:
        """The number of a new question, and what will hold its answer."""
        number = next(self._numbers)
        return number, self._open.setdefault(number, Future())

    def answered(self, value: object) -> None:
        """The screen has said `[number, answer]`; whatever else it says is ignored."""
        match value:
            case [int(number), answer] if number in self._open:
                self._open.pop(number).set_result(answer)

    def forget(self, number: int) -> None:
        """Nobody waits for this answer any more."""
        if (future := self._open.pop(number, None)) is not None:
            future.cancel()
