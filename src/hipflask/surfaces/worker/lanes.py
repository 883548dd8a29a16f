"""What an app's functions wait for here: one lane for each function that a queue, bucket, topic or schedule calls.

A lane is a queue in the file. That of `@app.on_sqs_message("orders")` is `orders` itself; every other function has one of its own, such as
`on_s3_event:thumbnail`, in which whole events wait for it as they do inside of Lambda, which tries each three times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ...core.action import Door, Registry
from ..events.resources import Queue

ASYNC_ATTEMPTS = 3  # as Lambda calls a function for an event that nobody waits for
ASYNC_HIDDEN_SECONDS = 60.0
USUAL_AT_ONCE = 5
LOCAL = ("on_sqs_message", "on_s3_event", "on_sns_message", "schedule")
ONLY_AT_AMAZON = ("on_dynamodb_record", "on_kinesis_record", "on_cw_event")


@dataclass(frozen=True, slots=True)
class Lane:
    """One function, and how its messages reach it."""

    surface: str
    name: str
    queue: str
    batch_size: int = 1
    window: float = 0  # so many seconds a batch may be waited for
    at_once: int = USUAL_AT_ONCE
    hidden_for: float = ASYNC_HIDDEN_SECONDS
    attempts: int = ASYNC_ATTEMPTS

    @property
    def is_of_queue(self) -> bool:
        """Whether it takes an app's own queue, message by message, and not whole events."""
        return self.surface == "on_sqs_message"

    def is_last(self, receives: int) -> bool:
        """Whether a message that has failed so often is not tried again."""
        return receives >= self.attempts

    def wait(self, receives: int) -> float:
        """How many seconds later a message that has failed so often is tried again.

        Soon at first, since nobody has to wait here for a timeout to know that it has failed; never later than SQS would. Whole
        events are tried again when Lambda would.
        """
        if self.is_last(receives):
            return 0.0  # it is found to be dead when it is next looked at
        if self.is_of_queue:
            return float(min(self.hidden_for, 4 ** (receives - 1)))
        return 60.0 * receives


def lanes_of(actions: Registry) -> Iterator[Lane]:
    """All lanes of an app; functions of what is at Amazon's have none."""
    queues = {queue.name: queue for queue in actions.declared(Queue)}
    for surface in LOCAL:
        for _, door in actions.doors(surface):
            if surface == "on_sqs_message":
                if door.options["queue"] is not None:
                    name = door.options["queue"]
                    yield _of_queue(door, queues.get(name) or Queue(name))
            elif not str(door.options.get("topic", "")).startswith("arn:"):
                yield Lane(surface, door.name, lane_name(door))


def uncalled(actions: Registry) -> list[str]:
    """The functions whose events come from Amazon alone: nothing calls them here."""
    doors = [door for surface in (*LOCAL, *ONLY_AT_AMAZON) for _, door in actions.doors(surface)]
    called = {(lane.surface, lane.name) for lane in lanes_of(actions)}
    return [door.name for door in doors if (door.surface, door.name) not in called]


def lane_name(door: Door) -> str:
    """The queue in which whole events wait for a function; no queue of an app can be called so."""
    return f"{door.surface}:{door.name}"


def followers(actions: Registry, topic: str) -> list[Door]:
    """The functions that follow a topic."""
    return [door for _, door in actions.doors("on_sns_message") if door.options["topic"] == topic]


def watchers(actions: Registry, bucket: str) -> list[Door]:
    """The functions of a bucket."""
    return [door for _, door in actions.doors("on_s3_event") if door.options["bucket"] == bucket]


def wants(door: Door, event: str, key: str) -> bool:
    """Whether a bucket's function is meant by an event such as "ObjectCreated:Put" of this key."""
    wanted: Sequence[str] = door.options["events"]
    prefix, suffix = door.options["prefix"] or "", door.options["suffix"] or ""
    return (
        key.startswith(prefix)
        and key.endswith(suffix)
        and any(fnmatchcase(f"s3:{event}", each) for each in wanted)
    )


def _of_queue(door: Door, queue: Queue) -> Lane:
    return Lane(
        door.surface,
        door.name,
        queue.name,
        batch_size=door.options["batch_size"],
        window=door.options["maximum_batching_window_in_seconds"],
        at_once=1 if queue.is_fifo else door.options["maximum_concurrency"] or USUAL_AT_ONCE,
        hidden_for=max(1.0, queue.visibility_timeout),
        attempts=queue.attempts,
    )
