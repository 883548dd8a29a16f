"""A value that drawings follow, set by one thread and read by all."""

from __future__ import annotations

from threading import Lock
from typing import Generic, TypeVar

from ...core import context
from ...core.ports import Watcher

T = TypeVar("T")


class Live(Generic[T]):
    """A `Source` of one value that is replaced as a whole."""

    def __init__(self, value: T) -> None:
        self._value = value
        self._watchers: tuple[Watcher, ...] = ()
        self._lock = Lock()

    @property
    def value(self) -> T:
        """The value now, recorded as read."""
        context.record(self)
        return self._value

    def set(self, value: T) -> None:
        """Put another value in its place, and tell whoever has read it."""
        if value != self._value:
            self._value = value
            for watcher in self._watchers:
                watcher.changed()

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every change from now on."""
        with self._lock:
            if watcher not in self._watchers:
                self._watchers += (watcher,)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""
        with self._lock:
            self._watchers = tuple(other for other in self._watchers if other is not watcher)
