"""States as records: of one session, and those that all sessions share."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from ....ui.drawing import Binding, Part
from ....ui.live import LiveSession
from ....ui.states import State
from ...sources import is_own
from .. import records
from . import code, literals
from .secret import is_secret
from .shorten import LONGEST, cut, shorten

MOST_STATES = 2_000  # of one session
MOST_READERS = 20


class States:
    """Gives states their names; a state is known by the same id for as long as it lives, and lives no longer for that."""

    def __init__(self) -> None:
        self._ids: WeakKeyDictionary[State[Any], str] = WeakKeyDictionary()
        self._told: WeakKeyDictionary[State[Any], records.State] = WeakKeyDictionary()
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def of_session(self, session: LiveSession) -> tuple[records.State, ...]:
        """A session's own states."""
        return tuple(
            self._told_of(state, part) for part, state in itertools.islice(_cells(session.part), MOST_STATES)
        )

    def shared(self) -> list[records.State]:
        """The states that belong to modules of the program."""
        return [self._told_of(state, None, name) for name, state in _shared()]

    def find(self, session: LiveSession, id: str) -> tuple[State[Any], Part | None, str] | None:
        """A state by its id, with the part that it belongs to and the name that it is shared by."""
        own = ((state, part, "") for part, state in _cells(session.part))
        shared = ((state, None, name) for name, state in _shared())
        found: Iterator[tuple[State[Any], Part | None, str]] = (*own, *shared).__iter__()
        return next((each for each in found if self._id(each[0]) == id), None)

    def tell(self, state: State[Any], part: Part | None, name: str = "") -> records.State:
        """One state as it is now."""
        return self._told_of(state, part, name)

    def _told_of(self, state: State[Any], part: Part | None, name: str = "") -> records.State:
        value = state._value  # reading `.value` would be noted as a drawing's
        hidden = is_hidden(state, name)
        can_set = not hidden and literals.is_literal(value)
        text = records.MASKED if hidden else literals.written(value) if can_set else shorten(value)
        told = records.State(
            id=self._id(state),
            name=name or code.name_at(state.place),
            place=state.place,
            part=part.kind.name if part is not None else "",
            type=cut(type(value).__qualname__, LONGEST),
            text=text,
            can_set=can_set,
            readers=_readers(state),
        )
        before = self._told.get(state)
        if before == told:
            return before
        self._told[state] = told
        return told

    def _id(self, state: State[Any]) -> str:
        found = self._ids.get(state)
        if found is None:
            with self._lock:
                found = self._ids.setdefault(state, f"s{next(self._numbers)}")
        return found


def count(session: LiveSession) -> int:
    """How many states a session has."""
    return sum(1 for _ in _cells(session.part))


def is_hidden(state: State[Any], name: str = "") -> bool:
    """Whether a state is likely to hold a secret: it is shown in a field for passwords, or it is called one."""
    return state.is_secret or is_secret(name or code.name_at(state.place))


def _cells(part: Part) -> Iterator[tuple[Part, State[Any]]]:
    # Copies, since a drawing may be under way. What an element remembers for itself is at no line: it is none of the program's.
    for state in list(part.cells.values()):
        if not state.place.endswith(f":{sys.maxsize}"):
            yield part, state
    for child in list(part.parts.values()):
        yield from _cells(child)


def _shared() -> Iterator[tuple[str, State[Any]]]:
    for module in list(sys.modules.values()):
        if _is_own(getattr(module, "__file__", None)):
            for name, value in list(vars(module).items()):
                if isinstance(value, State):
                    yield name, value


@lru_cache(maxsize=8192)
def _is_own(file: object) -> bool:
    """Whether a module's file belongs to the program; to find that out for all of them takes a while."""
    return isinstance(file, str) and is_own(os.path.realpath(file))


def _readers(state: State[Any]) -> list[str]:
    return [reader(watcher) for watcher in state._watchers[:MOST_READERS]]


def reader(watcher: object) -> str:
    """Who follows something, in words."""
    match watcher:
        case Part():
            return f"{watcher.owner.name} {watcher.kind.name}"
        case Binding():
            node = watcher.node
            return f"{watcher.owner.name} {node.kind.name if node is not None else watcher.prop}"
        case _:
            return type(watcher).__name__
