"""Windows without a web view of the system: a Chromium-like browser in app mode, which has no tabs and no address bar.

One process with a fresh profile per window, because a second start with the same profile would only hand the address
to the first one and end, and nobody could tell when its window closes.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Event, Lock, Thread

from hipflask.core.errors import MissingPart, WindowError
from hipflask.core.spots import Spot
from hipflask.surfaces.window._screens import screens
from hipflask.surfaces.window.borrowed import BorrowedShell, BorrowedWindow
from hipflask.surfaces.window.placing import locate
from hipflask.surfaces.window.shell import Placement, WindowOptions, meant_by, scheme_of
from hipflask.surfaces.window.signals import sigterm_as_exit

COMMANDS = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
    "brave",
    "vivaldi",
)
MAC_APPS = ("Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser", "Vivaldi")
WINDOWS_PROGRAMS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"BraveSoftware\Brave-Browser\Application\brave.exe",
    r"Chromium\Application\chrome.exe",
)
QUIET = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",  # or Linux would ask for the key ring's password
)
FAILED_WITHIN_SECONDS = 5
CTRL_C_SECONDS = 0.5  # on Windows a wait without an end cannot be interrupted
PHOTOGRAPH_SECONDS = 60
REMOVAL_TRIES = 50
PAINTING_MILLISECONDS = 3000

NOT_FOUND = (
    "No Chromium-like browser was found (looked for Chrome, Chromium, Edge, Brave and Vivaldi). "
    "Install one, or name its program in HIPFLASK_BROWSER."
)


class AppMode(BorrowedShell):
    """The shell that borrows a browser."""

    name = "browser"

    def __init__(self) -> None:
        self.program = find()
        if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            raise WindowError("There is no screen for a browser: neither DISPLAY nor WAYLAND_DISPLAY is set.")
        self.windows: list[BrowserWindow] = []
        self._changed = Condition()
        self._opened = self._quitting = False
        self._failure = ""
        atexit.register(self._close_all)  # an error before or in `run` must leave no browser behind

    def open(
        self,
        url: str,
        options: WindowOptions,
        *,
        on_closed: Callable[[], None] | None = None,
        on_close_wanted: Callable[[], None] | None = None,
        on_placed: Callable[[Placement], None] | None = None,
    ) -> BrowserWindow:
        """Start the browser; it shows its window by itself, at once.

        Nobody can ask before it closes, and nobody hears where it stands: a browser tells us neither.
        """
        window = BrowserWindow(self, url, options, on_closed)
        with self._changed:
            self._opened = True
            self.windows.append(window)
        window.start()
        return window

    def run(self) -> None:
        try:
            with sigterm_as_exit(), self._changed:
                while not self._changed.wait_for(self._is_done, CTRL_C_SECONDS):
                    pass
        finally:
            self._close_all()
        if self._failure:
            raise WindowError(f"{self.program} ended as soon as it was started: {self._failure}")

    def _close_all(self) -> None:
        windows = tuple(self.windows)
        for window in windows:
            window.close()
        for window in windows:
            window.closed.wait()

    def quit(self) -> None:
        with self._changed:
            self._quitting = True
            self._changed.notify_all()

    def forget(self, window: BrowserWindow, failure: str) -> None:
        """Strike out a window that is gone; the last one ends `run`."""
        with self._changed:
            self.windows.remove(window)
            self._failure = self._failure or failure
            self._changed.notify_all()

    def _is_done(self) -> bool:
        return self._quitting or (self._opened and not self.windows)


class BrowserWindow(BorrowedWindow):
    """One browser process and the thread that waits for it."""

    def __init__(
        self, shell: AppMode, url: str, options: WindowOptions, on_closed: Callable[[], None] | None
    ) -> None:
        self.closed = Event()
        self._shell, self._options, self._on_closed = shell, options, on_closed
        self._next: str | None = url
        self._process: subprocess.Popen[bytes] | None = None
        self._changing = Lock()
        self._was_told = False

    def start(self) -> None:
        """Begin to live."""
        Thread(target=self._live, daemon=True, name="hipflask-browser").start()

    def show(self) -> None:
        """Nothing to do: a browser shows its window by itself."""

    def close(self) -> None:
        self._restart(None)

    def ask_to_close(self) -> None:
        """Close it: nobody can be asked."""
        self.close()

    def load(self, url: str) -> None:
        """Show another page, by starting the browser anew: there is no way to tell a running one."""
        self._restart(url)

    def set_title(self, title: str) -> None:
        """Nothing to do: the title is always the page's."""

    def screenshot(self, path: Path) -> None:
        raise WindowError(
            f"No picture could be taken for {path}: a browser's window does not offer one. Use --headless."
        )

    def _restart(self, url: str | None) -> None:
        with self._changing:
            self._next, self._was_told = url, True
            if self._process:
                self._process.terminate()

    def _live(self) -> None:
        started, failure = time.monotonic(), ""
        with _new_profile() as profile:
            errors = Path(profile, "errors.txt")
            while process := self._spawn(profile, errors):
                failed = process.wait() != 0 and not self._was_told
                if failed and time.monotonic() - started < FAILED_WITHIN_SECONDS:
                    failure = _last_line(errors) or f"exit code {process.returncode}"
        self.closed.set()
        self._shell.forget(self, failure)
        if self._on_closed:
            self._on_closed()

    def _spawn(self, profile: str, errors: Path) -> subprocess.Popen[bytes] | None:
        with self._changing:
            url, self._next = self._next, None
            if url is None:
                return None
            with errors.open("wb") as stream:
                command = app_command(self._shell.program, url, profile, self._options)
                self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stream)
            return self._process


def find() -> str:
    """The path of the first browser found, or `MissingPart`."""
    named = os.environ.get("HIPFLASK_BROWSER")
    candidates = [named] if named else [*COMMANDS, *_usual_places()]
    for candidate in candidates:
        if program := shutil.which(candidate):
            return program
    raise MissingPart(NOT_FOUND)


def app_command(program: str, url: str, profile: str, options: WindowOptions) -> list[str]:
    """The command line that opens `url` as an app."""
    meant = meant_by(options)
    size = (options.width, options.height)
    place = locate(meant, size, screens()) if isinstance(meant, Spot) else meant
    return [
        *_command(program, profile, place.width, place.height),
        *([f"--window-position={place.x},{place.y}"] if place.x is not None and place.y is not None else []),
        *(["--start-maximized"] if place.maximized else []),
        f"--app={url}",
        f"--class={options.app_id}",
        *(["--force-dark-mode"] if scheme_of(options) == "dark" else []),
    ]


def photograph(url: str, path: Path, width: int, height: int) -> None:
    """Write a picture of the page to `path` without any screen.

    A browser started like this cannot be asked whether it has painted, so the page gets three seconds of its own time.
    """
    with _new_profile() as profile:
        command = [
            *_command(find(), profile, width, height),
            "--headless",
            "--hide-scrollbars",
            f"--screenshot={path.absolute()}",
            f"--virtual-time-budget={PAINTING_MILLISECONDS}",
            url,
        ]
        _photograph(command, path)


def _photograph(command: list[str], path: Path) -> None:
    path.unlink(missing_ok=True)
    try:
        done = subprocess.run(command, capture_output=True, timeout=PHOTOGRAPH_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise WindowError(f"{command[0]} took longer than {PHOTOGRAPH_SECONDS} seconds.") from error
    if not path.exists():
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise WindowError(f"{command[0]} wrote no picture to {path}: {said or done.returncode}")


@contextmanager
def _new_profile() -> Iterator[str]:
    """A folder for one browser, removed again; its helpers may write there for a moment after it has ended."""
    folder = tempfile.mkdtemp(prefix="hipflask-")
    try:
        yield folder
    finally:
        for _ in range(REMOVAL_TRIES):
            shutil.rmtree(folder, ignore_errors=True)
            if not os.path.exists(folder):
                break
            time.sleep(0.1)


def _command(program: str, profile: str, width: int, height: int) -> list[str]:
    command = [program, *QUIET, f"--user-data-dir={profile}", f"--window-size={width},{height}"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        command.append("--no-sandbox")  # Chromium refuses to start as root with it
    return command


def _usual_places() -> list[str]:
    if sys.platform == "darwin":
        return [f"/Applications/{app}.app/Contents/MacOS/{app}" for app in MAC_APPS]
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        return [os.path.join(root, program) for root in roots if root for program in WINDOWS_PROGRAMS]
    return ["/snap/bin/chromium", "/opt/google/chrome/chrome"]


def _last_line(file: Path) -> str:
    return file.read_text(errors="replace").strip().rpartition("\n")[2]
