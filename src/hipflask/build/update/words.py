"""Whatever goes wrong in an update, in words: the program runs on, and somebody reads them."""

from __future__ import annotations

import errno
import http.client
import ssl
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ...core.errors import BuildError, UpdateError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DATES = (9, 10)  # OpenSSL's for a certificate that is not valid yet, or no longer
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


def of_network(error: Exception, url: str) -> str:
    """What keeps an address from being read."""
    if isinstance(error, urllib.error.HTTPError):
        return f"{url} was answered with {error.code} ({error.reason})."
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return f"{url} was answered too slowly, and the answer was given up ({reason})."
    if isinstance(reason, ssl.SSLCertVerificationError):
        clock = f" This computer's clock says {clock_says()}." if reason.verify_code in _DATES else ""
        return f"{url} is not who it says to be: {reason.verify_message}.{clock}"
    if isinstance(reason, http.client.HTTPException):
        return f"{url} was answered in a form that is no HTTP ({type(reason).__name__}: {reason})."
    return f"{url} could not be read ({reason})."


def clock_says() -> str:
    """The time that this computer believes it is, for people who may know better."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def amount(size: int) -> str:
    """Bytes as people read them: "2.5 kB"."""
    number, units = float(size), ["bytes", "kB", "MB", "GB"]
    while number >= 1000 and len(units) > 1:
        number, units = number / 1000, units[1:]
    return f"{size} bytes" if units[0] == "bytes" else f"{number:.1f} {units[0]}"
