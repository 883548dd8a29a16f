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
from queue import Empty, SimpleQueue
from threading import Lock, Timer
from typing import Any
from urllib.parse import urlsplit

from ..core.desk import (
    Announce,
    ChooseFiles,
    CloseWindow,
    Copy,
    Dropped,
    Monitor,
    OpenWindow,
    Paste,
    Request,
    SeeMonitors,
)
from ..core.errors import WindowError
from ..core.spots import NEXT, Spot
from .guard import TOKEN
from .placements import Placements
from .window import Shell, Window, WindowOptions
from .window.placing import beside
from .window.shell import Placement
from .workspace import Standing

# A page that never says that it has painted (no window function, or one that failed) is shown all the same.
SHOW_AFTER = 3.0
PASTE_SECONDS = 5.0
MONITOR_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Opening:
    """How a window begins: its options, and whether its page will say when it has painted."""

    options: WindowOptions
    is_live: bool = True
    name: str = ""  # by which its place on the screen is remembered; not, if it has none
    is_there: bool = True  # whether the program has anything at that path


@dataclass(eq=False)
class Kept:
    """One window, from its opening to its end."""

    window: Window
    place: str
    is_live: bool
    standing: Standing
    spot: Spot | None
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
        # Told of each window that opens, moves, shows something else or has closed; None for the last.
        self.on_standing: Callable[[str, Standing | None], None] = lambda name, standing: None
        shell.on_open_wanted = lambda url: self._open_for_page(url)

    def open(self, path: str, opening: Opening | None = None) -> str:
        """Open a window at a path of the program; returns its name."""
        return self.open_as(Standing(OpenWindow(path)), opening)

    def open_as(
        self,
        standing: Standing,
        opening: Opening | None = None,
        *,
        asks: str = "",
        is_restored: bool = False,
    ) -> str:
        """Open a window as it was asked for, by the window `asks`, or as it stood in a workspace; returns its name."""
        asked = standing.asked
        opening = as_asked(opening or self._opening_at(asked.path), asked)
        options = replace(opening.options, spot=self._beside(opening.options.spot, asks))
        self._title = self._title or options.title
        with self._lock:
            name = str(next(self._numbers))
            place = self._free_place(opening.name)
            # In a workspace, a window that had not been moved by its person stood where the program would like it.
            memory = None if is_restored and options.spot else self._placements.get(place)
            standing = replace(standing, placement=standing.placement or memory)
            window = self._shell.open(
                self.url(asked.path, name),
                replace(options, name=name, placement=standing.placement),
                on_closed=partial(self._was_closed, name),
                on_close_wanted=partial(self._wants_to_close, name) if self._close_wanted else None,
                on_placed=partial(self._was_placed, name, place),
            )
            self._kept[name] = Kept(window, place, opening.is_live, standing, options.spot)
        self.on_standing(name, standing)
        if not (opening.is_live or is_restored):  # a restored one may yet turn out to have nothing to show
            self.painted(name)
        timer = Timer(SHOW_AFTER, self.painted, [name])
        timer.daemon = True
        timer.start()
        return name

    def move(self, name: str, standing: Standing) -> None:
        """Put a window that is open where it stood in a workspace."""
        kept = self._kept.get(name)
        where = standing.placement or (kept.spot if kept else None)
        if kept is None or where is None:
            return
        kept.window.place(where)
        self._stands(name, replace(kept.standing, placement=standing.placement))

    def shows(self, name: str, address: str) -> None:
        """The page in that window has another address now."""
        kept = self._kept.get(name)
        if kept is not None and address and kept.standing.asked.path != address:
            self._stands(name, kept.standing.shows(address))

    def unshown(self, path: str) -> list[str]:
        """The windows that were opened at this path and have not come to the screen yet."""
        kept = list(self._kept.items())
        return [name for name, each in kept if not each.is_shown and each.standing.asked.path == path]

    def ask_to_close(self, name: str) -> None:
        """Close a window as if its person wanted to; nothing happens if it is gone."""
        if (kept := self._kept.get(name)) is not None:
            kept.window.ask_to_close()

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
            case OpenWindow():
                self.open_as(Standing(request), asks=window)
            case SeeMonitors():
                return self._monitors()
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
        except Empty:
            raise WindowError("The program that holds the clipboard does not answer.") from None

    def _monitors(self) -> list[Monitor]:
        answers: SimpleQueue[list[Monitor]] = SimpleQueue()
        self._shell.monitors(answers.put)
        try:
            return answers.get(timeout=MONITOR_SECONDS)
        except Empty:
            raise WindowError("The system does not say what monitors there are.") from None

    def _beside(self, spot: Spot | None, asks: str) -> Spot | None:
        """Where "next" is, seen from the window that asks; a page that does so by itself cannot wait to hear it."""
        asking = self._kept.get(asks)
        if spot is None or asking is None or spot.monitor != NEXT:
            return spot
        return beside(spot, asking.window.placement(), self._monitors())

    def _stands(self, name: str, standing: Standing) -> None:
        with self._lock:
            kept = self._kept.get(name)
            if kept is None:
                return
            kept.standing = standing
        self.on_standing(name, standing)

    def _free_place(self, name: str) -> str:
        """Where a window of that name is remembered: the second one beside the first has a place of its own."""
        taken = {kept.place for kept in self._kept.values()}
        places = (f"{name} {number}" if number > 1 else name for number in itertools.count(1))
        return next(place for place in places if not name or place not in taken)

    def _wants_to_close(self, name: str) -> None:
        if self._close_wanted is not None:
            self._close_wanted(name)

    def _was_placed(self, name: str, place: str, placement: Placement) -> None:
        if place:
            self._placements.put(place, placement)
        kept = self._kept.get(name)
        if kept is not None:
            self._stands(name, replace(kept.standing, placement=placement))

    def _was_closed(self, name: str) -> None:
        with self._lock:
            self._kept.pop(name, None)
        self.on_standing(name, None)
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
        spot=request.spot or known.spot,
    )
    return replace(opening, options=options)
