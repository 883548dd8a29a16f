"""Where a window goes: one that stood somewhere the last time, or one whose program would like it somewhere.

Monitors come, go, move and change their size:

laptop = Monitor("eDP-1", 0, 0, 1920, 1080)
fit(Placement(1000, 700, x=2400, y=100, monitor="HDMI-1"), [laptop])
# Placement(1000, 700, x=920, y=100, monitor="eDP-1"): HDMI-1 is gone, so it stands at the edge nearest to it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hipflask.core.desk import Monitor
from hipflask.core.spots import NEXT, Spot
from hipflask.surfaces.window.shell import Placement


def numbered(monitors: Iterable[Monitor]) -> list[Monitor]:
    """The same with their numbers: of those given, the first is the primary one; the others count from left to right."""
    there = [*monitors]
    ordered = there[:1] + sorted(there[1:], key=lambda monitor: (monitor.x, monitor.y))
    return [replace(monitor, number=number) for number, monitor in enumerate(ordered, 1)]


def fit(placement: Placement, monitors: Sequence[Monitor]) -> Placement:
    """The same placement, wholly inside its own monitor, or else inside the nearest one; the first one is the primary."""
    if not monitors:
        return placement
    home = home_of(placement, monitors)
    width, height = min(placement.width, home.width), min(placement.height, home.height)
    right, down = _journey(placement, home)
    return Placement(
        width,
        height,
        _within(placement.x, right, home.x, home.width - width),
        _within(placement.y, down, home.y, home.height - height),
        home.name,
        placement.maximized,
        home.x,
        home.y,
    )


def locate(spot: Spot, size: tuple[int, int], monitors: Sequence[Monitor]) -> Placement:
    """Where a window of that size goes whose program would like it there; if the monitor is not there, on the last that is."""
    if not monitors:
        return Placement(*size)
    home = _wanted(spot.monitor, monitors)
    if spot.area is None:
        width, height = min(size[0], home.width), min(size[1], home.height)
        x, y = home.x + (home.width - width) // 2, home.y + (home.height - height) // 2
    else:
        # Both edges are rounded, not an edge and a length: thirds must meet.
        left, top, across, down = spot.area
        x, y = home.x + round(left * home.width), home.y + round(top * home.height)
        width = home.x + round((left + across) * home.width) - x
        height = home.y + round((top + down) * home.height) - y
    return Placement(width, height, x, y, home.name, spot.maximized, home.x, home.y)


def _wanted(wanted: int | str, monitors: Sequence[Monitor]) -> Monitor:
    if wanted == NEXT:
        return monitors[0]  # next to no window in particular
    there = [monitor for monitor in monitors if wanted in (monitor.name, monitor.number)]
    return there[0] if there else monitors[-1]


def beside(spot: Spot, asks: Placement | None, monitors: Sequence[Monitor]) -> Spot:
    """The same wish, where "next" is a number: of the monitor after that of the window that asks, and after the last the first."""
    if spot.monitor != NEXT or asks is None or not monitors:
        return spot
    return replace(spot, monitor=home_of(asks, monitors).number % len(monitors) + 1)


def is_away(placement: Placement, monitors: Sequence[Monitor]) -> bool:
    """Whether the monitor that a window belongs to is not there."""
    if not monitors:
        return False
    home = home_of(placement, monitors)
    return home.name != placement.monitor if placement.monitor else _distance(placement, home) > 0


def home_of(placement: Placement, monitors: Sequence[Monitor]) -> Monitor:
    """The monitor that a window belongs to: the one of its name, or else the nearest to where it stood."""
    named = [monitor for monitor in monitors if monitor.name and monitor.name == placement.monitor]
    return named[0] if named else min(monitors, key=lambda monitor: _distance(placement, monitor))


def _journey(placement: Placement, home: Monitor) -> tuple[int, int]:
    """How far its own monitor has moved since; the window goes with it."""
    if home.name != placement.monitor or placement.monitor_x is None or placement.monitor_y is None:
        return 0, 0
    return home.x - placement.monitor_x, home.y - placement.monitor_y


def _within(at: int | None, moved: int, start: int, room: int) -> int | None:
    return None if at is None else min(max(at + moved, start), start + room)


def _distance(placement: Placement, monitor: Monitor) -> int:
    """From the window's middle, squared; nothing where nobody knows its place, so that the first monitor gets it."""
    if placement.x is None or placement.y is None:
        return 0
    right = _outside(placement.x + placement.width // 2, monitor.x, monitor.width)
    down = _outside(placement.y + placement.height // 2, monitor.y, monitor.height)
    return right * right + down * down


def _outside(at: int, start: int, length: int) -> int:
    return max(start - at, at - (start + length - 1), 0)
