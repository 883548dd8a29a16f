"""One event and its answer, as the Runtime API carries them."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

DELIMITER = b"\0" * 8  # between what is said of a streamed answer, and the answer


@dataclass
class Answer:
    """What a function has answered: a payload, or an error in Lambda's shape; and how it came."""

    payload: bytes = b""
    is_error: bool = False
    kind: str = ""
    mode: str = ""
    parts: list[tuple[float, bytes]] = field(default_factory=list)  # with the seconds since the invocation
    trailers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        """The payload, read."""
        return json.loads(self.payload)

    @property
    def head(self) -> Any:
        """What is said of a streamed answer."""
        return json.loads(self.payload.partition(DELIMITER)[0])

    @property
    def body(self) -> bytes:
        """A streamed answer itself."""
        return self.payload.partition(DELIMITER)[2]


class Invocation:
    """One event, until it is answered."""

    def __init__(self, event: bytes, seconds: float) -> None:
        self.id = str(uuid.uuid4())
        self.event = event
        self.began = time.monotonic()
        self.deadline = int((time.time() + seconds) * 1000)
        self.answer: Answer | None = None
        self.is_done = threading.Event()

    def end(self, answer: Answer) -> None:
        """It has been answered; the first answer counts."""
        if self.answer is None:
            self.answer = answer
            self.is_done.set()


def too_late(invocation: Invocation, seconds: float) -> Answer:
    return _failed(
        "Sandbox.Timedout", f"RequestId: {invocation.id} Error: Task timed out after {seconds:.2f} seconds"
    )


def too_large(most: int) -> Answer:
    """What is said where a function has answered more than that."""
    message = f"Response payload size exceeded maximum allowed payload size ({most} bytes)."
    return _failed("Function.ResponseSizeTooLarge", message)


def ended(invocation: Invocation, code: int) -> Answer:
    return _failed(
        "Runtime.ExitError",
        f"RequestId: {invocation.id} Error: Runtime exited with error: exit status {code}",
    )


def _failed(kind: str, message: str) -> Answer:
    return Answer(json.dumps({"errorType": kind, "errorMessage": message}).encode(), is_error=True)
