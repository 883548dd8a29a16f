"""Whatever is in a cell travels as data, says the same on the other side, and is never too much for a frame."""

from __future__ import annotations

import datetime
import enum
import json
import math
import uuid
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.ui.tables.cells import LONGEST_TEXT, encode, encoded, plain_text, points
from hipflask.ui.tables.sheets import as_csv, as_tabs

INDIA = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


class Side(enum.Enum):
    BUY = "buy"
    BOTH = (1, 2)


class Odd:
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("value", "travels"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (-(2**70), "-1180591620717411303424"),
        (0.1, 0.1),
        (5e-324, 5e-324),
        (math.nan, {"n": "NaN"}),
        (math.inf, {"n": "Infinity"}),
        (-math.inf, {"n": "-Infinity"}),
        ("Who", "Who"),
        ("x" * 500, "x" * 500),
        ("x" * 1_000_000, {"t": "x" * 500, "n": 1_000_000}),
        (b"\x00\xff", {"b": 2}),
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+2"), "100"),
        (Decimal("1E+999999"), "1E+999999"),
        (Decimal("NaN"), {"n": "NaN"}),
        (Decimal("-Infinity"), {"n": "-Infinity"}),
        (datetime.date(2026, 11, 22), "2026-11-22"),
        (datetime.time(15, 30), "15:30:00"),
        (datetime.datetime(2026, 11, 22, 15, 30), "2026-11-22T15:30:00"),
        (datetime.datetime(2026, 11, 22, 15, 30, tzinfo=INDIA), "2026-11-22T10:00:00Z"),
        (datetime.datetime(1, 1, 1, tzinfo=INDIA), "0001-01-01T00:00:00+05:30"),
        (datetime.timedelta(hours=1, seconds=1.5), 3601.5),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Side.BUY, "buy"),
        (Side.BOTH, "BOTH"),
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        ({"a": Odd()}, '{"a":"(Odd)"}'),
        (Odd(), "(Odd)"),
    ],
)
def test_a_value_travels_as(value: object, travels: object) -> None:
    """What JSON has as it is; all else as text, or marked as what it is; alone, and in a column of its kind."""
    assert encode(value) == travels
    assert encoded([value, None, value]) == [travels, None, travels]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=600),
    st.binary(max_size=20),
    st.decimals(),
    st.dates(),
    st.datetimes(timezones=st.none() | st.just(INDIA)),
    st.timedeltas(),
    st.lists(st.integers(), max_size=3),
    st.uuids(),
)


@given(st.lists(VALUES, max_size=20) | st.lists(st.floats(), max_size=20) | st.lists(st.text(max_size=600)))
def test_a_column_travels_as_its_values_do(values: list[Any]) -> None:
    """The quick way for plain columns gives what the careful way gives; and all of it is JSON of a bounded size."""
    travels = encoded(values)
    assert travels == [encode(value) for value in values]
    assert [type(one) for one in travels] == [type(encode(value)) for value in values]
    text = json.dumps(travels, allow_nan=False)  # as strict as a browser's
    assert len(text) <= 2 + len(values) * (LONGEST_TEXT * 12 + 100)
    with suppress(UnicodeEncodeError):  # half a surrogate pair; the wire has a way for that
        msgspec.json.encode(travels)


@given(VALUES)
def test_a_value_has_a_text_for_files_and_the_clipboard(value: object) -> None:
    assert isinstance(plain_text(value), str)


def test_texts_for_files_are_whole() -> None:
    """What is cut for the screen is not cut for a file."""
    assert plain_text("x" * 10_000) == "x" * 10_000
    assert plain_text(b"\xff") == "ff"
    assert plain_text(True) == "true"
    assert plain_text(math.nan) == "NaN"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([1, 2.5, None], [1.0, 2.5, None]),
        ((1, math.nan, math.inf), [1.0, None, None]),
        (range(1000), [float(number) for number in range(700, 1000)]),
        (["a"], None),
        ("123", None),
        (7, None),
        ([10**400], None),
    ],
)
def test_a_sparkline_is_of_numbers(value: object, found: object) -> None:
    assert points(value) == found


def test_rows_on_the_clipboard_are_as_spreadsheets_take_them() -> None:
    """Tabs, quotes and line ends within a cell stand in quotes; markup is text like any other."""
    rows = [["a", 1.5, None], ['say "yes"', "two\nlines", "<b>\t&"]]
    assert as_tabs(rows) == 'a\t1.5\t\n"say ""yes"""\t"two\nlines"\t"<b>\t&"'
    assert as_csv(rows) == 'a,1.5,\r\n"say ""yes""","two\nlines",<b>\t&\r\n'
