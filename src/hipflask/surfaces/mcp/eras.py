"""Which rules a request is to be answered by: those of its own `_meta`, or of the handshake that came before it."""

from __future__ import annotations

from dataclasses import dataclass

from .calls import LEVELS, Client
from .wire import (
    CAPABILITIES,
    INVALID_PARAMS,
    LOG_LEVEL,
    UNSUPPORTED_VERSION,
    VERSION,
    Message,
    Params,
    Refused,
)
from .wire import HANDSHAKE as HANDSHAKE_VERSIONS
from .wire import STATELESS as STATELESS_VERSIONS

HANDSHAKE, STATELESS = "handshake", "stateless"
_BEFORE_THE_HANDSHAKE = ("initialize", "ping")


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules for one request."""

    era: str
    version: str
    log_level: str | None


def terms(message: Message, client: Client) -> Terms:
    """The rules for a request; raises Refused where it does not say enough."""
    meta = message.meta
    if "progressToken" in meta and (
        isinstance(meta["progressToken"], bool) or not isinstance(meta["progressToken"], int | str)
    ):
        raise Refused(INVALID_PARAMS, "progressToken: expected text or a whole number.")
    if VERSION in meta:
        return _stateless(meta)
    if client.version is None and message.method not in _BEFORE_THE_HANDSHAKE:
        raise Refused(
            INVALID_PARAMS,
            f"Begin with initialize ({HANDSHAKE_VERSIONS[0]}), or say in _meta by {VERSION!r} and {CAPABILITIES!r} which "
            f"version this is ({STATELESS_VERSIONS[0]}).",
        )
    return Terms(HANDSHAKE, client.version or HANDSHAKE_VERSIONS[0], client.log_level)


def _stateless(meta: Params) -> Terms:
    version, level = meta[VERSION], meta.get(LOG_LEVEL)
    if not isinstance(version, str):
        raise Refused(INVALID_PARAMS, f"_meta: expected {VERSION!r} to be text.")
    if version not in STATELESS_VERSIONS:
        supported = [*STATELESS_VERSIONS, *HANDSHAKE_VERSIONS]
        data = {"supported": supported, "requested": version}
        raise Refused(UNSUPPORTED_VERSION, "Unsupported protocol version", data)
    if not isinstance(meta.get(CAPABILITIES), dict):
        raise Refused(INVALID_PARAMS, f"_meta: expected {CAPABILITIES!r} to be an object.")
    if level is not None and level not in LEVELS:
        raise Refused(INVALID_PARAMS, f"_meta: expected {LOG_LEVEL!r} to be one of {', '.join(LEVELS)}.")
    return Terms(STATELESS, version, level)
