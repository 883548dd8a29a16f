"""The desk of a page in somebody's browser: what a page may do by itself, and a clear word about what it may not."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import Any, Protocol

from ..core.desk import (
    Announce,
    ChooseFiles,
    CloseWindow,
    Copy,
    DeleteWorkspace,
    Dropped,
    Monitor,
    OpenWindow,
    OpenWorkspace,
    Paste,
    Request,
    SaveWorkspace,
    SeeMonitors,
    SeeWorkspaces,
)
from ..core.errors import WindowError
from ..core.spots import AREAS, Spot

NO_DIALOG = (
    "This page is in a browser, which keeps the files of its computer to itself. Take files with ui.upload, and offer "
    "them with a ui.link to a route that sends them (flask.send_file)."
)
NO_DROP = "This page is in a browser, which does not say where a file comes from. Take files with ui.upload."
NO_WINDOW = "The browser did not open another window. It may ask the person to allow pop-ups for this page."
NO_WORKSPACE = (
    "This page is in a browser, which arranges its windows as it likes. Workspaces are for a program in windows of its own: "
    "`hipflask run`."
)
NO_MONITOR = "The browser did not say what screen this page is on."
NO_CLIPBOARD = "The browser did not allow this page to use the clipboard."


class Screen(Protocol):
    """A live session that can ask its screen."""

    def ask_screen(self, what: str, *args: object) -> Any:
        """Have the page do something, and wait for what it answers."""


class ScreenDesk:
    """Has the page itself do what it can."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def ask(self, window: str, request: Request) -> Any:
        """Have it done by the page."""
        match request:
            case ChooseFiles():
                raise WindowError(NO_DIALOG)
            case Dropped():
                raise WindowError(NO_DROP)
            case OpenWindow(path, _, width, height, spot):
                self._expect(NO_WINDOW, "open", path, width, height, _part(spot))
            case SeeMonitors():
                return [_monitor(self._expect(NO_MONITOR, "screen"))]
            case SaveWorkspace() | OpenWorkspace() | DeleteWorkspace() | SeeWorkspaces():
                raise WindowError(NO_WORKSPACE)
            case CloseWindow():
                self._screen.ask_screen("close")
            case Copy(text):
                self._expect(NO_CLIPBOARD, "copy", text)
            case Paste():
                return str(self._expect(NO_CLIPBOARD, "paste"))
            case Announce(message):
                self._screen.ask_screen("announce", message)
        return None

    def _expect(self, otherwise: str, what: str, *args: object) -> object:
        """What the page answers; it says null where the browser would not have it."""
        try:
            answer = self._screen.ask_screen(what, *args)
        except (TimeoutError, CancelledError):
            answer = None
        if answer is None:
            raise WindowError(otherwise)
        return answer


def _part(spot: Spot | None) -> list[float] | None:
    """The part of its screen that a window is to have; which screen that is, browsers do not let a page say."""
    if spot is None:
        return None
    part = AREAS["whole"] if spot.maximized else spot.area
    return None if part is None else list(part)


def _monitor(seen: object) -> Monitor:
    match seen:
        case [int(x), int(y), int(width), int(height)]:
            return Monitor(None, x, y, width, height)
    raise WindowError(NO_MONITOR)
