"""An app in its windows: server on a loopback port, windows on the main thread, until the last window is closed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any, cast

from flask import Flask

from ..core.action import Registry
from ..core.errors import WindowError
from ..ui.live import LiveSession
from ..ui.theme import Theme
from . import selftest
from .guard import TOKEN, Guard
from .pages import host_of
from .server import Server, listen
from .window import Shell, Window, WindowOptions, choose, headless

# A page that never says that it has painted (no window function, or one that failed) is shown all the same.
SHOW_AFTER = 3.0
# The longest that a picture or a self-test waits for the first paint.
PAINT_SECONDS = 30.0
# A plain Flask page says nothing at all, so a picture of it is taken after a while.
PLAIN_PAGE_SECONDS = 2.0
# After the last frame a web view needs a moment for what moves: fonts, transitions.
STILL_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Options:
    """How to open an app; all of them are options of `hipflask run`."""

    start: str | None = None  # the path to open; the first window function that needs no arguments, or "/"
    shell: str | None = None  # webkitgtk, webview, browser or url; the best there is
    headless: bool = False  # on a display that nobody sees
    screenshot: Path | None = None  # photograph the window once it has painted, and close it
    selftest: bool = False  # open, load, click, close; the exit code says whether all of that went well


def run(app: Flask, actions: Registry | None, options: Options | None = None) -> None:
    """Open an app's window and return when it has been closed; raises WindowError where there can be none."""
    options = options or Options()
    with ExitStack() as stack:
        if options.headless:
            stack.enter_context(headless.display())
        shell = choose(options.shell)
        if actions is not None:
            actions.start("a window")
        check = selftest.SelfTest(app) if options.selftest else None
        listener = listen("127.0.0.1", 0)
        port = listener.getsockname()[1]
        guard = Guard.of_loopback(port)
        server = Server(app, listener, guard)
        server.start()
        stack.callback(server.stop)
        door = start_door(actions, options.start)
        path = selftest.PATH if check else options.start or (door.name if door else "/")
        path = "/" + path.lstrip("/")  # `--start players` means the same as `--start /players`
        opened = _Opened(app, is_live=bool(door or check))
        window = shell.open(
            f"http://127.0.0.1:{port}{path}{'&' if '?' in path else '?'}{TOKEN}={guard.mint()}",
            window_options(app, door),
            on_closed=None,
        )
        opened.show_when_painted(window)
        errors: list[BaseException] = []
        if options.screenshot or check:
            _beside(lambda: _look(window, opened, options.screenshot, check), shell, errors)
        shell.run()
        if errors:
            raise errors[0]


class _Opened:
    """Notices when the first live session has painted."""

    def __init__(self, app: Flask, *, is_live: bool) -> None:
        self.painted = Event()
        self.session: LiveSession | None = None
        self.is_live = is_live
        self._window: Window | None = None
        host_of(app).on_open.append(self._note)

    def show_when_painted(self, window: Window) -> None:
        """Show the window after its first paint, or after a while if it never says so."""
        self._window = window
        if self.painted.is_set() or not self.is_live:
            window.show()
        timer = Timer(SHOW_AFTER, window.show)
        timer.daemon = True
        timer.start()

    def _note(self, session: LiveSession) -> None:
        if self.session is None:
            self.session = session
            session.on_painted = self._show

    def _show(self) -> None:
        self.painted.set()
        if self._window is not None:
            self._window.show()


def _beside(work: Callable[[], None], shell: Shell, errors: list[BaseException]) -> None:
    """Do something while the window is open, then close it."""

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            shell.quit()

    Thread(target=guarded, name="hipflask-look", daemon=True).start()


def _look(window: Window, opened: _Opened, screenshot: Path | None, check: selftest.SelfTest | None) -> None:
    if not opened.is_live:
        Event().wait(PLAIN_PAGE_SECONDS)
    elif not opened.painted.wait(PAINT_SECONDS):
        raise WindowError(
            f"The window has not painted anything within {PAINT_SECONDS:.0f} seconds. Does its page load? "
            "`hipflask serve` shows it in a browser."
        )
    if opened.session is not None:
        opened.session.wait_until_settled(5.0)
    if check is not None:
        check.click(opened.session)
    if screenshot is not None:
        Event().wait(STILL_SECONDS)
        window.screenshot(screenshot)


def start_door(actions: Registry | None, start: str | None) -> Any:
    """The window function to open first: the one at `start`, or at "/", or any that needs no arguments."""
    doors = [door for _, door in actions.doors("window")] if actions is not None else []
    plain = [door for door in doors if "<" not in door.name]
    if start is not None:
        return next((door for door in plain if door.name == start), None)
    return next((door for door in plain if door.name == "/"), plain[0] if plain else None)


def window_options(app: Flask, door: Any) -> WindowOptions:
    """How the window of a window function is to look."""
    given = door.options if door is not None else {}
    theme = cast("Theme", app.config.get("HIPFLASK_THEME", Theme()))
    return WindowOptions(
        title=given.get("title") or "",
        width=given.get("width", 1000),
        height=given.get("height", 720),
        scheme="system" if theme.scheme == "auto" else theme.scheme,
        app_id=app.name,
        debug=app.debug,
    )
