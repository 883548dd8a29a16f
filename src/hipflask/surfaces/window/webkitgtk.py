"""Windows on Linux: the system's WebKitGTK, bound by ourselves with ctypes, so that nothing has to be compiled.

A web view that is not mapped is "hidden" to its page: no animation frame ever comes, timers slow to one a second,
and a page that reports its first paint would wait for ever. So each view starts in a GtkOffscreenWindow, where it is
painted as on a screen, and moves into the real window when that is shown.
"""

from __future__ import annotations

import html
import json
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from hipflask.core.desk import ChooseFiles, Monitor
from hipflask.core.errors import WindowError
from hipflask.core.spots import Spot
from hipflask.surfaces.window import _desktop, _gtk
from hipflask.surfaces.window._clipboard import Clipboard
from hipflask.surfaces.window._dialogs import FileDialogs
from hipflask.surfaces.window._drops import Drops
from hipflask.surfaces.window._gtk import DEFAULT, HANDLED
from hipflask.surfaces.window._keys import CONTROL, F11, Key, add_keys, history_keys
from hipflask.surfaces.window._loop import Loop
from hipflask.surfaces.window._monitors import monitors, watch_monitors
from hipflask.surfaces.window._navigation import Downloads, Navigation
from hipflask.surfaces.window._notes import Notes
from hipflask.surfaces.window._pictures import photograph
from hipflask.surfaces.window._placing import Placing
from hipflask.surfaces.window.outside import origin
from hipflask.surfaces.window.shell import Placement, WindowOptions, scheme_of

TOP_FRAME, AT_START = 1, 0  # WebKitUserContentInjectedFrames, WebKitUserScriptInjectionTime
NAME_SCRIPT = "try { sessionStorage.setItem('hipflask-window', %s) } catch {}"  # about:blank has no storage
NEVER = 2  # WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER
CRASH_AGAIN_SECONDS = 60
SCREENSHOT_SECONDS = 20
NOTES_SECONDS = 2

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
        self.on_open_wanted: Callable[[str], None] | None = None
        self.on_quit_wanted: Callable[[], None] | None = None
        self._opened = self._quitting = False
        self.context = gtk.webkit_web_context_new_ephemeral()  # cookies live as long as the program
        _desktop.speak_english_in_c(gtk, self.context)
        Downloads(gtk).watch(self.context)
        self._clipboard, self._notes = Clipboard(gtk), Notes(gtk)
        watch_monitors(gtk, self._monitors_changed)

    def open(
        self,
        url: str,
        options: WindowOptions,
        *,
        on_closed: Callable[[], None] | None = None,
        on_close_wanted: Callable[[], None] | None = None,
        on_placed: Callable[[Placement], None] | None = None,
    ) -> WebKitWindow:
        window = WebKitWindow(self, options, on_closed, on_close_wanted, on_placed)
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
            self._clipboard.give_up()
            self.loop.serve_while(lambda: self._notes.is_busy, NOTES_SECONDS)

    def ask_to_quit(self) -> None:
        """End as the person wants it: each window may ask them something first."""
        if self.on_quit_wanted:
            self.on_quit_wanted()
        for window in tuple(self.windows):
            window.ask_to_close()

    def quit(self) -> None:
        self._quitting = True
        self.loop.post(self.loop.stop)

    def monitors(self, answered: Callable[[list[Monitor]], None]) -> None:
        self.loop.post(lambda: answered(monitors(self.gtk)))

    def _monitors_changed(self) -> None:
        for window in self.windows:
            window.monitors_changed()

    def copy(self, text: str) -> None:
        self.loop.post(partial(self._clipboard.copy, text))

    def paste(self, answered: Callable[[str], None]) -> None:
        self.loop.post(partial(self._clipboard.paste, answered))

    def announce(self, title: str, message: str) -> None:
        """Show a note; where the desktop has no service for it, that is said in the log."""
        self.loop.post(partial(self._notes.announce, title, message))

    def forget(self, window: WebKitWindow) -> None:
        """Strike out a window that is gone; the last one ends `run`."""
        self.windows.remove(window)
        if self._is_done():
            self.loop.stop()

    def _is_done(self) -> bool:
        return self._quitting or (self._opened and not self.windows)


class WebKitWindow:
    """One window: its public methods for any thread, the others for GTK's."""

    def __init__(
        self,
        shell: WebKitGtk,
        options: WindowOptions,
        on_closed: Callable[[], None] | None,
        on_close_wanted: Callable[[], None] | None,
        on_placed: Callable[[Placement], None] | None,
    ) -> None:
        self.closed = Event()
        self._shell, self._gtk, self._loop = shell, shell.gtk, shell.loop
        self._options = options
        self._scheme = scheme_of(options)
        self._on_closed, self._on_close_wanted, self._on_placed = on_closed, on_close_wanted, on_placed
        self._follows_title = not options.keeps_title
        self._navigation = Navigation(shell.gtk, self._open_another)
        self._dialogs = FileDialogs(shell.gtk)
        self._placing: Placing | None = None  # made with the window, on GTK's thread
        self._drops: Drops | None = None
        self._crashed_at = 0.0
        self._window: Any = None
        self._view: Any = None
        self._nursery: Any = None  # where the view is painted until the window is shown

    def show(self) -> None:
        self._post(self._show)

    def place(self, where: Placement | Spot) -> None:
        self._post(partial(self._put, where))

    def placement(self) -> Placement | None:
        return self._placing.here if self._placing else None

    def close(self) -> None:
        self._post(self.destroy)

    def ask_to_close(self) -> None:
        self._post(self._ask_to_close)

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
        self._post(lambda: photograph(self._gtk, self._view, path, failures, done))
        self._loop.wait(done, SCREENSHOT_SECONDS, "Taking a picture of the window")
        if failures:
            raise WindowError(f"No picture could be taken for {path}: {failures[0]}.")

    def choose_files(self, question: ChooseFiles, answered: Callable[[list[str]], None]) -> None:
        if self.closed.is_set():
            answered([])
        else:
            self._loop.post(partial(self._choose_files, question, answered))

    def dropped(self) -> list[str]:
        return list(self._drops.paths) if self._drops else []

    def _post(self, job: Callable[[], object]) -> None:
        self._loop.post(lambda: None if self.closed.is_set() else job())

    # ── on GTK's thread from here on ──

    def build(self, url: str) -> None:
        """Make the window, hidden, and begin to load."""
        gtk, options = self._gtk, self._options
        gtk.g_set_prgname(options.app_id)
        gtk.gdk_set_program_class(options.app_id)
        _desktop.prefer_scheme(gtk, self._scheme)
        self._window = gtk.gtk_window_new(0)
        self._set_title(options.title)
        gtk.gtk_window_set_resizable(self._window, options.resizable)
        self._placing = placing = Placing(gtk, options, self._on_placed)
        placing.prepare(self._window)
        self._build_view(*placing.painting_size())
        add_keys(gtk, self._window, self._keys(placing))
        gtk.connect(self._window, "delete-event", self._close_button)
        gtk.connect(self._window, "destroy", self._destroyed)
        self._load(url)

    def _say_name(self, view: int) -> None:
        """Tell each page the name of its window, before any script of its own runs."""
        gtk = self._gtk
        script = gtk.webkit_user_script_new(
            NAME_SCRIPT % json.dumps(self._options.name), TOP_FRAME, AT_START, None, None
        )
        gtk.webkit_user_content_manager_add_script(gtk.webkit_web_view_get_user_content_manager(view), script)
        gtk.webkit_user_script_unref(script)

    def _build_view(self, width: int, height: int) -> None:
        gtk, options = self._gtk, self._options
        self._view = view = gtk.webkit_web_view_new_with_context(self._shell.context)
        self._say_name(view)
        settings = gtk.webkit_web_view_get_settings(view)
        gtk.webkit_settings_set_javascript_can_access_clipboard(settings, True)
        if not _desktop.has_graphics():
            # Layers put together by a graphics processor that is computed: 27 ms for a frame of a table, instead of 5.
            gtk.webkit_settings_set_hardware_acceleration_policy(settings, NEVER)
        gtk.webkit_settings_set_enable_developer_extras(settings, options.debug)
        gtk.webkit_settings_set_enable_write_console_messages_to_stdout(settings, options.debug)
        _desktop.use_theme_paper(gtk, self._window, view)
        gtk.connect(view, "decide-policy", self._navigation.decide)
        gtk.connect(view, "context-menu", self._refuse_menu)
        gtk.connect(view, "notify::title", self._page_title)
        gtk.connect(view, "web-process-terminated", self._crashed)
        self._drops = Drops(gtk, view)
        self._nursery = gtk.gtk_offscreen_window_new()
        gtk.gtk_widget_set_size_request(view, width, height)
        gtk.gtk_container_add(self._nursery, view)
        gtk.gtk_widget_show_all(self._nursery)

    def _keys(self, placing: Placing) -> list[Key]:
        keys: list[Key] = [
            *history_keys(self._gtk, self._view),
            (F11, 0, placing.toggle_full_screen),
            (ord("w"), CONTROL, self._ask_to_close),
            (ord("q"), CONTROL, self._shell.ask_to_quit),
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
            gtk.gtk_widget_set_size_request(self._view, *self._smallest())
            gtk.gtk_widget_grab_focus(self._view)
            self._nursery = None
        gtk.gtk_window_present(self._window)

    def _smallest(self) -> tuple[int, int]:
        """GTK gives a window that cannot be resized the smallest size that fits, whatever its default is."""
        options = self._options
        if options.resizable:
            return options.min_width, options.min_height
        return options.width, options.height

    def _put(self, where: Placement | Spot) -> None:
        if self._placing:
            self._placing.put(where)

    def _load(self, url: str) -> None:
        self._navigation.homes.add(origin(url))
        self._gtk.webkit_web_view_load_uri(self._view, url)

    def _open_another(self, url: str) -> None:
        if wanted := self._shell.on_open_wanted:
            wanted(url)
        else:
            self._shell.open(url, replace(self._options, title="", placement=None)).show()

    def _set_title(self, title: str) -> None:
        self._gtk.gtk_window_set_title(self._window, title)

    def monitors_changed(self) -> None:
        """Stand where it is best now."""
        if self._placing:
            self._placing.monitors_changed()

    def _page_title(self, view: int, property: int) -> None:
        title = self._gtk.webkit_web_view_get_title(view)
        if self._follows_title and title:
            self._set_title(title.decode())

    def _choose_files(self, question: ChooseFiles, answered: Callable[[list[str]], None]) -> None:
        if self.closed.is_set():
            answered([])
        else:
            self._dialogs.ask(self._window, question, answered)

    def _ask_to_close(self) -> None:
        """Close as the person wants it: whoever keeps the window may ask them something first."""
        if self._on_close_wanted:
            self._on_close_wanted()
        else:
            self.destroy()

    def _close_button(self, window: int, event: int) -> int:
        self._ask_to_close()
        return HANDLED

    def destroy(self) -> None:
        """Take the window away now."""
        if self._placing and not self.closed.is_set():
            self._placing.tell()
            self._gtk.gtk_widget_destroy(self._window)

    def _destroyed(self, window: int) -> None:
        self.closed.set()
        self._dialogs.dismiss()
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

    def _crashed(self, view: int, reason: int) -> None:
        """Reload once; a page that brings its process down again would do so for ever."""
        again = time.monotonic() - self._crashed_at < CRASH_AGAIN_SECONDS
        self._crashed_at = time.monotonic()
        url = (self._gtk.webkit_web_view_get_uri(view) or b"about:blank").decode()
        if again:
            self._gtk.webkit_web_view_load_alternate_html(
                view, CRASHED.format(url=html.escape(url)), url, None
            )
        else:
            self._gtk.webkit_web_view_reload(view)
