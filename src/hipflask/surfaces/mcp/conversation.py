"""One assistant at the other end of something that carries messages, in both directions and in their order.

A thread reads, and answers at once what takes no time. What calls a function it answers too, but first lets another thread read on: so
a request can be called off, or another answered, while one is under way, and nobody has to be woken up for an ordinary call.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from threading import Event, Lock, Thread

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
        self._turn = Lock()  # of whoever reads
        self._counting = Lock()
        self._busy = 0  # threads that answer, and do not read
        self._threads: list[Thread] = []
        self._over = Event()

    def follow(self, messages: Iterable[bytes]) -> None:
        """Answer until there are no more, and end what is under way then."""
        self._messages: Iterator[bytes] = iter(messages)
        self._start()
        self._over.wait()
        self._wind_up()

    def _start(self) -> None:
        """One more thread, which does not keep the process alive."""
        thread = Thread(target=self._work, name="hipflask-mcp", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (call := self._next()) is not None:
            self._answer(call)
            with self._counting:
                self._busy -= 1

    def _next(self) -> Call | None:
        """The next request that takes its time, or None at the end; what comes before it is answered on the way."""
        with self._turn:
            try:
                for data in self._messages:
                    if (call := self._read(data)) is not None:
                        return call
            except BaseException:
                self._over.set()
                raise
            self._over.set()
            return None

    def _read(self, data: bytes) -> Call | None:
        """Deal with a message; a request that takes its time is given back, and somebody else can read on."""
        try:
            message = decode(data) if len(data) <= LONGEST_MESSAGE else _refuse_long()
            if message is None:
                return None
            if message.id is None:
                self._protocol.hear(message, self._client)
                return None
            call = self._protocol.ask(message, self._client, self._send)
            if message.method in SLOW:
                self._let_read_on(call)
                return call
            self._answer(call)
        except Refused as refused:
            self._send(error(refused))
        return None

    def _let_read_on(self, call: Call) -> None:
        """See to it that there is a thread that reads, while this one answers."""
        with self._counting:
            # If all of them answered, nothing would be heard any more, not even that one is called off.
            if self._busy >= MOST_AT_ONCE:
                call.close()
                raise Refused(
                    INTERNAL_ERROR, f"More than {MOST_AT_ONCE} requests are being answered.", id=call.id
                )
            self._busy += 1
            if self._busy == len(self._threads):
                self._start()

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
