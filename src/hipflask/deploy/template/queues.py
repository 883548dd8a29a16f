"""Queues, their dead-letter queues, and the mapping that brings their messages to a function."""

from __future__ import annotations

from typing import Any

from ...core.errors import DeployError
from ..description import FromQueue, Function, Queue
from .failures import KEEP_SECONDS
from .mappings import filter_of
from .stack import Json, Stack, attribute, reference

_TIMEOUTS = 6  # of the function: what AWS asks a message to be hidden for, so that throttled batches are not dealt with twice
_LONGEST_HIDDEN = 12 * 3600


def add(stack: Stack, queue: Queue) -> None:
    """The queue, and the one beside it for messages that fail."""
    id_ = stack.queue_id(queue)
    shared = {
        "MessageRetentionPeriod": KEEP_SECONDS,
        "SqsManagedSseEnabled": True,
        "FifoQueue": queue.is_fifo or None,
    }
    stack.add(f"{id_}Dead", "AWS::SQS::Queue", {"QueueName": stack.queue_name(queue, "dead"), **shared})
    stack.add(
        id_,
        "AWS::SQS::Queue",
        {
            "QueueName": stack.queue_name(queue),
            "VisibilityTimeout": hidden_for(stack, queue),
            "RedrivePolicy": {
                "deadLetterTargetArn": attribute(f"{id_}Dead", "Arn"),
                "maxReceiveCount": queue.attempts,
            },
            **shared,
        },
    )
    stack.output(f"{id_}Url", reference(id_), f"The queue {queue.name!r}")
    stack.output(
        f"{id_}DeadUrl",
        reference(f"{id_}Dead"),
        f"Messages of {queue.name!r} that failed {queue.attempts} times",
    )


def hidden_for(stack: Stack, queue: Queue) -> int:
    """How long a message is hidden while it is dealt with: as the app says, or longer, as its function's timeout demands."""
    takers = [each for each in stack.functions if _takes(each, queue)]
    demanded = (_TIMEOUTS * stack.settings.of(each.name).timeout + _window(each.trigger) for each in takers)
    return min(max(queue.visibility_timeout, *demanded, 0), _LONGEST_HIDDEN)


def wire(stack: Stack, function: Function, trigger: FromQueue) -> None:
    """The mapping: Lambda asks the queue, and takes back what failed of a batch, message by message."""
    id_ = stack.id_of(function)
    stack.add(
        f"{id_}Mapping",
        "AWS::Lambda::EventSourceMapping",
        {
            "EventSourceArn": arn_of(stack, trigger),
            "FunctionName": reference(f"{id_}Function"),
            "BatchSize": trigger.batch_size,
            "MaximumBatchingWindowInSeconds": _window(trigger) or None,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": trigger.most_at_once and {"MaximumConcurrency": trigger.most_at_once},
            "FilterCriteria": filter_of(stack, function),
        },
    )


def arn_of(stack: Stack, trigger: FromQueue) -> Json:
    """The ARN of the queue that a trigger means."""
    if trigger.queue.startswith("arn:"):
        return trigger.queue
    queue = next((each for each in stack.description.queues if each.name == trigger.queue), None)
    if queue is None:
        raise DeployError(
            f'There is no queue {trigger.queue!r} in the app: declare it, app.queue("{trigger.queue}").'
        )
    return attribute(stack.queue_id(queue), "Arn")


def _takes(function: Function, queue: Queue) -> bool:
    return isinstance(function.trigger, FromQueue) and function.trigger.queue == queue.name


def _window(trigger: Any) -> int:
    # Lambda collects more than ten messages only where it may wait for them.
    return int(max(trigger.window, 1 if trigger.batch_size > 10 else 0))
