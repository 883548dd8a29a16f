"""A batch, record by record: which of them failed, and are to come again.

A queue's messages are independent: the others go on. In a FIFO queue, and in a stream, what follows a failure must not be done
before it; so the first failure is the last record that is tried.

Time may be short. Before each record but the first it is looked at how much is left, and if that is less than the longest record
so far has taken (or than a second), the rest is reported as failed: it comes again, where it would be lost with the process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from time import monotonic
from typing import Any

RESERVE = 1.0  # seconds


def failed(
    records: Sequence[Any],
    context: Any,
    attempt: Callable[[Any, Any], object],
    tell: Callable[[Any, Exception], bool],
    deadline: float = inf,
    *,
    is_ordered: bool,
) -> tuple[list[Any], int]:
    """The records that have to come again, and how many of them were not tried.

    `attempt` does one record in the context of the call, or raises; `tell` then tells of it, and says whether that was a failure. The deadline is one of
    `time.monotonic()`.
    """
    again: list[Any] = []
    longest, begun = RESERVE, monotonic()
    for index, record in enumerate(records):
        if index:
            now = monotonic()
            if now - begun > longest:
                longest = now - begun
            begun = now
            if now + longest > deadline:
                return [*again, *records[index:]], len(records) - index
        try:
            attempt(record, context)
        except Exception as error:
            if tell(record, error):
                again.append(record)
                if is_ordered:
                    return list(records[index:]), len(records) - index - 1
    return again, 0


def deadline_of(context: Any) -> float:
    """When the call has to have ended, by `time.monotonic()`; never, where the context of the call knows no time."""
    ask = getattr(context, "get_remaining_time_in_millis", None)
    return inf if ask is None else monotonic() + float(ask()) / 1000
