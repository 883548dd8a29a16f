"""Whether a value fits a hint, and if not, exactly where: `order.lines[2].price`.

msgspec does the converting, in C and without looking back. Only once it has refused does `blame` go down into the
value to find the smallest part that does not fit, trying each part against its own hint.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

import msgspec

from .errors import MISSING, BindingError
from .hints import allows_none, is_list, is_object, item, members, record, row
from .words import expected

REFUSALS = (msgspec.ValidationError, ValueError, ArithmeticError)
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def convert(value: object, hint: Any) -> Any:
    """A JSON-like value as the hinted type; raises one of REFUSALS if it does not fit."""
    try:
        result = msgspec.convert(value, hint)
    except msgspec.ValidationError:
        # `{"1": …}` for dict[int, …]; asking for it at once would make every conversion four times as long.
        result = msgspec.convert(value, hint, str_keys=True)
    if not storable(result):
        raise ValueError("a number that no database holds")
    return result


def storable(value: object) -> bool:
    """Whether every number inside is finite and, if whole, of at most 64 bits: what SQLite and PostgreSQL can hold."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return _SMALLEST <= value <= _LARGEST  # type: ignore[operator]
    if kind is float or kind is Decimal:
        return math.isfinite(value)  # type: ignore[arg-type]
    return all(map(storable, _inside(value)))


def blame(name: str, value: object, hint: Any) -> BindingError:
    """The error for a value that does not fit, about the smallest part of it that does not."""
    for part in _parts(value, hint):
        if part.value is MISSING or not _fits(part.value, part.hint):
            return blame(name + part.step, part.value, part.hint)
    return BindingError(name, value, _reason(value, hint))


class _Part(NamedTuple):
    step: str
    value: Any
    hint: Any


def _parts(value: object, hint: Any) -> Iterator[_Part]:
    if value is None and allows_none(hint):
        return
    for option in members(hint):
        if isinstance(value, dict):
            yield from _parts_of_object(value, option)
        elif isinstance(value, list | tuple):
            yield from _parts_of_list(value, option)


def _parts_of_object(value: dict[Any, Any], hint: Any) -> Iterator[_Part]:
    known = record(hint)
    if known is not None:
        for field in known:
            if field.required or field.name in value:
                yield _Part(f".{field.name}", value.get(field.name, MISSING), field.hint)
    elif is_object(hint):
        yield from (_Part(f"[{key!r}]", inner, item(hint)) for key, inner in value.items())


def _parts_of_list(value: Iterable[Any], hint: Any) -> Iterator[_Part]:
    if is_list(hint):
        hints = row(hint) or repeat(item(hint))
        yield from (
            _Part(f"[{i}]", inner, kind) for i, (inner, kind) in enumerate(zip(value, hints, strict=False))
        )


def _fits(value: object, hint: Any) -> bool:
    try:
        convert(value, hint)
    except REFUSALS:
        return False
    return True


def _reason(value: object, hint: Any) -> str:
    words = expected(hint)
    if value is MISSING:
        return words
    if isinstance(value, int) and not storable(value):
        return f"{words} from {_SMALLEST} to {_LARGEST}"
    return words + _own_words(value, hint)


def _own_words(value: object, hint: Any) -> str:
    """What the class itself said in `__post_init__`, if it was the one to refuse."""
    try:
        msgspec.convert(value, hint, str_keys=True)
    except msgspec.ValidationError as error:
        return f" ({error.__cause__})" if isinstance(error.__cause__, ValueError | TypeError) else ""
    except REFUSALS:
        pass
    return ""


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name) for name in value.__struct_fields__]
    if dataclasses.is_dataclass(value):
        return _complete(value)
    return ()


def _complete(value: Any) -> Iterable[object]:
    """The values of a dataclass, all of them in the instance.

    msgspec leaves a default in the class and, when it encodes, looks at the instance alone: what was bound with a
    default would lose the field on its way out.
    """
    names = _names(value.__class__)
    held = getattr(value, "__dict__", None)
    if held is None:
        return [getattr(value, name) for name in names]  # it has slots
    if len(held) < len(names):
        everything = {name: getattr(value, name) for name in names if hasattr(value, name)} | held
        held.clear()
        held.update(everything)  # in the order of the class
    return held.values()  # type: ignore[no-any-return]


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind))
