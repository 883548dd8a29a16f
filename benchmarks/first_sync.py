"""The first download of a device: 10,000 and 1,000,000 rows of nine columns from a hub on PostgreSQL, over a socket, into its SQLite.

    python -m benchmarks.first_sync [--quick] [--json]

The clock runs in the device's process, from an empty file until the first checkpoint is committed with everything in it: connecting, signing in, every row
logged for the screen, and as durable as any write. Hub, PostgreSQL and device share the machine.

The floor is what no exchange can undercut: the same rows by COPY out of the same PostgreSQL and into a bare SQLite file of the same table by `executemany`, in one
process, without a hub, a log or a check. `copy_floor` is our rows per second by those of the floor: 0.25 means that it takes four times as long.

PouchDB pulls the same 10,000 rows from pouchdb-server over HTTP, with the stores that both have unless one chooses others: LevelDB in files, without an fsync. `pouchdb_in_memory`
is the same with both in memory. TinyBase pulls them over its WebSocket server, and cr-sqlite (WebAssembly) and pycrdt are handed theirs without a network; these three keep them in memory.
Ours are in SQLite and PostgreSQL, on the disk when they are acknowledged.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg

from hipflask.store.engine import connect

from . import peers
from ._measure import Figures, Result, machine, main, note, rounded
from .syncing import others
from .syncing.ours import Hub, device, hub
from .syncing.stock import Item
from .syncing.work import COLUMNS, edits, items

SMALL, LARGE, LARGE_QUICK = 10_000, 1_000_000, 100_000
BITE = 5_000


def measure(quick: bool) -> Result:
    """The small download, the large one beside its floor, the peers."""
    large = LARGE_QUICK if quick else LARGE
    ours, floors = {}, {}
    for count in (SMALL, large):
        note(f"{count:,} rows")
        with tempfile.TemporaryDirectory() as folder, hub(Path(folder)) as running:
            running.fill(items(count))
            ours[count] = _downloaded(running, count)
            floors[count] = _floor(running, Path(folder), count)
    with tempfile.TemporaryDirectory() as folder:
        rows = list(items(SMALL))
        theirs = others.all_of_them(rows, edits([str(row[0]) for row in rows]), Path(folder))
    small, big = ours[SMALL], ours[large]
    per_second = "rows_per_second"
    figures = {
        f"{per_second}_{SMALL}": small[per_second],
        f"{per_second}_{large}": big[per_second],
        f"peak_mb_{SMALL}": small["peak_mb"],
        f"peak_mb_{large}": big["peak_mb"],
    }
    floor = {f"{per_second}_{count}": rounded(each) for count, each in floors.items()}
    ratios = {
        f"{name}_{per_second}": rounded(small[per_second] / each[per_second]) for name, each in theirs.items()
    }
    ratios["copy_floor"] = rounded(big[per_second] / floors[large])
    return Result("first_sync", figures, {"copy": floor, **theirs}, ratios, machine(**peers.NODE_PINS))


def _downloaded(running: Hub, count: int) -> Figures:
    with device("ann", running) as ann:
        done = ann.ask("sync")
    if done["rows"] != count:
        raise SystemExit(f"The device has {done['rows']:,} of {count:,} rows.")
    return {"rows_per_second": rounded(count / done["seconds"]), "peak_mb": rounded(done["peak_mb"])}


def _floor(running: Hub, folder: Path, count: int) -> float:
    names = ", ".join(COLUMNS)
    insert = f"INSERT INTO item ({names}) VALUES ({', '.join('?' * len(COLUMNS))})"
    with closing(connect(folder / "floor.sqlite")) as sqlite, psycopg.connect(running.database) as postgres:
        sqlite.execute(_bare_table())
        start = time.perf_counter()
        sqlite.execute("BEGIN IMMEDIATE")
        with (
            postgres.cursor() as cursor,
            cursor.copy(f"COPY (SELECT {names} FROM item ORDER BY id) TO STDOUT") as copy,
        ):
            copy.set_types(["text", "text", "text", "int8", "int8", "text", "int8", "text", "text"])
            bite = []
            for row in copy.rows():
                bite.append(row)
                if len(bite) == BITE:
                    sqlite.executemany(insert, bite)
                    bite.clear()
            sqlite.executemany(insert, bite)
        sqlite.execute("COMMIT")
        seconds = time.perf_counter() - start
        (found,) = sqlite.execute("SELECT count(*) FROM item").fetchone()
    assert found == count
    return count / seconds


def _bare_table() -> str:
    import sqlalchemy as sa
    from sqlalchemy.dialects import sqlite

    return str(sa.schema.CreateTable(Item.__table__).compile(dialect=sqlite.dialect()))


if __name__ == "__main__":
    main(__doc__.splitlines()[0], measure)
