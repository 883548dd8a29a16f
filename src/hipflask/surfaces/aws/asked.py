"""One HTTP request, as any of the gateways before a function tells of it; and what it becomes for WSGI.

A gateway's codec reads its own event into an `Asked`, which has no trace of where it came from. Texts are as WSGI has them: bytes as
text, one letter each.
"""

from __future__ import annotations

import io
import sys
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

Pairs = Iterable[tuple[str, str]]

# In the WSGI environment, where no header can put them.
EVENT, CONTEXT = "hipflask.aws.event", "hipflask.aws.context"


@dataclass(slots=True)
class Asked:
    """One HTTP request; `headers` as they came, `script` what stands before the path in public, such as a stage."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    client: str  # the address that the gateway itself has seen
    server: str = "localhost"
    script: str = ""

    def environ(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:
        """What WSGI says of it (PEP 3333)."""
        said: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": self.script,
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SERVER_NAME": self.server,
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
        }
        for name, value in self.headers:
            variable = _variable(name)
            if variable is None:
                continue
            said[variable] = f"{said[variable]},{value}" if variable in said else value
        # What the gateways write themselves: the last word is theirs, whatever was sent.
        if said.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip() == "http":
            said["wsgi.url_scheme"], said["SERVER_PORT"] = "http", "80"
        said["CONTENT_LENGTH"] = str(
            len(self.body)
        )  # it has arrived as a whole, so nothing else could be true
        return said


def body_of(event: Mapping[str, Any]) -> bytes:
    """What was sent, decoded."""
    body = event.get("body") or ""
    return b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()


def as_wsgi(text: str) -> str:
    """Bytes as text, one letter each, as WSGI has it."""
    return text if text.isascii() else text.encode().decode("latin-1")


def unquoted(path: str) -> str:
    """A path that came percent-encoded."""
    return unquote(path, "latin-1") if "%" in path else as_wsgi(path)


@lru_cache(256)
def _variable(name: str) -> str | None:
    """What WSGI calls a header; None for one that is not passed on: X_User would pass for X-User, which a proxy may have vouched for."""
    if "_" in name:
        return None
    variable = as_wsgi(name).upper().replace("-", "_")
    return variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"
