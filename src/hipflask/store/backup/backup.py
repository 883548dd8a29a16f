"""Backups: whole copies of a store's file, made while everybody goes on reading and writing.

    make_backup(file, "daily")      → data/app.backups/2026-11-22_10-15-30-123_daily.sqlite
    backups_of(file)                → all there are, newest first

A copy is made under a name that nobody takes for a backup, checked, forced onto the disk, and renamed: so there is a whole backup or
none, whatever happens meanwhile. Old ones go only after the new one is there: neither a damaged store nor a full disk ever
costs the last good one.
"""

from __future__ import annotations

import datetime
import os
import re
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import StoreDamaged
from ..engine import WAIT_SECONDS
from ..faults import FAULTS, in_words, locked_within

Progress = Callable[[int, int], None]  # done, of so many

REPLACED = "replaced"  # why a file was set aside by a restore; nobody but a person deletes those
DAY = datetime.timedelta(days=1)
PAGES = 1000  # are copied between two looks at the progress
_STRAY_SECONDS = 3600.0  # a copy that nobody has written to for so long was left by a process that was killed
_NAME = re.compile(r"(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{3})_([a-z0-9-]+)\.sqlite")
_TIME = "%Y-%m-%d_%H-%M-%S-%f"
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True)
class Keep:
    """Which backups stay: the newest of each reason, and the last one of each of the newest days that have any."""

    newest: int = 5
    days: int = 14


@dataclass(frozen=True, order=True)
class Backup:
    """One backup: a whole database in one file."""

    made: datetime.datetime
    reason: str
    path: Path

    @property
    def is_replaced(self) -> bool:
        """Whether it is what a restore has set aside."""
        return self.reason == REPLACED

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size


def make_backup(file: Path, reason: str, keep: Keep | None = None, progress: Progress | None = None) -> Path:
    """Copy the store as it is at this moment into a new backup, and say where; raises StoreError if there cannot be one.

    `progress(done, total)` is told of pages as they are copied, and may raise to have it stopped.
    """
    folder = folder_of(file)
    with saying(folder):
        folder.mkdir(exist_ok=True)
        _sweep(folder)
    with partial_file(folder) as partial:
        copy(file, partial, progress)
        verify(partial, file)
        made = publish(partial, folder, reason)
    _rotate(file, keep or Keep(), made)
    return made


def backups_of(file: Path) -> list[Backup]:
    """All backups of the store, newest first."""
    folder = folder_of(file)
    found = (_parsed(path) for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted((backup for backup in found if backup is not None), reverse=True)


def folder_of(file: Path) -> Path:
    """Where the backups of a store are: beside it."""
    return file.with_name(f"{file.stem}.backups")


def is_due(file: Path, every: datetime.timedelta = DAY) -> bool:
    """Whether something has changed since the last backup, and that is as old as this."""
    newest = next((each for each in backups_of(file) if not each.is_replaced), None)
    if newest is None:
        return bool(newest_change(file))
    # A clock that was set back says nothing about age.
    is_young = abs(datetime.datetime.now(datetime.UTC) - newest.made) < every
    return not is_young and newest_change(file) != newest_change(newest.path)


def newest_change(file: Path) -> int | None:
    """The sequence of the newest change in the log of a file; None if there is none that could be read."""
    with suppress(*FAULTS), closing(opened(file)) as connection:
        newest: int | None = connection.execute("SELECT max(sequence) FROM _hipflask_log").fetchone()[0]
        return newest
    return None


# ── copying ───────────────────────────────────────────────────────────────────────────────────────


def copy(file: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy a database as it is at this moment into one plain file that nobody else knows of."""
    with reading(file), closing(opened(file)) as source:
        # Others may write meanwhile: within this transaction we see one moment, and the copy need not begin anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        with saying(target.parent, damaged=file), closing(sqlite3.connect(target)) as copied:
            copied.execute("PRAGMA synchronous = OFF")  # `publish` forces the whole file onto the disk
            pump(source, copied, target, progress)
    with saying(target.parent, damaged=file), closing(sqlite3.connect(target)) as copied:
        copied.execute(
            "PRAGMA journal_mode = DELETE"
        )  # or it would be three files when somebody looks into it


def pump(
    source: sqlite3.Connection, target: sqlite3.Connection, file: Path, progress: Progress | None = None
) -> None:
    """Copy all pages into the target, which is that file; raises StoreLocked where SQLite would try for ever."""
    busy_since: float | None = None

    def tell(status: int, remaining: int, total: int) -> None:
        nonlocal busy_since
        busy_since = (busy_since or time.monotonic()) if status in _BUSY else None
        if busy_since is not None and time.monotonic() - busy_since > WAIT_SECONDS:
            raise locked_within(file, WAIT_SECONDS)
        if progress is not None:
            progress(total - remaining, total)

    source.backup(target, pages=PAGES, progress=tell, sleep=0.05)


def verify(copied: Path, file: Path) -> None:
    """Raise StoreDamaged, speaking of `file`, unless the copy of it is sound."""
    found = flaw(copied)
    if found is not None:
        raise StoreDamaged(
            f"{file} is damaged ({found}), so no copy of it was made that could be taken for a good one. Backups made before are "
            "still there: `hipflask db backups` lists them, `hipflask db restore` brings one back."
        )


def flaw(file: Path) -> str | None:
    """What SQLite finds wrong with the pages of a file that nobody writes to; None if it is sound."""
    try:
        with closing(opened(file)) as connection:
            # Values that break a CHECK are data like any other: `check` tells of them, and a backup keeps them.
            connection.execute("PRAGMA ignore_check_constraints = ON")
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(in_words(error, file), StoreDamaged):
            return str(error)
        raise in_words(error, file) or error from error
    return None if found == "ok" else " ".join(str(found).split())


def blame_damage(file: Path, error: Exception) -> None:
    """After an error that nobody foresaw: raise StoreDamaged if the file is damaged, which explains it."""
    found = flaw(file)
    if found is not None:
        raise StoreDamaged(
            f"{file} is damaged ({found}). Bring back the last backup: `hipflask db restore`."
        ) from error


def publish(partial: Path, folder: Path, reason: str) -> Path:
    """Give a finished copy its name, once all of it is on the disk."""
    with saying(folder):
        synced(partial)
        path = _free_name(folder, reason)
        partial.rename(path)
        synced(folder)
    return path


@contextmanager
def partial_file(folder: Path) -> Iterator[Path]:
    """A name for a copy that is not finished; whatever is still there afterwards goes."""
    path = folder / f"{uuid.uuid4().hex}.partial"
    try:
        yield path
    finally:
        for each in with_companions(path):
            with suppress(OSError):
                each.unlink(missing_ok=True)


def opened(file: Path) -> sqlite3.Connection:
    """A connection to a file that is there; SQLite would otherwise make an empty one."""
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS, isolation_level=None
    )


def with_companions(file: Path) -> Iterable[Path]:
    """A database's file and those that SQLite may keep beside it."""
    return [file, *(Path(f"{file}{end}") for end in ("-wal", "-shm", "-journal"))]


def synced(path: Path) -> None:
    """Force a file, or the names in a folder, onto the disk."""
    if path.is_dir() and sys.platform == "win32":
        return  # folders cannot be opened there, and need not be
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def saying(place: Path, damaged: Path | None = None) -> Iterator[None]:
    """Let errors of SQLite and the system speak of this place, and those about damage of that file."""
    try:
        yield
    except FAULTS as error:
        told = in_words(error, place)
        if isinstance(told, StoreDamaged) and damaged is not None:
            told = in_words(error, damaged)
        if told is None:
            raise
        raise told from error


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """The same while nothing is done but reading: then whatever SQLite does not like is damage of the file."""
    try:
        with saying(file):
            yield
    except sqlite3.Error as error:
        raise StoreDamaged(
            f"{file} cannot be read as a store. Bring back the last backup: `hipflask db restore`. (SQLite: {error}.)"
        ) from error


# ── names and rotation ────────────────────────────────────────────────────────────────────────────


def _free_name(folder: Path, reason: str) -> Path:
    word = re.sub(r"[^a-z0-9]+", "-", reason.lower()).strip("-") or "backup"
    moment = datetime.datetime.now(datetime.UTC)
    while (path := folder / f"{moment.strftime(_TIME)[:-3]}_{word}.sqlite").exists():
        moment += datetime.timedelta(milliseconds=1)
    return path


def _parsed(path: Path) -> Backup | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    made = datetime.datetime.strptime(match[1], _TIME).replace(tzinfo=datetime.UTC)
    return Backup(made, match[2], path)


def _rotate(file: Path, keep: Keep, made: Path) -> None:
    there = [each for each in backups_of(file) if not each.is_replaced and each.path != made]
    for backup in superfluous(there, keep):
        with suppress(OSError):  # somebody looks into it just now, on Windows: it goes the next time
            backup.path.unlink(missing_ok=True)


def superfluous(backups: list[Backup], keep: Keep) -> list[Backup]:
    """Those of the backups, given newest first, that need not stay beside one that was just made."""
    counts: dict[str, int] = {}
    days: set[datetime.date] = set()
    gone = []
    for backup in backups:
        counts[backup.reason] = counts.get(backup.reason, 0) + 1
        is_last_of_day = backup.made.date() not in days and len(days) < keep.days
        days.add(backup.made.date())
        if counts[backup.reason] > keep.newest and not is_last_of_day:
            gone.append(backup)
    return gone


def _sweep(folder: Path) -> None:
    for path in folder.glob("*.partial*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STRAY_SECONDS:
                path.unlink()
