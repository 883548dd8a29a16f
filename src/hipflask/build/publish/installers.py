"""The installers of a published folder: what people download once, before the program looks after itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import BuildError
from ..bundle import Bundle
from ..layer import file_of
from .archives import settle


@dataclass(frozen=True, slots=True)
class Download:
    """One file to download: which target it is for, where it is from the page on, how large, and what it must be."""

    target: str
    version: str
    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.rpartition("/")[2]


def copy(bundle: Bundle, files: Iterable[Path], folder: Path) -> None:
    """Put a bundle's installers into a published folder; those that are there are left alone."""
    place = _place(folder, bundle.release.channel, bundle.release.version, bundle.target.name)
    for file in files:
        if not file.is_file():
            raise BuildError(f"The installer {file} is not there. Build it: hipflask build")
        target = place / file.name
        if not target.is_file() or file_of(target, "").sha256 != file_of(file, "").sha256:
            place.mkdir(parents=True, exist_ok=True)
            _copy(file, target)


def there(folder: Path, channel: str, version: str, target: str) -> list[Download]:
    """The installers of a version that a published folder has, by name."""
    place = _place(folder, channel, version, target)
    if not place.is_dir():
        return []
    found = [
        file_of(file, file.relative_to(folder).as_posix())
        for file in sorted(place.iterdir())
        if file.is_file()
    ]
    return [Download(target, version, file.path, file.size, file.sha256) for file in found]


def _place(folder: Path, channel: str, version: str, target: str) -> Path:
    return folder / "installers" / channel / version / target


def _copy(file: Path, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    os.close(handle)
    try:
        shutil.copyfile(file, name)
        settle(Path(name), target)
    finally:
        Path(name).unlink(missing_ok=True)
