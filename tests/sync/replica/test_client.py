"""An app and its hub, over a real network: what is written arrives, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from offices import Office, until


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def test_what_is_written_comes_to_all(office: Office) -> None:
    """Within moments, without anybody asking."""
    ann, bob = office.device("ann"), office.device("bob", "hft-bob")
    assert ann.sync.now() and bob.sync.now()
    ann.Item.create(code="b8", name="Bolt", stock=3)
    until(lambda: bob.names() == {"Bolt"})
    bob.db.first(bob.Item, code="b8").update(stock=bob.Item.stock + 2)
    until(lambda: ann.db.get(ann.Item, "b8").stock == 5)
    assert office.rows()["b8"]["stock"] == 5
    until(lambda: ann.state == bob.state == "synced")


def test_now_waits_for_everything(office: Office) -> None:
    """What was written here is there when it returns, and what was written there is here."""
    ann = office.device("ann")
    ann.Item.create(code="b8", name="Bolt")
    office.write(("insert", "item", "n6", {"code": "n6", "name": "Nut", "stock": 0, "price": 0}))
    assert ann.sync.now()
    assert set(office.rows()) == {"b8", "n6"}
    assert ann.names() == {"Bolt", "Nut"}
