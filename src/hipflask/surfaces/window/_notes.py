"""Shows notes outside of all windows, through the service that a Linux desktop has for it on its session bus.

GLib's own GNotification would need an installed .desktop file, which a program that was just written does not have.
"""

from __future__ import annotations

import ctypes
import html
import logging
from collections import deque

from hipflask.surfaces.window._gtk import GError, Gtk

log = logging.getLogger(__name__)

SESSION_BUS = 2  # GBusType
NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
AS_LONG_AS_USUAL = -1  # for how long a note is shown, and how long an answer may take


class Notes:
    """The notes of one program; on GTK's thread."""

    def __init__(self, gtk: Gtk) -> None:
        self._gtk = gtk
        self._waiting: deque[tuple[str, str]] = deque()
        self._sent = 0
        self._is_connecting = False
        self._bus = 0
        self._reads_markup = False
        self._call_connected = gtk.callback("ready", self._connected)
        self._call_introduced = gtk.callback("ready", self._introduced)
        self._call_shown = gtk.callback("ready", self._shown)

    @property
    def is_busy(self) -> bool:
        """Whether something has not reached the desktop yet."""
        return bool(self._waiting or self._sent)

    def announce(self, title: str, message: str) -> None:
        """Show a note, or say in the log why that is not possible: a person can do without."""
        self._waiting.append((title, message))
        if self._bus:
            self._send_all()
        elif not self._is_connecting:
            self._is_connecting = True
            self._gtk.g_bus_get(SESSION_BUS, None, self._call_connected, None)

    def _connected(self, source: int, result: int) -> None:
        gtk, error = self._gtk, ctypes.POINTER(GError)()
        bus = gtk.g_bus_get_finish(result, ctypes.byref(error))
        if not bus:
            self._give_up(gtk.message(error))
            return
        gtk.g_dbus_connection_set_exit_on_close(bus, False)  # or the bus would end us with it, by SIGTERM
        self._call(bus, "GetCapabilities", None, self._call_introduced)

    def _introduced(self, bus: int, result: int) -> None:
        answer, failure = self._finish(bus, result)
        if failure:
            self._give_up(failure)
            return
        self._bus, self._is_connecting = bus, False
        self._reads_markup = "'body-markup'" in answer
        self._send_all()

    def _send_all(self) -> None:
        while self._waiting:
            self._sent += 1
            self._call(self._bus, "Notify", self._note(*self._waiting.popleft()), self._call_shown)

    def _shown(self, bus: int, result: int) -> None:
        self._sent -= 1
        if failure := self._finish(bus, result)[1]:
            log.info("A note could not be shown: %s", failure)

    def _give_up(self, failure: str) -> None:
        self._is_connecting = False
        for title, _ in self._waiting:
            log.info("The note %r could not be shown: %s", title, failure)
        self._waiting.clear()

    def _call(self, bus: int, method: str, arguments: int | None, then: object) -> None:
        call = self._gtk.g_dbus_connection_call
        call(bus, NAME, PATH, NAME, method, arguments, None, 0, AS_LONG_AS_USUAL, None, then, None)

    def _finish(self, bus: int, result: int) -> tuple[str, str]:
        """The answer as text, and what went wrong."""
        gtk, error = self._gtk, ctypes.POINTER(GError)()
        answer = gtk.g_dbus_connection_call_finish(bus, result, ctypes.byref(error))
        if not answer:
            return "", gtk.message(error)
        text = gtk.take(gtk.g_variant_print(answer, False))
        gtk.g_variant_unref(answer)
        return text, ""

    def _note(self, title: str, message: str) -> int:
        """The arguments of Notify; C takes them over, so that nothing of it is ours to free."""
        gtk = self._gtk
        text = gtk.g_variant_new_string
        name = gtk.g_get_prgname().decode()
        body = html.escape(message, quote=False) if self._reads_markup else message
        desktop_file = gtk.g_variant_new_variant(text(name))
        hints = self._array(None, gtk.g_variant_new_dict_entry(text("desktop-entry"), desktop_file))
        none_replaced, actions = gtk.g_variant_new_uint32(0), self._array("s")
        how_long = gtk.g_variant_new_int32(AS_LONG_AS_USUAL)
        parts = (text(name), none_replaced, text(""), text(title), text(body), actions, hints, how_long)
        note: int = gtk.g_variant_new_tuple((ctypes.c_void_p * len(parts))(*parts), len(parts))
        return note

    def _array(self, kind: str | None, *parts: int) -> int:
        array: int = self._gtk.g_variant_new_array(kind, (ctypes.c_void_p * len(parts))(*parts), len(parts))
        return array
