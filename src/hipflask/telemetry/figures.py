"""How often, how long and with what end: spans counted by kind and name, for whoever wants figures instead of traces.

    figures = follow()                     counting begins with the first who asks
    for figure in figures.snapshot(): …    ("handler", "save"): 17 times, 0.25 s in all, 2 of them by a ValueError
    leave()                                and ends with the last

Names are those of the code. There are few of them; should a program make them up as it goes, the first thousand have figures of
their own and all others of a kind are counted together.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field, replace
from threading import Lock, RLock

from ..core import tracing
from ..core.tracing import Note, Span
from .bounds import SECONDS

MOST_NAMES = 1_000
MOST_ERRORS = 20  # kinds of errors of one name
LONGEST = 200  # characters of a name
OTHERS = "(others)"
AMOUNTS = ("bytes", "changes", "patches", "rows")  # facts of which the sum says something


@dataclass(slots=True)
class Figure:
    """What is known of all spans of one kind and name that are over."""

    kind: str
    name: str
    count: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(
        default_factory=lambda: [0] * (len(SECONDS) + 1)
    )  # by bounds.SECONDS; last, above
    errors: Counter[str] = field(default_factory=Counter)  # by type
    amounts: Counter[str] = field(default_factory=Counter)  # of AMOUNTS, those that there were

    def add(self, span: Span) -> None:
        """Count one more."""
        self.count += 1
        self.seconds += span.seconds
        self.buckets[bisect_left(SECONDS, span.seconds)] += 1
        if span.error is not None:
            kind = type(span.error).__name__[:LONGEST]
            self.errors[kind if kind in self.errors or len(self.errors) < MOST_ERRORS else OTHERS] += 1
        for amount in AMOUNTS:
            value = span.facts.get(amount)
            if isinstance(value, int) and value > 0:
                self.amounts[amount] += value

    def copied(self) -> Figure:
        """As it is now."""
        return replace(
            self, buckets=[*self.buckets], errors=Counter(self.errors), amounts=Counter(self.amounts)
        )


class Figures:
    """A `tracing.Sink` that counts."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin with nothing counted, and with nobody who counts just now."""
        # Taken by a thread that has it already where the collector of garbage comes upon a cursor, whose statement is over then.
        self._lock = RLock()
        self._figures: dict[tuple[str, str], Figure] = {}

    def began(self, span: Span) -> None:
        """What is not over has no length yet."""

    def ended(self, span: Span) -> None:
        """Count it."""
        with self._lock:
            self._figure(span.kind[:LONGEST], span.name[:LONGEST]).add(span)

    def noted(self, note: Note) -> None:
        """Only spans are counted."""

    def snapshot(self) -> list[Figure]:
        """All figures of one moment, counted from the beginning."""
        with self._lock:
            return [figure.copied() for figure in list(self._figures.values())]

    def _figure(self, kind: str, name: str) -> Figure:
        figure = self._figures.get((kind, name))
        if figure is None:
            if len(self._figures) >= MOST_NAMES:
                name = OTHERS
            figure = self._figures.setdefault((kind, name), Figure(kind, name))
        return figure


_lock = Lock()
_figures = Figures()
_followers = 0


def follow() -> Figures:
    """The figures of this process, which are counted from now on if they were not."""
    global _figures, _followers
    with _lock:
        if _followers == 0:
            _figures = Figures()
            tracing.add(_figures)
        _followers += 1
        return _figures


def leave() -> None:
    """One who has followed them does so no more."""
    global _followers
    with _lock:
        _followers -= 1
        if _followers == 0:
            tracing.remove(_figures)


def _forked() -> None:
    """What its parent has counted, a child would tell once more; and a lock that another thread held nobody would give back."""
    global _lock
    _lock = Lock()
    _figures.forget()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_forked)
