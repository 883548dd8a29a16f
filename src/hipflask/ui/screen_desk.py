"""The desk of a page in somebody's browser: what a page may do by itself, and a clear word about what it may not."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import Any, Protocol

from ..core.desk import Announce, ChooseFiles, CloseWindow, Copy, Dropped, OpenWindow, Paste, Request
from ..core.errors import WindowError

NO_DIALOG = (
    "This page is in a browser, which keeps the files of its computer to itself. Take files with ui.upload, and offer "
    "them with a ui.link to a route that sends them (flask.send_file)."
)
NO_DROP = "This page is in a browser, which does not say where a file comes from. Take files with ui.upload."
NO_WINDOW = "The browser did not open another window. It may ask the person to allow pop-ups for this page."
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
            case OpenWindow(path, _, width, height):
                self._expect(NO_WINDOW, "open", path, width, height)
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
