"""What comes from outside, turned into what the hints say, or refused in words; each line of a table is one case."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypedDict, TypeVar
from uuid import UUID

import msgspec
import pytest
from msgspec import Meta

from hipflask.core.errors import BindingError
from hipflask.core.results import encode_result
from hipflask.core.signature import Parameter


class Base(Enum):
    FIRST = "first"
    SECOND = "second"


class Inning(Enum):
    OPENING = 1
    LAST = 9


@dataclass
class Line:
    item: str
    price: float = 1.0


@dataclass
class Order:
    lines: list[Line]
    notes: dict[str, int] = field(default_factory=dict)


class Period(msgspec.Struct):
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("the end is before the start")


class Point(NamedTuple):
    x: float
    y: float


class Pair(msgspec.Struct, array_like=True):
    left: int
    right: int


class Renamed(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    first_name: str


class Options(TypedDict, total=False):
    depth: int


class Tree(msgspec.Struct):
    name: str
    children: list[Tree] = []


T = TypeVar("T")


class Box(msgspec.Struct, Generic[T]):
    content: T


UTC = dt.timezone.utc  # noqa: UP017

TEXT: list[tuple[Any, Any, Any]] = [
    (str, "7", "7"),
    (str, 7, "7"),  # <int:id> in a rule has been there first
    (int, "7", 7),
    (int, " +07 ", 7),
    (int, "-9223372036854775808", -(2**63)),
    (float, "1e3", 1000.0),
    (float, ".5", 0.5),
    (float, "5", 5.0),
    (bool, "true", True),
    (bool, "Yes", True),
    (bool, "on", True),
    (bool, "1", True),
    (bool, "off", False),
    (bool, "NO", False),
    (bool, "0", False),
    (bytes, "aGk=", b"hi"),
    (Decimal, "12.50", Decimal("12.50")),
    (dt.date, "2026-11-22", dt.date(2026, 11, 22)),
    (dt.time, "15:30", dt.time(15, 30)),
    (dt.datetime, "2026-11-22T15:30", dt.datetime(2026, 11, 22, 15, 30)),
    (dt.datetime, "2026-11-22 15:30:05Z", dt.datetime(2026, 11, 22, 15, 30, 5, tzinfo=UTC)),
    (dt.timedelta, "PT1H30M", dt.timedelta(minutes=90)),
    (UUID, "6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f", UUID("6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f")),
    (Base, "first", Base.FIRST),
    (Inning, "9", Inning.LAST),
    (Literal["a", 1], "1", 1),
    (Literal["a", None], "", None),
    (int | None, "", None),
    (int | None, "5", 5),
    (str | None, "", ""),
    (int | str, "5", 5),
    (int | str, "five", "five"),
    (Literal["auto"] | int, "auto", "auto"),
    (Literal["auto"] | int, "5", 5),
    (int | float, "5", 5),
    (int | float, "5.5", 5.5),
    (int | list[int], ["5", "6"], [5, 6]),
    (list[int], ["1", "2"], [1, 2]),
    (list[int], "1", [1]),
    (list[int], [], []),
    (list, ["1"], ["1"]),
    (list[int] | None, ["1", "2"], [1, 2]),
    (set[Base], ["first", "first"], {Base.FIRST}),
    (tuple[int, str], ["1", "2"], (1, "2")),
    (tuple[int, ...], ["1", "2", "3"], (1, 2, 3)),
    (Point, ["1", "2.5"], Point(1.0, 2.5)),
    (Pair, ["1", "2"], Pair(1, 2)),
    (list[Line], ['{"item": "a"}'], [Line("a")]),
    (Order, '{"lines": [{"item": "a"}]}', Order([Line("a")])),
    (dict[str, int], '{"a": 1}', {"a": 1}),
    (Options, '{"depth": 3}', {"depth": 3}),
    (Any, "5", "5"),
]

JSON: list[tuple[Any, Any, Any]] = [
    (int, 7, 7),
    (float, 7, 7.0),
    (bool, True, True),
    (Decimal, 1.1, Decimal("1.1")),
    (Decimal, "1.10", Decimal("1.10")),
    (dt.date, "2026-11-22", dt.date(2026, 11, 22)),
    (Base, "second", Base.SECOND),
    (Inning, 9, Inning.LAST),
    (int | None, None, None),
    (Order, {"lines": [{"item": "a", "price": 2}], "notes": {"b": 1}}, Order([Line("a", 2.0)], {"b": 1})),
    (Tree, {"name": "a", "children": [{"name": "b"}]}, Tree("a", [Tree("b")])),
    (Box[int], {"content": 1}, Box(1)),
    (Renamed, {"firstName": "Bud"}, Renamed("Bud")),
    (Any, {"x": [1, None]}, {"x": [1, None]}),
]

BAD_TEXT: list[tuple[Any, Any, str | None]] = [
    (int, "fast", "x: expected a whole number, got 'fast'"),
    (int, "", "x: expected a whole number, got ''"),
    (int, "1.0", "x: expected a whole number, got '1.0'"),
    (int, "1_000", "x: expected a whole number, got '1_000'"),
    (int, "٣", "x: expected a whole number, got '٣'"),
    (
        int,
        str(2**63),
        "x: expected a whole number from -9223372036854775808 to 9223372036854775807, got '9223372036854775808'",
    ),
    (int, ["1", "2"], "x: expected only one value: a whole number, got ['1', '2']"),
    (float, "nan", "x: expected a number, got 'nan'"),
    (float, "-inf", "x: expected a number, got '-inf'"),
    (float, "1e400", "x: expected a number, got '1e400'"),
    (Decimal, "NaN", "x: expected a decimal number such as 12.50, got 'NaN'"),
    (Decimal, "Infinity", "x: expected a decimal number such as 12.50, got 'Infinity'"),
    (Decimal, "1e9999999999999999999999", None),
    (bool, "perhaps", "x: expected true or false, got 'perhaps'"),
    (bytes, "a", "x: expected base64 text such as aGlwZmxhc2s=, got 'a'"),
    (dt.date, "22.11.2026", "x: expected a date such as 2026-11-22, got '22.11.2026'"),
    (dt.date, "2026-02-30", "x: expected a date such as 2026-11-22, got '2026-02-30'"),
    (dt.time, "25:00", "x: expected a time such as 15:30:00, got '25:00'"),
    (dt.datetime, "today", "x: expected a date and time such as 2026-11-22T15:30:00, got 'today'"),
    (dt.datetime, "1700000000", "x: expected a date and time such as 2026-11-22T15:30:00, got '1700000000'"),
    (
        Annotated[dt.datetime, Meta(tz=True)],
        "2026-11-22T15:30",
        "x: expected a date and time such as 2026-11-22T15:30:00 with a time zone, got '2026-11-22T15:30'",
    ),
    (dt.timedelta, "an hour", "x: expected a duration such as PT1H30M, got 'an hour'"),
    (UUID, "6f1c", "x: expected a UUID such as 6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f, got '6f1c'"),
    (Base, "third", "x: expected 'first' or 'second', got 'third'"),
    (Inning, "2", "x: expected 1 or 9, got '2'"),
    (Literal["a", "b", 3], "c", "x: expected one of 'a', 'b' or 3, got 'c'"),
    (Literal["only"], "c", "x: expected 'only', got 'c'"),
    (int | None, "none", "x: expected a whole number, got 'none'"),
    (Literal["auto"] | int, "5.5", "x: expected 'auto' or a whole number, got '5.5'"),
    (list[int], ["1", "b"], "x[1]: expected a whole number, got 'b'"),
    (tuple[int, str], ["1"], "x: expected a list of 2: a whole number, then text, got ['1']"),
    (
        tuple[int, str],
        ["1", "2", "3"],
        "x: expected a list of 2: a whole number, then text, got ['1', '2', '3']",
    ),
    (Point, ["1", "b"], "x[1]: expected a number, got 'b'"),
    (Order, "{", "x: expected an object with lines, written as JSON, got '{'"),
    (Order, "[" * 100_000, None),
    (Order, '{"lines": [{"item": 3}]}', "x.lines[0].item: expected text, got 3"),
    (dict[str, int], '{"a": "b"}', "x['a']: expected a whole number, got 'b'"),
    (Annotated[int, Meta(ge=3)], "2", "x: expected a whole number of at least 3, got '2'"),
    (Annotated[int, Meta(le=3)], "4", "x: expected a whole number of at most 3, got '4'"),
    (Annotated[int, Meta(ge=1, le=9)], "0", "x: expected a whole number from 1 to 9, got '0'"),
    (Annotated[float, Meta(gt=0, lt=1)], "1", "x: expected a number above 0 below 1, got '1'"),
    (Annotated[int, Meta(multiple_of=5)], "7", "x: expected a whole number divisible by 5, got '7'"),
    (Annotated[str, Meta(min_length=2)], "a", "x: expected text of at least 2 characters, got 'a'"),
    (Annotated[str, Meta(max_length=2)], "abc", "x: expected text of at most 2 characters, got 'abc'"),
    (Annotated[str, Meta(pattern="^[a-z]$")], "7", "x: expected text matching ^[a-z]$, got '7'"),
    (
        Annotated[list[int], Meta(min_length=1, max_length=2)],
        [],
        "x: expected a list, each item a whole number from 1 to 2 items, got []",
    ),
]

BAD_JSON: list[tuple[Any, Any, str]] = [
    (int, "7", "x: expected a whole number, got '7'"),
    (int, True, "x: expected a whole number, got True"),
    (int, 7.5, "x: expected a whole number, got 7.5"),
    (int, None, "x: expected a whole number, got None"),
    (
        int,
        2**63,
        "x: expected a whole number from -9223372036854775808 to 9223372036854775807, got 9223372036854775808",
    ),
    (float, float("nan"), "x: expected a number, got nan"),
    (list[float], [1.0, float("inf")], "x[1]: expected a number, got inf"),
    (list[Decimal], ["1", "NaN"], "x[1]: expected a decimal number such as 12.50, got 'NaN'"),
    (str, 7, "x: expected text, got 7"),
    (bool, 1, "x: expected true or false, got 1"),
    (Base, "third", "x: expected 'first' or 'second', got 'third'"),
    (Order, [], "x: expected an object with lines, got []"),
    (Order, {}, "x.lines: expected a list, each item an object with item, got nothing"),
    (Order, {"lines": {}}, "x.lines: expected a list, each item an object with item, got {}"),
    (
        Order,
        {"lines": [{"item": "a"}, {"item": "b", "price": "c"}]},
        "x.lines[1].price: expected a number, got 'c'",
    ),
    (
        Order,
        {"lines": [{"item": "a", "price": float("nan")}]},
        "x.lines[0].price: expected a number, got nan",
    ),
    (Order, {"lines": [], "notes": {"b c": 1.5}}, "x.notes['b c']: expected a whole number, got 1.5"),
    (Order | None, {"lines": [3]}, "x.lines[0]: expected an object with item, got 3"),
    (Point, [1], "x: expected a list of 2: a number, then a number, got [1]"),
    (Pair, [1, "2"], "x[1]: expected a whole number, got '2'"),
    (Renamed, {"firstName": 3}, "x.firstName: expected text, got 3"),
    (
        Renamed,
        {"firstName": "Bud", "age": 3},
        "x: expected an object with firstName, got {'firstName': 'Bud', 'age': 3}",
    ),
    (Options, {"depth": "deep"}, "x.depth: expected a whole number, got 'deep'"),
    (Options, 3, "x: expected an object, got 3"),
    (Tree, {"name": "a", "children": [{"name": 1}]}, "x.children[0].name: expected text, got 1"),
    (
        Period,
        {"start": 2, "end": 1},
        "x: expected an object with start and end (the end is before the start), got {'start': 2, 'end': 1}",
    ),
    (dict[int, str], {"a": "b"}, "x: expected an object, each value text, got {'a': 'b'}"),
    (Box[int], {"content": "a"}, "x: expected an object with content, got {'content': 'a'}"),
]


@pytest.mark.parametrize(("hint", "given", "bound"), TEXT)
def test_text_becomes_what_the_hint_says(hint: Any, given: Any, bound: Any) -> None:
    result = Parameter("x", hint).bind(given, text=True)
    assert (result, type(result)) == (bound, type(bound))


@pytest.mark.parametrize(("hint", "given", "bound"), JSON)
def test_json_becomes_what_the_hint_says(hint: Any, given: Any, bound: Any) -> None:
    result = Parameter("x", hint).bind(given, text=False)
    assert (result, type(result)) == (bound, type(bound))


@pytest.mark.parametrize(("hint", "given", "sentence"), BAD_TEXT)
def test_text_that_does_not_fit_is_refused_in_words(hint: Any, given: Any, sentence: str | None) -> None:
    with pytest.raises(BindingError) as raised:
        Parameter("x", hint).bind(given, text=True)
    assert sentence is None or str(raised.value) == sentence


@pytest.mark.parametrize(("hint", "given", "sentence"), BAD_JSON)
def test_json_that_does_not_fit_is_refused_in_words(hint: Any, given: Any, sentence: str) -> None:
    with pytest.raises(BindingError) as raised:
        Parameter("x", hint).bind(given, text=False)
    assert str(raised.value) == sentence


def test_a_long_choice_is_cut_short() -> None:
    airports = Enum("Airport", {f"A{n}": f"a{n}" for n in range(200)})  # type: ignore[misc]
    assert Parameter("x", airports).expected.endswith("'a18', 'a19' … (200 in all)")


def test_what_was_received_is_cut_short() -> None:
    with pytest.raises(BindingError) as raised:
        Parameter("x", int).bind("9" * 5000, text=True)
    assert len(str(raised.value)) < 130
    assert raised.value.received == "9" * 5000


def test_a_dataclass_that_was_bound_holds_its_defaults_and_gives_them_out_again() -> None:
    for given, text in (('{"lines": [{"item": "a"}]}', True), ({"lines": [{"item": "a"}]}, False)):
        order = Parameter("x", Order).bind(given, text=text)
        assert encode_result(order) == b'{"lines":[{"item":"a","price":1.0}],"notes":{}}'
