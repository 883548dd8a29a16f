"""pywebview itself, with a stand-in for its platform half: its real `create_window`, `start`, windows and events."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hipflask.core.desk import ChooseFiles
from hipflask.core.errors import MissingPart, WindowError
from hipflask.surfaces.window.shell import Placement, WindowOptions
from hipflask.surfaces.window.webview import PyWebView, as_list

from .stage import missing, wait_until


class Platform:
    """What pywebview expects of `webview.platforms.*`: `create_window` of the first one runs until the last is gone."""

    def __init__(self, library: Any, renderer: str = "edgechromium") -> None:
        self.library, self.renderer = library, renderer
        self.calls: list[tuple[object, ...]] = []
        self.threads: set[str] = set()
        self.live: dict[str, Any] = {}
        self.ended = threading.Event()
        self.may_answer = threading.Event()
        self.answer: object = None
        self.screens: list[Any] = []

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

    def get_screens(self) -> list[Any]:
        return self.screens

    def restore(self, uid: str) -> None:
        self.note("restore", self.live[uid])
        self.live[uid].events.restored.set()

    def create_file_dialog(self, kind: int, *question: object) -> object:
        *rest, uid = question
        self.note("ask", self.live[str(uid)], kind, *rest)
        self.may_answer.wait()
        return self.answer

    def show(self, uid: str) -> None:
        self.note("show", self.live[uid])

    def set_title(self, title: str, uid: str) -> None:
        self.note("title", self.live[uid], title)

    def load_url(self, url: str, uid: str) -> None:
        self.note("load", self.live[uid], url)

    def destroy_window(self, uid: str) -> None:
        window = self.live[uid]
        if window.events.closing.set():  # as on Windows, where it does what the close button does
            self.note("kept", window)
            return
        del self.live[uid]
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
    monkeypatch.setattr(library, "guilib", None)  # pywebview keeps the first one for ever
    platform = Platform(library)
    _install(monkeypatch, library, platform)
    yield platform
    assert library.windows == []


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


URL = "http://127.0.0.1:5000/"


def test_the_close_button_asks_and_our_own_close_does_not(platform: Platform) -> None:
    asked = threading.Event()
    shell = PyWebView()
    window = shell.open(URL, WindowOptions(), on_close_wanted=asked.set)
    native = platform.library.windows[0]

    def play() -> None:
        platform.saw("show", URL)
        assert native.events.closing.set(), "a handler that answers False keeps the window"
        assert asked.is_set()
        asked.clear()
        window.close()
        platform.saw("destroy", URL)
        assert not asked.is_set()

    perform(shell, play)
    assert ("kept", URL) not in platform.calls


def test_without_a_question_the_close_button_closes(platform: Platform) -> None:
    shell = PyWebView()
    shell.open(URL, WindowOptions())
    native = platform.library.windows[0]
    perform(shell, lambda: platform.saw("show", URL))
    assert not native.events.closing.set()


def test_a_window_stands_where_it_stood_inside_of_a_screen(library: Any, platform: Platform) -> None:
    platform.screens = [library.Screen(1920, 0, 800, 600), library.Screen(0, 0, 1920, 1080)]
    shell = PyWebView()
    for place in (Placement(700, 500, 2500, 50, maximized=True), Placement(5000, 500)):
        shell.open(URL, WindowOptions(placement=place))
    shell.open(URL, WindowOptions(width=300, resizable=False, placement=Placement(700, 500, 10, 10)))
    made = [
        (native.initial_width, native.initial_height, native.initial_x, native.initial_y, native.maximized)
        for native in library.windows
    ]
    assert made == [(700, 500, 2020, 50, True), (1920, 500, None, None, False), (300, 720, 10, 10, False)]
    perform(shell, lambda: None)


def test_where_it_stands_is_told_after_a_rest_and_when_it_closes(platform: Platform) -> None:
    told: list[Placement] = []
    shell = PyWebView()
    shell.open(URL, WindowOptions(width=640, height=480), on_placed=told.append)
    events = platform.library.windows[0].events

    def play() -> None:
        platform.saw("show", URL)
        for step in range(5):
            events.moved.set(step, 20)
            time.sleep(0.02)
        wait_until(lambda: told == [Placement(640, 480, 4, 20)], "the first place")
        events.moved.set(-8, -8)
        events.maximized.set()
        events.resized.set(1936, 1066)
        wait_until(lambda: told[1:] == [Placement(640, 480, 4, 20, maximized=True)], "the maximized window")
        events.restored.set()
        events.moved.set(4, 20)
        events.resized.set(640, 480)
        wait_until(lambda: told[2:] == [Placement(640, 480, 4, 20)], "the window as before")
        events.minimized.set()
        events.moved.set(-32000, -32000)
        time.sleep(0.6)
        assert len(told) == 3
        events.restored.set()
        events.moved.set(50, 60)
        time.sleep(0.1)

    perform(shell, play)
    assert told[3:] == [Placement(640, 480, 50, 60)]


def test_to_show_a_window_again_brings_it_back_but_its_next_page_does_not(platform: Platform) -> None:
    shell = PyWebView()
    window = shell.open(URL, WindowOptions())
    events = platform.library.windows[0].events

    def play() -> None:
        platform.saw("show", URL)
        events.minimized.set()
        time.sleep(0.1)
        events.loaded.set()
        time.sleep(0.2)
        assert platform.calls.count(("show", URL)) == 1
        window.show()
        platform.saw("restore", URL)
        wait_until(lambda: platform.calls.count(("show", URL)) == 2, "the window in front")

    perform(shell, play)


def test_a_dialog_keeps_nobody_waiting_and_tells_what_was_chosen(platform: Platform) -> None:
    answers: list[list[str]] = []
    shell = PyWebView()
    window = shell.open(URL, WindowOptions())
    kinds = (("Pictures, small & large", ("*.png", "*.JPG")), ("All", ("*",)))
    question = ChooseFiles("open", "Which?", "", "/", kinds, many=True)

    def play() -> None:
        platform.saw("show", URL)
        platform.answer = ("/a", "/b")
        window.choose_files(question, answers.append)
        platform.saw("ask", URL, 10, "/", True, "", ("Pictures small large (*.png;*.JPG)", "All (*.*)"))
        window.set_title("Meanwhile")
        platform.saw("title", URL, "Meanwhile")
        assert answers == []
        platform.may_answer.set()
        wait_until(lambda: answers == [["/a", "/b"]], "the answer")
        platform.answer = None
        window.choose_files(ChooseFiles("save", name="plan.csv"), answers.append)
        platform.saw("ask", URL, 30, "", False, "plan.csv", ())
        wait_until(lambda: answers[1:] == [[]], "the answer of who changed their mind")

    perform(shell, play)
    assert window.dropped() == []
    assert as_list("/one") == ["/one"]


def test_a_dialog_of_a_window_that_is_gone_chooses_nothing(platform: Platform) -> None:
    answers: list[list[str]] = []
    shell = PyWebView()
    window = shell.open(URL, WindowOptions())
    shell.open(URL + "2", WindowOptions())

    def play() -> None:
        window.close()
        wait_until(window.closed.is_set, "its end")
        window.choose_files(ChooseFiles("open"), answers.append)
        wait_until(lambda: answers == [[]], "the answer")

    perform(shell, play)


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
