"""Hipflask's models: checked values, a change log, undo and live queries ready."""

from __future__ import annotations

import datetime
import logging
import sqlite3
import time
import uuid

from rows import FILE, Clock, make
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store

logging.disable()
app = Hipflask("orm")
app.config["STORE"] = FILE
db = Store(app)


class Item(db.Model):
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str]
    price: Mapped[float]
    stock: Mapped[int]
    is_active: Mapped[bool]
    changed_at: Mapped[datetime.datetime]


class Price(db.Model, volatile=True):
    id: Mapped[int] = mapped_column(primary_key=True)
    bid: Mapped[float]
    ask: Mapped[float]
    volume: Mapped[int]


clock, data = Clock(), make()
db.count(Item)

began = time.perf_counter()
with db.transaction() as session:
    session.add_all([Item(**row) for row in data])
clock.lap("insert", began)

with db.begin():
    began = time.perf_counter()
    rows = db.all(Item)
    clock.lap("query", began)
    assert len(rows) == len(data)

with db.transaction():
    rows = db.all(Item)
    began = time.perf_counter()
    for row in rows:
        row.stock += 1
    db.session.flush()
clock.lap("update", began)

prices = [(number, row["price"], row["price"] + 1, row["stock"]) for number, row in enumerate(data)]
began = time.perf_counter()
db.write(Price, prices)
clock.lap("write", began)
db.close()

raw = sqlite3.connect(FILE + ".raw", isolation_level=None)
raw.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")
raw.execute(
    "CREATE TABLE price (id INTEGER PRIMARY KEY, bid REAL NOT NULL, ask REAL NOT NULL, volume INTEGER NOT NULL) STRICT"
)
began = time.perf_counter()
raw.execute("BEGIN")
raw.executemany("INSERT INTO price VALUES (?, ?, ?, ?)", prices)
raw.execute("COMMIT")
clock.lap("executemany", began)
clock.tell()
