"""Where a program would like a window: on which monitor, and on which part of it.

    spot("ui.open_window", 2, "left half")       # Spot(monitor=2, area=(0, 0, 0.5, 1))
    spot("ui.open_window", "HDMI-1", None)       # in the middle of that monitor, as large as the window likes to be

A wish is kept as it was said, and worked out anew whenever monitors come or go; `surfaces/window/placing.py` does that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .errors import UsageError

Area = tuple[float, float, float, float]  # left, top, width and height, as parts of the monitor's

MAXIMIZED = "maximized"
NEXT = "next"
AREAS: dict[str, Area] = {
    "whole": (0, 0, 1, 1),
    "left half": (0, 0, 1 / 2, 1),
    "right half": (1 / 2, 0, 1 / 2, 1),
    "top half": (0, 0, 1, 1 / 2),
    "bottom half": (0, 1 / 2, 1, 1 / 2),
    "left third": (0, 0, 1 / 3, 1),
    "middle third": (1 / 3, 0, 1 / 3, 1),
    "right third": (2 / 3, 0, 1 / 3, 1),
    "left two thirds": (0, 0, 2 / 3, 1),
    "right two thirds": (1 / 3, 0, 2 / 3, 1),
    "top third": (0, 0, 1, 1 / 3),
    "bottom third": (0, 2 / 3, 1, 1 / 3),
    "top two thirds": (0, 0, 1, 2 / 3),
    "bottom two thirds": (0, 1 / 3, 1, 2 / 3),
    "top left": (0, 0, 1 / 2, 1 / 2),
    "top right": (1 / 2, 0, 1 / 2, 1 / 2),
    "bottom left": (0, 1 / 2, 1 / 2, 1 / 2),
    "bottom right": (1 / 2, 1 / 2, 1 / 2, 1 / 2),
}
ROUNDING = 1e-6  # 0.1 + 0.9 is more than 1 for a computer


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a program would like a window."""

    monitor: int | str = 1  # its number, its name, or "next": the one after that of the window that asks
    area: Area | None = None  # None: the window's own size, in the middle
    maximized: bool = False


def spot(what: str, monitor: object, area: object) -> Spot | None:
    """The wish that these words express, None if they express none; raises UsageError, naming `what`."""
    if monitor is None and area is None:
        return None
    is_maximized = area == MAXIMIZED
    part = None if area is None or is_maximized else _area(what, area)
    return Spot(1 if monitor is None else _monitor(what, monitor), part, is_maximized)


def _monitor(what: str, monitor: object) -> int | str:
    is_number = isinstance(monitor, int) and not isinstance(monitor, bool) and monitor >= 1
    if is_number or (isinstance(monitor, str) and monitor):
        return monitor  # type: ignore[return-value]
    raise UsageError(
        f"{what}: monitor={monitor!r} is none. Give a number (1 is the primary one, the others follow from left to right), "
        'a name as ui.monitors() has it, or "next".'
    )


def _area(what: str, area: object) -> Area:
    if isinstance(area, str):
        if area in AREAS:
            return AREAS[area]
        names = ", ".join(f'"{name}"' for name in (*AREAS, MAXIMIZED))
        raise UsageError(
            f"{what}: there is no area {area!r}. Give one of {names}, or fractions: {_FRACTIONS}"
        )
    if not (isinstance(area, tuple | list) and len(area) == 4 and all(map(_is_number, area))):
        raise UsageError(f'{what}: area={area!r} is none. Give a name such as "left half", or {_FRACTIONS}')
    left, top, width, height = map(float, area)
    is_inside = left >= 0 and top >= 0 and left + width <= 1 + ROUNDING and top + height <= 1 + ROUNDING
    if not (is_inside and width > 0 and height > 0):
        raise UsageError(
            f"{what}: area={area!r} reaches beyond its monitor, or is nothing. Give {_FRACTIONS}"
        )
    return left, top, width, height


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_FRACTIONS = "(left, top, width, height) as parts of the monitor: (0.5, 0, 0.5, 1) is its right half."
