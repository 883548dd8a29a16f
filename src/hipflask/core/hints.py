"""Type hints taken apart: what every file that looks at one needs."""

from __future__ import annotations

import enum
import types
import typing as t
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

_WRAPPERS: frozenset[Any] = frozenset({t.Required, t.NotRequired})
_LISTS: tuple[Any, ...] = (list, tuple, set, frozenset, Sequence, AbstractSet)


class Field(msgspec.Struct, frozen=True):
    """One field of a record, under the name that it has in JSON."""

    name: str
    hint: Any
    required: bool


def bare(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A hint without Annotated, NewType, aliases and Required, and the extras that were noted on the way."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        base, more = bare(inner)
        return base, (*more, *extras)
    if get_origin(hint) in _WRAPPERS:
        return bare(get_args(hint)[0])
    if isinstance(hint, t.NewType):
        return bare(hint.__supertype__)
    if type(hint).__name__ == "TypeAliasType":  # `type Base = …`, Python 3.12
        return bare(hint.__value__)
    return hint, ()


def members(hint: Any) -> tuple[Any, ...]:
    """What a union offers besides None; any other hint offers itself."""
    base, _ = bare(hint)
    if get_origin(base) not in (t.Union, types.UnionType):
        return (hint,)
    return tuple(member for member in get_args(base) if member not in (None, types.NoneType))


def allows_none(hint: Any) -> bool:
    """Whether None fits."""
    base, _ = bare(hint)
    return (
        base is None or base is types.NoneType or types.NoneType in get_args(base) or None in _literals(base)
    )


def choices(hint: Any) -> tuple[Any, ...] | None:
    """The only values that a Literal or an Enum takes, as they travel, in the order of the source."""
    base, _ = bare(hint)
    if isinstance(base, type) and issubclass(base, enum.Enum):
        return tuple(member.value for member in base)
    return tuple(value for value in _literals(base) if value is not None) or None


def is_list(hint: Any) -> bool:
    """Whether the hint travels as a list: its items are given one by one on a text surface."""
    base, _ = bare(hint)
    return _kind(base) in _LISTS or row(hint) is not None


def is_object(hint: Any) -> bool:
    """Whether the hint travels as an object: a dict or a record."""
    base, _ = bare(hint)
    kind = _kind(base)
    return (isinstance(kind, type) and issubclass(kind, Mapping)) or record(hint) is not None


def item(hint: Any) -> Any:
    """The hint of every item of a list, set or `tuple[x, ...]`, and of every value of a dict."""
    base, _ = bare(hint)
    arguments = get_args(base)
    if _kind(base) in _LISTS:
        return arguments[0] if arguments else Any
    return arguments[1] if len(arguments) > 1 else Any


def row(hint: Any) -> tuple[Any, ...] | None:
    """The hints of a list of fixed length: `tuple[x, y]`, a NamedTuple, or a Struct declared `array_like`."""
    base, _ = bare(hint)
    arguments = get_args(base)
    if _kind(base) is tuple:
        return arguments if arguments and arguments[-1] is not ... else None
    return tuple(field.hint for field in _fields(base)) if _is_row(base) else None


def record(hint: Any) -> tuple[Field, ...] | None:
    """The fields of a dataclass, TypedDict or Struct, under the names that they have in JSON."""
    base, _ = bare(hint)
    return None if _is_row(base) else _fields(base) or None


def _is_row(base: Any) -> bool:
    kind = _kind(base)
    config = getattr(kind, "__struct_config__", None)
    return hasattr(kind, "_fields") or bool(config and config.array_like)


def _fields(base: Any) -> tuple[Field, ...]:
    try:
        found = getattr(msgspec.inspect.type_info(base), "fields", ())
        hints = get_type_hints(_kind(base), include_extras=True) if found else {}
    except (TypeError, NameError):
        return ()
    return tuple(Field(field.encode_name, hints.get(field.name, Any), field.required) for field in found)


def _kind(base: Any) -> Any:
    return get_origin(base) or base


def _literals(base: Any) -> tuple[Any, ...]:
    if get_origin(base) is not Literal:
        return ()
    return get_args(base)
