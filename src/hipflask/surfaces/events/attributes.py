"""DynamoDB's values as plain ones, and nothing lost on the way.

    {"id": {"N": "7"}, "tags": {"SS": ["a"]}}   ->   {"id": 7, "tags": {"a"}}

Whole numbers become `int`, others `Decimal`: DynamoDB has 38 digits, which a float does not hold.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

_MOST_DIGITS = 38
_WHOLE = re.compile(r"-?[0-9]{1,38}")
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,140})?([eE][+-]?[0-9]{1,3})?")


def plain_item(item: Any) -> dict[str, Any] | None:
    """An item, or its keys; raises ValueError for what is none."""
    if item is None:
        return None
    if type(item) is not dict:
        raise ValueError(
            f"an item of DynamoDB has names and values, and this is of type {type(item).__name__}"
        )
    return {name: plain(value) for name, value in item.items()}


def plain(value: Any) -> Any:
    """One value; raises ValueError for what is none."""
    if type(value) is not dict or len(value) != 1:
        raise ValueError("a value of DynamoDB names its one type, as {'S': 'text'}")
    ((kind, inner),) = value.items()
    try:
        return _READERS[kind](inner)
    except KeyError:
        raise ValueError(f"{kind!r} is no type of DynamoDB") from None
    except (TypeError, ArithmeticError, AttributeError):
        raise ValueError(f"a value that is no {kind} of DynamoDB") from None


def _text(inner: Any) -> str:
    if not isinstance(inner, str):
        raise TypeError
    return inner


def _number(inner: Any) -> int | Decimal:
    if inner.isdecimal() and inner.isascii() and len(inner) <= _MOST_DIGITS:
        return int(inner)
    if not _NUMBER.fullmatch(_text(inner)):
        raise ValueError("a number of DynamoDB that is none")
    return int(inner) if _WHOLE.fullmatch(inner) else Decimal(inner)


def _truth(inner: Any) -> bool:
    if not isinstance(inner, bool):
        raise TypeError
    return inner


def _bytes(inner: Any) -> bytes:
    return base64.b64decode(_text(inner), validate=True)


def _list(inner: Any) -> list[Any]:
    return [*map(plain, _several(inner))]


def _several(inner: Any) -> list[Any]:
    if not isinstance(inner, list):
        raise TypeError
    return inner


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "S": _text,
    "N": _number,
    "BOOL": _truth,
    "NULL": lambda inner: None,
    "B": _bytes,
    "M": plain_item,
    "L": _list,
    "SS": lambda inner: {*map(_text, _several(inner))},
    "NS": lambda inner: {*map(_number, _several(inner))},
    "BS": lambda inner: {*map(_bytes, _several(inner))},
}
