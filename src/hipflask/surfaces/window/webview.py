"""Windows on Windows and macOS: WebView2 and WKWebView, through pywebview.

Never run by us on those systems, only checked against the source of pywebview 6.2 and driven with a small stand-in
for its platform half; the workflow `selftest.yml` is what runs the real ones. What that source taught:

* A method of its windows waits until the window is there, up to 20 seconds; called by the GUI's own thread it would
  wait for itself. So one worker thread makes every call, in order, and nobody else does.
* A hidden page gets no animation frames there, so that its first paint may never be reported: a window is also
  shown when its page has loaded.
* `private_mode` deletes all cookies whenever a window opens, those of the windows before it too. We turn it off and
  keep the data in a folder that lives as long as the program.
"""

from __future__ import annotations

import importlib
import logging
import queue
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from hipflask.core.desk import ChooseFiles
from hipflask.core.errors import MissingPart, WindowError
from hipflask.surfaces.window.shell import Placement, WindowOptions, scheme_of

log = logging.getLogger(__name__)
Job = Callable[[], object]

NO_PYWEBVIEW = "pywebview, which draws windows on Windows and macOS, is not installed: pip install pywebview"
NO_WEBVIEW2 = """Only Internet Explorer's old engine was found, which cannot show the app. Install Microsoft's
"WebView2 Runtime" (Evergreen): https://developer.microsoft.com/microsoft-edge/webview2"""
PAPER = {"dark": "#1e1e1e"}


class PyWebView:
    """The shell of the Windows and macOS desktops."""

    name = "webview"

    def __init__(self) -> None:
        self._library = _load()
        self._wanted = Event()
        self._started = self._quitting = self._debug = False
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.on_open_wanted: Callable[[str], None] | None = None  # pywebview has its own way with such links
        self.windows: list[PyWebViewWindow] = []

    def open(
        self,
        url: str,
        options: WindowOptions,
        *,
        on_closed: Callable[[], None] | None = None,
        on_close_wanted: Callable[[], None] | None = None,
        on_placed: Callable[[Placement], None] | None = None,
    ) -> PyWebViewWindow:
        window = PyWebViewWindow(self, on_closed, on_close_wanted, on_placed)
        self.windows.append(window)
        self._debug = self._debug or options.debug
        make = partial(window.make, self._library, url, options)
        if self._started:
            self.post(make)
        else:
            make()
        self._wanted.set()
        return window

    def run(self) -> None:
        self._wanted.wait()
        if self._quitting:
            for window in tuple(self.windows):
                window.drop(self._library)
            return
        self._started = True
        self._library.settings["ALLOW_DOWNLOADS"] = True
        with tempfile.TemporaryDirectory(prefix="hipflask-", ignore_cleanup_errors=True) as data:
            try:
                self._library.start(self._work, debug=self._debug, private_mode=False, storage_path=data)
            finally:
                self._jobs.put(None)

    def quit(self) -> None:
        self._quitting = True
        self._wanted.set()
        for window in tuple(self.windows):
            window.close()

    def copy(self, text: str) -> None:
        raise WindowError("not yet")

    def paste(self, answered: Callable[[str], None]) -> None:
        raise WindowError("not yet")

    def announce(self, title: str, message: str) -> None:
        raise WindowError("not yet")

    def post(self, job: Job) -> None:
        """Have the worker thread do it, after what was posted before."""
        self._jobs.put(job)

    def _work(self) -> None:
        while job := self._jobs.get():
            try:
                job()
            except Exception:
                log.exception("A call to a window failed")


class PyWebViewWindow:
    """One of pywebview's windows."""

    def __init__(
        self,
        shell: PyWebView,
        on_closed: Callable[[], None] | None,
        on_close_wanted: Callable[[], None] | None,
        on_placed: Callable[[Placement], None] | None,
    ) -> None:
        self.closed = Event()
        self._shell = shell
        self._on_closed = on_closed
        self._on_close_wanted, self._on_placed = on_close_wanted, on_placed
        self._native: Any = None

    def show(self) -> None:
        self._post(lambda: self._native.show())

    def close(self) -> None:
        self._post(lambda: self._native.destroy())

    def load(self, url: str) -> None:
        self._post(lambda: self._native.load_url(url))

    def set_title(self, title: str) -> None:
        self._post(lambda: self._native.set_title(title))

    def screenshot(self, path: Path) -> None:
        raise WindowError(
            f"No picture could be taken for {path}: this system's web view offers none. "
            "Use --headless, which takes it with a Chromium-like browser."
        )

    def choose_files(self, question: ChooseFiles, answered: Callable[[list[str]], None]) -> None:
        raise WindowError("not yet")

    def dropped(self) -> list[str]:
        return []

    def make(self, library: Any, url: str, options: WindowOptions) -> None:
        """Create the native window; before `start`, or on the worker thread."""
        self._native = library.create_window(
            options.title or options.app_id,
            url,
            width=options.width,
            height=options.height,
            min_size=(options.min_width, options.min_height),
            resizable=options.resizable,
            hidden=True,
            text_select=True,
            zoomable=True,
            background_color=PAPER.get(scheme_of(options), "#FFFFFF"),
        )
        self._native.events.loaded += self.show
        self._native.events.closed += self._was_closed

    def drop(self, library: Any) -> None:
        """Give up a window that never came to the screen."""
        library.windows.remove(self._native)
        self._was_closed()

    def _post(self, job: Job) -> None:
        self._shell.post(lambda: None if self.closed.is_set() else job())

    def _was_closed(self) -> None:
        self.closed.set()
        self._shell.windows.remove(self)
        if self._on_closed:
            self._on_closed()


def _load() -> Any:
    try:
        library = importlib.import_module("webview")
    except ImportError as error:
        raise MissingPart(NO_PYWEBVIEW) from error
    try:
        platform = importlib.import_module("webview.guilib").initialize()
    except Exception as error:  # whatever the platform half fails with, another shell may still do
        raise WindowError(f"pywebview cannot draw here: {error}") from error
    if platform.renderer == "mshtml":
        raise WindowError(NO_WEBVIEW2)
    return library
