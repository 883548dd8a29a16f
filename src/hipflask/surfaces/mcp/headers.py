"""What a request of the stateless era says in its headers once more, and has to say as its body does.

Whoever stands between may decide by the headers, so a request that says one thing there and another in its body is refused.
"""

from __future__ import annotations

import re
from base64 import b64decode

from werkzeug.datastructures import Headers

from .wire import HEADER_MISMATCH, VERSION, Message, Refused

VERSION_HEADER = "MCP-Protocol-Version"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_CODED = re.compile(r"=\?base64\?(.*)\?=")


def check(message: Message, headers: Headers) -> None:
    """Raise Refused unless the headers say what the body does."""
    expected = {VERSION_HEADER: message.meta.get(VERSION), "Mcp-Method": message.method}
    if message.method in _NAMED:
        expected["Mcp-Name"] = message.params.get(_NAMED[message.method])
    for name, value in expected.items():
        said = _decoded(headers.get(name)) if name == "Mcp-Name" else headers.get(name)
        if said is None or said != value:
            raise Refused(HEADER_MISMATCH, f"{name}: expected {value!r} as in the body, got {said!r}.")


def _decoded(value: str | None) -> str | None:
    """A header's value; one that plain letters cannot say is written in base64."""
    coded = _CODED.fullmatch(value) if value is not None else None
    if coded is None:
        return value
    try:
        return b64decode(coded[1], validate=True).decode()
    except ValueError:
        return None
