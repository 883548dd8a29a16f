"""What the program did last: a few names and times, kept in memory for the report of what goes wrong next."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from ...core.report import MOST_STEPS, Step, cut
from ...core.tracing import Note, Origin, Span
from .failures import type_name

# What a person would name if asked what they did, and what the program did because of it; not each query and drawing.
KINDS = frozenset(
    {
        "event",
        "handler",
        "task",
        "request",
        "command",
        "intent",
        "tool",
        "message",
        "schedule",
        "push",
        "checkpoint",
    }
)
MOST = min(30, MOST_STEPS)


@dataclass(slots=True)
class _Kept:
    """What is kept of a span: nothing of its values, and no exception, which would keep all alive that it came through."""

    origin: Origin
    kind: str
    name: str
    began: int
    seconds: float | None = None
    error: str = ""


class Steps:
    """A `tracing.Sink` that remembers the newest spans by their names."""

    def __init__(self) -> None:
        self._kept: deque[_Kept] = deque(maxlen=MOST)

    def began(self, span: Span) -> None:
        """A span begins."""
        if span.kind in KINDS:
            self._kept.append(_Kept(span.origin, span.kind, span.name, span.began))

    def ended(self, span: Span) -> None:
        """A span is over."""
        if span.kind not in KINDS:
            return
        for kept in reversed(list(self._kept)):
            if kept.origin == span.origin:
                kept.seconds = span.seconds
                kept.error = type_name(span.error) if span.error is not None else ""
                return

    def noted(self, note: Note) -> None:
        """Not of interest here."""

    def newest(self) -> list[Step]:
        """What was done last, in its order."""
        now = time.time_ns()
        return [_step(kept, now) for kept in list(self._kept)]


def _step(kept: _Kept, now: int) -> Step:
    seconds = None if kept.seconds is None else round(kept.seconds, 6)
    before = round(max(0, now - kept.began) / 1e9, 3)
    return Step(before, cut(kept.kind), cut(kept.name), seconds, cut(kept.error))
