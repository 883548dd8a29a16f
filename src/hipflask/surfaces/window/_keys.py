"""Keys and mouse buttons that belong to the window, whatever its page does."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import partial

from hipflask.surfaces.window._gtk import DEFAULT, HANDLED, Gtk

CONTROL, ALT = 1 << 2, 1 << 3  # GdkModifierType
LEFT, RIGHT, F11 = 0xFF51, 0xFF53, 0xFFC8
BACK, FORWARD = 8, 9  # what X11 and Wayland call the two buttons at a mouse's side

Action = Callable[[], object]
Key = tuple[int, int, Action]  # key, modifiers, what to do


def add_keys(gtk: Gtk, window: int, keys: Sequence[Key]) -> None:
    """Have each key do its work; the page is not told of them."""
    group = gtk.gtk_accel_group_new()
    gtk.gtk_window_add_accel_group(window, group)
    for key, modifiers, action in keys:
        call = gtk.callback("accelerator", partial(_handled, action))
        gtk.gtk_accel_group_connect(group, key, modifiers, 0, gtk.g_cclosure_new(call, None, None))


def history_keys(gtk: Gtk, view: int) -> list[Key]:
    """Those that go back and forward in what a view has shown; the mouse's buttons do so, too, from now on."""
    back, forward = partial(gtk.webkit_web_view_go_back, view), partial(gtk.webkit_web_view_go_forward, view)
    gtk.connect(view, "button-press-event", partial(_pressed, gtk, {BACK: back, FORWARD: forward}))
    return [(LEFT, ALT, back), (RIGHT, ALT, forward)]


def _handled(action: Action, *event: object) -> int:
    action()
    return HANDLED


def _pressed(gtk: Gtk, actions: dict[int, Action], view: int, event: int) -> int:
    button = ctypes.c_uint()
    gtk.gdk_event_get_button(event, ctypes.byref(button))
    if action := actions.get(button.value):
        return _handled(action)
    return DEFAULT
