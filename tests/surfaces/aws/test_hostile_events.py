"""Events that are cut off, of no known kind, or meant to do harm: one sentence says what was seen, and none of it is a secret."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from echo import echo_app
from gateways import GATEWAYS, Context, Event, Request
from hypothesis import given
from hypothesis import strategies as st

from hipflask import Hipflask
from hipflask.core.errors import EventError
from hipflask.surfaces.aws import handler

SECRET = "s3cret"
ANSWER = handler(echo_app())
REQUEST = Request(
    "POST",
    f"/{SECRET}/on?token={SECRET}&b=2",
    (
        ("Authorization", f"Bearer {SECRET}"),
        ("Cookie", f"session={SECRET}; b=1"),
        ("Content-Type", "text/plain"),
    ),
    SECRET.encode(),
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def places(event: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all parts of an event."""
    found = [path] if path else []
    inner = event.items() if isinstance(event, dict) else enumerate(event) if isinstance(event, list) else ()
    for key, value in inner:
        found += places(value, (*path, key))
    return found


@st.composite
def broken(draw: st.DrawFn, gateway: Callable[[Request], Event]) -> Any:
    """A gateway's event in which some parts are missing, or are something else."""
    event = copy.deepcopy(gateway(REQUEST))
    for _ in range(draw(st.integers(1, 3))):
        left = places(event)
        if not left:
            break
        *path, last = draw(st.sampled_from(left))
        part: Any = event
        for key in path:
            part = part[key]
        if draw(st.booleans()):
            del part[last]
        else:
            part[last] = draw(json_values)
    return event


@pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.__name__)
@given(data=st.data())
def test_a_broken_event_is_answered_or_refused_in_a_sentence(
    gateway: Callable[[Request], Event], data: st.DataObject
) -> None:
    """Never anything else: no other error, and nothing of what was sent."""
    event = data.draw(broken(gateway))
    try:
        told = ANSWER(event, Context())
    except EventError as error:
        assert SECRET not in str(error) and len(str(error)) < 1500 and "\n" not in str(error)
    else:
        assert 200 <= told["statusCode"] < 600
        json.dumps(told)


@given(event=json_values)
def test_anything_at_all(event: Any) -> None:
    """What no gateway, no service and no person would send is refused in the same way."""
    with pytest.raises(EventError):
        ANSWER(event, Context())


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"requestContext": {"http": {"method": "GET"}}}, "'rawPath'"),
        ({"requestContext": {"http": {}}, "rawPath": "/"}, "'method'"),
        ({"httpMethod": "GET", "requestContext": {}}, "'path'"),
        ({"requestContext": {"elb": {}}, "path": "/"}, "'httpMethod'"),
        ({"requestContext": {"http": {"method": 5}}, "rawPath": "/"}, "has another form"),
        ({"requestContext": {"connectionId": "x", "eventType": "CONNECT"}}, "WebSocket"),
    ],
)
def test_what_is_missing_is_named(event: Event, words: str) -> None:
    """By its key; and what there was, by its keys."""
    with pytest.raises(EventError, match="of API Gateway" if words == "WebSocket" else words) as caught:
        ANSWER(event, Context())
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"hello": SECRET, "other": {"deep": SECRET}}, "the keys 'hello', 'other'"),
        ({}, "an empty object"),
        ([SECRET], "a list"),
        (SECRET, "a string"),
        (None, "null"),
    ],
)
def test_what_is_of_no_kind_is_told_by_its_keys(event: Any, words: str) -> None:
    """Only the outermost, and no value."""
    with pytest.raises(EventError) as caught:
        ANSWER(event, Context())
    assert words in str(caught.value) and SECRET not in str(caught.value) and "deep" not in str(caught.value)


def test_ten_thousand_keys_make_no_long_sentence() -> None:
    """Whoever invents keys does not fill the log with them."""
    event: Event = {f"{number}" * 1000: 1 for number in range(10_000)}
    with pytest.raises(EventError) as caught:
        ANSWER({**event, "requestContext": {"http": {}}}, Context())
    assert len(str(caught.value)) < 1500


def test_a_function_of_one_door_takes_no_web_request() -> None:
    """A queue's function is not to be reached by whoever can make an event look like a request."""
    app = Hipflask("one_door", root_path="/nowhere")
    heard: list[int] = []

    @app.get("/")
    def page() -> str:
        return "the web"

    @app.on_sqs_message("orders")
    def order(number: int) -> None:
        heard.append(number)

    only = handler(app, "order")
    with pytest.raises(EventError):
        only(GATEWAYS[0](Request()), Context())
    record = {
        "messageId": "1",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:0:orders",
        "body": '{"number": 7}',
    }
    assert only({"Records": [record]}, Context()) == {"batchItemFailures": []} and heard == [7]
    assert handler(app)({"Records": [record]}, Context()) == {
        "batchItemFailures": []
    }  # found by where it comes from
    web = handler(app, "web")
    assert web(GATEWAYS[0](Request()), Context())["body"] == "the web"
    with pytest.raises(
        EventError, match=r"answers the web, and was called with an object with the keys 'Records'"
    ):
        web({"Records": [record]}, Context())
    assert heard == [7, 7]  # by the two before
