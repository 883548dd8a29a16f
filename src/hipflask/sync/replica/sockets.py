"""The conversation with the hub over a WebSocket, which a thread of its own listens to."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from threading import Thread
from typing import Any

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.http11 import Response
from websockets.sync.client import ClientConnection, connect

from ..messages import MOST_TOLD, Message, encode
from .address import OURS, SUBPROTOCOL, Address, Answered, Unreachable, seconds_of
from .mailbox import Mailbox

OPEN_SECONDS = 15.0
PING_SECONDS = 20.0
# An answer to a ping waits behind what is on its way: a page on a very slow line takes this long.
PONG_SECONDS = 60.0
# A message that is not taken within this time is on its way to nobody. Longer than between two pings, which keep reading alive.
SEND_SECONDS = 90.0
CLOSE_SECONDS = 1.0

# The library tells of each header where it is allowed to tell everything, and one of them is the token.
_reserved = logging.getLogger(f"{__name__}.frames")
_reserved.setLevel(logging.INFO)


class _Connection(ClientConnection):
    """One that follows nobody elsewhere: a redirection would be shown the token."""

    def handshake(self, *args: Any, **options: Any) -> None:
        try:
            super().handshake(*args, **options)
        except InvalidStatus as error:
            raise _answered(error.response) from None


class SocketLine:
    """A WebSocket to the hub; what the hub says goes to the mailbox. Raises what keeps it from opening."""

    def __init__(self, address: Address, token: str, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        proxy: dict[str, Any] = {"proxy": None} if address.is_loopback else {}
        self._opening = connect(
            address.socket_url,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            additional_headers={"Authorization": f"Bearer {token}"},
            compression=None,  # bodies are packed already
            open_timeout=OPEN_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PONG_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=MOST_TOLD,
            max_queue=2,
            create_connection=_Connection,
            logger=_reserved,
            **proxy,
        )
        self._socket = self._opening.__enter__()
        self._socket.socket.settimeout(SEND_SECONDS)
        if self._socket.response is None or OURS not in self._socket.response.headers:
            self.close()
            raise Answered(101, "", is_ours=False)
        mailbox.listen_to(self)
        Thread(target=self._listen, name="hipflask-hub", daemon=True).start()

    @property
    def peer(self) -> str:
        """The address of whoever is at the other end."""
        return str(self._socket.remote_address[0])

    def say(self, messages: Iterable[Message]) -> None:
        """Send messages; waits while the other end does not read."""
        for message in messages:
            self._socket.send(encode(message))

    def close(self) -> None:
        """End it, and hear nothing more."""
        self._mailbox.listen_to(None)
        with contextlib.suppress(OSError, WebSocketException):  # it is gone in any case
            self._opening.__exit__(None, None, None)

    def _listen(self) -> None:
        try:
            while self._mailbox.put(self, _binary(self._socket.recv())):
                pass
        except Exception as error:
            self._mailbox.put(self, error)


def _binary(data: str | bytes) -> bytes:
    if isinstance(data, str):
        raise Unreachable("The hub has said something that is no message.")
    return data


def _answered(response: Response) -> Answered:
    sentence = response.body[:500].decode("utf-8", "replace").strip() if response.body else ""
    retry_after = seconds_of(response.headers.get("Retry-After"))
    return Answered(response.status_code, sentence, OURS in response.headers, retry_after)
