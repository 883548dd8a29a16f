"""What the program does, told to those who look inside it: the inspector, a collector, a log. To nobody, where nobody looks.

    span = tracing.begin("handler", "save") if tracing.sinks else None      a hot place: one look at a global
    try:
        …
    except BaseException as error:
        if span: span.fail(error)
        raise
    finally:
        if span: span.end()

    with tracing.span("request", "GET /on/<base>"):                          any other place

A *span* is something that takes time; it belongs to the span within which it began, in a *trace* that starts with, say, a
key press and ends on another computer's screen. A *note* is something that takes none. What is told is of two kinds, and
they never mix: **facts** are names of the code, counts, sizes and places, and may leave the computer; **values** are what
people typed and rows contain, and are for the inspector alone.

Identifiers are those of W3C Trace Context (https://www.w3.org/TR/trace-context/), so that a trace goes on elsewhere.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple, Protocol

MOST_CAUSES = 8  # of one span; a drawing that a thousand changes have led to names the first of them

_LOG = logging.getLogger("hipflask.tracing")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_random = Random()  # not for secrets: no other use of random numbers is disturbed, or disturbs these
if hasattr(os, "register_at_fork"):  # or parent and child would give the same numbers to different spans
    os.register_at_fork(after_in_child=_random.seed)


class Origin(NamedTuple):
    """A span by its numbers alone: one of this process that may have ended, or one of another computer."""

    trace: int
    span: int

    @property
    def traceparent(self) -> str:
        """The header by which another process goes on with the trace."""
        return f"00-{self.trace:032x}-{self.span:016x}-01"


class Cause(NamedTuple):
    """Why something is done again: `Cause("state", "app.py:12", origin)`."""

    kind: str  # "state", "change", "parent", "arguments", "reload", …
    what: str  # a fact: the state's place in the code, the table and its columns
    origin: Origin | None = None  # the span within which it happened, where that is known
    values: Mapping[str, Any] = {}  # the key of the row that changed, say


@dataclass(eq=False, slots=True)
class Span:
    """Something that takes time. It is told of when it begins and, with all that was learnt meanwhile, when it ends."""

    kind: str
    name: str
    origin: Origin
    parent: Origin | None
    session: str  # the live session's name, "" outside of one
    began: int  # nanoseconds since 1970
    facts: dict[str, Any]
    values: dict[str, Any]
    causes: tuple[Cause, ...] = ()
    seconds: float = -1.0  # below zero while it goes on
    error: BaseException | None = None
    _clock: int = field(default_factory=time.perf_counter_ns)

    def fail(self, error: BaseException) -> None:
        """Say what was raised; its type is a fact, its message a value."""
        self.error = error

    def end(self, **facts: Any) -> None:
        """Say that it is over."""
        if self.seconds >= 0:
            return
        self.seconds = (time.perf_counter_ns() - self._clock) / 1e9
        self.facts.update(facts)
        for sink in sinks:
            try:
                sink.ended(self)
            except Exception as error:
                _part_with(sink, error)

    def current(self) -> AbstractContextManager[None]:
        """What begins in this block, in this thread, belongs to the span."""
        return _Set(_current, self)


@dataclass(eq=False, slots=True)
class Note:
    """Something that takes no time, within the span that was current."""

    kind: str
    name: str
    origin: Origin | None
    session: str
    at: int  # nanoseconds since 1970
    facts: Mapping[str, Any]
    values: Mapping[str, Any]


class Sink(Protocol):
    """Who looks inside. It is told from any thread, must be quick, and must not raise: one that does is told no more."""

    def began(self, span: Span) -> None:
        """A span begins."""

    def ended(self, span: Span) -> None:
        """A span is over."""

    def noted(self, note: Note) -> None:
        """Something has happened."""


# Places ask `if tracing.sinks:` before they make anything up, so that a program that nobody looks into pays for a look at this.
sinks: tuple[Sink, ...] = ()

# What can be asked at any time: name → a function that gives (labels, value) pairs. Names follow Prometheus: `hipflask_sessions`.
Gauge = Callable[[], Iterable[tuple[Mapping[str, str], float]]]
gauges: dict[str, Gauge] = {}

_current: ContextVar[Span | None] = ContextVar("hipflask.span", default=None)
current = _current.get  # the span within which this code runs, None if there is none
_reason: ContextVar[Cause | None] = ContextVar("hipflask.reason", default=None)
reason = _reason.get  # why watchers are being told just now


def add(sink: Sink) -> None:
    """Tell `sink` from now on."""
    global sinks
    sinks = (*sinks, sink)


def remove(sink: Sink) -> None:
    """Tell it no more."""
    global sinks
    sinks = tuple(other for other in sinks if other is not sink)


def begin(
    kind: str,
    name: str,
    *,
    parent: Span | Origin | None = None,
    session: str = "",
    causes: Iterable[Cause] = (),
    facts: dict[str, Any] | None = None,
    values: dict[str, Any] | None = None,
) -> Span:
    """A span that begins now, within `parent`, or else the current one; it is not made the current one (`span.current()` does)."""
    causes = tuple(causes)[:MOST_CAUSES]
    within = parent or _current.get() or next((cause.origin for cause in causes if cause.origin), None)
    above = within.origin if isinstance(within, Span) else within
    if not session and isinstance(within, Span):
        session = within.session
    origin = Origin(above.trace if above else _random.getrandbits(128) or 1, _random.getrandbits(64) or 1)
    begun = Span(
        kind,
        name,
        origin,
        above,
        session,
        time.time_ns(),
        {} if facts is None else facts,
        values or {},
        causes,
    )
    for sink in sinks:
        try:
            sink.began(begun)
        except Exception as error:
            _part_with(sink, error)
    return begun


def span(kind: str, name: str, **more: Any) -> AbstractContextManager[Span | None]:
    """A current span around a block; None, and nothing is done, where nobody looks. Takes what `begin` takes."""
    return _Block(kind, name, more)


def note(
    kind: str, name: str, *, session: str = "", values: Mapping[str, Any] | None = None, **facts: Any
) -> None:
    """Tell of something that takes no time. Like `begin`, to be called where `sinks` are there."""
    within = _current.get()
    told = Note(
        kind,
        name,
        within.origin if within else None,
        session or (within.session if within else ""),
        time.time_ns(),
        facts,
        values or {},
    )
    for sink in sinks:
        try:
            sink.noted(told)
        except Exception as error:
            _part_with(sink, error)


def _part_with(sink: Sink, error: Exception) -> None:
    """The program must not suffer from being looked into; and what one sink has said, with values perhaps, is in nobody's log."""
    remove(sink)
    _LOG.warning("%s has raised %s, and is told no more.", type(sink).__qualname__, type(error).__name__)


def because(cause: Cause) -> AbstractContextManager[None]:
    """Whoever is told of a change in this block can ask `reason()` why."""
    return _Set(_reason, cause)


def origin_of(traceparent: str | None) -> Origin | None:
    """The span that a header names; None if it names none, whatever else it says."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if match is None or match[0].startswith("ff"):
        return None
    origin = Origin(int(match[1], 16), int(match[2], 16))
    return origin if origin.trace and origin.span else None


# Classes, since a program that is looked into enters thousands of these in a second, and a generator would cost it twice as much.


class _Set(AbstractContextManager[None]):
    """A context variable that has a value for as long as a block lasts."""

    __slots__ = ("_token", "_value", "_variable")

    def __init__(self, variable: ContextVar[Any], value: object) -> None:
        self._variable, self._value = variable, value

    def __enter__(self) -> None:
        self._token: Token[Any] = self._variable.set(self._value)

    def __exit__(self, *_: object) -> None:
        self._variable.reset(self._token)


class _Block(AbstractContextManager[Span | None]):
    """A span that lasts as long as a block."""

    __slots__ = ("_kind", "_more", "_name", "_span", "_token")

    def __init__(self, kind: str, name: str, more: dict[str, Any]) -> None:
        self._kind, self._name, self._more = kind, name, more
        self._span: Span | None = None

    def __enter__(self) -> Span | None:
        if sinks:
            self._span = begin(self._kind, self._name, **self._more)
            self._token = _current.set(self._span)
        return self._span

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._span is None:
            return
        _current.reset(self._token)
        if error is not None:
            self._span.fail(error)
        self._span.end()
