"""What `hipflask build` has put together, before any installer is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .layer import Layer
from .project import Project
from .release import Release
from .targets import Target


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder that runs as it stands on its target.

    On Windows and Linux `folder` holds the launcher, `current`, `releases/` and `layers/`; on macOS it is the `.app`, and
    those (but for the launcher) are in its `Contents/Resources`. `root` is the folder that they are in.
    """

    project: Project
    target: Target
    release: Release
    layers: tuple[Layer, ...]
    folder: Path
    root: Path
