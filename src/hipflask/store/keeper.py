"""The keeper: of several processes on one store, the one that prunes, migrates and pushes for all of them.

    keeper = Keeper(path)
    if keeper.acquire():        never waits; keeper.wait(5) does
        …
    keeper.release()            or let the process end, however it does

The lock is the operating system's, on a file beside the store: not on the store itself, because closing any second handle of that
would give back SQLite's own locks.
"""

from __future__ import annotations

import errno
import os
import sys
import time
import weakref
from pathlib import Path

_LOOK_SECONDS = 0.05
_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK}


class Keeper:
    """The lock of a store; two of them exclude each other in one process, too."""

    def __init__(self, path_of_store: str | os.PathLike[str]) -> None:
        path = Path(path_of_store).resolve()
        self.path = path.with_name(f"{path.name}-keeper")
        self._held: weakref.finalize[[int], Keeper] | None = None
        _all.add(self)

    @property
    def is_held(self) -> bool:
        """Whether this one has the lock."""
        return self._held is not None

    def acquire(self) -> bool:
        """Take the lock unless somebody else has it, and say whether it is ours; raises OSError where nothing can be locked."""
        if self._held is not None:
            return True
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(file)
        except OSError as error:
            os.close(file)
            if error.errno in _TAKEN:
                return False
            raise
        self._held = weakref.finalize(self, os.close, file)  # a keeper that is forgotten holds nothing
        return True

    def wait(self, seconds: float) -> bool:
        """Take the lock as soon as it is free, for as long as this, and say whether it is ours."""
        end = time.monotonic() + seconds
        while not self.acquire():
            if time.monotonic() >= end:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def release(self) -> None:
        """Give the lock back, if we have it. Its file stays: two might else lock two files of the same name."""
        if self._held is not None:
            self._held()
            self._held = None


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _let_go() -> None:
    """In a forked child: it would hold its parent's lock after the parent's end, and take it for its own."""
    for keeper in _all:
        keeper.release()


_all: weakref.WeakSet[Keeper] = weakref.WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
