"""The monitors that GTK knows of, and when they change."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from hipflask.core.desk import Monitor
from hipflask.surfaces.window._gtk import Gtk, Rectangle
from hipflask.surfaces.window._loop import BEFORE_REDRAWING, REMOVE
from hipflask.surfaces.window.placing import numbered

# Window managers carry windows off a monitor that is lost, panels move to another: all that is to be over first.
SETTLE_MILLISECONDS = 600


def monitors(gtk: Gtk) -> list[Monitor]:
    """Those that are plugged in, with their numbers."""
    display = gtk.gdk_display_get_default()
    numbers = range(gtk.gdk_display_get_n_monitors(display))
    primary = gtk.gdk_display_get_primary_monitor(display)
    natives = [gtk.gdk_display_get_monitor(display, number) for number in numbers]
    order = sorted(numbers, key=lambda number: natives[number] != primary)
    return numbered(_monitor(gtk, number, natives[number]) for number in order)


def monitor_of(gtk: Gtk, surface: int) -> Monitor:
    """The one on which the larger part of a window is."""
    display = gtk.gdk_display_get_default()
    native = gtk.gdk_display_get_monitor_at_window(display, surface)
    for number in range(gtk.gdk_display_get_n_monitors(display)):
        if gtk.gdk_display_get_monitor(display, number) == native:
            return _monitor(gtk, number, native)
    return Monitor(None, 0, 0, 0, 0)


def watch_monitors(gtk: Gtk, changed: Callable[[], None]) -> None:
    """Have `changed` called a moment after monitors came, went or changed."""
    timers: list[int] = []

    def settled() -> int:
        timers.clear()
        changed()
        return REMOVE

    call_settled = gtk.callback("g_timeout_add_full", settled)

    def wait(screen: int) -> None:
        while timers:
            gtk.g_source_remove(timers.pop())
        timers.append(gtk.g_timeout_add_full(BEFORE_REDRAWING, SETTLE_MILLISECONDS, call_settled, None, None))

    gtk.connect(gtk.gdk_screen_get_default(), "monitors-changed", wait)


def _monitor(gtk: Gtk, number: int, native: int) -> Monitor:
    area = Rectangle()
    gtk.gdk_monitor_get_workarea(native, ctypes.byref(area))
    # Deprecated, because other systems have no such names; nothing else in GTK 3 gives them on X11 and on Wayland.
    name = gtk.gdk_screen_get_monitor_plug_name(gtk.gdk_screen_get_default(), number)
    return Monitor(gtk.take(name) if name else None, area.x, area.y, area.width, area.height)
