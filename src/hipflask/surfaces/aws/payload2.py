"""Payload 2.0: HTTP APIs as they are by default, and Function URLs.

    {"version": "2.0", "rawPath": "/on/first", "rawQueryString": "a=1&a=2", "cookies": ["k=v"], "headers": {…},
     "requestContext": {"http": {"method": "GET", "sourceIp": …}, "domainName": …, "stage": "$default"}, "body": …}

An HTTP API has decoded the path already; a Function URL has not. Decoding twice would make another address of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .answered import Answered, joined
from .asked import Asked, as_wsgi, body_of, pairs, unquoted
from .stages import split_stage


def read(event: Mapping[str, Any]) -> Asked:
    """What is asked."""
    context = event["requestContext"]
    http, domain = context["http"], as_wsgi(context.get("domainName") or "")
    path = unquoted(event["rawPath"]) if ".lambda-url." in domain else as_wsgi(event["rawPath"])
    script, path = split_stage(path or "/", context.get("stage") or "$default", domain)
    headers = pairs(event.get("headers"))
    if cookies := event.get("cookies"):
        headers.append(("cookie", as_wsgi("; ".join(cookies))))
    return Asked(
        method=as_wsgi(http["method"]).upper(),
        path=path,
        query=as_wsgi(event.get("rawQueryString") or ""),
        headers=headers,
        body=body_of(event),
        client=as_wsgi(http.get("sourceIp") or ""),
        domain=domain,
        script=script,
    )


def write(answered: Answered, _: object) -> dict[str, Any]:
    """What the gateway is told."""
    body, is_base64 = answered.content()
    return {**head(answered), "body": body, "isBase64Encoded": is_base64}


def head(answered: Answered) -> dict[str, Any]:
    """All but the body."""
    lists = answered.lists()
    cookies = lists.pop("set-cookie", None)
    told = {"statusCode": answered.status, "headers": joined(lists)}
    return {**told, "cookies": cookies} if cookies else told
