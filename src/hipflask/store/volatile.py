"""The file of volatile models: emptied by the first program that opens it, left alone while others have it open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from .backup.backup import with_companions


def empty(file: Path) -> None:
    """Take everything out of the file, unless another program has it open; one that is damaged, which nothing protects it from, goes."""
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
            # Whoever has a file with a write-ahead log open keeps others from having it for themselves.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            kinds = ("trigger", "view", "index", "table")
            for kind in kinds:
                named = "SELECT name FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
                for (name,) in connection.execute(named, (kind,)).fetchall():
                    connection.execute(f'DROP {kind} IF EXISTS "{name}"')
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if (error.sqlite_errorcode & 0xFF) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
    except sqlite3.DatabaseError:
        for each in with_companions(file):
            each.unlink(missing_ok=True)
