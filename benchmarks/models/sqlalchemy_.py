"""Plain SQLAlchemy, as its tutorial has it, on a file with the same promises."""

from __future__ import annotations

import datetime
import time
import uuid
from typing import Any

import sqlalchemy as sa
from rows import FILE, PRAGMAS, Clock, make
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = sa.create_engine(f"sqlite:///{FILE}")


@sa.event.listens_for(engine, "connect")
def connected(connection: Any, _: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str]
    price: Mapped[float]
    stock: Mapped[int]
    is_active: Mapped[bool]
    changed_at: Mapped[datetime.datetime]


Base.metadata.create_all(engine)
clock, data = Clock(), make()

began = time.perf_counter()
with Session(engine) as session:
    session.add_all([Item(**row) for row in data])
    session.commit()
clock.lap("insert", began)

with Session(engine) as session:
    began = time.perf_counter()
    rows = session.scalars(sa.select(Item)).all()
    clock.lap("query", began)
    assert len(rows) == len(data)

with Session(engine) as session:
    rows = session.scalars(sa.select(Item)).all()
    began = time.perf_counter()
    for row in rows:
        row.stock += 1
    session.commit()
clock.lap("update", began)
clock.tell()
