"""Windows on Windows and macOS: WebView2 and WKWebView, through pywebview.

Never run by us on those systems, only checked against the source of pywebview 6.2 and driven with a small stand-in
for its platform half; the workflow `selftest.yml` is what runs the real ones. What that source taught:

* A method of its windows waits until the window is there, up to 20 seconds; called by the GUI's own thread it would
  wait for itself. So one worker thread makes every call, in order, and nobody else does.
* A hidden page gets no animation frames there, so that its first paint may never be reported: a window is also
  shown when its page has loaded.
* Its own `destroy` asks "may it close?" again on Windows, so that we must remember that we want it.
* It gives monitors no names, and on macOS counts the heights of places from the monitor that a window is on: with
  several monitors one above the other a window may come back on the wrong one, but wholly inside it.
* What is maximized is on macOS what fills the screen.
* It says nothing when monitors come or go: a window finds its own again when the program is started the next time.
* `private_mode` deletes all cookies whenever a window opens, those of the windows before it too. We turn it off and
  keep the data in a folder that lives as long as the program.
"""

from __future__ import annotations

import importlib
import logging
import queue
import re
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from hipflask.core.desk import ChooseFiles, Monitor
from hipflask.core.errors import MissingPart, WindowError
from hipflask.core.spots import Spot
from hipflask.surfaces.window import _programs
from hipflask.surfaces.window._tracking import Tracking
from hipflask.surfaces.window.berth import Berth
from hipflask.surfaces.window.placing import numbered
from hipflask.surfaces.window.shell import Placement, WindowOptions, meant_by, scheme_of

log = logging.getLogger(__name__)
Job = Callable[[], object]

NO_PYWEBVIEW = "pywebview, which draws windows on Windows and macOS, is not installed: pip install pywebview"
NO_WEBVIEW2 = """Only Internet Explorer's old engine was found, which cannot show the app. Install Microsoft's
"WebView2 Runtime" (Evergreen): https://developer.microsoft.com/microsoft-edge/webview2"""
PAPER = {"dark": "#1e1e1e"}
DIALOGS = {"open": 10, "folder": 20, "save": 30}  # its FileDialog


class PyWebView:
    """The shell of the Windows and macOS desktops."""

    name = "webview"

    def __init__(self) -> None:
        self._library = _load()
        self._wanted = Event()
        self._started = self._quitting = self._debug = False
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.on_open_wanted: Callable[[str], None] | None = None  # pywebview has its own way with such links
        self.on_quit_wanted: Callable[[], None] | None = None  # never called: it tells of each window alone
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

    def monitors(self, answered: Callable[[list[Monitor]], None]) -> None:
        answered(self.screens())

    def screens(self) -> list[Monitor]:
        """The monitors that are there."""
        return _monitors(self._library)

    def copy(self, text: str) -> None:
        _programs.copy(text)

    def paste(self, answered: Callable[[str], None]) -> None:
        _programs.paste(answered)

    def announce(self, title: str, message: str) -> None:
        _programs.announce(title, message)

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
        self._place: Tracking | None = None  # made with the native window
        self._was_shown = self._may_close = False

    def show(self) -> None:
        self._was_shown = True
        self._post(self._bring_to_front)

    def _bring_to_front(self) -> None:
        if self._place and self._place.is_minimized:
            self._native.restore()
        self._native.show()
        if self._place:
            self._place.wait()  # it may stand there already, and nothing be heard of that

    def _show_first(self) -> None:
        if not self._was_shown:  # later pages must not bring it to the front
            self.show()

    def place(self, where: Placement | Spot) -> None:
        self._post(partial(self._put, where))

    def placement(self) -> Placement | None:
        return self._place.here if self._place else None

    def _put(self, where: Placement | Spot) -> None:
        assert self._place is not None
        place = self._place.put(where, self._shell.screens())
        self._native.restore()
        self._native.resize(place.width, place.height)
        if place.x is not None and place.y is not None:
            self._native.move(place.x, place.y)
        if place.maximized:
            self._native.maximize()

    def ask_to_close(self) -> None:
        if self._on_close_wanted and not self.closed.is_set():
            self._on_close_wanted()
        else:
            self.close()

    def close(self) -> None:
        self._may_close = True
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
        """Ask on a thread of its own: pywebview's call returns when the person has answered, and others go on."""
        ask = partial(self._ask_for_files, question, answered)
        self._shell.post(lambda: Thread(target=ask, daemon=True, name="hipflask-dialog").start())

    def _ask_for_files(self, question: ChooseFiles, answered: Callable[[list[str]], None]) -> None:
        chosen: object = None
        try:
            if not self.closed.is_set():
                chosen = self._native.create_file_dialog(
                    DIALOGS[question.kind],
                    question.folder,
                    question.many,
                    question.name,
                    file_types(question),
                )
        except Exception:
            log.exception("The dialog for files failed")
        answered(as_list(chosen))

    def dropped(self) -> list[str]:
        """None: pywebview tells paths only to pages that may `eval`, which ours must not."""
        return []

    def make(self, library: Any, url: str, options: WindowOptions) -> None:
        """Create the native window; before `start`, or on the worker thread."""
        berth = Berth(meant_by(options), (options.width, options.height))
        self._place = Tracking(berth, _monitors(library), self._on_placed)
        place = self._place.here
        self._native = library.create_window(
            options.title or options.app_id,
            url,
            width=place.width,
            height=place.height,
            x=place.x,
            y=place.y,
            maximized=place.maximized,
            min_size=(options.min_width, options.min_height),
            resizable=options.resizable,
            hidden=True,
            text_select=True,
            zoomable=True,
            background_color=PAPER.get(scheme_of(options), "#FFFFFF"),
        )
        self._place.watch(self._native.events)
        self._native.events.loaded += self._show_first
        self._native.events.closing += self._closing
        self._native.events.closed += self._was_closed

    def drop(self, library: Any) -> None:
        """Give up a window that never came to the screen."""
        library.windows.remove(self._native)
        self._was_closed()

    def _post(self, job: Job) -> None:
        self._shell.post(lambda: None if self.closed.is_set() else job())

    def _closing(self) -> bool:
        """Whether the window may go; asked on the GUI's thread, and of our own `close` too."""
        if self._may_close or not self._on_close_wanted:
            return True
        self._on_close_wanted()
        return False

    def _was_closed(self) -> None:
        if self._place:
            self._place.tell()
        self.closed.set()
        self._shell.windows.remove(self)
        if self._on_closed:
            self._on_closed()


def file_types(question: ChooseFiles) -> tuple[str, ...]:
    """The types as pywebview wants them, which refuses all but words and plain endings: "Pictures (*.png;*.jpg)"."""
    return tuple(f"{_words(name)} ({';'.join(map(_ending, patterns))})" for name, patterns in question.types)


def _words(name: str) -> str:
    return " ".join(re.findall(r"\w+", name)) or "Files"


def _ending(pattern: str) -> str:
    match = re.search(r"\.\w+$", pattern)
    return f"*{match[0]}" if match else "*.*"


def as_list(chosen: object) -> list[str]:
    """What a dialog of pywebview answers: a tuple, None, or on macOS a single name."""
    if isinstance(chosen, str):
        return [chosen]
    return [str(name) for name in chosen] if isinstance(chosen, Sequence) else []


def _monitors(library: Any) -> list[Monitor]:
    screens = [Monitor(None, screen.x, screen.y, screen.width, screen.height) for screen in library.screens]
    return numbered(
        sorted(screens, key=lambda screen: (screen.x, screen.y) != (0, 0))
    )  # the primary one is there


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
