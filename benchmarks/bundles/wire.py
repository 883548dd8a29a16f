"""A folder served over HTTP on loopback, where every byte that leaves is counted.

with Wire(folder) as wire:
    …                       somebody reads http://127.0.0.1:<port>/
wire.content, wire.heads    the bytes of what was asked for, and of the lines of HTTP before it
"""

from __future__ import annotations

import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import IO, Any


class Wire:
    """One folder, at `url`; the port stays the same from one `with` to the next."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.content = self.heads = 0
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(_Counting, wire=self, directory=str(folder))
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Wire:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def forget(self) -> None:
        """Count from nothing again."""
        self.content = self.heads = 0
        self.paths.clear()


class _Counting(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, wire: Wire, **options: Any) -> None:
        self.wire = wire
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        self.wire.paths.append(self.path)
        super().do_GET()

    def flush_headers(self) -> None:
        self.wire.heads += sum(map(len, getattr(self, "_headers_buffer", ())))
        super().flush_headers()

    def copyfile(self, source: IO[bytes], outputfile: IO[bytes]) -> None:  # type: ignore[override]
        content = source.read()
        self.wire.content += len(content)
        outputfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """As short as web servers usually are, of which nothing is to be found: Python's own explains itself at length."""
        body = f"<html><head><title>{code}</title></head><body><center><h1>{code}</h1></center></body></html>\n".encode()
        self.wire.content += len(body)
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""
