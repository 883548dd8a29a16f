"""The conversation with the hub by HTTP, where no WebSocket gets through: each post is one whole connection.

    POST /sync?wait=20        hello, push…        each with its length before it, in four bytes
    200                       welcome, ack, pages…, checkpoint, as they come

With `wait` the hub holds its answer back until there is something new, and `break_off` ends that from another thread.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ..framing import MEDIA_TYPE, Unframed, framed
from ..messages import MOST_TOLD, Message, MessageRefused, encode
from .address import OURS, Address, Answered, Unreachable, seconds_of

OPEN_SECONDS = 15.0
ANSWER_SECONDS = 120.0  # a long push is applied before the answer begins
_PIECE = 65_536


class BrokenOff(Exception):
    """A post was ended from here."""


class Poster:
    """Posts messages to a hub, one post at a time."""

    def __init__(self, address: Address, token: str) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}
        self._connection: HTTPConnection | None = None
        self._is_broken_off = False

    def post(self, messages: Sequence[Message], wait_seconds: int = 0) -> Iterator[bytes]:
        """Say all of these, and take what the hub answers, one message after the other; raises Answered, MessageRefused, Unreachable, BrokenOff or OSError."""
        self._is_broken_off = False
        frames = [framed(encode(message)) for message in messages]
        self._connection = connection = _connection(self._address)
        try:
            self._headers["Content-Length"] = str(sum(map(len, frames)))
            connection.connect()
            connection.sock.settimeout(ANSWER_SECONDS)
            connection.request(
                "POST", f"{_target(self._address)}?wait={wait_seconds}", iter(frames), self._headers
            )
            response = connection.getresponse()
            if response.status != 200 or response.headers.get_content_type() != MEDIA_TYPE:
                raise _answered(response)
            yield from _messages(response)
        except (HTTPException, MessageRefused, OSError) as error:
            if self._is_broken_off:
                raise BrokenOff from None
            if isinstance(error, HTTPException):
                raise Unreachable("The connection broke off before the hub had answered.") from None
            raise
        finally:
            self._connection = None
            connection.close()

    def break_off(self) -> None:
        """End the post under way, from any thread."""
        self._is_broken_off = True
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):  # it has ended by itself
                connection.sock.shutdown(socket.SHUT_RDWR)


def _messages(response: HTTPResponse) -> Iterator[bytes]:
    unframed = Unframed(MOST_TOLD)
    while piece := response.read1(_PIECE):
        yield from unframed.feed(piece)
    unframed.end()


def _answered(response: HTTPResponse) -> Answered:
    sentence = response.read(500).decode("utf-8", "replace").strip()
    is_ours = response.headers.get(OURS) is not None
    return Answered(response.status, sentence, is_ours, seconds_of(response.headers.get("Retry-After")))


# ── through a company's proxy ─────────────────────────────────────────────────────────────────────


def _connection(address: Address) -> HTTPConnection:
    kind = HTTPSConnection if address.is_secure else HTTPConnection
    proxy = _proxy(address)
    if proxy is None:
        return kind(address.host, address.port, timeout=OPEN_SECONDS)
    connection = kind(proxy[0], proxy[1], timeout=OPEN_SECONDS)
    if address.is_secure:
        connection.set_tunnel(address.host, address.port)
    return connection


def _proxy(address: Address) -> tuple[str, int] | None:
    if address.is_loopback or proxy_bypass(address.authority):
        return None
    found = getproxies().get("https" if address.is_secure else "http")
    parts = urlsplit(found) if found else None
    return (parts.hostname, parts.port or 80) if parts is not None and parts.hostname else None


def _target(address: Address) -> str:
    return address.post_url if not address.is_secure and _proxy(address) is not None else address.path
