"""Windows on Linux: the system's WebKitGTK, bound by ourselves with ctypes, so that nothing has to be compiled.

A web view that is not mapped is "hidden" to its page: no animation frame ever comes, timers slow to one a second,
and a page that reports its first paint would wait for ever. So each view starts in a GtkOffscreenWindow, where it is
painted as on a screen, and moves into the real window when that is shown.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from hipflask.core.errors import WindowError
from hipflask.surfaces.window import _desktop, _gtk
from hipflask.surfaces.window._loop import Loop
from hipflask.surfaces.window.outside import leaves, open_outside, origin
from hipflask.surfaces.window.shell import WindowOptions

CONTROL = 1 << 2  # GdkModifierType
NEW_WINDOW, RESPONSE = 1, 2  # WebKitPolicyDecisionType
SAVE, ACCEPT = 1, -3  # GtkFileChooserAction, GtkResponseType
VISIBLE_REGION = 0  # WebKitSnapshotRegion
HANDLED, DEFAULT = 1, 0
CRASH_AGAIN_SECONDS = 60
SCREENSHOT_SECONDS = 20

NO_DISPLAY = """There is no screen to open a window on: {seen}.
Over SSH or in a container, use one of
    hipflask run --headless     draws on a screen of its own that nobody sees, for tests and screenshots
    hipflask serve              serves the app to a browser instead"""

CRASHED = """<!doctype html><meta charset="utf-8"><title>This page stopped working</title>
<style>:root{{color-scheme:light dark}}body{{font:16px system-ui;margin:15vh auto;max-width:32em;padding:0 1em}}</style>
<h1>This page stopped working</h1>
<p>The part of the system that draws it ended unexpectedly, twice in a row. Your data is not affected.</p>
<p><a href="{url}">Try again</a></p>"""


class WebKitGtk:
    """The shell of the Linux desktop."""

    name = "webkitgtk"

    def __init__(self) -> None:
        self.gtk = gtk = _gtk.load()
        if not gtk.gtk_init_check(None, None):
            raise WindowError(NO_DISPLAY.format(seen=_desktop.displays()))
        self.loop = Loop(gtk)
        self.windows: list[WebKitWindow] = []
        self._opened = self._quitting = False
        self.context = gtk.webkit_web_context_new_ephemeral()  # cookies live as long as the program
        _desktop.speak_english_in_c(gtk, self.context)
        gtk.connect(self.context, "download-started", self._download_started)

    def open(
        self, url: str, options: WindowOptions, *, on_closed: Callable[[], None] | None = None
    ) -> WebKitWindow:
        window = WebKitWindow(self, options, on_closed)
        self._opened = True
        self.windows.append(window)
        self.loop.soon(partial(window.build, url))
        return window

    def run(self) -> None:
        self.loop.insist()
        try:
            if not self._is_done():
                self.loop.run()
        finally:
            for window in tuple(self.windows):
                window.destroy()
            self.loop.finish()

    def quit(self) -> None:
        self._quitting = True
        self.loop.post(self.loop.stop)

    def forget(self, window: WebKitWindow) -> None:
        """Strike out a window that is gone; the last one ends `run`."""
        self.windows.remove(window)
        if self._is_done():
            self.loop.stop()

    def _is_done(self) -> bool:
        return self._quitting or (self._opened and not self.windows)

    def _download_started(self, context: int, download: int) -> None:
        self.gtk.connect(download, "decide-destination", self._ask_where_to_save)

    def _ask_where_to_save(self, download: int, suggested: bytes) -> int:
        """Only our own pages get here; the system's browser could not fetch it, as the cookie is ours."""
        gtk = self.gtk
        dialog = gtk.gtk_file_chooser_native_new(None, None, SAVE, None, None)
        gtk.gtk_file_chooser_set_current_name(dialog, suggested.decode())
        gtk.gtk_file_chooser_set_do_overwrite_confirmation(dialog, True)
        if gtk.gtk_native_dialog_run(dialog) == ACCEPT:
            name = gtk.gtk_file_chooser_get_filename(dialog)
            gtk.webkit_download_set_destination(download, Path(gtk.take(name)).as_uri())
        else:
            gtk.webkit_download_cancel(download)
        gtk.g_object_unref(dialog)
        return HANDLED


class WebKitWindow:
    """One window: its public methods for any thread, the others for GTK's."""

    def __init__(
        self, shell: WebKitGtk, options: WindowOptions, on_closed: Callable[[], None] | None
    ) -> None:
        self.closed = Event()
        self._shell, self._gtk, self._loop = shell, shell.gtk, shell.loop
        self._options = options
        self._on_closed = on_closed
        self._follows_title = not options.title
        self._homes: set[str] = set()
        self._crashed_at = 0.0
        self._window: Any = None
        self._view: Any = None
        self._nursery: Any = None  # where the view is painted until the window is shown

    def show(self) -> None:
        self._post(self._show)

    def close(self) -> None:
        self._post(self.destroy)

    def load(self, url: str) -> None:
        self._post(partial(self._load, url))

    def set_title(self, title: str) -> None:
        self._follows_title = False
        self._post(partial(self._set_title, title))

    def screenshot(self, path: Path) -> None:
        failures: list[str] = []
        done = Event()
        if self.closed.is_set():
            raise WindowError(f"No picture could be taken for {path}: the window has closed.")
        self._post(partial(self._snapshot, path, failures, done))
        self._loop.wait(done, SCREENSHOT_SECONDS, "Taking a picture of the window")
        if failures:
            raise WindowError(f"No picture could be taken for {path}: {failures[0]}.")

    def _post(self, job: Callable[[], object]) -> None:
        self._loop.post(lambda: None if self.closed.is_set() else job())

    # ── on GTK's thread from here on ──

    def build(self, url: str) -> None:
        """Make the window, hidden, and begin to load."""
        gtk, options = self._gtk, self._options
        gtk.g_set_prgname(options.app_id)
        gtk.gdk_set_program_class(options.app_id)
        _desktop.prefer_scheme(gtk, os.environ.get("HIPFLASK_SCHEME") or options.scheme)
        self._window = gtk.gtk_window_new(0)
        self._set_title(options.title)
        gtk.gtk_window_set_default_size(self._window, options.width, options.height)
        gtk.gtk_window_set_resizable(self._window, options.resizable)
        self._build_view()
        self._add_keys()
        gtk.connect(self._window, "destroy", self._destroyed)
        self._load(url)

    def _build_view(self) -> None:
        gtk, options = self._gtk, self._options
        self._view = view = gtk.webkit_web_view_new_with_context(self._shell.context)
        settings = gtk.webkit_web_view_get_settings(view)
        gtk.webkit_settings_set_javascript_can_access_clipboard(settings, True)
        gtk.webkit_settings_set_enable_developer_extras(settings, options.debug)
        gtk.webkit_settings_set_enable_write_console_messages_to_stdout(settings, options.debug)
        _desktop.use_theme_paper(gtk, self._window, view)
        gtk.connect(view, "decide-policy", self._decide)
        gtk.connect(view, "context-menu", self._refuse_menu)
        gtk.connect(view, "notify::title", self._page_title)
        gtk.connect(view, "web-process-terminated", self._crashed)
        self._nursery = gtk.gtk_offscreen_window_new()
        gtk.gtk_widget_set_size_request(view, options.width, options.height)
        gtk.gtk_container_add(self._nursery, view)
        gtk.gtk_widget_show_all(self._nursery)

    def _add_keys(self) -> None:
        gtk = self._gtk
        group = gtk.gtk_accel_group_new()
        gtk.gtk_window_add_accel_group(self._window, group)
        for key, modifiers, action in self._keys():
            call = gtk.callback("accelerator", partial(_handled, action))
            gtk.gtk_accel_group_connect(group, key, modifiers, 0, gtk.g_cclosure_new(call, None, None))

    def _keys(self) -> list[tuple[int, int, Callable[[], object]]]:
        keys: list[tuple[int, int, Callable[[], object]]] = [
            (ord("w"), CONTROL, self.close),
            (ord("q"), CONTROL, self._shell.quit),
            (ord("0"), CONTROL, partial(self._zoom, 0)),
            (ord("-"), CONTROL, partial(self._zoom, 1 / 1.1)),
            (ord("+"), CONTROL, partial(self._zoom, 1.1)),
            (ord("="), CONTROL, partial(self._zoom, 1.1)),  # the same key, on most keyboards without Shift
        ]
        if self._options.debug:
            keys.append((ord("r"), CONTROL, lambda: self._gtk.webkit_web_view_reload(self._view)))
        return keys

    def _zoom(self, factor: float) -> None:
        level = self._gtk.webkit_web_view_get_zoom_level(self._view) * factor or 1.0
        self._gtk.webkit_web_view_set_zoom_level(self._view, min(5.0, max(0.3, level)))

    def _show(self) -> None:
        gtk = self._gtk
        if self._nursery:
            # Reparented, not removed and added: that unrealizes the view, and every third window then stayed empty.
            gtk.gtk_widget_realize(self._window)
            gtk.gtk_widget_reparent(self._view, self._window)
            gtk.gtk_widget_destroy(self._nursery)
            gtk.gtk_widget_set_size_request(self._view, self._options.min_width, self._options.min_height)
            gtk.gtk_widget_grab_focus(self._view)
            self._nursery = None
        gtk.gtk_window_present(self._window)

    def _load(self, url: str) -> None:
        self._homes.add(origin(url))
        self._gtk.webkit_web_view_load_uri(self._view, url)

    def _set_title(self, title: str) -> None:
        self._gtk.gtk_window_set_title(self._window, title)

    def _page_title(self, view: int, property: int) -> None:
        title = self._gtk.webkit_web_view_get_title(view)
        if self._follows_title and title:
            self._set_title(title.decode())

    def destroy(self) -> None:
        """Take the window away now."""
        if self._window and not self.closed.is_set():
            self._gtk.gtk_widget_destroy(self._window)

    def _destroyed(self, window: int) -> None:
        self.closed.set()
        if self._nursery:
            self._gtk.gtk_widget_destroy(self._nursery)
        self._shell.forget(self)
        if self._on_closed:
            self._on_closed()

    def _refuse_menu(self, view: int, menu: int, event: int, hit: int) -> int:
        """Only where text can be cut, copied or pasted does a desktop program have a menu that we did not make."""
        editable = self._gtk.webkit_hit_test_result_context_is_editable(hit)
        selected = self._gtk.webkit_hit_test_result_context_is_selection(hit)
        return DEFAULT if self._options.debug or editable or selected else HANDLED

    def _decide(self, view: int, decision: int, kind: int) -> int:
        if kind == RESPONSE:
            return self._decide_response(decision)
        gtk = self._gtk
        action = gtk.webkit_navigation_policy_decision_get_navigation_action(decision)
        url = gtk.webkit_uri_request_get_uri(gtk.webkit_navigation_action_get_request(action)).decode()
        leaving = leaves(url, self._homes) and gtk.webkit_navigation_action_is_user_gesture(action)
        if leaving or (kind == NEW_WINDOW and leaves(url, self._homes)):
            return self._send_outside(decision, url)
        if kind == NEW_WINDOW:
            gtk.webkit_policy_decision_ignore(decision)
            self._shell.open(url, replace(self._options, title="")).show()
            return HANDLED
        return DEFAULT  # at home; or a frame inside the page, or a redirect, whose answer is looked at when it comes

    def _decide_response(self, decision: int) -> int:
        gtk = self._gtk
        url = gtk.webkit_uri_request_get_uri(
            gtk.webkit_response_policy_decision_get_request(decision)
        ).decode()
        main = gtk.webkit_response_policy_decision_is_main_frame_main_resource(decision)
        if main and leaves(url, self._homes):
            return self._send_outside(decision, url)
        if not gtk.webkit_response_policy_decision_is_mime_type_supported(decision):
            gtk.webkit_policy_decision_download(decision)
            return HANDLED
        return DEFAULT

    def _send_outside(self, decision: int, url: str) -> int:
        self._gtk.webkit_policy_decision_ignore(decision)
        open_outside(url)
        return HANDLED

    def _crashed(self, view: int, reason: int) -> None:
        """Reload once; a page that brings its process down again would do so for ever."""
        again = time.monotonic() - self._crashed_at < CRASH_AGAIN_SECONDS
        self._crashed_at = time.monotonic()
        url = (self._gtk.webkit_web_view_get_uri(view) or b"about:blank").decode()
        if again:
            self._gtk.webkit_web_view_load_alternate_html(view, CRASHED.format(url=url), url, None)
        else:
            self._gtk.webkit_web_view_reload(view)

    def _snapshot(self, path: Path, failures: list[str], done: Event) -> None:
        def taken(view: int, result: int) -> None:
            with contextlib.ExitStack() as stack:
                stack.callback(done.set)
                failures.extend(self._write_png(view, result, path))

        ready = self._gtk.callback("get_snapshot", taken)
        self._gtk.webkit_web_view_get_snapshot(self._view, VISIBLE_REGION, 0, None, ready, None)

    def _write_png(self, view: int, result: int, path: Path) -> list[str]:
        gtk = self._gtk
        error = ctypes.POINTER(_gtk.GError)()
        surface = gtk.webkit_web_view_get_snapshot_finish(view, result, ctypes.byref(error))
        if not surface:
            message = error.contents.message.decode()
            gtk.g_error_free(error)
            return [message]
        status = gtk.cairo_surface_write_to_png(surface, path)
        gtk.cairo_surface_destroy(surface)
        return [gtk.cairo_status_to_string(status).decode()] if status else []


def _handled(action: Callable[[], object], *event: object) -> int:
    action()
    return HANDLED
