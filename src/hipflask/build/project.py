"""What is to be built: the table `[tool.hipflask]` of a project, with what stands in for everything that it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that the program opens: double-clicked, it opens the window at `opens` with `?file=<path>`."""

    extension: str  # with its dot: ".poker"
    name: str  # "Poker hand"
    mime: str  # "application/x-poker"
    opens: str  # "/hand"


@dataclass(frozen=True, slots=True)
class Updates:
    """Where installed programs look for releases."""

    url: str  # of the folder that `hipflask publish` has filled
    root: Path  # the root metadata that they trust from the start: public, made by `hipflask keys make`
    channel: str = "stable"


@dataclass(frozen=True, slots=True)
class Project:
    """A program, as people are to see it and as it is to be put together."""

    folder: Path  # where the paths of the table begin
    source: Path  # what goes on sys.path: the folder that the app's module is in
    app: str  # what is imported there: "inventory", or "inventory:app"
    files: tuple[str, ...]  # what of `source` is part of the program, with "/"
    id: str  # "com.example.inventory": lower case, digits, dots and hyphens
    name: str  # "Inventory": what people read; spaces and any letters
    program: str  # "inventory": what files and commands are called; ASCII
    version: str  # "1.4.0"
    publisher: str
    description: str
    homepage: str = ""
    icon: Path | None = None  # a PNG, square, 256 pixels or more; Hipflask's own if there is none
    splash: Path | None = None  # a PNG, shown until there is a window
    file_types: tuple[FileType, ...] = ()
    schemes: tuple[str, ...] = ()  # "poker" for poker://…, which opens the window at what follows
    autostart: bool = False  # with the user's session
    single_instance: bool = True
    requires: tuple[str, ...] = ()  # as pip takes them, without Hipflask itself
    sdists: tuple[str, ...] = ()  # of these, packages that are published as source only, and are pure Python
    extras: tuple[str, ...] = ()  # of Hipflask: "markdown"
    store: bool = True  # whether SQLAlchemy and Alembic are part of it
    lock: str = "hipflask.lock"  # in `folder`: which packages were chosen
    updates: Updates | None = None
    hooks: Mapping[str, str] = field(
        default_factory=dict
    )  # "sign-windows", "sign-macos", "sign-linux", "notarize-macos"
