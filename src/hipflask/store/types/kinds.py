"""Exact types: each Python type has one representation in SQLite and one in PostgreSQL, and comes back as it was.

    type_of(Annotated[str, Length(80)])     → Str(80)
    type_of(bool | None)                    → Bool(): whether None is allowed is the column's to say

SQLite turns `'7'` into 7, `True` into 1 and a NaN into NULL without a word, in STRICT tables too, and PostgreSQL refuses
some of what SQLite has taken. So every value is checked here, before anything is written: what is not of the type, or has no
exact representation on both sides, raises ValueRefused with a sentence.

| Python | SQLite | PostgreSQL | refused |
|---|---|---|---|
| bool | INTEGER 0, 1 | BOOLEAN | everything but True and False |
| int | INTEGER | BIGINT | bool; beyond 64 bits |
| float | REAL | DOUBLE PRECISION | NaN, infinities, integers that would be rounded; -0.0 becomes 0.0 |
| Decimal | INTEGER, scaled | NUMERIC(most, after_point) | float; NaN, infinities; what would be rounded |
| str | TEXT | TEXT COLLATE "C" | NUL, half of a surrogate pair; longer than `Length` allows |
| bytes | BLOB | BYTEA | str; longer than `Length` allows |
| datetime | TEXT, UTC, µs, Z | TIMESTAMPTZ | naive ones |
| date, time | TEXT | DATE, TIME | a datetime; a time with a zone |
| timedelta | INTEGER, µs | BIGINT, µs | beyond 64 bits |
| UUID | TEXT | UUID | str |
| Enum, Literal | TEXT or INTEGER | TEXT or BIGINT | what is not a member |
| dict, list (JSON) | TEXT, keys sorted | JSONB | what would come back changed: NaN, tuples, NUL |
"""

from __future__ import annotations

import datetime
import decimal
import types
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_origin, is_typeddict

from ...core.errors import UnsupportedType
from ...core.hints import bare, choices, members
from . import functions as functions  # SQL functions that know these types
from .choices import Choice
from .digits import Digits, checked
from .exact import Exact
from .json_type import Json
from .moments import Date, DateTime, Time, TimeDelta
from .numbers import Decimal, Float, Int
from .scalars import Bool, Bytes, Length, Str, Uuid

__all__ = ["Digits", "Exact", "Length", "type_of"]

_PLAIN: dict[Any, Callable[[], Exact]] = {
    bool: Bool,
    int: Int,
    float: Float,
    datetime.datetime: DateTime,
    datetime.date: Date,
    datetime.time: Time,
    datetime.timedelta: TimeDelta,
    uuid.UUID: Uuid,
}
_JSON = (dict, list, Mapping, Sequence)


def type_of(hint: Any) -> Exact:
    """The exact type of a column with this type hint; raises UnsupportedType if there is none."""
    base, extras = _one(hint)
    found = _found(base, extras)
    if found is None:
        known = ", ".join(
            sorted([*(kind.__name__ for kind in _PLAIN), "bytes", "Decimal", "str"], key=str.lower)
        )
        raise UnsupportedType(
            f"{_named(base)} is no type that a column can have. Columns take {known}, an Enum, a Literal, and dict or list"
            " for JSON, each of them `| None` if it may be empty."
        )
    found.hint = hint
    return found


def _found(base: Any, extras: tuple[Any, ...]) -> Exact | None:
    if base in _PLAIN:
        return _PLAIN[base]()
    if base in (str, bytes):
        length = _last(extras, Length)
        return (Str if base is str else Bytes)(length and length.most)
    if base is decimal.Decimal:
        digits = _last(extras, Digits)
        return Decimal(digits and checked(digits))
    if choices(base) is not None:
        return Choice(base)
    is_json = base is Any or base in _JSON or get_origin(base) in _JSON or is_typeddict(base)
    return Json(base) if is_json else None


def _last(extras: tuple[Any, ...], kind: type) -> Any:
    return next((extra for extra in reversed(extras) if isinstance(extra, kind)), None)


def _one(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    options = members(hint)
    if len(options) != 1 or options[0] in (None, types.NoneType):
        raise UnsupportedType(f"{hint!r} is not one type. A column has exactly one, and may be `| None`.")
    _, outer = bare(hint)
    base, inner = bare(options[0])
    return base, (inner if options[0] is hint else (*inner, *outer))


def _named(base: Any) -> str:
    return base.__name__ if isinstance(base, type) else repr(base)
