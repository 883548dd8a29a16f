"""A number to type."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from typing import Unpack

from ...core.errors import EntryError, UsageError
from ..fields import FieldOptions, field
from ..tree import Kind, Node

NUMBER = Kind("number", "wa-input", role="textbox", label="label", field="value")


def number(
    label: str,
    *,
    value: float | Decimal | None = None,
    min: float | Decimal | None = None,
    max: float | Decimal | None = None,
    step: float | Decimal = 1,
    placeholder: str | None = None,
    **options: Unpack[FieldOptions],
) -> Node:
    """Show a field for a number, from `min` to `max` where they are given; an empty field is None.

    Its value is an int, or what `step` is: a float (`step=0.1`), a Decimal (`step=Decimal("0.01")`, for money). It is
    taken when the field is left or Enter is pressed, so that half a number is never judged; one that does not fit is
    refused with a sentence at the field.

    >>> innings = ui.state(9)
    >>> ui.number("Innings", min=1, max=20, bind=innings)
    """
    if step <= 0 or (min is not None and max is not None and min > max):
        raise UsageError(
            f"ui.number({label!r}): min must not be above max, and step be above 0; got {min=!r}, {max=!r}, {step=!r}."
        )

    def encode(value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise UsageError(f"ui.number({label!r}) shows a number or None, got {value!r}.")
        return f"{value:f}" if isinstance(value, Decimal) else str(value)

    def decode(typed: object) -> float | Decimal | None:
        if not isinstance(typed, str) or len(typed) > 400:
            raise ValueError("a number, as text, was expected")
        if not typed.strip():
            return None
        number = _read(typed, type(step))
        if (min is not None and number < min) or (max is not None and number > max):
            raise EntryError(_limits(min, max))
        return number

    props = {
        "label": label, "type": "number", "min": _plain(min), "max": _plain(max), "step": _plain(step),
        "placeholder": placeholder,
    }  # fmt: skip
    return field(NUMBER, "change", props, options, value=value, encode=encode, decode=decode)


def _read(typed: str, kind: type) -> float | Decimal:
    try:
        number = Decimal(typed) if kind is Decimal else float(typed)
    except (ValueError, InvalidOperation):
        raise EntryError("This is not a number.") from None
    if not math.isfinite(number):
        raise EntryError("This number is too large.")
    if kind is not int:
        return number
    if number != int(number):
        raise EntryError("This must be a whole number.")
    return int(typed) if typed.strip().lstrip("+-").isdecimal() else int(number)


def _plain(number: float | Decimal | None) -> float | None:
    """As JSON knows it."""
    return float(number) if isinstance(number, Decimal) else number


def _limits(low: object, high: object) -> str:
    if low is None:
        return f"This must be at most {high}."
    return f"This must be at least {low}." if high is None else f"This must be from {low} to {high}."
