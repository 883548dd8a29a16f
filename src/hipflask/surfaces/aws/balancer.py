"""An Application Load Balancer: its target group says whether headers and queries may have several values.

    {"httpMethod": "GET", "path": "/on/first", "queryStringParameters": {"a": "%C3%A9"}, "headers": {…}, "body": "",
     "requestContext": {"elb": {"targetGroupArn": …}}}

Neither path nor query has been decoded. It says nowhere who asks but in X-Forwarded-For, whose last address it has written itself. What
looks after the health of its targets sends fewer headers than people do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from .answered import Answered, joined
from .asked import Asked, as_wsgi, body_of, unquoted
from .payload1 import headers_of

# What a query may hold as it is: it came encoded, and is not encoded again.
_AS_IT_IS = "!$'()*+,/:;=?@[]%~"


def read(event: Mapping[str, Any]) -> Asked:
    """What is asked."""
    headers = headers_of(event)
    named = {name.lower(): value for name, value in headers}
    return Asked(
        method=as_wsgi(event["httpMethod"]).upper(),
        path=unquoted(event["path"]) or "/",
        query=_query(event),
        headers=headers,
        body=body_of(event),
        client=named.get("x-forwarded-for", "").rpartition(",")[2].strip(),
    )


def write(answered: Answered, event: Mapping[str, Any]) -> dict[str, Any]:
    """What the balancer is told: with several values for a header only if it has sent such, since it reads only those of its own kind."""
    lists = answered.lists()
    body, is_base64 = answered.content()
    told: dict[str, Any] = {
        "statusCode": answered.status,
        "statusDescription": f"{answered.status} {answered.reason}".strip(),
        "body": body,
        "isBase64Encoded": is_base64,
    }
    if "multiValueHeaders" in event:
        return {**told, "multiValueHeaders": lists}
    cookies = lists.pop("set-cookie", [])
    return {
        **told,
        "headers": {**joined(lists), **dict(zip(_spellings("set-cookie"), cookies, strict=False))},
    }


def _query(event: Mapping[str, Any]) -> str:
    several = event.get("multiValueQueryStringParameters")
    if several is None:
        several = {name: [value] for name, value in (event.get("queryStringParameters") or {}).items()}
    return "&".join(
        f"{quote(name, _AS_IT_IS)}={quote(value, _AS_IT_IS)}"
        for name, values in several.items()
        for value in values
    )


def _spellings(name: str) -> Iterator[str]:
    """The same name in ever other letters: a header of one value can be said several times only so."""
    for number in range(2 ** len(name)):
        yield "".join(letter.upper() if number >> place & 1 else letter for place, letter in enumerate(name))
