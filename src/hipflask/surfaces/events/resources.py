"""Queues, buckets and topics, declared once beside the app: `orders = app.queue("orders")`.

Each is a small handle. Where the environment has its true name (`HIPFLASK_QUEUE_ORDERS` is a URL, `HIPFLASK_BUCKET_UPLOADS` a name,
`HIPFLASK_TOPIC_NEWS` an ARN) it is the one at Amazon's; everywhere else it is kept in the app's own files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from ...core.errors import UsageError
from ...core.results import encode_result

if TYPE_CHECKING:  # protocols that nothing here needs while it runs
    from ...core.ports import Resources, StoredObject

    Embedded = Callable[[], Resources]

Kind = Literal["QUEUE", "BUCKET", "TOPIC"]
_USUAL_ATTEMPTS = 5
_LONGEST_DELAY = 900  # seconds, which is SQS's limit


def environment_name(kind: Kind, name: str) -> str:
    """The variable that has the true name of a resource at Amazon's: `HIPFLASK_QUEUE_NEW_ORDERS`."""
    return f"HIPFLASK_{kind}_{re.sub('[^A-Za-z0-9]+', '_', name).upper()}"


def _unattached() -> Resources:
    raise UsageError(
        "This belongs to a blueprint that is not registered with an app yet: app.register_blueprint(…) first."
    )


@dataclass(eq=False)
class Resource:
    """What queues, buckets and topics share: a name, and where the thing itself is."""

    name: str
    _embedded: Embedded = field(default_factory=lambda: _unattached, repr=False, init=False)

    def keep_at(self, embedded: Embedded) -> None:
        """Say where the thing is where there is no Amazon."""
        self._embedded = embedded

    def _place(self, kind: Kind) -> tuple[Resources, str]:
        """Who has it, and under what name."""
        true_name = os.environ.get(environment_name(kind, self.name))
        return (_amazon(), true_name) if true_name else (self._embedded(), self.name)


@dataclass(eq=False)
class Queue(Resource):
    """A queue: what is sent reaches one function, later, and again if that raises."""

    dead_letter_after: int | None = None
    visibility_timeout: int = 30

    @property
    def is_fifo(self) -> bool:
        """Whether messages keep their order."""
        return self.name.endswith(".fifo")

    @property
    def attempts(self) -> int:
        """How often a message is tried before it goes to the dead letters."""
        return self.dead_letter_after or _USUAL_ATTEMPTS

    def send(self, body: Any, *, delay: float = 0, attributes: Mapping[str, str] | None = None) -> None:
        """Put a message into the queue: text as it is, everything else as JSON.

        Inside an action it leaves when all that the action writes has been committed, and not at all if that raises. `delay` is in
        seconds. A FIFO queue takes none, and keeps all messages in one order.
        """
        if not 0 <= delay <= _LONGEST_DELAY:
            raise UsageError(
                f"A queue holds a message back for 0 to {_LONGEST_DELAY} seconds, got {delay!r}."
            )
        if delay and self.is_fifo:
            raise UsageError(
                f"{self.name!r} is a FIFO queue, which holds no message back by itself: leave delay out."
            )
        resources, name = self._place("QUEUE")
        resources.send(name, _text(body), delay=delay, attributes=attributes)


@dataclass(eq=False)
class Topic(Resource):
    """A topic: what is published reaches every function that follows it."""

    def publish(
        self, message: Any, *, subject: str | None = None, attributes: Mapping[str, str] | None = None
    ) -> None:
        """Tell a message to all that follow: text as it is, everything else as JSON.

        It leaves as `Queue.send` says.
        """
        resources, name = self._place("TOPIC")
        resources.publish(name, _text(message), subject=subject, attributes=attributes)


@dataclass(eq=False)
class Bucket(Resource):
    """A bucket: files by name, which functions can be told of."""

    def put(self, key: str, data: bytes | str | BinaryIO) -> None:
        """Keep bytes, text as UTF-8, or what an open file holds, under a key; what was there before is replaced."""
        resources, name = self._place("BUCKET")
        resources.put(name, _key(key), data.encode() if isinstance(data, str) else data)

    def get(self, key: str) -> bytes:
        """All the bytes under a key; raises KeyError if there are none."""
        with self.open(key) as file:
            return file.read()

    def open(self, key: str) -> BinaryIO:
        """What is under a key, as a file to read and close; raises KeyError if there is nothing."""
        resources, name = self._place("BUCKET")
        return resources.open(name, _key(key))

    def delete(self, key: str) -> None:
        """Do away with what is under a key, if there is anything."""
        resources, name = self._place("BUCKET")
        resources.delete(name, _key(key))

    def list(self, prefix: str = "") -> Sequence[StoredObject]:
        """What is there, by key: `key`, `size`, `etag` and `modified` of each."""
        resources, name = self._place("BUCKET")
        return resources.list(name, prefix)


@dataclass(frozen=True, eq=False)
class Grant:
    """What an app has said its functions may do: Amazon's actions, on which resources, by which functions (None: all)."""

    actions: tuple[str, ...]
    resources: tuple[str | Resource, ...]
    on: tuple[Callable[..., Any], ...] | None = None


def _text(body: Any) -> str:
    return body if isinstance(body, str) else encode_result(body).decode()


def _key(key: str) -> str:
    if not isinstance(key, str) or not 1 <= len(key.encode("utf-8", "surrogatepass")) <= 1024:
        raise UsageError(f"Expected a key of 1 to 1024 bytes, got {key!r}.")
    return key


@cache
def _amazon() -> Resources:
    from .amazon import Amazon  # boto3 takes 200 ms, and Lambda has it

    return Amazon()
