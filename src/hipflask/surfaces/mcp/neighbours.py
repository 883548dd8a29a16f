"""The program whose window is open, and the process that an assistant has started: on one computer, of one person.

    window's process:       with attending(folder, protocol): …      whoever knows the key may talk to the protocol
    assistant's process:    relay(folder, messages, write)           carries messages there and back, until one side ends

Where to reach the window, and a key, stand in a file that its owner alone can read; the standard library's connections check that
both sides know the key (HMAC) before anything is heard. An empty message says that the assistant has nothing more to ask.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_bytes
from threading import Event, Thread
from typing import Any

from ..instance import write_for_owner
from .conversation import Conversation
from .protocol import Protocol
from .wire import LONGEST_MESSAGE

FILE = "assistants"
_END = b""
_GONE = (OSError, EOFError, ValueError)

log = logging.getLogger(__name__)


@contextmanager
def attending(folder: Path, protocol: Protocol) -> Iterator[None]:
    """Let assistants of this computer's person talk to the protocol."""
    from multiprocessing.connection import Listener

    key = token_bytes(32)
    over = Event()
    with Listener(authkey=key) as listener:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_for_owner(folder / FILE, {"address": listener.address, "key": key.hex()})
        thread = Thread(target=_accept, args=(listener, protocol, over), name="hipflask-mcp", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            # accept() ends in no other way. Apart from here: who has just turned somebody away, or waits for one who says nothing, answers nobody.
            Thread(target=_knock, args=(folder,), name="hipflask-mcp", daemon=True).start()
            thread.join(1.0)
            (folder / FILE).unlink(missing_ok=True)


def relay(folder: Path, messages: Iterable[bytes], write: Callable[[bytes], None]) -> bool:
    """Have the open program answer, until either side ends; False, and nothing read, if there is none that is open."""
    if not (folder / FILE).exists():
        return False
    try:
        connection = _connect(folder)
    except _GONE:  # it ended without being able to say so
        return False
    with connection:
        Thread(target=_send_all, args=(connection, messages), name="hipflask-relay", daemon=True).start()
        for message in _received(connection):
            write(message)
    return True


def _connect(folder: Path) -> Any:
    from multiprocessing import AuthenticationError
    from multiprocessing.connection import Client

    there = json.loads((folder / FILE).read_text())
    try:
        return Client(there["address"], authkey=bytes.fromhex(there["key"]))
    except AuthenticationError as error:
        raise OSError(str(error)) from None


def _knock(folder: Path) -> None:
    with suppress(*_GONE):
        _connect(folder).close()


def _send_all(connection: Any, messages: Iterable[bytes]) -> None:
    with suppress(*_GONE):
        for message in messages:
            connection.send_bytes(message)
        connection.send_bytes(_END)


def _accept(listener: Any, protocol: Protocol, over: Event) -> None:
    while not over.is_set():
        try:
            connection = listener.accept()
        except Exception as error:
            if not over.is_set():
                log.warning("Somebody who does not know this program's key asked for it: %r", error)
            continue
        Thread(target=_answer, args=(connection, protocol), name="hipflask-mcp", daemon=True).start()


def _answer(connection: Any, protocol: Protocol) -> None:
    def write(message: bytes) -> None:
        with suppress(*_GONE):
            connection.send_bytes(message)

    with connection:
        Conversation(protocol, write).follow(_received(connection))


def _received(connection: Any) -> Iterator[bytes]:
    """What comes in, until it ends; a message may be so much too long that it shows."""
    with suppress(*_GONE):
        while (message := connection.recv_bytes(2 * LONGEST_MESSAGE)) != _END:
            yield message
