"""`hipflask invoke`: call one function that is on AWS, and wait for what it returns."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from ...core.errors import DeployError
from .account import Account, unless
from .functions import Function

_LIMIT = 6 * 1024 * 1024  # bytes; what Lambda takes in one request that waits


@dataclass(frozen=True)
class Answer:
    """What the function returned, or how it failed, and the last that it printed."""

    payload: bytes
    is_error: bool
    log: str

    @property
    def complaint(self) -> str:
        """How it failed, in one line."""
        try:
            told: Any = json.loads(self.payload)
        except ValueError:
            return self.payload.decode(errors="replace") or "The function failed without a word."
        if not isinstance(told, dict):
            return str(told)
        kind, message = told.get("errorType"), told.get("errorMessage") or "it failed without a word"
        return f"{kind}: {message}" if kind else str(message)


def invoke(account: Account, function: Function, payload: bytes) -> Answer:
    """Call a function and wait for it; it is called once, however long it takes."""
    if len(payload) > _LIMIT:
        raise DeployError(f"The payload has {len(payload):,} bytes, and Lambda takes {_LIMIT:,} at most.")
    call = account.client("lambda").invoke
    told = unless(
        {"ResourceNotFoundException"},
        lambda: call(FunctionName=function.physical, Payload=payload, LogType="Tail"),
    )
    if told is None:
        raise DeployError(
            f"The function {function.physical} was deleted outside of its stack. `hipflask deploy --repair` makes it again."
        )
    log = base64.b64decode(told.get("LogResult", "")).decode(errors="replace")
    return Answer(told["Payload"].read(), "FunctionError" in told, log)


def usual_payload(account: Account, function: Function, now: datetime) -> bytes:
    """What a function is called with if nobody says: the event that says that its schedule is due; otherwise an empty object."""
    if not function.rule:
        return b"{}"
    where = f"arn:{account.partition}:events:{account.region}:{account.number}"
    event = {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account.number,
        "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "region": account.region,
        "resources": [f"{where}:rule/{function.rule}"],
        "detail": {},
    }
    return json.dumps(event).encode()


def checked(payload: str) -> bytes:
    """A payload as somebody typed it, which has to be JSON."""
    try:
        json.loads(payload)
    except ValueError as error:
        raise DeployError(
            f"The payload is not JSON ({error}). Text needs its quotes, as in --payload '\"Abbott\"'; an object looks like "
            "--payload '{\"order\": 7}'."
        ) from error
    return payload.encode()
