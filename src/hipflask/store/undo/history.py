"""What the person at one window has done, step by step, and how it is taken back and done again.

    click on "Rename"      deed("Rename") → a step in the undo stack
    Ctrl+Z                 the step's inverse is written as one transaction; what that wrote is a step in the redo stack
    Ctrl+Shift+Z           the same the other way round
    click on "Delete"      a new step; what could be redone is forgotten

A deed is one call of a handler, however many transactions it needs, with the tasks that it has started. Letters that are typed
into one field without a pause are one step, although each of them is a call.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from ...core import context
from ...core.errors import UndoRefused
from ...core.ports import Watcher
from .deltas import Deltas, inverse, joined, pack, unpack
from .restoring import Span

MOST_STEPS = 100
MOST_BYTES = 32 * 1024 * 1024  # of all steps of one window, packed
PAUSE_SECONDS = 2.0  # who types on after longer than this begins another step
_JOINED_UP_TO = 4 * 1024  # bytes; a long import adds a layer for each of its transactions instead

PutBack = Callable[[Sequence[Deltas]], None]

_deed: ContextVar[Deed | None] = ContextVar("hipflask.deed", default=None)


def current_deed() -> Deed | None:
    """The deed that is under way here, if it can be undone."""
    return _deed.get()


class Step:
    """What one deed has written: the deltas of its transactions, each layer on top of the one before."""

    def __init__(self, name: str, fold: object) -> None:
        self.name = name
        self.fold = fold
        self.at = 0.0
        self._layers: list[bytes] = []

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return sum(map(len, self._layers))

    def inverses(self) -> list[Deltas]:
        """What undoes it, in order."""
        return [inverse(unpack(layer)) for layer in reversed(self._layers)]

    def joined(self, deltas: Deltas) -> Deltas | None:
        """Its last layer with these; None if they are a layer of their own."""
        if not self._layers or len(self._layers[-1]) > _JOINED_UP_TO:
            return None
        return joined(unpack(self._layers[-1]), deltas)

    def add(self, deltas: Deltas, at: float) -> None:
        """Something more was written."""
        both = self.joined(deltas)
        if both is not None:
            self._layers.pop()
        if both is None or both:
            self._layers.append(pack(deltas if both is None else both))
        self.at = at


class Deed:
    """One action of a person: all that is committed while it is under way becomes one step."""

    def __init__(self, history: History, stack: list[Step], name: str, fold: object = None) -> None:
        self.stack = stack  # where its step goes
        self.name = name
        self.fold = fold
        self.began = history.now()
        self.turns = False  # whether it turns another step back
        self.step: Step | None = None
        self.left_out: list[Span] = []
        self._history = history

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """What surrounds each piece of it."""
        token = _deed.set(self)
        try:
            yield
        finally:
            _deed.reset(token)

    def wrote(self, deltas: Deltas | None) -> None:
        """A transaction was committed that did this; None: it changed more than can be undone."""
        self._history.add(self, deltas)


class History:
    """The steps of one window; a `History` of the ports."""

    def __init__(self, put_back: PutBack, clock: Callable[[], float] = time.monotonic) -> None:
        self._put_back = put_back
        self._clock = clock
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._too_much: str | None = None  # the name of a step that could not be kept
        self._lock = Lock()  # the stacks
        self._turning = Lock()  # one step after the other
        self._watchers: tuple[Watcher, ...] = ()

    def now(self) -> float:
        """The time, as pauses are measured in."""
        return self._clock()

    def deed(self, name: str, fold: object = None) -> Deed:
        """An action that begins now; those in a row of the same `fold`, without a pause, are one step."""
        return Deed(self, self._undo, name, fold)

    def undo(self) -> str | None:
        """Take the last step back; returns its name, None if there is none. Raises UndoRefused, with a sentence."""
        return self._turn(self._undo, Deed(self, self._redo, ""), "undone")

    def redo(self) -> str | None:
        """Do again what was undone last; returns its name, None if there is none. Raises UndoRefused, with a sentence."""
        return self._turn(self._redo, Deed(self, self._undo, ""), "done again")

    def can_undo(self) -> bool:
        """Whether there is a step to undo; recorded as read."""
        context.record(self)
        return bool(self._undo)

    def can_redo(self) -> bool:
        """Whether there is a step to do again; recorded as read."""
        context.record(self)
        return bool(self._redo)

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` when other things can be undone or redone."""
        with self._lock:
            if watcher not in self._watchers:
                self._watchers += (watcher,)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""
        with self._lock:
            self._watchers = tuple(other for other in self._watchers if other is not watcher)

    def add(self, deed: Deed, deltas: Deltas | None) -> None:
        """A deed has committed something; None: more than can be undone."""
        if deltas is not None and not deltas:
            return
        with self._lock:
            if deltas is None:
                self._give_up(deed.name)
            else:
                self._step_of(deed, deltas).add(deltas, self.now())
                self._keep_bounds(deed.name)
        self._tell()

    def _step_of(self, deed: Deed, deltas: Deltas) -> Step:
        """The step that a deed's next transaction belongs to."""
        if deed.step is None or deed.step not in deed.stack:
            deed.step = self._folding(deed, deltas)
        if deed.step is None:
            deed.step = Step(deed.name, deed.fold)
            deed.stack.append(deed.step)
        if not deed.turns:
            self._redo.clear()
        return deed.step

    def _folding(self, deed: Deed, deltas: Deltas) -> Step | None:
        """The step that a deed goes on with: what is typed without a pause, and what is typed back to what was there."""
        top = deed.stack[-1] if deed.stack and not deed.turns and not self._redo else None
        if top is None or deed.fold is None or top.fold != deed.fold:
            return None
        # From when the deed began: a disk that takes its time over a letter is no pause of the person.
        is_fluent = deed.began - top.at < PAUSE_SECONDS
        return top if is_fluent or top.joined(deltas) == {} else None

    def _keep_bounds(self, name: str) -> None:
        for stack in (self._undo, self._redo):
            stack[:] = [step for step in stack[-MOST_STEPS:] if step.size]  # what came to nothing is no step
        while sum(step.size for step in (*self._undo, *self._redo)) > MOST_BYTES:
            if len(self._undo) <= 1:
                self._give_up(name)
                return
            del self._undo[0]

    def _give_up(self, name: str) -> None:
        """What was done last cannot be undone, and nothing before it may be: it would pull the ground from under it."""
        self._undo.clear()
        self._redo.clear()
        self._too_much = name

    def _turn(self, stack: list[Step], deed: Deed, done: str) -> str | None:
        with self._turning:
            with self._lock:
                step = stack.pop() if stack else None
            if step is None:
                if stack is self._undo:
                    self._say_if_too_much()
                return None
            deed.name, deed.turns = step.name, True
            try:
                with deed.under_way():
                    self._put_back(step.inverses())
            except UndoRefused as error:  # the next one may be possible, so this one must not stand before it
                raise UndoRefused(f"{_called(step.name)} cannot be {done}: {error}.") from error
            except BaseException:
                with self._lock:
                    stack.append(step)
                raise
            finally:
                self._tell()
            return step.name

    def _say_if_too_much(self) -> None:
        name, self._too_much = self._too_much, None
        if name is not None:
            raise UndoRefused(
                f"{_called(name)} cannot be undone: it has changed too much to be kept in memory."
            )

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher.changed()


def _called(name: str) -> str:
    return f"“{name}”" if name else "What was done last"
