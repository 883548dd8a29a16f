"""The mappings that bring the changes of a DynamoDB table, or the records of a Kinesis stream, to a function."""

from __future__ import annotations

from ..description import FromStream, FromTable, Function
from . import failures
from .mappings import filter_of
from .stack import Json, Stack, local_arn, reference

TRIES = 5  # AWS's own is to try until a record is too old, and everything behind it in its shard waits


def wire_table(stack: Stack, function: Function, trigger: FromTable) -> None:
    """The mapping of a table's stream."""
    _wire(stack, function, trigger, trigger.stream)


def wire_stream(stack: Stack, function: Function, trigger: FromStream) -> None:
    """The mapping of a Kinesis stream."""
    _wire(stack, function, trigger, arn_of(trigger))


def arn_of(trigger: FromStream) -> Json:
    """The ARN of a Kinesis stream; one that is only named is in the stack's own account and region."""
    return (
        trigger.stream
        if trigger.stream.startswith("arn:")
        else local_arn("kinesis", f"stream/{trigger.stream}")
    )


def _wire(stack: Stack, function: Function, trigger: FromTable | FromStream, arn: Json) -> None:
    id_ = stack.id_of(function)
    stack.add(
        f"{id_}Mapping",
        "AWS::Lambda::EventSourceMapping",
        {
            "EventSourceArn": arn,
            "FunctionName": reference(f"{id_}Function"),
            "BatchSize": trigger.batch_size,
            "StartingPosition": trigger.starting_position,
            "MaximumBatchingWindowInSeconds": trigger.window or None,
            "MaximumRetryAttempts": TRIES,
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": failures.destination(),
            "FilterCriteria": filter_of(stack, function),
        },
    )
