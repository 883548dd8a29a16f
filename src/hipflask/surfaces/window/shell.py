"""What a native window promises, whoever draws it.

    shell = choose()                                         # the best that this machine has
    window = shell.open(url, WindowOptions(title="Line-up"))  # hidden; the page loads and paints
    threading.Thread(target=lambda: (painted.wait(), window.show())).start()
    shell.run()                                              # the main thread belongs to the windows now

Promises, for every shell:
* `Window`'s methods and `Shell.quit` may be called from any thread and return without waiting for the screen
  (`screenshot` alone waits). After the window has closed they do nothing, and `screenshot` raises.
* A page in a window that is not shown yet lays out, runs timers and paints as if it were, where the system allows it.
* What is called back (`on_…`, `answered`) is called from whichever thread noticed; it must not block.
* `on_closed` is called once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Literal, Protocol, get_args

from hipflask.core.desk import ChooseFiles, Monitor
from hipflask.core.errors import UsageError
from hipflask.core.spots import Spot

Scheme = Literal["system", "light", "dark"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a window stands, in logical pixels of the whole desktop; a part that the system keeps to itself is None."""

    width: int
    height: int
    x: int | None = None
    y: int | None = None
    monitor: str | None = None  # as the system calls it: "HDMI-1"
    maximized: bool = False
    monitor_x: int | None = (
        None  # where that monitor began, so that the window goes with it if monitors are rearranged
    )
    monitor_y: int | None = None


@dataclass(frozen=True)
class WindowOptions:
    """How a window looks before its page has said anything; sizes are in logical pixels."""

    title: str = ""  # until the page says one of its own
    keeps_title: bool = False  # whatever the page says
    name: str = ""  # by which a page knows its window: what it finds in sessionStorage as "hipflask-window"
    width: int = 1000
    height: int = 720
    placement: Placement | None = None  # where its person put it: goes before width and height
    spot: Spot | None = None  # where its program would like it, if its person has put it nowhere
    min_width: int = 0
    min_height: int = 0
    resizable: bool = True
    scheme: Scheme = "system"  # HIPFLASK_SCHEME=dark, set for screenshots, goes before it
    app_id: str = "hipflask"  # what the desktop groups windows by, and finds the icon with
    debug: bool = False  # context menu, inspector, the page's console in the terminal


def scheme_of(options: WindowOptions) -> Scheme:
    """The scheme to show: the one in HIPFLASK_SCHEME, or else the window's own."""
    scheme = os.environ.get("HIPFLASK_SCHEME") or options.scheme
    if scheme in SCHEMES:
        return scheme
    raise UsageError(f"There is no colour scheme {scheme!r}. Write one of {', '.join(SCHEMES)}.")


def meant_by(options: WindowOptions) -> Placement | Spot:
    """Where a window is meant to be that opens so."""
    if options.placement is None:
        return options.spot or Placement(options.width, options.height)
    if options.resizable:
        return options.placement
    # Nobody can have made it larger or smaller, but the program may since then.
    return replace(options.placement, width=options.width, height=options.height)


class Window(Protocol):
    """One window on the screen."""

    @property
    def closed(self) -> Event:
        """Set once the window is gone."""

    def show(self) -> None:
        """Put it on the screen, or in front of all others if it is there; do so when its page has painted."""

    def place(self, where: Placement | Spot) -> None:
        """Put it elsewhere, as if it had been opened there; nothing happens where windows are the system's own business."""

    def placement(self) -> Placement | None:
        """Where it stands, as far as anybody knows."""

    def close(self) -> None:
        """Take it away, without asking."""

    def ask_to_close(self) -> None:
        """Close it as if its person wanted to: whoever keeps it may ask them something first."""

    def load(self, url: str) -> None:
        """Show another page in it."""

    def set_title(self, title: str) -> None:
        """Name it; from now on the page's own title is not followed."""

    def screenshot(self, path: Path) -> None:
        """Write the page as it is painted now to `path` as PNG, or raise `WindowError`."""

    def choose_files(self, question: ChooseFiles, answered: Callable[[list[str]], None]) -> None:
        """Ask the person for files or a folder, and have `answered` called with them, or with none if they choose none.

        Raises WindowError where no such dialog can be shown.
        """

    def dropped(self) -> list[str]:
        """The absolute paths of the files that were last dropped on the page."""


class Shell(Protocol):
    """Something that can put windows on this machine's screen."""

    @property
    def name(self) -> str:
        """The word that chooses it: `HIPFLASK_SHELL=<name>`."""

    # Called with the address when a page asks for another window. None: the shell opens one like it.
    on_open_wanted: Callable[[str], None] | None
    # Called when the person wants to end the program, before the first window is asked whether it may close.
    on_quit_wanted: Callable[[], None] | None

    def open(
        self,
        url: str,
        options: WindowOptions,
        *,
        on_closed: Callable[[], None] | None = None,
        on_close_wanted: Callable[[], None] | None = None,
        on_placed: Callable[[Placement], None] | None = None,
    ) -> Window:
        """Make a window, hidden, and let it load `url`; before or during `run`.

        `on_close_wanted` is called when the person wants to close it; the window stays until `close`. Without, it closes.
        `on_placed` is told when its person has moved, resized or maximized the window, once more before it closes, and never of a
        place that it has only until its own monitor is back.
        """

    def run(self) -> None:
        """Serve the windows, on the main thread, until the last one has closed or `quit` was called."""

    def quit(self) -> None:
        """Close every window without asking, so that `run` returns; before `run`, it returns at once."""

    def monitors(self, answered: Callable[[list[Monitor]], None]) -> None:
        """Have `answered` called with the monitors that are there, in the order of their numbers."""

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""

    def paste(self, answered: Callable[[str], None]) -> None:
        """Read the text on the clipboard; an empty one if there is none."""

    def announce(self, title: str, message: str) -> None:
        """Show a note of the system's."""
