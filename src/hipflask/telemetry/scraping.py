"""The port on which Prometheus, or whoever else, fetches a process's figures: `--metrics 9464`, `--metrics 0.0.0.0:9464`.

with serving("9464") as address:        http://127.0.0.1:9464/metrics
    …

It is one of its own, apart from that of the app or the hub: what is for those who look after a program is not for those who use it.
"""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from ..core.errors import UsageError
from .figures import follow, leave
from .prometheus import Page

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PATH = "/metrics"
PATIENCE = 3.0  # seconds for each piece of a request, and of its answer
MOST_AT_ONCE = 8  # connections; for one more the oldest is cut
LOOK_SECONDS = 0.05  # in which it notices that it is to end
_HOST = re.compile(r"(\[[^]]*]|[^:]*)(:\d*)?")


def address_of(words: str) -> tuple[str, int]:
    """The host and port that somebody has written; raises UsageError."""
    host, _, port = words.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or LOOPBACK[0]
    if not (port.isascii() and port.isdecimal() and int(port) < 65_536):
        raise UsageError(
            f"--metrics names a port, or an address and a port, as in 9464 or 0.0.0.0:9464; got {words!r}."
        )
    return host, int(port)


@contextmanager
def serving(words: str, most_ports: int = 1) -> Iterator[str]:
    """Answer with this process's figures for as long as the block lasts; gives the page's address.

    Of several processes that were told the same, each takes the next of so many ports.
    """
    host, port = address_of(words)
    page = Page(follow())
    try:
        server = _listening(host, port, most_ports, page)
        thread = Thread(
            target=server.serve_forever, args=(LOOK_SECONDS,), name="hipflask-metrics", daemon=True
        )
        thread.start()
        try:
            yield server.address
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
    finally:
        leave()


def _listening(host: str, first: int, most: int, page: Page) -> _Server:
    for port in range(first, min(first + most, 65_536)):
        try:
            return _Server(host, port, page)
        except OSError as error:
            last = error
    raise UsageError(
        f"No figures can be had at {host}:{first}: {last.strerror or last}. Is another program using it? "
        "Choose another with --metrics, or --metrics 0 for any free one."
    ) from last


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, page: Page) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)
        self.page = page
        self.is_loopback = host in LOOPBACK
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}{PATH}"
        self._open: dict[socket.socket, None] = {}
        self._lock = Lock()

    def server_bind(self) -> None:
        """As a TCP server does: the library's own asks the name service who we are, which may take seconds."""
        if sys.platform != "win32":  # there it would let two programs share the port
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread; who does not get on with it makes room for others."""
        with self._lock:
            self._open[request] = None
            oldest = next(iter(self._open)) if len(self._open) > MOST_AT_ONCE else None
            if oldest is not None:
                del self._open[oldest]
        if oldest is not None:
            with suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """It is over."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever fetches may go whenever it likes."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE
    server_version, sys_version = "hipflask", ""

    def do_GET(self) -> None:
        """The page."""
        if not self._is_meant():
            self._answer(403, b"This address is for programs on this computer.\n")
        elif self.path.partition("?")[0] != PATH:
            self._answer(404, f"The figures are at {PATH}.\n".encode())
        else:
            self._answer(200, *self.server.page.text(self.headers.get("Accept", "")))

    def log_message(self, format: str, *args: Any) -> None:
        """Who fetches figures every few seconds fills no log."""

    def _is_meant(self) -> bool:
        """Whether it asks for us by our own name: a page in a browser reaches us by one that leads here, too."""
        named = _HOST.fullmatch(self.headers.get("Host", LOOPBACK[0]))
        is_own = named is not None and named[1].strip("[]").lower() in LOOPBACK
        return is_own or not self.server.is_loopback

    def _answer(self, status: int, body: bytes, media_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)
