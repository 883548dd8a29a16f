"""What a table is doing that takes a while: how far it has come, and whether its person still wants it.

with working.on("Pasting 90,000 cells", 180_000) as steps:
    for cell in steps(cells): …        after a moment the table says "Pasting 90,000 cells… 40 %", with a button to call it off

Whoever has it called off gets nothing of it: `steps` raises, and what was written until then goes back with its unit of work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from ...core.errors import EntryError

T = TypeVar("T")

# What is done sooner is not worth a word; after that, so often is it said how far it is.
UNSAID_SECONDS, SAY_EVERY = 0.3, 0.1
_EVERY = 256  # steps from one look at the clock to the next


class CalledOff(EntryError):
    """The person does not want it any more."""

    def __init__(self) -> None:
        super().__init__("That was called off. Nothing was changed.")


class Working:
    """What one table is doing; `changed` is called when there is something else to say about it."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._what = ""
        self._done = self._all = 0
        self._next_word = 0.0
        self._is_said = self._is_called_off = False

    @property
    def words(self) -> str:
        """What is to be said about it; nothing where there is nothing, or not for long."""
        if not (self._what and self._is_said):
            return ""
        return f"{self._what}… {min(100 * self._done // max(self._all, 1), 99)} %"

    def call_off(self) -> None:
        """Have what goes on, if anything does, end without effect."""
        self._is_called_off = True

    @contextmanager
    def on(self, what: str, steps: int) -> Iterator[Callable[[Iterable[T]], Iterator[T]]]:
        """Do something in so many steps; one thing at a time."""
        self._what, self._done, self._all = what, 0, steps
        self._is_said = self._is_called_off = False
        self._next_word = time.monotonic() + UNSAID_SECONDS
        try:
            yield self._steps
        finally:
            self._what = ""
            if self._is_said:
                self._changed()

    def _steps(self, things: Iterable[T]) -> Iterator[T]:
        for thing in things:
            yield thing
            self._done += 1
            if self._done % _EVERY == 0:
                self._look_up()

    def _look_up(self) -> None:
        if self._is_called_off:
            raise CalledOff
        if (now := time.monotonic()) >= self._next_word:
            self._next_word = now + SAY_EVERY
            self._is_said = True
            self._changed()
