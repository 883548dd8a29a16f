"""The gateways before a function, as far as their events go: one request, in the words of each of them.

An HTTP API decodes the path; all gateways of API Gateway decode the values of payload 1.0's query; a load balancer decodes nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from aws.gateway import event_of

Event = dict[str, Any]

HOST = "abcdef.execute-api.eu-central-1.amazonaws.com"
CLIENT = "203.0.113.7"


@dataclass(frozen=True)
class Request:
    """A request as it is on its way: an encoded target, headers, a body."""

    method: str = "GET"
    target: str = "/"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


def function_url(request: Request) -> Event:
    """A Function URL."""
    event = event_of(request.method, request.target, _joined(request), request.body)
    event["requestContext"]["http"]["sourceIp"] = CLIENT
    return event


def http_api_2(request: Request) -> Event:
    """An HTTP API as it is by default."""
    event = event_of(request.method, request.target, _joined(request), request.body, HOST)
    event["rawPath"] = event["requestContext"]["http"]["path"] = unquote(request.path)
    event["requestContext"]["http"]["sourceIp"] = CLIENT
    return event


def http_api_1(request: Request) -> Event:
    """An HTTP API of payload 1.0."""
    path = unquote(request.path)
    event = {**_payload_1(request, path, path, "$default"), "version": "1.0"}
    event["resource"] = "$default"
    return event


def rest_api(request: Request, stage: str = "prod") -> Event:
    """A REST API, at a stage."""
    return _payload_1(request, request.path, f"/{stage}{request.path}", stage)


def balancer(request: Request, is_multi: bool = False) -> Event:
    """A load balancer, whose target group may have been told to send several values."""
    headers, query = _lists(_with_forwarded(request)), _lists(_raw_pairs(request.query))
    event: Event = {
        "requestContext": {
            "elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:0:targetgroup/x/y"}
        },
        "httpMethod": request.method,
        "path": request.path,
        **_body(request),
    }
    if is_multi:
        return {**event, "multiValueHeaders": headers, "multiValueQueryStringParameters": query}
    last = {name: values[-1] for name, values in query.items()}
    joined = {name: ("; " if name == "cookie" else ",").join(values) for name, values in headers.items()}
    return {**event, "headers": joined, "queryStringParameters": last}


def balancer_multi(request: Request) -> Event:
    """One that sends several values."""
    return balancer(request, is_multi=True)


GATEWAYS: tuple[Callable[[Request], Event], ...] = (
    function_url,
    http_api_2,
    http_api_1,
    rest_api,
    balancer,
    balancer_multi,
)


def content(told: Event) -> bytes:
    """The body of an answer."""
    return base64.b64decode(told["body"]) if told["isBase64Encoded"] else told["body"].encode()


def values(told: Event, name: str) -> list[str]:
    """The values of a header of an answer, in whatever form it has them."""
    if name == "set-cookie" and "cookies" in told:
        return list(told["cookies"])
    if "multiValueHeaders" in told:
        return list(told["multiValueHeaders"].get(name, []))
    return [value for each, value in told["headers"].items() if each.lower() == name]


@dataclass
class Context:
    """What Lambda says of an invocation."""

    aws_request_id: str = "8c0e2c7a-1"
    milliseconds: int = 3000
    function_name: str = "under-test"
    more: dict[str, Any] = field(default_factory=dict)

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


def _payload_1(request: Request, path: str, whole: str, stage: str) -> Event:
    headers, query = _lists(_with_host(request)), _lists(parse_qsl(request.query, keep_blank_values=True))
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": request.method,
        "headers": {name: entries[-1] for name, entries in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: entries[-1] for name, entries in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": unquote(request.path).lstrip("/")} if request.path != "/" else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": request.method,
            "path": whole,
            "stage": stage,
            "domainName": HOST,
            "identity": {"sourceIp": CLIENT, "userAgent": "test"},
        },
        **_body(request),
    }


def _body(request: Request) -> Event:
    if not request.body:
        return {"body": None, "isBase64Encoded": False}
    return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}


def _with_host(request: Request) -> list[tuple[str, str]]:
    return [("Host", HOST), ("X-Forwarded-Proto", "https"), *request.headers]


def _with_forwarded(request: Request) -> list[tuple[str, str]]:
    """The balancer adds the address that it sees to what was sent."""
    sent = ", ".join(
        [*(value for name, value in request.headers if name.lower() == "x-forwarded-for"), CLIENT]
    )
    others = [(name, value) for name, value in _with_host(request) if name.lower() != "x-forwarded-for"]
    return [(name.lower(), value) for name, value in others] + [("x-forwarded-for", sent)]


def _joined(request: Request) -> list[tuple[str, str]]:
    """Payload 2.0 has one value for each header."""
    cookies = [pair for pair in request.headers if pair[0].lower() == "cookie"]
    others = [pair for pair in _with_host(request) if pair[0].lower() != "cookie"]
    return [(name, ",".join(entries)) for name, entries in _lists(others).items()] + cookies


def _lists(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _raw_pairs(query: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in query.split("&") if part]
    return [(name, value) for name, _, value in parts]
