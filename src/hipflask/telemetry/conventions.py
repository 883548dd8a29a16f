"""What we tell of a span, in the words that OpenTelemetry's users know: its semantic conventions.

    kind "request", name "GET /on/<base>", facts {"status": 200}
    → http.request.method "GET", http.route "/on/<base>", http.response.status_code 200, of a server

What the conventions have no word for is called `hipflask.…`. Facts alone are read here: a span's values stay in the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .figures import Figure
from .told import Told

LONGEST = 2000  # characters of one attribute; a statement that a program has put together may be any length
MOST_ITEMS = 32

Attributes = dict[str, Any]

SERVER, CLIENT, CONSUMER, INTERNAL = "SERVER", "CLIENT", "CONSUMER", "INTERNAL"
_SIDES = {
    "request": SERVER,
    "intent": SERVER,
    "tool": SERVER,
    "message": CONSUMER,
    "statement": CLIENT,
    "push": CLIENT,
    "checkpoint": CLIENT,
    "download": CLIENT,
}
# These say what they are by themselves; any other's kind stands before its name.
_TELLING = frozenset({"event", "request", "statement", "commit", "frame", "push", "checkpoint", "download"})

# What a fact is called, for spans of one kind and for all of them.
_OF_KIND: dict[str, dict[str, str]] = {
    "request": {
        "status": "http.response.status_code",
        "method": "http.request.method",
        "route": "http.route",
        "bytes": "http.response.body.size",
    },
    "statement": {
        "sql": "db.query.text",
        "rows": "db.response.returned_rows",
        "many": "db.operation.batch.size",
    },
    "message": {
        "destination": "messaging.destination.name",
        "count": "messaging.batch.message_count",
    },
}


def side(span: Told) -> str:
    """Who is whose client: the name of an OpenTelemetry SpanKind."""
    return SERVER if span.kind.startswith("hub ") else _SIDES.get(span.kind, INTERNAL)


def title(span: Told) -> str:
    """The span's name for who reads it without its kind."""
    is_telling = span.kind in _TELLING or span.kind == span.name
    return span.name if is_telling else f"{span.kind} {span.name}"


def attributes(span: Told) -> Attributes:
    """What is told of the span."""
    told: Attributes = {"hipflask.kind": span.kind}
    if span.session:
        told["hipflask.session"] = span.session
    told |= of_name(span.kind, span.name)
    words = _OF_KIND.get(span.kind, {})
    for name, value in span.facts.items():
        if name == "place":
            told |= _place(value)
        elif name == "system" and span.kind in ("statement", "message"):
            told["db.system.name" if span.kind == "statement" else "messaging.system"] = plain(value)
        else:
            told[words.get(name, f"hipflask.{name}")] = plain(value)
    if span.error is not None:
        told["error.type"] = type_name(span.error)
    if span.causes:
        told["hipflask.causes"] = [f"{cause.kind} {cause.what}"[:LONGEST] for cause in span.causes]
    return told


def of_name(kind: str, name: str) -> Attributes:
    """What the name of a span says."""
    first, _, rest = name.partition(" ")
    match kind:
        case "request":
            return {"http.request.method": first, "http.route": rest} if rest else {}
        case "statement":
            table = {"db.collection.name": rest} if rest else {}
            return {"db.system.name": "sqlite", "db.operation.name": first, **table}
        case "message":
            return {"messaging.operation.type": "process", "messaging.operation.name": name}
        case "tool":
            return {"mcp.method.name": "tools/call", "gen_ai.tool.name": name}
        case "schedule":
            return {"faas.trigger": "timer", "code.function.name": name}
        case "handler" | "task" | "draw":
            return {"code.function.name": name}
        case _ if kind.startswith("hub "):
            return {"rpc.system.name": "hipflask", "rpc.method": kind}
    return {}


def of_key(of: Figure) -> Attributes:
    """What a figure is about, where the conventions have no words for it."""
    return {"hipflask.kind": of.kind, "hipflask.name": of.name}


def plain(value: Any) -> Any:
    """A fact as an attribute; of what is neither number nor text nor made of these, its type alone."""
    if isinstance(value, bool | int | float):
        return value if not isinstance(value, int) or -(2**63) <= value < 2**63 else str(value)
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, Mapping):
        return [f"{plain(key)}: {plain(item)}"[:LONGEST] for key, item in _few(value.items())]
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [str(plain(item))[:LONGEST] for item in _few(value)]
    return "" if value is None else type(value).__name__


def type_name(kind: type) -> str:
    """The name of a class, as `exception.type` has it."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _place(value: Any) -> Attributes:
    """`orders.py:12` as file and line."""
    file, _, line = str(value).rpartition(":")
    if file and line.isdecimal():
        return {"code.file.path": file, "code.line.number": int(line)}
    return {"code.file.path": str(value)[:LONGEST]}


def _few(items: Any) -> Iterator[Any]:
    for number, item in enumerate(items):
        if number == MOST_ITEMS:
            return
        yield item
