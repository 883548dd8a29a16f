"""The hub under load: changes pushed a second, how soon a thousand replicas hear of one, and what it costs PostgreSQL's own writers.

    python -m benchmarks.hub [--quick] [--json]

100 writers push 20 changes at a time, each its next push when the last has been acknowledged: two columns of rows that they draw from the same 10,000.
Beside it the same updates by psycopg, without a hub, over as many connections as a hub has threads for pushes. Then 1,000 replicas are connected, one row is written by
plain SQL, and each replica's time counts from the return of the commit until it has the checkpoint. Both with one, two and four hub processes on one PostgreSQL.

All of it is on one machine, the replicas' own process included: with fewer processors than processes, more hubs only show what they cost each other.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import psycopg

from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.embedded import embedded
from hipflask.sync.hub.server import HEARING
from hipflask.sync.hub.tokens import Tokens
from hipflask.sync.messages import Change
from hipflask.sync.rules import kinds

from ._crowd import PATIENCE_S, entered
from ._measure import Figures, Result, machine, main, note, percentile, rounded
from ._servers import Server
from .syncing.stock import db
from .syncing.work import COLUMNS, items

ROWS, WRITERS, AT_ONCE = 10_000, 100, 20
REPLICAS, FEW = 1_000, 100  # rows that each of them has
HUBS = (1, 2, 4)
SCHEMA = kinds(shared_tables(db.metadata))


def measure(quick: bool) -> Result:
    """Writers and replicas with one, two and four hubs; then PostgreSQL's own writers."""
    seconds, rounds = (3.0, 5) if quick else (15.0, 30)
    ours: Figures = {}
    with (
        tempfile.TemporaryDirectory(prefix="hipflask-hub-") as folder,
        embedded(Path(folder) / "hub") as address,
    ):
        for count in HUBS[:2] if quick else HUBS:
            with _hubs(address, count) as (ports, sign_in):
                _fill(address, ROWS)
                note(f"{count} hub processes: {WRITERS} writers")
                ours |= {
                    f"{name}_{count}": value
                    for name, value in asyncio.run(_pushes(ports, sign_in, seconds)).items()
                }
                note(f"{count} hub processes: {REPLICAS} replicas")
                _fill(address, FEW)
                ours |= {
                    f"{name}_{count}": value
                    for name, value in asyncio.run(_fan_out(address, ports, sign_in, rounds)).items()
                }
        note("PostgreSQL by itself")
        _fill(address, ROWS, is_awaited=False)
        bare = {"changes_per_s_1": _bare_changes(address, seconds)}
        captured, plain = _writers(address, 3 if quick else 15)
    ours |= captured
    ratios = {
        "postgres_changes": rounded(ours["changes_per_s_1"] / bare["changes_per_s_1"]),
        **{f"uncaptured_{name}": rounded(plain[name] / captured[name]) for name in captured},
    }
    return Result("hub", ours, {"postgres": bare | plain}, ratios, machine())


@contextmanager
def _hubs(address: str, count: int) -> Iterator[tuple[list[int], str]]:
    """So many hub processes on one database, and a token for it."""
    command = (
        sys.executable,
        "-m",
        "hipflask.cli",
        "--app",
        "benchmarks/syncing/stock.py",
        "hub",
        "--port",
        "{port}",
    )
    with ExitStack() as stack:
        ports = [
            stack.enter_context(Server("hub", *command, HUB_DATABASE=address)).port for _ in range(count)
        ]
        with Database(address) as database:
            sign_in = Tokens(database).issue("crowd")
        yield ports, sign_in


def _fill(address: str, count: int, is_awaited: bool = True) -> None:
    """So many rows, and a hub that has seen them."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("TRUNCATE item")
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY item ({', '.join(COLUMNS)}) FROM STDIN") as copy,
        ):
            for row in items(count):
                copy.write_row(row)
        if is_awaited:
            while connection.execute("SELECT EXISTS (SELECT FROM hipflask.outbox)").fetchone() != (False,):
                time.sleep(0.05)
        connection.execute("VACUUM ANALYZE")


# ── a hundred writers ────────────────────────────────────────────────────────────────────────────


async def _pushes(ports: list[int], sign_in: str, seconds: float) -> Figures:
    replicas = await entered(ports, WRITERS, sign_in, SCHEMA)
    keys = [str(row[0]) for row in items(ROWS)]
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def write(number: int) -> None:
        drawn = random.Random(number)
        while time.perf_counter() < end:
            begun = time.perf_counter()
            await asyncio.wait_for(replicas[number].push(_changes(drawn, keys)), PATIENCE_S)
            times.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*map(write, range(WRITERS)))
    taken = time.perf_counter() - begun
    for replica in replicas:
        replica.leave()
    return {
        "changes_per_s": rounded(len(times) * AT_ONCE / taken),
        "push_p50_ms": rounded(percentile(times, 50) * 1000),
        "push_p99_ms": rounded(percentile(times, 99) * 1000),
    }


def _changes(drawn: random.Random, keys: list[str]) -> list[Change]:
    now = int(time.time() * 1000)
    return [
        Change(
            "item",
            key,
            "update",
            ["price", "stock"],
            [drawn.randrange(1000), drawn.randrange(1000)],
            [now, now],
            0,
        )
        for key in drawn.sample(keys, AT_ONCE)
    ]


def _bare_changes(address: str, seconds: float) -> float:
    """The same updates a second, each twenty a transaction, by as many threads as hear pushes in a hub."""
    keys = [str(row[0]) for row in items(ROWS)]
    counts = [0] * HEARING
    end = time.perf_counter() + seconds

    def write(number: int) -> None:
        drawn = random.Random(number)
        with psycopg.connect(address) as connection:
            while time.perf_counter() < end:
                rows = [
                    (drawn.randrange(1000), drawn.randrange(1000), key)
                    for key in sorted(drawn.sample(keys, AT_ONCE))
                ]
                connection.cursor().executemany("UPDATE bare SET price = %s, stock = %s WHERE id = %s", rows)
                connection.commit()
                counts[number] += AT_ONCE

    with psycopg.connect(address, autocommit=True) as connection:
        _make_bare(connection)
    threads = [threading.Thread(target=write, args=(number,)) for number in range(HEARING)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return rounded(sum(counts) / (time.perf_counter() - begun))


# ── a thousand replicas ──────────────────────────────────────────────────────────────────────────


async def _fan_out(address: str, ports: list[int], sign_in: str, rounds: int) -> Figures:
    begun = time.perf_counter()
    replicas = await entered(ports, REPLICAS, sign_in, SCHEMA)
    entering = time.perf_counter() - begun
    times: list[float] = []
    with psycopg.connect(address, autocommit=True) as connection:
        for number in range(rounds):
            heard = [replica.next_checkpoint() for replica in replicas]
            await asyncio.to_thread(
                connection.execute,
                "UPDATE item SET price = %s WHERE id = (SELECT min(id) FROM item)",
                (1_000_000 + number,),
            )
            written = time.perf_counter()
            times += [at - written for at in await asyncio.wait_for(asyncio.gather(*heard), PATIENCE_S)]
            await asyncio.sleep(0.3)
    for replica in replicas:
        replica.leave()
    return {
        "fan_out_p50_ms": rounded(percentile(times, 50) * 1000),
        "fan_out_p99_ms": rounded(percentile(times, 99) * 1000),
        "entering_s": rounded(entering),
    }


# ── PostgreSQL's own writers ─────────────────────────────────────────────────────────────────────


def _writers(address: str, rounds: int) -> tuple[Figures, Figures]:
    """Microseconds a row, with triggers and without, in turn; the usual one of some rounds. No hub runs meanwhile."""
    captured: dict[str, list[float]] = {}
    plain: dict[str, list[float]] = {}
    with psycopg.connect(address, autocommit=True) as connection:
        _make_bare(connection)
        for _ in range(rounds):
            for table, taken in (("item", captured), ("bare", plain)):
                for name, us in _written(connection, table).items():
                    taken.setdefault(name, []).append(us)
            connection.execute("TRUNCATE hipflask.outbox")
    return _usual(captured), _usual(plain)


def _make_bare(connection: psycopg.Connection) -> None:
    """The same table, with nothing that captures."""
    connection.execute("DROP TABLE IF EXISTS bare")
    connection.execute("CREATE TABLE bare (LIKE item INCLUDING ALL)")
    connection.execute("INSERT INTO bare SELECT * FROM item")
    connection.execute("VACUUM ANALYZE bare")


def _written(connection: psycopg.Connection, table: str) -> Figures:
    """One round of a writer's work: many rows by a statement, and single ones."""
    number = 5_000
    added = f"INSERT INTO {table} SELECT 'new' || n, 'name', 'note', n, n, 'supplier', 1, 'unit', 'today' FROM generate_series(1, {number}) n"
    one = f"UPDATE {table} SET price = price + 1 WHERE id = 'new1'"
    figures = {
        "insert_us": _timed(connection, added) / number,
        "update_us": _timed(connection, f"UPDATE {table} SET price = price + 1 WHERE id LIKE 'new%'")
        / number,
        "single_update_us": _timed(connection, *([one] * 200)) / 200,
    }
    connection.execute(f"DELETE FROM {table} WHERE id LIKE 'new%'")
    connection.execute(f"VACUUM {table}")
    return figures


def _timed(connection: psycopg.Connection, *statements: str) -> float:
    """Microseconds of one transaction, its commit included."""
    begun = time.perf_counter()
    with connection.transaction():
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
    return (time.perf_counter() - begun) * 1e6


def _usual(taken: dict[str, list[float]]) -> Figures:
    return {name: rounded(median(values)) for name, values in taken.items()}


if __name__ == "__main__":
    main(
        "Pushed changes a second, fan-out to 1,000 replicas, and what capture costs PostgreSQL's own writers.",
        measure,
    )
