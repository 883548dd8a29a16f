"""A program that is being written: its files, its process, and what it says in the terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread

SECONDS = 30.0


class Written:
    """A folder with app.py, and `hipflask COMMAND --debug` (or `python app.py`) running there."""

    def __init__(
        self,
        folder: Path,
        code: str,
        command: tuple[str, ...],
        files: Mapping[str, str],
        *,
        debug: bool = True,
    ) -> None:
        self.folder = folder
        self.output = ""
        for name, text in {**files, "app.py": code}.items():
            self.save(text, name)
        self._mark = f"HIPFLASK_TEST_{uuid.uuid4().hex}"
        called = ["-m", "hipflask.cli", *command, *(["--debug"] if debug else [])]
        if command == ("python",):
            called = ["app.py"]
        self.process = subprocess.Popen(
            [sys.executable, *called],
            cwd=folder,
            env={**_environment(), self._mark: "1", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def url(self) -> str:
        """What `serve` has printed."""
        found = self.wait_for(lambda: re.search(r"Open (http\S+)", self.output))
        return str(found[1])

    def save(self, code: str, name: str = "app.py") -> None:
        """What an editor does."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(code)
        if name == "app.py":
            self.code = code

    def edit(self, old: str, new: str) -> None:
        """Replace some words of app.py."""
        assert old in self.code
        self.save(self.code.replace(old, new))

    def wait_for(self, condition: Callable[[], object]) -> object:
        """Wait until something is there, and return it."""
        end = time.monotonic() + SECONDS
        while not (found := condition()):
            assert time.monotonic() < end, f"not within {SECONDS:g} seconds; the program said:\n{self.output}"
            time.sleep(0.01)
        return found

    def says(self, words: str, times: int = 1) -> None:
        """Wait until the terminal shows some words."""
        self.wait_for(lambda: self.output.count(words) >= times)

    def processes(self) -> list[int]:
        """The program's processes that are running, the supervisor among them."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                is_ours = self._mark.encode() in (entry / "environ").read_bytes()
                is_zombie = ") Z " in (entry / "stat").read_text()
            except OSError:  # gone meanwhile, or somebody else's
                continue
            if is_ours and not is_zombie:
                found.append(int(entry.name))
        return found

    def interrupt(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(10)

    def end(self) -> None:
        """Have nothing run any more."""
        self.process.terminate()
        self.process.wait(10)
        end = time.monotonic() + 5
        while self.processes() and time.monotonic() < end:
            time.sleep(0.02)
        for process in self.processes():
            os.kill(process, signal.SIGKILL)
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line


def _environment() -> dict[str, str]:
    """Without what Flask's command line leaves behind when another test has called it in this process."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FLASK_")}
