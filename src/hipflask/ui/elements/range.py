"""From one number to another, by feel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from ...core.errors import UsageError
from ..element import number
from ..fields import FieldOptions, field
from ..tree import Kind, Node

RANGE = Kind("range", "hf-range", role="slider", label="label", field="ends")


def range(
    label: str,
    *,
    min: float = 0,
    max: float = 100,
    step: float = 1,
    value: tuple[float, float] | None = None,
    **options: Unpack[FieldOptions],
) -> Node:
    """Show a slider with two ends; its value is the pair of numbers between which something lies.

    >>> innings = ui.state((1, 9))
    >>> ui.range("Innings", min=1, max=12, bind=innings)
    """
    if not min < max or step <= 0:
        raise UsageError(
            f"ui.range({label!r}): min must be below max and step above 0, got {min=!r}, {max=!r}, {step=!r}."
        )

    def encode(ends: Sequence[float] | None) -> list[float]:
        low, high = (min, max) if ends is None else ends
        return [low, high]

    def decode(ends: object) -> tuple[float, float]:
        if not isinstance(ends, list) or len(ends) != 2:
            raise ValueError("two numbers were expected")
        low, high = number(ends[0]), number(ends[1])
        if not min <= low <= high <= max:
            raise ValueError(f"two numbers from {min} to {max} were expected")
        return low, high

    props = {"label": label, "min": min, "max": max, "step": step, "withTooltip": True}
    return field(RANGE, "input", props, options, value=value, encode=encode, decode=decode)
