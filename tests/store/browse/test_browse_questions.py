"""Whatever is asked of a query, SQL answers what a table without any cleverness would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from warehouse import ROWS, Warehouse, comparable, expected, hall, looking, questions, windows

from hipflask.core.rows import Filter, Order, Question
from hipflask.store.browse.browsing import Limits

# Each example writes two tables anew.
calmly = settings(max_examples=5000 if os.environ.get("HIPFLASK_LONG") == "1" else 35)

# Everything that is done for ten million rows, at once.
MARKED = Limits(far=2, sorted=10**9, slow=10**9, step=3)
KEPT = Limits(far=2, sorted=0, slow=-1, step=3)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    house = Warehouse(tmp_path_factory.mktemp("questions"))
    yield house
    house.close()


@calmly
@given(ROWS, st.lists(questions(), min_size=1, max_size=3))
def test_any_question_about_any_rows_is_answered_as_if_python_had_looked_at_each(
    house: Warehouse, rows: dict[int, dict[str, Any]], asked: list[Question]
) -> None:
    house.put(rows)
    with looking(house.db, house.Part, Limits()) as there:
        for question in asked:
            assert comparable(there.settled(question)) == comparable(expected(rows, question))


@calmly
@given(ROWS, questions())
def test_keys_of_several_columns_change_nothing(
    house: Warehouse, rows: dict[int, dict[str, Any]], question: Question
) -> None:
    house.put(rows)
    named = {hall(number): row for number, row in rows.items()}
    with looking(house.db, house.Place, Limits()) as there:
        assert comparable(there.settled(question)) == comparable(expected(named, question))


@pytest.mark.parametrize("limits", [MARKED, KEPT], ids=["marks", "kept orders"])
@calmly
@given(
    rows=ROWS, question=questions(groups=False), firsts=st.lists(st.integers(0, 16), min_size=2, max_size=5)
)
def test_a_jump_by_marks_or_into_a_kept_order_arrives_where_counting_would(
    house: Warehouse, limits: Limits, rows: dict[int, dict[str, Any]], question: Question, firsts: list[int]
) -> None:
    house.put(rows)
    named = {hall(number): row for number, row in rows.items()}
    for model, there_are in ((house.Part, rows), (house.Place, named)):
        with looking(house.db, model, limits) as there:
            for each in windows(question, firsts):
                assert comparable(there.settled(each)) == comparable(expected(there_are, each))
                there.let_background_end()


@calmly
@given(ROWS, questions(groups=False))
def test_what_a_query_asks_for_itself_goes_together_with_what_the_person_asks(
    house: Warehouse, rows: dict[int, dict[str, Any]], question: Question
) -> None:
    house.put(rows)
    Part = house.Part
    query = house.db.select(Part).where(Part.cost > 0).order_by(Part.size.desc(), Part.name)
    some = {number: row for number, row in rows.items() if row["cost"] > 0}
    order = question.order or (Order("size", descending=True), Order("name"))
    with looking(house.db, query, Limits()) as there:
        found = comparable(there.settled(question))
    assert found == comparable(expected(some, Question(**{**_fields(question), "order": order})))


@calmly
@given(ROWS, questions())
def test_a_query_with_a_limit_is_a_table_of_its_own(
    house: Warehouse, rows: dict[int, dict[str, Any]], question: Question
) -> None:
    house.put(rows)
    query = house.db.select(house.Part).order_by(house.Part.number.desc()).limit(5)
    some = {number: rows[number] for number in sorted(rows, reverse=True)[:5]}
    order = question.order or (Order("number", descending=True),)
    listed = {number: {**row, "number": number} for number, row in some.items()}
    with looking(house.db, query, Limits(slow=-1)) as there:
        found = comparable(there.settled(question))
    wanted = expected(listed, Question(**{**_fields(question), "order": order}))
    assert found == comparable(wanted)


def _fields(question: Question) -> dict[str, Any]:
    return {name: getattr(question, name) for name in Question.__dataclass_fields__}


def test_rows_of_a_join_are_told_apart_and_those_that_lack_a_partner_have_empty_cells(
    house: Warehouse,
) -> None:
    row = {
        "name": "x",
        "note": "a",
        "cost": 1,
        "side": "buy",
        "size": 1,
        "price": 1.0,
        "sold": None,
        "day": None,
    }
    house.put({1: row, 2: {**row, "note": None}, 13: {**row, "note": "b"}})
    Part, Place = house.Part, house.Place
    query = sa.select(Part.number, Place.hall, Place.note).outerjoin(
        Place, sa.and_(Place.note == Part.note, Place.shelf == 3)
    )
    with looking(house.db, query) as there:
        found = there.settled(Question(("number", "hall", "note"), order=(Order("hall"), Order("number"))))
    assert [line.values for line in found.rows] == [(13, "hall 101", "b"), (1, None, None), (2, None, None)]
    assert len({line.key for line in found.rows}) == 3


def test_equal_rows_of_a_calculated_query_are_all_there_under_keys_of_their_own(house: Warehouse) -> None:
    row = {
        "name": "x",
        "note": None,
        "cost": 1,
        "side": "buy",
        "size": 1,
        "price": 1.0,
        "sold": None,
        "day": None,
    }
    house.put({1: row, 2: row, 3: {**row, "side": "sell"}})
    one = sa.select(house.Part.side, house.Part.size)
    with looking(house.db, sa.union_all(one, one)) as there:
        found = there.settled(Question(("side", "size"), order=(Order("side", descending=True),)))
    assert [line.values for line in found.rows] == [("sell", 1)] * 2 + [("buy", 1)] * 4
    assert len({line.key for line in found.rows}) == found.total == 6


def test_totals_of_a_grouped_query_can_be_sorted_filtered_and_added_up(house: Warehouse) -> None:
    row = {"name": "x", "note": None, "cost": 1, "size": 1, "price": 1.0, "sold": None, "day": None}
    house.put({n: {**row, "side": "buy" if n % 3 else "sell", "cost": n} for n in range(10)})
    Part = house.Part
    query = (
        sa.select(Part.side, sa.func.sum(Part.cost).label("whole"))
        .group_by(Part.side)
        .order_by(sa.func.sum(Part.cost))
    )
    with looking(house.db, query) as there:
        assert [line.values for line in there.settled(Question(("side", "whole"))).rows] == [
            ("sell", 18),
            ("buy", 27),
        ]
        found = there.settled(
            Question(("side",), filters=(Filter("whole", ">", 20),), totals={"whole": "sum"})
        )
    assert [line.values for line in found.rows] == [("buy",)] and found.totals == {"whole": 27}


def test_a_column_that_is_not_there_and_a_total_that_makes_no_sense_are_refused_with_a_sentence(
    house: Warehouse,
) -> None:
    with looking(house.db, house.Part) as there:
        with pytest.raises(ValueError, match=r"Part has no column 'weight'\. It has: number, name,"):
            there.read(Question(("name",), order=(Order("weight"),)))
        with pytest.raises(ValueError, match="name cannot be added up"):
            there.read(Question(("name",), totals={"name": "sum"}))


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", ["price", "note"])
def test_marks_lead_through_to_the_empty_values_at_the_end(
    house: Warehouse, column: str, descending: bool
) -> None:
    row = {
        "name": "x",
        "note": None,
        "cost": 1,
        "side": "buy",
        "size": 1,
        "price": None,
        "sold": None,
        "day": None,
    }
    rows = {n: row if n % 3 else {**row, "price": float(n % 4), "note": f"n{n % 5}"} for n in range(30)}
    house.put(rows)
    question = Question((column,), count=2, order=(Order(column, descending),))
    with looking(house.db, house.Part, MARKED) as there:
        for each in windows(question, range(29, -1, -1)):
            assert comparable(there.settled(each)) == comparable(expected(rows, each))
            there.let_background_end()


def test_signs_that_mean_something_to_sqlite_mean_themselves(house: Warehouse) -> None:
    row = {"note": None, "cost": 1, "side": "buy", "size": 1, "price": 1.0, "sold": None, "day": None}
    names = ["Ä[b]*?", "Äb", "Äbxx", "a%_\\", "aXYZ", "a[b]*?"]
    house.put({n: {**row, "name": name} for n, name in enumerate(names)})
    with looking(house.db, house.Part, Limits()) as there:

        def found(text: str) -> list[object]:
            asked = Question(("name",), filters=(Filter("name", "contains", text),))
            return [line.values[0] for line in there.settled(asked).rows]

        assert found("ä[b]*?") == ["Ä[b]*?"]
        assert found("äB") == ["Äb", "Äbxx"]
        assert found("A%_\\") == ["a%_\\"]
        assert found("[B]*") == ["Ä[b]*?", "a[b]*?"]
