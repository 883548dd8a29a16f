"""No window at all: the address is printed, and opened in the default browser where there is a screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Condition, Event

from hipflask.core.errors import WindowError
from hipflask.surfaces.window.borrowed import BorrowedShell, BorrowedWindow
from hipflask.surfaces.window.outside import open_outside
from hipflask.surfaces.window.shell import Placement, WindowOptions

CTRL_C_SECONDS = 0.5  # on Windows a wait without an end cannot be interrupted


class PlainUrl(BorrowedShell):
    """The last resort: the person opens the page, and ends the program with Ctrl-C."""

    name = "url"

    def __init__(self, reasons: Sequence[str] = ()) -> None:
        self._reasons = list(reasons)
        self._changed = Condition()
        self._open = 0
        self._opened = self._quitting = False

    def open(
        self,
        url: str,
        options: WindowOptions,
        *,
        on_closed: Callable[[], None] | None = None,
        on_close_wanted: Callable[[], None] | None = None,
        on_placed: Callable[[Placement], None] | None = None,
    ) -> Page:
        """Say where the page is; nothing more is ever heard of it."""
        with self._changed:
            self._opened = True
            self._open += 1
        self._explain()
        page = Page(self, on_closed)
        page.load(url)
        return page

    def run(self) -> None:
        with self._changed:
            while not self._changed.wait_for(self._is_done, CTRL_C_SECONDS):
                pass

    def _is_done(self) -> bool:
        return self._quitting or (self._opened and not self._open)

    def quit(self) -> None:
        with self._changed:
            self._quitting = True
            self._changed.notify_all()

    def forget(self) -> None:
        """Count one page less."""
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _explain(self) -> None:
        if self._reasons:
            print("No window of its own can be opened here:", file=sys.stderr)
        for reason in self._reasons:
            print(f"  - {reason.replace(chr(10), chr(10) + '    ')}", file=sys.stderr)
        self._reasons.clear()


class Page(BorrowedWindow):
    """A page somewhere in the person's browser; nobody tells us when it is closed."""

    def __init__(self, shell: PlainUrl, on_closed: Callable[[], None] | None) -> None:
        self.closed = Event()
        self._shell, self._on_closed = shell, on_closed

    def show(self) -> None:
        """Nothing to do: it is the browser's."""

    def close(self) -> None:
        if self.closed.is_set():
            return
        self.closed.set()
        self._shell.forget()
        if self._on_closed:
            self._on_closed()

    def ask_to_close(self) -> None:
        """Close it: nobody can be asked."""
        self.close()

    def load(self, url: str) -> None:
        """Print the address, and hand it to the browser if somebody could see that."""
        print(f"Open {url} in a browser; Ctrl-C ends the app.", flush=True)
        if _has_screen():
            open_outside(url)

    def set_title(self, title: str) -> None:
        """Nothing to do: the title is always the page's."""

    def screenshot(self, path: Path) -> None:
        raise WindowError(f"No picture could be taken for {path}: there is no window. Use --headless.")


def _has_screen() -> bool:
    """Without one, a text browser might take over the terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
