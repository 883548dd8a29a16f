"""The windows of one program: opens them, remembers where they stood, and does what the program asks of them.

    keeper = Keeper(shell, "http://127.0.0.1:4321", guard.mint, options_of, placements)
    first = keeper.open("/")              → a window that loads http://127.0.0.1:4321/?_token=…#hipflask-window=1
    keeper.painted(first)                 its page has painted: show it
    keeper.ask(first, ChooseFiles("open"))      from a handler of that window's session

A page tells its window by the name in the first address; it is the key by which session and window find each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from queue import SimpleQueue
from threading import Lock, Timer
from typing import Any
from urllib.parse import urlsplit

from ..core.desk import Announce, ChooseFiles, CloseWindow, Copy, Dropped, OpenWindow, Paste, Request
from ..core.errors import WindowError
from .guard import TOKEN
from .placements import Placements
from .window import Shell, Window, WindowOptions
from .window.shell import Placement

# A page that never says that it has painted (no window function, or one that failed) is shown all the same.
SHOW_AFTER = 3.0
PASTE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Opening:
    """How a window begins: its options, and whether its page will say when it has painted."""

    options: WindowOptions
    is_live: bool = True
    name: str = ""  # by which its place on the screen is remembered; not, if it has none


@dataclass(eq=False)
class Kept:
    """One window, from its opening to its end."""

    window: Window
    place: str
    is_live: bool
    is_shown: bool = False


class Keeper:
    """Keeps the windows of one program, each by a name of its own; a `Desk` for their sessions."""

    def __init__(
        self,
        shell: Shell,
        home: str,
        mint: Callable[[], str],
        opening_at: Callable[[str], Opening],
        placements: Placements,
        *,
        close_wanted: Callable[[str], object] | None = None,
        closed: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._shell, self._home, self._mint = shell, home, mint
        self._opening_at = opening_at
        self._placements = placements
        self._close_wanted, self._closed = close_wanted, closed
        self._numbers = itertools.count(1)
        self._kept: dict[str, Kept] = {}
        self._lock = Lock()
        self._title = ""
        shell.on_open_wanted = lambda url: self._open_for_page(url)

    def open(self, path: str, opening: Opening | None = None) -> str:
        """Open a window at a path of the program; returns its name."""
        opening = opening or self._opening_at(path)
        self._title = self._title or opening.options.title
        with self._lock:
            name = str(next(self._numbers))
            place = self._free_place(opening.name)
            window = self._shell.open(
                self.url(path, name),
                replace(opening.options, name=name, placement=self._placements.get(place)),
                on_closed=partial(self._was_closed, name),
                on_close_wanted=partial(self._wants_to_close, name) if self._close_wanted else None,
                on_placed=partial(self._was_placed, place),
            )
            self._kept[name] = Kept(window, place, opening.is_live)
        if not opening.is_live:
            self.painted(name)
        timer = Timer(SHOW_AFTER, self.painted, [name])
        timer.daemon = True
        timer.start()
        return name

    def url(self, path: str, name: str) -> str:
        """The address that a window is to load."""
        path = path.partition("#")[0]
        return f"{self._home}{path}{'&' if '?' in path else '?'}{TOKEN}={self._mint()}#hipflask-window={name}"

    def window(self, name: str) -> Window:
        """The window of that name; raises WindowError if it is gone."""
        kept = self._kept.get(name)
        if kept is None:
            raise WindowError("This window has been closed.")
        return kept.window

    def is_live(self, name: str) -> bool:
        """Whether the page that a window began with says when it has painted."""
        return name in self._kept and self._kept[name].is_live

    def painted(self, name: str) -> None:
        """A page in that window has painted: show it, if that is the first."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is None or kept.is_shown:
                return
            kept.is_shown = True
        kept.window.show()

    def bring_to_front(self) -> None:
        """Show all windows before those of other programs."""
        for kept in list(self._kept.values()):
            kept.window.show()

    def ask(self, window: str, request: Request) -> Any:
        """Do what a window's session asks; waits for the person or the system where there is an answer."""
        match request:
            case ChooseFiles():
                return self._choose_files(self.window(window), request)
            case OpenWindow(path):
                self.open(path, as_asked(self._opening_at(path), request))
            case CloseWindow():
                self.window(window).close()
            case Copy(text):
                self._shell.copy(text)
            case Paste():
                return self._paste()
            case Announce(message):
                self._shell.announce(self._title, message)
            case Dropped():
                return self.window(window).dropped()
        return None

    def _open_for_page(self, url: str) -> None:
        parts = urlsplit(url)
        self.open(parts.path + (f"?{parts.query}" if parts.query else ""))

    def _choose_files(self, window: Window, question: ChooseFiles) -> list[str]:
        answers: SimpleQueue[list[str]] = SimpleQueue()
        window.choose_files(question, answers.put)
        return answers.get()

    def _paste(self) -> str:
        answers: SimpleQueue[str] = SimpleQueue()
        self._shell.paste(answers.put)
        try:
            return answers.get(timeout=PASTE_SECONDS)
        except Exception:
            raise WindowError("The program that holds the clipboard does not answer.") from None

    def _free_place(self, name: str) -> str:
        """Where a window of that name is remembered: the second one beside the first has a place of its own."""
        taken = {kept.place for kept in self._kept.values()}
        places = (f"{name} {number}" if number > 1 else name for number in itertools.count(1))
        return next(place for place in places if not name or place not in taken)

    def _wants_to_close(self, name: str) -> None:
        if self._close_wanted is not None:
            self._close_wanted(name)

    def _was_placed(self, place: str, placement: Placement) -> None:
        if place:
            self._placements.put(place, placement)

    def _was_closed(self, name: str) -> None:
        with self._lock:
            self._kept.pop(name, None)
        self._closed(name)


def as_asked(opening: Opening, request: OpenWindow) -> Opening:
    """How a window begins that a program opens: as the window function there has it, but for what is said otherwise."""
    known = opening.options
    options = replace(
        known,
        title=request.title or known.title,
        keeps_title=bool(request.title),
        width=request.width or known.width,
        height=request.height or known.height,
    )
    return replace(opening, options=options)
