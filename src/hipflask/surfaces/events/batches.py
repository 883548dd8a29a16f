"""A batch, record by record: which of them failed, and are to come again.

A queue's messages are independent: the others go on. In a FIFO queue, and in a stream, what follows a failure must not be done
before it; so the first failure is the last record that is tried.

Time may be short. Before each record but the first it is looked at how much is left, and if that is less than the longest record
so far has taken (or than a second), the rest is reported as failed: it comes again, where it would be lost with the process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from ...core.errors import EventError

_RESERVE = 1.0  # seconds

TimeLeft = Callable[[], float]  # seconds


def time_left(context: Any) -> TimeLeft | None:
    """How to learn how much time is left, if the context of the call knows."""
    ask = getattr(context, "get_remaining_time_in_millis", None)
    return None if ask is None else lambda: float(ask()) / 1000


class Clock:
    """Whether there is time for one record more."""

    def __init__(self, left: TimeLeft | None) -> None:
        self._left = left
        self._begun: float | None = None
        self._longest = _RESERVE

    def has_time(self) -> bool:
        """Whether another record may be begun; asked before each."""
        if self._left is None:
            return True
        now = monotonic()
        if self._begun is not None:
            self._longest = max(self._longest, now - self._begun)
            if self._left() < self._longest:
                return False
        self._begun = now
        return True


def failures(
    identifiers: Sequence[str],
    attempt: Callable[[int], bool],
    clock: Clock,
    *,
    is_ordered: bool,
) -> tuple[list[str], int]:
    """The records that have to come again, and how many were not tried; `attempt` does one, and says whether that went well."""
    failed: list[str] = []
    for index, identifier in enumerate(identifiers):
        if not clock.has_time():
            return failed + list(identifiers[index:]), len(identifiers) - index
        if attempt(index):
            continue
        failed.append(identifier)
        if is_ordered:
            return failed + list(identifiers[index + 1 :]), len(identifiers) - index - 1
    return failed, 0


def identifiers_of(records: Sequence[Any], identify: Callable[[Any], Any]) -> list[str]:
    """The name by which each record can be reported; raises EventError if one has none, since then all have to come again."""
    named: list[str] = []
    for record in records:
        try:
            identifier = identify(record)
        except (KeyError, TypeError):
            identifier = None
        if not isinstance(identifier, str) or not identifier:
            raise EventError(
                f"Record {len(named) + 1} of {len(records)} has no name by which it could be reported as failed, so nothing of "
                "this batch was done."
            )
        named.append(identifier)
    return named
