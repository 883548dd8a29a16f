"""What actions return, as it leaves the program."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec
import pytest

from hipflask.core.errors import UsageError
from hipflask.core.results import Reply, encode_result, to_builtins


class Base(Enum):
    FIRST = "first"


@dataclass
class Line:
    item: str
    price: Decimal


class Order(msgspec.Struct):
    lines: list[Line]
    due: dt.date


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (None, "null"),
        ("Who’s on first?", '"Who’s on first?"'),
        (3, "3"),
        (2.5, "2.5"),
        (True, "true"),
        (Decimal("12.50"), '"12.50"'),
        (Base.FIRST, '"first"'),
        (dt.timedelta(minutes=90), '"PT5400S"'),
        ([Line("ball", Decimal(1))], '[{"item":"ball","price":"1"}]'),
        (Order([], dt.date(2026, 11, 22)), '{"lines":[],"due":"2026-11-22"}'),
        ({1: {"a"}}, '{"1":["a"]}'),
        ([1, "a"], '[1,"a"]'),
    ],
)
def test_results_have_one_form_in_json_and_as_plain_values(value: Any, json: str) -> None:
    assert encode_result(value).decode() == json
    assert to_builtins(value) == msgspec.json.decode(json)


def numbers() -> Iterator[int]:
    yield 1


async def later() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("endless", [numbers, later])
@pytest.mark.parametrize("encode", [encode_result, to_builtins])
def test_a_generator_is_refused_with_what_to_return(endless: Any, encode: Any) -> None:
    with pytest.raises(UsageError, match=r"something of type (async_)?generator, .*: return a list\."):
        encode({"numbers": endless()})


@pytest.mark.parametrize("encode", [encode_result, to_builtins])
def test_an_object_without_a_form_outside_python_is_refused(encode: Any) -> None:
    with pytest.raises(
        UsageError, match="An action returned something of type object, which has no form outside Python"
    ):
        encode([object()])


def test_a_reply_leaves_as_its_data() -> None:
    """Who does not listen has no use for the sentence."""
    reply = Reply([Line("ball", Decimal("1.50"))], speech="One ball.")
    assert encode_result(reply) == b'[{"item":"ball","price":"1.50"}]'
    assert to_builtins({"inside": reply}) == {"inside": [{"item": "ball", "price": "1.50"}]}


def test_a_reply_without_data_leaves_as_what_it_says() -> None:
    """Some functions have nothing but a sentence."""
    assert encode_result(Reply(speech="Hello.")) == b'"Hello."'
    assert encode_result(Reply(0, speech="None.")) == b"0"
