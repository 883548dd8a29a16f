"""A number, by feel."""

from __future__ import annotations

from typing import Unpack

from ...core.errors import UsageError
from ..element import number
from ..fields import FieldOptions, field
from ..tree import Kind, Node

SLIDER = Kind("slider", "wa-slider", role="slider", label="label", field="value")


def slider(
    label: str,
    *,
    min: float = 0,
    max: float = 100,
    step: float = 1,
    value: float | None = None,
    **options: Unpack[FieldOptions],
) -> Node:
    """Show a slider from `min` to `max`; `bind=` keeps the number, `on_change(*args, number)` follows every move.

    >>> rounds = ui.state(10)
    >>> ui.slider("Rounds", min=1, max=50, bind=rounds)
    """
    if not min < max or step <= 0:
        raise UsageError(
            f"ui.slider({label!r}): min must be below max and step above 0, got min={min!r}, max={max!r}, step={step!r}."
        )

    def decode(place: object) -> float:
        if not min <= (moved := number(place)) <= max:
            raise ValueError(f"a number from {min} to {max} was expected")
        return moved

    props = {"label": label, "min": min, "max": max, "step": step, "withTooltip": True}
    start = min if value is None else value
    return field(SLIDER, "input", props, options, value=start, decode=decode)
