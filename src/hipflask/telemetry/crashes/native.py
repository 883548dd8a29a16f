"""When a library crashes the whole process, nothing of ours runs any more: Python itself writes where its threads were.

It writes into a file that is open from the beginning and belongs to that process; an end that was meant takes it away. At the next start what
others have left is read: a file that nobody holds, with something in it, is a crash.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import re
import secrets
import sys
import weakref
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from ...core.report import Failure
from .failures import Place, failure

LARGEST = 200_000  # bytes of one such file that are looked at
MOST_THREADS = 3  # the one that crashed comes first
MOST_FILES = 50

_FATAL = re.compile(r"^(?:Fatal Python error|Windows fatal exception): ([^\n]{1,200})", re.MULTILINE)
_FRAME = re.compile(r'^  File "([^"\n]{1,1000})", line (\d{1,9}) in ([^\n]{1,200})$', re.MULTILINE)
_THREAD = re.compile(r"^(?:Current thread|Thread) 0x[^\n]*$", re.MULTILINE)


class Crash(NamedTuple):
    """What Python has written about the end of a process."""

    failures: list[Failure]
    when: float


class Watch:
    """Has Python write into a file what it was doing, should the process crash."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / f"native-{secrets.token_hex(8)}.txt"
        self._file: FileIO = open(self._path, "xb", buffering=0)  # noqa: SIM115 (open as long as the process)
        _hold(self._file)
        faulthandler.enable(self._file, all_threads=True)
        self._end = weakref.finalize(self, _end, self._file, self._path)

    def end(self) -> None:
        """The process ends as it was meant to, or somebody else watches from now on."""
        self._end()


def _end(file: FileIO, path: Path) -> None:
    faulthandler.disable()
    file.close()
    with contextlib.suppress(OSError):
        path.unlink()
        path.parent.rmdir()  # which fails where there are reports


def crashes_in(folder: Path) -> Iterator[Crash]:
    """What processes that are gone have left; each file is read once, and goes."""
    for path in sorted(folder.glob("native-*.txt"))[:MOST_FILES]:
        with contextlib.suppress(OSError):
            if found := _left_in(path):
                yield found


def _left_in(path: Path) -> Crash | None:
    with path.open("r+b") as file:
        if not _is_free(file.fileno()):
            return None
        text = file.read(LARGEST).decode(errors="replace")
        when = os.fstat(file.fileno()).st_mtime
    path.unlink()
    found = parsed(text)
    return Crash(found, when) if found else None


def parsed(text: str) -> list[Failure]:
    """The failures that Python has written of: of each thread where it was, the one that crashed first; nothing if it did not."""
    fatal = _FATAL.search(text)
    if fatal is None:
        return []
    threads = [_places(part) for part in _THREAD.split(text[fatal.end() :])]
    found = [places for places in threads if places][:MOST_THREADS] or [[]]
    return [
        failure(_name(fatal[1]), places) if number == 0 else failure("another thread", places, "member")
        for number, places in enumerate(found)
    ]


def _name(said: str) -> str:
    """What Python calls the end; what it adds, an exception's own words say, may hold values."""
    return said.partition(":")[0]


def _places(part: str) -> list[Place]:
    return [(file, int(line), function) for file, line, function in reversed(_FRAME.findall(part))]


# ── who holds a file ──────────────────────────────────────────────────────────────────────────────


def _hold(file: FileIO) -> None:
    if sys.platform != "win32":  # there a file that is open cannot be taken away
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_free(handle: int) -> bool:
    if sys.platform == "win32":
        return True  # to take it away will fail
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
