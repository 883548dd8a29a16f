"""An app on its real server, for as long as a screen shows it."""

from __future__ import annotations

from threading import Lock
from weakref import WeakKeyDictionary

import flask

from ..surfaces.guard import TOKEN, Guard
from ..surfaces.server import Server, listen

_lock = Lock()
_served: WeakKeyDictionary[flask.Flask, Served] = WeakKeyDictionary()


class Served(Server):
    """An app that answers on a free port of this machine, to those alone who were given its address."""

    def __init__(self, app: flask.Flask) -> None:
        self.app = app
        listener = listen("127.0.0.1", 0)
        self._port = listener.getsockname()[1]
        self._guard = Guard.of_loopback(self._port)
        self._screens = 0
        super().__init__(app, listener, self._guard)
        self.start()

    @classmethod
    def of(cls, app: flask.Flask) -> Served:
        """The server of an app, started for its first screen; `leave` it afterwards."""
        with _lock:
            if app not in _served:
                _served[app] = cls(app)
            _served[app]._screens += 1
            return _served[app]

    def leave(self) -> None:
        """One screen less; the last one ends the server, and leaves the app's sessions and threads to others."""
        with _lock:
            self._screens -= 1
            if self._screens == 0:
                del _served[self.app]
                self._uvicorn.should_exit = True
                self.wait()

    def address(self, path: str) -> str:
        """An address that lets a browser in."""
        return f"http://127.0.0.1:{self._port}/{path.lstrip('/')}{'&' if '?' in path else '?'}{TOKEN}={self._guard.mint()}"
