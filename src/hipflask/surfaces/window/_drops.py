"""Remembers the paths of files that are dropped on a page; the page itself is told no more than their names.

WebKit fetches what is dragged as soon as that comes over the page. We look at it on its way there and take nothing away.
"""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes, urlsplit

from hipflask.surfaces.window._gtk import DEFAULT, Gtk


class Drops:
    """What was last dropped on one page."""

    def __init__(self, gtk: Gtk, view: int) -> None:
        self._gtk = gtk
        self._dragged: tuple[int, list[str]] = 0, []  # which drag, and what it carries
        self.paths: list[str] = []
        gtk.connect(view, "drag-data-received", self._received)
        gtk.connect(view, "drag-drop", self._dropped)

    def _received(self, view: int, drag: int, x: int, y: int, selection: int, info: int, moment: int) -> None:
        if uris := self._gtk.gtk_selection_data_get_uris(selection):
            self._dragged = drag, paths_of(self._gtk.take_all(uris))

    def _dropped(self, view: int, drag: int, x: int, y: int, moment: int) -> int:
        self.paths = self._dragged[1] if drag == self._dragged[0] else []  # a text, say, has none
        return DEFAULT


def paths_of(uris: list[str]) -> list[str]:
    """The paths of those files that are on this machine."""
    parts = [urlsplit(uri) for uri in uris]
    local = [part.path for part in parts if part.scheme == "file" and part.netloc in ("", "localhost")]
    return [os.fsdecode(unquote_to_bytes(path)) for path in local]
