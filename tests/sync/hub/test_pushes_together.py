"""Pushes of many devices at once, and a database that is not always there: what it comes to is what merging says, once."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pushers import Device, Shop, delete, emptied, insert, key, update
from shops import RULES, db

from hipflask.core.errors import HubGone, HubReadOnly, MissingPart
from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub import pushes as pushes_module
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.pushes import Pushes
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.merge import Marks, merge
from hipflask.sync.messages import Ack, Change, Changes, Push, Refused, pack
from hipflask.sync.rules import rules_of

LONG = bool(os.environ.get("HIPFLASK_LONG"))
MINUTE = 60_000
COLUMNS = ("price", "stock", "best", "street", "town")
TABLES = {table.name: table for table in shared_tables(db.metadata)}
ROWS = [key() for _ in range(3)]

cells = st.integers(0, 9)
values = st.one_of(
    st.fixed_dictionaries({}, optional={"price": cells, "stock": cells, "best": cells}).filter(bool),
    st.fixed_dictionaries({"street": cells.map(str), "town": cells.map(str)}),
)
deeds = st.tuples(st.integers(0, 2), st.sampled_from(ROWS), st.none() | values | values | values)


def now() -> int:
    return time.time_ns() // 1_000_000


def change_at(moment: int, row: str, cells: dict[str, Any] | None) -> Change:
    """What somebody did to a row at a moment; nothing at all: he deleted it."""
    if cells is None:
        return Change("item", row, "delete", [], [], [moment], 0)
    return Change("item", row, "update", list(cells), list(cells.values()), [moment] * len(cells), 0)


def oracle(said: Sequence[tuple[str, Change]]) -> dict[str, Any]:
    """The same changes merged in plain dicts, as they were made one after the other."""
    rules = rules_of(TABLES["item"])
    rows: dict[str, Any] = {
        row: {"price": 0, "stock": 0, "best": 0, "street": "", "town": ""} for row in ROWS
    }
    marks: dict[str, Marks] = {}
    for name, change in said:
        stamps = [(clock, name) for clock in change.clocks]
        merged = merge(change, stamps, rows[change.key], marks.get(change.key, Marks()), rules)
        marks[change.key] = merged.marks
        if merged.kind == "delete":
            rows[change.key] = None
        elif merged.kind == "update":
            rows[change.key] = {**rows[change.key], **merged.values}
    return {row: values for row, values in rows.items() if values is not None}


def there(shop: Shop) -> dict[str, Any]:
    """The rows of the hub."""
    rows = shop.sql(f"SELECT id::text, {', '.join(COLUMNS)} FROM item")
    return {row: dict(zip(COLUMNS, values, strict=True)) for row, *values in rows}


def begun(shop: Shop) -> None:
    """Rows that everybody has."""
    shop.device().push(
        *[insert("item", row, ago=600 * MINUTE, name=f"Item {place}") for place, row in enumerate(ROWS)]
    )
    shop.sql("UPDATE hipflask.marks SET born = 0")


@settings(
    max_examples=200 if LONG else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), deeds=st.lists(deeds, min_size=1, max_size=10))
def test_any_order_comes_to_the_same(
    full_shop: Shop, data: st.DataObject, deeds: list[tuple[int, str, dict[str, Any] | None]]
) -> None:
    """Whoever comes first, and whatever is said twice: the hub's rows are those of merging in plain dicts."""
    shop = emptied(full_shop)
    begun(shop)
    devices = [shop.device(user) for user in ("ann", "bob", "cy")]
    start = now() - 300 * MINUTE
    said = [
        (devices[by].name, change_at(start + place * MINUTE, row, cells))
        for place, (by, row, cells) in enumerate(deeds)
    ]
    for by in data.draw(st.permutations([by for by, _, _ in deeds])):
        device = devices[by]
        mine = [change for name, change in said if name == device.name]
        if device.number < len(mine):  # its next one: a device tells in the order in which it wrote
            device.push(mine[device.number], now=now())
        if device.sent and data.draw(st.booleans()):
            assert isinstance(device.again(), Ack)
    assert there(shop) == oracle(said)


def at_once(devices: Sequence[Device], push: Callable[[Device], object]) -> list[Any]:
    """What every device does at the same time."""
    start = threading.Barrier(len(devices))

    def begin(device: Device) -> object:
        start.wait()
        return push(device)

    with ThreadPoolExecutor(len(devices)) as pool:
        return list(pool.map(begin, devices))


def test_many_at_once(shop: Shop) -> None:
    """Devices that push changes of the same rows at the same moment neither lose one nor count one twice, nor wait forever."""
    begun(shop)
    devices = [shop.device(f"user {place}") for place in range(6)]

    def push(device: Device) -> None:
        chance = random.Random(device.visitor.user)
        for place in range(8):
            rows = chance.sample(ROWS, len(ROWS))
            device.push(
                *[update("item", row, stock=1, best=chance.randrange(1000)) for row in rows], now=now()
            )
            if place % 3 == 0:
                device.again()

    at_once(devices, push)
    assert {row["stock"] for row in there(shop).values()} == {48}


def test_the_same_row_made_at_once(shop: Shop) -> None:
    """Several devices make rows of the same keys at the same moment: it is one row each, of the latest, and nobody is refused."""
    devices = [shop.device(f"user {place}") for place in range(6)]
    words = [f"word {place}" for place in range(20)]

    def push(device: Device) -> Any:
        chance = random.Random(device.visitor.user)
        place = devices.index(device)
        mine = chance.sample(words, len(words))
        return device.push(
            *[insert("word", word, ago=(place + 1) * MINUTE, value=place) for word in mine], now=now()
        )

    for outcomes in at_once(devices, push):
        assert {each.code for each in outcomes} <= {"merged"}
    assert set(shop.sql("SELECT value, count(*) FROM word GROUP BY value")) == {(0, 20)}


def test_a_row_that_was_made_a_moment_before(shop: Shop, ann: Device) -> None:
    """Somebody else makes the row between our look and our writing: it is merged with, as if it had been there."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(shop.database.url) as psql:
        psql.execute("INSERT INTO word VALUES ('same', 1)")
        pushed = pool.submit(ann.push, insert("word", "same", value=2), now=now())
        while not pushed.done() and shop.sql(waiting) == [(0,)]:
            time.sleep(0.01)
        psql.commit()
        assert pushed.result() == []
    assert shop.sql("SELECT value FROM word") == [(2,)]


def test_the_same_rows_deleted_at_once(shop: Shop) -> None:
    """Several devices delete rows that are not there any more, so that nothing but their marks is left to be written."""
    devices = [shop.device(f"user {place}") for place in range(6)]
    rows = [key() for _ in range(50)]
    told = at_once(devices, lambda device: device.push(*[delete("item", row) for row in rows], now=now()))
    assert told == [[]] * 6
    assert shop.sql("SELECT count(*) FROM hipflask.marks WHERE gone IS NOT NULL") == [(50,)]


def test_a_key_that_nobody_can_see(shop: Shop, ann: Device) -> None:
    """A row in the way that the hub is not shown holds nothing up: the change is refused in the end."""
    shop.sql("INSERT INTO word VALUES ('hidden', 1)")
    shop.sql("CREATE ROLE hub NOLOGIN")
    try:
        shop.sql("GRANT ALL ON ALL TABLES IN SCHEMA public, hipflask TO hub")
        shop.sql("GRANT USAGE ON SCHEMA hipflask TO hub")
        shop.sql("CREATE POLICY most ON word USING (text <> 'hidden') WITH CHECK (TRUE)")
        shop.sql("ALTER TABLE word ENABLE ROW LEVEL SECURITY")
        with Database(f"{shop.database.url}&options=-c%20role%3Dhub") as database:
            pushes = Pushes(database, shop.tables, Grants(db.scopes.values()), RULES)
            changes = [insert("word", "hidden", value=2), insert("word", "plain", value=3)]
            push = Push(1, 0, 1, pack(Changes(now(), changes)))
            answer = pushes.push(ann.visitor, [push])
    finally:
        shop.sql("ALTER TABLE word DISABLE ROW LEVEL SECURITY")
        shop.sql("DROP POLICY most ON word")
        shop.sql("DROP OWNED BY hub")
        shop.sql("DROP ROLE hub")
    assert isinstance(answer, Ack) and [each.code for each in answer.outcomes] == ["unique"]
    assert shop.sql("SELECT * FROM word ORDER BY 1") == [("hidden", 1), ("plain", 3)]


def test_parents_and_children_at_once(shop: Shop) -> None:
    """Somebody deletes a row while others hang rows beneath it: either all are there, or none is, and whoever lost is told."""
    devices = [shop.device(f"user {place}") for place in range(4)]
    parents = [key() for _ in range(10)]
    devices[0].push(*[insert("item", each, name=each) for each in parents], now=now())

    def push(device: Device) -> Any:
        if device is devices[0]:
            return [device.push(delete("item", each), now=now()) for each in parents]
        return [device.push(insert("line", key(), item_id=each), now=now()) for each in reversed(parents)]

    told = at_once(devices, push)
    refused = [each for answers in told[1:] for outcomes in answers for each in outcomes]
    assert {each.code for each in refused} <= {"reference"}
    assert shop.sql("SELECT count(*) FROM item") == [(0,)] == shop.sql("SELECT count(*) FROM line")
    deleted = shop.sql(
        "SELECT sum(rows) FROM hipflask.outbox WHERE kind = 'd' AND \"table\" = %s", shop.number("line")
    )
    assert deleted == [(30 - len(refused),)]


def test_other_programs_at_once(shop: Shop) -> None:
    """Other programs write the same rows in an order of their own: deadlocks are ended and done again, by whichever side."""
    begun(shop)
    devices = [shop.device(f"user {place}") for place in range(3)]
    stop = threading.Event()

    def write() -> int:
        count = 0
        chance = random.Random(1)
        with psycopg.connect(shop.database.url) as connection:
            while not stop.is_set():
                try:
                    with connection.transaction():
                        for row in chance.sample(ROWS, len(ROWS)):
                            connection.execute(
                                "UPDATE item SET stock = stock + 100 WHERE id = %s::uuid", (row,)
                            )
                    count += 1
                except psycopg.errors.DeadlockDetected:
                    pass
        return count

    def push(device: Device) -> None:
        for _ in range(5):
            device.push(*[update("item", row, stock=1) for row in ROWS], now=now())

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            at_once(devices, push)
        finally:
            stop.set()
        count = writing.result()
    assert count > 0
    assert {row["stock"] for row in there(shop).values()} == {15 + 100 * count}


# ── a database that is not always there ───────────────────────────────────────────────────────────


def test_a_database_that_goes(shop: Shop, ann: Device) -> None:
    """The connection breaks in the middle of a push: nothing of it is there, and said again it is applied once."""
    shop.sql(
        "CREATE FUNCTION go() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_terminate_backend(pg_backend_pid()) FROM item WHERE price = 1; RETURN NEW; END $$"
    )
    shop.sql("CREATE TRIGGER go AFTER INSERT ON line FOR EACH STATEMENT EXECUTE FUNCTION go()")
    try:
        one = key()
        with pytest.raises(HubGone):
            ann.push(insert("item", one, name="Bolt", price=1), insert("line", key(), item_id=one))
        assert there(shop) == {}
        assert shop.sql("SELECT applied FROM hipflask.replica") == [(0,)]
    finally:
        shop.sql("DROP TRIGGER go ON line")
        shop.sql("DROP FUNCTION go")
    assert ann.again() == Ack(1, []) == ann.again()
    assert there(shop)[one]["price"] == 1


def test_a_database_that_may_not_be_written(shop: Shop, ann: Device) -> None:
    """A standby, or one that an administrator has closed: the push is not refused, but comes again later."""
    (name,) = shop.sql("SELECT current_database()")[0]
    push = Push(1, 0, 1, pack(Changes(now(), [insert("item", key(), name="Bolt")])))
    with shop.database.alone() as admin:  # so that no connection of the shop's pool begins meanwhile
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        try:
            with Database(shop.database.url) as closed:
                pushes = Pushes(closed, shop.tables, Grants(db.scopes.values()), RULES)
                with pytest.raises(HubReadOnly, match="may not be written"):
                    pushes.push(ann.visitor, [push])
        finally:
            admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert there(shop) == {}
    assert shop.pushes.push(ann.visitor, [push]) == Ack(1, [])


def test_a_row_that_somebody_holds(shop: Shop, ann: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    """A psql that was left open in a transaction does not hold a thread of the hub: the device comes again later."""
    monkeypatch.setattr(pushes_module, "LOCK_MS", 100)
    one = key()
    ann.push(insert("item", one, name="Bolt"))
    with psycopg.connect(shop.database.url) as psql:
        psql.execute("UPDATE item SET price = 5")
        change = update("item", one, price=6, ago=0)
        push = Push(2, 0, 1, pack(Changes(now(), [change])))
        answer = shop.pushes.push(ann.visitor, [push])
        assert isinstance(answer, Refused) and answer.code == "busy"
    assert isinstance(shop.pushes.push(ann.visitor, [push]), Ack)


def test_what_is_not_installed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub for collaborative texts without pycrdt does not start, instead of refusing everybody's edits."""
    monkeypatch.setitem(sys.modules, "pycrdt", None)
    with pytest.raises(MissingPart, match="hipflask\\[text\\]"):
        Pushes(shop.database, shop.tables, Grants(db.scopes.values()), RULES)


def test_a_foreign_statement_that_waits_is_shared_out(shop: Shop) -> None:
    """Many push rows that one statement of somebody else has written: each finds its own in what waits, whoever divides it first."""
    devices = [shop.device(user) for user in ("ann", "bob", "cy", "dan", "eve", "fay")]
    for _ in range(5):
        rows = [key() for _ in range(24)]
        devices[0].push(*(insert("item", each, ago=60 * MINUTE, name=each, price=1) for each in rows))
        shop.sql("TRUNCATE hipflask.outbox")
        shop.sql("UPDATE item SET price = 99 WHERE price = 1")

        def push(device: Device, rows: Sequence[str] = rows) -> Any:
            own = rows[devices.index(device) :: len(devices)]
            return [device.push(update("item", each, ago=30 * MINUTE, price=2)) for each in own]

        told = [outcome for answers in at_once(devices, push) for (outcome,) in answers]
        assert len(told) == len(rows) and all(each.columns == ["price"] for each in told)
        assert shop.sql("SELECT count(*) FROM hipflask.outbox WHERE origin = ''") == [(0,)]
        taken = shop.sql("SELECT key FROM hipflask.outbox, unnest(keys) AS key WHERE kind = 'u'")
        assert sorted(each for (each,) in taken) == sorted(rows)
