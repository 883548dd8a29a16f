"""Whatever comes in the place of an event: one clear error, or an answer that Lambda understands."""

from __future__ import annotations

import base64
import copy
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import event_shapes as shapes
import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from hipflask import Hipflask, events
from hipflask.core.action import Door
from hipflask.core.errors import BindingError, EventError
from hipflask.surfaces.events.attributes import plain
from hipflask.surfaces.events.binding import body_type, of_text
from hipflask.surfaces.events.calling import answer, caller
from hipflask.surfaces.events.taking import Taking

SAMPLES: dict[str, Any] = {
    "sqs": shapes.sqs({"id": 1}, {"id": 2}),
    "fifo": shapes.sqs({"id": 1}, {"id": 2}, queue="orders.fifo"),
    "sns": shapes.sns({"id": 1}),
    "s3": shapes.s3("uploads", "a b.png"),
    "s3 by the bus": shapes.s3_by_bus("uploads", "a b.png"),
    "kinesis": shapes.kinesis({"id": 1}, {"id": 2}),
    "dynamodb": shapes.dynamodb({"Keys": {"id": {"N": "1"}}, "NewImage": {"id": {"N": "1"}}}),
    "cloudwatch": shapes.cloudwatch({"id": 1}),
    "schedule": shapes.schedule("work"),
    "direct": {"id": 1},
    "question": {
        "type": "TOKEN",
        "methodArn": "arn:aws:execute-api:a:1:b/c/GET/d",
        "authorizationToken": "x",
    },
}
ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["Records", "body", "messageId", "eventSource", "Sns", "s3", "detail", "id", "N"]) | st.text(max_size=4),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def listening() -> Iterator[Hipflask]:
    """An app that listens to everything, bound and raw."""
    app = Hipflask("listening")

    @app.on_sqs_message("orders", batch_size=10)
    @app.on_sqs_message("orders.fifo", batch_size=10, name="in_order")
    @app.on_sns_message("news")
    @app.on_kinesis_record("pitches")
    @app.on_cw_event({"source": ["aws.ec2"]})
    @app.lambda_function()
    def work(id: int) -> int:
        return id

    @app.on_s3_event("uploads")
    def upload(bucket: str, key: str, size: int, event: str) -> None: ...

    @app.on_dynamodb_record(shapes.TABLE)
    def changed(
        event_name: Literal["INSERT", "MODIFY", "REMOVE"], keys: dict[str, Any], new: dict[str, Any] | None
    ) -> None: ...

    @app.schedule("rate(1 day)", name="work")
    def nightly(time: str) -> None: ...

    @app.authorizer()
    def who(token: str, path: str, headers: dict[str, str]) -> events.AuthResponse:
        return events.AuthResponse(routes=[path], principal_id=token)

    logging.getLogger("hipflask.events").setLevel(logging.CRITICAL)
    yield app
    logging.getLogger("hipflask.events").setLevel(logging.NOTSET)


def is_understood(event: Any, answered: Any) -> bool:
    """Whether Lambda can do something with an answer: names of records that it has sent, nothing, or JSON."""
    if isinstance(answered, dict) and "batchItemFailures" in answered:
        sent = json.dumps(event)
        return all(json.dumps(each["itemIdentifier"]) in sent for each in answered["batchItemFailures"])
    json.dumps(answered)
    return True


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_a_damaged_event_is_refused_or_answered(listening: Hipflask, kind: str, data: st.DataObject) -> None:
    """A part of it is missing, or is something else altogether."""
    event = copy.deepcopy(SAMPLES[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        damage(event, data)
    for name in (None, "work"):
        check(listening, event, name)


@given(ANYTHING)
def test_anything_is_refused_or_answered(listening: Hipflask, event: Any) -> None:
    """Even what looks like nothing that Amazon has ever sent."""
    for name in (None, "work", "upload", "changed", "in_order", "who", "nobody"):
        check(listening, event, name)


def check(app: Hipflask, event: Any, name: str | None) -> None:
    try:
        assert is_understood(event, answer(app, event, name=name))
    except (EventError, BindingError) as error:
        assert str(error)


def damage(event: Any, data: st.DataObject) -> None:
    """Take something out of a random place, or put something else there."""
    while True:
        keys = list(event) if isinstance(event, dict) else list(range(len(event)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        inner = event[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.integers(0, 3)):
            event = inner
            continue
        if data.draw(st.booleans()):
            event[key] = data.draw(ANYTHING)
        else:
            del event[key]
        return


BODIES_OF_MESSAGES = [
    '{"id": 1}',
    '{"id": "x"}',
    "",
    "[",
    "null",
    '{"id": 1e400}',
    "{" * 2000,
    '{"id": 1',
    "\ud800",
]


@given(st.lists(st.sampled_from(BODIES_OF_MESSAGES), min_size=1, max_size=10))
def test_every_message_has_its_own_fate(listening: Hipflask, bodies: list[str]) -> None:
    """Exactly those that fit are done; the others are reported, each of them, and in a FIFO queue all that follow the first."""
    bad = [at for at, body in enumerate(bodies, 1) if body != '{"id": 1}']
    assert reported(answer(listening, shapes.sqs(*bodies))) == [f"m{at}" for at in bad]
    in_order = caller(listening, "in_order")(shapes.sqs(*bodies, queue="orders.fifo"), None)
    assert reported(in_order) == [
        f"m{at}" for at in range(bad[0] if bad else len(bodies) + 1, len(bodies) + 1)
    ]


def reported(answered: Any) -> list[str]:
    return [each["itemIdentifier"] for each in answered["batchItemFailures"]]


# ── the short way and the long one ────────────────────────────────────────────────────────────────


@dataclass
class Line:
    item: str
    price: Decimal = Decimal(1)
    count: int = 1


def order(
    id: int, line: Line, rate: float = 1.5, notes: list[str] | None = None, kind: Literal["a", "b"] = "a"
) -> None: ...


def only(id: int = 5) -> None: ...


DOOR = Door("on_sqs_message", "order")


BODIES: Any = st.dictionaries(
    st.sampled_from(["id", "line", "rate", "notes", "kind", "other"]),
    ANYTHING | st.just({"item": "bat"}) | st.just({"item": "bat", "price": "1.50"}) | st.sampled_from(["a", "c", 2**63, 1.0, -1]),
)  # fmt: skip


@given(st.sampled_from([order, only]), BODIES)
def test_the_short_way_says_what_the_long_one_says(function: Any, content: dict[str, Any]) -> None:
    """msgspec's decoder alone never accepts what the rules of all surfaces refuse, nor makes something else of it."""
    taking = Taking.of(Hipflask("plan").actions.add(function, DOOR), "on_sqs_message")
    body = json.dumps(content)
    quick = body_type(taking)
    assert quick is not None
    try:
        short = quick.decode(body)
    except ValueError:
        return  # whatever it refuses goes the long way
    with_defaults = {each.name: each.default for each in taking.plan.parameters if not each.required}
    assert {**with_defaults, **of_text(taking, body, dict)} == short


@pytest.mark.parametrize(
    "part",
    ['"rate": 1e999', '"line": {"item": "a", "count": 9223372036854775808}', '"id": -9223372036854775809'],
)
def test_numbers_that_no_database_holds_take_no_short_way(listening: Hipflask, part: str) -> None:
    """A float without end and a whole number of more than 64 bits are refused, however deep they are."""
    app = Hipflask("numbers")
    app.on_sqs_message("orders")(order)
    body = f'{{"id": 1, "line": {{"item": "a"}}, {part}}}'
    assert reported(answer(app, shapes.sqs(body))) == ["m1"]


# ── DynamoDB's values ─────────────────────────────────────────────────────────────────────────────

NUMBERS = st.integers(-(10**37), 10**37) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=10
)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | st.binary(max_size=8) | st.sets(st.text(min_size=1), min_size=1, max_size=3) | st.sets(NUMBERS, min_size=1, max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def as_in_an_event(value: Any) -> Any:
    """boto3 writes bytes, and an event has them in base64."""
    ((kind, inner),) = value.items()
    if kind == "B":
        return {"B": base64.b64encode(inner.value if hasattr(inner, "value") else inner).decode()}
    if kind == "L":
        return {"L": [as_in_an_event(each) for each in inner]}
    return (
        {"M": {name: as_in_an_event(each) for name, each in inner.items()}} if kind == "M" else {kind: inner}
    )


@given(VALUES)
def test_values_of_dynamodb_are_what_boto3_wrote(value: Any) -> None:
    """Exactly: every digit of a number, and whole numbers as int."""
    read = plain(as_in_an_event(TypeSerializer().serialize(value)))
    assert read == value
    if isinstance(value, int) and not isinstance(value, bool):
        assert type(read) is int


@given(ANYTHING)
def test_what_is_no_value_of_dynamodb_is_refused(value: Any) -> None:
    """In one way: ValueError, which the record's error is made of."""
    try:
        plain(value)
    except ValueError as error:
        assert str(error)
