"""What a program asks of the machine that its windows stand on: the contract between the screen and whoever draws windows.

Requests are plain data, because the window may belong to another process than the program (it does while that is being
written, so that a reload keeps the window). The answer to each is named in its docstring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from .spots import Spot
from .words import join


@dataclass(frozen=True, slots=True)
class ChooseFiles:
    """Ask the person for files or a folder; the answer is a list of absolute paths, empty if they changed their mind."""

    kind: Literal["open", "save", "folder"]
    title: str = ""
    name: str = ""  # the name that is suggested for a file to save
    folder: str = ""  # where to begin; empty: where the system thinks best
    types: tuple[tuple[str, tuple[str, ...]], ...] = ()  # ("Pictures", ("*.png", "*.jpg")); none: all files
    many: bool = False  # more than one may be chosen


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """Open another window of the program at this path; what is None is as the window function there has it. No answer."""

    path: str
    title: str | None = None
    width: int | None = None
    height: int | None = None
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class CloseWindow:
    """Close the window that asks, without asking it. No answer."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Put a text on the clipboard. No answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Paste:
    """The answer is the text on the clipboard, empty if there is none."""


@dataclass(frozen=True, slots=True)
class Announce:
    """Show a note of the system's, outside of all windows. No answer."""

    message: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """The answer is the list of absolute paths that were last dropped on the window that asks."""


@dataclass(frozen=True, slots=True)
class SeeMonitors:
    """The answer is a list of `Monitor`, the primary one first, then from left to right."""


@dataclass(frozen=True, slots=True)
class SaveWorkspace:
    """Remember which windows are open, and where. No answer."""

    name: str


@dataclass(frozen=True, slots=True)
class OpenWorkspace:
    """Bring the windows of a workspace to where they were: move those that are open, open the others. No answer."""

    name: str
    close_others: bool = (
        False  # each of those is asked whether it may, as if the person had pressed its close button
    )


@dataclass(frozen=True, slots=True)
class DeleteWorkspace:
    """Forget a workspace. No answer."""

    name: str


@dataclass(frozen=True, slots=True)
class SeeWorkspaces:
    """The answer is a dict: by the name of each workspace, the paths of its windows."""


Request = (
    ChooseFiles
    | OpenWindow
    | CloseWindow
    | Copy
    | Paste
    | Announce
    | Dropped
    | SeeMonitors
    | SaveWorkspace
    | OpenWorkspace
    | DeleteWorkspace
    | SeeWorkspaces
)


def no_workspace(name: str, known: Iterable[str]) -> str:
    """What to say where a workspace is not there."""
    names = join([repr(each) for each in sorted(known)], "and")
    return f"There is no workspace {name!r}. " + (f"There is {names}." if names else "None has been saved.")


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor: the part of it that windows may use, without panels, in logical pixels of the whole desktop."""

    name: str | None  # as the system calls it: "HDMI-1"; None where it has no names
    x: int
    y: int
    width: int
    height: int
    number: int = 1

    @property
    def is_primary(self) -> bool:
        """Whether it is the one with the desktop's own things on it."""
        return self.number == 1


class Desk(Protocol):
    """Whoever keeps the windows of a program."""

    def ask(self, window: str, request: Request) -> Any:
        """Have it done for the window of that id, and wait for the answer; raises WindowError where it cannot be had.

        A person may take their time over it: never call this from an event loop.
        """
