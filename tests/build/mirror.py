"""A web server with files, and with the ways in which web servers fail."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Handler", bytes], None]


@dataclass
class Mirror:
    """Files by their names, how each is sent, and what was asked for: the name and from which byte on."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)


@contextmanager
def served() -> Iterator[Mirror]:
    """A mirror on this computer, until the end of `with`."""
    mirror = Mirror()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, mirror))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    mirror.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def __init__(self, mirror: Mirror, *rest: object) -> None:
        self.mirror = mirror
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        name = self.path.lstrip("/")
        self.mirror.asked.append((name, self.start))
        content = self.mirror.files.get(name)
        if content is None:
            self.send_error(404)
            return
        with contextlib.suppress(OSError):  # whoever asked has gone
            self.mirror.answers.get(name, whole)(self, content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @property
    def start(self) -> int:
        """From which byte on it is wanted."""
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))

    def begin(self, content: bytes, start: int) -> bytes:
        """Send the head of an answer, and return what is to follow."""
        if start >= len(content) > 0:
            self.send_error(416)
            return b""
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        return content[start:]


def whole(handler: Handler, content: bytes) -> None:
    """All that is asked for."""
    handler.wfile.write(handler.begin(content, handler.start))


def from_the_start(handler: Handler, content: bytes) -> None:
    """All of it, whatever part is asked for."""
    handler.wfile.write(handler.begin(content, 0))


def breaking_off(after: int) -> Answer:
    """So many bytes, and then the connection ends."""

    def answer(handler: Handler, content: bytes) -> None:
        handler.wfile.write(handler.begin(content, handler.start)[:after])

    return answer


def slowly(pieces: int, seconds: float) -> Answer:
    """All that is asked for, in pieces with a pause between them."""

    def answer(handler: Handler, content: bytes) -> None:
        rest = handler.begin(content, handler.start)
        size = max(1, len(rest) // pieces)
        for begin in range(0, len(rest), size):
            handler.wfile.write(rest[begin : begin + size])
            time.sleep(seconds)

    return answer


def silent(handler: Handler, content: bytes) -> None:
    """Half of it, and then nothing, while the connection stays open."""
    half = len(content) // 2
    handler.wfile.write(handler.begin(content, handler.start)[: half - handler.start])
    handler.wfile.flush()
    time.sleep(3)


def endless(handler: Handler, content: bytes) -> None:
    """The file, again and again, without end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(content)
