"""A program of a test's own, in real windows on a screen that nobody sees."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from surfaces.window.close_button import press
from surfaces.window.stage import PATIENCE


class Program:
    """One run of `python FILE`; what it prints can be waited for."""

    def __init__(self, file: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(file), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=file.parent, env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=read, daemon=True) for read in (self._read, self._read_errors)
        ]
        for thread in self._readers:
            thread.start()

    def says(self, line: str) -> None:
        """Wait until it prints this line next."""
        assert self._lines.get(timeout=PATIENCE) == line, self.errors

    def says_nothing(self, seconds: float = 0.5) -> None:
        try:
            raise AssertionError(f"it said {self._lines.get(timeout=seconds)!r}")
        except queue.Empty:
            return

    def ends(self, code: int = 0) -> None:
        """Wait until it has ended."""
        assert self._process.wait(PATIENCE) == code, self.errors

    def stop(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for thread in self._readers:
            thread.join()

    def shows(self, *titles: str) -> dict[str, str]:
        """Wait until these are the titles of its windows; returns the windows by title."""
        end = time.monotonic() + PATIENCE
        while sorted(found := windows().values()) != sorted(titles):
            assert time.monotonic() < end, f"the windows are {list(found)}, not {titles}; {self.errors}"
            assert self._process.poll() is None or not titles, self.errors
            time.sleep(0.02)
        return {title: window for window, title in windows().items()}

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self._lines.put(line.rstrip("\n"))

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            self.errors.extend(stream)


def windows() -> dict[str, str]:
    """The windows that can be seen, and their titles."""
    found = xdotool("search", "--onlyvisible", "--name", ".").split()
    titles = {window: xdotool("getwindowname", window).strip() for window in found}
    return {window: title for window, title in titles.items() if title}


def key(window: str, *keys: str) -> None:
    """Press keys in a window."""
    xdotool("windowfocus", "--sync", window)
    xdotool("key", *keys)


def close(window: str) -> None:
    """Press the close button."""
    press(int(window))


def place(window: str) -> tuple[int, int, int, int]:
    """Left, top, width and height of a window."""
    said = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", window).split())
    return int(said["X"]), int(said["Y"]), int(said["WIDTH"]), int(said["HEIGHT"])


def xdotool(*command: str) -> str:
    return subprocess.run(["xdotool", *command], capture_output=True, text=True, check=False).stdout


def wait_until(holds: Callable[[], Any], what: str) -> Any:
    """Wait until `holds()` is true, and return what it returned."""
    end = time.monotonic() + PATIENCE
    while not (answer := holds()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)
    return answer
