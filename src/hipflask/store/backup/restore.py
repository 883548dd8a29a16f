"""Bringing a backup back, while programs may be running that have the store open.

The backup is copied and the copy checked; the present file is copied aside; then all pages are written into the present file in
one transaction of SQLite's own. So whoever has the store open sees the old one or the new one, and so does whoever comes after a
crash. The log goes on from beyond what anybody has read: every reader reads everything anew.

A present file that SQLite takes for no database has nobody in it. That one alone is replaced under its name.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ...core.errors import StoreDamaged, StoreError, StoreLocked, StoreReadOnly
from ..changes.log import Log
from ..engine import connect
from ..faults import FAULTS
from ..keeper import Keeper
from .backup import (
    REPLACED,
    Progress,
    copy,
    folder_of,
    newest_change,
    opened,
    partial_file,
    publish,
    pump,
    reading,
    saying,
    synced,
    verify,
    with_companions,
)

# What others may write between our look at the log and the new file's being there has sequences below this.
_LEAP = 1_000_000_000


def restore(file: Path, backup: Path, progress: Progress | None = None) -> Path | None:
    """Put a backup in the place of the store; returns where what was there before was set aside, None if there was nothing.

    Raises StoreError, and has changed nothing, if the backup is damaged or no store's, or if its tables are others while a
    program has the store open.
    """
    folder = folder_of(file)
    with saying(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with partial_file(folder) as fresh:
        copy(backup, fresh)
        verify(fresh, backup)
        with _nobody_surprised(file, fresh, backup) as keeper:
            aside = _set_aside(file, folder) if file.exists() else None
            _leap(file, fresh)
            _put(fresh, file, keeper, progress)
    return aside


def _set_aside(file: Path, folder: Path) -> Path:
    with partial_file(folder) as partial:
        try:
            copy(file, partial)
        except (StoreDamaged, StoreReadOnly):  # then as it is, bit by bit
            _copy_bits(file, partial)
        path = publish(partial, folder, REPLACED)
        for beside, name in zip(with_companions(partial), with_companions(path), strict=True):
            if beside.exists():
                beside.rename(name)
    return path


def _copy_bits(file: Path, partial: Path) -> None:
    with saying(partial.parent):
        for source, target in zip(with_companions(file), with_companions(partial), strict=True):
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, target)


def _leap(file: Path, fresh: Path) -> None:
    """Have every reader of the present log see that the new one is another."""
    seen = newest_change(file) or 0
    with saying(fresh), closing(opened(fresh)) as connection:
        Log([]).skip(connection, beyond=seen + _LEAP)


def _put(fresh: Path, file: Path, keeper: Keeper, progress: Progress | None) -> None:
    try:
        if not file.exists():
            raise StoreDamaged("There is nothing to write into.")
        _overwrite(fresh, file, progress)
    except (
        StoreDamaged,
        StoreReadOnly,
    ):  # SQLite writes to no file whose header names a version that it does not know
        if file.exists() and not os.access(file, os.W_OK):
            raise
        if _schema(file) is not None and not keeper.acquire():
            raise  # somebody is still able to read it, and would go on with a file that has lost its name
        _replace(fresh, file)


def _overwrite(fresh: Path, file: Path, progress: Progress | None) -> None:
    with reading(file), closing(connect(file, wait=0)) as target:
        _same_page_size(fresh, target)
        with closing(opened(fresh)) as source:
            pump(source, target, file, progress)
        with suppress(sqlite3.Error):  # all is there already; this only gives back the room of the log
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _same_page_size(fresh: Path, target: sqlite3.Connection) -> None:
    """SQLite writes over a file that is in use only with pages of the size that it has."""
    (size,) = target.execute("PRAGMA page_size").fetchone()
    with closing(opened(fresh)) as connection:
        if connection.execute("PRAGMA page_size").fetchone()[0] != size:
            connection.execute(f"PRAGMA page_size = {size}")
            connection.execute("VACUUM")


def _replace(fresh: Path, file: Path) -> None:
    with saying(file):
        synced(fresh)
        # Those of the old file, of which there is a copy: SQLite would take them for the new one's.
        for each in [*with_companions(file)][1:]:
            each.unlink(missing_ok=True)
        synced(file.parent)
        fresh.replace(file)
        synced(file.parent)


# ── who else is there ─────────────────────────────────────────────────────────────────────────────


@contextmanager
def _nobody_surprised(file: Path, fresh: Path, backup: Path) -> Iterator[Keeper]:
    """Refuse tables that a running program does not know; one that starts meanwhile waits with its migrations."""
    new, present = _schema(fresh), _schema(file)
    if new is None or not any(name == "_hipflask_state" for _, name, _ in new):
        raise StoreError(
            f"{backup} is a database, but not a store's: it was not brought back. `hipflask db backups` lists those that are."
        )
    keeper = Keeper(file)
    try:
        if new != present and not keeper.acquire():
            seen = "cannot be read" if present is None else f"has other tables than {backup}"
            raise StoreLocked(
                f"{file} {seen}, and a program has it open just now, which would not find its way about in what is brought back. "
                "Nothing was changed. Close that program and write: `hipflask db restore`."
            )
        yield keeper
    finally:
        keeper.release()


def _schema(file: Path) -> list[tuple[str, str, str]] | None:
    with suppress(*FAULTS), closing(opened(file)) as connection:
        return connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name, sql"
        ).fetchall()
    return None
