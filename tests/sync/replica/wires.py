"""A network between a device and its hub, which a test cuts, slows down, or puts a hotel's sign-in page into."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from typing import Literal

Way = Literal["open", "cut", "silent", "portal", "redirect", "no sockets", "slow"]

PORTAL_PAGE = b"<html><h1>Welcome to the Hotel Bolt</h1>Room number?</html>"
SLOW_BYTES_PER_SECOND = 200_000


class Wire:
    """A port that leads to another one, in one of several ways."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.way: Way = "open"
        self.leads_to = 0  # the port that a redirection names
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._is_closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def be(self, way: Way) -> None:
        """From now on; what is connected is broken off, and where the way is silent hears nothing more."""
        self.way = way
        if way != "silent":
            self.break_off()

    def break_off(self) -> None:
        """Every connection breaks."""
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Nobody listens any more."""
        self._is_closed = True
        self._listener.close()
        self.break_off()

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._lead, args=(near,), daemon=True).start()

    def _lead(self, near: socket.socket) -> None:
        with near:
            self._open.add(near)
            try:
                if self.way == "cut":
                    return
                first = near.recv(65_536)
                is_upgrade = b"upgrade: websocket" in first.lower()
                if self.way == "portal":
                    _answer(near, b"200 OK", PORTAL_PAGE)
                elif self.way == "redirect":
                    _answer(
                        near,
                        f"302 Found\r\nLocation: ws://127.0.0.1:{self.leads_to}/sync".encode(),
                        b"There.",
                    )
                elif self.way == "no sockets" and is_upgrade:
                    _answer(near, b"400 Bad Request", b"This proxy knows no upgrades.")
                else:
                    with socket.create_connection(("127.0.0.1", self.target)) as far:
                        self._open.add(far)
                        far.sendall(first)
                        self._forward(near, far)
                        self._open.discard(far)
            except OSError:
                pass
            finally:
                self._open.discard(near)

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in ready.select(1.0):
                    if self.way == "silent":
                        time.sleep(0.05)
                        continue
                    data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                    if not data:
                        return
                    if self.way == "slow":
                        time.sleep(len(data) / SLOW_BYTES_PER_SECOND)
                    key.data.sendall(data)


def _answer(near: socket.socket, status: bytes, page: bytes) -> None:
    near.sendall(
        b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: "
        + str(len(page)).encode() + b"\r\n\r\n" + page
    )  # fmt: skip
