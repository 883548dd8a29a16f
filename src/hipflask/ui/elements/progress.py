"""How far something has come."""

from __future__ import annotations

import math
from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node

PROGRESS = Kind("progress", "wa-progress-bar", role="progressbar", label="label")


def progress(value: float | None, *, label: str = "Progress", **common: Unpack[Common]) -> Node:
    """Show how far something has come, from 0.0 to 1.0; None means that it goes on and nobody knows how long.

    Values outside are shown as the nearest end. `label` is what a screen reader says.

    >>> ui.progress(0.25, label="Simulating")
    """
    if value is None or math.isnan(value):
        return element(PROGRESS, {"label": label, "indeterminate": True}, common)
    percent = min(max(value, 0.0), 1.0) * 100
    return element(PROGRESS, {"label": label, "value": round(percent, 2)}, common)
