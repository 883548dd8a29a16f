"""Puts a GTK window where it belongs, and tells where its person has put it from then on."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import replace

from hipflask.core.spots import Spot
from hipflask.surfaces.window._gtk import DEFAULT, Gtk, Rectangle
from hipflask.surfaces.window._loop import BEFORE_REDRAWING, REMOVE
from hipflask.surfaces.window._monitors import monitor_of, monitors
from hipflask.surfaces.window.berth import Berth
from hipflask.surfaces.window.placing import home_of
from hipflask.surfaces.window.shell import Placement, WindowOptions, meant_by

ICONIFIED, MAXIMIZED, FULL_SCREEN = 1 << 1, 1 << 2, 1 << 4  # GdkWindowState
PERSONS_PLACE = 1 << 7  # GDK_HINT_USER_POS
# Before a window is on the screen nobody knows its frame. With it, one that is to fill its monitor would be larger than that,
# and window managers put such a window somewhere else; so it begins with room for any frame, and grows at once.
LARGEST_FRAME = (40, 80)
REST_MILLISECONDS = 300  # a window that is dragged moves at every step of the mouse


class Placing:
    """The place of one window."""

    def __init__(
        self, gtk: Gtk, options: WindowOptions, on_placed: Callable[[Placement], None] | None
    ) -> None:
        self._gtk = gtk
        self._on_placed = on_placed
        self._is_resizable = options.resizable
        self._berth = Berth(meant_by(options), (options.width, options.height))
        self.here = self._berth.take(monitors(gtk))
        self._wanted = self.here  # where we put it last; `here` is where it was seen
        self._is_up = False  # its window manager has put it on the screen
        self._window = 0
        self._timer = 0
        self._call_rested = gtk.callback("g_timeout_add_full", self._rested)

    def painting_size(self) -> tuple[int, int]:
        """How large the page will be when its window is shown."""
        if self.here.maximized and (there := monitors(self._gtk)):
            home = home_of(self.here, there)
            return home.width, home.height
        return self.here.width, self.here.height

    def prepare(self, window: int) -> None:
        """Have a window that is not on the screen yet appear in its place."""
        gtk = self._gtk
        self._window = window
        across, down = LARGEST_FRAME if self._is_in_area() else (0, 0)
        gtk.gtk_window_set_default_size(
            window, max(1, self.here.width - across), max(1, self.here.height - down)
        )
        self._move()
        gtk.connect(window, "map-event", self._mapped)
        gtk.connect(window, "configure-event", self._changed)
        gtk.connect(window, "window-state-event", self._changed)

    def put(self, meant: Placement | Spot) -> None:
        """Put the window elsewhere, for good."""
        self._go(self._berth.take(monitors(self._gtk), meant))

    def monitors_changed(self) -> None:
        """Put the window where it stands best now."""
        place = self._berth.changed(monitors(self._gtk))
        if place is not None:
            self._go(place)

    def toggle_full_screen(self) -> None:
        """Fill the whole screen, or go back to the place before."""
        if self._state() & FULL_SCREEN:
            self._gtk.gtk_window_unfullscreen(self._window)
        else:
            self._gtk.gtk_window_fullscreen(self._window)

    def tell(self) -> None:
        """Tell where the window stands, unless that is known or it was never shown."""
        self._stop_waiting()
        if not self._is_up:
            return
        self.here = self._look()
        remembered = self._berth.seen(self.here, monitors(self._gtk))
        if remembered is not None and self._on_placed:
            self._on_placed(remembered)

    def _go(self, place: Placement) -> None:
        self.here = self._wanted = place
        gtk, window = self._gtk, self._window
        if self._is_up:
            if self._state() & FULL_SCREEN:
                return
            gtk.gtk_window_unmaximize(window)
        self._move()
        self._resize()
        self._wait()  # nothing may be heard of a window that stands there already

    def _move(self) -> None:
        gtk, window, here = self._gtk, self._window, self._wanted
        if here.x is not None and here.y is not None:
            gtk.gtk_window_move(window, here.x, here.y)
            # The person put it there, not the program: window managers overrule a place that programs think of.
            gtk.gtk_window_set_geometry_hints(window, None, None, PERSONS_PLACE)
        if here.maximized:
            gtk.gtk_window_maximize(window)

    def _resize(self) -> None:
        if self._is_resizable:
            across, down = self._frame()
            self._gtk.gtk_window_resize(
                self._window, max(1, self._wanted.width - across), max(1, self._wanted.height - down)
            )

    def _frame(self) -> tuple[int, int]:
        """What title bar and borders take of an area, which is to hold those too; a size that was seen is without them."""
        gtk = self._gtk
        if not self._is_in_area() or not self._is_up:
            return 0, 0
        outer = Rectangle()
        gtk.gdk_window_get_frame_extents(gtk.gtk_widget_get_window(self._window), ctypes.byref(outer))
        width, height = _pair(gtk.gtk_window_get_size, self._window)
        return max(0, outer.width - width), max(0, outer.height - height)

    def _is_in_area(self) -> bool:
        return isinstance(self._berth.meant, Spot) and self._berth.meant.area is not None

    def _mapped(self, window: int, event: int) -> int:
        self._is_up = True
        if self._is_in_area():
            self._resize()
        self._wait()
        return DEFAULT

    def _changed(self, window: int, event: int) -> int:
        if self._is_up:  # else it has no frame yet, and not the size that it will have
            self._wait()
        return DEFAULT

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self._gtk.g_timeout_add_full(
            BEFORE_REDRAWING, REST_MILLISECONDS, self._call_rested, None, None
        )

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
        gtk, state, here = self._gtk, self._state(), self.here
        if state & (ICONIFIED | FULL_SCREEN):
            return here
        if not state & MAXIMIZED:
            width, height = _pair(gtk.gtk_window_get_size, self._window)
            x, y = _pair(gtk.gtk_window_get_position, self._window) if _tells_places(gtk) else (None, None)
            here = Placement(width, height, x, y)
        home = monitor_of(gtk, gtk.gtk_widget_get_window(self._window))
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


def _tells_places(gtk: Gtk) -> bool:
    """Wayland keeps to itself where windows stand; GTK then says 0, 0."""
    display: bytes = gtk.g_type_name_from_instance(gtk.gdk_display_get_default())
    return display == b"GdkX11Display"


def _pair(ask: Callable[..., None], window: int) -> tuple[int, int]:
    first, second = ctypes.c_int(), ctypes.c_int()
    ask(window, ctypes.byref(first), ctypes.byref(second))
    return first.value, second.value
