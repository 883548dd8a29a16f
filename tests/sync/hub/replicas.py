"""Somebody who speaks with a hub by hand, over a socket or by requests, and remembers what was said."""

from __future__ import annotations

import http.client
import socket
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from hipflask.sync.framing import MEDIA_TYPE, Unframed, framed
from hipflask.sync.messages import MOST_BYTES, Checkpoint, Message, encode, from_hub

SECONDS = 20.0


def opened(port: int, token: str | None = "hft_ann", path: str = "/sync", **options: Any) -> ClientConnection:
    """A socket to the hub with nothing said yet."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    options.setdefault("subprotocols", ["hipflask.1"])
    options.setdefault("ping_interval", None)
    more = options.pop("headers", {})
    opening = connect(
        f"ws://127.0.0.1:{port}{path}",
        additional_headers={**headers, **more},
        compression=None,
        max_size=None,
        **options,
    )
    return opening.__enter__()  # closed by whoever asked for it


class ByHand:
    """A replica's end of one socket."""

    def __init__(self, port: int, token: str = "hft_ann", **options: Any) -> None:
        self.socket = opened(port, token, **options)

    def say(self, *messages: Message) -> ByHand:
        for message in messages:
            self.socket.send(encode(message))
        return self

    def hear(self, seconds: float = SECONDS) -> Any:
        """The next message."""
        return from_hub(self.socket.recv(timeout=seconds, decode=False))

    def until(self, kind: type[Message] = Checkpoint) -> list[Any]:
        """All messages up to one of this kind."""
        heard = [self.hear()]
        while not isinstance(heard[-1], kind):
            heard.append(self.hear())
        return heard

    def end(self) -> tuple[list[Any], int | None]:
        """What else comes, and the code with which the hub closes the socket."""
        heard = []
        try:
            while True:
                heard.append(self.hear())
        except ConnectionClosed as closed:
            return heard, closed.rcvd.code if closed.rcvd else None

    def cut(self) -> None:
        """Break the connection, without a word."""
        with suppress(OSError):  # the hub was quicker
            self.socket.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> ByHand:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Answered:
    """What came of a request."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()

    @property
    def said(self) -> list[Any]:
        """The messages in it."""
        assert self.headers["content-type"] == MEDIA_TYPE, (self.status, self.body)
        unframed = Unframed(MOST_BYTES)
        messages = [from_hub(each) for each in unframed.feed(self.body)]
        unframed.end()
        return messages


def asked(
    port: int, method: str, path: str, body: bytes | None = None, timeout: float = SECONDS, **headers: str
) -> Answered:
    """One request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        return Answered(connection.getresponse())
    finally:
        connection.close()


def posted(port: int, *messages: Message, wait: int = 0, token: str = "hft_ann", **headers: str) -> Answered:
    """Messages sent by request."""
    body = b"".join(framed(encode(message)) for message in messages)
    named = {"Authorization": f"Bearer {token}", "Content-Type": MEDIA_TYPE, **headers}
    return asked(port, "POST", f"/sync?wait={wait}" if wait else "/sync", body, **named)
