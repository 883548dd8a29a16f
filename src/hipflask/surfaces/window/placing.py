"""Where a window goes that stood somewhere the last time: monitors come, go, move and change their size.

laptop = Monitor("eDP-1", 0, 0, 1920, 1080)
fit(Placement(1000, 700, x=2400, y=100, monitor="HDMI-1"), [laptop])
# Placement(1000, 700, x=920, y=100, monitor="eDP-1"): HDMI-1 is gone, so it stands at the edge nearest to it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hipflask.surfaces.window.shell import Placement


@dataclass(frozen=True, slots=True)
class Monitor:
    """The part of a monitor that windows may use, without panels, in logical pixels of the whole desktop."""

    name: str | None
    x: int
    y: int
    width: int
    height: int


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
