"""The way between the inspector and the processes that it looks into: where it is, who may use it, and how messages are parted.

    HIPFLASK_INSPECT=KEY@/tmp/hipflask-inspect-x1y2            in the environment of a program that may be looked into
    /tmp/hipflask-inspect-x1y2/4711.sock                       one socket for each of its processes

The folder belongs to its owner alone. Where there are no sockets in folders each process answers on the loopback address, and
its file says at which port. Either way both sides prove that they know the key (HMAC over a number of the other's, compared in
constant time) before anything is heard; the key itself never travels. Messages are bytes, with their length before them.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .records import Unanswered

VARIABLE = "HIPFLASK_INSPECT"
HAS_FOLDER_SOCKETS = hasattr(socket, "AF_UNIX")
LONGEST_QUESTION = 1 << 18
LONGEST_ANSWER = 1 << 27
GREETING_SECONDS = 5.0
IDLE_SECONDS = 120.0  # a line on which nobody says anything, or takes what is said, is hung up

_LONGEST_PATH = 100  # of a socket; systems take a little more
_NUMBER_BYTES = 32
_FROM_INSPECTOR, _FROM_AGENT = b"inspector", b"agent"


class Refused(Exception):
    """The other side does not know the key, or says what makes no sense."""


@dataclass(frozen=True)
class Address:
    """Where the processes of one program can be looked into, and the key to them."""

    key: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.key}@{self.folder}"

    def __repr__(self) -> str:
        return f"Address({str(self.folder)!r})"  # the key is for nobody's log

    def doors(self) -> Iterator[tuple[int, Path]]:
        """The processes that have a door here, newest first, whether they still run or not."""
        try:
            found = [
                (file.stat().st_mtime_ns, file) for file in self.folder.iterdir() if file.stem.isdecimal()
            ]
        except OSError:  # the folder is gone, or a door while it was looked at
            return
        for _, file in sorted(found, reverse=True):
            yield int(file.stem), file


def new_address() -> Address:
    """A folder that is its owner's alone, and a key."""
    return Address(secrets.token_urlsafe(24), Path(tempfile.mkdtemp(prefix="hipflask-inspect-")))


def parse_address(text: str) -> Address:
    """What stands in the environment; raises Unanswered if it is none, or if others could reach it."""
    key, at, folder = text.partition("@")
    if not (at and key and os.path.isabs(folder) and os.path.isdir(folder)):
        raise Unanswered(f"{VARIABLE} has to be KEY@FOLDER, as `hipflask run --inspect` sets it.")
    if HAS_FOLDER_SOCKETS and not _is_private(Path(folder)):
        raise Unanswered(
            f"{folder} can be reached by others than you. Only a folder of your own (mode 0700) will do."
        )
    return Address(key, Path(folder))


def _is_private(folder: Path) -> bool:
    found = folder.stat()
    return found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077


def listen(address: Address) -> tuple[socket.socket, Path]:
    """A socket on which this process answers, and the file by which it is found."""
    file = address.folder / f"{os.getpid()}.sock"
    if HAS_FOLDER_SOCKETS and len(os.fsencode(file)) <= _LONGEST_PATH:
        file.unlink(missing_ok=True)  # of a process of the same number, long gone
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(file))
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        file = file.with_suffix(".port")
        file.write_text(str(listener.getsockname()[1]))
    listener.listen(64)
    return listener, file


def connect(address: Address, file: Path, seconds: float = GREETING_SECONDS) -> Line:
    """The line to one process; raises OSError if nobody answers, and Refused if it is somebody else."""
    is_in_folder = file.suffix == ".sock"
    place = str(file) if is_in_folder else ("127.0.0.1", int(file.read_text()))
    connection = socket.socket(socket.AF_UNIX if is_in_folder else socket.AF_INET)
    try:
        connection.settimeout(seconds)
        connection.connect(place)
        line = Line(connection, LONGEST_ANSWER)
        greet(line, address.key, _FROM_INSPECTOR, _FROM_AGENT)
    except BaseException:
        connection.close()
        raise
    return line


def welcome(connection: socket.socket, address: Address) -> Line:
    """The line to an inspector that has come; raises OSError or Refused if it does not prove that it is one."""
    connection.settimeout(GREETING_SECONDS)
    line = Line(connection, LONGEST_QUESTION)
    greet(line, address.key, _FROM_AGENT, _FROM_INSPECTOR)
    connection.settimeout(IDLE_SECONDS)
    return line


def greet(line: Line, key: str, mine: bytes, theirs: bytes) -> None:
    """Prove to the other side that the key is known here, and have it do the same."""
    number = secrets.token_bytes(_NUMBER_BYTES)
    line.send(number)
    line.send(_proof(key, mine, line.receive(_NUMBER_BYTES)))
    if not hmac.compare_digest(line.receive(_NUMBER_BYTES), _proof(key, theirs, number)):
        raise Refused("the other side does not know the key")


def _proof(key: str, who: bytes, number: bytes) -> bytes:
    return hmac.digest(key.encode(), who + number, "sha256")


class Line:
    """Messages in both directions; each is bytes, up to a length."""

    def __init__(self, connection: socket.socket, longest: int) -> None:
        self._connection = connection
        self._longest = longest

    def send(self, message: bytes) -> None:
        """Send a message whole."""
        self._connection.sendall(len(message).to_bytes(4, "big") + message)

    def receive(self, longest: int = 0) -> bytes:
        """The next one; raises EOFError when there is none any more, and Refused for one that is too long."""
        length = int.from_bytes(self._exactly(4), "big")
        if length > (longest or self._longest):
            raise Refused(f"a message of {length:,} bytes is too long")
        return self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        # It grows with what comes, not with what was announced.
        parts = bytearray()
        while len(parts) < length:
            part = self._connection.recv(min(length - len(parts), 1 << 16))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def wait_at_most(self, seconds: float | None) -> None:
        """Raise TimeoutError, an OSError, from now on when the other side takes longer."""
        self._connection.settimeout(seconds)

    def close(self) -> None:
        """Hang up; whoever waits on this line in another thread wakes."""
        with suppress(OSError):  # the other side was quicker
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
