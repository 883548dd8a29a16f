"""A number to type."""

from __future__ import annotations

import math
from typing import Unpack

from ...core.errors import EntryError, UsageError
from ..fields import FieldOptions, field
from ..tree import Kind, Node

NUMBER = Kind("number", "wa-input", role="textbox", label="label", field="value")


def number(
    label: str,
    *,
    value: float | None = None,
    min: float | None = None,
    max: float | None = None,
    step: float = 1,
    placeholder: str | None = None,
    **options: Unpack[FieldOptions],
) -> Node:
    """Show a field for a number, from `min` to `max` where they are given; an empty field is None.

    Its value is an int, or a float where `step` is one (`step=0.1`). It is taken when the field is left or Enter is
    pressed, so that half a number is never judged; one that does not fit is refused with a sentence at the field.

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
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"ui.number({label!r}) shows a number or None, got {value!r}.")
        return str(value)

    def decode(typed: object) -> float | None:
        if not isinstance(typed, str) or len(typed) > 400:
            raise ValueError("a number, as text, was expected")
        if not typed.strip():
            return None
        number = _read(typed, is_whole=isinstance(step, int))
        if (min is not None and number < min) or (max is not None and number > max):
            raise EntryError(_limits(min, max))
        return number

    props = {
        "label": label, "type": "number", "min": min, "max": max, "step": step, "placeholder": placeholder,
    }  # fmt: skip
    return field(NUMBER, "change", props, options, value=value, encode=encode, decode=decode)


def _read(typed: str, *, is_whole: bool) -> float:
    try:
        number = float(typed)
    except ValueError:
        raise EntryError("This is not a number.") from None
    if not math.isfinite(number):
        raise EntryError("This number is too large.")
    if not is_whole:
        return number
    if number != int(number):
        raise EntryError("This must be a whole number.")
    return int(typed) if typed.strip().lstrip("+-").isdecimal() else int(number)


def _limits(low: float | None, high: float | None) -> str:
    if low is None:
        return f"This must be at most {high}."
    return f"This must be at least {low}." if high is None else f"This must be from {low} to {high}."
