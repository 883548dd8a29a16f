"""Messages as bytes: what is one, what is none, and that nothing whatsoever breaks the reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ballpark import ERAS, Asker, make_app, quiet
from hypothesis import given
from hypothesis import strategies as st

from hipflask.surfaces.mcp.calls import Client
from hipflask.surfaces.mcp.wire import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    Message,
    Refused,
    decode,
    encode,
    error,
)


def test_a_request_a_notification_and_an_answer_are_told_apart() -> None:
    """A request has an id, a notification has none, and an answer is nothing that we have asked for."""
    assert decode(b'{"jsonrpc":"2.0","id":1,"method":"ping"}') == Message("ping", {}, 1)
    assert decode(b'{"jsonrpc":"2.0","id":"a","method":"m","params":{"x":1}}') == Message("m", {"x": 1}, "a")
    assert decode(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":null}') == Message("ping", {}, 1)
    assert decode(b'{"jsonrpc":"2.0","method":"notifications/x"}') == Message("notifications/x", {}, None)
    assert decode(b'{"jsonrpc":"2.0","id":7,"result":{}}') is None
    assert decode(b'{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":""}}') is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", PARSE_ERROR),
        (b"{", PARSE_ERROR),
        (b"\xff\xfe", PARSE_ERROR),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"} {}', PARSE_ERROR),
        (b"[" * 100_000, PARSE_ERROR),
        (b'{"a":' * 50_000, PARSE_ERROR),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', INVALID_REQUEST),
        (b"[]", INVALID_REQUEST),
        (b"3", INVALID_REQUEST),
        (b"null", INVALID_REQUEST),
        (b'{"id":1,"method":"ping"}', INVALID_REQUEST),
        (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1,"method":3}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', INVALID_PARAMS),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}', INVALID_PARAMS),
    ],
)
def test_what_is_no_message_is_refused_by_its_number(data: bytes, code: int) -> None:
    """-32700 for what cannot be read, -32600 for what is no message, batches among them, -32602 for odd parameters."""
    with pytest.raises(Refused) as refused:
        decode(data)
    assert refused.value.code == code


def test_a_refusal_names_the_request_where_it_has_a_name() -> None:
    """Whoever waits for an answer gets it under the id that they have sent; null where there was none to be read."""
    with pytest.raises(Refused) as refused:
        decode(b'{"jsonrpc":"1.0","id":9,"method":"ping"}')
    assert error(refused.value)["id"] == 9
    with pytest.raises(Refused) as refused:
        decode(b"{")
    assert json.loads(encode(error(refused.value)))["id"] is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "initialize",
        "ping",
        "server/discover",
        "tools/list",
        "tools/call",
        "resources/list",
        "resources/read",
        "resources/templates/list",
        "prompts/list",
        "prompts/get",
        "completion/complete",
        "logging/setLevel",
        "notifications/cancelled",
        "nonsense",
    ]
)
WORDS = st.sampled_from(
    [
        "name",
        "arguments",
        "uri",
        "cursor",
        "ref",
        "argument",
        "value",
        "type",
        "level",
        "protocolVersion",
        "requestId",
        "_meta",
        "progressToken",
        "base",
        "io.modelcontextprotocol/protocolVersion",
        "io.modelcontextprotocol/clientCapabilities",
    ]
)
VALUES = st.sampled_from(
    [
        "who_is_on",
        "count",
        "coach",
        "lineup://players/first",
        "2025-11-25",
        "2026-07-28",
        "ref/prompt",
        "debug",
        "n",
    ]
)
PARAMS = st.dictionaries(WORDS, VALUES | JSON | st.dictionaries(WORDS, VALUES | JSON, max_size=5), max_size=6)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes raise anything but a refusal, and each refusal can be sent."""
    try:
        decode(data)
    except Refused as refused:
        encode(error(refused))


@given(JSON)
def test_any_json_is_a_message_or_refused(value: Any) -> None:
    """The same for what is JSON, but perhaps no message."""
    try:
        decode(json.dumps(value).encode())
    except Refused as refused:
        encode(error(refused))


APP = make_app()
ASKERS = {era: Asker(APP, era) for era in ERAS}


@given(st.sampled_from(ERAS), NAMES, PARAMS)
def test_any_request_is_answered(era: str, method: str, params: dict[str, Any]) -> None:
    """Whatever it asks for: by a result or by an error of the protocol, under its own id, and never from inside."""
    asker = ASKERS[era]
    asker.client = Client(version=asker.client.version)
    given_meta = params.get("_meta")
    meta = given_meta if isinstance(given_meta, dict) else {}
    with quiet(APP):
        answer = asker.answer(method, {**params, "_meta": {}} if era == "handshake" else params, meta)
    assert ("result" in answer) != ("error" in answer)
    assert json.loads(encode(answer))["id"] == answer["id"]
    assert answer.get("error", {}).get("code") != -32603, answer
