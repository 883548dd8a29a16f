"""One request while it is being answered: how far it has come, what is logged meanwhile, and that it may be called off."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import inf
from threading import Event

from ...core.errors import Cancelled
from ...core.progress import listening
from .subscriptions import Subscription
from .wire import CLIENT, INVALID_REQUEST, Id, Message, Params, Refused, notification

SECONDS_BETWEEN = 0.05  # of progress that nobody could read

# Those of RFC 5424, with the number from which on Python's logging means as much.
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "notice": 25,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "alert": 60,
    "emergency": 70,
}

Send = Callable[[Params], None]
_current: ContextVar[Call | None] = ContextVar("hipflask.mcp.call", default=None)


@dataclass(eq=False)
class Client:
    """Who asks: what is remembered of one from its handshake on, and which requests of it are being answered."""

    version: str | None = None  # of the handshake; None before it, and where there is none
    info: object = None  # what it has said of itself there
    log_level: str | None = None
    push: Send | None = None  # what reaches it at any time; None where it only hears answers
    calls: dict[Id, Call] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)  # by address, since a handshake

    def cancel(self, id: object) -> None:
        """Call a request off; one that nobody knows has been answered by now."""
        call = self.calls.get(id) if isinstance(id, int | str) else None
        if call is not None:
            call.cancel()

    def close(self) -> None:
        """It is gone: nothing is waited for any more, and nothing followed."""
        for call in list(self.calls.values()):
            call.cancel()
        for uri in list(self.subscriptions):
            self.subscriptions.pop(uri).end()


class Call:
    """One request, from when it has come until it is answered."""

    def __init__(self, message: Message, client: Client, send: Send) -> None:
        assert message.id is not None
        self.id = message.id
        self.message = message
        self.client = client
        self._send = send
        self._over = Event()
        self._done = -inf
        self._told_at = -inf
        if self.id in client.calls:
            raise Refused(
                INVALID_REQUEST, f"A request with the id {self.id!r} is being answered already.", id=self.id
            )
        client.calls[self.id] = self

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._over.is_set()

    @property
    def asker(self) -> str:
        """What the client calls itself; empty if it does not say. Nobody has looked whether that is true."""
        info = self.message.meta.get(CLIENT, self.client.info)
        name = (info.get("title") or info.get("name")) if isinstance(info, dict) else None
        return name if isinstance(name, str) else ""

    def cancel(self) -> None:
        """Say that nobody waits any more."""
        self._over.set()

    def wait_until_cancelled(self, seconds: float | None = None) -> bool:
        """Wait for the end of an answer that has none of its own."""
        return self._over.wait(seconds)

    def refuse_if_cancelled(self) -> None:
        """Raise Cancelled if nobody waits any more: within a unit of work that takes back what was done."""
        if self.is_cancelled:
            raise Cancelled("Whoever asked for this has called it off.")

    def close(self) -> None:
        """It has been answered."""
        self.client.calls.pop(self.id, None)

    @contextmanager
    def listening(self, log_level: str | None) -> Iterator[None]:
        """Tell the client of progress, and of what is logged from this level on."""
        self._least = LEVELS[log_level] if log_level is not None else None
        token = _current.set(self)
        try:
            with listening(self._progress):
                yield
        finally:
            _current.reset(token)

    def tell(self, method: str, params: Params) -> None:
        """Send a notification, while somebody waits."""
        if not self.is_cancelled:
            self._send(notification(method, params))

    def _progress(self, done: float, total: float | None, message: str) -> None:
        self.refuse_if_cancelled()
        token = self.message.meta.get("progressToken")
        now = time.monotonic()
        is_last = total is not None and done >= total
        is_due = is_last or now - self._told_at >= SECONDS_BETWEEN
        if not isinstance(token, int | str) or not is_due or not self._done < done < inf:  # it has to grow
            return
        self._done, self._told_at = done, now
        told = {"progressToken": token, "progress": done, "total": total, "message": message or None}
        self.tell(
            "notifications/progress", {name: value for name, value in told.items() if value is not None}
        )

    def log(self, record: logging.LogRecord) -> None:
        """Tell the client what the program's author has the app's logger say during this call."""
        if self._least is None or record.levelno < self._least:
            return
        level = next(name for name, least in reversed(LEVELS.items()) if record.levelno >= least)
        told = {"level": level, "logger": record.name, "data": record.getMessage()}
        self.tell("notifications/message", told)


class ToClient(logging.Handler):
    """Brings what the app's logger says to the client whose call it belongs to; tracebacks stay here."""

    def emit(self, record: logging.LogRecord) -> None:
        """Look for the call."""
        call = _current.get()
        if call is not None:
            call.log(record)
