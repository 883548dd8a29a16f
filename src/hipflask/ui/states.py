"""Values that a drawing follows: `ui.state(0)` for one live session, `ui.State(0)` for all of them.

clicks = ui.state(0)                 # in a window function: this window's own
clicks.value                         # reading it while drawing means: draw me again when it changes
clicks.set(5)                        # from a handler, a thread, anywhere but a drawing
clicks.update(lambda n: n + 1)       # atomic: no click is lost between two threads
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from enum import Enum
from threading import Lock, RLock
from types import FrameType
from typing import Generic, TypeVar

import msgspec

from ..core import context, lines, tracing
from ..core.errors import DrawingError
from ..core.ports import Snapshot, Watcher
from ..core.tracing import Cause

T = TypeVar("T")

_PLAIN = (str, int, float, bool, type(None), bytes, Enum)
_UNKNOWN = object()


class State(Generic[T]):
    """A value that windows show and handlers change; every drawing that read it follows.

    Made at module level it is shared by all live sessions; `ui.state` makes one that belongs to a single one.
    """

    __slots__ = (
        "__weakref__", "_fingerprint", "_lock", "_made_at", "_value", "_watchers", "_watching", "is_secret", "session",
    )  # fmt: skip

    def __init__(self, value: T) -> None:
        self._value = value
        self._made_at = _maker(sys._getframe(1))
        self.session = ""  # the name of the live session that it belongs to; none, if all share it
        self.is_secret = False  # shown in a field for passwords: its value is told to nobody
        self._fingerprint: int | None = None
        self._watchers: tuple[Watcher, ...] = ()
        self._lock = RLock()  # again from within update(), by the same thread, is no reason to hang
        self._watching = Lock()  # apart from the other, which an update that takes its time holds for as long

    @property
    def value(self) -> T:
        """The value now."""
        if context.recorder.get() is not None:
            # Watch first, read second: a change between the two then counts as a change.
            context.record(self)
            self._look()
        return self._value

    def set(self, value: T, /) -> None:
        """Put `value` in place of the present one; raises DrawingError inside a drawing."""
        _refuse_in_drawing()
        with self._lock:
            before, self._value, self._fingerprint = self._value, value, None
        # A container may be the same object with other contents, so only plain values are known to be unchanged.
        if before is not value or not isinstance(value, _PLAIN):
            self._notify(before)

    def update(self, change: Callable[[T], T], /) -> T:
        """Put `change(value)` in place of the value, with no other update between reading and writing; returns it."""
        _refuse_in_drawing()
        with self._lock:
            before = self._value
            self._value = value = change(before)
            self._fingerprint = None
        self._notify(before)
        return value

    def get(self) -> T:
        """The value now: the same as `.value`, as `bind=` asks for it."""
        return self.value

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every change from now on."""
        with self._watching:
            if watcher not in self._watchers:
                self._watchers += (watcher,)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""
        with self._watching:
            self._watchers = tuple(other for other in self._watchers if other is not watcher)

    def notice_changes_in_place(self) -> bool:
        """After a handler: tell the watchers if a list, dict or other container was changed in place since drawn.

        Returns False when this value cannot change in place, or when nobody watches: no need to ask again.
        """
        if not self._watchers or isinstance(self._value, _PLAIN):
            return False
        self._look()
        return True

    def _look(self) -> None:
        """Remember what the value looks like, and tell the watchers if it has been changed in place since the last look.

        A drawing looks too: it may come while the handler still runs, and be the first to see what the others have not.
        """
        before, self._fingerprint = self._fingerprint, fingerprint(self._value)
        if before is not None and self._fingerprint != before:
            self._notify()

    def belong_to(self, session: str, file: str, line: int) -> None:
        """Be known as the state of one live session, made at this line."""
        self.session, self._made_at = session, (file, line)

    @property
    def place(self) -> str:
        """The line of the code that made it, as `app.py:12`."""
        return lines.at(*self._made_at)

    def _notify(self, before: object = _UNKNOWN) -> None:
        if tracing.sinks:
            self._tell(before)
            return
        for watcher in self._watchers:
            watcher.changed()

    def _tell(self, before: object) -> None:
        """Tell the watchers, and those who look inside: what has changed, and within what."""
        values = {} if before is _UNKNOWN else {"before": before}
        values = {} if self.is_secret else values | {"after": self._value}
        tracing.note("state", self.place, session=self.session, values=values, place=self.place)
        span = tracing.current()
        with tracing.because(Cause("state", self.place, span.origin if span is not None else None)):
            for watcher in self._watchers:
                watcher.changed()

    def __repr__(self) -> str:
        return f"State({self._value!r})"

    def __bool__(self) -> bool:
        raise DrawingError(
            f"A State was used as a yes-or-no question. Write `if state.value:`; the value is {self._value!r} now."
        )


def _maker(frame: FrameType) -> tuple[str, int]:
    while (
        frame.f_globals.get("__name__") == "typing" and frame.f_back is not None
    ):  # `State[int](0)` goes through there
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _refuse_in_drawing() -> None:
    if context.recorder.get() is not None:
        raise DrawingError(
            "A state was set while drawing, which would make the window draw itself for ever. Set it in a handler "
            "(`on_click=lambda: state.set(…)`), or compute the value from other state while drawing."
        )


def fingerprint(value: object) -> int | None:
    """A number that changes when a container changes in place; None for values that cannot."""
    if isinstance(value, (*_PLAIN, Snapshot)):
        return None
    try:
        return hash(msgspec.msgpack.encode(value, enc_hook=_constant))
    except (TypeError, ValueError, OverflowError, RecursionError, RuntimeError):
        pass
    try:
        return hash(pickle.dumps(value))
    except (
        Exception
    ):  # a value that cannot be pickled may raise anything; then only set() and update() are noticed
        return None


def _constant(value: object) -> int:
    if isinstance(value, Snapshot):  # it never changes in place
        return id(value)
    raise TypeError(value)
