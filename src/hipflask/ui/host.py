"""The live sessions of one app: opened by the page, found by the socket, forgotten when nobody comes back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from threading import Lock
from weakref import WeakSet

from ..core import tracing
from ..core.desk import Desk
from ..core.ports import FindPlace, FindSync, History, Notebook, no_sync
from ..core.rows import FindRows
from . import wire
from .drawing import Memory
from .live import LiveSession
from .workers import Workers

# A page that was fetched and never opened its socket: a crawler, curl, a browser that looked ahead.
NEVER_CONNECTED_SECONDS = 60.0
# A screen whose connection was lost: a laptop that sleeps, a network that changes.
DISCONNECTED_SECONDS = 15 * 60.0

_hosts: WeakSet[Host] = WeakSet()


class Host:
    """What an app needs to have windows: its workers and its live sessions."""

    def __init__(self, logger: logging.Logger) -> None:
        self.workers = Workers()
        self.desk: Desk | None = None  # whoever keeps the windows; nobody, if browsers show them
        # How the person at the program's own windows likes things. None, where anybody may come: then each session has its own,
        # for as long as it lives.
        self.notebook: Notebook | None = None
        # Called when a session has painted, the first time; and whenever a screen has come to it.
        self.on_painted: list[Callable[[LiveSession], None]] = []
        self.on_connected: list[Callable[[LiveSession], None]] = []
        # What `devtools` knows: of sessions before the program was loaded anew, and why it could not be.
        self.recall: Callable[[str, Callable[..., None]], Memory | None] | None = None
        self.halted: wire.Halted | None = None
        self.inspect: Callable[[], None] | None = None  # opens the inspector
        self.halted_pages: dict[str, wire.Halted] = {}
        self._logger = logger
        self._sessions: dict[str, LiveSession] = {}
        self._addresses: dict[str, str] = {}
        self._frames_of_others = 0  # sent to sessions that are no more
        self._lock = Lock()
        _hosts.add(self)

    @property
    def frames(self) -> int:
        """How many frames have been sent so far, to all sessions that there were."""
        with self._lock:
            return self._frames_of_others + sum(session.pace.frames for session in self._sessions.values())

    def open(
        self,
        function: Callable[..., None],
        arguments: Mapping[str, object],
        *,
        enter: Callable[[], AbstractContextManager[object]],
        find_place: FindPlace,
        find_rows: FindRows,
        find_sync: FindSync = no_sync,
        debug: bool,
        address: str = "",
        before: str = "",
        history: History | None = None,
    ) -> LiveSession:
        """A new live session of a window function; nothing is drawn yet. `before` is the session that its page had."""
        self.sweep()
        memory = self.recall(before, function) if self.recall is not None and before else None
        session = LiveSession(
            function,
            arguments,
            enter=enter,
            workers=self.workers,
            logger=self._logger,
            find_place=find_place,
            find_rows=find_rows,
            find_sync=find_sync,
            notebook=self.notebook,
            desk=self.desk,
            debug=debug,
            memory=memory,
            history=history,
        )
        with self._lock:
            self._sessions[session.id] = session
            self._addresses[session.id] = address
        session.on_painted = lambda: self._painted(session)
        session.on_inspect = self.inspect
        return session

    def _painted(self, session: LiveSession) -> None:
        for told in self.on_painted:
            told(session)

    def connected(self, session: LiveSession) -> None:
        """A screen has come to a session: for the first time, or by going back to it."""
        for told in self.on_connected:
            told(session)

    def address_of(self, session: LiveSession) -> str:
        """The path and the query that a session was opened with."""
        return self._addresses.get(session.id, "")

    def find(self, session_id: str) -> LiveSession | None:
        """The session of that id, if it still lives."""
        return self._sessions.get(session_id)

    def farewell(self, session_id: str) -> wire.Gone | wire.Halted:
        """What to tell the screen of a session that is not there."""
        return self.halted or self.halted_pages.get(session_id) or wire.Gone()

    def sessions(self) -> list[LiveSession]:
        """All that live now."""
        with self._lock:
            return list(self._sessions.values())

    def forget(self, session: LiveSession) -> None:
        """End a session."""
        with self._lock:
            if self._sessions.pop(session.id, None) is not None:
                self._frames_of_others += session.pace.frames
            self._addresses.pop(session.id, None)
        session.close()

    def sweep(self) -> None:
        """End the sessions whose screens have been away for too long."""
        now = time.monotonic()
        for session in self.sessions():
            allowed = DISCONNECTED_SECONDS if session.painted else NEVER_CONNECTED_SECONDS
            if not session.connected and now - session.touched > allowed:
                self.forget(session)

    def close(self) -> None:
        """End all sessions and threads."""
        for session in self.sessions():
            self.forget(session)
        self.workers.stop()


_Values = Iterator[tuple[Mapping[str, str], float]]


def _sessions() -> _Values:
    """Open windows and pages, and those whose screen may come back."""
    sessions = [session for host in list(_hosts) for session in host.sessions()]
    connected = sum(session.connected for session in sessions)
    yield {"screen": "connected"}, connected
    yield {"screen": "away"}, len(sessions) - connected


def _frames() -> _Values:
    """Frames that were sent to screens."""
    yield {}, sum(host.frames for host in list(_hosts))


def _work() -> _Values:
    """Handlers and drawings that run or wait for a thread."""
    for of in ("handlers", "drawings"):
        yield {"of": of}, sum(getattr(host.workers, of).load for host in list(_hosts))


tracing.gauges |= {
    "hipflask_sessions": _sessions,
    "hipflask_frames_total": _frames,
    "hipflask_work": _work,
}
