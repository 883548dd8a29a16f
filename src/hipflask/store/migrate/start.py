"""At every start: is the file as the models want it? If it is, that is all; nothing more is loaded.

Each row of `_hipflask_schema` says what the file was brought to, when, from what and how. The newest is compared: with the models by a
fingerprint of the statements that would make their tables and of the names of the migration files, and with the file by
a fingerprint of its own text, which other programs may have changed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from ..types.exact import Exact
from .shape import Shape, shape_of, statements_of

HISTORY = "_hipflask_schema"
_DIALECT = sqlite.dialect()


@dataclass(frozen=True)
class Wanted:
    """What an app expects of its file: the statements that make it, what columns hold, and the migrations there are."""

    statements: tuple[str, ...]
    kinds: dict[str, str]
    migrations: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same models and migrations."""
        return digest([*self.statements, json.dumps(self.kinds, sort_keys=True), *self.migrations])

    @property
    def shape(self) -> Shape:
        """What it looks like."""
        return shape_of(self.statements, self.kinds)


def wanted(tables: Sequence[sa.Table], folder: Path) -> Wanted:
    """What these models, and the migrations in this folder, expect of a file."""
    ours = [table for table in tables if table.schema is None]
    statements = [str(CreateTable(table).compile(dialect=_DIALECT)).strip() for table in ours]
    for table in ours:
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            statements.append(str(CreateIndex(index).compile(dialect=_DIALECT)).strip())
    return Wanted(tuple(statements), _kinds(ours), migrations_in(folder))


def migrations_in(folder: Path) -> tuple[str, ...]:
    """The names of the migration files, in order."""
    return tuple(sorted(path.stem for path in folder.glob("[0-9]*.py"))) if folder.is_dir() else ()


def is_as_wanted(connection: sqlite3.Connection, want: Wanted) -> bool:
    """Whether there is nothing to do."""
    if not has_history(connection):
        return False
    newest = connection.execute(f"SELECT models, file FROM {HISTORY} ORDER BY id DESC LIMIT 1").fetchone()
    return bool(newest == (want.fingerprint, file_fingerprint(connection)))


def has_history(connection: sqlite3.Connection) -> bool:
    """Whether migrations of this file were written down."""
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (HISTORY,))
    return found.fetchone() is not None


def file_fingerprint(connection: sqlite3.Connection) -> str:
    """The same for files of the same tables and indexes."""
    return digest(statements_of(connection))


def digest(texts: Sequence[str]) -> str:
    """One short text for many."""
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()


def _kinds(tables: Sequence[sa.Table]) -> dict[str, str]:
    return {f"{table.name}.{column.name}": _kind(column.type) for table in tables for column in table.columns}


def _kind(type_: object) -> str:
    """How values are kept: columns of the same kind can take each other's."""
    if not isinstance(type_, Exact):
        return repr(type_)
    if hasattr(type_, "after_point"):
        return f"Decimal({type_.after_point} after the point)"
    if hasattr(type_, "options"):
        return {"TEXT": "Str", "INTEGER": "Int"}[str(type_.column_type(False).compile(dialect=_DIALECT))]
    return type(type_).__name__
