"""One handler for all that may call: each event finds the function that it is for."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from gateways import Context, Request, function_url

from hipflask import Hipflask
from hipflask.surfaces.aws import handler

REGION = "eu-central-1"


@pytest.fixture
def heard() -> list[Any]:
    return []


@pytest.fixture
def app(heard: list[Any]) -> Hipflask:
    """An app with a function of each kind."""
    app = Hipflask("all_kinds", root_path="/nowhere")

    @app.get("/")
    def page() -> str:
        return "the web"

    @app.schedule("rate(1 hour)")
    def hourly() -> None:
        heard.append("hourly")

    @app.on_s3_event("uploads")
    def uploaded(bucket: str, key: str) -> None:
        heard.append((bucket, key))

    @app.on_sqs_message("orders")
    def ordered(number: int) -> None:
        heard.append(number)

    @app.on_sns_message("news")
    def told(subject: str, message: str) -> None:
        heard.append((subject, message))

    @app.on_dynamodb_record(f"arn:aws:dynamodb:{REGION}:0:table/players/stream/1")
    def changed(new: dict[str, Any]) -> None:
        heard.append(new)

    @app.on_kinesis_record("clicks")
    def clicked(number: int) -> None:
        heard.append(number)

    @app.on_cw_event({"source": ["shop"]})
    def happened() -> None:
        heard.append("happened")

    @app.lambda_function()
    def direct(number: int) -> int:
        return number + 1

    return app


def record(source: str, arn: str, **more: Any) -> dict[str, Any]:
    return {"Records": [{"eventSource": source, "eventSourceARN": arn, "awsRegion": REGION, **more}]}


EVENTS: list[tuple[dict[str, Any], Any]] = [
    (
        record(
            "aws:s3",
            "",
            eventName="ObjectCreated:Put",
            s3={
                "bucket": {"name": "uploads", "arn": "arn:aws:s3:::uploads"},
                "object": {"key": "a+b.png", "size": 1},
            },
        ),
        ("uploads", "a b.png"),
    ),
    (record("aws:sqs", f"arn:aws:sqs:{REGION}:0:orders", messageId="1", body='{"number": 7}'), 7),
    (
        {
            "Records": [
                {
                    "EventSource": "aws:sns",
                    "EventSubscriptionArn": f"arn:aws:sns:{REGION}:0:news:1",
                    "Sns": {"TopicArn": f"arn:aws:sns:{REGION}:0:news", "Subject": "Hear", "Message": "this"},
                }
            ]
        },
        ("Hear", "this"),
    ),
    (
        record(
            "aws:dynamodb",
            f"arn:aws:dynamodb:{REGION}:0:table/players/stream/1",
            eventName="INSERT",
            dynamodb={"NewImage": {"name": {"S": "Who"}, "base": {"N": "1"}}, "SequenceNumber": "1"},
        ),
        {"name": "Who", "base": 1},
    ),
    (
        record(
            "aws:kinesis",
            f"arn:aws:kinesis:{REGION}:0:stream/clicks",
            kinesis={"data": base64.b64encode(b'{"number": 8}').decode(), "sequenceNumber": "1"},
        ),
        8,
    ),
    (
        {"version": "0", "source": "shop", "detail-type": "sale", "resources": [], "detail": {}, "id": "1"},
        "happened",
    ),
]


@pytest.mark.parametrize(("event", "said"), EVENTS)
def test_each_event_finds_its_function(
    app: Hipflask, heard: list[Any], event: dict[str, Any], said: Any
) -> None:
    """By where it comes from, without anybody saying which."""
    json.dumps(handler(app)(event, Context()))
    assert heard == [said]


def test_the_web_and_direct_calls_beside_them(app: Hipflask) -> None:
    """A direct call needs the name; the web does not."""
    assert handler(app)(function_url(Request()), Context())["body"] == "the web"
    assert handler(app, "direct")({"number": 1}, Context()) == 2
    assert (
        handler(app, "hourly")(
            {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}, Context()
        )
        is None
    )


def test_an_authorizer_is_asked_before_the_web() -> None:
    """What API Gateway asks of it looks much like the request itself, in all its forms."""
    from hipflask import events

    app = Hipflask("guarded", root_path="/nowhere")

    @app.get("/")
    def page() -> str:
        return "the web"

    @app.authorizer()
    def who(request: events.AuthRequest) -> events.AuthResponse:
        routes = ["*"] if request.token == "allow" else []
        return events.AuthResponse(routes=routes, principal_id="ann")

    arn = f"arn:aws:execute-api:{REGION}:0:abc/prod/GET/"
    web = function_url(Request(headers=(("authorization", "allow"),)))
    by_token = {"type": "TOKEN", "methodArn": arn, "authorizationToken": "allow"}
    told = handler(app)(by_token, Context())
    assert told["principalId"] == "ann" and told["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    by_request = {**web, "type": "REQUEST", "routeArn": arn, "identitySource": ["allow"]}
    assert "statusCode" not in handler(app)(by_request, Context())
