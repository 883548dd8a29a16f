"""`db.sync.now()`: a question on the connection that is there, and another connection where that one says nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from offices import Office, until

from hipflask.sync.replica import questions

NUT = ("insert", "item", "n6", {"code": "n6", "name": "Nut", "stock": 0, "price": 0})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def test_who_is_connected_asks_and_stays(office: Office) -> None:
    """No other connection for each time that somebody waits; and what was written goes along."""
    ann = office.device("ann")
    assert ann.sync.now()
    for number in range(20):
        ann.Item.create(code=f"b{number}", name=f"Bolt {number}")
        assert ann.sync.now()
        assert f"b{number}" in office.rows()
    assert ann.wire.connections == 1


def test_several_may_wait_at_once(office: Office) -> None:
    """Each has its own answer."""
    ann = office.device("ann")
    assert ann.sync.now()
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(ann.sync.now())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [True] * 8


def test_it_waits_for_what_is_committed_and_no_version_yet(office: Office) -> None:
    """The hub's news may be a moment behind its database; whoever has waited has everything."""
    office.hub._is_prompt = False
    office.hub.step()
    ann = office.device("ann")
    assert ann.sync.now()
    office.write(NUT)
    assert not ann.sync.now(0.5)
    office.hub.step()
    assert ann.sync.now()
    assert ann.names() == {"Nut"}


def test_by_posts_it_waits_for_the_same(office: Office) -> None:
    """The question goes with each post until there is an answer."""
    office.hub._is_prompt = False
    office.hub.step()
    ann = office.device("ann")
    ann.wire.be("no sockets")
    assert ann.sync.now()
    office.write(NUT)
    assert not ann.sync.now(0.5)
    office.hub.step()
    assert ann.sync.now()
    assert ann.names() == {"Nut"}


def test_a_connection_that_says_nothing_is_left(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody waits: another connection is quicker than to find out after a minute that this one was dead."""
    monkeypatch.setattr(questions, "SILENCE_SECONDS", 0.5)
    ann = office.device("ann")
    assert ann.sync.now()
    ann.wire.be("silent")
    asking = threading.Thread(target=lambda: ann.sync.now(20))
    asking.start()
    until(lambda: ann.wire.connections == 2)
    ann.wire.be("open")
    asking.join(20)
    assert ann.sync.now()
