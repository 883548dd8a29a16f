"""Event after event, as long as Lambda lets the process live: wait, answer, wait.

next ─→ a web request?  yes: head, part, part, … as the app gives them
                        no:  one answer as a whole, or one error in Lambda's shape
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

from . import logs
from .client import Client, Invocation, Refused, Stream
from .context import Context

_LOG = logging.getLogger("hipflask.aws")


def main() -> None:
    """Answer events until there are none."""
    client = Client(os.environ["AWS_LAMBDA_RUNTIME_API"])
    requests = logs.begin()
    try:
        _look_where_lambda_does()
        handler = _handler(os.environ["_HANDLER"])
    except Exception as error:
        _LOG.exception("The function does not start.")
        client.fail_to_start(error_of(error))
        sys.exit(1)
    while True:
        invocation = client.next()
        requests.id = invocation.id
        os.environ["_X_AMZN_TRACE_ID"] = invocation.headers.get("Lambda-Runtime-Trace-Id", "")
        try:
            answer(client, handler, invocation)
        except (
            Refused,
            OSError,
        ) as error:  # whoever waited has gone, or is told too much: the next one is not
            _LOG.error("An answer was not taken: %s", error)


def answer(client: Client, handler: Callable[[Any, Any], Any], invocation: Invocation) -> None:
    """Answer one event: a handler that can `stream` does so where it is a web request."""
    try:
        event, context = json.loads(invocation.event), Context(invocation)
        stream = getattr(handler, "stream", None)
        if stream is not None and stream(event, context, _opener(client, invocation)):
            return
        result = json.dumps(handler(event, context), default=_number).encode()
    except Exception as error:
        _LOG.exception("The event was not answered.")
        client.fail(invocation.id, error_of(error))
    else:
        client.respond(invocation.id, result)


def error_of(error: BaseException) -> dict[str, Any]:
    """An error in the shape that Lambda gives to whoever has called."""
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _opener(client: Client, invocation: Invocation) -> Callable[[dict[str, Any]], Stream]:
    return lambda head: client.stream(invocation.id, head)


def _number(value: object) -> int | float:
    """A number of DynamoDB's, which JSON has no other word for."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"A {type(value).__name__} cannot be answered: it has no form in JSON.")


def _handler(named: str) -> Callable[[Any, Any], Any]:
    module, _, name = named.rpartition(".")
    found: Callable[[Any, Any], Any] = getattr(import_module(module.replace("/", ".")), name)
    return found


def _look_where_lambda_does() -> None:
    """Find the function's own code first, then layers, then what Lambda's Python has, such as boto3."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    own = os.environ.get("LAMBDA_TASK_ROOT", "")
    others = (
        "/opt/python",
        f"/opt/python/lib/{version}/site-packages",
        os.environ.get("LAMBDA_RUNTIME_DIR", ""),
    )
    sys.path[:0] = [own] if own and own not in sys.path else []
    sys.path += [each for each in others if os.path.isdir(each) and each not in sys.path]
