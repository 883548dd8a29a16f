"""SQLModel, as its tutorial has it; its tables check nothing."""

from __future__ import annotations

import datetime
import time
import uuid
from typing import Any

import sqlalchemy as sa
from rows import FILE, PRAGMAS, Clock, make
from sqlmodel import Field, Session, SQLModel, create_engine, select

engine = create_engine(f"sqlite:///{FILE}")


@sa.event.listens_for(engine, "connect")
def connected(connection: Any, _: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


class Item(SQLModel, table=True):
    id: uuid.UUID = Field(primary_key=True)
    name: str
    note: str
    price: float
    stock: int
    is_active: bool
    changed_at: datetime.datetime


SQLModel.metadata.create_all(engine)
clock, data = Clock(), make()

began = time.perf_counter()
with Session(engine) as session:
    session.add_all([Item(**row) for row in data])
    session.commit()
clock.lap("insert", began)

with Session(engine) as session:
    began = time.perf_counter()
    rows = session.exec(select(Item)).all()
    clock.lap("query", began)
    assert len(rows) == len(data)

with Session(engine) as session:
    rows = session.exec(select(Item)).all()
    began = time.perf_counter()
    for row in rows:
        row.stock += 1
    session.commit()
clock.lap("update", began)
clock.tell()
