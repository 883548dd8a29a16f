"""What differs from system to system: what surrounds the layers, and the installers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from ..project import Project
from ..release import Release
from ..targets import Target
from .format import Format


class Platform(Protocol):
    """What each of the modules here has."""

    FORMATS: Mapping[str, Format]

    @staticmethod
    def folder_name(project: Project) -> str:
        """What the bundle's folder is called; raises BuildError if a program cannot be called so there."""

    @staticmethod
    def root_in(folder: Path, project: Project) -> Path:
        """Where `current`, `releases` and `layers` stand in it."""

    @staticmethod
    def frame(project: Project, target: Target, release: Release, folder: Path) -> None:
        """Write what surrounds the layers: the launcher with the program's icon and name."""


# What is made if nobody says: on each system what most people can use.
USUAL = {"linux": ("tar.gz", "deb"), "macos": ("app.zip",), "windows": ("setup.exe", "zip")}


def platform_of(target: Target) -> Platform:
    """What a target's system has of its own."""
    return cast("Platform", import_module(f".{target.system}", __package__))
