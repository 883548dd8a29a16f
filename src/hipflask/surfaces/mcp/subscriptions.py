"""Resources that a client wants to hear of: what a resource has read is followed, as a window follows what it has drawn.

    subscription = Subscription(read, tell)
    subscription.begin()         reads once, and follows every row and state that was read
    …                            one of them changes: `tell` is called, and what is read now is followed

Changes that come in a row are told once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock, Timer

from ...core import context
from ...core.ports import Source

REST_SECONDS = 0.1

log = logging.getLogger(__name__)


class Subscription:
    """One address that one client wants to hear of."""

    def __init__(self, read: Callable[[], object], tell: Callable[[], None]) -> None:
        self._read = read
        self._tell = tell
        self._sources: set[Source] = set()
        self._found: set[Source] = set()
        self._lock = Lock()
        self._is_dirty = False
        self._is_over = False

    def begin(self) -> None:
        """Follow what the resource is made of."""
        self._follow()

    def end(self) -> None:
        """Follow nothing any more."""
        self._is_over = True
        self._keep(set())

    def record(self, source: Source) -> None:
        """Note that the resource has read this."""
        self._found.add(source)
        source.watch(self)

    def changed(self) -> None:
        """Something that it has read is out of date; said from any thread, and more often than needed."""
        with self._lock:
            if self._is_dirty or self._is_over:
                return
            self._is_dirty = True
        timer = Timer(REST_SECONDS, self._catch_up)
        timer.daemon = True
        timer.start()

    def _catch_up(self) -> None:
        self._is_dirty = False  # before anything is read: a change that comes meanwhile is told once more
        if not self._is_over:
            self._tell()
            self._follow()

    def _follow(self) -> None:
        self._found = set()
        token = context.recorder.set(self)
        try:
            self._read()
        except Exception:
            log.exception("A resource that a client follows cannot be read")
        finally:
            context.recorder.reset(token)
        self._keep(set() if self._is_over else self._found)

    def _keep(self, sources: set[Source]) -> None:
        for source in self._sources - sources:
            source.unwatch(self)
        self._sources = sources
