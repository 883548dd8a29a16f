"""Whatever a program holds, as numbers that can be drawn: times become seconds since 1970, names become places in a list."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite, nan
from typing import Any

from ...core.errors import UsageError


@dataclass(slots=True)
class Axis:
    """The values of x as numbers, and how a person reads them."""

    places: array[float]
    is_time: bool = False
    labels: list[str] | None = None  # the names, where they are names: a place is the number of one


def axis(values: Sequence[object]) -> Axis:
    """The values of x, whatever they are: all times, all numbers, or else names in the order in which they first come."""
    sample = next((value for value in values if value is not None), None)
    if isinstance(sample, date):
        return Axis(array("d", map(moment, values)), is_time=True)
    if sample is None or (isinstance(sample, _NUMBERS) and not isinstance(sample, bool)):
        return Axis(numbers(values))
    names = {name: place for place, name in enumerate(dict.fromkeys(map(_name, values)))}
    return Axis(array("d", [names[_name(value)] for value in values]), labels=list(names))


def moment(value: object) -> float:
    """A time as seconds since 1970, a number as it is; NaN for what is neither. A time without a zone is the machine's own."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return datetime.combine(value, time()).timestamp()
    return number(value)


def checked_moment(what: str, value: object) -> float:
    """The same for a value that a program has just given; raises UsageError if it can never be a place on the axis."""
    if value is None:
        return nan
    if isinstance(value, str) or not (
        isinstance(value, date | Decimal | timedelta) or hasattr(value, "__float__")
    ):
        raise UsageError(f"{what}: {value!r} is no time. Give a datetime, or seconds such as time.time().")
    return moment(value)


def numbers(values: Sequence[Any]) -> array[float]:
    """Values as finite numbers, with NaN for whatever cannot be drawn: None, NaN, infinities, texts."""
    try:
        found: array[float] = array("d", values)
    except (TypeError, OverflowError):
        return array("d", map(number, values))
    return found if isfinite(sum(found)) else array("d", map(number, found))


def number(value: object) -> float:
    """One value as a finite number, NaN if it cannot be drawn; a duration in seconds."""
    try:
        found = value.total_seconds() if isinstance(value, timedelta) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return nan
    return found if isfinite(found) else nan


_NUMBERS = (int, float, Decimal, timedelta)


def _name(value: object) -> str:
    return "" if value is None else str(value)
