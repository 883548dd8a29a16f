"""Where the hub is, and what goes wrong on the way to it, in words."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...core.errors import UsageError

PATH = "/sync"
SUBPROTOCOL = "hipflask.1"
# Every answer of a hub carries it; one without is somebody else's.
OURS = "Hipflask-Hub"

PORTAL = "Something else answered in the hub's place. Does this network want you to sign in to it first?"
_SCHEMES = {"https": True, "wss": True, "http": False, "ws": False}


@dataclass(frozen=True, slots=True)
class Address:
    """A hub's address, taken apart."""

    host: str
    port: int
    path: str
    is_secure: bool

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def authority(self) -> str:
        """Host and port, as they stand in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def socket_url(self) -> str:
        """Where its WebSocket is."""
        return f"{'wss' if self.is_secure else 'ws'}://{self.authority}{self.path}"

    @property
    def post_url(self) -> str:
        """Where messages are posted to."""
        return f"{'https' if self.is_secure else 'http'}://{self.authority}{self.path}"


def address_of(url: str) -> Address:
    """What HUB_URL says; raises UsageError, also where a token would travel in the open."""
    try:
        parts = urlsplit(url)
        is_secure, port = _SCHEMES[parts.scheme.lower()], parts.port
        if not parts.hostname or parts.query or parts.fragment or parts.username is not None:
            raise ValueError
    except (KeyError, ValueError):
        raise UsageError(
            f"HUB_URL takes the address of a hub, such as https://hub.example.com, got {url!r}."
        ) from None
    path = parts.path.rstrip("/").removesuffix(PATH) + PATH
    address = Address(parts.hostname, port or (443 if is_secure else 80), path, is_secure)
    if not is_secure and not address.is_loopback:
        raise UsageError(
            f"HUB_URL={url} would send the token in the open. Write https://{parts.netloc}, with a proxy that does TLS before the "
            "hub; without it only a hub on this computer is spoken to."
        )
    return address


class Unreachable(Exception):
    """The hub could not be spoken to; the message is for a person."""


class Answered(Exception):
    """An HTTP answer in place of a conversation: its status, its sentence, and whether it is the hub's."""

    def __init__(self, status: int, sentence: str, is_ours: bool, retry_after: float | None = None) -> None:
        super().__init__(sentence if is_ours else PORTAL)
        self.status = status
        self.is_ours = is_ours
        self.retry_after = retry_after


def in_words(error: Exception) -> str:
    """Why the hub cannot be reached."""
    match error:
        case Unreachable() | Answered():
            return str(error)
        case ssl.SSLCertVerificationError():
            return f"The hub's certificate cannot be trusted: {error.verify_message}."
        case ssl.SSLError():
            return f"No safe connection to the hub could be made: {error}."
        case socket.gaierror():
            return "There is no network, or nobody knows the hub's name."
        case TimeoutError():
            return "The hub does not answer."
        case OSError():
            return f"The hub cannot be reached: {error.strerror or error}."
        case _:
            return f"The connection to the hub has broken: {error}."


def seconds_of(retry_after: str | None) -> float | None:
    """A Retry-After header's seconds; None if it says none."""
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
