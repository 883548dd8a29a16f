"""Guesses, for the second in which nothing better is known: how many rows there may be, and where row 5,000,000 may stand.

A few hundred rows from all over the table, found by keys that lie evenly between the first and the last, are sorted as the question wants it.
Of ten million rows, the one in the middle of these stands near the five-millionth.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .marks import Mark
from .sql import Base, Term
from .windows import START, Row

PROBES = 300
BYTES_OF_A_ROW, LEAST_BYTES_OF_A_ROW = 100, 10


def guessed_total(connection: sqlite3.Connection, base: Base, is_narrowed: bool) -> int:
    """How many rows there may be, without counting: by whole numbers that are keys, or by the size of the file."""
    if is_narrowed:
        return 0
    if base.width == 1:
        ends = [_end(connection, base, way) for way in ("ASC", "DESC")]
        low, high = (None if end is None else end[0] for end in ends)
        if isinstance(low, int) and isinstance(high, int):
            return high - low + 1
    return _bytes(connection) // BYTES_OF_A_ROW


def seem_more(connection: sqlite3.Connection, base: Base, is_narrowed: bool, number: int) -> bool:
    """Whether there are, as far as one can tell at a glance, more rows than so many; keys that lie far apart deceive nobody."""
    fit = _bytes(connection) // LEAST_BYTES_OF_A_ROW
    return fit > number and guessed_total(connection, base, is_narrowed) > number


def _bytes(connection: sqlite3.Connection) -> int:
    (pages,), (size,) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
    )
    return int(pages * size)


def guessed_mark(
    connection: sqlite3.Connection,
    base: Base,
    terms: Sequence[Term],
    position: int,
    total: int,
    seconds: float,
) -> Mark:
    """A row near that position, as if it stood there; the beginning where there is no telling."""
    if base.width > 1:
        return START
    found = sorted(probes(connection, base, terms, time.monotonic() + seconds), key=ordering(terms))
    if not found:
        return START
    return Mark(position, found[min(len(found) * position // max(total, 1), len(found) - 1)])


def probes(connection: sqlite3.Connection, base: Base, terms: Sequence[Term], until: float) -> Iterator[Row]:
    """Rows from all over, by keys that lie evenly between the first and the last; as many as there is time for."""
    names = ", ".join(term.name for term in terms)
    ends = [_end(connection, base, way) for way in ("ASC", "DESC")]
    if ends[0] is None or ends[1] is None:
        return
    low, high = ends[0][0], ends[1][0]
    for at in range(PROBES):
        if time.monotonic() > until:
            return
        key = between(low, high, (at * 173 % PROBES + 0.5) / PROBES)  # here and there, in case time runs out
        query = f"SELECT {names} FROM ({base.sql}) WHERE k0 >= :probe ORDER BY k0 LIMIT 1"
        row = connection.execute(query, {**base.parameters, "probe": key}).fetchone()
        if row is not None:
            yield row


def _end(connection: sqlite3.Connection, base: Base, way: str) -> Row | None:
    found: Row | None = connection.execute(
        f"SELECT k0 FROM ({base.sql}) ORDER BY k0 {way} LIMIT 1", base.parameters
    ).fetchone()
    return found


def between(low: Any, high: Any, fraction: float) -> Any:
    """A key that lies so far between two others, of numbers or of texts; the lower one where there is no telling."""
    if isinstance(low, int | float) and isinstance(high, int | float):
        return type(low)(low + (high - low) * fraction)
    if isinstance(low, str) and isinstance(high, str):
        digits = "0123456789abcdef"  # of a UUID, and near enough for others
        one, other = (_as_number(text, digits) for text in (low, high))
        return _as_text(int(one + (other - one) * fraction), low, digits)
    return low


_LONG = 16


def _as_number(text: str, digits: str) -> int:
    plain = [digits.find(letter) for letter in text if letter != "-"][:_LONG]
    number = 0
    for digit in [*plain, *[0] * (_LONG - len(plain))]:
        number = number * len(digits) + max(digit, 0)
    return number


def _as_text(number: int, like: str, digits: str) -> str:
    letters = []
    for _ in range(_LONG):
        number, digit = divmod(number, len(digits))
        letters.append(digits[digit])
    letters.reverse()
    rest = iter(letters)
    return "".join("-" if letter == "-" else next(rest, "0") for letter in like)


def ordering(terms: Sequence[Term]) -> Callable[[Row], Any]:
    """A sort key that orders rows of these terms as SQL does, near enough for a guess."""

    def key(row: Row) -> list[Any]:
        return [
            _Reversed(value) if term.descending else _Forward(value)
            for term, value in zip(terms, row, strict=True)
        ]

    return key


class _Forward:
    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Forward) -> bool:
        if self.value is None or other.value is None:
            return other.value is None and self.value is not None
        return bool(self.value < other.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Forward) and bool(self.value == other.value)


class _Reversed(_Forward):
    def __lt__(self, other: _Forward) -> bool:
        if self.value is None or other.value is None:
            return other.value is None and self.value is not None
        return bool(self.value > other.value)
