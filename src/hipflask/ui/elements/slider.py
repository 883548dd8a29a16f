"""A number, by feel."""

from __future__ import annotations

from typing import Unpack

from ...core.errors import UsageError
from ...core.ports import Field
from ..element import Args, Common, OnChange, editable, element, number
from ..tree import Kind, Node

SLIDER = Kind("slider", "wa-slider", role="slider", label="label", field="value")


def slider(
    label: str,
    *,
    min: float = 0,
    max: float = 100,
    step: float = 1,
    value: float | None = None,
    bind: Field | None = None,
    on_change: OnChange = None,
    args: Args = (),
    disabled: bool = False,
    **common: Unpack[Common],
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

    props = {
        "label": label, "min": min, "max": max, "step": step, "withTooltip": True, "disabled": disabled or None,
    }  # fmt: skip
    node = element(SLIDER, props, common)
    start = min if value is None else value
    editable(node, "input", value=start, bind=bind, on_change=on_change, args=args, decode=decode)
    return node
