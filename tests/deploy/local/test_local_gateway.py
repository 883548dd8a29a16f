"""What the gateway on this computer makes of requests and answers is what Amazon's makes of them."""

from __future__ import annotations

import asyncio
import io
import time
from base64 import b64encode
from typing import Any

import pytest

from hipflask import Hipflask
from hipflask.deploy.local.gateway import Asked, Context, event_of, is_too_large, told_of
from hipflask.deploy.local.server import Gateway
from hipflask.surfaces.aws import handler
from hipflask.surfaces.aws.limits import LAMBDA_BYTES


def asked(
    method: str = "GET", path: str = "/", query: str = "", body: bytes = b"", *headers: tuple[bytes, bytes]
) -> Asked:
    """A request."""
    return Asked(method, path, query, [(b"host", b"127.0.0.1:8000"), *headers], body, "127.0.0.1")


def test_a_request_becomes_an_event_of_payload_2() -> None:
    """With the names and forms of an HTTP API; what differs each time apart."""
    headers = [(b"accept", b"a/b"), (b"accept", b"c/d"), (b"cookie", b"a=1; b=2"), (b"cookie", b"c=3")]
    event = event_of(asked("GET", "/on/Wer ist’s", "base=1&base=2", b"", *headers), 1_764_000_000.5)
    assert event["headers"].pop("x-amzn-trace-id").startswith("Root=1-")
    assert event["requestContext"].pop("requestId")
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/on/Wer ist’s",
        "rawQueryString": "base=1&base=2",
        "cookies": ["a=1", "b=2", "c=3"],
        "headers": {
            "host": "127.0.0.1:8000",
            "accept": "a/b,c/d",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-proto": "http",
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "127.0.0.1",
            "domainPrefix": "127",
            "http": {
                "method": "GET",
                "path": "/on/Wer ist’s",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "",
            },
            "routeKey": "$default",
            "stage": "$default",
            "time": "24/Nov/2025:16:00:00 +0000",
            "timeEpoch": 1_764_000_000_500,
        },
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize(
    ("kind", "body", "sent"),
    [
        (b"application/json", b'{"a": 1}', ('{"a": 1}', False)),
        (b"text/plain; charset=utf-8", b"Wer", ("Wer", False)),
        (b"text/plain", b"\xff\xfe", (b64encode(b"\xff\xfe").decode(), True)),
        (b"image/png", b"\x89PNG", (b64encode(b"\x89PNG").decode(), True)),
        (b"application/x-www-form-urlencoded", b"a=1", (b64encode(b"a=1").decode(), True)),
    ],
)
def test_a_body_is_text_or_base64(kind: bytes, body: bytes, sent: tuple[str, bool]) -> None:
    """As its type says, and only if it is that."""
    event = event_of(asked("POST", "/", "", body, (b"content-type", kind)), 0.0)
    assert (event["body"], event["isBase64Encoded"]) == sent


def test_what_lambda_would_refuse() -> None:
    """Six megabytes for all of it; base64 takes a third more."""
    assert not is_too_large(asked(body=b"x" * 4_000_000))
    assert is_too_large(asked(body=b"x" * 5_000_000))


def test_an_answer_is_told() -> None:
    """Status, headers, several cookies, base64."""
    told = told_of(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "image/png", "Transfer-Encoding": "chunked"},
            "cookies": ["a=1", "b=2; HttpOnly"],
            "body": b64encode(b"\x89PNG").decode(),
            "isBase64Encoded": True,
        }
    )
    assert (told.status, told.body) == (201, b"\x89PNG")
    assert told.headers == [
        (b"content-type", b"image/png"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2; HttpOnly"),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        {},
        {"statusCode": "200"},
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
        {"statusCode": 200, "body": 7},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "body": "x" * (LAMBDA_BYTES + 1)},
    ],
)
def test_an_answer_that_is_none_is_an_error_of_the_server(answer: Any) -> None:
    """As it is there, in the same words."""
    told = told_of(answer)
    assert (told.status, told.body) == (500, b'{"message": "Internal Server Error"}')


def test_the_way_there_and_back() -> None:
    """Through the handler that Lambda calls."""
    app = Hipflask("local_under_test")

    @app.api("/on/<base>", methods=["POST"])
    def on(base: str, inning: int, name: str = "") -> dict[str, Any]:
        return {"base": base, "inning": inning, "name": name}

    request = asked(
        "POST", "/on/first", "inning=9", b'{"name": "Who"}', (b"content-type", b"application/json")
    )
    told = told_of(handler(app)(event_of(request, 0.0), Context("web", 30.0)))
    assert (told.status, told.body) == (200, b'{"base":"first","inning":9,"name":"Who"}')


def test_a_context_counts_down() -> None:
    """As Lambda's does, and never below nothing."""
    assert 29_000 < Context("web", 30.0).get_remaining_time_in_millis() <= 30_000
    assert Context("web", -1.0).get_remaining_time_in_millis() == 0


# ── the sockets ───────────────────────────────────────────────────────────────────────────────────


def ask(gateway: Gateway, scope: dict[str, Any], *parts: bytes) -> list[dict[str, Any]]:
    """What the gateway sends."""
    sent: list[Any] = []
    coming = [{"type": "http.request", "body": part, "more_body": part is not parts[-1]} for part in parts]

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(gateway(scope, receive, send))
    gateway.stop()
    return sent


def request(method: str = "GET", path: str = "/") -> dict[str, Any]:
    """A request to port 8000."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost:8000")],
        "client": ("127.0.0.1", 5),
    }


def test_a_function_that_takes_too_long_is_answered_for() -> None:
    """The gateway does not wait for it, and the context has said how long that would be."""
    left: list[int] = []

    def slow(event: Any, context: Context) -> dict[str, Any]:
        left.append(context.get_remaining_time_in_millis())
        time.sleep(5.0)
        return {"statusCode": 200, "body": "late"}

    began = time.monotonic()
    start, body = ask(Gateway(slow, 8000, seconds=0.2, out=io.StringIO()), request(), b"")
    assert time.monotonic() - began < 4
    assert (start["status"], body["body"]) == (503, b'{"message": "Service Unavailable"}')
    assert 0 < left[0] <= 200


def test_a_handler_that_raises_is_an_error_of_the_server(caplog: pytest.LogCaptureFixture) -> None:
    """Also where it would end the program."""

    def ends(event: Any, context: Context) -> None:
        raise SystemExit(1)

    start, _ = ask(Gateway(ends, 8000, out=io.StringIO()), request(), b"")
    assert start["status"] == 500
    assert "was not answered" in caplog.text


def test_a_body_in_parts_is_put_together() -> None:
    """Up to what Lambda takes; no more than that is kept."""

    def echo(event: Any, context: Context) -> dict[str, Any]:
        return {"statusCode": 200, "body": event["body"], "isBase64Encoded": event["isBase64Encoded"]}

    said = io.StringIO()
    _, body = ask(Gateway(echo, 8000, out=said), request("POST"), b"one ", b"two ", b"three")
    assert body["body"] == b"one two three"
    assert said.getvalue().startswith("POST / 200 ")
    start, _ = ask(Gateway(echo, 8000, out=said), request("POST"), *(bytes(2_000_000) for _ in range(6)))
    assert start["status"] == 413


def test_lambda_has_no_sockets() -> None:
    """A page that asks for one is told so at once."""
    gateway = Gateway(lambda event, context: None, 8000)
    assert ask(gateway, {"type": "websocket"}, b"") == [{"type": "websocket.close"}]
