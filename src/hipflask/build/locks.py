"""A lock that several processes of one program agree on: the operating system's, on a file, gone with whoever held it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from ..core.errors import UpdateError

_LOOK_SECONDS = 0.05


class Lock:
    """Held within `with`; raises UpdateError with the sentence `busy` if somebody else has it for longer than `seconds`."""

    def __init__(self, file: Path, seconds: float, busy: str) -> None:
        self.file, self.seconds, self.busy = file, seconds, busy
        self._handle: int | None = None

    def take(self) -> bool:
        """Take it unless somebody else has it, and say whether it is ours; two in one process exclude each other, too."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(handle)
        except (BlockingIOError, PermissionError):
            os.close(handle)
            return False
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return True

    def release(self) -> None:
        """Give it back; nothing happens if it is not held."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def __enter__(self) -> Self:
        end = time.monotonic() + self.seconds
        while not self.take():
            if time.monotonic() >= end:
                raise UpdateError(self.busy)
            time.sleep(_LOOK_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
