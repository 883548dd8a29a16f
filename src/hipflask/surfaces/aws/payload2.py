"""Payload 2.0: HTTP APIs as they are by default, and Function URLs.

    {"version": "2.0", "rawPath": "/on/first", "rawQueryString": "a=1&a=2", "cookies": ["k=v"], "headers": {…},
     "requestContext": {"http": {"method": "GET", "sourceIp": …}, "domainName": …, "stage": "$default"}, "body": …}

An HTTP API has decoded the path already; a Function URL has not. (Decoding twice would let `%2525` through as `%`.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .answered import Answered, joined
from .asked import Asked, as_wsgi, body_of, unquoted
from .stages import split_stage

Event = Mapping[str, Any]


def read(event: Event) -> Asked:
    """What is asked."""
    context = event["requestContext"]
    http, domain = context["http"], context.get("domainName") or "localhost"
    raw = event.get("rawPath") or "/"
    path = unquoted(raw) if ".lambda-url." in domain else as_wsgi(raw)
    script, path = split_stage(path, context.get("stage") or "$default", domain)
    headers = [(name, as_wsgi(value)) for name, value in (event.get("headers") or {}).items()]
    if cookies := event.get("cookies"):
        headers.append(("cookie", as_wsgi("; ".join(cookies))))
    return Asked(
        method=http["method"].upper(),
        path=path,
        query=as_wsgi(event.get("rawQueryString") or ""),
        headers=headers,
        body=body_of(event),
        client=as_wsgi(http["sourceIp"]),
        server=as_wsgi(domain),
        script=script,
    )


def write(answered: Answered, _: Event) -> dict[str, Any]:
    """What the gateway is told."""
    lists = answered.lists()
    cookies = lists.pop("set-cookie", None)
    body, is_base64 = answered.content()
    told = {
        "statusCode": answered.status,
        "headers": joined(lists),
        "body": body,
        "isBase64Encoded": is_base64,
    }
    return {**told, "cookies": cookies} if cookies else told
