"""Cells of a table are written through the model: checked, all or none, many at once, and undone as one step."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import mapped_column, validates
from warehouse import Warehouse

from hipflask import Hipflask, Mapped, Store
from hipflask.core.rows import RowColumn

ROW = {"name": "x", "note": "a", "cost": 1, "side": "buy", "size": 1, "price": 1.0, "sold": None, "day": None}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Warehouse]:
    house = Warehouse(tmp_path)
    house.put(dict.fromkeys(range(3), ROW))
    with house.app.app_context():
        yield house
    house.close()


def test_what_a_person_types_becomes_what_the_column_holds(house: Warehouse) -> None:
    source = house.db.find_rows(house.Part)
    source.write(
        [(1, "cost", "12.5"), (1, "size", ""), (1, "side", "sell"), (1, "sold", True), (2, "name", "y")]
    )
    house.db.session.commit()
    row = source.row(1)
    assert (row.cost, row.size, row.side, row.sold, source.row(2).name) == (
        Decimal("12.50"),
        None,
        "sell",
        True,
        "y",
    )
    assert source.row(99) is None


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("cost", "many", "[Nn]umber"),
        ("cost", "1.234", "decimal number"),
        ("name", "a\0b", "text"),
        ("side", "keep", "buy"),
        ("size", 10**30, "whole number"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_a_sentence_and_nothing_is_written(
    house: Warehouse, column: str, value: Any, sentence: str
) -> None:
    source = house.db.find_rows(house.Part)
    with pytest.raises(ValueError, match=sentence):
        source.write([(0, "note", "written?"), (1, column, value)])
    house.db.session.commit()
    assert source.row(0).note == "a"


def test_if_one_row_is_gone_none_is_written(house: Warehouse) -> None:
    source = house.db.find_rows(house.Part)
    with pytest.raises(LookupError, match="This row has been deleted meanwhile"):
        source.write([(0, "note", "written?"), (77, "note", "b")])
    house.db.session.commit()
    assert source.row(0).note == "a"


def test_rows_are_deleted_and_those_that_are_gone_do_not_matter(house: Warehouse) -> None:
    source = house.db.find_rows(house.Part)
    source.remove([0, 2, 77])
    house.db.session.commit()
    assert [source.row(number) is None for number in range(3)] == [True, False, True]


def test_edits_and_deletions_of_one_action_are_undone_together(house: Warehouse) -> None:
    source, history = house.db.find_rows(house.Part), house.db.history()
    with history.deed("Paste").under_way(), house.db.begin():
        source.write([(0, "note", "b"), (1, "cost", "7")])
        source.remove([2])
    assert source.row(0).note == "b" and source.row(2) is None
    assert history.undo() == "Paste"
    house.db.session.expire_all()
    assert (source.row(0).note, source.row(1).cost) == ("a", 1) and source.row(2) is not None


def test_only_what_stands_in_a_model_can_be_edited(house: Warehouse) -> None:
    Part = house.Part
    source = house.db.find_rows(sa.select(Part.number, Part.size, (Part.cost * 2).label("double")))
    assert [(each.name, each.is_editable) for each in source.columns] == [
        ("number", False),
        ("size", True),
        ("double", False),
    ]
    with pytest.raises(ValueError, match="double is calculated"):
        source.write([(0, "double", "2")])
    grouped = house.db.find_rows(sa.select(Part.side, sa.func.count().label("parts")).group_by(Part.side))
    assert not any(each.is_editable for each in grouped.columns)
    assert grouped.row(("buy", 3)) == {"side": "buy", "parts": 3}
    with pytest.raises(ValueError, match="cannot be deleted"):
        grouped.remove([("buy", 3)])


def test_columns_say_what_they_are(house: Warehouse) -> None:
    columns = {each.name: each for each in house.db.find_rows(house.Part).columns}
    assert columns["number"] == RowColumn(
        "number", "integer", is_key=True, is_nullable=False, is_indexed=True
    )
    assert columns["cost"] == RowColumn(
        "cost", "decimal", is_nullable=False, is_editable=True, is_indexed=True, digits=2
    )
    assert columns["side"] == RowColumn(
        "side", "choice", is_nullable=False, is_editable=True, choices=("buy", "sell")
    )
    kinds = [columns[name].kind for name in ("name", "size", "price", "sold", "day")]
    assert kinds == ["text", "integer", "float", "boolean", "date"]


def test_both_tables_of_a_join_are_edited_in_their_own_rows(house: Warehouse) -> None:
    Part, Place = house.Part, house.Place
    query = sa.select(Part, Place).join(Place, Place.shelf == Part.number)
    source = house.db.find_rows(query)
    reader = source.open(lambda: None)
    from hipflask.core.rows import Question

    line = reader.read(Question(("name", "place_name"))).rows[1]
    reader.close()
    source.write([(line.key, "name", "part"), (line.key, "place_name", "place")])
    house.db.session.commit()
    assert house.db.get(Part, 1).name == "part" and house.db.get(Place, ("hall 100", 1)).name == "place"
    assert source.row(line.key) is house.db.get(Part, 1)


def test_a_validator_of_the_model_has_its_say_and_a_taken_name_is_a_sentence(tmp_path: Path) -> None:
    app = Hipflask("names", root_path=str(tmp_path))
    app.config["STORE"] = str(tmp_path / "names.sqlite")
    db = Store(app)

    class Named(db.Model):  # type: ignore[name-defined, misc]
        number: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(unique=True)

        @validates("name")
        def _tidy(self, key: str, name: str) -> str:
            return name.strip()

    with app.app_context():
        db.write(Named, [(1, "one"), (2, "two")])
        db.session.commit()
        source = db.find_rows(Named)
        source.write([(1, "name", "  uno ")])
        assert source.row(1).name == "uno"
        with pytest.raises(ValueError, match="This is taken already"):
            source.write([(2, "name", "uno")])
        db.session.commit()
        assert (source.row(1).name, source.row(2).name) == ("uno", "two")
    db.close()


def test_many_thousand_cells_are_pasted_in_seconds(house: Warehouse) -> None:
    number_of_rows = 20_000 if os.environ.get("HIPFLASK_LONG") == "1" else 4_000
    house.put(dict.fromkeys(range(number_of_rows), ROW))
    source, history = house.db.find_rows(house.Part), house.db.history()
    columns = [("name", "pasted"), ("note", "b"), ("size", "7"), ("price", "2.5"), ("cost", "3.25")]
    cells = [(number, name, text) for number in range(number_of_rows) for name, text in columns]
    began = time.process_time()
    with history.deed("Paste").under_way(), house.db.begin():
        source.write(cells)
    assert time.process_time() - began < number_of_rows / 1000
    assert house.db.count(house.Part, name="pasted", cost=Decimal("3.25")) == number_of_rows


def test_sources_of_the_same_query_are_the_same(house: Warehouse) -> None:
    db, Part = house.db, house.Part
    one = db.find_rows(db.select(Part).where(Part.size > 3))
    assert one.same_as(db.find_rows(db.select(Part).where(Part.size > 3)))
    assert not one.same_as(db.find_rows(db.select(Part).where(Part.size > 4)))
    assert not one.same_as(db.find_rows(Part)) and not one.same_as("part")
    assert db.find_rows("part") is None and db.find_rows([1, 2]) is None and db.find_rows(int) is None
