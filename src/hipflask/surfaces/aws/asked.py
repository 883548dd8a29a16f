"""One HTTP request, as any of the gateways before a function tells of it; and what it becomes for WSGI.

A gateway's codec reads its own event into an `Asked`, which has no trace of where it came from. Texts are as WSGI has them: bytes as
text, one letter each.
"""

from __future__ import annotations

import io
import sys
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from ..environ import HOST, NO_WINDOWS

# Where an app finds what Lambda was called with: `request.environ["hipflask.aws.event"]`.
EVENT, CONTEXT = "hipflask.aws.event", "hipflask.aws.context"

_NO_WINDOWS = (
    "This is a live window, which needs a connection that stays open, and AWS Lambda answers one request at a time. "
    "Start the program with `hipflask run` or `hipflask serve` to open it."
)


class Asked:  # no dataclass: of a cold start, making three of those takes as long as the first request
    """One HTTP request; `headers` as they came, `script` what stands before the path in public, such as a stage."""

    __slots__ = ("body", "client", "domain", "headers", "method", "path", "query", "script")

    def __init__(
        self,
        method: str,
        path: str,
        query: str,
        headers: list[tuple[str, str]],
        body: bytes,
        client: str,
        domain: str = "",
        script: str = "",
    ) -> None:
        """`client` is the address that the gateway itself has seen, `domain` the name by which it was asked, empty if it does not say."""
        self.method, self.path, self.query, self.script = method, path, query, script
        self.headers, self.body = headers, body
        self.client, self.domain = client, domain

    def environ(self, event: object, context: object) -> dict[str, Any]:
        """What WSGI says of it (PEP 3333)."""
        said: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": self.script,
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SERVER_NAME": self.domain or "localhost",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.client,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            EVENT: event,
            CONTEXT: context,
            HOST: self.domain,
            NO_WINDOWS: _NO_WINDOWS,
        }
        for name, value in self.headers:
            if (variable := _variable(name)) is not None:
                between = "; " if variable == "HTTP_COOKIE" else ","  # HTTP/2 sends each cookie by itself
                said[variable] = f"{said[variable]}{between}{value}" if variable in said else value
        # The gateways put this themselves, and last.
        if said.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip() == "http":
            said["wsgi.url_scheme"], said["SERVER_PORT"] = "http", "80"
        # The body has arrived as a whole, so nothing else could be true.
        said["CONTENT_LENGTH"] = str(len(self.body))
        return said


def pairs(headers: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Headers of which each has one value."""
    return [(as_wsgi(name), as_wsgi(value)) for name, value in (headers or {}).items()]


def body_of(event: Mapping[str, Any]) -> bytes:
    """What was sent, decoded."""
    body = event.get("body") or ""
    return b64decode(body, validate=True) if event.get("isBase64Encoded") else bytes(body.encode())


def as_wsgi(text: str) -> str:
    """Bytes as text, one letter each, as WSGI has it."""
    return text if text.isascii() else text.encode().decode("latin-1")


def unquoted(path: str) -> str:
    """A path that came percent-encoded."""
    return unquote(as_wsgi(path), "latin-1") if "%" in path else as_wsgi(path)


@lru_cache(256)
def _variable(name: str) -> str | None:
    """What WSGI calls a header; None for one that is not passed on: X_User would pass for X-User, which a proxy may have vouched for."""
    if "_" in name:
        return None
    variable = name.upper().replace("-", "_")
    return variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"
