"""What each decorator was given, looked at, as the options of a door: plain text and numbers that a template can be made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...core.errors import UsageError
from . import checks
from .resources import Bucket, Queue, Resource, Topic
from .schedules import Schedule, parse


class Given(NamedTuple):
    """The options of a door, and how the decorator was written, for sentences."""

    where: str
    options: dict[str, Any]


def schedule(expression: str | Schedule, description: str) -> Given:
    """Those of `@app.schedule`."""
    where = f"@app.schedule({expression!r})"
    checks.text_or_none(where, "description", description)
    return Given(where, {"expression": parse(expression).to_string(), "description": description})


def bucket(
    bucket: str | Bucket, events: Sequence[str] | None, prefix: str | None, suffix: str | None
) -> Given:
    """Those of `@app.on_s3_event`."""
    where = f"@app.on_s3_event({_shown(bucket)})"
    checks.text_or_none(where, "prefix", prefix)
    checks.text_or_none(where, "suffix", suffix)
    options = {
        "bucket": checks.bucket_name(where, _name_of(where, bucket, Bucket)),
        "events": checks.s3_events(where, events),
        "prefix": prefix,
        "suffix": suffix,
    }
    return Given(where, options)


def queue(
    queue: str | Queue | None, queue_arn: str | None, batch_size: int, window: int, concurrency: int | None
) -> Given:
    """Those of `@app.on_sqs_message`."""
    where = f"@app.on_sqs_message({_shown(queue if queue_arn is None else queue_arn)})"
    if (queue is None) == (queue_arn is None):
        raise UsageError(f"{where}: give either queue or queue_arn.")
    if queue_arn is not None:
        checks.arn_of(
            where, queue_arn, "sqs", "a queue, such as arn:aws:sqs:eu-central-1:123456789012:orders"
        )
    else:
        queue = checks.queue_name(where, _name_of(where, queue, Queue))
    is_fifo = (queue_arn or str(queue)).endswith(".fifo")
    checks.queue_batch(where, batch_size, window, is_fifo=is_fifo)
    if concurrency is not None:
        checks.between(where, "maximum_concurrency", concurrency, 2, 1000)
    options = {
        "queue": queue,
        "queue_arn": queue_arn,
        "batch_size": batch_size,
        "maximum_batching_window_in_seconds": window,
        "maximum_concurrency": concurrency,
    }
    return Given(where, options)


def topic(topic: str | Topic) -> Given:
    """Those of `@app.on_sns_message`."""
    where = f"@app.on_sns_message({_shown(topic)})"
    named = checks.topic_name(where, _name_of(where, topic, Topic))
    if named.endswith(".fifo"):
        raise UsageError(
            f"{where}: a FIFO topic reaches queues only. Use @app.on_sqs_message with a queue that follows it."
        )
    return Given(where, {"topic": named})


def table(stream_arn: str, batch_size: int, position: str, window: int) -> Given:
    """Those of `@app.on_dynamodb_record`."""
    where = f"@app.on_dynamodb_record({stream_arn!r})"
    checks.table_stream(where, stream_arn)
    return Given(where, {"stream_arn": stream_arn, **_of_stream(where, batch_size, position, window)})


def stream(stream: str, batch_size: int, position: str, window: int) -> Given:
    """Those of `@app.on_kinesis_record`."""
    where = f"@app.on_kinesis_record({stream!r})"
    checks.stream_name(where, stream)
    return Given(where, {"stream": stream, **_of_stream(where, batch_size, position, window)})


def pattern(event_pattern: Mapping[str, Any]) -> Given:
    """Those of `@app.on_cw_event`."""
    where = f"@app.on_cw_event({event_pattern!r})"
    checks.pattern(where, event_pattern)
    return Given(where, {"event_pattern": dict(event_pattern)})


def plain(name: object) -> Given:
    """Those of `@app.lambda_function`, of which there are none."""
    checks.brackets("lambda_function", name)
    return Given("@app.lambda_function()", {})


def authorizer(ttl_seconds: int | None, execution_role: str | None, header: str) -> Given:
    """Those of `@app.authorizer`."""
    where = "@app.authorizer()"
    checks.brackets("authorizer", ttl_seconds)
    if ttl_seconds is not None:
        checks.between(where, "ttl_seconds", ttl_seconds, 0, 3600)
    if execution_role is not None:
        checks.arn_of(
            where, execution_role, "iam", "a role, such as arn:aws:iam::123456789012:role/authorizer"
        )
    checks.header(where, header)
    return Given(where, {"ttl_seconds": ttl_seconds, "execution_role": execution_role, "header": header})


def _of_stream(where: str, batch_size: int, position: str, window: int) -> dict[str, Any]:
    checks.stream_batch(where, batch_size, window, position)
    return {
        "batch_size": batch_size,
        "starting_position": position,
        "maximum_batching_window_in_seconds": window,
    }


def _shown(given: object) -> str:
    return repr(given.name if isinstance(given, Resource) else given)


def _name_of(where: str, given: object, kind: type[Resource]) -> Any:
    if isinstance(given, Resource) and not isinstance(given, kind):
        strange = f"the {type(given).__name__.lower()} {given.name!r}"
        raise UsageError(f"{where}: expected a {kind.__name__.lower()}, got {strange}.")
    return given.name if isinstance(given, Resource) else given
