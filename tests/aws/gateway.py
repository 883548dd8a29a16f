"""A Function URL on this machine: HTTP in, events as AWS makes them to a function, its answers out."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Function = Callable[[dict[str, Any]], Any]

DOMAIN = "abcdef.lambda-url.eu-central-1.on.aws"


@contextmanager
def gateway(function: Function) -> Iterator[str]:
    """The address of a gateway before a function, for as long as it is needed."""
    server = _Server(("127.0.0.1", 0), _Requests)
    server.function = function
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def event_of(
    method: str, target: str, headers: list[tuple[str, str]], body: bytes = b"", domain: str = DOMAIN
) -> dict[str, Any]:
    """The event of one request: payload 2.0, as a Function URL sends it."""
    path, _, query = target.partition("?")
    cookies = [value for name, value in headers if name.lower() == "cookie"]
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name.lower(): value for name, value in headers if name.lower() != "cookie"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abcdef",
            "domainName": domain,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "routeKey": "$default",
            "stage": "$default",
        },
        "isBase64Encoded": bool(body),
    }
    if cookies:
        event["cookies"] = "; ".join(cookies).split("; ")
    if body:
        event["body"] = base64.b64encode(body).decode()
    return event


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    function: Function

    def handle_error(self, *_: object) -> None:
        """Whoever asked is told by the connection's end."""


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = [*self.headers.items(), ("X-Forwarded-Proto", "http")]
        told = self.server.function(event_of(self.command, self.path, headers, body))
        content = base64.b64decode(told["body"]) if told["isBase64Encoded"] else told["body"].encode()
        self.send_response(told["statusCode"])
        for name, value in told["headers"].items():
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        for cookie in told.get("cookies", ()):
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer

    def log_message(self, *_: object) -> None:
        """Nothing."""
