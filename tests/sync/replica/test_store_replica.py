"""A replica on SQLite: what it pushes, what it makes of what comes, and what it keeps."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest
from shelf import Shelf, by_key, create, gone, models, page, part, whole

from hipflask.store.backup.chores import Chores
from hipflask.store.changes.log import Log
from hipflask.store.engine import connect
from hipflask.store.keeper import Keeper
from hipflask.sync.messages import Begin, Checkpoint, MessageRefused, Outcome, Rows
from hipflask.sync.replica import inbox
from hipflask.sync.texts import edited, initial, merged

BOLT = {"id": "b", "name": "Bolt", "price": 5, "stock": 10, "notes": "one two"}


def test_what_was_written_is_pushed_with_its_clocks_and_values(shelf: Shelf) -> None:
    """Inserts with all columns, updates with those that changed, deletes with none."""
    shelf.come(whole(BOLT, {"id": "c", "name": "Clip"}), stamp=70)
    shelf.write("INSERT INTO item (id, name) VALUES ('n', 'Nut')", "UPDATE item SET price = 6 WHERE id = 'b'")
    shelf.write("DELETE FROM item WHERE id = 'c'")
    changes = by_key(shelf.waiting())
    assert {key: each.kind for key, each in changes.items()} == {"n": "insert", "b": "update", "c": "delete"}
    assert (changes["b"].columns, changes["b"].values) == (["price"], [6])
    assert dict(zip(changes["n"].columns, changes["n"].values, strict=True))["name"] == "Nut"
    assert {each.seen for each in changes.values()} == {70}
    assert next(iter(changes)) == "c", "deletes come first"


def test_what_came_and_went_is_not_pushed(shelf: Shelf) -> None:
    """A row that nobody else has heard of is nobody's business; one that was there is deleted, or begun anew."""
    shelf.come(whole(BOLT))
    shelf.write("INSERT INTO item (id, name) VALUES ('n', 'Nut')", "DELETE FROM item WHERE id = 'n'")
    assert shelf.waiting() == []
    shelf.write(
        "DELETE FROM item WHERE id = 'b'", "INSERT INTO item (id, name, stock) VALUES ('b', 'Bolt', 3)"
    )
    (change,) = shelf.waiting()
    values = dict(zip(change.columns, change.values, strict=True))
    assert (change.kind, values["name"], values["stock"]) == ("insert", "Bolt", 3)


def test_parents_go_before_children_and_after_them_when_deleted(shelf: Shelf) -> None:
    """So that foreign keys hold at every moment at the hub."""
    shelf.write(
        "INSERT INTO kind (code) VALUES ('k')", "INSERT INTO item (id, name, kind) VALUES ('b', 'Bolt', 'k')"
    )
    push = shelf.replica.push()
    assert [each.table for each in shelf.waiting()] == ["kind", "item"]
    shelf.ack(push)
    shelf.write("DELETE FROM item", "DELETE FROM kind")
    assert [each.table for each in shelf.waiting()] == ["item", "kind"]


def test_a_push_is_the_same_until_it_is_acknowledged(shelf: Shelf) -> None:
    """Byte for byte, in another process as well; what is written meanwhile goes with the next."""
    shelf.write("INSERT INTO item (id, name) VALUES ('n', 'Nut')")
    first = shelf.replica.push()
    shelf.write("UPDATE item SET name = 'Other'")
    shelf.reopened()
    again = shelf.replica.push()
    assert [(each.number, each.part, each.body) for each in again] == [
        (each.number, each.part, each.body) for each in first
    ]
    shelf.ack(first)
    second = shelf.replica.push()
    assert [each.number for each in second] == [first[0].number + 1]
    assert [(each.kind, each.values) for each in shelf.waiting()] == [("update", ["Other"])]


@pytest.mark.parametrize("is_in_a_push", [False, True], ids=["before a push", "while a push was made"])
def test_a_key_that_came_and_went_here_may_be_somebody_elses(shelf: Shelf, is_in_a_push: bool) -> None:
    """Their row is shown, and is theirs: what is done to it now is pushed."""
    shelf.write("INSERT INTO kind (code) VALUES ('k')", "DELETE FROM kind")
    if is_in_a_push:
        shelf.write("INSERT INTO item (id, name) VALUES ('n', 'Nut')")
        shelf.ack(shelf.replica.push())
    shelf.come(Rows("kind", ["code", "title"], [["k", "theirs"]], [], True))
    assert [row["title"] for row in shelf.rows("kind")] == ["theirs"]
    shelf.write("DELETE FROM kind")
    assert [change.kind for change in shelf.waiting()] == ["delete"]


def test_a_key_that_came_and_went_within_one_push_may_be_somebody_elses(shelf: Shelf) -> None:
    """A push that was made after both told nobody of it, whenever it is settled."""
    shelf.write("INSERT INTO item (id, name) VALUES ('n', 'Nut')", "INSERT INTO kind (code) VALUES ('k')")
    shelf.write("DELETE FROM kind")
    shelf.write("UPDATE item SET price = 2")
    push = shelf.replica.push()
    # As if the log had not been told yet that nobody is to hear of it, as in a file of before.
    shelf.own.execute("UPDATE _hipflask_log SET origin = 0")
    shelf.ack(push)
    shelf.reopened()
    shelf.come(Rows("kind", ["code", "title"], [["k", "theirs"]], [], True))
    assert [row["title"] for row in shelf.rows("kind")] == ["theirs"]


def test_a_key_that_came_from_the_hub_meanwhile_is_deleted_there_too(shelf: Shelf) -> None:
    """Whoever deletes the row he sees means theirs as well, which is under his; he would not see it again otherwise."""
    shelf.write("INSERT INTO kind (code, title) VALUES ('k', 'mine'), ('m', 'mine')")
    shelf.come(Rows("kind", ["code", "title"], [["k", "theirs"]], [], True))
    assert [row["title"] for row in shelf.rows("kind")] == ["mine", "mine"]
    shelf.write("DELETE FROM kind")
    shelf.reopened()
    shelf.come(Rows("kind", ["code", "title"], [["k", "changed"]], [], False), version=2)
    assert shelf.rows("kind") == []
    assert [(change.kind, change.key) for change in shelf.waiting()] == [("delete", "k")]


def test_a_key_that_came_from_the_hub_and_went_again_is_not_deleted_there(shelf: Shelf) -> None:
    """By now it would be another one of that key."""
    shelf.write("INSERT INTO kind (code, title) VALUES ('k', 'mine')")
    shelf.come(Rows("kind", ["code", "title"], [["k", "theirs"]], [], True))
    shelf.come(Rows("kind", [], [], ["k"], False), version=2)
    shelf.write("DELETE FROM kind")
    assert shelf.waiting() == []


def test_what_came_from_the_hub_meanwhile_is_forgotten_once_all_is_settled(shelf: Shelf) -> None:
    """Or the next row of that key would be taken for one that the hub has."""
    shelf.write("INSERT INTO kind (code, title) VALUES ('k', 'mine')")
    shelf.come(Rows("kind", ["code", "title"], [["k", "theirs"]], [], True))
    push = shelf.replica.push()
    shelf.ack(push)
    shelf.come(version=2, settled=push[0].number)
    assert shelf.own.execute("SELECT * FROM _hipflask_met").fetchall() == []


def test_a_pushed_row_that_was_deleted_since_stays_away_under_another_name(shelf: Shelf) -> None:
    """The hub may have it, from this file or that of which it is a copy: it is told of the delete."""
    shelf.write("INSERT INTO kind (code) VALUES ('k')")
    shelf.replica.push()
    shelf.write("DELETE FROM kind")
    shelf.welcome(name="copy", reset="copied")
    shelf.come(Rows("kind", ["code", "title"], [["k", ""]], [], True), begin=Begin(1, 0, True, []))
    assert shelf.rows("kind") == []
    assert [change.kind for change in shelf.waiting()] == ["delete"]


def test_a_pushed_row_that_was_deleted_since_stays_away(shelf: Shelf) -> None:
    """The hub has it until it hears of that."""
    shelf.write("INSERT INTO kind (code) VALUES ('k')")
    shelf.ack(shelf.replica.push())
    shelf.write("DELETE FROM kind")
    shelf.write("INSERT INTO kind (code) VALUES ('k')")
    shelf.write("DELETE FROM kind")
    shelf.come(Rows("kind", ["code", "title"], [["k", ""]], [], True))
    assert shelf.rows("kind") == []
    assert [change.kind for change in shelf.waiting()] == ["delete"]


def test_what_came_to_nothing_does_not_wait(shelf: Shelf) -> None:
    """Neither a row that came and went, nor the change of one that others have deleted."""
    shelf.come(whole(BOLT))
    shelf.write("INSERT INTO item (id, name) VALUES ('n', 'Nut')")
    shelf.write("DELETE FROM item WHERE id = 'n'")
    assert shelf.replica.situation().waiting == 1
    assert shelf.replica.push() == []
    assert shelf.replica.situation().waiting == 0


def test_columns_that_belong_together_are_pushed_together(shelf: Shelf) -> None:
    """And wait together: the town of others does not come to our street."""
    shelf.come(whole(BOLT | {"street": "High", "town": "York"}))
    shelf.write("UPDATE item SET street = 'Low' WHERE id = 'b'")
    shelf.come(part("b", street="Main", town="Hull"), version=2)
    item = shelf.item("b")
    assert item and (item["street"], item["town"]) == ("Low", "York")
    (change,) = shelf.waiting()
    assert change.columns == ["street", "town"]


def test_local_models_stay_here(shelf: Shelf) -> None:
    """What is marked as local is never pushed."""
    shelf.write("INSERT INTO draft (id, text) VALUES ('01990000-0000-7000-8000-000000000000', 'mine')")
    assert shelf.waiting() == []
    assert shelf.replica.situation().waiting == 0


def test_pending_columns_overlay_what_comes_until_they_are_settled(shelf: Shelf) -> None:
    """An acknowledgement is not enough: the state that came may be older than it."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6 WHERE id = 'b'")
    push = shelf.replica.push()
    shelf.ack(push)
    shelf.come(part("b", price=7, name="Screw"), version=2)
    item = shelf.item("b")
    assert item and (item["price"], item["name"]) == (6, "Screw")
    shelf.come(part("b", price=8), version=3, settled=1)
    item = shelf.item("b")
    assert item and item["price"] == 8
    assert shelf.replica.situation().waiting == 0


def test_sums_keep_what_is_not_settled(shelf: Shelf) -> None:
    """What the hub has, and on top of it what it has not counted yet, pushed or not."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET stock = stock - 2 WHERE id = 'b'")
    push = shelf.replica.push()
    shelf.write("UPDATE item SET stock = stock + 5 WHERE id = 'b'")
    shelf.come(part("b", stock=100), version=2)
    assert shelf.item("b")["stock"] == 103  # type: ignore[index]
    shelf.ack(push)
    shelf.come(part("b", stock=98), version=3, settled=1)
    assert shelf.item("b")["stock"] == 103  # type: ignore[index]
    (change,) = shelf.waiting()
    assert (change.columns, change.values) == (["stock"], [5])
    shelf.come(part("b", stock=103), version=4, settled=2)
    assert shelf.item("b")["stock"] == 103  # type: ignore[index]


def test_a_new_rows_sum_is_counted_once(shelf: Shelf) -> None:
    """Written, pushed, and written to again before it is settled."""
    shelf.write("INSERT INTO item (id, name, stock) VALUES ('b', 'Bolt', 10)")
    shelf.ack(shelf.replica.push())
    shelf.write("UPDATE item SET stock = 15 WHERE id = 'b'")
    (change,) = shelf.waiting()
    assert (change.kind, change.values) == ("update", [5])
    shelf.come(whole(BOLT | {"stock": 10}), version=2, settled=1)
    assert shelf.item("b")["stock"] == 15  # type: ignore[index]


def test_texts_are_merged_by_letters(shelf: Shelf) -> None:
    """An edit here and one there are both kept, before and after the push, and settle to what the hub has."""
    shelf.come(whole(BOLT))
    there, _ = edited(initial("one two"), "zero one two")
    shelf.write("UPDATE item SET notes = 'one two three' WHERE id = 'b'")
    shelf.come(part("b", notes="zero one two", **{"notes:document": there}), version=2)
    assert shelf.item("b")["notes"] == "zero one two three"  # type: ignore[index]
    (change,) = shelf.waiting()
    assert merged(there, None, change.values[0])[1] == "zero one two three"  # type: ignore[arg-type]
    shelf.write("UPDATE item SET notes = 'zero one two three four' WHERE id = 'b'")
    there, text = merged(there, None, change.values[0])  # type: ignore[arg-type]
    shelf.ack(shelf.replica.push())
    shelf.come(part("b", notes=text, **{"notes:document": there}), version=3, settled=1)
    (change,) = shelf.waiting()
    assert merged(there, None, change.values[0])[1] == "zero one two three four"  # type: ignore[arg-type]


def test_deleted_by_others_while_changed_here(shelf: Shelf) -> None:
    """The row goes, and what was to become of it is in the inbox."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6 WHERE id = 'b'")
    shelf.come(gone("b"), version=2)
    assert shelf.rows() == [] and shelf.waiting() == []
    (refusal,) = inbox.refusals(shelf.own)
    assert (refusal.code, refusal.key, refusal.values) == ("deleted", "b", {"price": 6})


def test_a_row_that_comes_back_is_as_the_hub_has_it(shelf: Shelf) -> None:
    """What was given up is not pushed as if the hub's value had been written here."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6 WHERE id = 'b'")
    shelf.write(
        "INSERT INTO item (id, name) VALUES ('n', 'Nut')"
    )  # so that the log is not settled altogether
    shelf.come(gone("b"), version=2)
    shelf.come(whole(BOLT | {"price": 9}), version=3)
    assert (shelf.item("b") or {})["price"] == 9
    assert [change.key for change in shelf.waiting()] == ["n"]


def test_what_is_deleted_here_stays_away(shelf: Shelf) -> None:
    """Changes of others do not bring it back."""
    shelf.come(whole(BOLT))
    shelf.write("DELETE FROM item")
    shelf.come(part("b", price=7), version=2)
    shelf.come(whole(BOLT), version=3)
    assert shelf.rows() == []


def test_rows_that_are_as_they_were_are_no_change(shelf: Shelf) -> None:
    """Nothing is drawn anew for them."""
    shelf.come(whole(BOLT))
    (newest,) = shelf.own.execute("SELECT max(sequence) FROM _hipflask_log").fetchone()
    shelf.come(whole(BOLT), part("b", price=5), version=2)
    assert shelf.own.execute("SELECT max(sequence) FROM _hipflask_log").fetchone() == (newest,)


def test_unique_values_change_hands(shelf: Shelf) -> None:
    """Two rows have swapped names at the hub."""
    shelf.come(whole(BOLT, {"id": "n", "name": "Nut"}))
    shelf.come(part("b", name="Nut"), part("n", name="Bolt"), version=2)
    assert [(row["id"], row["name"]) for row in shelf.rows()] == [("b", "Nut"), ("n", "Bolt")]


def test_a_new_row_here_gives_way_to_the_hubs(shelf: Shelf) -> None:
    """It goes to the inbox as it was, and is not pushed."""
    shelf.write("INSERT INTO item (id, name, price) VALUES ('n', 'Bolt', 9)")
    shelf.come(whole(BOLT))
    assert [row["id"] for row in shelf.rows()] == ["b"]
    (refusal,) = inbox.refusals(shelf.own)
    assert (refusal.code, refusal.kind, refusal.values["price"]) == ("unique", "insert", 9)
    assert shelf.waiting() == []


def test_a_new_name_here_gives_way_and_the_rest_goes_on(shelf: Shelf) -> None:
    """The name is as the hub has it again, its price is pushed still."""
    shelf.come(whole({"id": "n", "name": "Nut"}))
    shelf.write("UPDATE item SET name = 'Bolt', price = 9")
    shelf.come(whole(BOLT), version=2)
    assert [(row["name"], row["price"]) for row in shelf.rows()] == [("Bolt", 5), ("Nut", 9)]
    (refusal,) = inbox.refusals(shelf.own)
    assert (refusal.code, refusal.values) == ("unique", {"name": "Bolt"})
    (change,) = shelf.waiting()
    assert (change.columns, change.values) == (["price"], [9])


def test_a_new_name_gives_way_although_its_row_comes_as_well(shelf: Shelf) -> None:
    """Whichever of the two rows is written first."""
    shelf.come(whole({"id": "n", "name": "Nut"}, {"id": "z", "name": "Zip"}))
    shelf.write(
        "UPDATE item SET name = 'Bolt' WHERE id IN ('n')", "UPDATE item SET name = 'Tack' WHERE id = 'z'"
    )
    shelf.come(whole({"id": "t", "name": "Tack"}, BOLT), part("n", price=3), part("z", price=4), version=2)
    assert [(row["name"], row["price"]) for row in shelf.rows()] == [
        ("Bolt", 5),
        ("Nut", 3),
        ("Tack", 0),
        ("Zip", 4),
    ]
    assert [each.values for each in inbox.refusals(shelf.own)] == [{"name": "Bolt"}, {"name": "Tack"}]
    assert shelf.waiting() == []


def test_a_new_name_gives_way_to_a_row_in_which_something_else_is_pending(shelf: Shelf) -> None:
    """What is pending there stands in nobody's way."""
    clip = {"id": "a", "name": "Clip"}
    shelf.come(whole(BOLT, clip))
    shelf.write("UPDATE item SET price = 7 WHERE id = 'a'", "UPDATE item SET name = 'Nut' WHERE id = 'b'")
    shelf.come(part("a", name="Nut"), part("b", stock=11), version=2)
    item, other = shelf.item("b"), shelf.item("a")
    assert item and (item["name"], item["stock"]) == ("Bolt", 11)
    assert other and (other["name"], other["price"]) == ("Nut", 7)
    (refusal,) = inbox.refusals(shelf.own)
    assert (refusal.key, refusal.code, refusal.values) == ("b", "unique", {"name": "Nut"})
    assert [(change.key, change.columns) for change in shelf.waiting()] == [("a", ["price"])]


def test_a_pushed_name_gives_way_and_the_hub_says_why(shelf: Shelf) -> None:
    """What is under way is not in the inbox twice."""
    shelf.come(whole({"id": "n", "name": "Nut"}))
    shelf.write("UPDATE item SET name = 'Bolt'")
    push = shelf.replica.push()
    shelf.come(whole(BOLT), version=2)
    assert [row["name"] for row in shelf.rows()] == ["Bolt", "Nut"]
    assert inbox.refusals(shelf.own) == []
    shelf.ack(push, Outcome(0, "unique", "Taken.", ["name"]))
    assert [each.sentence for each in inbox.refusals(shelf.own)] == ["Taken."]


def test_refused_changes_are_in_the_inbox_once(shelf: Shelf) -> None:
    """However often the hub says it; what others have merely overtaken is none."""
    shelf.write(
        "INSERT INTO item (id, name) VALUES ('n', 'Nut')", "INSERT INTO item (id, name) VALUES ('b', 'Bolt')"
    )
    push = shelf.replica.push()
    outcomes = (Outcome(0, "rule", "Not so.", []), Outcome(1, "merged", "Others.", ["name"]))
    shelf.ack(push, *outcomes)
    shelf.welcome(ticket="two", applied=0)
    assert [each.body for each in shelf.replica.push()] == [each.body for each in push]
    shelf.ack(push, *outcomes)
    assert [each.sentence for each in inbox.refusals(shelf.own)] == ["Not so."]


def test_a_settled_push_still_hears_what_was_refused(shelf: Shelf) -> None:
    """The checkpoint may come before the acknowledgement, on another connection even."""
    shelf.write("INSERT INTO item (id, name) VALUES ('n', 'Nut')")
    push = shelf.replica.push()
    shelf.come(gone("n"), version=2, settled=1)
    shelf.reopened()
    assert shelf.rows() == []
    assert [each.body for each in shelf.replica.push()] == [each.body for each in push]
    shelf.ack(push, Outcome(0, "rule", "Not so.", []))
    assert shelf.replica.push() == []
    assert len(inbox.refusals(shelf.own)) == 1


def test_trying_again(shelf: Shelf) -> None:
    """With other values, as an ordinary write; the row is made anew if it was refused."""
    shelf.write("INSERT INTO item (id, name, stock) VALUES ('n', 'Nut', 4)")
    shelf.ack(shelf.replica.push(), Outcome(0, "unique", "Taken.", ["name"]))
    shelf.come(gone("n"), version=2, settled=1)
    (refusal,) = inbox.refusals(shelf.own)
    with pytest.raises(ValueError, match=r"Item\.name takes text"):
        inbox.retry(shelf.own, shelf.tables, refusal.id, {"name": 7})
    inbox.retry(shelf.own, shelf.tables, refusal.id, {"name": "Nut M4"})
    assert inbox.refusals(shelf.own) == []
    (change,) = shelf.waiting()
    values = dict(zip(change.columns, change.values, strict=True))
    assert (change.kind, values["name"], values["stock"]) == ("insert", "Nut M4", 4)
    with pytest.raises(ValueError, match="not in the inbox any more"):
        inbox.retry(shelf.own, shelf.tables, refusal.id)


def test_trying_a_sum_again_adds_it(shelf: Shelf) -> None:
    """What was refused is what was to be added, not what it would have come to."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET stock = 7 WHERE id = 'b'")
    shelf.ack(shelf.replica.push(), Outcome(0, "rule", "Not so.", []))
    shelf.come(whole(BOLT | {"stock": 20}), version=2, settled=1)
    (refusal,) = inbox.refusals(shelf.own)
    assert refusal.values == {"stock": -3}
    inbox.retry(shelf.own, shelf.tables, refusal.id)
    assert shelf.item("b")["stock"] == 17  # type: ignore[index]


def test_a_copied_file_pushes_under_new_numbers_and_counts_nothing_twice(shelf: Shelf) -> None:
    """What may have been counted under the old name is a matter for a person."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET stock = stock - 2, price = 6, notes = 'one two three'")
    (old,) = shelf.waiting()
    shelf.write("UPDATE item SET stock = stock + 5")
    shelf.welcome(name="copy", reset="copied")
    (change,) = shelf.waiting()
    values = dict(zip(change.columns, change.values, strict=True))
    assert (values["price"], values["stock"]) == (6, 0)
    state, text = merged(None, "one two", old.values[old.columns.index("notes")])  # type: ignore[arg-type]
    assert merged(state, None, values["notes"])[1] == text == "one two three"  # type: ignore[arg-type]
    assert shelf.replica.push()[0].number == 2
    (refusal,) = inbox.refusals(shelf.own)
    assert (refusal.code, refusal.values) == ("copied", {"stock": 3})
    assert shelf.replica.hello().seal == b""


def test_what_was_given_up_and_never_answered_is_in_a_copys_inbox(shelf: Shelf) -> None:
    """A row that others deleted while its change was under way: under another name, that push is never said again."""
    shelf.come(whole(BOLT, {"id": "c", "name": "Clip"}))
    shelf.write("UPDATE item SET price = 6 WHERE id = 'b'", "UPDATE item SET price = 7 WHERE id = 'c'")
    shelf.replica.push()
    shelf.come(Rows("item", [], [], ["b"], False), version=2)
    assert inbox.refusals(shelf.own) == []
    shelf.welcome(name="copy", reset="copied")
    (refusal,) = inbox.refusals(shelf.own)
    assert (refusal.key, refusal.kind, refusal.values) == ("b", "update", {"price": 6})
    assert [(change.key, change.values) for change in shelf.waiting()] == [("c", [7])]


def test_what_was_settled_and_never_answered_is_not_in_a_copys_inbox(shelf: Shelf) -> None:
    """The hub has it: the answer alone was lost."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6")
    push = shelf.replica.push()
    shelf.come(part("b", price=6), version=2, settled=push[0].number)
    shelf.welcome(name="copy", reset="copied")
    assert inbox.refusals(shelf.own) == [] and shelf.waiting() == []


def test_a_copy_still_knows_what_had_been_seen(shelf: Shelf) -> None:
    """Or a clock that jumped would make its changes older than what they replace; another hub's stamps say nothing."""
    shelf.come(whole(BOLT), stamp=70)
    shelf.write("UPDATE item SET price = 6")
    shelf.welcome(name="copy", reset="copied")
    assert [change.seen for change in shelf.waiting()] == [70]
    shelf.welcome(name="other", reset="first")
    assert [change.seen for change in shelf.waiting()] == [0]


def test_a_restored_hub_costs_nothing_that_is_here(shelf: Shelf) -> None:
    """A backup is made, and what the hub has forgotten of the pushes is sent again, as it was."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6")
    push = shelf.replica.push()
    shelf.ack(push)
    shelf.welcome(ticket="two", applied=0, reset="restored")
    assert [each.body for each in shelf.replica.push()] == [each.body for each in push]
    assert [
        each.name.endswith("hub-restored.sqlite") for each in (shelf.file.parent / "shelf.backups").iterdir()
    ] == [True]
    shelf.come(begin=Begin(0, 0, True, []), version=1)
    assert shelf.rows() == [] and [each.code for each in inbox.refusals(shelf.own)] == []


def test_a_reset_takes_away_what_does_not_come(shelf: Shelf) -> None:
    """But for what is new here."""
    shelf.come(whole(BOLT, {"id": "c", "name": "Clip"}))
    shelf.write("INSERT INTO item (id, name) VALUES ('n', 'Nut')", "INSERT INTO pair VALUES ('a', 1, 2.0)")
    shelf.come(whole(BOLT), begin=Begin(1, 0, True, []), version=2)
    assert [row["id"] for row in shelf.rows()] == ["b", "n"]
    assert len(shelf.rows("pair")) == 1


def test_rows_from_before_the_exchange_are_pushed(tmp_path: Path) -> None:
    """A program that was used alone until now brings along what it has."""
    db, file = models(), tmp_path / "old.sqlite"
    create(file, [table for table in db.metadata.sorted_tables if table.schema is None])
    with closing(connect(file)) as connection:
        connection.execute("INSERT INTO item (id, name) VALUES ('n', 'Nut')")
        connection.execute("INSERT INTO pair VALUES ('a', 1, 2.0)")
        connection.execute("DELETE FROM _hipflask_log WHERE sequence = 1")
    shelf = Shelf(file, db)
    assert {key: each.kind for key, each in by_key(shelf.waiting()).items()} == {
        "n": "insert",
        ("a", 1): "insert",
    }
    assert shelf.replica.situation().waiting == 2
    shelf.close()


def test_part_of_an_unknown_row_is_a_reason_to_begin_anew(shelf: Shelf) -> None:
    """Something was missed; nothing that is pending is lost by it."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6")
    with pytest.raises(MessageRefused, match="asked for anew"):
        shelf.come(part("x", price=1), version=2)
    assert shelf.replica.hello().seal == b""
    assert len(shelf.waiting()) == 1


def test_what_is_not_known_here_is_left_out(shelf: Shelf) -> None:
    """Tables and columns of a newer version of the program."""
    row = Rows(
        "item", ["id", "name", "kind", "price", "stock", "notes", "street", "town", "taste"], [], [], True
    )
    row.rows.append(["b", "Bolt", None, 1, 2, "", "", "", "sour"])
    shelf.come(row, Rows("else", ["id"], [[1]], [], True))
    assert [each["price"] for each in shelf.rows()] == [1]


def test_the_hub_does_not_go_back(shelf: Shelf) -> None:
    """A checkpoint of before without a reset is none."""
    shelf.come(whole(BOLT), version=5)
    with pytest.raises(MessageRefused, match="went back"):
        shelf.come(version=4)


def test_what_was_not_pushed_is_not_pruned(shelf: Shelf) -> None:
    """And what is settled goes, so that the log does not grow for ever."""
    log = Log(shelf.all_tables)
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6")
    shelf.write("UPDATE item SET price = 7")
    time.sleep(0.002)  # what was written in this very millisecond is not old
    assert log.prune(shelf.own, keep_ms=-1, pinned=log.settled(shelf.own)) == 1
    assert len(shelf.waiting()) == 1
    shelf.ack(shelf.replica.push())
    shelf.come(version=2, settled=1)
    time.sleep(0.002)  # what was written in this very millisecond is not old
    assert log.prune(shelf.own, keep_ms=-1, pinned=log.settled(shelf.own)) == 1


def test_the_keeper_forgets_only_what_is_settled(shelf: Shelf) -> None:
    """However old it is: a month's work offline is still there to be pushed."""
    shelf.come(whole(BOLT))
    shelf.write("UPDATE item SET price = 6")
    shelf.write("UPDATE item SET price = 7")
    shelf.own.execute("UPDATE _hipflask_log SET clock = clock - 3600000")
    keeper = Keeper(shelf.file)
    chores = Chores(shelf.file, lambda: connect(shelf.file), [Log(shelf.all_tables)], keeper, None)
    chores.do()
    assert len(shelf.waiting()) == 1
    shelf.ack(shelf.replica.push())
    shelf.come(version=2, settled=1)
    chores.do()
    assert shelf.own.execute("SELECT count(*) FROM _hipflask_log").fetchone() == (1,)
    keeper.release()


def test_pages_count_only_with_their_checkpoint(shelf: Shelf) -> None:
    """A connection that ends in between has told nothing."""
    shelf.replica.page(page(whole(BOLT)))
    assert shelf.rows() == []
    shelf.replica.lost()
    shelf.replica.checkpoint(Checkpoint(b"s", 1, 1, 0))
    assert shelf.rows() == []
