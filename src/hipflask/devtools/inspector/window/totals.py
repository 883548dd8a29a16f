"""Sums over all that was recorded: which statements take the time, who is drawn again because of whom, what each screen is sent."""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

from ..records import Span
from .sentences import FindSpan, because, title

LATEST = 500  # round trips, of which the usual and the slow one are told
MOST = 5000  # different statements, or pairs of who led to what: beyond, all others are one


class Statement(msgspec.Struct, eq=False):
    """All runs of one statement."""

    sql: str
    place: str = ""
    times: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    rows: int = 0
    record: int = 0  # of the slowest run

    @property
    def mean(self) -> float:
        """How long one run takes."""
        return self.seconds / self.times if self.times else 0.0


class Rerun(msgspec.Struct, eq=False):
    """Who has led to whose drawing, by what."""

    key: str
    because: str
    by: str
    drawing: str
    session: str
    times: int = 0
    seconds: float = 0.0


class Traffic(msgspec.Struct, eq=False):
    """What one session's screen was sent."""

    session: str
    frames: int = 0
    resets: int = 0
    patches: int = 0
    bytes: int = 0
    trips: deque[float] = msgspec.field(default_factory=lambda: deque(maxlen=LATEST))

    @property
    def usual(self) -> float:
        """How long it takes until a frame is painted: the middle one of the latest."""
        return self._trip(0.5)

    @property
    def slow(self) -> float:
        """The one that nineteen of twenty are quicker than."""
        return self._trip(0.95)

    def _trip(self, share: float) -> float:
        ordered = sorted(self.trips)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Totals:
    """The sums, kept up to date span by span."""

    def __init__(self) -> None:
        self.statements: dict[str, Statement] = {}
        self.reruns: dict[tuple[str, ...], Rerun] = {}
        self.traffic: dict[str, Traffic] = {}
        self.waits: deque[tuple[Span, float, float]] = deque(maxlen=LATEST)  # commits: waited, held

    def add(self, span: Span, find: FindSpan) -> None:
        """Count one more."""
        match span.kind:
            case "statement":
                self._add_statement(span)
            case "draw":
                self._add_reruns(span, find)
            case "frame":
                self._add_frame(span)
            case "commit":
                self.waits.append((span, amount(span.facts, "waited"), amount(span.facts, "held")))

    def _add_statement(self, span: Span) -> None:
        sql = str(span.facts.get("sql") or span.name)
        known = self.statements.get(sql)
        if known is None:
            sql = sql if len(self.statements) < MOST else "all others"
            known = self.statements.setdefault(sql, Statement(sql))
        known.times += 1
        known.seconds += span.seconds
        known.rows += int(amount(span.facts, "rows"))
        if span.seconds >= known.slowest:
            known.slowest, known.record = span.seconds, span.number
            known.place = str(span.facts.get("place", ""))

    def _add_reruns(self, span: Span, find: FindSpan) -> None:
        for cause in span.causes:
            origin = find(cause.span)
            while origin is not None and origin.kind in ("commit", "statement"):
                origin = find(origin.parent)
            by = title(origin) if origin is not None else cause.values.get("whose", "")
            is_told = cause.kind in ("change", "state")
            what = cause.what if is_told else because(cause)
            names = (what, by or (cause.what if cause.kind == "parent" else ""), span.name, span.session)
            if names not in self.reruns and len(self.reruns) >= MOST:
                names = ("all others", "", "", "")
            known = self.reruns.setdefault(names, Rerun(" → ".join(names), *names))
            known.times += 1
            known.seconds += span.seconds

    def _add_frame(self, span: Span) -> None:
        known = self.traffic.setdefault(span.session, Traffic(span.session))
        known.frames += 1
        known.resets += span.name == "reset"
        known.patches += int(amount(span.facts, "patches"))
        known.bytes += int(amount(span.facts, "bytes"))
        known.trips.append(span.seconds)


def amount(facts: dict[str, Any], name: str) -> float:
    """A number among facts; 0 where there is none."""
    value = facts.get(name, 0)
    return value if isinstance(value, int | float) else 0
