"""Looking, with pyinstrument, at the next calls of one handler, drawing or task, in whatever thread or task of asyncio they run.

A drawing runs where its span begins. A handler's span begins before it is known where it runs, and an `async` one runs in
pieces: it is what runs while the span is *current*, so such a span is given a `current` that looks.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ....core import tracing
from .flames import Flame

INTERVAL_SECONDS = 0.001

# What pyinstrument calls time in which the task waited, and in which others ran.
_AWAIT, _ELSEWHERE = "[await]", "[out-of-context]"


class Calls:
    """A `tracing.Sink` for as long as it waits for calls; `done` is told when there were enough."""

    def __init__(
        self, kind: str, name: str, calls: int, profiler: Callable[[str], Any], done: Callable[[], None]
    ) -> None:
        self._kind, self._name, self._left = kind, name, calls
        self._profiler, self._done = profiler, done
        self._lock = threading.Lock()
        self._under_way: dict[tracing.Origin, Any] = {}
        self.flame = Flame(f"{kind} {name}")
        self.seconds = 0.0
        self.calls = 0
        tracing.add(self)

    def stop(self) -> None:
        """Wait for no more calls."""
        tracing.remove(self)
        with self._lock:
            self._left = 0
            for origin in self._under_way:
                _looked_at.pop(origin, None)
        self._done()

    def began(self, span: tracing.Span) -> None:
        """A span begins: of what one waits for, perhaps."""
        if span.kind != self._kind or span.name != self._name:
            return
        with self._lock:
            if self._left <= 0:
                return
            self._left -= 1
            self._under_way[span.origin] = None
        if span.kind == "draw":
            self._under_way[span.origin] = self._start()
        else:
            _looked_at[span.origin] = self
            span.__class__ = _LookedAt

    def ended(self, span: tracing.Span) -> None:
        """A span is over."""
        if span.origin not in self._under_way:
            return
        self._take(self._under_way.pop(span.origin))
        _looked_at.pop(span.origin, None)
        with self._lock:
            self.calls += 1
            self.seconds += span.seconds
            is_over = self._left <= 0 and not self._under_way
        if is_over:
            self.stop()

    def noted(self, note: tracing.Note) -> None:
        """Nothing is to be learnt of that."""

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look at what this block does, in this thread or this task."""
        profiler = self._start()
        try:
            yield
        finally:
            self._take(profiler)

    def _start(self) -> Any:
        # Within asyncio it is this task alone; uvloop does not say that a task waits, only that another one runs.
        profiler = self._profiler("strict" if _is_in_asyncio() else "disabled")
        try:
            profiler.start()
        except Exception:  # somebody looks at this thread already, the app itself perhaps
            return None
        return profiler

    def _take(self, profiler: Any) -> None:
        if profiler is None:
            return
        try:
            session = profiler.stop()
        except Exception:  # it went on in another thread
            return
        above = session.start_call_stack
        for stack, seconds in session.frame_records:
            # Within asyncio what is no call from here is the loop, while the task waits.
            below = [_AWAIT if each == _ELSEWHERE else each for each in stack[_common(above, stack) :]]
            self.flame.add(below or ([_AWAIT] if _is_in_asyncio() else []), seconds)


_looked_at: dict[tracing.Origin, Calls] = {}


class _LookedAt(tracing.Span):
    """A span that is looked at while it is current."""

    __slots__ = ()

    @contextmanager
    def current(self) -> Iterator[None]:
        """What begins in this block belongs to the span, and is looked at."""
        calls = _looked_at.get(self.origin)
        with tracing.Span.current(self):
            if calls is None:
                yield
                return
            with calls.looking():
                yield


def _is_in_asyncio() -> bool:
    return asyncio._get_running_loop() is not None


def _common(above: list[str], stack: list[str]) -> int:
    """How many functions of a stack were running before one began to look."""
    for place, (one, other) in enumerate(zip(above, stack, strict=False)):
        if one.partition("\x01")[0] != other.partition("\x01")[0]:
            return place
    return min(len(above), len(stack))
