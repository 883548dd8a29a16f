"""Lambda's Runtime API, as a function's process speaks to it: plain HTTP on this machine, one event at a time.

A streamed answer is a POST that begins before it is known how it ends:

    POST /…/ID/response       Lambda-Runtime-Function-Response-Mode: streaming, Transfer-Encoding: chunked
    {"statusCode": 200, "headers": {…}} NUL NUL NUL NUL NUL NUL NUL NUL     what is said of the answer
    part, part, part …
    Lambda-Runtime-Function-Error-Type: ValueError                          trailers, only if it went wrong on the way
    Lambda-Runtime-Function-Error-Body: base64 of the error
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from typing import Any

_VERSION = "/2018-06-01/runtime"
_ERROR_TYPE, _ERROR_BODY = "Lambda-Runtime-Function-Error-Type", "Lambda-Runtime-Function-Error-Body"
_DELIMITER = bytes(8)
_INTEGRATION = "application/vnd.awslambda.http-integration-response"


@dataclass(frozen=True)
class Invocation:
    """One event, and what Lambda says of it."""

    id: str
    event: bytes
    headers: HTTPMessage


class Refused(Exception):
    """The Runtime API does not take what it was told."""


class Client:
    """A connection that is kept; streamed answers have one of their own, as Lambda wants it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection = HTTPConnection(address)

    def next(self) -> Invocation:
        """Wait for the next event, however long that takes."""
        headers, body = self._ask("GET", "/invocation/next")
        return Invocation(headers["Lambda-Runtime-Aws-Request-Id"], body, headers)

    def respond(self, id: str, body: bytes) -> None:
        """Answer as a whole."""
        self._ask("POST", f"/invocation/{id}/response", body)

    def fail(self, id: str, error: Mapping[str, Any]) -> None:
        """Say that there is no answer."""
        self._ask("POST", f"/invocation/{id}/error", json.dumps(error).encode(), error["errorType"])

    def fail_to_start(self, error: Mapping[str, Any]) -> None:
        """Say that there will never be one."""
        self._ask("POST", "/init/error", json.dumps(error).encode(), error["errorType"])

    def stream(self, id: str, head: Mapping[str, Any]) -> Stream:
        """Begin an answer in parts."""
        return Stream(self._address, id, head)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, error_type: str = ""
    ) -> tuple[HTTPMessage, bytes]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if error_type:
            headers[_ERROR_TYPE] = error_type
        self._connection.request(method, _VERSION + path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= 400:
            raise Refused(f"Lambda's Runtime API answers {response.status} to {method} {path}.")
        return response.headers, content


class Stream:
    """One answer on its way."""

    def __init__(self, address: str, id: str, head: Mapping[str, Any]) -> None:
        self._connection = HTTPConnection(address)
        self._connection.putrequest("POST", f"{_VERSION}/invocation/{id}/response")
        for name, value in (
            ("Content-Type", _INTEGRATION),
            ("Lambda-Runtime-Function-Response-Mode", "streaming"),
            ("Transfer-Encoding", "chunked"),
            ("Trailer", f"{_ERROR_TYPE}, {_ERROR_BODY}"),
            ("Connection", "close"),
        ):
            self._connection.putheader(name, value)
        self._connection.endheaders()
        self.send(json.dumps(head).encode() + _DELIMITER)

    def send(self, part: bytes) -> None:
        """Send a part at once."""
        if part:  # an empty one would say that this is the end
            self._connection.send(b"%x\r\n%b\r\n" % (len(part), part))

    def end(self, error: Mapping[str, Any] | None = None) -> None:
        """Say that this was all; or that it was not, and why."""
        trailers = b""
        if error is not None:
            body = b64encode(json.dumps(error).encode())
            trailers = f"{_ERROR_TYPE}: {error['errorType']}\r\n{_ERROR_BODY}: ".encode() + body + b"\r\n"
        self._connection.send(b"0\r\n" + trailers + b"\r\n")
        response = self._connection.getresponse()
        response.read()
        self._connection.close()
        if response.status >= 400:
            raise Refused(f"Lambda's Runtime API answers {response.status} to a streamed answer.")
