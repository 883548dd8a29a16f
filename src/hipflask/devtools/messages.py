"""What the supervisor, which owns the window, and the child, which runs the program, say to each other.

    supervisor                                 child
    Start(program, …)                    →     loads it
                                         ←     Ready(files, …) or Failed(files, …)
                                         ←     Painted, Shown, Visited, Files …       as they happen
                                         ←     Asked(1, window, request)              by a handler, which waits
    Answered(1, …)                       →
    CloseWanted(window), Closed(window)  →     as they happen
    HandOver                             →     a file has changed: finish what you are doing
                                         ←     Handed(states), and it ends

When either side is gone the other notices by the end of the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    has_doors: bool = (
        False  # for programs that are no browser, as `hipflask serve` has them and a window has not
    )


@dataclass(frozen=True)
class Start:
    """Load the program and answer; or, with `halted`, only say why it is not there."""

    program: Program
    address: Address
    start: str | None  # the path of the first window
    states: bytes  # what the child before has handed over; only children look into it
    remembers: bool  # one person sits before it, whose likings are kept
    halted: Halted | None = None
    inspected: str | None = None  # where the inspector looks, if somebody has opened it from a window


@dataclass(frozen=True)
class HandOver:
    """End, and say what is to be kept."""


@dataclass(frozen=True)
class Ready:
    """The program is loaded and answers."""

    files: tuple[str, ...]
    folders: tuple[str, ...]  # of templates and static files
    paths: tuple[str, ...]  # of the first windows
    openings: Mapping[str, Opening]  # of those, and of those that were left the last time
    memory: Path  # the folder of what this program keeps on this computer alone
    restores: bool  # whether those that were left the last time are to be opened
    assistants: str | None  # the token by which assistants are let in; None if they are not


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
    """A page was asked for; live ones find back by themselves."""

    path: str
    is_live: bool
    status: int


@dataclass(frozen=True)
class Shown:
    """A window shows what is at this address of the program."""

    window: str
    address: str


@dataclass(frozen=True)
class Painted:
    """A live page has painted for the first time, in the window of that name."""

    window: str


@dataclass(frozen=True)
class Asked:
    """A handler asks something of its window, and waits for `Answered`; `openings` say how windows begin that it opens."""

    number: int
    window: str
    request: Request
    openings: Mapping[str, Opening] = field(default_factory=dict)


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


@dataclass(frozen=True)
class Inspected:
    """Somebody has opened the inspector, which looks there; it is to see the next child, too."""

    address: str


FromChild = Ready | Failed | Files | Visited | Shown | Painted | Asked | Handed | Inspected
