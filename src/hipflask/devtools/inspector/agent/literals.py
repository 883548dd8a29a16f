"""Values that a person can write: as Python's literals or as JSON, and always of the type that is there already. Pure.

written(5)               "5"
read("7", 5)             7
read("'seven'", 5)       ValueError: This is a number (int), such as 5. 'seven' is a text (str).
"""

from __future__ import annotations

import ast
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec

from .secret import masked_text
from .shorten import cut

LONGEST_TEXT = 4_000
_MOST_ITEMS = 1_000
_DEEPEST = 12
_PLAIN = (str, int, float, bool, type(None))
_IN_QUOTES = (Decimal, date, datetime, time, timedelta, UUID)  # written as a text, as in JSON
_WORDS = {
    str: "a text (str)",
    int: "a whole number (int)",
    float: "a number (float)",
    bool: "True or False (bool)",
    list: "a list",
    tuple: "a tuple",
    dict: "a dict",
    set: "a set",
    type(None): "None",
}


def is_literal(value: object) -> bool:
    """Whether it can be written in full, and shown without a secret."""
    if isinstance(value, Enum) or type(value) in _IN_QUOTES:
        return True
    if _count(value, 0) > _MOST_ITEMS:
        return False
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits
        return False
    return len(text) <= LONGEST_TEXT and masked_text(text) == text


def written(value: object) -> str:
    """A value for which `is_literal` holds, as it can be read again."""
    if isinstance(value, Enum):
        return repr(value.value)
    return repr(msgspec.to_builtins(value) if type(value) in _IN_QUOTES else value)


def read(text: str, present: object) -> Any:
    """What a person has written, of the type of the present value; raises ValueError with a sentence."""
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"That is longer than {LONGEST_TEXT:,} letters.")
    value = _parsed(text)
    kind = type(present)
    if present is None or type(value) is kind:
        return value
    if kind is float and type(value) is int:
        return _as_float(value)
    if kind in (tuple, set) and type(value) is list:  # JSON has lists alone
        return _made(kind, value)
    if isinstance(present, Enum) or kind in _IN_QUOTES:
        return _converted(value, kind, present)
    raise ValueError(
        f"This is {_WORDS.get(kind, kind.__name__)}, such as {_example(present)}. {_said(text, value)}"
    )


def _parsed(text: str) -> Any:
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(
            f"{_shown(text)} is neither a value of Python nor of JSON. Texts are written in quotes: {_shown(repr(text))}."
        ) from None


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ValueError("That is larger than any number with a point (float).") from None


def _made(kind: type, value: list[Any]) -> Any:
    try:
        return kind(value)
    except TypeError as error:
        raise ValueError(f"A {kind.__name__} cannot hold that: {error}.") from None


def _converted(value: object, kind: type, present: object) -> Any:
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"This is a {kind.__name__}, written as {_example(present)}. {error}.") from None


def _said(text: str, value: object) -> str:
    return f"{_shown(text.strip())} is {_WORDS.get(type(value), type(value).__name__)}."


def _example(present: object) -> str:
    return _shown(written(present)) if is_literal(present) else "the one that is there"


def _shown(text: str) -> str:
    return cut(text, 60)


def _count(value: object, depth: int) -> int:
    """How many plain values it is made of; too many, where there is something else in it."""
    if type(value) in _PLAIN:
        return 1
    if depth > _DEEPEST:
        return _MOST_ITEMS + 1
    if type(value) is dict:
        items = [*value.keys(), *value.values()]
    elif type(value) in (list, tuple, set):
        items = list(value)  # type: ignore[call-overload]  # one of these three
    else:
        return _MOST_ITEMS + 1
    total = 1 + len(items)
    for item in items if total <= _MOST_ITEMS else ():
        total += _count(item, depth + 1)
        if total > _MOST_ITEMS:
            break
    return total
