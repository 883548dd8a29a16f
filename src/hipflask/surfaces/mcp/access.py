"""Who may talk to `/mcp`: what is looked at before a message is read.

* `Host` is a name of this computer, the one by which a gateway has found this app, or one of TRUSTED_HOSTS: a page elsewhere could
  otherwise reach us under a name of its own (DNS rebinding).
* `Origin`, where a browser sends one, is this server, or one of MCP_ORIGINS.
* A bearer token that the app's function MCP_VERIFY knows; under `hipflask serve`, where the app has none, the one that is printed.
  Nobody is let in without, except in debug and in tests, or where the app says MCP_PUBLIC.

Plain functions of headers and configuration; `http.py` does what they say.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.sansio.utils import host_is_trusted

from ..doors import SERVE_TOKEN, doors_of
from .paths import PATH

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

Verify = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Denied:
    """Not let in."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Granted:
    """Let in: `who` is what the app's function has said of the token."""

    who: object = None


def check(
    headers: Headers, config: Mapping[str, Any], *, is_trying: bool, gateway: str = ""
) -> Granted | Denied:
    """Whether this request may go on; `is_trying` in debug and in tests, `gateway` the name by which one has found this app."""
    host, origin = headers.get("Host", ""), headers.get("Origin")
    if not (gateway and host == gateway) and not _is_ours(host, config.get("TRUSTED_HOSTS")):
        return Denied(
            421, f"This server is not called {host!r}. Its TRUSTED_HOSTS name those that it answers to."
        )
    if origin is not None and not _is_known(origin, host, config.get("MCP_ORIGINS", ())):
        return Denied(403, f"Pages of {origin} may not talk to this program.")
    return _bearer(headers.get("Authorization", ""), config, is_trying)


def token_of(app: Flask) -> str | None:
    """The token to be told to whoever runs `hipflask serve`; None if the app has no tools, or knows itself who may."""
    serve_token: str | None = app.config.get(SERVE_TOKEN)
    if serve_token is None or PATH not in doors_of(app) or app.config.get("MCP_VERIFY") is not None:
        return None
    return assistants_token(serve_token)


def invitation(host: str, port: int, token: str) -> str:
    """What to tell an assistant of a server that somebody runs on their own computer."""
    name = {"::1": "[::1]"}.get(host, host)
    return f"Assistants: http://{name}:{port}{PATH}, with the header\n  Authorization: Bearer {token}"


def assistants_token(serve_token: str) -> str:
    """The token for assistants that belongs to a token of `hipflask serve`; neither tells the other."""
    return hmac.digest(serve_token.encode(), b"hipflask assistants", "sha256").hex()


def _bearer(authorization: str, config: Mapping[str, Any], is_trying: bool) -> Granted | Denied:
    verify = _verifier(config)
    if verify is None:
        if is_trying or config.get("MCP_PUBLIC", False):
            return Granted()
        return Denied(
            401, "This program lets no assistant in yet. Its MCP_VERIFY is the function that knows who may."
        )
    scheme, _, token = authorization.partition(" ")
    who = verify(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    return Granted(who) if who else Denied(401, "Send a token that is known here: Authorization: Bearer …")


def _verifier(config: Mapping[str, Any]) -> Verify | None:
    given: Verify | None = config.get("MCP_VERIFY")
    serve_token: str | None = config.get(SERVE_TOKEN)
    if given is not None or serve_token is None:
        return given
    expected = assistants_token(serve_token).encode()
    return lambda token: hmac.compare_digest(token.encode(), expected)


def _is_ours(host: str, trusted: Any) -> bool:
    name = host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]
    return name in LOOPBACK or bool(trusted and host_is_trusted(host, trusted))


def _is_known(origin: str, host: str, others: Any) -> bool:
    scheme, _, rest = origin.partition("://")
    return (scheme in ("http", "https") and rest == host) or origin in others
