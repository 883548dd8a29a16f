"""What the surfaces tell to who looks inside: one span for each call, by the names of the code, and no value among the facts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import flask
import pytest

from hipflask import Hipflask
from hipflask.core import tracing
from hipflask.core.tracing import Span
from hipflask.surfaces.aws.answering import handler
from hipflask.surfaces.events.calling import answer
from looking import Looking, looking

ASKER = tracing.Origin(0xA11CE, 0xB0B)


@pytest.fixture
def app() -> Hipflask:
    app = Hipflask("park")
    app.config.update(MCP_PUBLIC=True, DIALOGFLOW_SECRET="costello", PROPAGATE_EXCEPTIONS=False)

    @app.api("/on/<base>")
    @app.command("on")
    @app.intent("WhoIsOn", "who is on {base}")
    @app.tool()
    @app.lambda_function()
    @app.on_sqs_message("bases")
    def who_is_on(base: str) -> str:
        """Who plays at this base?"""
        if base == "canary fails":
            raise LookupError("canary")
        return f"Who is on {base}."

    @app.schedule("rate(1 hour)")
    def hourly() -> None:
        """Nothing to do."""

    @app.window("/")
    def window() -> None:
        """Nothing to see."""

    return app


@pytest.fixture
def seen() -> Iterator[Looking]:
    with looking() as seen:
        yield seen


def only(seen: Looking, kind: str) -> Span:
    """The one span of a kind, which tells no value."""
    (span,) = seen.of(kind)
    assert "canary" not in repr((span.kind, span.name, span.facts))
    return span


def message(text: str, **attributes: str) -> dict[str, Any]:
    """An event of a queue."""
    kept = {name: {"stringValue": value, "dataType": "String"} for name, value in attributes.items()}
    record = {
        "messageId": "1",
        "body": json.dumps({"base": text}),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:bases",
        "messageAttributes": kept,
        "attributes": {},
    }
    return {"Records": [record]}


# ── the web ───────────────────────────────────────────────────────────────────────────────────────


def test_a_request_is_told_by_its_rule(app: Hipflask, seen: Looking) -> None:
    """With its status; where it went is a value."""
    assert app.test_client().get("/on/canary?since=canary").status_code == 200
    span = only(seen, "request")
    assert (span.name, span.facts["status"], span.error) == ("GET /on/<base>", 200, None)
    assert span.values["path"] == "/on/canary?since=canary"


def test_what_nobody_has_written_is_not_told(app: Hipflask, seen: Looking) -> None:
    """Neither an address that is none, nor a method."""
    client = app.test_client()
    client.get("/canary")
    client.open("/on/first", method="CANARY")
    assert [(span.name, span.facts["status"]) for span in seen.of("request")] == [
        ("GET (none)", 404),
        ("(other) (none)", 405),
    ]


def test_a_request_that_fails_says_with_what(app: Hipflask, seen: Looking) -> None:
    assert app.test_client().get("/on/canary fails").status_code == 500
    span = only(seen, "request")
    assert span.facts["status"] == 500 and isinstance(span.error, LookupError)


def test_a_trace_goes_on_with_a_request(app: Hipflask, seen: Looking) -> None:
    """Of whoever says so in W3C's header; anything else begins one."""
    client = app.test_client()
    client.get("/on/first", headers={"traceparent": ASKER.traceparent})
    client.get("/on/first", headers={"traceparent": "canary"})
    going_on, begun = seen.of("request")
    assert going_on.parent == ASKER and going_on.origin.trace == ASKER.trace
    assert begun.parent is None


def test_what_a_view_does_belongs_to_its_request(app: Hipflask, seen: Looking) -> None:
    @app.route("/inner")
    def inner() -> str:
        with tracing.span("statement", "SELECT player"):
            return flask.request.path

    app.test_client().get("/inner")
    assert only(seen, "statement").parent == only(seen, "request").origin


def test_web_requests_by_lambda_are_told_alike(app: Hipflask, seen: Looking) -> None:
    event = {
        "version": "2.0",
        "rawPath": "/on/canary",
        "rawQueryString": "",
        "headers": {"traceparent": ASKER.traceparent},
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.9"}, "domainName": "example.com"},
        "isBase64Encoded": False,
    }
    assert handler(app)(event, None)["statusCode"] == 200
    assert only(seen, "request").parent == ASKER


# ── everything else ───────────────────────────────────────────────────────────────────────────────


def test_a_command_is_told_by_its_name(app: Hipflask, seen: Looking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEPARENT", ASKER.traceparent)
    assert app.test_cli_runner().invoke(args=["on", "canary"]).exit_code == 0
    span = only(seen, "command")
    assert (span.name, span.values, span.parent) == ("on", {"base": "canary"}, ASKER)
    assert app.test_cli_runner().invoke(args=["on", "canary fails"]).exit_code == 1
    assert isinstance(seen.of("command")[1].error, LookupError)


def test_an_intent_is_told_by_its_name(app: Hipflask, seen: Looking) -> None:
    heard = {
        "session": "projects/park/agent/sessions/canary",
        "queryResult": {
            "queryText": "canary",
            "languageCode": "en",
            "parameters": {"base": "canary"},
            "intent": {"displayName": "WhoIsOn"},
        },
    }
    headers = {"Authorization": "Bearer costello"}
    assert app.test_client().post("/voice/dialogflow", json=heard, headers=headers).status_code == 200
    span = only(seen, "intent")
    assert span.name == "WhoIsOn" and span.parent == only(seen, "request").origin


def test_a_tool_is_told_by_its_name(app: Hipflask, seen: Looking) -> None:
    """An assistant may say in `_meta` what its call belongs to."""
    version = "2026-07-28"
    meta = {
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": {"name": "canary", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
        "traceparent": ASKER.traceparent,
    }
    params = {"name": "who_is_on", "arguments": {"base": "canary"}, "_meta": meta}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": version,
        "Mcp-Method": "tools/call",
        "Mcp-Name": "who_is_on",
    }
    assert app.test_client().post("/mcp", json=asked, headers=headers).status_code == 200
    span = only(seen, "tool")
    assert (span.name, span.parent) == ("who_is_on", ASKER)


def test_a_message_is_told_by_its_function_and_queue(app: Hipflask, seen: Looking) -> None:
    """One span for each, of which those that failed say so."""
    assert answer(app, message("canary", traceparent=ASKER.traceparent)) == {"batchItemFailures": []}
    span = only(seen, "message")
    assert (span.name, span.parent) == ("who_is_on", ASKER)
    assert span.facts == {"system": "sqs", "destination": "bases"}
    answer(app, message("canary fails"))
    assert isinstance(seen.of("message")[1].error, LookupError)


def test_somebody_elses_queue_is_told_without_whose_it_is(app: Hipflask, seen: Looking) -> None:
    @app.on_sqs_message(queue_arn="arn:aws:sqs:eu-central-1:123456789012:bases", name="theirs")
    def theirs(base: str) -> None:
        """Nothing to do."""

    answer(app, message("canary"), name="theirs")
    assert only(seen, "message").facts == {"system": "sqs", "destination": "bases"}


@pytest.mark.parametrize("junk", [[], "x", {"traceparent": 3}, {"traceparent": {"stringValue": []}}])
def test_attributes_that_are_none_begin_a_trace(app: Hipflask, seen: Looking, junk: Any) -> None:
    event = message("first")
    event["Records"][0] |= {"messageAttributes": junk, "Sns": junk}
    assert answer(app, event) == {"batchItemFailures": []}
    assert only(seen, "message").parent is None


def test_a_schedule_and_a_call_by_name_are_told(app: Hipflask, seen: Looking) -> None:
    answer(
        app,
        {
            "source": "aws.events",
            "detail-type": "Scheduled Event",
            "detail": {},
            "time": "2026-11-23T09:00:00Z",
        },
        name="hourly",
    )
    answer(app, {"base": "canary"}, name="who_is_on")
    assert only(seen, "schedule").name == "hourly"
    assert only(seen, "message").facts == {"system": "pure_lambda"}


def test_nothing_is_told_where_nobody_looks(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even begun."""
    monkeypatch.setattr(tracing, "begin", lambda *_, **__: pytest.fail("a span was begun"))
    app.test_client().get("/on/first")
    app.test_cli_runner().invoke(args=["on", "first"])
    answer(app, message("first"))
