"""Traces on their way through an exchange: from a commit on one device, by way of the hub, to the drawing on another.

    Push.trace           the span on the device that pushes
    outbox, delta        the hub's span of that push, for as long as the version in which it is can be told of
    Checkpoint.traces    those of the newest pushes whose rows come before it

All of it is left out where nobody looks inside. What comes from outside names a span or nothing: it is read strictly, and what
goes on from there is written anew, never as it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ..core.tracing import MOST_CAUSES, Cause, Origin, origin_of

MOST = MOST_CAUSES  # that a checkpoint names, and that a version keeps of one scope
_LENGTH = len(Origin(1, 1).traceparent)


def heard(trace: str) -> Origin | None:
    """The span that another computer names; None for whatever else it has sent."""
    return origin_of(trace) if len(trace) == _LENGTH else None


def causes(traces: Iterable[str]) -> list[Cause]:
    """The pushes that another computer names, as reasons for what is done here; the first few count."""
    origins = map(heard, islice(traces, MOST))
    return [Cause("push", "push", origin) for origin in origins if origin is not None]


def few(traces: Iterable[str]) -> tuple[str, ...]:
    """The first few, each once."""
    return tuple(islice(dict.fromkeys(traces), MOST))
