"""Assistants over standard input and output: one message a line, until the input ends.

The assistant has started this process and owns both streams. So while it serves, descriptor 1 points at standard error and
descriptor 0 at nothing: what functions, libraries and child processes print or read is out of the protocol's way.

The reading thread answers what is answered at once; functions are called in threads of their own, so that a request can be
called off, or another answered, while one is under way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Semaphore, Thread
from typing import BinaryIO

from .calls import Call, Client
from .protocol import SLOW, Protocol
from .wire import INVALID_REQUEST, LONGEST_MESSAGE, Message, Params, Refused, decode, encode, error

MOST_AT_ONCE = 32
GRACE_SECONDS = (
    2.0  # for what is under way when the input ends, and once more for what has been called off then
)


@contextmanager
def claimed() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Standard input and output for the protocol alone; everybody else has nothing to read, and writes to standard error."""
    sys.stdout.flush()
    reading, writing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    try:
        with os.fdopen(reading, "rb", closefd=False) as reader, os.fdopen(writing, "wb") as writer:
            yield reader, writer
    finally:
        sys.stdout.flush()


def serve(protocol: Protocol, reader: BinaryIO, writer: BinaryIO) -> None:
    """Answer until the input ends, and end what is under way then."""
    Conversation(protocol, writer).follow(reader)


class Conversation:
    """One assistant at the other end of two streams."""

    def __init__(self, protocol: Protocol, writer: BinaryIO) -> None:
        self._protocol = protocol
        self._writer = writer
        self._writing = Lock()
        self._room = Semaphore(MOST_AT_ONCE)
        self._client = Client()
        self._threads: list[Thread] = []

    def follow(self, reader: BinaryIO) -> None:
        """Answer until the input ends."""
        for line in lines(reader):
            try:
                message = decode(line) if len(line) <= LONGEST_MESSAGE else _refuse_long()
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
        line = encode(message) + b"\n"
        with (
            self._writing,
            suppress(BrokenPipeError),
        ):  # an assistant that is gone; the input's end says so too
            self._writer.write(line)
            self._writer.flush()

    def _wind_up(self) -> None:
        self._wait()
        for call in list(self._client.calls.values()):
            call.cancel()
        self._wait()

    def _wait(self) -> None:
        for thread in self._threads:
            thread.join(GRACE_SECONDS)


def lines(reader: BinaryIO) -> Iterator[bytes]:
    """The lines that come in, without empty ones; of one that is too long no more than shows that it is."""
    while line := reader.readline(LONGEST_MESSAGE + 2):
        rest = line
        while not rest.endswith(b"\n") and len(rest) > LONGEST_MESSAGE:
            rest = reader.readline(LONGEST_MESSAGE + 2)  # to be forgotten
        if line := line.strip():
            yield line


def _refuse_long() -> Message:
    raise Refused(INVALID_REQUEST, f"A message may have at most {LONGEST_MESSAGE} bytes.")
