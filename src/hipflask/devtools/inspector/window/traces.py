"""A trace as a waterfall: each span below the one within which it was, and where its time lies in that of the whole.

waterfall([draw, handler, event])  →  [Bar(event, 0, 0.0, 1.0), Bar(handler, 1, 0.1, 0.6), Bar(draw, 1, 0.7, 0.2)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..records import Span


@dataclass(frozen=True)
class Bar:
    """A span, how deep it stands, and the share of the time at which it begins and that it takes."""

    span: Span
    depth: int
    left: float
    width: float


def waterfall(spans: Sequence[Span]) -> list[Bar]:
    """The spans of one trace, outer ones before what was within them, each row in the order of time."""
    if not spans:
        return []
    began = min(span.at for span in spans)
    whole = max(span.at + span.seconds for span in spans) - began or 1e-9
    return [
        Bar(span, depth, (span.at - began) / whole, span.seconds / whole) for span, depth in _ordered(spans)
    ]


def length(spans: Sequence[Span]) -> float:
    """How long all of it took."""
    return max(span.at + span.seconds for span in spans) - min(span.at for span in spans) if spans else 0.0


def _ordered(spans: Sequence[Span]) -> Iterator[tuple[Span, int]]:
    known = {span.span for span in spans}
    within: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: (span.at, span.number)):
        is_inside = span.parent in known and span.parent != span.span
        within.setdefault(span.parent if is_inside else "", []).append(span)
    waiting = [(span, 0) for span in reversed(within.pop("", []))]
    while waiting:
        span, depth = waiting.pop()
        yield span, depth
        waiting += [(inner, depth + 1) for inner in reversed(within.pop(span.span, []))]
