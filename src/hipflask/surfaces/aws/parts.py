"""A web request's answer, sent part by part as the app gives it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from .answered import Answered
from .payload2 import head

_LOG = logging.getLogger("hipflask.aws")
# Of one connection, and not of the answer; a length is not known where parts follow.
_OF_THE_CONNECTION = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})


class Outgoing(Protocol):
    """Where an answer goes."""

    def send(self, part: bytes) -> None:
        """Send a part at once."""

    def end(self, error: dict[str, Any] | None = None) -> None:
        """Say that this was all; or that it was not, and why."""


Open = Callable[[dict[str, Any]], Outgoing]


class Parts:
    """One answer on its way."""

    def __init__(self, open: Open) -> None:
        self._open = open
        self._outgoing: Outgoing | None = None
        self._answered = Answered()

    def give(self, app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> None:
        """Have the app answer, and send what it gives; an error before the first part is an answer, too."""
        try:
            parts = app(environ, self._start)
            try:
                for part in parts:
                    self._write(part)
            finally:
                if (close := getattr(parts, "close", None)) is not None:
                    close()
            self._begin()
        except (Exception, SystemExit) as error:
            _LOG.exception("%s %s was not answered.", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            self._fail(error)
        else:
            self._begun().end()

    def give_whole(self, answered: Answered) -> None:
        """Send an answer that is there already."""
        self._answered = answered
        self._write(answered.body)
        self._begun().end()

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self._outgoing is not None:
            raise exc_info[1].with_traceback(exc_info[2])
        self._answered.start(status, headers)
        return self._write

    def _write(self, part: bytes) -> None:
        if part:
            self._begun().send(part)

    def _begun(self) -> Outgoing:
        return self._outgoing or self._begin()

    def _begin(self) -> Outgoing:
        if self._outgoing is None:
            kept = [each for each in self._answered.headers if each[0].lower() not in _OF_THE_CONNECTION]
            self._outgoing = self._open(head(Answered(self._answered.status, headers=kept)))
        return self._outgoing

    def _fail(self, error: BaseException) -> None:
        if self._outgoing is not None:
            # Who asks gets no more than that; the traceback is in the log.
            self._outgoing.end(
                {
                    "errorType": type(error).__name__,
                    "errorMessage": "The answer ends here: something went wrong.",
                }
            )
            return
        self.give_whole(
            Answered.sentence(500, "Internal Server Error", "Something went wrong; the log says what.")
        )
