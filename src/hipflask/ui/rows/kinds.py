"""What kind of column these values make: guessed, since a list does not say it."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from ...core.rows import ColumnKind

LOOKED_AT = 1000  # values of each column; what comes later is shown all the same

# In this order: a bool is an int to Python, and a datetime is a date.
_KINDS: tuple[tuple[type, ColumnKind], ...] = (
    (bool, "boolean"),
    (numbers.Integral, "integer"),
    (numbers.Real, "float"),
    (Decimal, "decimal"),
    (str, "text"),
    (datetime, "datetime"),
    (date, "date"),
    (time, "time"),
    (timedelta, "duration"),
    (bytes, "bytes"),
    (bytearray, "bytes"),
    (dict, "json"),
)
_NUMBERS: tuple[ColumnKind, ...] = ("integer", "float", "decimal")  # each of them holds those before it


def guess(values: Collection[object]) -> ColumnKind:
    """The kind of column that holds these values; "other" where they have nothing in common, or where there are none."""
    types = {type(value) for value in values if value is not None}
    if types and types <= {list, tuple}:
        return "numbers" if all(map(_is_series, values)) else "json"
    kinds = {_kind(kind) for kind in types}
    if len(kinds) > 1 and kinds <= {*_NUMBERS}:
        return max(kinds, key=_NUMBERS.index)
    return kinds.pop() if len(kinds) == 1 else "other"


def _kind(of: type) -> ColumnKind:
    return next((kind for known, kind in _KINDS if issubclass(of, known)), "other")


def _is_series(value: object) -> bool:
    items: Iterable[object] = value if isinstance(value, list | tuple) else ()
    return all(
        item is None or (isinstance(item, int | float) and not isinstance(item, bool)) for item in items
    )


def is_empty(value: object) -> bool:
    """Whether there is nothing to compare: None, or a NaN, which is not even equal to itself."""
    try:
        return value is None or bool(value != value)
    except (TypeError, ArithmeticError):  # pandas' NA, and a signalling NaN
        return True
    except ValueError:  # an array is different in this place and not in that one
        return False


_WORDS: dict[ColumnKind, tuple[str, Callable[[object], bool]]] = {
    "text": ("a text", lambda value: isinstance(value, str)),
    "integer": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "float": ("a number", lambda value: isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool)),
    "decimal": ("a number", lambda value: isinstance(value, numbers.Real | Decimal) and not isinstance(value, bool)),
    "boolean": ("yes or no", lambda value: isinstance(value, bool)),
    "datetime": ("a date and a time", lambda value: isinstance(value, datetime)),
    "date": ("a date", lambda value: isinstance(value, date) and not isinstance(value, datetime)),
    "time": ("a time", lambda value: isinstance(value, time)),
    "duration": ("a duration", lambda value: isinstance(value, timedelta)),
}  # fmt: skip


def misfit(kind: ColumnKind, value: object) -> str:
    """What a column of this kind would take instead of this value, in words; "" if the value fits."""
    words, fits = _WORDS.get(kind, ("", lambda _: True))
    return "" if value is None or fits(value) else words
