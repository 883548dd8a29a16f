"""ASGI, as much of it as the hub's server needs: its types, what was asked, and short answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

OURS = ("hipflask-hub", "1")  # by which a replica knows that no captive portal has answered


class Gone(Exception):
    """The other end is not there any more."""


@dataclass(frozen=True)
class Answer:
    """A short answer as a whole."""

    status: int
    body: bytes
    kind: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] | None = None

    @classmethod
    def sentence(cls, status: int, sentence: str, **headers: str) -> Answer:
        """One sentence for a person; the connection ends with it, so that nobody has to read what else was on its way."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, f"{sentence}\n".encode(), headers={"connection": "close", **named})

    async def send(self, send: Send, is_socket: bool = False) -> None:
        """Send it, to a request or instead of opening a socket."""
        kind = "websocket.http.response" if is_socket else "http.response"
        await begin(
            send,
            self.status,
            self.kind,
            {"content-length": str(len(self.body)), **(self.headers or {})},
            kind,
        )
        await send({"type": f"{kind}.body", "body": self.body})


async def begin(
    send: Send, status: int, media_type: str, headers: Mapping[str, str], kind: str = "http.response"
) -> None:
    """The head of an answer."""
    named = {OURS[0]: OURS[1], "content-type": media_type, "cache-control": "no-store", **headers}
    await send({"type": f"{kind}.start", "status": status, "headers": pairs(named)})


def pairs(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers that came, with names in lower case; of several of one name, joined as HTTP says."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def address_of(scope: Scope, headers: Mapping[str, str], is_behind_proxy: bool) -> str:
    """Where it comes from. A proxy adds the address that it sees at the end; all before it may be invented."""
    if is_behind_proxy and (forwarded := headers.get("x-forwarded-for")):
        return forwarded.rpartition(",")[2].strip()
    return scope["client"][0] if scope.get("client") else "?"
