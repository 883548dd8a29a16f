"""Requests made at random from the protocol's own schemas, and answers that its own types can read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ballpark import Asker, make_app, quiet
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp_types import methods as official

from hipflask.surfaces.mcp.calls import Client
from hipflask.surfaces.mcp.wire import CAPABILITIES, HANDSHAKE, STATELESS, VERSION, decode, encode

Schema = dict[str, Any]
SPOKEN = (HANDSHAKE[0], STATELESS[0])
REQUESTS = sorted(key for key in official.CLIENT_REQUESTS if key[1] in SPOKEN)
# Without these nearly every request would be for something that is not there.
KNOWN = st.sampled_from(
    ["who_is_on", "players", "coach", "tone", "base", "first", "kind", "lineup://players/{base}",
     "lineup://players/first", "ref/prompt", "ref/resource", "debug", "2025-11-25"]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | KNOWN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | KNOWN, inner, max_size=3)
    ),
    max_leaves=6,
)
FEWER = settings(max_examples=max(1, settings().max_examples // 6))


def drawn(schema: Schema, named: Schema) -> st.SearchStrategy[Any]:
    """Values of a JSON Schema, as far as the protocol's schemas go."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.deferred(lambda: drawn(named[name], named))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema or "oneOf" in schema:
        return st.one_of([drawn(each, named) for each in schema.get("anyOf") or schema["oneOf"]])
    match schema.get("type"):
        case "object":
            return an_object(schema, named)
        case "array":
            return st.lists(drawn(schema.get("items", {}), named), max_size=3)
        case "string":
            return KNOWN | st.text(max_size=20)
        case "integer":
            return st.integers(min_value=schema.get("minimum"), max_value=schema.get("maximum"))
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return ANYTHING


def an_object(schema: Schema, named: Schema) -> st.SearchStrategy[Any]:
    fields = {name: drawn(each, named) for name, each in schema.get("properties", {}).items()}
    needed = {name: fields[name] for name in schema.get("required", []) if name in fields}
    optional = {name: each for name, each in fields.items() if name not in needed}
    known = st.fixed_dictionaries(needed, optional=optional)
    if not schema.get("additionalProperties", not fields):
        return known
    return st.builds(lambda more, own: {**more, **own}, st.dictionaries(KNOWN, ANYTHING, max_size=3), known)


def requests(method: str, version: str) -> st.SearchStrategy[Any]:
    schema = official.CLIENT_REQUESTS[(method, version)].model_json_schema(by_alias=True)
    return drawn(schema, schema.get("$defs", {}))


APP = make_app()
ASKER = Asker(APP, "handshake")
ERRORS = {-32600, -32601, -32602, -32002, -32022}


@pytest.mark.parametrize(("method", "version"), REQUESTS)
@FEWER
@given(st.data())
def test_what_the_schema_allows_is_answered_as_the_schema_says(
    method: str, version: str, data: st.DataObject
) -> None:
    """By a result that the official types read, or by an error that the protocol has for it; never from inside."""
    request = data.draw(requests(method, version))
    if version in STATELESS:
        meta = request.setdefault("params", {}).setdefault("_meta", {})
        meta |= {VERSION: version, CAPABILITIES: {}}
    message = decode(json.dumps(request | {"id": 1}).encode())
    assert message is not None
    client = Client(version=version if version in HANDSHAKE else None)
    with quiet(APP):
        answer = ASKER.protocol.answer(ASKER.protocol.ask(message, client, lambda _: None))
    assert answer is not None
    answer = json.loads(encode(answer))
    if "error" in answer:
        assert answer["error"]["code"] in ERRORS, answer
    else:
        official.validate_server_result(method, version, answer["result"])


def test_the_schemas_are_met_often_enough() -> None:
    """The requests above are not all refused: calls and readings succeed among them."""
    wanted = {"tools/call", "resources/read"}
    succeeded = set()

    @settings(max_examples=100)
    @given(st.sampled_from(sorted(wanted)).flatmap(lambda method: requests(method, HANDSHAKE[0])))
    def try_one(request: dict[str, Any]) -> None:
        request.get("params", {}).pop("_meta", None)
        message = decode(json.dumps(request | {"id": 1}).encode())
        assert message is not None
        call = ASKER.protocol.ask(message, Client(version=HANDSHAKE[0]), lambda _: None)
        with quiet(APP):
            answer = ASKER.protocol.answer(call)
        if answer is not None and "isError" not in answer.get("result", {"isError": True}):
            succeeded.add(message.method)

    try_one()
    assert succeeded == wanted
