"""Pictures of a page as WebKit has painted it."""

from __future__ import annotations

import contextlib
import ctypes
from pathlib import Path
from threading import Event

from hipflask.surfaces.window._gtk import GError, Gtk

VISIBLE_REGION = 0  # WebKitSnapshotRegion


def photograph(gtk: Gtk, view: int, path: Path, failures: list[str], done: Event) -> None:
    """Write a picture to `path` soon, and then set `done`; what went wrong is in `failures`."""

    def taken(view: int, result: int) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(done.set)
            failures.extend(_write_png(gtk, view, result, path))

    gtk.webkit_web_view_get_snapshot(view, VISIBLE_REGION, 0, None, gtk.callback("ready", taken), None)


def _write_png(gtk: Gtk, view: int, result: int, path: Path) -> list[str]:
    error = ctypes.POINTER(GError)()
    surface = gtk.webkit_web_view_get_snapshot_finish(view, result, ctypes.byref(error))
    if not surface:
        return [gtk.message(error)]
    status = gtk.cairo_surface_write_to_png(surface, path)
    gtk.cairo_surface_destroy(surface)
    return [gtk.cairo_status_to_string(status).decode()] if status else []
