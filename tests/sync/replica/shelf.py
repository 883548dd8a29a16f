"""A small store that takes part, and a hub whose words are put together by hand: for the tests of replicas."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from hipflask.core.merging import Merge
from hipflask.store.changes.log import Log
from hipflask.store.engine import connect
from hipflask.store.models.shared import shared_tables
from hipflask.store.store import Store
from hipflask.sync.messages import (
    Ack,
    Begin,
    Change,
    Changes,
    Checkpoint,
    Outcome,
    Page,
    Push,
    Rows,
    Welcome,
    pack,
    unpack,
)
from hipflask.sync.replica.store import StoreReplica

Connect = Callable[[Path], sqlite3.Connection]


def models(*, is_new: bool = False) -> Store:
    """Things of every kind: unique, summed, edited by letters, together; with a key of two columns; and one that stays here."""
    db = Store()

    class Kind(db.Model):
        code: Mapped[str] = mapped_column(primary_key=True)
        title: Mapped[str] = ""

    class Item(db.Model):
        id: Mapped[str] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(unique=True)
        kind: Mapped[str | None] = mapped_column(sa.ForeignKey("kind.code"))
        price: Mapped[int] = 0
        stock: Mapped[Annotated[int, Merge.sum]] = 0
        notes: Mapped[Annotated[str, Merge.text]] = ""
        street: Mapped[Annotated[str, Merge.together("address")]] = ""
        town: Mapped[Annotated[str, Merge.together("address")]] = ""
        if is_new:
            color: Mapped[str] = "grey"

    class Pair(db.Model):
        one: Mapped[str] = mapped_column(primary_key=True)
        other: Mapped[int] = mapped_column(primary_key=True)
        value: Mapped[float | None]

    class Draft(db.Model, local=True):
        text: Mapped[str]

    return db


def create(file: Path, tables: Sequence[sa.Table]) -> None:
    """A store's file, as it is before it takes part."""
    with closing(connect(file)) as connection:
        for table in tables:
            text = str(CreateTable(table, if_not_exists=True).compile(dialect=sqlite.dialect()))
            connection.execute(text)
        Log(tables).install(connection)


class Shelf:
    """One device: its file, its replica, and somebody who writes into the file."""

    def __init__(self, file: Path, db: Store | None = None, connecting: Connect = connect) -> None:
        self.file = file
        self.db = db or models()
        self.tables = shared_tables(self.db.metadata)
        self.all_tables = [table for table in self.db.metadata.sorted_tables if table.schema is None]
        if not file.exists():
            create(file, self.all_tables)
        self.own = connect(file)
        self._connecting = connecting
        self.replica = StoreReplica(lambda: connecting(file), self.tables)

    def close(self) -> None:
        self.replica.close()
        self.own.close()

    def reopened(self) -> None:
        """The process has ended, somehow, and another one begins."""
        self.replica.close()
        self.replica = StoreReplica(lambda: self._connecting(self.file), self.tables)

    def write(self, *statements: str) -> None:
        """What a person writes, in one transaction."""
        self.own.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                self.own.execute(statement)
        except BaseException:
            self.own.execute("ROLLBACK")
            raise
        self.own.execute("COMMIT")

    def item(self, key: str) -> dict[str, Any] | None:
        return next((row for row in self.rows("item") if row["id"] == key), None)

    def rows(self, table: str = "item") -> list[dict[str, Any]]:
        return dicts(self.own, f"SELECT * FROM {table} ORDER BY 1, 2")

    def waiting(self) -> list[Change]:
        """The changes that are pushed now."""
        parts = self.replica.push()
        return unpack(b"".join(part.body for part in parts), Changes).changes if parts else []

    # ── the hub ───────────────────────────────────────────────────────────────────────────────────

    def welcome(self, name: str = "ann", ticket: str = "one", applied: int = 0, reset: str = "") -> None:
        self.replica.hello()
        self.replica.welcomed(Welcome(name, ticket, 0, applied, reset))

    def come(
        self,
        *rows: Rows,
        version: int = 1,
        settled: int = 0,
        stamp: int = 0,
        begin: Begin | None = None,
    ) -> None:
        """One checkpoint and what comes before it."""
        if begin is not None:
            self.replica.begin(begin)
        if rows:
            self.replica.page(page(*rows))
        self.replica.checkpoint(Checkpoint(b"seal", version, stamp or version, settled))

    def ack(self, push: Sequence[Push], *outcomes: Outcome) -> None:
        self.replica.acked(Ack(push[0].number, [*outcomes]))


ITEM = ["id", "name", "kind", "price", "stock", "notes", "street", "town"]


def whole(*items: dict[str, Any], table: str = "item") -> Rows:
    """Whole rows; what is not said is empty."""
    empty = {"kind": None, "price": 0, "stock": 0, "notes": "", "street": "", "town": ""}
    return Rows(table, [*ITEM], [[(empty | item)[name] for name in ITEM] for item in items], [], True)


def part(key: str, **values: Any) -> Rows:
    """Some columns of an item."""
    return Rows("item", ["id", *values], [[key, *values.values()]], [], False)


def gone(*keys: Any, table: str = "item") -> Rows:
    """Rows that are not there any more."""
    return Rows(table, [], [], [*keys], True)


def page(*rows: Rows, more: bytes = b"") -> Page:
    return Page(pack([*rows]), more)


def dicts(connection: sqlite3.Connection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [each[0] for each in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def by_key(changes: Iterable[Change]) -> dict[Any, Change]:
    return {tuple(each.key) if isinstance(each.key, list) else each.key: each for each in changes}
