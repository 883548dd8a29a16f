"""Parts of messages, as they have to be; each raises Refused with a sentence for whoever wrote the client."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from .wire import INVALID_PARAMS, Params, Refused


def position(cursor: object, end: int) -> int:
    """Where a list goes on; raises Refused for a cursor that we have not given."""
    if cursor is None:
        return 0
    digits = isinstance(cursor, str) and cursor.isascii() and cursor.isdigit() and len(cursor) < 10
    if not digits or int(str(cursor)) >= end:
        raise Refused(INVALID_PARAMS, f"cursor: expected one that a list has ended with, got {cursor!r}.")
    return int(str(cursor))


def text(params: Params, name: str) -> str:
    """A parameter that has to be text."""
    value = params.get(name)
    if not isinstance(value, str):
        raise Refused(INVALID_PARAMS, f"{name}: expected text.")
    return value


def arguments(params: Params) -> Params:
    """The arguments of a call."""
    given = params.get("arguments")
    if given is not None and not isinstance(given, dict):
        raise Refused(INVALID_PARAMS, "arguments: expected an object.")
    return given or {}


def named(kind: str, entries: Mapping[str, Any], params: Params, key: str = "name") -> Any:
    """The entry that a parameter names."""
    name = text(params, key)
    if name not in entries:
        near = difflib.get_close_matches(name, entries, n=1)
        raise Refused(
            INVALID_PARAMS,
            f"There is no {kind} {name!r}." + (f" Did you mean {near[0]!r}?" if near else ""),
        )
    return entries[name]
