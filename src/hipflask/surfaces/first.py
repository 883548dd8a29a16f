"""What becomes of the first window: it is painted, or its page was refused."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from flask import Flask, Response, request

from ..ui.host import Host
from ..ui.live import LiveSession
from .pages import is_for_a_person


class First:
    """Notices when the first live session has painted, or that its page could not be drawn."""

    def __init__(self, app: Flask, host: Host) -> None:
        self.painted = Event()
        self.session: LiveSession | None = None
        self.refusal = ""
        self._is_known = Event()
        host.on_painted.append(self._note)
        hear_answers(app, self._hear)

    def wait(self, seconds: float) -> bool:
        """Wait until one of both is known, and say whether anything was."""
        return self._is_known.wait(seconds)

    def _note(self, session: LiveSession) -> None:
        if self.session is None:
            self.session = session
            self.painted.set()
            self._is_known.set()

    def _hear(self, path: str, status: int) -> None:
        if status >= 400 and is_for_a_person() and not self._is_known.is_set():
            self.refusal = f"{path} was answered with status {status}"
            self._is_known.set()


def hear_answers(app: Flask, hear: Callable[[str, int], None]) -> None:
    """Have each answer's path and status told."""

    def heard(response: Response) -> Response:
        hear(request.full_path.rstrip("?"), response.status_code)
        return response

    # Not by after_request(), which refuses once a request has been answered: a program may have tested itself.
    app.after_request_funcs.setdefault(None, []).append(heard)
