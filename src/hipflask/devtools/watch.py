"""Noticing that files have changed, by asking for their times: no library, the same on every system."""

from __future__ import annotations

import importlib.util
import os
import stat
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

Signature = tuple[int, int] | None

SETTLE_SECONDS = 0.03
LONGEST_SETTLING = 1.0
# Beyond these a folder of templates or static files is not looked through.
MOST_FILES = 2000


class Watch:
    """A set of files; one that is not there is watched too, and changes when it appears."""

    def __init__(self, folder: Path) -> None:
        # What the program may be about to import: a change while it does so must not be missed.
        nearby = islice((*folder.glob("*.py"), *folder.glob("*/*.py")), MOST_FILES)
        self._seen: dict[str, Signature] = {
            (name := os.path.realpath(file)): signature(name) for file in nearby
        }
        self._files: set[str] = set()

    def follow(self, files: Iterable[str], *, also: bool = False) -> None:
        """Watch these files from now on; with `also`, besides those of before."""
        self._files = {*files, *(self._files if also else ())}
        for file in self._files:
            if file not in self._seen or os.path.isdir(file):
                self._seen[file] = signature(file)

    def changed(self) -> list[str]:
        """The files that are not as they were the last time, once they keep still."""
        changed = set(self._notice())
        until = time.monotonic() + LONGEST_SETTLING
        is_moving = bool(changed)
        while is_moving and time.monotonic() < until:
            time.sleep(
                SETTLE_SECONDS
            )  # an editor empties a file before it writes it, or takes it away for a moment
            more = set(self._notice())
            is_moving = bool(more)
            changed |= more
        for file in changed:
            _forget_compiled(file)
        return sorted(changed)

    def _notice(self) -> Iterator[str]:
        for file in self._files:
            now = signature(file)
            if now != self._seen[file]:
                self._seen[file] = now
                yield file


class FolderWatch:
    """Folders whose files are shown as they are, without the program being loaded again."""

    def __init__(self) -> None:
        self._folders: tuple[str, ...] = ()
        self._seen: dict[str, Signature] = {}

    def follow(self, folders: tuple[str, ...]) -> None:
        """Watch these folders from now on."""
        self._folders = folders
        self._seen = self._look()

    def has_changed(self) -> bool:
        """Whether any file in them is not as it was the last time."""
        before, self._seen = self._seen, self._look()
        return before != self._seen

    def _look(self) -> dict[str, Signature]:
        files = (file for folder in self._folders for file in Path(folder).rglob("*"))
        return {str(file): signature(str(file)) for file in islice(files, MOST_FILES)}


def signature(file: str) -> Signature:
    """What changes when a file does, or when a folder gets or loses a module; None while there is none."""
    try:
        found = os.stat(file)
        return (
            (0, hash(_modules_in(file)))
            if stat.S_ISDIR(found.st_mode)
            else (found.st_mtime_ns, found.st_size)
        )
    except OSError:
        return None


def _modules_in(folder: str) -> frozenset[str]:
    """What could be imported from a folder; packages are folders too, whose names have no dot."""
    names = os.listdir(folder)
    return frozenset(
        name for name in names if name.endswith(".py") or not ("." in name or name == "__pycache__")
    )


def _forget_compiled(file: str) -> None:
    """Compiled code remembers its source's time in whole seconds: two saves within one would look the same to Python."""
    if file.endswith(".py"):
        Path(importlib.util.cache_from_source(file)).unlink(missing_ok=True)
