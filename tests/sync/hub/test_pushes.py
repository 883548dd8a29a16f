"""Pushes to PostgreSQL: what is taken, what is merged, what is refused and why, and what comes of it when it is said again."""

from __future__ import annotations

import uuid
from itertools import permutations
from typing import Any

import msgspec
import pytest
from pushers import NOW, Device, Shop, delete, insert, key, update

from hipflask.sync import texts
from hipflask.sync.hub.present import Entry, after, in_order
from hipflask.sync.merge import Marks
from hipflask.sync.messages import Ack, Change, Changes, Push, Refused, pack
from hipflask.sync.parties import Visitor

HOUR = 3_600_000


def items(shop: Shop, columns: str = "name, price") -> list[Any]:
    return shop.sql(f"SELECT {columns} FROM item ORDER BY name")


def codes(outcomes: list[Any]) -> list[tuple[int, str]]:
    return [(each.place, each.code) for each in outcomes]


# ── what is taken ─────────────────────────────────────────────────────────────────────────────────


def test_taken(shop: Shop, ann: Device) -> None:
    """What nobody contests is written, and nothing has to be said about it."""
    one, other = key(), key()
    assert ann.push(insert("item", one, name="Bolt", price=5), insert("item", other, name="Nut")) == []
    assert ann.push(update("item", one, price=7), delete("item", other)) == []
    assert items(shop) == [("Bolt", 7)]
    assert shop.touched(ann) == []


def test_settled(shop: Shop, ann: Device) -> None:
    """The sequencer is told in the same transaction which push it was."""
    ann.push(insert("item", key(), name="Bolt"))
    rows = shop.sql("SELECT DISTINCT xid FROM hipflask.outbox WHERE origin = %s", ann.name)
    kinds = shop.sql("SELECT kind, \"table\", keys[1] FROM hipflask.outbox WHERE kind = 's'")
    assert len(rows) == 1 and kinds == [("s", 0, "1")]


def test_defaults(shop: Shop, ann: Device) -> None:
    """An older program does not know all columns of a new row: the model says what they begin with."""
    ann.push(insert("item", key(), name="Bolt"))
    assert items(shop, "name, price, tags, notes, grade") == [("Bolt", 0, [], "", None)]


def test_every_kind_of_key(shop: Shop, ann: Device) -> None:
    """Keys of text and of several columns are found again, whatever is in them."""
    for word in ("plain", "it's", 'say "k"', "back\\slash", "{", "", "é\n"):
        ann.push(insert("word", word, value=1))
        assert ann.push(update("word", word, value=2)) == []
        assert ann.push(insert("member", [word, "ann"], team_id=word, user="ann")) == []
    assert {value for (value,) in shop.sql("SELECT value FROM word")} == {2}
    assert ann.push(delete("member", ["it's", "ann"])) == []
    assert shop.sql("SELECT count(*) FROM member WHERE team_id = %s", "it's") == [(0,)]


def test_a_thousand(shop: Shop, ann: Device) -> None:
    """Many rows of several tables go in one push, new parents and their children in any order."""
    keys = [key() for _ in range(500)]
    lines = [insert("line", key(), item_id=each) for each in keys]
    rows = [insert("item", each, name=f"Item {place}") for place, each in enumerate(keys)]
    assert ann.push(*lines, *rows) == []
    assert shop.sql("SELECT count(*) FROM line JOIN item ON item.id = item_id") == [(500,)]
    assert ann.push(*[update("item", each, price=place) for place, each in enumerate(keys)]) == []
    assert shop.sql("SELECT sum(price) FROM item") == [(sum(range(500)),)]


# ── who wins ──────────────────────────────────────────────────────────────────────────────────────


def test_later_wins(shop: Shop, ann: Device, bob: Device) -> None:
    """Of two changes of a value that was written later counts, whoever comes first; the loser is told, and gets the row."""
    one = key()
    ann.push(insert("item", one, ago=HOUR, name="Bolt", price=1))
    ann.push(update("item", one, ago=10, price=2))
    (outcome,) = bob.push(update("item", one, ago=1000, price=3, name="Nut"))
    assert (outcome.code, outcome.columns) == ("merged", ["price"])
    assert "price" in outcome.sentence
    assert items(shop) == [("Nut", 2)]
    assert shop.touched(bob) == [("item", one)]


def test_a_push_grows_older_while_it_waits(shop: Shop, ann: Device, bob: Device) -> None:
    """What counts is when something was written, not when it arrived: a wire may have been cut for an hour."""
    one = key()
    ann.push(insert("item", one, ago=2 * HOUR, name="Bolt", price=1))
    ann.push(update("item", one, ago=1000, price=2))
    body = pack(Changes(NOW - HOUR, [update("item", one, ago=HOUR, price=3)]))
    answer = shop.pushes.push(bob.visitor, [Push(1, 0, 1, body, NOW)])
    assert isinstance(answer, Ack) and [each.code for each in answer.outcomes] == ["merged"]
    assert items(shop) == [("Bolt", 2)]


def test_both_edits_are_kept(shop: Shop, ann: Device, bob: Device) -> None:
    """Changes of different columns are both there."""
    one = key()
    ann.push(insert("item", one, ago=HOUR, name="Bolt"))
    assert ann.push(update("item", one, name="Nut")) == []
    assert bob.push(update("item", one, ago=5000, price=3)) == []
    assert items(shop) == [("Nut", 3)]


def test_merged_by_rules(shop: Shop, ann: Device, bob: Device) -> None:
    """Sums add up, the greatest stays, functions say, the server's wins over who did not know it; who has it otherwise gets the row."""
    one = key()
    ann.push(insert("item", one, ago=HOUR, name="Bolt", stock=10, best=5, fixed=1, tags='["a"]'))
    assert bob.push(update("item", one, stock=-2)) == []
    assert bob.push(update("item", one, best=3)) == []
    assert shop.touched(bob) == [("item", one)]
    assert bob.push(update("item", one, tags='["b"]')) == []
    (outcome,) = bob.push(update("item", one, fixed=2))
    assert outcome.columns == ["fixed"]
    assert items(shop, "stock, best, fixed, tags") == [(8, 5, 1, ["a", "b"])]
    assert len(shop.touched(bob)) == 3


def test_texts(shop: Shop, ann: Device, bob: Device) -> None:
    """Two edits of a text are both in it, and its document is kept for the next."""
    one = key()
    ann.push(insert("item", one, ago=HOUR, name="Bolt", notes="one two"))
    start = texts.initial("one two")
    ann.push(update("item", one, notes=texts.edited(start, "one big two")[1]))
    bob.push(update("item", one, notes=texts.edited(start, "one two three")[1]))
    assert items(shop, "notes") == [("one big two three",)]
    ((state,),) = shop.sql("SELECT state FROM hipflask.document")
    assert texts.reading(bytes(state)) == "one big two three"
    assert codes(bob.push(update("item", one, notes=b"no document"))) == [(0, "value")]
    ann.push(delete("item", one))
    assert shop.sql("SELECT count(*) FROM hipflask.document") == [(0,)]


def test_text_replaced_by_another_program(shop: Shop, ann: Device) -> None:
    """A text that was replaced in the database is what the next edit is merged with."""
    one = key()
    ann.push(insert("item", one, ago=HOUR, name="Bolt", notes="one two"))
    state, edit = texts.edited(texts.initial("one two"), "one two three")
    ann.push(update("item", one, notes=edit))
    shop.sql("UPDATE item SET notes = 'ONE two three'")
    ann.push(update("item", one, notes=texts.edited(state, "one two three four")[1]))
    assert items(shop, "notes") == [("ONE two three four",)]


def test_delete_wins(shop: Shop, ann: Device, bob: Device) -> None:
    """A change of a row that others have deleted is refused, and so is its insert from before."""
    one = key()
    ann.push(insert("item", one, ago=HOUR, name="Bolt"))
    bob.push(delete("item", one, ago=1000))
    outcomes = ann.push(update("item", one, price=3))
    assert codes(outcomes) == [(0, "deleted")] and "deleted" in outcomes[0].sentence
    assert codes(shop.device("cy").push(insert("item", one, ago=2000, name="Bolt"))) == [(0, "deleted")]
    assert items(shop) == []
    assert bob.push(insert("item", one, name="Bolt")) == []
    assert items(shop) == [("Bolt", 0)]


def test_a_foreign_write_that_waits(shop: Shop, ann: Device) -> None:
    """What another program wrote a moment ago wins over an older change, though the sequencer has not seen it; a newer one wins."""
    one = key()
    ann.push(insert("item", one, ago=HOUR, name="Bolt", price=1))
    shop.sql("UPDATE item SET price = 99")
    (outcome,) = ann.push(update("item", one, ago=HOUR - 1, price=2, name="Nut"))
    assert outcome.columns == ["price"]
    assert items(shop) == [("Nut", 99)]
    # Its marks are written now, and not by the sequencer once more.
    assert shop.sql("SELECT columns -> 'price' ->> 1 FROM hipflask.marks") == [("",)]
    assert shop.sql("SELECT count(*) FROM hipflask.outbox WHERE origin = ''") == [(0,)]


def waiting(shop: Shop, origin: str) -> list[tuple[str, list[str], str]]:
    """What the sequencer is to take of somebody's writes: kind, keys, and how many those are said to be."""
    return shop.sql(
        "SELECT kind, (SELECT array_agg(key ORDER BY key) FROM unnest(keys) AS key), rows FROM hipflask.outbox "
        "WHERE origin = %s AND kind <> 's' ORDER BY kind, rows",
        origin,
    )


@pytest.mark.parametrize("how", ["{}", "BEGIN; SAVEPOINT one; {}; RELEASE one; COMMIT"])
def test_a_foreign_write_of_many_rows_that_waits(shop: Shop, ann: Device, how: str) -> None:
    """Only the row that is pushed counts as dealt with, and stays in the transaction that wrote it; the others are still to be marked."""
    keys = sorted(key() for _ in range(3))
    ann.push(*(insert("item", each, ago=HOUR, name=each, price=1) for each in keys))
    shop.sql("TRUNCATE hipflask.outbox")
    shop.sql(how.format("UPDATE item SET price = 99"))
    (outcome,) = ann.push(update("item", keys[1], ago=HOUR - 1, price=2, street="High Street"))
    assert outcome.columns == ["price"]
    assert waiting(shop, "") == [("u", [keys[0], keys[2]], 2)]
    assert waiting(shop, ann.name)[-2:] == [("u", [keys[1]], 1)] * 2
    assert shop.sql("SELECT count(DISTINCT xid) FROM hipflask.outbox WHERE mask = 4 OR origin = ''") == [(1,)]
    (outcome,) = ann.push(*(update("item", each, ago=HOUR - 1, price=2) for each in (keys[0], keys[2])))[:1]
    assert outcome.columns == ["price"] and waiting(shop, "") == []


def test_a_foreign_delete_that_waits(shop: Shop, ann: Device) -> None:
    """Of a row that is not there, it is looked for; also where the same transaction had made it anew before."""
    one, other = sorted([key(), key()])
    ann.push(*(insert("item", each, ago=HOUR, name=each) for each in (one, other)))
    shop.sql("TRUNCATE hipflask.outbox")
    shop.sql(
        f"BEGIN; DELETE FROM item; INSERT INTO item (id, name, tags) VALUES ('{one}', 'x', '[]'); DELETE FROM item; COMMIT"
    )
    assert codes(ann.push(update("item", one, ago=1000, price=3))) == [(0, "deleted")]
    assert waiting(shop, "") == [("d", [other], 1)]
    assert sorted(kind for kind, keys, _ in waiting(shop, ann.name) if keys == [one]) == ["d", "d", "i", "o"]


def test_a_foreign_write_that_cannot_be_of_the_row_is_not_looked_into(shop: Shop, ann: Device) -> None:
    """A bulk load that waits may have a million keys. What began after the row was written last has not written it."""
    one = key()
    ann.push(insert("item", one, name="Bolt"))
    shop.sql(
        "INSERT INTO hipflask.outbox VALUES (DEFAULT, %s, ARRAY[%s], 'u', 4, 1, '')", shop.number("item"), one
    )
    assert ann.push(update("item", one, price=2)) == []
    assert waiting(shop, "") == [("u", [one], 1)]


def test_marks_of_a_foreign_write_though_the_push_is_refused(shop: Shop, ann: Device) -> None:
    """What waited for the sequencer is marked also where the change beside it was refused."""
    one, other = key(), key()
    ann.push(insert("item", one, name="Bolt"), insert("item", other, name="Nut"))
    shop.sql("UPDATE item SET price = 99 WHERE name = 'Bolt'")
    assert codes(ann.push(update("item", one, name="Nut"))) == [(0, "unique")]
    assert shop.sql("SELECT columns -> 'price' ->> 1 FROM hipflask.marks WHERE key = %s", one) == [("",)]


# ── what is refused ───────────────────────────────────────────────────────────────────────────────


def test_unique(shop: Shop, ann: Device, bob: Device) -> None:
    """A name that somebody else took offline, too: who comes second is told, and everything else of his push is there."""
    ann.push(insert("item", key(), name="Bolt"))
    mine = [key() for _ in range(8)]
    pushed = [insert("item", each, name=f"B{place}") for place, each in enumerate(mine)]
    pushed[5] = insert("item", mine[5], name="Bolt")
    pushed.append(insert("line", key(), item_id=mine[5]))
    pushed.append(insert("line", key(), item_id=mine[4]))
    outcomes = bob.push(*pushed)
    assert codes(outcomes) == [(5, "unique"), (8, "reference")]
    assert outcomes[0].columns == ["name"] and "name" in outcomes[0].sentence
    assert len(items(shop)) == 8 and len(shop.sql("SELECT 1 FROM line")) == 1
    assert ("item", mine[5]) in shop.touched(bob) and len(shop.touched(bob)) == 2
    assert shop.sql("SELECT count(*) FROM hipflask.marks WHERE key = %s", mine[5]) == [(0,)]


def test_a_name_that_was_given_up(shop: Shop, ann: Device) -> None:
    """A unique value may go from row to row within a push, by a delete, a change or a chain of them."""
    one, two, three, four = (key() for _ in range(4))
    ann.push(*[insert("item", each, name=name) for each, name in zip((one, two, three), "abc", strict=True)])
    assert ann.push(insert("item", four, name="a"), delete("item", one)) == []
    assert (
        ann.push(update("item", four, name="b"), update("item", two, name="c"), delete("item", three)) == []
    )
    assert items(shop) == [("b", 0), ("c", 0)]


def test_unique_together(shop: Shop, ann: Device) -> None:
    """Values that have to be unique together are named together."""
    ann.push(insert("seat", key(), row=1, place=1))
    (outcome,) = ann.push(insert("seat", key(), row=1, place=1))
    assert outcome.code == "unique" and set(outcome.columns) == {"row", "place"}


def test_reference(shop: Shop, ann: Device) -> None:
    """A row refers to one that is there; a row that others refer to stays."""
    parent, child = key(), key()
    outcomes = ann.push(insert("node", child, parent_id=parent))
    assert codes(outcomes) == [(0, "reference")] and outcomes[0].columns == ["parent_id"]
    ann.push(insert("node", child, parent_id=parent), insert("node", parent, parent_id=None))
    outcomes = ann.push(delete("node", parent))
    assert codes(outcomes) == [(0, "reference")] and "refer" in outcomes[0].sentence
    assert len(shop.sql("SELECT 1 FROM node")) == 2


def test_a_circle_beside_a_conflict(shop: Shop, ann: Device) -> None:
    """Two rows that refer to each other are written together, though another of the push is refused."""
    ann.push(insert("item", key(), name="Bolt"))
    one, other = key(), key()
    outcomes = ann.push(
        insert("node", one, parent_id=other),
        insert("item", key(), name="Bolt"),
        insert("node", other, parent_id=one),
    )
    assert codes(outcomes) == [(1, "unique")]
    assert len(shop.sql("SELECT 1 FROM node")) == 2


def test_moved_before_its_parent_went(shop: Shop, ann: Device) -> None:
    """A row that was moved to another parent is not taken along by the old one, which is deleted in the same push."""
    old, new, line = key(), key(), key()
    ann.push(insert("item", old, name="a"), insert("item", new, name="b"), insert("line", line, item_id=old))
    assert ann.push(delete("item", old), update("line", line, item_id=new)) == []
    assert shop.sql("SELECT item_id::text FROM line") == [(new,)]


def test_cascade(shop: Shop, ann: Device, bob: Device) -> None:
    """What the database deletes along with a row is left to the sequencer to mark, as another program's writes are."""
    one, line = key(), key()
    ann.push(insert("item", one, name="Bolt"))
    bob.push(insert("line", line, item_id=one))
    assert ann.push(delete("item", one)) == []
    assert shop.sql("SELECT 1 FROM line") == []
    last = shop.sql(
        "SELECT keys[1], origin FROM hipflask.outbox WHERE kind = 'd' ORDER BY keys[1] = %s", line
    )
    assert last == [(one, ann.name), (line, "")]


def test_values(shop: Shop, ann: Device) -> None:
    """What a column does not take is refused with its name: wrong types, what one engine alone keeps, limits, and nothing at all."""
    wrong: list[tuple[str, Any]] = [
        ("price", "7"),
        ("price", True),
        ("price", 1.5),
        ("price", 2**63),
        ("price", None),
        ("name", b"Bolt"),
        ("name", "a\0b"),
        ("tags", "no json"),
        ("tags", '["\\u0000"]'),
        ("tags", "[1]"),
        ("tags", "[" * 10_000),
        ("grade", 6),
        ("grade", 0),
        ("nothing", 1),
    ]
    one = key()
    ann.push(insert("item", one, name="Bolt"))
    for column, value in wrong:
        (outcome,) = ann.push(update("item", one, **{column: value}))
        assert (outcome.place, outcome.code) == (0, "value"), (column, value)
        assert column in outcome.sentence
    assert ann.push(update("item", one, grade=5)) == []
    assert items(shop, "price, name, tags, grade") == [(0, "Bolt", [], 5)]


def test_a_sum_that_does_not_fit(shop: Shop, ann: Device) -> None:
    """What was added may be right, and the sum too large."""
    one = key()
    ann.push(insert("item", one, name="Bolt", stock=2**63 - 1))
    assert codes(ann.push(update("item", one, stock=1))) == [(0, "value")]
    assert items(shop, "stock") == [(2**63 - 1,)]


def test_a_row_that_lacks_something(shop: Shop, ann: Device) -> None:
    """A new row comes with what no default gives."""
    (outcome,) = ann.push(insert("item", key(), price=1))
    assert outcome.code == "value" and "Item.name has to have a value" in outcome.sentence


def test_keys_that_are_none(shop: Shop, ann: Device) -> None:
    """A key has the form of its table's keys."""
    for table, wrong in (
        ("item", "no uuid"),
        ("item", 7),
        ("item", [key()]),
        ("item", None),
        ("member", "one"),
        ("member", ["one"]),
        ("member", ["one", 2]),
        ("member", ["one", None]),
        ("word", "a\0b"),
        ("word", "x" * 100_000),
        ("nothing", key()),
        ("pg_class", key()),
        ("draft", key()),
    ):
        outcomes = ann.push(delete(table, wrong), insert(table, wrong, value=1))
        assert (1, "value") in codes(outcomes), (table, wrong)
        assert all(code == "value" for _, code in codes(outcomes))


def test_an_update_of_nothing_but_a_key(shop: Shop, ann: Device) -> None:
    """It says nothing, and what came with it is taken."""
    ann.push(insert("word", "tea", value=1))
    assert codes(ann.push(update("word", "tea", text="tea"), insert("word", "milk", value=2))) == [
        (0, "value")
    ]
    assert shop.sql("SELECT text, value FROM word ORDER BY text") == [("milk", 2), ("tea", 1)]


def test_a_row_twice(shop: Shop, ann: Device) -> None:
    """A push says of each row once what became of it."""
    one = key()
    outcomes = ann.push(insert("item", one, name="Bolt"), update("item", one.upper(), price=3))
    assert codes(outcomes) == [(1, "value")]
    assert items(shop) == [("Bolt", 0)] and shop.touched(ann) == [("item", one)]


def test_a_trigger_of_the_database(shop: Shop, ann: Device) -> None:
    """What a trigger of the company's own raises is the reason, and a row that one suppresses is not taken for written."""
    shop.sql(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.price = 1 THEN RAISE EXCEPTION 'Prices end in nine.'; END IF; "
        "IF NEW.price = 2 THEN RETURN NULL; END IF; RETURN NEW; END $$"
    )
    shop.sql("CREATE TRIGGER no BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION no()")
    shop.sql("ALTER TABLE item ADD CONSTRAINT small CHECK (price < 1000)")
    outcomes = ann.push(
        *[insert("item", key(), name=f"Bolt {price}", price=price) for price in (1, 2, 3, 1000)]
    )
    assert [(place, code) for place, code in codes(outcomes)] == [(0, "rule"), (1, "deleted"), (3, "check")]
    assert outcomes[0].sentence == "Prices end in nine." and "small" in outcomes[2].sentence
    assert items(shop) == [("Bolt 3", 3)]
    shop.sql("DROP TRIGGER no ON item")
    shop.sql("ALTER TABLE item DROP CONSTRAINT small")


# ── rules and scopes ──────────────────────────────────────────────────────────────────────────────


def test_rules(shop: Shop, ann: Device, bob: Device, caplog: pytest.LogCaptureFixture) -> None:
    """A rule sees the row as it was and as it would be; a mistake in one refuses the change, and is told to the log alone."""
    assert codes(ann.push(insert("word", "a", value=13))) == [(0, "rule")]
    assert ann.push(insert("word", "b", value=7)) == []
    assert codes(bob.push(update("word", "b", value=8), insert("word", "c", value=1))) == [(0, "rule")]
    assert codes(bob.push(delete("word", "b"))) == [(0, "rule")]
    assert ann.push(update("word", "b", value=8)) == []
    (outcome,) = ann.push(insert("word", "d", value=500))
    assert outcome.code == "server" and "secret" not in outcome.sentence
    assert "a mistake in the rule" in caplog.text
    assert shop.sql("SELECT text, value FROM word ORDER BY text") == [("b", 8), ("c", 1)]


def test_validators(shop: Shop, ann: Device) -> None:
    """A model's own validators run at the hub as well."""
    shop.sql("INSERT INTO member VALUES ('red', 'ann')")
    one = key()
    outcomes = ann.push(insert("task", one, team="red", title="swearing"))
    assert codes(outcomes) == [(0, "rule")] and outcomes[0].sentence == "Mind your words."
    assert ann.push(insert("task", one, team="red", title="tidy")) == []
    assert codes(ann.push(update("task", one, title="more swearing"))) == [(0, "rule")]


def test_scopes(shop: Shop, ann: Device, bob: Device) -> None:
    """Rows of others cannot be made, changed, taken, given away or deleted; and nothing is said about what is in them."""
    shop.sql("INSERT INTO member VALUES ('red', 'ann'), ('blue', 'bob')")
    red, blue, note = key(), key(), key()
    assert ann.push(insert("task", red, team="red", title="hidden")) == []
    assert bob.push(insert("task", blue, team="blue")) == []
    refused = {
        "made": insert("task", key(), team="red"),
        "changed": update("task", red, title="mine"),
        "changed to the same": update("task", red, title="hidden"),
        "changed long ago": update("task", red, ago=HOUR, title="mine"),
        "taken": update("task", red, team="blue"),
        "made once more": insert("task", red, team="blue", title="mine"),
        "given away": update("task", blue, team="red"),
        "deleted": delete("task", red),
        "deleted long ago": delete("task", red, ago=HOUR),
        "beneath": insert("note", note, task_id=red),
        "wrong at that": update("task", red, title=7),
    }
    for word, change in refused.items():
        (outcome,) = bob.push(change)
        assert outcome.code in ("scope", "value" if word == "wrong at that" else ""), word
        assert "hidden" not in outcome.sentence and "red" not in outcome.sentence, word
    assert shop.sql("SELECT team, title FROM task ORDER BY team") == [("blue", ""), ("red", "hidden")]
    assert bob.push(insert("note", note, task_id=blue)) == []
    assert codes(bob.push(update("note", note, task_id=red), update("task", blue, title="new"))) == [
        (0, "scope")
    ]
    assert shop.sql("SELECT title FROM task WHERE team = 'blue'") == [("new",)]


def test_a_grant_of_the_same_push(shop: Shop, ann: Device) -> None:
    """Nobody lets himself in: what a user may have is what it was before his push."""
    one = key()
    outcomes = ann.push(
        insert("member", ["red", "ann"], team_id="red", user="ann"), insert("task", one, team="red")
    )
    assert codes(outcomes) == [(1, "scope")]


# ── again, and from others ────────────────────────────────────────────────────────────────────────


def test_said_again(shop: Shop, ann: Device, bob: Device) -> None:
    """A push that is said again is not applied again, and its answer is the same, also when much has happened since."""
    one = key()
    ann.push(insert("item", one, name="Bolt", stock=10))
    outcomes = ann.push(update("item", one, stock=5), insert("item", key(), name="Bolt"))
    bob.push(update("item", one, stock=1))
    assert ann.again() == Ack(2, outcomes) == ann.again()
    assert codes(outcomes) == [(1, "unique")]
    assert items(shop, "stock") == [(16,)]
    assert shop.sql("SELECT count(*) FROM hipflask.outbox WHERE kind = 's' AND origin = %s", ann.name) == [
        (2,)
    ]


def test_an_older_one(shop: Shop, ann: Device) -> None:
    """A push from before the newest one does nothing."""
    ann.push(insert("item", key(), name="Bolt"))
    first = ann.sent
    ann.push(insert("item", key(), name="Nut"))
    assert shop.pushes.push(ann.visitor, first) == Ack(1, [])
    assert len(items(shop)) == 2


def test_a_gap_in_numbers(shop: Shop, ann: Device) -> None:
    """After a hub was restored, numbers go on where the device is."""
    ann.number = 41
    assert ann.push(insert("item", key(), name="Bolt")) == []
    assert shop.sql("SELECT applied FROM hipflask.replica") == [(42,)]


def test_another_push_of_the_same_number(shop: Shop, ann: Device) -> None:
    """Two copies of a file number alike: the second push is not swallowed as the first one said again, and its ticket ends."""
    ann.push(insert("item", key(), name="Bolt"))
    other = Push(1, 0, 1, pack(Changes(NOW, [insert("item", key(), name="Nut")])))
    assert isinstance(shop.pushes.push(ann.visitor, [other]), Refused)
    assert shop.sql("SELECT tickets FROM hipflask.replica") == [([],)]
    assert isinstance(shop.pushes.push(ann.visitor, [other]), Refused)
    assert len(items(shop)) == 1


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_numbers_that_are_none(shop: Shop, ann: Device, number: int) -> None:
    """A push has a number from 1 on, that the database can keep."""
    answer = shop.pushes.push(ann.visitor, [Push(number, 0, 1, pack(Changes(NOW, [])))])
    assert isinstance(answer, Refused) and answer.code == "message"


def test_bodies_that_are_none(shop: Shop, ann: Device) -> None:
    """What cannot be unpacked is refused, and so is half of a push."""
    body = pack(Changes(NOW, [insert("item", key(), name="Bolt")]))
    for wrong in (b"", b"noise", body[:-4], body[4:]):
        answer = shop.pushes.push(ann.visitor, [Push(1, 0, 1, wrong)])
        assert isinstance(answer, Refused) and answer.code == "message"
    assert shop.sql("SELECT applied FROM hipflask.replica") == [(0,)]


def test_in_parts(shop: Shop, ann: Device) -> None:
    """A push in several parts is one."""
    body = pack(Changes(NOW, [insert("item", key(), name="Bolt")]))
    parts = [Push(1, place, 3, piece) for place, piece in enumerate((body[:5], body[5:9], body[9:]))]
    assert shop.pushes.push(ann.visitor, parts) == Ack(1, [])
    assert items(shop) == [("Bolt", 0)]


def test_from_another_user(shop: Shop, ann: Device, bob: Device) -> None:
    """Nobody pushes as a device of somebody else, whatever he knows about it."""
    visitor = Visitor("bob", ann.name, ann.visitor.ticket)
    push = Push(1, 0, 1, pack(Changes(NOW, [insert("item", key(), name="Bolt")])))
    assert isinstance(shop.pushes.push(visitor, [push]), Refused)
    assert isinstance(shop.pushes.push(Visitor("ann", "nobody", ""), [push]), Refused)
    assert isinstance(shop.pushes.push(Visitor("ann", ann.name, bob.visitor.ticket), [push]), Refused)
    assert items(shop) == []


# ── lies ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lie", ["clock", "now", "seen", "all"])
def test_lies_about_time(shop: Shop, ann: Device, bob: Device, lie: str) -> None:
    """Whatever a device says about its clock or what it has seen, what others write after it wins over it."""
    one, far = key(), 2**62
    ann.push(insert("item", one, ago=HOUR, name="Bolt", fixed=1))
    clock = far if lie in ("clock", "all") else NOW
    now = -far if lie in ("now", "all") else NOW
    change = Change("item", one, "update", ["price"], [666], [clock], far if lie in ("seen", "all") else 0)
    bob.push(change, now=now)
    ((stamp, present),) = shop.sql(
        "SELECT (m.columns -> 'price' ->> 0)::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint "
        "FROM hipflask.marks m"
    )
    assert stamp <= present
    shop.sql("SELECT pg_sleep(0.002)")
    assert ann.push(update("item", one, price=5)) == []
    assert items(shop) == [("Bolt", 5)]


def test_a_lie_about_having_seen_it(shop: Shop, ann: Device, bob: Device) -> None:
    """Who says to have seen what no checkpoint can have shown him yet does not win over what the server has."""
    one = key()
    ann.push(insert("item", one, name="Bolt", fixed=1))
    (outcome,) = bob.push(update("item", one, seen=2**62, fixed=2))
    assert outcome.columns == ["fixed"]
    assert items(shop, "fixed") == [(1,)]


def test_numbers_beyond_all_bounds(shop: Shop, ann: Device) -> None:
    """Clocks of more bits than any database has are clocks that are wrong, no more."""
    for number in (2**64 - 1, -(2**63)):
        one = key()
        ann.push(Change("item", one, "insert", ["name"], [one], [number], number), now=number)
        assert ann.push(Change("item", one, "delete", [], [], [number], number), now=number) == []
    assert items(shop) == []


def test_a_device_goes_on_from_its_own_word(shop: Shop, ann: Device) -> None:
    """A clock that was set back does not make a device lose against what it pushed itself."""
    one = key()
    ann.push(insert("item", one, name="Bolt", price=1))
    assert ann.push(update("item", one, ago=2 * HOUR, price=2)) == []
    assert items(shop) == [("Bolt", 2)]


SQL = [
    "'; DROP TABLE item; --",
    '"; DROP TABLE item; --',
    "%s",
    "%(a)s",
    "$1",
    "{0}",
    "\\",
    "a' OR 'a'='a",
    "\u2028",
]


def test_sql_in_every_string(shop: Shop, ann: Device) -> None:
    """Texts are texts: in values, keys, names of tables and columns, and the name of a device."""
    for text in SQL:
        one = key()
        assert (
            ann.push(
                insert("item", one, name=text, street=text, tags=msgspec.json.encode([text]).decode()),
                insert("word", text, value=1),
                insert("member", [text, text], team_id=text, user=text),
            )
            == []
        )
        assert ann.push(update("item", one, town=text), update("word", text, value=2)) == []
        assert shop.sql("SELECT street, town, tags FROM item WHERE id = %s", uuid.UUID(one)) == [
            (text, text, [text])
        ]
        assert codes(ann.push(delete(text, text), update("item", one, **{text: 1}))) == [
            (0, "value"),
            (1, "value"),
        ]
        assert ann.push(delete("word", text), delete("member", [text, text])) == []
        push = Push(1, 0, 1, pack(Changes(NOW, [])))
        assert isinstance(shop.pushes.push(Visitor(text, text, text), [push]), Refused)
        shop.device(text)
    assert len(items(shop)) == len(SQL) and shop.sql("SELECT 1 FROM word") == []


def test_other_programs_marks() -> None:
    """What somebody did in the database itself is later than what was there, in whatever order it is read."""
    known = Marks(born=(5, "ann"), columns={"price": (90, "ann")})
    changed, deleted, made = Entry("u", ["price"], 7), Entry("d", (), 7), Entry("i", (), 7)
    assert after(known, changed, True).of("price") == (91, "")
    assert after(known, deleted, True) == Marks(gone=(91, ""))
    for some in permutations([deleted, made, changed]):
        assert in_order(some, True) == [deleted, made, changed]
    for some in permutations([made, changed, deleted]):
        assert in_order(some, False) == [made, changed, deleted]
    # A row that no replica ever wrote has no marks, and gets some when it is changed.
    assert after(Marks(), made, False) == Marks() == after(Marks(), deleted, False)
    assert after(Marks(), changed, False).of("price") == (7, "")
