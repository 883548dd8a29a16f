"""What a screen asks for is read into a question, or refused; what a person likes is kept over whatever the program has."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.rows import Filter, Order, RowColumn
from hipflask.ui.tables.asked import Asked
from hipflask.ui.tables.columns import Column, resolve
from hipflask.ui.tables.layouts import Layout

THERE = [
    RowColumn("name", "text"),
    RowColumn("price", "decimal"),
    RowColumn("day", "date"),
    RowColumn("sold", "boolean"),
    RowColumn("side", "choice", choices=("buy", "sell")),
    RowColumn("curve", "numbers"),
]
COLUMNS = resolve(THERE, None, False)
NOTHING: dict[str, Any] = {"order": [], "filters": [], "search": "", "group": []}


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        (["price", ">", 1.5], Filter("price", ">", Decimal("1.5"))),
        (["price", "between", [1, "2"]], Filter("price", "between", (Decimal(1), Decimal(2)))),
        (["day", "<=", "2026-11-22"], Filter("day", "<=", datetime.date(2026, 11, 22))),
        (["sold", "is", True], Filter("sold", "is", True)),
        (["name", "contains", "o"], Filter("name", "contains", "o")),
        (["name", "in", ["Who", None]], Filter("name", "in", ("Who", None))),
        (["side", "in", ["buy"]], Filter("side", "in", ("buy",))),
        (["price", "empty", None], Filter("price", "empty", None)),
    ],
)
def test_a_filter_is_read_with_a_value_of_the_columns_kind(given_: list[Any], read: Filter) -> None:
    """And said back in the form in which it came."""
    asked = Asked.of({**NOTHING, "filters": [given_], "order": [["price", True]]}, COLUMNS)
    assert asked.filters == (read,)
    assert asked.order == (Order("price", descending=True),)
    assert asked.said() == {**NOTHING, "filters": [given_], "order": [["price", True]]}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"filters": [["price", ">", "a lot"]]}, "Price takes a number"),
        ({"filters": [["price", ">", None]]}, "nothing to compare with"),
        ({"filters": [["price", "between", [1]]]}, "from what to what"),
        ({"filters": [["name", "contains", 7]]}, "a text is looked for"),
        ({"filters": [["side", "is", "hold"]]}, "one of buy, sell"),
        ({"filters": [["name", "sounds like", "o"]]}, "no test"),
        ({"filters": [["curve", "is", "1"]]}, "no column"),
        ({"filters": [["name", "in", ["x"] * 10_001]]}, "at most 10,000"),
        ({"filters": [["name", "is", "x"]] * 101}, "At most 100"),
        ({"order": [["height", False]]}, "no column 'height'"),
        ({"order": ["price"]}, "list was expected"),
        ({"group": ["curve"]}, "no column"),
        ({"group": [["name"]]}, "no column"),
        ({"search": "x" * 1001}, "1,000 letters"),
        ({"search": None}, "letters"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Asked.of({**NOTHING, **wrong}, COLUMNS)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["name", "in", "order"]),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from([*NOTHING, "x"]), inside, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(ANYTHING)
def test_whatever_a_screen_sends_is_read_or_refused(value: Any) -> None:
    """Nothing else is ever raised, in the thread of the connection."""
    for read in (lambda: Asked.of(value, COLUMNS), lambda: Layout.of(value)):
        try:
            found: Any = read()
        except ValueError:
            continue
        assert found is not None


def test_as_much_is_kept_as_other_columns_allow() -> None:
    asked = Asked.of(
        {
            "order": [["price", True], ["name", False]],
            "filters": [["price", ">", 1]],
            "search": "o",
            "group": ["name"],
        },
        COLUMNS,
    )
    kept = asked.within(resolve(THERE[:1], None, False))
    assert kept == Asked((Order("name"),), (), "o", ("name",), ())


def test_a_layout_counts_over_what_the_program_has() -> None:
    """Columns that the person has never seen are as the program has them."""
    columns = resolve(
        THERE[:4], ["name", Column("price", pinned="end"), Column("day", hidden=True), "sold"], False
    )
    assert Layout().over(columns) == {
        "order": ["name", "price", "day", "sold"], "widths": {}, "hidden": ["day"], "pinned": {"price": "end"},
    }  # fmt: skip
    own = Layout.of(
        {
            "order": ["sold", "day", "gone"],
            "widths": {"day": 80, "gone": 5},
            "hidden": ["sold"],
            "pinned": {"price": ""},
        }
    )
    assert own.over(columns) == {
        "order": ["sold", "day", "name", "price"], "widths": {"day": 80}, "hidden": ["sold"], "pinned": {"price": ""},
    }  # fmt: skip


@given(
    st.permutations(["name", "price", "day", "sold"]),
    st.sets(st.sampled_from(["name", "price", "day", "sold"])),
    st.dictionaries(st.sampled_from(["name", "price"]), st.floats(1, 10_000)),
)
def test_what_is_remembered_is_what_it_was(
    order: list[str], hidden: set[str], widths: dict[str, float]
) -> None:
    """Through JSON and back."""
    columns = resolve(THERE[:4], None, False)
    given_ = {
        "order": order,
        "hidden": [name for name in order if name in hidden],
        "widths": widths,
        "pinned": {},
    }
    kept = Layout.of(given_).over(columns)
    assert kept == given_
    assert Layout.of(json.loads(json.dumps(kept))).over(columns) == kept
