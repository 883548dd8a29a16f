"""The queue for what nobody waited for and what failed again and again: schedules, events, files, news, stream batches.

A queue's own messages do not come here: they have the dead-letter queue beside it.
"""

from __future__ import annotations

from .. import description as asked
from ..description import Function
from .stack import Json, Stack, attribute, local_arn

ID = "Failures"
KEEP_SECONDS = 14 * 24 * 3600  # the longest that SQS keeps a message
_WITHOUT_ANSWER = (asked.Schedule, asked.OnEvent, asked.FromBucket, asked.FromTopic)
_IN_STREAMS = (asked.FromTable, asked.FromStream)


def are_kept_of(function: Function) -> bool:
    """Whether an event that this function fails at would be lost otherwise."""
    return isinstance(function.trigger, (*_WITHOUT_ANSWER, *_IN_STREAMS))


def arn(stack: Stack) -> Json:
    """The queue's ARN, known before it is there."""
    return local_arn("sqs", _name(stack))


def add(stack: Stack) -> None:
    """The queue, if anything could come to it."""
    if not any(map(are_kept_of, stack.functions)):
        return
    stack.add(
        ID,
        "AWS::SQS::Queue",
        {
            "QueueName": _name(stack),
            "MessageRetentionPeriod": KEEP_SECONDS,
            "SqsManagedSseEnabled": True,
        },
    )
    stack.output("FailuresQueueUrl", {"Ref": ID}, "Events that failed after all their tries")


def destination() -> Json:
    """Where Lambda is to put what failed; it looks whether the queue is there."""
    return {"OnFailure": {"Destination": attribute(ID, "Arn")}}


def keep(stack: Stack, function: Function) -> None:
    """Have Lambda try an event three times in all, and then keep it; streams say so in their mapping."""
    if isinstance(function.trigger, _WITHOUT_ANSWER):
        id_ = stack.id_of(function)
        stack.add(
            f"{id_}Tries",
            "AWS::Lambda::EventInvokeConfig",
            {
                "FunctionName": {"Ref": f"{id_}Function"},
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 2,
                "DestinationConfig": destination(),
            },
        )


def _name(stack: Stack) -> str:
    return stack.named("failures", limit=80)
