"""What a page in a browser of the person's cannot ask of its window; the page itself can do most of it instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from hipflask.core.desk import ChooseFiles, Monitor
from hipflask.core.errors import WindowError
from hipflask.core.spots import Spot
from hipflask.surfaces.window._screens import screens
from hipflask.surfaces.window.shell import Placement

NO_DIALOG = (
    "A browser's window tells no program where the person's files are, so it cannot ask for a path. "
    "Write ui.upload to be given a file, which works in every window; a link to a response with a file hands one out."
)
NOT_OURS = "A browser's window cannot {what} for the program; the page in it has to."


class BorrowedWindow:
    """The part of a window that a browser does not have."""

    def choose_files(self, question: ChooseFiles, answered: Callable[[list[str]], None]) -> None:
        """Not here: pages get files by ui.upload."""
        raise WindowError(NO_DIALOG)

    def dropped(self) -> list[str]:
        """None: a browser keeps paths to itself."""
        return []

    def place(self, where: Placement | Spot) -> None:
        """Nothing to do: a browser puts its window somewhere when it starts, and that is that."""

    def placement(self) -> Placement | None:
        """Nobody knows."""
        return None


class BorrowedShell:
    """The part of a shell that a browser does not have."""

    on_open_wanted: Callable[[str], None] | None = None  # never called: a browser opens its own windows
    on_quit_wanted: Callable[[], None] | None = None  # never called: nobody hears of it

    def monitors(self, answered: Callable[[list[Monitor]], None]) -> None:
        """As far as the system says so to a program without windows."""
        answered(screens())

    def copy(self, text: str) -> None:
        """Not here: the page does it."""
        _refuse("copy a text")

    def paste(self, answered: Callable[[str], None]) -> None:
        """Not here: the page does it."""
        _refuse("read the clipboard")

    def announce(self, title: str, message: str) -> None:
        """Not here: the page does it."""
        _refuse("show a note")


def _refuse(what: str) -> NoReturn:
    raise WindowError(NOT_OURS.format(what=what))
