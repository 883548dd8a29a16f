"""Texts on the desktop's clipboard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from hipflask.surfaces.window._gtk import Gtk


class Clipboard:
    """The one that Ctrl-C and Ctrl-V use; on GTK's thread."""

    def __init__(self, gtk: Gtk) -> None:
        self._gtk = gtk
        self._waiting: deque[Callable[[str], None]] = deque()
        self._call_read = gtk.callback("clipboard-text", self._read)
        self._board = gtk.gtk_clipboard_get(gtk.gdk_atom_intern("CLIPBOARD", False))

    def copy(self, text: str) -> None:
        """Offer a text to all programs; when its main loop ends, GTK hands it to the desktop's clipboard manager."""
        self._gtk.gtk_clipboard_set_text(self._board, text, -1)

    def paste(self, answered: Callable[[str], None]) -> None:
        """Ask the program that offers a text for it; it may take a while, or never answer."""
        self._waiting.append(answered)
        self._gtk.gtk_clipboard_request_text(self._board, self._call_read, None)

    def give_up(self) -> None:
        """Answer those who still wait: there is nothing, as the windows are going away."""
        while self._waiting:
            self._waiting.popleft()("")

    def _read(self, board: int, text: bytes | None) -> None:
        # Any text is an answer to all who wait: they asked for what is there now.
        if self._waiting:
            self._waiting.popleft()((text or b"").decode(errors="replace"))
