"""What there is to migrate, and how what goes wrong is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from ...core.errors import HipflaskError, MigrationFailed
from ..changes.log import Log
from ..faults import in_words
from .start import Wanted

LONGEST_SECONDS = 600.0  # for which somebody else may be migrating


@dataclass(frozen=True)
class Task:
    """A file, what its models want, and where the project's migrations are."""

    file: Path
    want: Wanted
    folder: Path
    log: Log


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Let errors of SQLite be told in words, also those that SQLAlchemy has wrapped."""
    try:
        yield
    except HipflaskError:
        raise
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        inner = error if isinstance(error, sqlite3.Error) else error.orig
        raise in_words(inner, file) or MigrationFailed(
            f"{file} could not be migrated ({inner}). Nothing has been changed; `hipflask db show` says what was to be done."
        ) from error
