"""Tables out of a store and into it: exactly, and with each line that does not fit told by its number."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Optional

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kinds import KINDS
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store
from hipflask.core.errors import LinesRefused, StoreReadOnly, UsageError, ValueRefused
from hipflask.store.transfer.lines import split
from hipflask.store.transfer.texts import BadLine, Misfit, Quoted
from hipflask.store.types.kinds import Digits

Money = Annotated[Decimal, Digits(12, 2)]


class Shop:
    """A store with a table of items, and one with a column of each kind."""

    def __init__(self, folder: Path) -> None:
        app = Hipflask("shop", root_path=str(folder))
        app.config["STORE"] = folder / "shop.sqlite"
        self.folder = folder
        self.db = db = Store(app)

        class Item(db.Model):
            name: Mapped[str] = mapped_column(unique=True)
            price: Mapped[Money]
            note: Mapped[str | None] = None
            count: Mapped[int] = 0

        class Part(db.Model):
            id: Mapped[int] = mapped_column(primary_key=True)
            item_id: Mapped[Any] = mapped_column(sa.Uuid, sa.ForeignKey("item.id"))

        columns = {name: Mapped[Optional[hint]] for name, (hint, _, _) in KINDS.items()}  # noqa: UP045
        space = {"__annotations__": {"id": Mapped[int], **columns}, "__module__": __name__}
        self.Thing = type("Thing", (db.Model,), {**space, "id": mapped_column(primary_key=True)})
        self.Item, self.Part = Item, Part

    def file(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def items(self) -> list[tuple[Any, ...]]:
        return [(item.name, item.price, item.note, item.count) for item in self.db.all(self.Item)]

    def refused(self, text: str | bytes, name: str = "items.csv") -> list[BadLine]:
        """The lines of a file that do not fit; and nothing was written."""
        before = self.db.count(self.Item)
        with pytest.raises(LinesRefused) as caught:
            self.db.load(self.Item, self.file(name, text))
        assert self.db.count(self.Item) == before
        return list(caught.value.bad)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.db.close()


# ── there and back ────────────────────────────────────────────────────────────────────────────────


def _kept(shop: Shop, name: str, value: Any) -> Any:
    try:
        return shop.Thing.__table__.c[name].type.check(value)  # type: ignore[attr-defined]
    except ValueRefused:
        return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.fixed_dictionaries({name: kind[1] for name, kind in KINDS.items()}), min_size=1, max_size=4)
)
def test_every_value_of_every_type_comes_back_as_it_was(shop: Shop, tried: list[dict[str, Any]]) -> None:
    db, Thing = shop.db, shop.Thing
    rows = [
        {"id": number, **{name: _kept(shop, name, value) for name, value in row.items()}}
        for number, row in enumerate(tried)
    ]
    for ending in ("csv", "jsonl"):
        _empty(shop, Thing)
        db.write(Thing, rows)
        before = _raw(shop)
        assert db.export(Thing, shop.folder / f"things.{ending}") == len(rows)
        _empty(shop, Thing)
        loaded = db.load(Thing, shop.folder / f"things.{ending}")
        assert (loaded.rows, loaded.bad) == (len(rows), [])
        assert _raw(shop) == before


def _empty(shop: Shop, model: Any) -> None:
    with shop.db.transaction() as session:
        session.execute(sa.delete(model))


def _raw(shop: Shop) -> list[tuple[Any, ...]]:
    """What is in the file, with the types that SQLite keeps, as repr tells apart."""
    with closing(sqlite3.connect(shop.db.file)) as connection:
        return [tuple(map(repr, row)) for row in connection.execute("SELECT * FROM thing ORDER BY id")]


def test_no_value_and_an_empty_text_are_told_apart(shop: Shop) -> None:
    shop.db.write(
        shop.Item, [{"name": "Tea", "price": 1, "note": None}, {"name": "Oil", "price": 2, "note": ""}]
    )
    shop.db.export(shop.db.select(shop.Item.note), shop.folder / "notes.csv")
    assert (shop.folder / "notes.csv").read_text() == 'note\n\n""\n'


def test_a_query_is_exported_with_the_names_of_its_columns(shop: Shop) -> None:
    shop.db.write(shop.Item, [{"name": name, "price": 2, "count": 3} for name in ("Tea", "Oil")])
    total = (shop.Item.price * shop.Item.count).label("total")
    query = shop.db.select(shop.Item.name, total).order_by(shop.Item.name)
    seen: list[tuple[int, int]] = []
    assert shop.db.export(query, shop.folder / "out.csv", lambda *step: seen.append(step)) == 2
    assert (shop.folder / "out.csv").read_text() == "name,total\nOil,6.00\nTea,6.00\n"
    assert seen == [(2, 2)]


def test_columns_to_export_need_names_of_their_own(shop: Shop) -> None:
    with pytest.raises(UsageError, match=r"name, id, name, price, note, count: each needs a name of its own"):
        shop.db.export(shop.db.select(shop.Item.name, shop.Item), shop.folder / "out.csv")


def test_a_file_that_cannot_be_finished_leaves_the_old_one(shop: Shop) -> None:
    shop.db.write(shop.Item, [{"name": f"Item {number}", "price": 1} for number in range(2500)])
    out = shop.file("out.csv", "what was there before")

    def stop(done: int, total: int) -> None:
        assert (done, total) == (1000, 2500)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        shop.db.export(shop.Item, out, stop)
    assert out.read_text() == "what was there before"
    assert {path.suffix for path in shop.folder.iterdir()} <= {
        ".csv",
        ".sqlite",
        ".sqlite-wal",
        ".sqlite-shm",
        ".sqlite-keeper",
    }
    with pytest.raises(StoreReadOnly, match=r"nowhere.out\.csv cannot be opened or made"):
        shop.db.export(shop.Item, shop.folder / "nowhere" / "out.csv")


# ── what others write ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "name;price;count\nTea;1,50;3\nOil;2.5;4\n",
        "\ufeffname,price,count\r\nTea,1.50,3\r\nOil,2.5,4\r\n",
        "sep=;\r\nname;price;count\r\nTea;1,5;3\r\n\r\nOil;2,50;4\r\n",
        'name\tprice\tcount\n"Tea"\t"1.50"\t"3"\nOil\t2,50\t4',
        b"\xff\xfe" + "name\tprice\tcount\r\nTea\t1,50\t3\r\nOil\t2,5\t4\r\n".encode("utf-16-le"),
        " name , price , count \nTea, 1.50 ,3\nOil,2.5, 4\n",
    ],
)
def test_what_spreadsheets_write_is_read(shop: Shop, text: str | bytes) -> None:
    shop.db.load(shop.Item, shop.file("items.csv", text))
    assert shop.items() == [("Tea", Decimal("1.50"), None, 3), ("Oil", Decimal("2.50"), None, 4)]


def test_an_empty_cell_stands_for_what_its_column_begins_with(shop: Shop) -> None:
    (shop.folder / "items.csv").write_text("name,price,count,note\nTea,1.50,,\n")
    assert shop.db.load(shop.Item, shop.folder / "items.csv").rows == 1
    assert shop.items() == [("Tea", Decimal("1.50"), None, 0)]


def test_another_encoding_is_named(shop: Shop) -> None:
    file = shop.file("items.csv", "name,price\nKäse,1\n".encode("cp1252"))
    shop.db.load(shop.Item, file, encoding="cp1252")
    assert shop.items() == [("Käse", Decimal("1.00"), None, 0)]


def test_text_of_another_encoding_is_told_with_its_line(shop: Shop) -> None:
    (bad,) = shop.refused("name,price\nTea,1\nKäse,2\n".encode("cp1252"))
    assert (bad.line, bad.expected) == (3, "UTF-8 text (spreadsheets call it “CSV UTF-8”)")


def test_json_numbers_are_decimals_where_they_are_to_be(shop: Shop) -> None:
    text = '{"name": "Tea", "price": 9999999999.99}\n\n{"price": "0.10", "name": "Oil"}\n'
    shop.db.load(shop.Item, shop.file("items.jsonl", text))
    assert [item[:2] for item in shop.items()] == [
        ("Tea", Decimal("9999999999.99")),
        ("Oil", Decimal("0.10")),
    ]


def test_rows_that_are_there_are_changed_by_their_key(shop: Shop) -> None:
    tea = shop.Item.create(name="Tea", price=Decimal(1), count=5)
    shop.db.load(shop.Item, shop.file("items.csv", f"id,name,price\n{tea.id},Tea,2\n"))
    assert shop.items() == [("Tea", Decimal("2.00"), None, 5)]


# ── what does not fit ─────────────────────────────────────────────────────────────────────────────


def test_each_value_that_does_not_fit_is_told_with_line_column_and_what_was_expected(shop: Shop) -> None:
    bad = shop.refused(
        'name,price,count\nTea,1,1\n"two\nlines",x,1.5\nOil,"1,5",\nSalt,0.005,１２\nA,1\nB,1,2,3\n"C"x,1,1\nD,1_0,1\n"E,1,1\n'
    )
    assert [(each.line, each.column, each.value) for each in bad] == [
        (3, "price", "x"),
        (3, "count", "1.5"),
        (5, "price", "1,5"),
        (6, "price", "0.005"),
        (6, "count", "１２"),
        (7, "", "A,1"),
        (8, "", "B,1,2,3"),
        (9, "", '"C"x,1,1'),
        (10, "price", "1_0"),
        (11, "", '"E,1,1\n'),
    ]
    (empty,) = shop.refused("name,price\nTea,\n")
    assert (
        str(empty)
        == "line 2, price: expected a decimal number of at most 12 digits, 2 of them after the point such as 12.50, got '': it has to have a value"
    )
    money = "a decimal number of at most 12 digits, 2 of them after the point such as 12.50"
    assert str(bad[0]) == f"line 3, price: expected {money}, got 'x'"
    assert str(bad[3]) == f"line 6, price: expected {money}, got '0.005': it would be rounded"
    assert str(bad[5]) == "line 7: expected 3 fields, got 'A,1': there are 2"


def test_each_json_line_that_does_not_fit_is_told(shop: Shop) -> None:
    lines = [
        '{"name": "Tea", "price": 1}',
        "[]",
        '{"name": "Oil"}',
        '{"name": 7, "price": "x"}',
        '{"name": ',
        '{"name": "A", "price": null}',
    ]
    bad = shop.refused("\n".join(lines), "items.jsonl")
    assert [(each.line, each.column, each.value) for each in bad] == [
        (2, "", "[]"),
        (3, "", '{"name": "Oil"}'),
        (4, "name", "7"),
        (4, "price", '"x"'),
        (5, "", '{"name":'),
        (6, "price", "null"),
    ]
    assert bad[1].expected == "an object with name, price"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,colour\nTea,red\n", "'colour' is none of the columns of Item: id, name, price, note, count"),
        ("name\nTea\n", "it lacks price"),
        ("name,price,name\nTea,1,Tea\n", "'name' is there twice"),
        ("", "'' is none of the columns"),
    ],
)
def test_the_first_line_has_to_name_columns(shop: Shop, text: str, said: str) -> None:
    (bad,) = shop.refused(text)
    assert bad.line == 1
    assert said in bad.reason


def test_what_only_the_database_knows_is_told_with_its_line_too(shop: Shop) -> None:
    shop.Item.create(name="Tea", price=Decimal(1))
    (bad,) = shop.refused("name,price\nOil,1\nTea,2\nSalt,3\n")
    assert str(bad) == "line 3, name: expected what no other row has, got 'Tea'"
    with pytest.raises(LinesRefused) as caught:
        shop.db.load(shop.Part, shop.file("parts.csv", "item_id\n6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f\n"))
    assert str(caught.value.bad[0]).startswith(
        "line 2, item_id: expected the key of a row that is there, got '6f1c"
    )


def test_of_two_lines_with_one_key_the_second_is_told(shop: Shop) -> None:
    key = "6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f"
    (bad,) = shop.refused(f"id,name,price\n{key},Tea,1\n{key},Oil,2\n")
    assert str(bad) == f"line 3, id: expected a key that line 2 does not have, got '{key}'"


def test_with_skip_the_good_lines_are_written_and_the_bad_ones_come_back(shop: Shop) -> None:
    shop.Item.create(name="Item 1500", price=Decimal(1))
    lines = [f"Item {number},{'x' if number % 1000 == 7 else number}" for number in range(3000)]
    loaded = shop.db.load(shop.Item, shop.file("items.csv", "name,price\n" + "\n".join(lines)), skip=True)
    assert (loaded.rows, [bad.line for bad in loaded.bad]) == (2996, [9, 1009, 1502, 2009])
    assert shop.db.count(shop.Item) == 2997


def test_a_file_of_rubbish_is_given_up_early(shop: Shop) -> None:
    text = "name,price\n" + "Tea,x\n" * 5000
    with pytest.raises(
        LinesRefused,
        match=r"^At least 1,000 values do not fit in .*\n  line 2, price: .*(\n.*){9}\n  … and 990 more\n",
    ):
        shop.db.load(shop.Item, shop.file("items.csv", text))


def test_a_name_has_to_say_what_is_in_the_file(shop: Shop) -> None:
    with pytest.raises(UsageError, match=r"Call it items\.csv or items\.jsonl"):
        shop.db.load(shop.Item, shop.file("items.xlsx", b"PK"))


# ── beside others ─────────────────────────────────────────────────────────────────────────────────


def test_loading_can_be_stopped_and_has_written_nothing(shop: Shop) -> None:
    text = "name,price\n" + "".join(f"Item {number},1\n" for number in range(5000))
    for moment in (0.2, 0.7):

        def stop(done: int, total: int, moment: float = moment) -> None:
            if done > moment * total:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            shop.db.load(shop.Item, shop.file("items.csv", text), stop)
        assert shop.db.count(shop.Item) == 0


def test_others_write_while_a_large_file_is_read_and_between_its_batches(shop: Shop) -> None:
    rows = 20_000
    file = shop.file("items.csv", "name,price\n" + "".join(f"Item {number},1\n" for number in range(rows)))
    writing, done = threading.Event(), threading.Event()
    counts: list[int] = []  # how many rows of the file were there at each commit of the other one

    def write() -> None:
        while not done.is_set():
            shop.Item.create(name=f"Other {len(counts)}", price=Decimal(1))
            counts.append(shop.db.count(shop.Item) - len(counts) - 1)
            writing.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert writing.wait(20)
        assert shop.db.load(shop.Item, file, skip=True).rows == rows
    finally:
        done.set()
        thread.join()
    assert any(0 < count < rows for count in counts), counts
    assert shop.db.count(shop.Item) == rows + len(counts)


# ── CSV itself ────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.text('a",;\n é') | st.none(), min_size=1, max_size=5))
def test_what_is_written_as_fields_is_read_as_the_same_fields(fields: list[str | None]) -> None:
    from hipflask.store.transfer.export import _joined

    line = _joined(fields).decode().removesuffix("\n")
    found = split(line, ",")
    assert found is not None
    assert [None if text == "" and type(text) is not Quoted else str(text) for text in found] == fields


def test_a_quotation_mark_is_doubled_or_within_a_field_that_has_none_around_it() -> None:
    assert split('5" pipe,"a ""b"""', ",") == ['5" pipe', 'a "b"']
    assert split('x,"a ""', ",") is None
    with pytest.raises(Misfit):
        split('"a"b,c', ",")
