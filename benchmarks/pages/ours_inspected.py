"""A page to be clicked at, and routes that write rows: what `inspect_cost` measures, whoever looks or not."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from queue import Queue
from threading import Event, Thread
from typing import Any

from sqlalchemy.orm import mapped_column

import hipflask
from hipflask import Hipflask, Mapped, Store, ui
from hipflask.core import context

PLACES = 1_000  # live queries that are open while rows are written; none of them is concerned
app = Hipflask(__name__)
app.config["STORE"] = os.path.join(tempfile.mkdtemp(), "items.sqlite")
db = Store(app)


class Item(db.Model):
    number: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(index=True)
    stock: Mapped[int] = 0


@ui.component
def counter(clicks: ui.State[int]) -> None:
    ui.text(f"{clicks.value} clicks")


@app.window("/")
def items() -> None:
    clicks = ui.state(0)
    counter(clicks)
    ui.button("Click", on_click=lambda: clicks.update(lambda n: n + 1))
    for i in range(10):
        ui.text(f"item {i}")


@app.window("/drawn")
def drawn() -> None:
    """Everything is drawn for each click, a hundred components and a thousand elements."""
    clicks = ui.state(0)
    ui.text(f"{clicks.value} clicks")
    ui.button("Click", on_click=lambda: clicks.update(lambda n: n + 1))
    for i in range(100):
        row(clicks.value, i)


@ui.component
def row(clicks: int, i: int) -> None:
    for column in range(10):
        ui.text(f"item {i}, {column}")


@app.route("/whose")
def whose() -> str:
    return os.path.dirname(hipflask.__file__)


@app.route("/feed/<int:rows>")
def feed(rows: int) -> dict[str, float]:
    """Seconds for so many rows, a thousand to a commit, until the feed has told of the last one."""
    return _apart(lambda: _timed(rows, lambda: _write(rows)))


@app.route("/commits/<int:count>")
def commits(count: int) -> dict[str, float]:
    """Seconds for so many commits of one row, each until the feed has told of it."""
    return _apart(lambda: _timed(count, lambda: _commit(count)))


def _apart(work: Callable[[], dict[str, float]]) -> dict[str, float]:
    """A request is one unit of work, and nothing of it is committed before it ends: so this is not part of one."""
    done: Queue[dict[str, float]] = Queue()
    Thread(target=lambda: done.put(work())).start()
    return done.get()


def _timed(rows: int, work: Callable[[], None]) -> dict[str, float]:
    told, awaited = 0, Event()

    def count(_: str, batch: Any) -> None:
        nonlocal told
        told += len(batch.changes)
        if told >= rows:
            awaited.set()

    db.listen(count)
    try:
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        awaited.wait(120)
        return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    finally:
        db.unlisten(count)


_stock = 0


def _write(rows: int) -> None:
    global _stock
    _stock += 1
    for start in range(0, rows, 1000):
        db.write(Item, [(number, number % PLACES + 1, _stock) for number in range(start, start + 1000)])


def _commit(count: int) -> None:
    global _stock
    for _ in range(count):
        _stock += 1
        with db.transaction() as session:
            session.get(Item, 0).stock = _stock


class Reader:
    """Somebody who reads, and is told when it is out of date."""

    def record(self, source: Any) -> None:
        source.watch(self)

    def changed(self) -> None:
        raise AssertionError("no query asks for the row that changes")


def _follow() -> None:
    """Have live queries open, each for another place than that of the row which changes."""
    token = context.recorder.set(Reader())
    try:
        for place in range(PLACES):
            db.all(Item, place=-1 - place)
    finally:
        context.recorder.reset(token)


@app.route("/prepare")
def prepare() -> str:
    _write(1000)
    _follow()
    return "prepared"
