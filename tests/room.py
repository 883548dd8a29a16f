"""The room in which all processes of one run test: for as many as like, or for one that wants to be alone.

    process 1   test test test │ waits │ ALONE │ test …
    process 2   test ─────────test│    waits    │ test …

Both are files in a folder, locked as the kernel locks files: a process that dies leaves them free.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def room(folder: Path, *, is_alone: bool) -> Iterator[None]:
    """A place in the room, from when there is one until the end of `with`."""
    import fcntl  # not on Windows, where nobody tests in several processes

    with (folder / "door").open("w") as door, (folder / "room").open("w") as inside:
        # Kept shut by whoever waits to be alone: nobody slips in before them.
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(inside, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            # In so many words: a process that the test has forked may have it open still.
            fcntl.flock(inside, fcntl.LOCK_UN)
