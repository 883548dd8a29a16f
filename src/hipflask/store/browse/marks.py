"""Marks: where every thousandth row of an order stands, so that a jump to row 5,000,000 begins at row 4,999,999 and not at the first.

    marks.add(1000, (10.5, 7))         1,000 rows are up to and with the one of price 10.5 and key 7
    marks.before(1234)   → Mark(1000, (10.5, 7)): 234 rows further
    marks.before(999)    → Mark(0, None): from the beginning

There are never more than some twenty thousand: then every other one goes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

MOST = 20_000


class Mark(NamedTuple):
    """So many rows are up to and with the one that has these values in the terms of the order; None: the beginning."""

    position: int
    values: Sequence[Any] | None


class Marks:
    """The marks of one order; added to by one thread and asked by others."""

    def __init__(self, step: int, most: int = MOST) -> None:
        self._most = most
        self._kept: tuple[list[int], list[Sequence[Any]]] = ([], [])
        self.step = step

    def __len__(self) -> int:
        return len(self._kept[0])

    def add(self, position: int, values: Sequence[Any]) -> None:
        """One more, behind all others."""
        positions, kept = self._kept
        kept.append(values)  # before its position, by which it is found
        positions.append(position)
        if len(positions) > self._most:
            self._kept = positions[1::2], kept[1::2]
            self.step *= 2

    def before(self, position: int) -> Mark:
        """The last one from which so many rows can be reached by going on."""
        positions, kept = self._kept
        place = bisect_right(positions, position) - 1
        return Mark(positions[place], kept[place]) if place >= 0 else Mark(0, None)

    @property
    def end(self) -> int:
        """How many rows are up to the last mark."""
        positions, _ = self._kept
        return positions[-1] if positions else 0
