"""What it costs to write down every change: SQLite with our triggers, without them, and with cr-sqlite's.

    python -m benchmarks.capture [--quick] [--json]

100,000 inserts, then 100,000 updates of one column of a row, both chosen at random; 1,000 to a transaction, through the
standard library's `sqlite3`, on a connection as the store opens them. The table has a text key like those that models have, and seven
columns. With and without take turns, transaction by transaction, in new files each round, and what counts is each transaction's
best round: other work on the machine then hits neither, and what SQLite does now and then, such as a checkpoint, is still in it.

cr-sqlite has no wheel for this Python, but a WebAssembly build for npm. That runs under Node.js, in memory, row by row as ours does, and
is compared with itself: how many times as long do 20,000 of the same inserts and updates take once the table is captured?
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from hipflask.store.changes.log import Log
from hipflask.store.engine import connect

from . import peers
from ._measure import Figures, Result, machine, main, note, ratio, rounded

ROWS, AT_ONCE = 100_000, 1_000
CRSQLITE_ROWS = 20_000
SCRIPT = Path(__file__).with_name("crsqlite.mjs")

TABLE = sa.Table(
    "item",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("price", sa.Text, nullable=False),
    sa.Column("stock", sa.Integer, nullable=False),
    sa.Column("supplier", sa.Text),
    sa.Column("is_active", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
UNITS = {"insert": "_us", "update": "_us", "bytes": "_mb"}
NAMES = [column.name for column in TABLE.columns]
Row = list[str | int]
Update = tuple[str, str | int, str]  # the column, its new value, the key
Write = Callable[[sqlite3.Connection, list[Any]], None]
Taken = dict[str, list[float]]  # seconds of each transaction, bytes of the file


def measure(quick: bool) -> Result:
    """Rounds of all, in turns."""
    random.seed(7)
    rows = make_rows()
    updates = [make_update(rows) for _ in range(ROWS)]
    rounds, crsqlite = [], []
    with tempfile.TemporaryDirectory(dir=_in_memory()) as folder:
        for number in range(5 if quick else 15):
            note(f"round {number + 1}")
            rounds.append(_round(Path(folder), rows, updates))
            if number % 3 == 0:
                crsqlite.append(_crsqlite(Path(folder), rows, updates))
    plain, best = (_best_transactions([each[side] for each in rounds]) for side in (0, 1))
    theirs = {name: min(figures[name] for figures in crsqlite) for name in crsqlite[0]}
    ratios = {f"uncaptured_{name}": ratio(plain, best, f"{name}{unit}") for name, unit in UNITS.items()}
    for name in ("insert", "update"):
        cost = theirs[f"captured_{name}_us"] / theirs[f"{name}_us"]
        ratios[f"crsqlite_{name}"] = rounded(cost * ratios[f"uncaptured_{name}"])
    figures = {"uncaptured": plain, "crsqlite": theirs}
    return Result("capture", best, figures, ratios, machine(sqlite=sqlite3.sqlite_version, **peers.NODE_PINS))


def make_rows() -> list[Row]:
    """Items with keys that begin with the time, three to a millisecond."""
    keys = [_key(1_790_000_000_000 + number // 3) for number in range(ROWS)]
    return [
        [
            key,
            f"Item number {number}",
            "A sentence or two about it, as people write them.",
            f"{number % 1000}.{number % 100:02}",
            number % 500,
            keys[number // 100],
            number % 2,
            f"2026-11-{number % 28 + 1:02}T12:00:00.{number:06}Z",
        ]
        for number, key in enumerate(keys)
    ]


def make_update(rows: list[Row]) -> Update:
    """Another value in one column of one row."""
    place, number = random.randrange(1, len(NAMES)), random.randrange(1000, 100_000)
    key, value = (
        str(random.choice(rows)[0]),
        number if NAMES[place] in ("stock", "is_active") else f"changed {number}",
    )
    return NAMES[place], value, key


def _key(milliseconds: int) -> str:
    version, variant = 7 << 76, 2 << 62
    chance = random.getrandbits(12) << 64 | random.getrandbits(62)
    return str(uuid.UUID(int=milliseconds << 80 | version | variant | chance))


def _in_memory() -> str | None:
    """Where no disk has a part in it, if there is such a place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _round(folder: Path, rows: list[Row], updates: list[Update]) -> tuple[Taken, Taken]:
    """The same into two new files, without capture and with it."""
    with tempfile.TemporaryDirectory(dir=folder) as fresh, contextlib.ExitStack() as open_files:
        files = [Path(fresh) / "plain.db", Path(fresh) / "captured.db"]
        both = [open_files.enter_context(contextlib.closing(connect(file))) for file in files]
        for connection in both:
            connection.execute(str(sa.schema.CreateTable(TABLE).compile(dialect=sqlite.dialect())))
        Log([TABLE]).install(both[1])
        inserts = _in_turns(both, _insert, rows)
        changes = _in_turns(both, _update, updates)
        assert Log([TABLE]).newest(both[1]) > ROWS * 1.9  # some updates change nothing
        for connection in both:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes = [[file.stat().st_size] for file in files]
    plain, captured = ({"insert": inserts[i], "update": changes[i], "bytes": sizes[i]} for i in (0, 1))
    return plain, captured


def _in_turns(both: list[sqlite3.Connection], write: Write, what: list[Any]) -> list[list[float]]:
    """How long each transaction took, on each of the connections."""
    taken: list[list[float]] = [[] for _ in both]
    for first in range(0, len(what), AT_ONCE):
        some = what[first : first + AT_ONCE]
        for place in (0, 1) if first // AT_ONCE % 2 else (1, 0):
            taken[place].append(_timed(both[place], write, some))
    return taken


def _timed(connection: sqlite3.Connection, write: Write, what: list[Any]) -> float:
    start = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    write(connection, what)
    connection.execute("COMMIT")
    return time.perf_counter() - start


def _best_transactions(rounds: list[Taken]) -> Figures:
    best = {name: sum(map(min, zip(*(each[name] for each in rounds), strict=True))) for name in rounds[0]}
    per_row = {f"{name}_us": rounded(best[name] / ROWS * 1e6) for name in ("insert", "update")}
    return {**per_row, "bytes_mb": rounded(best["bytes"] / 1e6)}


def _insert(connection: sqlite3.Connection, rows: list[Row]) -> None:
    connection.executemany(f"INSERT INTO item VALUES ({', '.join('?' * len(NAMES))})", rows)


def _update(connection: sqlite3.Connection, updates: list[Update]) -> None:
    for column, value, key in updates:
        connection.execute(f"UPDATE item SET {column} = ? WHERE id = ?", (value, key))


def _crsqlite(folder: Path, rows: list[Row], updates: list[Update]) -> Figures:
    node = shutil.which("node")
    if node is None:
        raise SystemExit(
            "cr-sqlite runs under Node.js, and `node` is not on PATH. `scripts/setup` installs one."
        )
    rows = rows[:CRSQLITE_ROWS]
    keys = {row[0] for row in rows}
    own = [update for update in updates if update[2] in keys][:CRSQLITE_ROWS]
    work = folder / "crsqlite.json"
    work.write_text(json.dumps({"rows": rows, "updates": own, "atOnce": AT_ONCE}))
    command = [node, str(SCRIPT), str(peers.node_modules()), str(work)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {name: rounded(figure) for name, figure in json.loads(answer).items()}


if __name__ == "__main__":
    main(__doc__.splitlines()[0], measure)
