"""A new version of the program calls things otherwise: what waits, what is known and what was refused follows."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import pytest
import sqlalchemy as sa
from shelf import Shelf, by_key, part, whole
from sqlalchemy.orm import Mapped, mapped_column

from hipflask.core.merging import Merge
from hipflask.store.changes.log import Log
from hipflask.store.engine import connect
from hipflask.store.store import Store
from hipflask.sync.messages import Changes, Outcome, Rows, unpack
from hipflask.sync.replica import inbox


def newer() -> Store:
    """The same things: an item's stock is called amount, its price is called cost, and its kind is a sort."""
    db = Store()

    class Sort(db.Model):
        code: Mapped[str] = mapped_column(primary_key=True)
        title: Mapped[str] = ""

    class Item(db.Model):
        id: Mapped[str] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(unique=True)
        kind: Mapped[str | None] = mapped_column(sa.ForeignKey("sort.code"))
        cost: Mapped[int] = 0
        amount: Mapped[Annotated[int, Merge.sum]] = 0
        notes: Mapped[Annotated[str, Merge.text]] = ""
        street: Mapped[Annotated[str, Merge.together("address")]] = ""
        town: Mapped[Annotated[str, Merge.together("address")]] = ""

    class Pair(db.Model):
        one: Mapped[str] = mapped_column(primary_key=True)
        other: Mapped[int] = mapped_column(primary_key=True)
        value: Mapped[float | None]

    class Draft(db.Model, local=True):
        text: Mapped[str]

    return db


def upgraded(shelf: Shelf) -> Shelf:
    """The device after its migration."""
    shelf.close()
    db = newer()
    log = Log([table for table in db.metadata.sorted_tables if table.schema is None])
    with closing(connect(shelf.file)) as connection:
        connection.execute("ALTER TABLE item RENAME COLUMN stock TO amount")
        connection.execute("ALTER TABLE item RENAME COLUMN price TO cost")
        connection.execute("ALTER TABLE kind RENAME TO sort")
        log.rename_column(connection, "item", "stock", "amount")
        log.rename_column(connection, "item", "price", "cost")
        log.rename_table(connection, "kind", "sort")
        log.install(connection)
    return Shelf(shelf.file, db)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "shelf.sqlite")
    shelf.welcome()
    shelf.come(whole({"id": "b", "name": "Bolt", "stock": 10}))
    return shelf


def test_what_is_pending_is_pushed_under_its_new_name(shelf: Shelf) -> None:
    """Of a sum what was added, and nothing else is pushed: not a whole table because it is called otherwise."""
    shelf.write("INSERT INTO kind (code) VALUES ('k')")
    shelf.ack(shelf.replica.push())
    shelf.come(version=2, settled=1)
    shelf.write("UPDATE item SET stock = stock + 5, price = 3")
    shelf = upgraded(shelf)
    (change,) = shelf.waiting()
    assert dict(zip(change.columns, change.values, strict=True)) == {"cost": 3, "amount": 5}
    shelf.close()


def test_a_push_under_way_is_said_under_the_new_names(shelf: Shelf) -> None:
    """The hub would refuse all of it; what comes before it is settled is overlaid by it still."""
    shelf.write("UPDATE item SET stock = stock + 5", "INSERT INTO kind (code) VALUES ('k')")
    shelf.replica.push()
    shelf = upgraded(shelf)
    (push,) = shelf.replica.push()
    changes = by_key(unpack(push.body, Changes).changes)
    assert (changes["k"].table, changes["b"].columns, changes["b"].values) == ("sort", ["amount"], [5])
    shelf.come(part("b", amount=20), version=2)
    assert (shelf.item("b") or {})["amount"] == 25
    shelf.close()


def test_what_lies_under_a_new_row_is_known_under_its_tables_new_name(shelf: Shelf) -> None:
    """Whoever deletes it after the update still means the one that the hub has."""
    shelf.write("INSERT INTO kind (code, title) VALUES ('k', 'mine')")
    shelf.come(Rows("kind", ["code", "title"], [["k", "theirs"]], [], True))
    newer = upgraded(shelf)
    newer.write("DELETE FROM sort")
    assert [(change.table, change.kind) for change in newer.waiting()] == [("sort", "delete")]
    newer.close()


def test_the_inbox_follows(shelf: Shelf) -> None:
    """What was refused is tried again as what it is called now."""
    shelf.write("UPDATE item SET price = 3")
    shelf.ack(shelf.replica.push(), Outcome(0, "rule", "Too dear.", []))
    shelf.write("UPDATE item SET price = 0")
    shelf = upgraded(shelf)
    (refusal,) = inbox.refusals(shelf.own)
    assert refusal.values == {"cost": 3}
    inbox.retry(shelf.own, shelf.tables, refusal.id)
    assert (shelf.item("b") or {})["cost"] == 3
    shelf.close()
