"""SQLite's errors, in words that say what to do about them."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from ..core import bundled
from ..core.errors import (
    HipflaskError,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    UnreadableValue,
)

# What a damaged file may raise; the last one where SQLite's own message quotes bytes of it.
FAULTS = (sqlite3.Error, OSError, UnicodeDecodeError)

_WORDS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (
        StoreLocked,
        "Another program, or another part of this one, has been writing to {file} for too long: what was to be written "
        "now was not. End that program (an open sqlite3 shell with a begun transaction, say) and try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreReadOnly,
        "{file} may not be written. Give yourself the right to write the file and its folder, or keep the store elsewhere: "
        "app.config['STORE'] = '…'.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        StoreReadOnly,
        "{file} cannot be opened or made. See that its folder is there and may be written.",
    ),
    sqlite3.SQLITE_FULL: (
        StoreFull,
        "There is no room left for {file}: what was to be written was not. Make room on the disk and try again.",
    ),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        "The disk with {file} reports an error: what was to be written was not. See that the disk is there, sound and not full.",
    ),
    sqlite3.SQLITE_NOTADB: (
        StoreDamaged,
        "{file} is not a database. If it should be, bring back a backup: `hipflask db restore`.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        StoreDamaged,
        "{file} is damaged. Bring back the last backup: `hipflask db restore`.",
    ),
}
_ON_LAMBDA = (
    " On AWS Lambda only /tmp may be written, and it goes with the process: what is to stay belongs into a service, "
    "or behind a hub."
)
_WORDS[sqlite3.SQLITE_LOCKED] = _WORDS[sqlite3.SQLITE_BUSY]

# What the system says when it is asked directly, as for a backup.
_OF_SYSTEM = {
    errno.ENOSPC: sqlite3.SQLITE_FULL,
    errno.EDQUOT: sqlite3.SQLITE_FULL,
    errno.EFBIG: sqlite3.SQLITE_FULL,
    errno.EIO: sqlite3.SQLITE_IOERR,
    errno.EROFS: sqlite3.SQLITE_READONLY,
    errno.EACCES: sqlite3.SQLITE_READONLY,
    errno.EPERM: sqlite3.SQLITE_READONLY,
    errno.ENOENT: sqlite3.SQLITE_CANTOPEN,
    errno.ENOTDIR: sqlite3.SQLITE_CANTOPEN,
}


def in_words(error: BaseException | None, file: Path) -> BaseException | None:
    """What to raise in place of an error of SQLite's or the system's, or of our own that was wrapped; None: what would have been raised."""
    if isinstance(error, HipflaskError):
        return error
    told: HipflaskError | None = None
    if isinstance(error, sqlite3.Error) and str(error).startswith("Could not decode to UTF-8"):
        told = UnreadableValue(
            f"{file} holds text that is not UTF-8, so another program must have written it. `hipflask db check` says where. ({error}.)"
        )
    elif isinstance(error, FAULTS) and (known := _WORDS.get(_code(error))):
        kind, words = known
        here = _ON_LAMBDA if kind is StoreReadOnly and bundled.is_on_lambda() else ""
        told = kind(
            f"{words.format(file=file)}{here} ({'SQLite' if isinstance(error, sqlite3.Error) else 'The system'}: {error}.)"
        )
    if told is not None:
        told.__cause__ = error
    return told


def _code(error: BaseException) -> int:
    """SQLite's code for it, or what comes nearest."""
    if isinstance(error, OSError):
        return _OF_SYSTEM.get(error.errno or 0, -1)
    is_of_ours = isinstance(error, sqlite3.IntegrityError) and "_hipflask_" in str(error)
    if isinstance(error, UnicodeDecodeError) or is_of_ours:  # our own tables break no constraint of theirs
        return sqlite3.SQLITE_CORRUPT
    # The lower byte is the code, the upper ones say more about it.
    return getattr(error, "sqlite_errorcode", -1) & 0xFF


def locked_within(file: Path, seconds: float) -> StoreLocked:
    """Another thread of this process has held the write lock for so long."""
    return StoreLocked(
        f"Another part of this program has been writing to {file} for over {seconds:g} seconds: what was to be written now "
        "was not. Long work writes in batches, `with db.transaction():`, and waits for nobody inside of one."
    )
