"""What becomes of rows is worked out before the write lock is taken: nobody waits for it, and nothing written meanwhile is overlooked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shelf import Shelf, gone, part, whole

from hipflask.store.engine import connect
from hipflask.sync.messages import Begin
from hipflask.sync.replica import inbox, receiving

BOLT, CLIP, NUT = ({"id": name[0].lower(), "name": name} for name in ("Bolt", "Clip", "Nut"))


class Moment:
    """The moment before the exchange takes the write lock the next time, and what happens then."""

    def __init__(self) -> None:
        self.happening: Callable[[], None] | None = None
        self.said: list[str] = []  # statements of the exchange

    def connect(self, file: Path) -> sqlite3.Connection:
        connection = connect(file)
        connection.set_trace_callback(self._heard)
        return connection

    def _heard(self, statement: str) -> None:
        self.said.append(statement)
        happening = self.happening
        if happening is not None and statement == "BEGIN IMMEDIATE":
            self.happening = None
            happening()


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def shelf(tmp_path: Path, moment: Moment) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "shelf.sqlite", connecting=moment.connect)
    shelf.welcome()
    shelf.come(whole(BOLT | {"stock": 10, "notes": "one"}, CLIP, NUT), version=1)
    yield shelf
    shelf.close()


def test_what_is_written_at_the_last_moment_stays(shelf: Shelf, moment: Moment) -> None:
    """A value, a sum and a text, in rows of which something comes; all of it is pushed."""
    moment.happening = lambda: shelf.write(
        "UPDATE item SET price = 1, stock = stock + 5, notes = 'one two' WHERE id = 'b'",
        "UPDATE item SET price = 1 WHERE id = 'c'",
    )
    shelf.come(part("b", price=2, stock=20, notes="zero one"), part("c", price=2, town="York"), version=2)
    bolt, clip = shelf.item("b") or {}, shelf.item("c") or {}
    assert (bolt["price"], bolt["stock"]) == (1, 25)
    assert "zero" in bolt["notes"] and "two" in bolt["notes"]
    assert (clip["price"], clip["town"]) == (1, "York")
    assert {change.key for change in shelf.waiting()} == {"b", "c"}


def test_what_is_deleted_at_the_last_moment_stays_away(shelf: Shelf, moment: Moment) -> None:
    """Although it comes as it was."""
    moment.happening = lambda: shelf.write("DELETE FROM item WHERE id = 'c'")
    shelf.come(whole(CLIP | {"price": 3}, NUT), version=2)
    assert [row["id"] for row in shelf.rows()] == ["b", "n"]
    assert [(each.kind, each.key) for each in shelf.waiting()] == [("delete", "c")]


def test_what_is_changed_at_the_last_moment_and_has_gone_is_in_the_inbox(
    shelf: Shelf, moment: Moment
) -> None:
    """As if it had been written a moment before."""
    moment.happening = lambda: shelf.write("UPDATE item SET price = 7 WHERE id = 'c'")
    shelf.come(gone("c"), version=2)
    assert shelf.item("c") is None
    assert [(each.code, each.values) for each in inbox.refusals(shelf.own)] == [("deleted", {"price": 7})]


def test_a_name_that_is_taken_at_the_last_moment_gives_way(shelf: Shelf, moment: Moment) -> None:
    """The transaction is begun anew, carefully."""
    moment.happening = lambda: shelf.write("INSERT INTO item (id, name) VALUES ('m', 'Screw')")
    shelf.come(whole({"id": "s", "name": "Screw"}), part("n", price=4), version=2)
    assert [(row["id"], row["price"]) for row in shelf.rows()] == [("b", 0), ("c", 0), ("n", 4), ("s", 0)]
    assert [each.code for each in inbox.refusals(shelf.own)] == ["unique"]


def test_a_settled_sum_that_is_still_pending_is_counted_once(shelf: Shelf, moment: Moment) -> None:
    """What the hub has is another once the push is settled, in this very checkpoint."""
    shelf.write("UPDATE item SET stock = stock + 5 WHERE id = 'b'")
    shelf.ack(shelf.replica.push())
    shelf.write("UPDATE item SET stock = stock + 100 WHERE id = 'b'")
    shelf.come(part("b", stock=16), version=2, settled=1)
    assert (shelf.item("b") or {})["stock"] == 116


def test_while_others_wait_no_row_is_looked_up(shelf: Shelf, moment: Moment) -> None:
    """With the write lock, there is nothing left but to write."""
    shelf.write("UPDATE item SET price = 7 WHERE id = 'c'")
    moment.said.clear()
    shelf.come(whole(BOLT | {"price": 5}, CLIP | {"town": "York"}), gone("n"), version=2)
    locked = moment.said[moment.said.index("BEGIN IMMEDIATE") :]
    assert [each for each in moment.said if 'FROM "main"."item"' in each]
    assert not [each for each in locked if 'FROM "main"."item" WHERE' in each and each.startswith("SELECT")]
    assert (shelf.item("b") or {})["price"] == 5
    assert (shelf.item("c") or {})["price"] == 7


def test_what_was_begun_and_taken_back_is_given_up_all_the_same(shelf: Shelf, moment: Moment) -> None:
    """A change of a row that has gone is in the inbox, although the transaction had to be begun anew."""
    shelf.write("UPDATE item SET price = 7 WHERE id = 'c'")
    moment.happening = lambda: shelf.write("INSERT INTO item (id, name) VALUES ('m', 'Screw')")
    shelf.come(gone("c"), whole({"id": "s", "name": "Screw"}), version=2)
    assert [row["id"] for row in shelf.rows()] == ["b", "n", "s"]
    assert sorted(each.code for each in inbox.refusals(shelf.own)) == ["deleted", "unique"]
    assert shelf.waiting() == []


def test_what_did_not_come_goes_some_at_a_time(
    shelf: Shelf, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a large download in which a million rows are missing, say; what is new or changed here is looked at row by row."""
    monkeypatch.setattr(receiving, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(receiving, "SOME", 2)
    shelf.come(*(whole({"id": f"x{n}", "name": f"x{n}"}) for n in range(5)), version=2)
    shelf.write(
        "INSERT INTO item (id, name) VALUES ('m', 'Mine')", "UPDATE item SET price = 3 WHERE id = 'x0'"
    )
    moment.said.clear()
    shelf.come(whole(BOLT, CLIP), version=3, begin=Begin(2, 0, True, ["item"]))
    assert [row["id"] for row in shelf.rows()] == ["b", "c", "m"]
    assert [each.code for each in inbox.refusals(shelf.own)] == ["deleted"]
    deleted: list[set[str]] = [set()]  # what a trigger does is heard as the statement that it belongs to
    for statement in moment.said:
        if statement == "BEGIN IMMEDIATE":
            deleted.append(set())
        if statement.startswith('DELETE FROM main."item"'):
            deleted[-1].add(statement)
    assert max(map(len, deleted)) == 2, deleted
