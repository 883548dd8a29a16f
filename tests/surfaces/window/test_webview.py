"""pywebview itself, with a stand-in for its platform half: its real `create_window`, `start`, windows and events."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hipflask.core.errors import MissingPart, WindowError
from hipflask.surfaces.window.shell import WindowOptions
from hipflask.surfaces.window.webview import PyWebView

from .stage import missing, wait_until


class Platform:
    """What pywebview expects of `webview.platforms.*`: `create_window` of the first one runs until the last is gone."""

    def __init__(self, library: Any, renderer: str = "edgechromium") -> None:
        self.library, self.renderer = library, renderer
        self.calls: list[tuple[object, ...]] = []
        self.threads: set[str] = set()
        self.live: dict[str, Any] = {}
        self.ended = threading.Event()

    def setup_app(self) -> None:
        pass

    def create_window(self, window: Any) -> None:
        self.live[window.uid] = window
        self.note("create", window)
        window.events.before_show.set()
        window.events.shown.set()
        window.events.loaded.set()
        if window.uid == "master":
            self.ended.wait()

    def show(self, uid: str) -> None:
        self.note("show", self.live[uid])

    def set_title(self, title: str, uid: str) -> None:
        self.note("title", self.live[uid], title)

    def load_url(self, url: str, uid: str) -> None:
        self.note("load", self.live[uid], url)

    def destroy_window(self, uid: str) -> None:
        window = self.live.pop(uid)
        self.library.windows.remove(window)
        self.note("destroy", window)
        window.events.closed.set()
        if not self.live:
            self.ended.set()

    def note(self, call: str, window: Any, *more: object) -> None:
        self.threads.add(threading.current_thread().name)
        self.calls.append((call, window.original_url, *more))

    def saw(self, *call: object) -> None:
        wait_until(lambda: call in self.calls, f"the call {call}")


@pytest.fixture
def library() -> Any:
    try:
        return importlib.import_module("webview")
    except ImportError:
        return missing("pywebview is not installed")


@pytest.fixture
def platform(library: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.delenv("HIPFLASK_SCHEME", raising=False)
    platform = Platform(library)
    _install(monkeypatch, library, platform)
    yield platform
    assert library.windows == []
    monkeypatch.setattr(library, "guilib", None)


def _install(monkeypatch: pytest.MonkeyPatch, library: Any, platform: Platform) -> None:
    def initialize(forced: object = None) -> Platform:
        return platform

    monkeypatch.setattr(importlib.import_module("webview.guilib"), "initialize", initialize)
    monkeypatch.setattr(library, "initialize", initialize)


def perform(shell: PyWebView, play: Callable[[], None]) -> None:
    """Run the shell on this thread, which is the main one, and `play` on another."""
    errors: list[BaseException] = []

    def act() -> None:
        try:
            play()
        except BaseException as error:
            errors.append(error)
        finally:
            shell.quit()

    actor = threading.Thread(target=act)
    actor.start()
    shell.run()
    actor.join()
    if errors:
        raise errors[0]


def test_a_window_is_made_hidden_and_shown_when_its_page_has_loaded(platform: Platform) -> None:
    shell = PyWebView()
    window = shell.open("http://127.0.0.1:5000/", WindowOptions(title="Line-up", width=640, min_width=200))
    made = platform.library.windows[0]
    assert (made.hidden, made.initial_width, made.title, made.min_size) == (True, 640, "Line-up", (200, 0))
    perform(shell, lambda: platform.saw("show", "http://127.0.0.1:5000/"))
    assert window.closed.is_set()


def test_every_call_is_made_by_the_worker_thread_and_in_order(platform: Platform) -> None:
    shell = PyWebView()
    window = shell.open("http://127.0.0.1:5000/", WindowOptions())

    def play() -> None:
        platform.saw("show", "http://127.0.0.1:5000/")
        platform.threads.clear()
        window.set_title("Players")
        window.load("http://127.0.0.1:5000/next")
        window.close()

    perform(shell, play)
    assert platform.calls[-3:] == [
        ("title", "http://127.0.0.1:5000/", "Players"),
        ("load", "http://127.0.0.1:5000/", "http://127.0.0.1:5000/next"),
        ("destroy", "http://127.0.0.1:5000/"),
    ]
    assert len(platform.threads) == 1
    assert "MainThread" not in platform.threads


def test_windows_opened_before_and_during_run_are_all_told_when_they_close(platform: Platform) -> None:
    closed: list[str] = []
    shell = PyWebView()
    shell.open("http://127.0.0.1:5000/a", WindowOptions(), on_closed=lambda: closed.append("a"))
    shell.open("http://127.0.0.1:5000/b", WindowOptions(), on_closed=lambda: closed.append("b"))

    def play() -> None:
        platform.saw("create", "http://127.0.0.1:5000/b")
        shell.open("http://127.0.0.1:5000/c", WindowOptions(), on_closed=lambda: closed.append("c"))
        platform.saw("create", "http://127.0.0.1:5000/c")

    perform(shell, play)
    wait_until(lambda: sorted(closed) == ["a", "b", "c"], "all three notices")


def test_run_without_a_window_waits_for_one_or_for_quit(platform: Platform) -> None:
    perform(PyWebView(), lambda: None)
    assert platform.calls == []


def test_after_closing_calls_do_nothing_and_a_screenshot_names_the_way_out(platform: Platform) -> None:
    shell = PyWebView()
    window = shell.open("http://127.0.0.1:5000/", WindowOptions())
    perform(shell, lambda: None)
    before = list(platform.calls)
    for call in (window.show, window.close):
        call()
    assert platform.calls == before
    with pytest.raises(WindowError, match="--headless"):
        window.screenshot(Path("page.png"))


def test_internet_explorer_is_refused_with_what_to_install(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(monkeypatch, library, Platform(library, renderer="mshtml"))
    with pytest.raises(WindowError, match="WebView2"):
        PyWebView()


def test_a_platform_that_cannot_draw_is_quoted(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(forced: object = None) -> Platform:
        raise RuntimeError("no pythonnet")

    monkeypatch.setattr(importlib.import_module("webview.guilib"), "initialize", fail)
    with pytest.raises(WindowError, match="pywebview cannot draw here: no pythonnet"):
        PyWebView()


def test_without_pywebview_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "webview", None)
    with pytest.raises(MissingPart, match="pip install pywebview"):
        PyWebView()
