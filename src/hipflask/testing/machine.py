"""The computer under a `User`'s window: answers dialogs as it was told to, has a clipboard, and remembers the rest."""

from __future__ import annotations

import itertools
from collections import deque
from pathlib import Path
from typing import Any

from ..core.desk import (
    Announce,
    ChooseFiles,
    CloseWindow,
    Copy,
    DeleteWorkspace,
    Dropped,
    Monitor,
    OpenWindow,
    OpenWorkspace,
    Paste,
    Request,
    SaveWorkspace,
    SeeMonitors,
    SeeWorkspaces,
    no_workspace,
)
from ..core.errors import WindowError
from ..ui.host import Host


class Machine:
    """What happens outside of one window."""

    def __init__(self) -> None:
        self.clipboard = ""
        self.choices: deque[list[Path]] = deque()  # for the file dialogs to come, in order
        self.dropped: list[Path] = []
        self.windows: list[OpenWindow] = []  # that were opened beside the first, as they were asked for
        self.monitors = [Monitor("screen", 0, 0, 1920, 1080)]
        self.workspaces: dict[str, list[str]] = {}  # the paths of the windows in each
        self.announced: list[str] = []
        self.is_closed = False

    @property
    def opened(self) -> list[str]:
        """The paths of the windows that were opened."""
        return [window.path for window in self.windows]

    def do(self, request: Request) -> Any:
        """Do what the window asks."""
        match request:
            case ChooseFiles():
                return self._choose(request)
            case OpenWindow():
                self.windows.append(request)
            case SeeMonitors():
                return list(self.monitors)
            case SaveWorkspace(name):
                self.workspaces[name] = self.opened
            case OpenWorkspace(name):
                self._open(name)
            case DeleteWorkspace(name):
                self.workspaces.pop(name, None)
            case SeeWorkspaces():
                return dict(self.workspaces)
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

    def _open(self, workspace: str) -> None:
        if workspace not in self.workspaces:
            raise WindowError(no_workspace(workspace, self.workspaces))
        missing = [path for path in self.workspaces[workspace] if path not in self.opened]
        self.windows += map(OpenWindow, missing)

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
            host.desk, host.notebook = cls(), {}  # one person's computer remembers how they like things
        return host.desk

    def add(self, machine: Machine) -> str:
        """The name of a window on this machine."""
        name = f"test-{next(self._numbers)}"
        self._machines[name] = machine
        return name

    def ask(self, window: str, request: Request) -> Any:
        """Have it done by the machine of that window."""
        return self._machines[window].do(request)
