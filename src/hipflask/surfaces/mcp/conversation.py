"""One assistant at the other end of something that carries messages, in both directions and in their order.

The reading thread answers what is answered at once; functions are called in threads of their own, so that a request can be
called off, or another answered, while one is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock, Semaphore, Thread

from .calls import Call, Client
from .protocol import SLOW, Protocol
from .wire import INVALID_REQUEST, LONGEST_MESSAGE, Message, Params, Refused, decode, encode, error

MOST_AT_ONCE = 32
GRACE_SECONDS = 1.0  # for what is under way at the end, and once more for what has been called off then


class Conversation:
    """What one assistant asks, and what it is told; `write` is given one message at a time."""

    def __init__(self, protocol: Protocol, write: Callable[[bytes], None]) -> None:
        self._protocol = protocol
        self._write = write
        self._writing = Lock()
        self._room = Semaphore(MOST_AT_ONCE)
        self._client = Client()
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
            self._begin(lambda: self._answer(call))
        else:
            self._answer(call)

    def _begin(self, work: Callable[[], None]) -> None:
        """Do it beside the reading, in a thread that does not keep the process alive."""

        def guarded() -> None:
            try:
                work()
            finally:
                self._room.release()

        self._room.acquire()  # beyond that many the assistant waits
        self._threads = [each for each in self._threads if each.is_alive()]
        self._threads.append(thread := Thread(target=guarded, name="hipflask-mcp", daemon=True))
        thread.start()

    def _answer(self, call: Call) -> None:
        answer = self._protocol.answer(call)
        if answer is not None:
            self._send(answer)

    def _send(self, message: Params) -> None:
        with self._writing:
            self._write(encode(message))

    def _wind_up(self) -> None:
        self._wait()
        for call in list(self._client.calls.values()):
            call.cancel()
        self._wait()

    def _wait(self) -> None:
        for thread in self._threads:
            thread.join(GRACE_SECONDS)


def _refuse_long() -> Message:
    raise Refused(INVALID_REQUEST, f"A message may have at most {LONGEST_MESSAGE} bytes.")
