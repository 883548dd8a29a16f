"""What an HTTP API of Amazon's makes of a request, and of what a function answers: payload 2.0, with Lambda's limits.

    GET /on/first?a=1    →    {"version": "2.0", "rawPath": "/on/first", "rawQueryString": "a=1", …}    →    the handler
    200, "Who"           ←    {"statusCode": 200, "headers": {…}, "body": "Who", "isBase64Encoded": False}

Plain functions of plain values; `server.py` has the sockets.
"""

from __future__ import annotations

import json
import secrets
import time
import uuid
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...surfaces.aws.limits import HEAD_BYTES, LAMBDA_BYTES

GATEWAY_SECONDS = 30.0
FUNCTION = "web"

_TEXT = (b"text/", b"application/json", b"application/javascript", b"application/xml")
_NOT_PASSED_ON = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade"})

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; header names in lower case, the path decoded."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    client: str
    protocol: str = "HTTP/1.1"


@dataclass(frozen=True, slots=True)
class Told:
    """What goes back."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


def event_of(asked: Asked, now: float) -> dict[str, Any]:
    """The event that a function is called with."""
    headers, cookies = _headers(asked.headers)
    domain = headers.get("host", "localhost").rpartition(":")[0] or "localhost"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": asked.path,
        "rawQueryString": asked.query,
        "headers": headers
        | {
            "x-amzn-trace-id": f"Root=1-{int(now):08x}-{secrets.token_hex(12)}",
            "x-forwarded-for": asked.client,
            "x-forwarded-proto": "http",
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": asked.method,
                "path": asked.path,
                "protocol": asked.protocol,
                "sourceIp": asked.client,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": secrets.token_urlsafe(11),
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if asked.body:
        event["body"], event["isBase64Encoded"] = _body(asked.body, headers.get("content-type", ""))
    return event


def _headers(given: Headers) -> tuple[dict[str, str], list[str]]:
    """One value for each header, and the cookies apart."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for raw_name, raw_value in given:
        name, value = raw_name.decode("latin-1"), raw_value.decode("utf-8", "replace")
        if name == "cookie":
            cookies += [each for part in value.split(";") if (each := part.strip())]
        else:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers, cookies


def _body(body: bytes, kind: str) -> tuple[str, bool]:
    if kind.encode("latin-1", "replace").startswith(_TEXT):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return b64encode(body).decode(), True


def is_too_large(asked: Asked) -> bool:
    """Whether Lambda would refuse the event, without making it: base64 takes a third more."""
    return len(asked.body) * 4 // 3 + HEAD_BYTES > LAMBDA_BYTES


def told_of(answer: Any) -> Told:
    """What the gateway makes of an answer; one that is none of a web function's is an error of the server, as it is there."""
    if not isinstance(answer, dict) or not isinstance(status := answer.get("statusCode"), int):
        return refused(500, "Internal Server Error")
    try:
        body = _content(answer)
        headers = [*_pairs(answer.get("headers") or {}), *_cookies(answer.get("cookies") or ())]
    except (AttributeError, TypeError, UnicodeError, Base64Error):
        return refused(500, "Internal Server Error")
    if len(answer.get("body") or "") > LAMBDA_BYTES:
        return refused(500, "Internal Server Error")
    return Told(status, headers, body)


def _content(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body") or ""
    return b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()


def _pairs(headers: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode("latin-1"), str(value).encode())
        for name, value in headers.items()
        if name.lower() not in _NOT_PASSED_ON
    ]


def _cookies(cookies: Iterable[str]) -> list[tuple[bytes, bytes]]:
    return [(b"set-cookie", each.encode()) for each in cookies]


def refused(status: int, message: str) -> Told:
    """What the gateway itself says."""
    return Told(status, [(b"content-type", b"application/json")], json.dumps({"message": message}).encode())


class Context:
    """What Lambda tells a function beside its event."""

    function_version = "$LATEST"
    memory_limit_in_mb = "512"

    def __init__(self, function: str, seconds: float) -> None:
        self.function_name = function
        self.invoked_function_arn = f"arn:aws:lambda:local:000000000000:function:{function}"
        self.log_group_name = f"/aws/lambda/{function}"
        self.log_stream_name = "local"
        self.aws_request_id = str(uuid.uuid4())
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """How much of its time is left."""
        return max(0, int((self._end - time.monotonic()) * 1000))
