"""Which release of a bundle runs: the file `current`, read and written by the launcher too.

    release=4b227777d4dd1fc6     the one to start: a file in releases/
    previous=ef2d127de37b942b    the one to go back to; empty if there is none
    state=healthy                new: put there by an update, and never started
                                 tried: was started, and has not yet said that all is well
                                 healthy: has had its window open
    refused=6b86b273ff34fce1     one that was tried and did not become healthy: not to be installed again

The launcher turns "new" into "tried" and holds the lock of the file `trying` while the program runs; who finds "tried" and
gets that lock knows that the first start ended before it was well, and goes back to `previous`. The program itself turns
both into "healthy" when its window has painted.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from ..core.errors import BuildError
from .release import Release, read_lines, write_lines

FILE = "current"
_PAUSES = (0.1, 0.2, 0.5, 1, 2)  # seconds
NEW, TRIED, HEALTHY = "new", "tried", "healthy"


@dataclass(frozen=True, slots=True)
class Current:
    """What the file `current` of a bundle says."""

    release: str
    previous: str = ""
    state: str = HEALTHY
    refused: str = ""

    @classmethod
    def read(cls, root: Path) -> Self:
        """What it says in the bundle at `root`; raises BuildError if that is no bundle."""
        try:
            values = read_lines((root / FILE).read_text(encoding="utf-8"))
            return cls(**{key: values[key] for key in cls.__slots__ if key in values})
        except (OSError, UnicodeDecodeError, TypeError) as error:
            raise BuildError(f"{root} is no bundle: its file {FILE!r} cannot be read ({error}).") from error

    def write(self, root: Path) -> None:
        """Have it said from now on: all at once, also if the power fails meanwhile."""
        replace(root / FILE, write_lines(asdict(self)).encode())


def release_of(root: Path, key: str) -> Release:
    """A release that the bundle at `root` has; raises BuildError if it has not, or it cannot be read."""
    try:
        return Release.parse((root / "releases" / key).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"The bundle at {root} has no release {key} ({error}).") from error


def replace(file: Path, content: bytes) -> None:
    """Put `content` in the place of a file, all at once: whoever reads it, after a power failure too, sees the old or the new."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        move(Path(name), file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    sync_folder(file.parent)


def move(path: Path, target: Path) -> None:
    """Rename a file or a folder; on Windows a virus scanner looks at what is new, and nothing it looks at can be renamed meanwhile."""
    for pause in _PAUSES:
        try:
            path.replace(target)
            return
        except PermissionError:
            time.sleep(pause)
    path.replace(target)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power failure, where the system lets one ask for it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
