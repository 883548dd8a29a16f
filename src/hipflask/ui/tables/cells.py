"""Values of cells as they travel: what JSON has as it is, all else as text that says the same.

    encoded(["Who", "a text of 2 MB…"])      → ["Who", {"t": "a text of…", "n": 2000000}]
    encoded([0.5, nan, 2**70])               → [0.5, {"n": "NaN"}, "1180591620717411303424"]

Sixty times a second some four hundred values pass here, nearly all of which need nothing done to them. So a column is looked at as a
whole first, by functions that run in C, and one by one only where something in it is out of the ordinary.
"""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any

LONGEST_TEXT = 500
MOST_POINTS = 300  # of a sparkline, which is some 100 pixels wide
_MOST_EXACT = 2**53  # beyond this JavaScript does not have every whole number
_NONE = type(None)


def encoded(values: Sequence[object]) -> list[Any]:
    """A column's values as they travel."""
    types = set(map(type, values))
    types.discard(_NONE)
    plain = _PLAIN.get(next(iter(types))) if len(types) == 1 else None
    if not types or (plain is not None and plain(values)):
        return list(values)
    return [encode(value) for value in values]


def encode(value: object) -> Any:
    """One value as it travels."""
    encoder = _ENCODERS.get(type(value))
    if encoder is not None:
        return encoder(value)
    for kind, other in _FAMILIES:
        if isinstance(value, kind):
            return other(value)
    return _text(_said(value))


def plain_text(value: object) -> str:
    """A value as it stands in a file or on the clipboard: whole, without the signs of any country."""
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple | dict):
        return _json(value)
    if isinstance(value, datetime.timedelta):
        return str(value)
    plain = encode(value)
    if isinstance(plain, dict):
        return str(plain.get("t", plain.get("n", "")))
    return json.dumps(plain) if isinstance(plain, bool) else str(plain)


def points(value: object) -> list[float | None] | None:
    """The numbers of a sparkline, the newest if there are many; None if these are no numbers."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return None
    newest = (value if isinstance(value, Sequence) else [*value])[-MOST_POINTS:]
    try:
        numbers = [None if each is None else float(each) for each in newest]
    except (TypeError, ValueError, OverflowError):
        return None
    return [each if each is None or isfinite(each) else None for each in numbers]


def _are_finite(values: Sequence[Any]) -> bool:
    # One NaN or infinity makes the sum one, too; a sum that is too large only costs a second look.
    return bool(isfinite(sum(filter(None, values))))


def _are_exact(values: Sequence[Any]) -> bool:
    known = [value for value in values if value is not None]
    return bool(min(known) >= -_MOST_EXACT and max(known) <= _MOST_EXACT)


def _are_short(values: Sequence[Any]) -> bool:
    return max(map(len, filter(None, values)), default=0) <= LONGEST_TEXT


def _text(value: str) -> Any:
    return value if len(value) <= LONGEST_TEXT else {"t": value[:LONGEST_TEXT], "n": len(value)}


def _float(value: Any) -> Any:
    if isfinite(value):
        return float(value)
    return {"n": "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}


def _int(value: Any) -> Any:
    return int(value) if -_MOST_EXACT <= value <= _MOST_EXACT else _text(_digits(value))


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python writes no more than 4,300 digits
        return hex(value)


def _decimal(value: Decimal) -> Any:
    if not value.is_finite():
        return {"n": "NaN" if value.is_nan() else "Infinity" if value > 0 else "-Infinity"}
    # 1E+999999 would be a megabyte of zeros.
    return _text(format(value, "f") if abs(value.adjusted()) < 40 else str(value))


def _datetime(value: datetime.datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    try:
        return value.astimezone(datetime.UTC).isoformat().removesuffix("+00:00") + "Z"
    except OverflowError:  # the year 1 or 9999, elsewhere
        return value.isoformat()


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_said)
    except (TypeError, ValueError, RecursionError):
        return _said(value)


def _said(value: object) -> str:
    try:
        return str(value)
    except Exception:  # of the program's own class; one cell must not cost the others
        return f"({type(value).__name__})"


def _enum(value: enum.Enum) -> Any:
    return encode(value.value) if isinstance(value.value, str | int) else value.name


_PLAIN: dict[type, Callable[[Sequence[Any]], bool]] = {
    str: _are_short,
    float: _are_finite,
    int: _are_exact,
    bool: lambda values: True,
}
_ENCODERS: dict[type, Callable[[Any], Any]] = {
    _NONE: lambda value: None,
    bool: lambda value: value,
    int: _int,
    float: _float,
    str: _text,
    bytes: lambda value: {"b": len(value)},
    Decimal: _decimal,
    datetime.datetime: _datetime,
    datetime.date: datetime.date.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: datetime.timedelta.total_seconds,
    dict: lambda value: _text(_json(value)),
    list: lambda value: _text(_json(value)),
    tuple: lambda value: _text(_json(value)),
}
# Values of classes that are kinds of these: a pandas Timestamp is a datetime, numpy's float64 a float.
_FAMILIES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (enum.Enum, _enum),
    (datetime.datetime, _datetime),
    (bool, bool),
    (int, _int),
    (float, _float),
    (str, lambda value: _text(str(value))),
    (bytes, lambda value: {"b": len(value)}),
    (Decimal, _decimal),
)
