"""A program beside the hub loads 1,000,000 rows by COPY: how long everybody else waits meanwhile.

    python -m benchmarks.bulk_load [--quick] [--json]

The rows belong to one branch of a company. In another branch one device pushes a change every tenth of a second, a second device hears of it, and a third
program updates rows of a third branch by plain SQL. They are timed before the load, and from its first row until the hub has dealt with its last. `--quick` loads 100,000.

Everything is on one machine, which the load alone keeps busy: the waiting is that of the processors too.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.embedded import embedded
from hipflask.sync.hub.tokens import Tokens
from hipflask.sync.messages import Change
from hipflask.sync.rules import kinds

from ._crowd import PATIENCE_S, Replica, entered
from ._measure import Figures, Result, machine, main, note, percentile, rounded
from ._servers import Server
from .syncing.branches import db

OWN = 1_000  # rows of each branch that goes on with its work
EVERY_S = 0.1
BEFORE_S = 5.0
SCHEMA = kinds(shared_tables(db.metadata))
COMMAND = (
    sys.executable,
    "-m",
    "hipflask.cli",
    "--app",
    "benchmarks/syncing/branches.py",
    "hub",
    "--port",
    "{port}",
)


def measure(quick: bool) -> Result:
    """Waiting before a load and during it; the load with a hub and without one."""
    rows = 100_000 if quick else 1_000_000
    with (
        tempfile.TemporaryDirectory(prefix="hipflask-load-") as folder,
        embedded(Path(folder) / "hub") as address,
    ):
        with Server("hub", *COMMAND, HUB_DATABASE=address) as hub:
            _open_branches(address)
            with Database(address) as database:
                sign_in = Tokens(database).issue("ann")
            ours = asyncio.run(_beside_a_load(address, hub.port, sign_in, rows))
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE TABLE bare (LIKE item INCLUDING ALL)")
        note("the same load into a table that nothing captures")
        bare = _load(address, "bare", rows)
    ratios = {
        "uncaptured_copy": rounded(bare / ours["copy_s"]),
        "before_push_p50": rounded(ours["before_push_p50_ms"] / ours["push_p50_ms"]),
        "before_sql_p50": rounded(ours["before_sql_p50_ms"] / ours["sql_p50_ms"]),
    }
    return Result("bulk_load", ours, {"postgres": {"copy_s": bare}}, ratios, machine())


def _open_branches(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("INSERT INTO member VALUES ('ann', 'north')")
        for branch in ("north", "west"):
            connection.execute(
                "INSERT INTO item SELECT %s || '-' || n, %s, 'thing', n FROM generate_series(1, %s) n",
                (branch, branch, OWN),
            )
        _settled(connection)


def _settled(connection: psycopg.Connection) -> None:
    """Wait until the hub has dealt with all that was written."""
    while connection.execute("SELECT EXISTS (SELECT FROM hipflask.outbox)").fetchone() != (False,):
        time.sleep(0.05)


async def _beside_a_load(address: str, port: int, sign_in: str, rows: int) -> Figures:
    writer, reader = await entered([port], 2, sign_in, SCHEMA)
    note(f"{BEFORE_S:.0f} s without a load")
    end = time.perf_counter() + BEFORE_S
    before = await _work(address, writer, reader, lambda: time.perf_counter() < end)
    note(f"COPY of {rows:,} rows")
    ours: Figures = {}

    def load() -> None:
        begun = time.perf_counter()
        ours["copy_s"] = _load(address, "item", rows)
        with psycopg.connect(address, autocommit=True) as connection:
            _settled(connection)
        ours["dealt_with_s"] = rounded(time.perf_counter() - begun)

    loading = threading.Thread(target=load)
    loading.start()
    during = await _work(address, writer, reader, loading.is_alive)
    loading.join()
    for replica in (writer, reader):
        replica.leave()
    return ours | {f"before_{name}": value for name, value in before.items()} | during


def _load(address: str, table: str, rows: int) -> float:
    """Seconds that one COPY takes, its commit included."""
    begun = time.perf_counter()
    with (
        psycopg.connect(address, autocommit=True) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} (id, branch, name, price) FROM STDIN") as copy,  # type: ignore[arg-type]
    ):
        for start in range(0, rows, 1_000):
            copy.write(
                "".join(f"south-{n}\tsouth\tanother thing\t{n}\n" for n in range(start, start + 1_000))
            )
    return rounded(time.perf_counter() - begun)


async def _work(address: str, writer: Replica, reader: Replica, goes_on: Callable[[], bool]) -> Figures:
    """What a branch does all day, for as long as it goes on: how long each waits."""
    pushes: list[float] = []
    hearings: list[float] = []
    statements: list[float] = []

    def by_sql() -> None:
        number = 0
        with psycopg.connect(address, autocommit=True) as connection:
            while goes_on():
                begun = time.perf_counter()
                number += 1
                connection.execute(
                    "UPDATE item SET price = price + 1 WHERE id = %s", (f"west-{number % OWN + 1}",)
                )
                statements.append(time.perf_counter() - begun)
                time.sleep(EVERY_S)

    thread = threading.Thread(target=by_sql)
    thread.start()
    number = 0
    while goes_on():
        number += 1
        heard, begun = reader.next_checkpoint(), time.perf_counter()
        await asyncio.wait_for(writer.push([_change(number)]), PATIENCE_S)
        pushes.append(time.perf_counter() - begun)
        hearings.append(await asyncio.wait_for(heard, PATIENCE_S) - begun)
        await asyncio.sleep(EVERY_S)
    thread.join()
    return {
        f"{name}_{'max' if at == 100 else f'p{at}'}_ms": rounded(percentile(times, at) * 1000)
        for name, times in (("push", pushes), ("hear", hearings), ("sql", statements))
        for at in (50, 99, 100)
    }


def _change(number: int) -> Change:
    now = int(
        time.time() * 1000
    )  # as the price, too: the reader hears of a change only where something is another value
    return Change("item", f"north-{number % OWN + 1}", "update", ["price"], [now], [now], 0)


if __name__ == "__main__":
    main("How long others wait while 1,000,000 rows are loaded.", measure)
