"""Who writes one transaction after the other lets others in between."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask, Mapped, Store


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Any]:
    app = Hipflask("turns", root_path=str(tmp_path))
    app.config["STORE"] = str(tmp_path / "turns.sqlite")
    db = Store(app)

    class Item(db.Model):  # type: ignore[name-defined]
        name: Mapped[str]

    db.Item = Item  # type: ignore[attr-defined]
    yield db
    db.close()


def test_a_writer_gets_in_between_many_transactions(db: Any) -> None:
    """A download of a thousand pages, each a transaction, leaves nobody waiting for longer than a few of them."""
    db.Item.create(name="first")
    connection = db.opened().connect_in_turn()
    done, is_over = 0, threading.Event()

    def hog() -> None:
        nonlocal done
        while not is_over.is_set():
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(0.02)
            connection.execute("COMMIT")
            done += 1

    hogging = threading.Thread(target=hog)
    hogging.start()
    waited = []
    try:
        for number in range(20):
            before = done
            db.Item.create(name=f"in between {number}")
            waited.append(done - before)
    finally:
        is_over.set()
        hogging.join()
        connection.close()
    assert max(waited) <= 3, waited


def test_a_turn_ends_with_its_transaction_however_that_ends(db: Any) -> None:
    """Committed, rolled back, refused, or closed in the middle."""
    db.Item.create(name="first")
    writers = db.opened().writers
    connection = db.opened().connect_in_turn()
    for end in ("COMMIT", "ROLLBACK"):
        connection.execute("BEGIN IMMEDIATE")
        assert writers.locked()
        connection.execute(end)
        assert not writers.locked()
    other = db.opened().connect()
    other.execute("BEGIN IMMEDIATE")
    connection.execute("PRAGMA busy_timeout = 1")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        connection.execute("BEGIN IMMEDIATE")
    assert not writers.locked()
    other.close()
    connection.execute("BEGIN IMMEDIATE")
    connection.close()
    assert not writers.locked()
    db.Item.create(name="last")
