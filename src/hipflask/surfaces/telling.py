"""Web requests, as they are told to who looks inside: by their rule, for what was asked is nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from flask import Response, request

from ..core import tracing

_SPAN = "hipflask.span"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}  # who asks may write anything there


def answered(answer: Callable[[], Response]) -> Response:
    """The answer to the present request, and a span around making it; what another program has begun goes on with it."""
    method = request.method if request.method in _METHODS else "(other)"
    rule = request.url_rule.rule if request.url_rule is not None else "(none)"
    parent = tracing.origin_of(request.headers.get("traceparent"))
    values = {"method": request.method, "path": request.full_path.rstrip("?")}
    with tracing.span(
        "request", f"{method} {rule}", parent=parent, facts={"status": 500}, values=values
    ) as span:
        request.environ[_SPAN] = span
        response = answer()
        if span is not None:
            span.facts["status"] = response.status_code
        return response


def within() -> AbstractContextManager[None]:
    """The present request's span, for what is still to be done when its answer has failed."""
    span: tracing.Span | None = request.environ.get(_SPAN)
    return nullcontext() if span is None else span.current()
