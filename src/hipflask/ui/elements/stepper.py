"""How far one has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from ...core.ports import Field
from ..element import Common, element, listen
from ..tree import Kind, Node

STEPPER = Kind("stepper", "ol", role="list", label="aria-label")
STEP = Kind("step", "li", role="listitem", label="aria-label")
NUMBER = Kind("step number", "span")
NAME = Kind("step name", "span", role="text", label="text")
BACK = Kind("step name", "button", role="button", label="text")


def stepper(steps: Sequence[str], *, at: int | Field, label: str = "Steps", **common: Unpack[Common]) -> Node:
    """Show the names of several steps and which one is being taken: `at`, from 0 up; `len(steps)` is when all are done.

    Where `at` is a state, the names of steps that are done lead back to them.

    >>> step = ui.state(1)
    >>> ui.stepper(["Line-up", "Umpire", "Play ball"], at=step)
    """
    now = at if isinstance(at, int) else at.get()
    assert isinstance(now, int)
    node = element(STEPPER, {}, common, {"aria-label": label, "steps": True})
    with node:
        for place, name in enumerate(steps):
            is_done = place < now
            attrs = {"aria-current": "step" if place == now else None, "done": is_done or None}
            with element(STEP, {}, {"key": place}, attrs):
                element(NUMBER, {"text": "✓" if is_done else str(place + 1)}, {}, {"aria-hidden": "true"})
                if is_done and isinstance(at, Field):
                    listen(element(BACK, {"text": name}, {}, {"type": "button"}), "click", at.set, (place,))
                else:
                    element(NAME, {"text": name}, {})
    return node
