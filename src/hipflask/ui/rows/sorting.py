"""Sorting a million rows while the program goes on.

    ordered([0, 1, 2, 3], [([3, None, 1, 2], False)], check)     →  [2, 3, 0, 1]

One call of Python's `sort` for a million values holds up all threads for a second, and cannot be called off. So short runs are sorted, and
merged piece by piece, each piece by a sort of its own, which takes runs that are in order already for what they are. No
piece takes longer than a few milliseconds, and `check` is called between them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

from .kinds import is_empty

PIECE = 8192  # rows; the sort of so many takes a few milliseconds

Check = Callable[[], None]  # raises Cancelled if the read has been called off
Column = Sequence[Any]  # the values of one column, by position
Sort = tuple[Column, bool]  # the values, and whether the largest come first


def ordered(positions: Sequence[int], sorts: Sequence[Sort], check: Check) -> list[int]:
    """The positions, sorted by these columns, the first one before all; stable, and what is empty comes last either way round."""
    result = list(positions)
    for values, descending in reversed(sorts):  # stable: the sort that is done last decides first
        result = _by(result, values, descending, check)
    return result


def _by(positions: list[int], values: Column, descending: bool, check: Check) -> list[int]:
    check()
    present = [position for position in positions if not is_empty(values[position])]
    absent = [position for position in positions if is_empty(values[position])]
    if descending:  # sorted backwards and turned round, equal ones stay as they were
        present.reverse()
    try:
        present = sort(present, values.__getitem__, check)
    except TypeError:  # 1 and "one"; a moment with a time zone and one without
        present = sort(present, [_comparable(value) for value in values].__getitem__, check)
    if descending:
        present.reverse()
    return present + absent


def _comparable(value: Any) -> tuple[str, Any, str]:
    """Something that can be compared whatever the value is: numbers come first, then kind by kind, each as text."""
    if isinstance(value, Real):
        return "", 0 if is_empty(value) else value, ""
    return type(value).__name__, 0, str(value)


def sort(items: list[int], key: Callable[[int], Any], check: Check) -> list[int]:
    """As `sorted(items, key=key)`, in pieces."""
    runs = []
    for start in range(0, len(items), PIECE):
        check()
        runs.append(sorted(items[start : start + PIECE], key=key))
    while len(runs) > 1:
        pairs = zip(runs[::2], [*runs[1::2], []], strict=False)
        runs = [_merged(one, other, key, check) for one, other in pairs]
    return runs[0] if runs else []


def _merged(one: list[int], other: list[int], key: Callable[[int], Any], check: Check) -> list[int]:
    """Two runs as one; what is equal comes from `one` first."""
    result: list[int] = []
    i = j = 0
    while i < len(one) and j < len(other):
        check()
        # Whatever is in the other run and belongs before the end of this piece has to be in it as well.
        end = min(i + PIECE, len(one))
        with_it = bisect_left(other, key(one[end - 1]), j, key=key)
        if with_it - j > PIECE:
            with_it = j + PIECE
            end = bisect_right(one, key(other[with_it - 1]), i, end, key=key)
        piece = one[i:end] + other[j:with_it]
        piece.sort(key=key)
        result += piece
        i, j = end, with_it
    return result + one[i:] + other[j:]
