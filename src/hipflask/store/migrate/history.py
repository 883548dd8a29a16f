"""What a file was brought to, and how: one row for each migration, the newest is what it is now.

A row keeps the shape that the models wanted, to see later what has been taken out of them since; the shape that the file had
before, to bring it back; and which migration files have been run. The text of a migration is not kept: a file that somebody sends
must not bring code along.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .shape import Shape, shape_of
from .start import HISTORY, Wanted, file_fingerprint, has_history

_COLUMNS = "at, models, file, migrations, wanted, before, renames, ran, what, backup"


@dataclass(frozen=True)
class Ran:
    """A migration file that was run: how many changes of shape it made, how many it passed over, and whether it wrote to rows."""

    name: str
    changes: int
    passed_over: int
    wrote: bool


@dataclass(frozen=True)
class Entry:
    """One migration, as it was written down."""

    id: int
    at: str
    models: str
    migrations: tuple[str, ...]
    wanted: Shape
    before: Shape | None
    renames: Mapping[str, str]
    ran: tuple[Ran, ...]
    what: tuple[str, ...]
    backup: str | None


@dataclass(frozen=True)
class Done:
    """What a migration has done."""

    migrations: Sequence[str] = ()  # all files that have been run, ever
    before: Shape | None = None
    renames: Mapping[str, str] = field(default_factory=dict)
    ran: Sequence[Ran] = ()
    what: Sequence[str] = ()
    backup: str | None = None


def entries(connection: sqlite3.Connection) -> list[Entry]:
    """All migrations of the file, the newest last."""
    if not has_history(connection):
        return []
    rows = connection.execute(
        f"SELECT id, at, models, migrations, wanted, before, renames, ran, what, backup FROM {HISTORY} ORDER BY id"
    )
    return [_entry(row) for row in rows]


def write(connection: sqlite3.Connection, want: Wanted, done: Done) -> None:
    """Write down that the file is as wanted now."""
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {HISTORY} (id INTEGER PRIMARY KEY, at TEXT NOT NULL, models TEXT NOT NULL, file TEXT NOT NULL, "
        "migrations TEXT NOT NULL, wanted TEXT NOT NULL, before TEXT, renames TEXT NOT NULL, ran TEXT NOT NULL, what TEXT NOT NULL, backup TEXT) STRICT"
    )
    connection.execute(
        f"INSERT INTO {HISTORY} ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            want.fingerprint,
            file_fingerprint(connection),
            json.dumps(list(done.migrations)),
            _text(want.shape),
            None if done.before is None else _text(done.before),
            json.dumps(dict(done.renames)),
            json.dumps([[each.name, each.changes, each.passed_over, each.wrote] for each in done.ran]),
            json.dumps(list(done.what)),
            done.backup,
        ),
    )


def take_back(connection: sqlite3.Connection, entry: Entry) -> None:
    """Forget a migration that has been undone, and what was written down after it."""
    connection.execute(f"DELETE FROM {HISTORY} WHERE id >= ?", (entry.id,))
    connection.execute(
        f"UPDATE {HISTORY} SET file = ? WHERE id = (SELECT max(id) FROM {HISTORY})",
        (file_fingerprint(connection),),
    )


def _entry(row: tuple[object, ...]) -> Entry:
    number, at, models, migrations, wanted, before, renames, ran, what, backup = row
    return Entry(
        int(str(number)),
        str(at),
        str(models),
        tuple(json.loads(str(migrations))),
        _shape(str(wanted)),
        None if before is None else _shape(str(before)),
        json.loads(str(renames)),
        tuple(Ran(*each) for each in json.loads(str(ran))),
        tuple(json.loads(str(what))),
        None if backup is None else str(backup),
    )


def _text(shape: Shape) -> str:
    return json.dumps({"statements": shape.statements, "kinds": dict(shape.kinds)})


def _shape(text: str) -> Shape:
    found = json.loads(text)
    return shape_of(found["statements"], found["kinds"])
