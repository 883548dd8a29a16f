"""The feed tells of every commit, whoever made it: once, in order, whole transactions."""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store
from hipflask.store.changes.log import Batch
from hipflask.store.engine import connect


class Told:
    """What the feed has told of, batch by batch."""

    def __init__(self, db: Any) -> None:
        self.batches: list[list[tuple[str, Any, str, frozenset[str]]]] = []
        self.gaps = 0
        self._news = threading.Condition()
        db.listen(self)

    def __call__(self, schema: str, batch: Batch) -> None:
        with self._news:
            self.gaps += batch.has_gap
            self.batches.append([(each.table, each.key, each.kind, each.columns) for each in batch.changes])
            self._news.notify_all()

    @property
    def changes(self) -> list[tuple[str, Any, str, frozenset[str]]]:
        return [change for batch in self.batches for change in batch]

    def wait_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.changes) >= count, 20)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Any]:
    app = Hipflask("feed", root_path=str(tmp_path))
    app.config["STORE"] = "data/feed.sqlite"
    db = Store(app)

    class Item(db.Model):
        number: Mapped[int] = mapped_column(primary_key=True)
        stock: Mapped[int] = 0

    class Price(db.Model, volatile=True):
        number: Mapped[int] = mapped_column(primary_key=True)
        bid: Mapped[float]

    db.Item, db.Price = Item, Price
    yield db
    db.close()


def test_commits_are_told_once_in_order_and_whole(db: Any) -> None:
    told = Told(db)
    with db.transaction():
        db.Item.create(number=1)
        db.Item.create(number=2)
    db.get(db.Item, 1).update(stock=5)
    db.get(db.Item, 2).delete()
    told.wait_for(4)
    everything = frozenset({"number", "stock"})
    assert told.changes == [
        ("item", 1, "insert", everything),
        ("item", 2, "insert", everything),
        ("item", 1, "update", frozenset({"stock"})),
        ("item", 2, "delete", frozenset()),
    ]
    assert any(len(batch) >= 2 for batch in told.batches)
    assert told.gaps == 0


def test_what_is_rolled_back_is_not_told(db: Any) -> None:
    told = Told(db)
    with pytest.raises(ZeroDivisionError), db.transaction():
        db.Item.create(number=1)
        _ = 1 / 0
    db.Item.create(number=2)
    told.wait_for(1)
    assert [key for _, key, *_ in told.changes] == [2]


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO item (number) VALUES (?)", (number,))
    connection.execute("UPDATE item SET stock = 1 WHERE number = ?", (number,))
    connection.execute("COMMIT")
"""


def test_writers_in_other_processes_and_threads_are_all_heard_and_nothing_is_torn(db: Any) -> None:
    told = Told(db)
    command = [sys.executable, "-c", WRITER, str(db.file)]
    others = [Popen([*command, str(start), str(start + 100)], stderr=PIPE) for start in (1000, 2000)]
    for number in range(100):
        with db.transaction():
            db.Item.create(number=number).update(stock=1)
    for other in others:
        _, said = other.communicate(timeout=60)
        assert other.returncode == 0, said
    told.wait_for(600)
    assert sorted(key for _, key, kind, _ in told.changes if kind == "insert") == sorted(
        [*range(100), *range(1000, 1100), *range(2000, 2100)]
    )
    for batch in told.batches:  # both changes of a row were one transaction
        assert {key for _, key, kind, _ in batch if kind == "insert"} == {
            key for _, key, kind, _ in batch if kind == "update"
        }


def test_a_pruned_log_is_a_gap(db: Any) -> None:
    told = Told(db)
    db.Item.create(number=1)
    told.wait_for(1)
    with db._open().feed._reading, closing(connect(db.file)) as other:
        for number in range(2, 6):
            other.execute("INSERT INTO item (number) VALUES (?)", (number,))
        time.sleep(0.01)
        db._open().logs[0].prune(other, keep_ms=0)
    db._open().feed.catch_up()
    assert told.gaps == 1


def test_a_listener_that_fails_keeps_nobody_from_hearing(db: Any) -> None:
    def fail(schema: str, batch: Batch) -> None:
        raise KeyError(schema)

    db.listen(fail)
    told = Told(db)
    db.Item.create(number=1)
    db.Item.create(number=2)
    told.wait_for(2)


def test_volatile_rows_are_told_of_and_gone_after_the_next_start(db: Any) -> None:
    told = Told(db)
    assert db.write(db.Price, [(number, 1.5) for number in range(1000)]) == 1000
    told.wait_for(1000)
    assert {table for table, *_ in told.changes} == {"price"}
    assert db.count(db.Price) == 1000
    with closing(sqlite3.connect(db.file)) as other:
        assert other.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'price'").fetchone() == (0,)
    db.close()
    assert db.count(db.Price) == 0


def test_volatile_rows_stay_while_another_program_has_them_open(db: Any) -> None:
    db.write(db.Price, [(1, 1.5)])
    with closing(connect(db._open().volatile)) as other:
        assert other.execute("SELECT count(*) FROM price").fetchone() == (1,)
        db.close()
        assert db.count(db.Price) == 1
        other.execute("UPDATE price SET bid = 2")
        assert db.first(db.Price).bid == 2
    db.close()
    assert db.count(db.Price) == 0


def test_a_damaged_volatile_file_is_made_anew(db: Any) -> None:
    db.write(db.Price, [(1, 1.5)])
    volatile = db._open().volatile
    db.close()
    volatile.write_bytes(b"no database at all, though long enough to be one" * 100)
    assert db.count(db.Price) == 0


def test_the_file_is_where_the_configuration_says_relative_to_the_source(db: Any, tmp_path: Path) -> None:
    assert db.file == tmp_path / "data" / "feed.sqlite"
