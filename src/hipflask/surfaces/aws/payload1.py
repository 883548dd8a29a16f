"""Payload 1.0: REST APIs, and HTTP APIs that were asked for it.

    {"httpMethod": "GET", "path": "/on/first", "multiValueQueryStringParameters": {"a": ["1", "2"]},
     "multiValueHeaders": {…}, "resource": "/{proxy+}", "pathParameters": {"proxy": "on/first"},
     "requestContext": {"identity": {"sourceIp": …}, "path": "/prod/on/first", "stage": "prod", "domainName": …}, "body": …}

The values of the query have been decoded. So has the path by an HTTP API, which says `"version": "1.0"`; a REST API leaves it encoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from .answered import Answered
from .asked import Asked, as_wsgi, body_of, pairs, unquoted
from .stages import split_resource


def read(event: Mapping[str, Any]) -> Asked:
    """What is asked."""
    context = event["requestContext"]
    decoded = as_wsgi if "version" in event else unquoted
    path = decoded(event["path"]) or "/"
    whole = decoded(context.get("path") or event["path"]) or "/"
    values = {name: as_wsgi(value) for name, value in (event.get("pathParameters") or {}).items()}
    script, path = split_resource(path, whole, as_wsgi(event.get("resource") or ""), values)
    return Asked(
        method=as_wsgi(event["httpMethod"]).upper(),
        path=path,
        query=_query(event),
        headers=headers_of(event),
        body=body_of(event),
        client=as_wsgi((context.get("identity") or {}).get("sourceIp") or ""),
        domain=as_wsgi(context.get("domainName") or ""),
        script=script,
    )


def write(answered: Answered, _: object) -> dict[str, Any]:
    """What the gateway is told."""
    body, is_base64 = answered.content()
    return {
        "statusCode": answered.status,
        "multiValueHeaders": answered.lists(),
        "body": body,
        "isBase64Encoded": is_base64,
    }


def headers_of(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The headers, each as often as it came."""
    several = event.get("multiValueHeaders")
    if several is None:
        return pairs(event.get("headers"))
    return [(as_wsgi(name), as_wsgi(value)) for name, values in several.items() for value in values]


def _query(event: Mapping[str, Any]) -> str:
    several = event.get("multiValueQueryStringParameters")
    if several is None:
        several = {name: [value] for name, value in (event.get("queryStringParameters") or {}).items()}
    return "&".join(
        f"{quote_plus(name)}={quote_plus(value)}" for name, values in several.items() for value in values
    )
