"""Any value as a short text: bounded, whatever it is and does, and without secrets.

    shorten(["Who", {"password": "x"}])        → "['Who', {'password': •••••}]"

A value's class may say of itself what it likes, raise, or say it at endless length; nothing of the value is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import msgspec

from ....core import context
from ..records import MASKED
from .secret import is_secret, masked_text

LONGEST = 400
MOST_ITEMS = 20
DEEPEST = 4

_PLAIN = (int, float, bool, type(None))
_BITS = 512  # of a number that is written out


def shorten(value: object, longest: int = LONGEST) -> str:
    """The value as Python would write it, so long at most."""
    text = _Writing(longest).written(value, 0)
    return cut(text, longest)


def cut(text: str, longest: int) -> str:
    """The text, so long at most."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


class _Writing:
    """One value while it is written."""

    def __init__(self, longest: int) -> None:
        self._left = longest  # letters that are worth writing
        self._above: set[int] = set()  # the containers that one is in, which may contain themselves

    def written(self, value: object, depth: int) -> str:
        """One value, or one that is part of it."""
        kind = type(value)
        if kind is str or kind is bytes or kind is bytearray:
            text = repr(value[: max(self._left, 0) + 1])  # type: ignore[index]  # all three have it
        elif kind in _PLAIN:
            text = _number(value)
        elif kind in _CONTAINERS or _has_fields(value):
            return self._container(value, depth)
        else:
            text = _own_words(value, self._left)
        self._left -= len(text)
        return text

    def _container(self, value: Any, depth: int) -> str:
        if depth >= DEEPEST or id(value) in self._above or self._left <= 0:
            return "…"
        self._above.add(id(value))
        try:
            return self._whole(value, depth + 1)
        except RuntimeError:  # another thread is changing it
            return f"<{type(value).__name__}, changing>"
        finally:
            self._above.discard(id(value))

    def _whole(self, value: Any, depth: int) -> str:
        if _has_fields(value):
            pairs = [self._named(name, found, depth, "=") for name, found in _fields(value)[:MOST_ITEMS]]
            return f"{type(value).__name__}({', '.join(pairs)})"
        if isinstance(value, Mapping):
            pairs = [self._pair(name, found, depth) for name, found in _first(value.items())]
            return f"{{{self._joined(pairs, len(value))}}}"
        items = [self.written(item, depth) for item in _first(value)]
        opening, closing = _BRACKETS[type(value)]
        comma = "," if type(value) is tuple and len(value) == 1 else ""
        return f"{opening}{self._joined(items, len(value))}{comma}{closing}"

    def _pair(self, name: object, value: object, depth: int) -> str:
        if isinstance(name, str) and is_secret(name):
            return f"{name!r}: {MASKED}"
        return f"{self.written(name, depth)}: {self.written(value, depth)}"

    def _named(self, name: str, value: object, depth: int, sign: str) -> str:
        self._left -= len(name)
        return f"{name}{sign}{MASKED if is_secret(name) else self.written(value, depth)}"

    def _joined(self, items: list[str], length: int) -> str:
        return ", ".join([*items, f"… {length} in all"] if length > len(items) else items)


_CONTAINERS = (list, tuple, dict, set, frozenset)
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}


def _first(items: Any) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if len(found) == MOST_ITEMS:
            break
        found.append(item)
    return found


def _number(value: Any) -> str:
    if type(value) is int and value.bit_length() > _BITS:
        return f"<int of {value.bit_length()} bits>"
    return repr(value)


def _has_fields(value: object) -> bool:
    return isinstance(value, msgspec.Struct) or (is_dataclass(value) and not isinstance(value, type))


def _fields(value: Any) -> list[tuple[str, object]]:
    names = (
        value.__struct_fields__
        if isinstance(value, msgspec.Struct)
        else [each.name for each in fields(value)]
    )
    return [(name, _attribute(value, name)) for name in names]


def _attribute(value: object, name: str) -> object:
    try:
        return getattr(value, name)
    except Exception as error:  # the app's own class
        return error


def _own_words(value: object, longest: int) -> str:
    """What its class says of it, if that is a text at all."""
    if isinstance(value, Set | Mapping) and not isinstance(value, Enum):
        return f"<{type(value).__name__}>"
    try:
        with context.nobody_records():
            text = repr(value)
    except (Exception, SystemExit) as error:  # the app's own class; RecursionError is one, too
        return f"<{type(value).__name__}, whose __repr__ raised {type(error).__name__}>"
    return masked_text(str.__str__(text)[: max(longest, 0) * 2 + 200])
