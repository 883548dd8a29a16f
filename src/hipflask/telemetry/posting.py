"""One message to a collector, which may be gone, slow or hostile: it costs a thread some seconds, and nothing else.

No answer's body is read, no redirect is followed (headers with a key would go along), and at its deadline a post is cut off,
however lively what comes back is. What is said of a failure has no word of the address, of a header or of the answer.
"""

from __future__ import annotations

import gzip
import http.client
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from .connection import Connection, basic
from .settings import Target

TRY_AGAIN = frozenset({408, 429, 502, 503, 504})
LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: it was taken, or is to be sent again later, or will never be taken."""

    taken: bool
    again: bool = False
    pause: float = 0.0  # seconds that the collector has asked for
    why: str = ""


class Poster:
    """Posts to one target, one message at a time; another thread sees to it that none takes too long."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._url = urlsplit(target.url)
        self._headers = {
            "Content-Type": "application/x-protobuf",
            **basic("Authorization", self._url),
            **target.headers,
        }
        if target.gzip:
            self._headers["Content-Encoding"] = "gzip"
        self._connection: Connection | None = None

    def post(self, body: bytes) -> Outcome:
        """Send one message, and say what became of it."""
        try:
            self._connection = connection = Connection(self._url, self._context(), self.target.seconds)
        except (OSError, ValueError) as error:  # a certificate that is not there
            return Outcome(False, again=True, why=_named(error))
        try:
            return self._send(connection, gzip.compress(body, 5) if self.target.gzip else body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Outcome(False, again=True, why=_named(error))
        finally:
            self._connection = None
            connection.end()

    def cut(self) -> None:
        """End what is under way."""
        if (connection := self._connection) is not None:
            connection.cut()

    def _send(self, connection: Connection, body: bytes) -> Outcome:
        path = self._url.path or "/"
        connection.request(
            "POST", f"{path}?{self._url.query}" if self._url.query else path, body, self._headers
        )
        return _outcome(connection.getresponse())

    def _context(self) -> ssl.SSLContext | None:
        if self._url.scheme != "https":
            return None
        context = ssl.create_default_context(cafile=self.target.certificate)
        if self.target.client_certificate:
            context.load_cert_chain(self.target.client_certificate, self.target.client_key)
        return context


def _outcome(answer: http.client.HTTPResponse) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(True)
    if answer.status in TRY_AGAIN:
        return Outcome(False, True, _pause(answer.headers.get("Retry-After")), f"it answers {answer.status}")
    if 300 <= answer.status < 400:
        return Outcome(
            False,
            why=f"it answers {answer.status}, a redirect, which is not followed: name the address itself",
        )
    return Outcome(False, why=f"it answers {answer.status}")


def _pause(asked: str | None) -> float:
    return min(float(asked), LONGEST_PAUSE) if asked is not None and asked.isdecimal() else 0.0


def _named(error: Exception) -> str:
    """What went wrong, without what the other side has said."""
    return type(error).__name__
