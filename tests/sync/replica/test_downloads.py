"""Downloads: small ones become the state in one moment, large ones page by page, and go on where they broke off."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from shelf import Shelf, gone, models, page, part, whole

from hipflask.store.changes.log import Log
from hipflask.store.engine import connect
from hipflask.sync.messages import Begin, Checkpoint, MessageRefused
from hipflask.sync.replica import inbox, pushing, receiving
from hipflask.sync.texts import edited, initial, merged

BOLT, CLIP, NUT = ({"id": name[0].lower(), "name": name} for name in ("Bolt", "Clip", "Nut"))


@pytest.fixture(autouse=True)
def _directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows are many."""
    monkeypatch.setattr(receiving, "MOST_AT_ONCE", 2)


def upgrade(file: Path) -> None:
    """What a migration does for the new version of the program."""
    tables = models(is_new=True).metadata.sorted_tables
    with closing(connect(file)) as connection:
        connection.execute("ALTER TABLE item ADD COLUMN color TEXT NOT NULL DEFAULT 'grey'")
        Log([table for table in tables if table.schema is None]).install(connection)


def names(shelf: Shelf) -> list[str]:
    return [row["name"] for row in shelf.rows()]


def test_a_download_goes_on_where_it_broke_off(shelf: Shelf) -> None:
    """In another process even: what has come is here, and the hub is told so."""
    shelf.replica.begin(Begin(3, 0, True, []))
    shelf.replica.page(page(whole(BOLT), more=b"one"))
    shelf.replica.page(page(whole(CLIP), more=b"two"))
    assert names(shelf) == ["Bolt", "Clip"]
    shelf.reopened()
    assert shelf.replica.hello().more == b"two"
    assert not shelf.replica.situation().has_all
    shelf.replica.begin(Begin(3, 2, True, []))
    shelf.replica.page(page(whole(NUT)))
    shelf.replica.checkpoint(Checkpoint(b"seal", 5, 5, 0))
    assert names(shelf) == ["Bolt", "Clip", "Nut"]
    assert shelf.replica.hello().more == b"" and shelf.replica.hello().seal == b"seal"
    assert shelf.replica.situation().has_all


@pytest.mark.parametrize("has_seal", [False, True])
def test_a_program_that_knows_more_by_now_begins_its_download_anew(tmp_path: Path, has_seal: bool) -> None:
    """The pages that are here lack the column, and the hub would go on after them."""
    shelf = Shelf(tmp_path / "shelf.sqlite")
    shelf.welcome()
    if has_seal:
        shelf.come(whole(BOLT))
    shelf.replica.begin(Begin(3, 0, not has_seal, []))
    shelf.replica.page(page(whole(BOLT), more=b"one"))
    assert shelf.replica.hello().more == b"one"
    shelf.close()
    upgrade(tmp_path / "shelf.sqlite")
    shelf = Shelf(tmp_path / "shelf.sqlite", models(is_new=True))
    hello = shelf.replica.hello()
    assert (hello.seal, hello.more) == (b"", b"")
    shelf.close()


def test_what_did_not_come_goes_at_the_checkpoint(shelf: Shelf) -> None:
    """Also if the connection broke in between, and not what is new here."""
    shelf.come(whole(BOLT, CLIP, {"id": "x", "name": "Old"}))
    shelf.write("INSERT INTO item (id, name) VALUES ('m', 'Mine')")
    shelf.replica.begin(Begin(3, 0, True, []))
    shelf.replica.page(page(whole(BOLT), more=b"one"))
    shelf.reopened()
    shelf.replica.hello()
    shelf.replica.begin(Begin(3, 1, True, []))
    shelf.replica.page(page(whole(NUT), more=b"two"))
    assert names(shelf) == ["Bolt", "Clip", "Mine", "Nut", "Old"]
    shelf.replica.checkpoint(Checkpoint(b"seal", 5, 5, 0))
    assert names(shelf) == ["Bolt", "Mine", "Nut"]


def test_a_small_download_after_a_large_one_that_broke_off(shelf: Shelf) -> None:
    """Nothing of the first one counts, on the same connection either: a row that waited may be gone by now."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6 WHERE id = 'b'")
    shelf.replica.begin(Begin(3, 0, True, []))
    shelf.replica.page(page(whole(BOLT | {"town": "York"}, CLIP), more=b"one"))
    shelf.come(whole(NUT), begin=Begin(1, 0, True, []), version=6)
    assert names(shelf) == ["Nut"]
    assert [each.code for each in inbox.refusals(shelf.own)] == ["deleted"]


def test_rows_that_come_where_something_is_pending_wait_for_the_checkpoint(shelf: Shelf) -> None:
    """Only then is it known what is settled: a sum would else be counted twice."""
    shelf.come(whole(BOLT | {"stock": 10}))
    shelf.write("UPDATE item SET stock = stock + 5, price = 6 WHERE id = 'b'")
    shelf.ack(shelf.replica.push())
    shelf.replica.begin(Begin(3, 0, False, []))
    shelf.replica.page(page(whole(BOLT | {"stock": 15, "price": 6, "kind": "k"}), more=b"one"))
    assert (shelf.item("b") or {})["stock"] == 15
    shelf.reopened()
    shelf.replica.begin(Begin(3, 1, False, []))
    shelf.replica.page(page(part("b", town="York")))
    shelf.replica.checkpoint(Checkpoint(b"seal", 5, 5, 1))
    bolt = shelf.item("b") or {}
    assert (bolt["stock"], bolt["price"], bolt["kind"], bolt["town"]) == (15, 6, "k", "York")


def test_names_that_change_hands_between_pages(shelf: Shelf) -> None:
    """A row in whose way another one still is waits; what comes of it later, with it."""
    shelf.come(whole(BOLT, NUT))
    shelf.replica.begin(Begin(3, 0, False, []))
    shelf.replica.page(page(whole(BOLT | {"name": "Nut"}, CLIP)))
    assert names(shelf) == ["Bolt", "Clip", "Nut"]
    shelf.replica.page(page(part("n", name="Screw"), part("b", price=3)))
    shelf.replica.checkpoint(Checkpoint(b"seal", 5, 5, 0))
    assert [(row["id"], row["name"], row["price"]) for row in shelf.rows()] == [
        ("b", "Nut", 3),
        ("c", "Clip", 0),
        ("n", "Screw", 0),
    ]


def test_a_new_row_here_in_the_way_of_a_download(shelf: Shelf) -> None:
    """It gives way at the checkpoint, as it would have in a small one."""
    shelf.write("INSERT INTO item (id, name) VALUES ('m', 'Bolt')")
    shelf.come(whole(BOLT, CLIP, NUT), begin=Begin(3, 0, True, []))
    assert [row["id"] for row in shelf.rows()] == ["b", "c", "n"]
    assert [each.code for each in inbox.refusals(shelf.own)] == ["unique"]


def test_documents_come_with_large_downloads(shelf: Shelf) -> None:
    """The next edit builds upon them."""
    state, _ = edited(initial("one"), "one two")
    row = whole(BOLT | {"notes": "one two"}, CLIP, NUT)
    row.columns.append("notes:document")
    for values, document in zip(row.rows, (state, None, None), strict=True):
        values.append(document)
    shelf.come(row, begin=Begin(3, 0, True, []))
    shelf.write("UPDATE item SET notes = 'one two three' WHERE id = 'b'")
    (change,) = shelf.waiting()
    assert merged(state, None, change.values[0])[1] == "one two three"


def test_part_of_an_unknown_row_ends_a_download(shelf: Shelf) -> None:
    """And the hub is asked for everything anew."""
    shelf.come(whole(BOLT))
    shelf.replica.begin(Begin(3, 0, False, []))
    with pytest.raises(MessageRefused, match="asked for anew"):
        shelf.replica.page(page(part("x", price=1), more=b"one"))
    hello = shelf.replica.hello()
    assert (hello.seal, hello.more) == (b"", b"")


def test_what_is_deleted_while_it_downloads_stays_away(shelf: Shelf) -> None:
    """Here, or there."""
    shelf.come(whole(BOLT, CLIP))
    shelf.write("DELETE FROM item WHERE id = 'b'")
    shelf.replica.begin(Begin(3, 0, True, []))
    shelf.replica.page(page(whole(BOLT, CLIP, NUT)))
    shelf.replica.page(page(gone("c")))
    shelf.replica.checkpoint(Checkpoint(b"seal", 5, 5, 0))
    assert names(shelf) == ["Nut"]


def test_a_column_that_is_new_here_is_asked_for(tmp_path: Path) -> None:
    """Of its table everything comes once more; of the others nothing has to, and nothing goes."""
    shelf = Shelf(tmp_path / "shelf.sqlite")
    shelf.welcome()
    shelf.come(whole(BOLT))
    shelf.write("INSERT INTO pair VALUES ('a', 1, 2.0)")
    shelf.ack(shelf.replica.push())
    shelf.come(version=2, settled=1)
    shelf.close()
    upgrade(tmp_path / "shelf.sqlite")
    shelf = Shelf(tmp_path / "shelf.sqlite", models(is_new=True))
    assert shelf.replica.hello().backfill == ["item"]
    shelf.come(version=3)  # a checkpoint without it changes nothing in that
    assert shelf.replica.hello().backfill == ["item"]
    row = whole(BOLT)
    row.columns.append("color")
    row.rows[0].append("red")
    shelf.come(row, version=4, begin=Begin(1, 0, True, ["item"]))
    assert (shelf.item("b") or {})["color"] == "red"
    assert len(shelf.rows("pair")) == 1
    assert shelf.replica.hello().backfill == []
    shelf.close()


def test_large_rows_go_in_several_pushes(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of one moment: nothing is settled before the last of them is."""
    monkeypatch.setattr(pushing, "PUSH_BYTES", 2_500)
    shelf.write("INSERT INTO kind (code, title) VALUES ('k', 'first')")
    shelf.write(
        *(f"INSERT INTO item (id, name, notes) VALUES ('{n}', '{n}', '{'x' * 900}')" for n in range(5))
    )
    sent = []
    while push := shelf.replica.push():
        sent.append((push[0].number, [change.key for change in shelf.waiting()]))
        shelf.ack(push)
    assert sent == [(1, ["k", "0", "1"]), (2, ["2", "3"]), (3, ["4"])]
    shelf.come(gone("0"), version=2, settled=2)
    assert len(shelf.rows()) == 5
    shelf.come(gone("0"), version=3, settled=3)
    assert len(shelf.rows()) == 4
