"""Whatever goes wrong in an update, in words: the program runs on, and somebody reads them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ...core.errors import BuildError, UpdateError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Have every error inside leave as an UpdateError that says what could not be done: "The update could not be installed"."""
    try:
        yield
    except UpdateError:
        raise
    except BuildError as error:
        raise UpdateError(f"{doing}: {error}") from error
    except OSError as error:
        raise UpdateError(f"{doing}: {of_system(error)}") from error
    except Exception as error:
        # The program is not to end because of what somebody has published.
        raise UpdateError(f"{doing}: {type(error).__name__}: {error}") from error


def of_system(error: OSError) -> str:
    """What the system says of a file or a folder, and what to do about it."""
    if error.errno in _FULL:
        return f"there is no room left on the disk. Make room and try again. ({error})"
    if error.errno in _FORBIDDEN:
        return f"a file or folder may not be changed. ({error})"
    return f"the system reports {error}."


def clock_says() -> str:
    """The time that this computer believes it is, for people who may know better."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def amount(size: int) -> str:
    """Bytes as people read them: "2.5 kB"."""
    number, units = float(size), ["bytes", "kB", "MB", "GB"]
    while number >= 1000 and len(units) > 1:
        number, units = number / 1000, units[1:]
    return f"{size} bytes" if units[0] == "bytes" else f"{number:.1f} {units[0]}"
