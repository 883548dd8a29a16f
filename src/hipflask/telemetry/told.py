"""What is kept of a span or a note until it is sent: its facts, and not what could be large or somebody's."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..core.tracing import Cause, Note, Origin, Span


class Told(NamedTuple):
    """A span that is over, without its values, and of its error the class alone: a traceback holds on to all that a handler had."""

    kind: str
    name: str
    origin: Origin
    parent: Origin | None
    session: str
    began: int
    ended: int
    facts: dict[str, Any]
    causes: tuple[Cause, ...]
    error: type[BaseException] | None


class Noted(NamedTuple):
    """A note within a span, without its values."""

    kind: str
    name: str
    at: int
    facts: dict[str, Any]


def told_of(span: Span) -> Told:
    """What is kept of a span that is over."""
    return Told(
        span.kind,
        span.name,
        span.origin,
        span.parent,
        span.session,
        span.began,
        span.began + int(max(span.seconds, 0.0) * 1e9),
        span.facts,
        tuple(Cause(cause.kind, cause.what, cause.origin) for cause in span.causes),
        None if span.error is None else type(span.error),
    )


def noted_of(note: Note) -> Noted:
    """What is kept of a note."""
    return Noted(note.kind, note.name, note.at, dict(note.facts))
