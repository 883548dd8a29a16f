"""Pushes that are made and then wait, for a wire that was cut, say."""

from __future__ import annotations

import time

from meeting import meet
from shelf import Shelf

from hipflask.testing.devices.memory import MemoryHub

PRICE = "SELECT price FROM item WHERE id = 'b'"


def test_what_was_written_before_loses_however_late_it_arrives(shelf: Shelf) -> None:
    """The time that counts is that of writing: a push grows older while it waits, byte for byte the same."""
    hub = MemoryHub(shelf.tables)
    shelf.write("INSERT INTO item (id, name) VALUES ('b', 'Bolt')")
    meet(shelf, hub)
    shelf.write("UPDATE item SET price = 1")
    first = shelf.replica.push()  # the wire is cut before it is sent
    time.sleep(0.05)
    hub.write([("update", "item", "b", {"price": 2})])
    time.sleep(0.05)
    shelf.replica.lost()
    again = shelf.replica.push()
    assert [each.body for each in again] == [each.body for each in first]
    assert again[0].now >= first[0].now + 100
    meet(shelf, hub)
    assert hub.state.rows["item"]["b"]["price"] == 2
    assert shelf.own.execute(PRICE).fetchone() == (2,)


def test_what_was_written_later_wins_however_late_it_arrives(shelf: Shelf) -> None:
    """The same the other way round."""
    hub = MemoryHub(shelf.tables)
    shelf.write("INSERT INTO item (id, name) VALUES ('b', 'Bolt')")
    meet(shelf, hub)
    hub.write([("update", "item", "b", {"price": 2})])
    time.sleep(0.05)
    shelf.write("UPDATE item SET price = 1")
    shelf.replica.push()
    time.sleep(0.05)
    meet(shelf, hub)
    assert hub.state.rows["item"]["b"]["price"] == 1
    assert shelf.own.execute(PRICE).fetchone() == (1,)
