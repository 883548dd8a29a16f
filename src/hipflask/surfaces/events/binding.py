"""A record's body over a function's parameters.

    {"id": 7, "lines": [...]}   def take(id: int, lines: list[Line])     by name
                                def take(order: Order)                   all of it, for the only parameter
    any text at all             def take(line: str)                      as it is, for the only parameter
    {"id": 7}                   def take(id: int, message_id: str)       and what the record says beside its body

The body goes first: what it names itself is not what the record says beside it.

Most bodies are JSON objects that fit by name, and msgspec decodes those straight into the parameters' types. Whatever it refuses is
looked at again, slowly, by the rules of every other surface: those know what else may be meant, and how to say what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import convert
from msgspec.structs import asdict

from ...core.errors import MISSING, BindingError
from ...core.fault import storable
from ...core.hints import bare, is_object, members
from ...core.signature import Parameter
from .taking import Taking

Beside = Callable[[], Mapping[str, object]]

_NEEDS_NO_LOOK = (str, bool, int)  # msgspec itself sees to it that a whole number has 64 bits at most
_STORABLE_INT = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


@dataclass(frozen=True)
class Body:
    """Objects that fit by name, straight to keyword arguments; ValueError for all others, whatever they may be."""

    decode: Callable[[str | bytes], dict[str, Any]]
    convert: Callable[[object], dict[str, Any]]


def body_type(taking: Taking) -> Body | None:
    """The straight way for a function, None if it has none."""
    parameters = taking.plan.parameters
    if taking.needs_beside or taking.text is not None or (taking.sole is not None and _is_whole(taking.sole)):
        return None
    try:
        kind = msgspec.defstruct("Body", [_field(each) for each in parameters], kw_only=True)
        decode = msgspec.json.Decoder(kind).decode
    except (TypeError, ValueError, NameError):
        return None  # a hint that only the slow way knows
    if all(each.type in _NEEDS_NO_LOOK for each in parameters):
        return Body(lambda body: asdict(decode(body)), lambda data: asdict(convert(data, kind)))
    return Body(lambda body: _stored(asdict(decode(body))), lambda data: _stored(asdict(convert(data, kind))))


def _field(parameter: Parameter) -> Any:
    hint = _STORABLE_INT if parameter.type is int else parameter.type
    if parameter.required:
        return parameter.name, hint
    return parameter.name, hint, msgspec.field(default_factory=lambda: parameter.default)


def _is_whole(sole: Parameter) -> bool:
    """Whether the only parameter may be meant to have the whole object."""
    return sole.type is Any or any(map(is_object, members(sole.type)))


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    if not storable(values):
        raise ValueError("a number that no database holds")
    return values


def of_text(taking: Taking, body: str | bytes, beside: Beside) -> dict[str, Any]:
    """Keyword arguments from a body that is text; raises BindingError."""
    if not taking.plan.parameters:
        return {}
    try:
        content = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        content = MISSING
    return of_data(taking, content, beside, body)


def of_data(taking: Taking, content: object, beside: Beside, body: object = MISSING) -> dict[str, Any]:
    """Keyword arguments from JSON, or from the text that it came in where that is none; raises BindingError."""
    values = dict(beside()) if taking.needs_beside else {}
    if (text := taking.text) is not None and body is not MISSING:
        values[text.name] = _as(text, bare(text.only)[0], body)
    sole = taking.sole
    if isinstance(content, dict):
        values.update(content)
        if sole is not None and sole.name not in content and _is_whole(sole) and (content or sole.required):
            values[sole.name] = content
    elif sole is not None and (sole.required or content is not None):
        values[sole.name] = _whole(sole, content, body)
    elif content is not None:
        _refuse_nameless(taking, body if content is MISSING else content, values)
    return taking.plan.bind(values, text=False)


def _whole(sole: Parameter, content: object, body: object) -> object:
    """A body that is no object, for the only parameter."""
    only = bare(sole.only)[0]
    if body is not MISSING and only in (str, bytes):
        return _as(sole, only, body)
    if content is MISSING:
        raise BindingError(sole.name, body, f"{sole.expected}, written as JSON")
    return content


def _as(sole: Parameter, kind: type, body: Any) -> object:
    if kind is Any or isinstance(body, kind):
        return body
    try:
        return body.encode() if kind is bytes else body.decode()
    except UnicodeError:
        raise BindingError(sole.name, body, "text as UTF-8") from None


def _refuse_nameless(taking: Taking, body: object, values: Mapping[str, object]) -> None:
    """There is nothing by name, and no only parameter to have it all."""
    missing = [each.name for each in taking.plan.parameters if each.required and each.name not in values]
    if missing:
        raise BindingError("body", body, f"a JSON object with {', '.join(missing)}")
