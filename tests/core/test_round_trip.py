"""Whatever an action returns can be given to an action: every supported type survives text and JSON, value for value."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.results import encode_result, to_builtins
from hipflask.core.signature import Parameter


class Base(Enum):
    FIRST = "first"
    NINE = "nine"


class Inning(Enum):
    OPENING = 1
    LAST = 9


@dataclass
class Line:
    item: str
    price: Decimal
    due: dt.date | None


class Order(msgspec.Struct):
    lines: list[Line]
    notes: dict[str, float]


class Options(TypedDict):
    depth: int


class Point(NamedTuple):
    x: float
    y: float


ints = st.integers(-(2**63), 2**63 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))
decimals = st.decimals(allow_nan=False, allow_infinity=False)
offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
durations = st.timedeltas(dt.timedelta(days=-100_000), dt.timedelta(days=100_000))
lines = st.builds(Line, texts, decimals, st.none() | st.dates())

TYPES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (str, texts),
    (int, ints),
    (float, floats),
    (bool, st.booleans()),
    (bytes, st.binary()),
    (Decimal, decimals),
    (dt.date, st.dates()),
    (dt.time, st.times()),
    (dt.datetime, st.datetimes()),
    (dt.datetime, st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=offsets)),
    (dt.timedelta, durations),
    (UUID, st.uuids()),
    (Base, st.sampled_from(Base)),
    (Inning, st.sampled_from(Inning)),
    (Literal["a", "b", 3], st.sampled_from(["a", "b", 3])),
    (Annotated[int, msgspec.Meta(ge=0)], st.integers(0, 99)),
    (int | None, st.none() | ints),
    (dt.date | None, st.none() | st.dates()),
    (int | float, ints | floats),
    (Literal["auto"] | int, st.just("auto") | ints),
    (list[int], st.lists(ints)),
    (list[str], st.lists(texts)),
    (list[Base], st.lists(st.sampled_from(Base))),
    (tuple[int, str], st.tuples(ints, texts)),
    (tuple[float, ...], st.lists(floats).map(tuple)),
    (set[dt.date], st.sets(st.dates())),
    (frozenset[int], st.frozensets(ints)),
    (list[list[int]], st.lists(st.lists(ints))),
    (dict[str, int], st.dictionaries(texts, ints)),
    (dict[int, str], st.dictionaries(ints, texts)),
    (Line, lines),
    (Order, st.builds(Order, st.lists(lines, max_size=3), st.dictionaries(texts, floats, max_size=3))),
    (Options, st.fixed_dictionaries({"depth": ints})),
    (Point, st.builds(Point, floats, floats)),
    (list[Line], st.lists(lines, max_size=3)),
]


@pytest.mark.parametrize(("hint", "values"), TYPES)
@given(data=st.data())
def test_json_and_back(hint: Any, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    value = data.draw(values)
    assert Parameter("x", hint).bind(json.loads(encode_result(value)), text=False) == value


@pytest.mark.parametrize(("hint", "values"), TYPES)
@given(data=st.data())
def test_text_and_back(hint: Any, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    value = data.draw(values)
    plain = to_builtins(value)
    text = [as_text(item) for item in plain] if isinstance(plain, list | tuple) else as_text(plain)
    assert Parameter("x", hint).bind(text, text=True) == value


def as_text(plain: Any) -> str:
    """A JSON-like value as a person would type it."""
    if plain is None:
        return ""
    return plain if isinstance(plain, str) else json.dumps(plain)
