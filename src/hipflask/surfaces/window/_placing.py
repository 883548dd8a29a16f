"""Puts a GTK window where it stood the last time, and tells where it stands from then on."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import replace

from hipflask.surfaces.window._gtk import DEFAULT, Gtk, Rectangle
from hipflask.surfaces.window._loop import BEFORE_REDRAWING, REMOVE
from hipflask.surfaces.window.placing import Monitor, fit, home_of
from hipflask.surfaces.window.shell import Placement, WindowOptions

ICONIFIED, MAXIMIZED, FULL_SCREEN = 1 << 1, 1 << 2, 1 << 4  # GdkWindowState
PERSONS_PLACE = 1 << 7  # GDK_HINT_USER_POS
REST_MILLISECONDS = 300  # a window that is dragged moves at every step of the mouse


class Placing:
    """The place of one window."""

    def __init__(
        self, gtk: Gtk, options: WindowOptions, on_placed: Callable[[Placement], None] | None
    ) -> None:
        self._gtk = gtk
        self._on_placed = on_placed
        self._here = _start(gtk, options)
        self._told: Placement | None = None
        self._window = 0
        self._timer = 0
        self._call_rested = gtk.callback("g_timeout_add_full", self._rested)

    def painting_size(self) -> tuple[int, int]:
        """How large the page will be when its window is shown."""
        if self._here.maximized and (there := monitors(self._gtk)):
            home = home_of(self._here, there)
            return home.width, home.height
        return self._here.width, self._here.height

    def prepare(self, window: int) -> None:
        """Have a window that is not on the screen yet appear in its place."""
        gtk, here = self._gtk, self._here
        self._window = window
        gtk.gtk_window_set_default_size(window, here.width, here.height)
        if here.x is not None and here.y is not None:
            gtk.gtk_window_move(window, here.x, here.y)
            # The person put it there, not the program: window managers overrule a place that programs think of.
            gtk.gtk_window_set_geometry_hints(window, None, None, PERSONS_PLACE)
        if here.maximized:
            gtk.gtk_window_maximize(window)
        if self._on_placed:
            gtk.connect(window, "configure-event", self._changed)
            gtk.connect(window, "window-state-event", self._changed)

    def toggle_full_screen(self) -> None:
        """Fill the whole screen, or go back to the place before."""
        if self._state() & FULL_SCREEN:
            self._gtk.gtk_window_unfullscreen(self._window)
        else:
            self._gtk.gtk_window_fullscreen(self._window)

    def tell(self) -> None:
        """Tell where the window stands, unless that is known or it was never shown."""
        self._stop_waiting()
        if not self._on_placed or not self._gtk.gtk_widget_get_mapped(self._window):
            return
        self._here = self._look()
        if self._here != self._told:
            self._told = self._here
            self._on_placed(self._here)

    def _changed(self, window: int, event: int) -> int:
        self._stop_waiting()
        self._timer = self._gtk.g_timeout_add_full(
            BEFORE_REDRAWING, REST_MILLISECONDS, self._call_rested, None, None
        )
        return DEFAULT

    def _stop_waiting(self) -> None:
        if self._timer:
            self._gtk.g_source_remove(self._timer)
        self._timer = 0

    def _rested(self) -> int:
        self._timer = 0
        self.tell()
        return REMOVE

    def _look(self) -> Placement:
        """A window that fills its monitor goes on to have the place that it had before."""
        gtk, state, here = self._gtk, self._state(), self._here
        if state & (ICONIFIED | FULL_SCREEN):
            return here
        if not state & MAXIMIZED:
            width, height = _pair(gtk.gtk_window_get_size, self._window)
            x, y = _pair(gtk.gtk_window_get_position, self._window) if _tells_places(gtk) else (None, None)
            here = Placement(width, height, x, y)
        home = _monitor_of(gtk, gtk.gtk_widget_get_window(self._window))
        return replace(
            here,
            maximized=bool(state & MAXIMIZED),
            monitor=home.name,
            monitor_x=home.x,
            monitor_y=home.y,
        )

    def _state(self) -> int:
        state: int = self._gtk.gdk_window_get_state(self._gtk.gtk_widget_get_window(self._window))
        return state


def monitors(gtk: Gtk) -> list[Monitor]:
    """Those that are plugged in, the primary one first."""
    display = gtk.gdk_display_get_default()
    numbers = range(gtk.gdk_display_get_n_monitors(display))
    primary = gtk.gdk_display_get_primary_monitor(display)
    natives = [gtk.gdk_display_get_monitor(display, number) for number in numbers]
    found = [_monitor(gtk, number, native) for number, native in zip(numbers, natives, strict=True)]
    return sorted(found, key=lambda monitor: natives[found.index(monitor)] != primary)


def _monitor_of(gtk: Gtk, surface: int) -> Monitor:
    display = gtk.gdk_display_get_default()
    native = gtk.gdk_display_get_monitor_at_window(display, surface)
    for number in range(gtk.gdk_display_get_n_monitors(display)):
        if gtk.gdk_display_get_monitor(display, number) == native:
            return _monitor(gtk, number, native)
    return Monitor(None, 0, 0, 0, 0)


def _monitor(gtk: Gtk, number: int, native: int) -> Monitor:
    area = Rectangle()
    gtk.gdk_monitor_get_workarea(native, ctypes.byref(area))
    # Deprecated, because other systems have no such names; nothing else in GTK 3 gives them on X11 and on Wayland.
    name = gtk.gdk_screen_get_monitor_plug_name(gtk.gdk_screen_get_default(), number)
    return Monitor(gtk.take(name) if name else None, area.x, area.y, area.width, area.height)


def _start(gtk: Gtk, options: WindowOptions) -> Placement:
    if not options.placement:
        return Placement(options.width, options.height)
    if options.resizable:
        return fit(options.placement, monitors(gtk))
    # Nobody can have made it larger or smaller, but the program may since then.
    return fit(replace(options.placement, width=options.width, height=options.height), monitors(gtk))


def _tells_places(gtk: Gtk) -> bool:
    """Wayland keeps to itself where windows stand; GTK then says 0, 0."""
    display: bytes = gtk.g_type_name_from_instance(gtk.gdk_display_get_default())
    return display == b"GdkX11Display"


def _pair(ask: Callable[..., None], window: int) -> tuple[int, int]:
    first, second = ctypes.c_int(), ctypes.c_int()
    ask(window, ctypes.byref(first), ctypes.byref(second))
    return first.value, second.value
