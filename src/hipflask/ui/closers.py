"""Those who are asked before the windows of a program close, and what ends with a window."""

from __future__ import annotations

from threading import Event

from ..core.desk import CloseWindow
from .closing import Closing
from .host import Host


class Closers:
    """Those who are asked before the windows of a program close."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._closings: dict[str, Closing] = {}

    def wants_to_close(self, window: str) -> Event:
        """The person wants a window closed: ask whom it concerns, in their own threads.

        Returns at once; the event is set when all have been asked.
        """
        asked = Event()
        self._host.workers.handlers.submit(self._ask, window, asked)
        return asked

    def closed(self, window: str) -> None:
        """The window is gone, and its live sessions with it."""
        self._closings.pop(window, None)
        for session in self._host.sessions():
            if session.window == window:
                self._host.forget(session)

    def _ask(self, window: str, asked: Event) -> None:
        try:
            self._ask_all(window)
        finally:
            asked.set()

    def _ask_all(self, window: str) -> None:
        before = self._closings.get(window)
        if before is not None and before.is_waiting:
            return
        closing = self._closings[window] = Closing(lambda: self._close(window))
        if before is None or not before.is_stuck:
            for session in self._host.sessions():
                if session.window == window and session.connected:
                    session.ask_to_close(closing)
        closing.agree()

    def _close(self, window: str) -> None:
        if self._host.desk is not None:
            self._host.desk.ask(window, CloseWindow())
