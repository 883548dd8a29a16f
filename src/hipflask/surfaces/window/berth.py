"""The place that a window is meant to have, and the one that it has while its monitor is away.

    berth = Berth(Placement(800, 600, 2400, 100, "HDMI-1"), (800, 600))
    berth.take([laptop, hdmi])            # on HDMI-1
    berth.changed([laptop])               # HDMI-1 is unplugged: at the edge of the laptop's, and nothing of it is remembered
    berth.changed([laptop, hdmi])         # HDMI-1 is back: where it was
    berth.seen(elsewhere, …)              # the person has moved it: from now on that is what is meant

Window managers correct places, and some carry windows off a monitor that is lost by themselves. So what a window is seen to do
counts as its person's doing only where it stands elsewhere than where it came to rest after we had put it there, with the
monitors that were there then.
"""

from __future__ import annotations

from collections.abc import Sequence

from hipflask.core.desk import Monitor
from hipflask.core.spots import Spot
from hipflask.surfaces.window.placing import fit, home_of, is_away, locate
from hipflask.surfaces.window.shell import Placement


class Berth:
    """The place of one window; pure."""

    def __init__(self, meant: Placement | Spot, size: tuple[int, int]) -> None:
        self.meant = meant
        self._size = size
        self._monitors: Sequence[Monitor] = ()
        self._rested: Placement | None = None  # where it came to rest since it was put somewhere

    def take(self, monitors: Sequence[Monitor], meant: Placement | Spot | None = None) -> Placement:
        """Where to put the window now; `meant`, if it is to be meant from now on."""
        self.meant = meant or self.meant
        self._monitors, self._rested = monitors, None
        return self._place(monitors)

    def changed(self, monitors: Sequence[Monitor]) -> Placement | None:
        """Monitors came, went or changed: where to put the window now, None if it stands well."""
        before, self._monitors = self._monitors, monitors
        if self._stays(before, monitors):
            return None
        self._rested = None
        return self._place(monitors)

    def seen(self, here: Placement, monitors: Sequence[Monitor]) -> Placement | None:
        """The window has come to rest here: what to remember from now on, None if there is nothing new."""
        if monitors != self._monitors:  # carried off by its window manager; `changed` comes soon
            return None
        is_first, was = self._rested is None, self._rested
        self._rested = here
        if here == was or (is_first and self._is_put_up()):
            return None
        self.meant = here
        return here

    def _place(self, monitors: Sequence[Monitor]) -> Placement:
        if isinstance(self.meant, Spot):
            return locate(self.meant, self._size, monitors)
        return fit(self.meant, monitors)

    def _is_put_up(self) -> bool:
        """Whether the place was our own choice, and none of the person's."""
        if isinstance(self.meant, Spot):
            return True
        return is_away(self.meant, self._monitors) or _is_squeezed(self.meant, self._place(self._monitors))

    def _stays(self, before: Sequence[Monitor], now: Sequence[Monitor]) -> bool:
        if not before or not now:
            return before == now
        if isinstance(self.meant, Spot):
            return self._place(before) == self._place(now)
        if is_away(self.meant, before) or is_away(self.meant, now):
            return self._place(before) == self._place(now)
        return _bounds(home_of(self.meant, before)) == _bounds(home_of(self.meant, now))


def _is_squeezed(meant: Placement, put: Placement) -> bool:
    """Whether its monitor had not the room; it may have it again."""
    return _on_monitor(meant, put) != _on_monitor(put, put)


def _on_monitor(placement: Placement, home: Placement) -> tuple[int | None, ...]:
    """Size and place as counted from the corner of its monitor; from that of `home`, if it knows of none."""
    left = (placement if placement.monitor_x is not None else home).monitor_x
    top = (placement if placement.monitor_y is not None else home).monitor_y
    x = None if placement.x is None else placement.x - (left or 0)
    y = None if placement.y is None else placement.y - (top or 0)
    return placement.width, placement.height, x, y


def _bounds(monitor: Monitor) -> tuple[object, ...]:
    return monitor.name, monitor.x, monitor.y, monitor.width, monitor.height
