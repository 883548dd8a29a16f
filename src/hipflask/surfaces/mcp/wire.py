"""Messages of the Model Context Protocol as bytes: JSON-RPC 2.0, and every name that travels.

    decode(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}')    -> Message("ping", {}, 1)
    decode(b'[]')                                               Refused: -32600, one message at a time

There are two eras. Up to 2025-11-25 a client begins with a handshake (`initialize`) and is known from then on. From 2026-07-28
on every request says in `_meta` which version it is written in, and nothing is remembered between two of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
STATELESS = ("2026-07-28",)

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NO_SUCH_RESOURCE = -32002  # until 2025-11-25; INVALID_PARAMS since
HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022

META = "_meta"
VERSION = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
CLIENT = "io.modelcontextprotocol/clientInfo"
LOG_LEVEL = "io.modelcontextprotocol/logLevel"
SERVER = "io.modelcontextprotocol/serverInfo"
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"

LONGEST_MESSAGE = 4 * 1024 * 1024

Id = int | str
Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or a notification if it has no id."""

    method: str
    params: Params = field(default_factory=dict)
    id: Id | None = None

    @property
    def meta(self) -> Params:
        """What the client says of the request itself."""
        meta = self.params.get(META)
        if meta is not None and not isinstance(meta, dict):
            raise Refused(INVALID_PARAMS, "_meta: expected an object.")
        return meta or {}


class Refused(Exception):
    """A message that is answered with an error of the protocol; the sentence is for whoever wrote the client."""

    def __init__(self, code: int, sentence: str, data: Any = None, id: Id | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.data = data
        self.id = id


def decode(data: bytes) -> Message | None:
    """One message; None for an answer, since we ask nothing. Raises Refused."""
    try:
        read = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        raise Refused(PARSE_ERROR, "This is not JSON, or nested too deeply.") from None
    if not isinstance(read, dict):
        raise Refused(INVALID_REQUEST, "Send one message at a time: a JSON object.")
    if "method" not in read and ("result" in read or "error" in read):
        return None
    return _message(read)


def _message(read: dict[str, Any]) -> Message:
    id = read.get("id")
    if "id" in read and (isinstance(id, bool) or not isinstance(id, int | str)):
        raise Refused(INVALID_REQUEST, "id: expected text or a whole number.")
    method, params = read.get("method"), read.get("params")
    if read.get("jsonrpc") != "2.0" or not isinstance(method, str):
        raise Refused(INVALID_REQUEST, 'Expected {"jsonrpc": "2.0", "method": "…"}.', id=id)
    if params is not None and not isinstance(params, dict):
        raise Refused(INVALID_PARAMS, "params: expected an object.", id=id)
    return Message(method, params or {}, id)


def result(id: Id, content: Params) -> Params:
    """An answer."""
    return {"jsonrpc": "2.0", "id": id, "result": content}


def error(refused: Refused, id: Id | None = None) -> Params:
    """An answer that says what is wrong with the question."""
    told = {"code": refused.code, "message": refused.sentence}
    if refused.data is not None:
        told["data"] = refused.data
    return {"jsonrpc": "2.0", "id": refused.id if id is None else id, "error": told}


def notification(method: str, params: Params) -> Params:
    """Something that is told without having been asked."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def encode(message: Params) -> bytes:
    """A message as one line of JSON; of half a letter, which no UTF-8 has, a question mark."""
    try:
        return msgspec.json.encode(message)
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(message))


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list | tuple) else value
