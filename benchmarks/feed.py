"""The change feed: rows per second from a commit to whoever is concerned, and what a live query costs that is not.

    python -m benchmarks.feed [--quick] [--json]

1,000 rows to a commit, inserted and then updated; the time runs from the first commit until the feed has told of the last one. Then single
rows change while 0, 1,000 and 10,000 live queries with other equality filters are open. Beside it: reading all those queries again
with bare sqlite3 after each commit, which is what one does who does not know what has changed.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from threading import Event
from typing import Any

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store
from hipflask.core import context
from hipflask.core.ports import Source

from ._measure import Figures, Result, machine, main, note, percentile, rounded

db = Store()
AT_ONCE = 1_000


class Item(db.Model):  # type: ignore[misc,name-defined]
    number: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(index=True)
    stock: Mapped[int] = 0


class Reader:
    """Somebody who reads, and counts how often what was read has changed."""

    def __init__(self) -> None:
        self.times_told = 0

    def record(self, source: Source) -> None:
        """Follow what is read."""
        source.watch(self)

    def changed(self) -> None:
        """What was read is out of date."""
        self.times_told += 1


def measure(quick: bool) -> Result:
    """Throughput, then the cost of queries that are not concerned."""
    with tempfile.TemporaryDirectory() as folder:
        app = Hipflask("feed")
        app.config["STORE"] = f"{folder}/feed.sqlite"
        db.init_app(app)
        ours = _throughput(50_000 if quick else 500_000)
        times = 100 if quick else 500
        ours["commit_us_0"] = _commit_us(times)
        rerun: Figures = {}
        for queries in (1_000, 10_000):
            note(f"{queries} live queries")
            reader = _open(queries)
            ours[f"commit_us_{queries}"] = _commit_us(times)
            assert reader.times_told == 0
            rerun[f"commit_us_{queries}"] = _rerun_us(queries, 3 if quick else 20)
        ours["unaffected_query_ns"] = max(ours["commit_us_10000"] - ours["commit_us_0"], 0.0) * 1000 / 11_000
        db.close()
    ratios = {f"rerun_{name}": rounded(rerun[name] / ours[name]) for name in rerun}
    return Result("feed", _rounded(ours), {"rerun": _rounded(rerun)}, ratios, machine())


def _throughput(rows: int) -> Figures:
    told, is_done = 0, Event()

    def count(_: str, batch: Any) -> None:
        nonlocal told
        told += len(batch.changes)
        if told >= rows:
            is_done.set()

    db.listen(count)
    figures = {}
    for name in ("insert", "update"):
        note(name)
        told = 0
        is_done.clear()
        began = time.perf_counter()
        for start in range(0, rows, AT_ONCE):
            stock = 1 if name == "insert" else 2
            db.write(Item, [(number, number % 20_000, stock) for number in range(start, start + AT_ONCE)])
        if not is_done.wait(120):
            raise SystemExit("The feed did not tell of everything.")
        figures[f"{name}_rows_per_s"] = rows / (time.perf_counter() - began)
    db.unlisten(count)
    return figures


def _open(queries: int) -> Reader:
    """So many live queries, none of which asks for the first item's place."""
    reader = Reader()
    token = context.recorder.set(reader)
    try:
        for start in range(1, queries + 1, 500):
            with db.begin():
                for place in range(start, min(start + 500, queries + 1)):
                    db.all(Item, place=place)
    finally:
        context.recorder.reset(token)
    return reader


def _commit_us(times: int) -> float:
    """Microseconds from before a commit until the feed has told of it; the median."""
    told = Event()

    def tell(_: str, batch: Any) -> None:
        told.set()

    db.listen(tell)
    taken = []
    for number in range(times):
        told.clear()
        began = time.perf_counter()
        with db.transaction() as session:
            session.get(Item, 0).stock = 10 + number  # type: ignore[union-attr]
        told.wait(10)
        taken.append((time.perf_counter() - began) * 1e6)
    db.unlisten(tell)
    return percentile(taken, 50)


def _rerun_us(queries: int, times: int) -> float:
    with closing(sqlite3.connect(db.file)) as connection:
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            for place in range(1, queries + 1):
                connection.execute(
                    "SELECT number, place, stock FROM item WHERE place = ?", (place,)
                ).fetchall()
            taken.append((time.perf_counter() - began) * 1e6)
    return percentile(taken, 50)


def _rounded(figures: Figures) -> Figures:
    return {name: round(value, 1) for name, value in figures.items()}


if __name__ == "__main__":
    main("The change feed's throughput, and the cost of live queries that are not concerned.", measure)
