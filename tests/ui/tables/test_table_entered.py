"""What a person types becomes a value of the column's kind, or a sentence; never another number than was meant."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.rows import ColumnKind, RowColumn
from hipflask.ui.tables.columns import Shown, resolve
from hipflask.ui.tables.entered import read


def column(kind: ColumnKind, *, nullable: bool = True, choices: tuple[str, ...] = ()) -> Shown:
    there = [RowColumn("price", kind, is_editable=True, is_nullable=nullable, choices=choices)]
    return resolve(there, None, True)[0]


@pytest.mark.parametrize(
    ("kind", "decimal", "typed", "value"),
    [
        ("float", ".", "1,234.5", 1234.5),
        ("float", ",", "1.234,5", 1234.5),
        ("float", ",", "1,5", 1.5),
        ("float", ",", "1.234", 1234.0),
        ("float", ".", "1,234", 1234.0),
        ("float", ".", "1\u202f234\u00a0567.5", 1234567.5),
        ("float", ".", "1'234.5", 1234.5),
        ("float", ".", "−7", -7.0),
        ("float", ".", " 1e-300 ", 1e-300),
        ("float", ".", "12.5%", 0.125),
        ("decimal", ".", "12.50", Decimal("12.50")),
        ("decimal", ",", "12,50", Decimal("12.50")),
        ("decimal", ".", "50%", Decimal("0.50")),
        ("integer", ".", "1,234,567", 1234567),
        ("integer", ".", "5.0", 5),
        ("integer", ".", "9" * 30, int("9" * 30)),
        ("boolean", ".", "yes", True),
        ("boolean", ".", True, True),
        ("boolean", ".", "FALSE", False),
        ("date", ".", "2026-11-22", datetime.date(2026, 11, 22)),
        ("time", ".", "15:30", datetime.time(15, 30)),
        ("datetime", ".", "2026-11-22 15:30", datetime.datetime(2026, 11, 22, 15, 30)),
        ("datetime", ".", "2026-11-22T15:30Z", datetime.datetime(2026, 11, 22, 15, 30, tzinfo=datetime.UTC)),
        ("duration", ".", "1:30:00", datetime.timedelta(hours=1.5)),
        ("duration", ".", "2 days, 0:00:01.5", datetime.timedelta(days=2, seconds=1.5)),
        ("duration", ".", "90", datetime.timedelta(seconds=90)),
        ("duration", ".", "PT1H", datetime.timedelta(hours=1)),
        ("json", ".", '{"a": [1]}', {"a": [1]}),
        ("text", ".", "  as it is ", "  as it is "),
        ("text", ".", "", None),
        ("float", ".", "  ", None),
        ("boolean", ".", "", None),
    ],
)
def test_it_is_read_as(kind: ColumnKind, decimal: str, typed: Any, value: object) -> None:
    found = read(column(kind), typed, decimal)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "decimal", "typed"),
    [
        ("float", ".", "1,5"),  # one and a half, for somebody from elsewhere: not fifteen
        ("float", ",", "1.5"),
        ("float", ".", "1,23,456"),
        ("float", ".", ",123"),
        ("float", ".", "1.234,5"),
        ("float", ".", "1.2.3"),
        ("float", ".", "a dozen"),
        ("integer", ".", "1.5"),
        ("integer", ".", "nan"),
        ("integer", ".", "1e999999999"),
        ("decimal", ".", "1 2 x"),
        ("date", ".", "22.11.2026"),
        ("date", ".", "2026-02-30"),
        ("time", ".", "25:00"),
        ("datetime", ".", "now"),
        ("duration", ".", "a while"),
        ("duration", ".", "1e300"),
        ("boolean", ".", "perhaps"),
        ("json", ".", "{"),
        ("json", ".", "[" * 100_000),
        ("text", ".", 7),
        ("float", ".", True),
    ],
)
def test_it_is_refused_with_a_sentence(kind: ColumnKind, decimal: str, typed: Any) -> None:
    with pytest.raises(ValueError, match=r"^Price takes .*\.$"):
        read(column(kind), typed, decimal)


def test_a_choice_is_one_of_those_there_are() -> None:
    side = column("choice", choices=("buy", "sell"))
    assert read(side, " sell ") == "sell"
    with pytest.raises(ValueError, match="one of buy, sell, not “hold”"):
        read(side, "hold")


def test_what_cannot_be_empty_says_so() -> None:
    assert read(column("text", nullable=False), "") == ""
    assert read(column("boolean", nullable=False), "") is False
    with pytest.raises(ValueError, match="Price cannot be left empty"):
        read(column("integer", nullable=False), " ")


def test_a_long_text_is_cut_in_the_sentence() -> None:
    with pytest.raises(ValueError, match=r"“x{40}…”"):
        read(column("float"), "x" * 1_000_000)


def test_a_time_without_a_zone_is_one_of_this_machine_where_the_column_has_zones() -> None:
    found: Any = read(column("datetime"), "2026-11-22 15:30", is_zoned=True)
    assert found == datetime.datetime(2026, 11, 22, 15, 30).astimezone()
    assert found.tzinfo is not None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12))
def test_a_number_as_it_is_shown_is_read_as_the_same_number(number: Decimal) -> None:
    """With the thousands and the point of either half of the world."""
    there = f"{number:,.3f}"
    elsewhere = there.translate({ord(","): ".", ord("."): ","})
    assert read(column("decimal"), there, ".") == number
    assert read(column("decimal"), elsewhere, ",") == number


@given(
    st.sampled_from(["integer", "float", "decimal", "date", "time", "datetime", "duration", "boolean"]),
    st.text(),
)
def test_any_text_is_a_value_or_a_sentence(kind: ColumnKind, typed: str) -> None:
    try:
        read(column(kind), typed, ".")
    except ValueError as error:
        assert str(error).startswith("Price")
