"""What the supervisor, which owns the window, and the child, which runs the program, say to each other.

    supervisor                                 child
    Start(program, …)                    →     loads it
                                         ←     Ready(files, …) or Failed(files, …)
                                         ←     Painted, Visited, Files …              as they happen
                                         ←     Asked(1, window, request)              by a handler, which waits
    Answered(1, …)                       →
    CloseWanted(window), Closed(window)  →     as they happen
    HandOver                             →     a file has changed: finish what you are doing
                                         ←     Handed(states), and it ends

When either side is gone the other notices by the end of the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..core.desk import Request
from ..surfaces.keeper import Opening
from ..ui.wire import Halted


@dataclass(frozen=True)
class Program:
    """How to find the app again in another process."""

    app: str | None = None  # what --app says; None looks for app.py or wsgi.py
    script: str = ""  # `python FILE`
    module: str = ""  # `python -m MODULE`
    arguments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.app or self.script or self.module or "the app"


@dataclass(frozen=True)
class Address:
    """Where children answer, one after the other."""

    host: str
    port: int
    token: str | None  # None lets everybody in
    listener: int | None  # the number of a socket that listens already; None: bind one


@dataclass(frozen=True)
class Start:
    """Load the program and answer; or, with `halted`, only say why it is not there."""

    program: Program
    address: Address
    start: str | None  # the path of the first window
    states: bytes  # what the child before has handed over; only children look into it
    halted: Halted | None = None


@dataclass(frozen=True)
class HandOver:
    """End, and say what is to be kept."""


@dataclass(frozen=True)
class Ready:
    """The program is loaded and answers."""

    files: tuple[str, ...]
    folders: tuple[str, ...]  # of templates and static files
    path: str  # of the first window
    opening: Opening
    memory: Path  # the folder of what this program keeps on this computer alone


@dataclass(frozen=True)
class Failed:
    """The program could not be loaded; pages and sockets are told why."""

    halted: Halted
    files: tuple[str, ...]


@dataclass(frozen=True)
class Files:
    """More modules have been imported meanwhile; these are all of them."""

    files: tuple[str, ...]


@dataclass(frozen=True)
class Visited:
    """A page was shown; live ones find back by themselves."""

    path: str
    is_live: bool


@dataclass(frozen=True)
class Painted:
    """A live page has painted for the first time, in the window of that name."""

    window: str


@dataclass(frozen=True)
class Asked:
    """A handler asks something of its window, and waits for `Answered`; `opening` says how a window begins that it opens."""

    number: int
    window: str
    request: Request
    opening: Opening | None = None


@dataclass(frozen=True)
class Answered:
    """The answer, or what went wrong."""

    number: int
    answer: object = None
    error: str | None = None


@dataclass(frozen=True)
class CloseWanted:
    """The person wants this window closed: it is to be asked whether it may."""

    window: str


@dataclass(frozen=True)
class Closed:
    """This window is gone."""

    window: str


@dataclass(frozen=True)
class Handed:
    """What the next child is to go on with."""

    states: bytes


FromChild = Ready | Failed | Files | Visited | Painted | Asked | Handed
