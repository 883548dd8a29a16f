"""What happened lately, kept for whoever asks: bounded by number and by bytes, the newest always there.

    recorder = Recorder();  tracing.add(recorder)
    recorder.since(0)        → the entries that are there, to be encoded by who asked for them

It is told within the program's own threads, so it does little: a tuple is put into a queue. Of a value it keeps a number or a
short text as it is; of anything else only how it looked, so that nothing of the program lives longer because somebody looks.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import msgspec

from ....core import tracing
from .shorten import cut, shorten

MOST_ENTRIES = 50_000
MOST_BYTES = 48 << 20
MOST_RUNNING = 5_000
LONGEST_TEXT = 2_000
LONGEST_SQL = 20_000  # a statement that is cut short cannot be explained
MOST_VALUES = 32  # of one entry, and of one list of parameters

# What an entry weighs beside its texts: the tuple, the dicts, the numbers.
_ENTRY_BYTES = 900
_VALUE_BYTES = 120
_PLAIN = (int, float, bool, type(None))
_BITS = 512
_DEEPEST = 3  # of facts

Values = Mapping[str, Any]


# There may be fifty thousand, which the collector of the program's garbage need not go through.
class Told(msgspec.Struct, frozen=True, gc=False):
    """One entry, as it is kept until it is asked for."""

    number: int
    size: int
    what: str  # "span", "note", "log"
    at: int  # nanoseconds since 1970
    kind: str
    name: str
    session: str
    origin: tracing.Origin | None
    parent: tracing.Origin | None
    seconds: float
    facts: Values
    values: Values
    causes: tuple[tracing.Cause, ...] = ()
    error: str = ""


# When a span began, its kind and name, its session, what it belongs to, and its facts.
_Begun = tuple[int, str, str, str, tracing.Origin | None, Values]


class Recorder:
    """A `tracing.Sink`; may be told, and asked, from any thread."""

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        self._most_entries, self._most_bytes = most_entries, most_bytes
        # Taken by a thread that has it already where the collector of garbage comes upon a cursor, whose statement is over then.
        self._lock = threading.RLock()
        self._entries: deque[Told] = deque()
        self._bytes = 0
        self._newest = 0
        self._running: dict[tracing.Origin, _Begun] = {}
        self._mine = threading.local()  # whether this thread is being told just now

    # ── what it is told ───────────────────────────────────────────────────────────────────────────

    def began(self, span: tracing.Span) -> None:
        """A span begins."""
        if self._is_busy():
            return
        self._running[span.origin] = (span.began, span.kind, span.name, span.session, span.parent, span.facts)
        if len(self._running) > MOST_RUNNING:  # those that never end must not be kept for ever
            for origin in list(self._running)[: MOST_RUNNING // 2]:
                self._running.pop(origin, None)

    def ended(self, span: tracing.Span) -> None:
        """A span is over."""
        self._running.pop(span.origin, None)
        self._keep(
            "span", span.began, span.kind, span.name, span.session, span.origin, span.parent, span.seconds,
            span.facts, span.values, span.causes, span.error,
        )  # fmt: skip

    def noted(self, note: tracing.Note) -> None:
        """Something has happened."""
        self._keep(
            "note",
            note.at,
            note.kind,
            note.name,
            note.session,
            note.origin,
            None,
            0.0,
            note.facts,
            note.values,
        )

    def logged(self, level: str, logger: str, facts: Values, values: Values) -> None:
        """A line of a log."""
        span = tracing.current()
        session = span.session if span else ""
        origin = span.origin if span else None
        self._keep("log", time.time_ns(), level, logger, session, origin, None, 0.0, facts, values)

    def _is_busy(self) -> bool:
        """Whether this comes of looking at a value, whose class does whatever it likes."""
        return getattr(self._mine, "busy", False)

    def _keep(
        self, what: str, at: int, kind: str, name: str, session: str, origin: tracing.Origin | None,
        parent: tracing.Origin | None, seconds: float, facts: Values, values: Values,
        causes: tuple[tracing.Cause, ...] = (), error: BaseException | None = None,
    ) -> None:  # fmt: skip
        if self._is_busy():
            return
        self._mine.busy = True
        try:
            told_facts, size = _kept(facts, is_fact=True) if facts else ({}, 0)
            told_values, more = _kept(values) if values else ({}, 0)
            size += more + _ENTRY_BYTES + len(name)
            if causes:
                causes = tuple(map(_kept_cause, causes))
                size += _VALUE_BYTES * 4 * len(causes)
            failure = "" if error is None else cut(f"{type(error).__name__}: {_message(error)}", LONGEST_TEXT)
        except Exception as problem:  # a value that another thread is changing; the program must not suffer from being looked at
            told_facts, told_values, causes, size = (
                {},
                {"problem": type(problem).__name__},
                (),
                _ENTRY_BYTES + len(name),
            )
            failure = "" if error is None else type(error).__name__
        finally:
            self._mine.busy = False
        size += len(failure)
        name = cut(name, LONGEST_TEXT)
        with self._lock:
            self._newest += 1
            self._entries.append(
                Told(
                    self._newest, size, what, at, kind, name, session, origin, parent, seconds, told_facts, told_values,
                    causes, failure,
                )
            )  # fmt: skip
            self._bytes += size
            while len(self._entries) > self._most_entries or self._bytes > self._most_bytes:
                self._bytes -= self._entries.popleft().size

    # ── what it is asked ──────────────────────────────────────────────────────────────────────────

    @property
    def newest(self) -> int:
        """The number of the newest entry."""
        return self._newest

    @property
    def dropped(self) -> int:
        """How many entries are not there any more."""
        return self._newest - len(self._entries)

    @property
    def size(self) -> int:
        """About how many bytes are kept."""
        return self._bytes

    def since(self, number: int, most: int) -> list[Told]:
        """The entries that came after a number, oldest first; the first of too many."""
        with self._lock:
            start = max(number - self._newest + len(self._entries), 0)
            return list(islice(self._entries, start, start + most))

    def entry(self, number: int) -> Told | None:
        """One of them, if it is still there."""
        with self._lock:
            place = number - self._newest + len(self._entries) - 1
            return self._entries[place] if 0 <= place < len(self._entries) else None

    def running(self) -> Iterable[Told]:
        """The spans that have begun and go on."""
        return [
            Told(0, 0, "span", at, kind, name, session, origin, parent, -1.0, facts, {})
            for origin, (at, kind, name, session, parent, facts) in self._running.copy().items()
        ]


def _kept(values: Values, *, is_fact: bool = False) -> tuple[dict[str, Any], int]:
    """What is kept of some values or facts, and how many bytes that is, about."""
    kept: dict[str, Any] = {}
    size = 0
    for name, value in values.items() if len(values) <= MOST_VALUES else islice(values.items(), MOST_VALUES):
        kind = type(value)
        if kind is str and len(value) <= LONGEST_TEXT:
            kept[name] = value
            size += _VALUE_BYTES + 2 * len(value)
        elif kind is float or kind is bool or value is None:
            kept[name] = value
            size += _VALUE_BYTES
        elif is_fact and (kind is dict or kind is list):  # counts by name
            kept[name] = _copied(value, 0)
            size += _VALUE_BYTES * MOST_VALUES
        else:
            kept[name], more = _one(value, LONGEST_SQL if name == "sql" else LONGEST_TEXT)
            size += more
    return kept, size


def _kept_cause(cause: tracing.Cause) -> tracing.Cause:
    return cause._replace(values=_kept(cause.values)[0]) if cause.values else cause


def _copied(value: Any, depth: int) -> Any:
    if depth < _DEEPEST and type(value) is dict:
        return {
            cut(str(name), 200): _copied(each, depth + 1) for name, each in islice(value.items(), MOST_VALUES)
        }
    if depth < _DEEPEST and type(value) is list:
        return [_copied(each, depth + 1) for each in islice(value, MOST_VALUES)]
    return _one(value, 200)[0]


def _one(value: Any, longest: int = LONGEST_TEXT) -> tuple[Any, int]:
    kind = type(value)
    if kind is str:
        text = value if len(value) <= longest else cut(value, longest)
        return text, _VALUE_BYTES + 2 * len(text)
    if kind in _PLAIN and (kind is not int or value.bit_length() < _BITS):
        return value, _VALUE_BYTES
    if kind is bytes:
        return f"<{len(value):,} bytes>", _VALUE_BYTES
    if (
        kind is tuple
        and len(value) <= MOST_VALUES
        and all(type(each) is str or type(each) in _PLAIN for each in value)
    ):
        found = [_one(each) for each in value]  # parameters of a statement, by which it is explained
        return tuple(each for each, _ in found), _VALUE_BYTES + sum(size for _, size in found)
    text = shorten(value, LONGEST_TEXT)
    return text, _VALUE_BYTES + 2 * len(text)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as failure:  # the app's own class
        return f"<its __str__ raised {type(failure).__name__}>"
