"""Rows that pass a test, in one list that grows: a table that shows it goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import takewhile
from typing import Generic, Protocol, TypeVar

from .itself import Itself


class Numbered(Protocol):
    """A row that has a number, larger than those before it."""

    @property
    def number(self) -> int:
        """Its number."""


R = TypeVar("R", bound=Numbered)


class Sieve(Itself, Generic[R]):
    """What has passed so far."""

    def __init__(self) -> None:
        self.rows: list[R] = []
        self._asked: tuple[int, Hashable] = (0, None)
        self._newest = 0

    def pour(self, rows: Sequence[R], what: Hashable, passes: Callable[[R], bool]) -> list[R]:
        """Those of `rows` that pass; the same list as before, longer, while it is the same `rows` and `what` is asked."""
        if self._asked != (id(rows), what):
            self._asked, self.rows, self._newest = (id(rows), what), [], 0
        fresh = list(takewhile(lambda row: row.number > self._newest, reversed(rows)))
        if fresh:
            self._newest = fresh[0].number
            self.rows += filter(passes, reversed(fresh))
        oldest = rows[0].number if rows else 0
        if gone := next((at for at, row in enumerate(self.rows) if row.number >= oldest), len(self.rows)):
            del self.rows[:gone]
        return self.rows
