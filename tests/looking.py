"""Somebody who looks inside, and keeps all that is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hipflask.core import tracing
from hipflask.core.tracing import Note, Span


class Looking:
    """A `Sink` that keeps everything."""

    def __init__(self) -> None:
        self.begun: list[Span] = []
        self.spans: list[Span] = []  # those that are over
        self.notes: list[Note] = []

    def began(self, span: Span) -> None:
        self.begun.append(span)

    def ended(self, span: Span) -> None:
        self.spans.append(span)

    def noted(self, note: Note) -> None:
        self.notes.append(note)

    def of(self, kind: str) -> list[Span]:
        """The spans of a kind that are over."""
        return [span for span in self.spans if span.kind == kind]


@contextmanager
def looking() -> Iterator[Looking]:
    """Look inside for as long as the block lasts."""
    sink = Looking()
    tracing.add(sink)
    try:
        yield sink
    finally:
        tracing.remove(sink)
