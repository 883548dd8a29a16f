"""One message to a collector, which may be gone, slow or hostile: it costs a thread some seconds, and nothing else.

No answer's body is read, no redirect is followed (headers with a key would go along), and at its deadline a post is cut off,
however lively what comes back is. What is said of a failure has no word of the address, of a header or of the answer.
"""

from __future__ import annotations

import gzip
import http.client
import ssl
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from socket import SHUT_RDWR, socket
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

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


class _Connection(http.client.HTTPConnection):
    """A connection that another thread can cut, also in the middle of what TLS begins with."""

    def __init__(self, url: SplitResult, context: ssl.SSLContext | None, seconds: float) -> None:
        self._name = url.hostname or ""
        self._context = context
        self._cutter: socket | None = None
        port = url.port or (443 if context else 80)
        proxy = _proxy_for(url)
        if proxy is None:
            super().__init__(self._name, port, timeout=seconds)
        else:  # a tunnel for http as well: what goes through is the same then
            super().__init__(proxy.hostname or "", proxy.port or 80, timeout=seconds)
            self.set_tunnel(self._name, port, headers=_basic("Proxy-Authorization", proxy))

    def connect(self) -> None:
        super().connect()
        self._cutter = self.sock.dup()  # TLS takes the socket itself away
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self._name)

    def cut(self) -> None:
        """End whatever is under way."""
        for end in (self._cutter, self.sock):
            if end is not None:
                with suppress(OSError):
                    end.shutdown(SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self._cutter is not None:
            self._cutter.close()


class Poster:
    """Posts to one target, one message at a time; another thread sees to it that none takes too long."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._url = urlsplit(target.url)
        self._headers = {
            "Content-Type": "application/x-protobuf",
            **_basic("Authorization", self._url),
            **target.headers,
        }
        if target.gzip:
            self._headers["Content-Encoding"] = "gzip"
        self._connection: _Connection | None = None
        self._until = 0.0

    def post(self, body: bytes) -> Outcome:
        """Send one message, and say what became of it."""
        self._until = time.monotonic() + self.target.seconds
        try:
            self._connection = connection = _Connection(self._url, self._context(), self.target.seconds)
        except (OSError, ValueError) as error:  # a certificate that is not there
            return Outcome(False, again=True, why=_named(error))
        try:
            return self._send(connection, gzip.compress(body, 5) if self.target.gzip else body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Outcome(False, again=True, why=_named(error))
        finally:
            self._connection = None
            connection.close()

    def cut_if_late(self) -> None:
        """End what has taken too long; to be called now and then by another thread."""
        if time.monotonic() > self._until:
            self.cut()

    def cut(self) -> None:
        """End what is under way."""
        if (connection := self._connection) is not None:
            connection.cut()

    def _send(self, connection: _Connection, body: bytes) -> Outcome:
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


def _proxy_for(url: SplitResult) -> SplitResult | None:
    named = getproxies().get(url.scheme)
    if not named or proxy_bypass(url.hostname or ""):
        return None
    return urlsplit(named if "://" in named else f"http://{named}")


def _basic(header: str, url: SplitResult) -> dict[str, str]:
    if url.username is None:
        return {}
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return {header: f"Basic {b64encode(pair.encode()).decode()}"}
