"""One assistant at the other end of something that carries messages, in both directions and in their order.

The reading thread answers what is answered at once; functions are called in threads of their own, so that a request can be
called off, or another answered, while one is under way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from threading import Lock, Thread

from .calls import Call, Client
from .protocol import LISTEN, SLOW, Protocol
from .wire import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    LONGEST_MESSAGE,
    Message,
    Params,
    Refused,
    decode,
    encode,
    error,
)

MOST_AT_ONCE = 128
GRACE_SECONDS = 1.0  # for what is under way at the end, and once more for what has been called off then


class Conversation:
    """What one assistant asks, and what it is told; `write` is given one message at a time."""

    def __init__(self, protocol: Protocol, write: Callable[[bytes], None]) -> None:
        self._protocol = protocol
        self._write = write
        self._writing = Lock()
        self._client = Client(push=self._send)
        self._threads: list[Thread] = []

    def follow(self, messages: Iterable[bytes]) -> None:
        """Answer until there are no more, and end what is under way then."""
        for data in messages:
            try:
                message = decode(data) if len(data) <= LONGEST_MESSAGE else _refuse_long()
                if message is not None:
                    self._take(message)
            except Refused as refused:
                self._send(error(refused))
        self._wind_up()

    def _take(self, message: Message) -> None:
        if message.id is None:
            self._protocol.hear(message, self._client)
            return
        call = self._protocol.ask(message, self._client, self._send)
        if message.method in SLOW:
            self._begin(call)
        else:
            self._answer(call)

    def _begin(self, call: Call) -> None:
        """Answer it beside the reading, in a thread that does not keep the process alive."""
        self._threads = [each for each in self._threads if each.is_alive()]
        # To wait for one to end would be to hear nothing any more, not even that one is called off.
        if len(self._threads) >= MOST_AT_ONCE:
            call.close()
            raise Refused(
                INTERNAL_ERROR, f"More than {MOST_AT_ONCE} requests are being answered.", id=call.id
            )
        thread = Thread(target=self._answer, args=(call,), name="hipflask-mcp", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _answer(self, call: Call) -> None:
        answer = self._protocol.answer(call)
        if answer is not None:
            self._send(answer)

    def _send(self, message: Params) -> None:
        with self._writing:
            self._write(encode(message))

    def _wind_up(self) -> None:
        """What has nearly been done is waited for; all else is called off."""
        for call in list(self._client.calls.values()):
            if call.message.method == LISTEN:
                call.cancel()
        self._wait()
        self._client.close()
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + GRACE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))


def _refuse_long() -> Message:
    raise Refused(INVALID_REQUEST, f"A message may have at most {LONGEST_MESSAGE} bytes.")
