"""The computer under a `User`'s window: answers dialogs as it was told to, has a clipboard, and remembers the rest."""

from __future__ import annotations

import itertools
from collections import deque
from pathlib import Path
from typing import Any

from ..core.desk import Announce, ChooseFiles, CloseWindow, Copy, Dropped, OpenWindow, Paste, Request
from ..core.errors import WindowError
from ..ui.host import Host


class Machine:
    """What happens outside of one window."""

    def __init__(self) -> None:
        self.clipboard = ""
        self.choices: deque[list[Path]] = deque()  # for the file dialogs to come, in order
        self.dropped: list[Path] = []
        self.opened: list[str] = []
        self.announced: list[str] = []
        self.is_closed = False

    def do(self, request: Request) -> Any:
        """Do what the window asks."""
        match request:
            case ChooseFiles():
                return self._choose(request)
            case OpenWindow(path):
                self.opened.append(path)
            case CloseWindow():
                self.is_closed = True
            case Copy(text):
                self.clipboard = text
            case Paste():
                return self.clipboard
            case Announce(message):
                self.announced.append(message)
            case Dropped():
                return [str(path) for path in self.dropped]
        return None

    def _choose(self, question: ChooseFiles) -> list[str]:
        if not self.choices:
            raise WindowError(
                f"A dialog to {question.kind} {'a folder' if question.kind == 'folder' else 'files'} has come up, and the test does "
                "not say what to choose. Call user.will_choose(path) before, or user.will_choose() to choose nothing."
            )
        return [str(path) for path in self.choices.popleft()]


class Machines:
    """The desk of an app that is tested: each window has a machine of its own."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._machines: dict[str, Machine] = {}

    @classmethod
    def of(cls, host: Host) -> Machines:
        """Those of an app."""
        if not isinstance(host.desk, cls):
            host.desk = cls()
        return host.desk

    def add(self, machine: Machine) -> str:
        """The name of a window on this machine."""
        name = f"test-{next(self._numbers)}"
        self._machines[name] = machine
        return name

    def ask(self, window: str, request: Request) -> Any:
        """Have it done by the machine of that window."""
        return self._machines[window].do(request)
