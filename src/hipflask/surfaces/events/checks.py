"""What a decorator refuses: values that Amazon would refuse later, with a worse sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...core.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ARN = re.compile(
    r"arn:aws[a-z-]*:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]*):(?P<what>\S+)"
)
_BUCKET = re.compile(
    r"(?!xn--|sthree-)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]"
)
_QUEUE = re.compile(r"(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?")
_TOPIC = re.compile(r"(?=.{1,256}$)[A-Za-z0-9_-]+(\.fifo)?")
_STREAM = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_S3_EVENTS = re.compile(r"s3:(\*|[A-Za-z]+(:(\*|[A-Za-z]+)(:(\*|[A-Za-z]+))?)?)")
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+\*?|[a-z0-9-]+:\*")
_POSITIONS = ("LATEST", "TRIM_HORIZON")
_WINDOW = "maximum_batching_window_in_seconds"
_LONGEST_WINDOW = 300
_LARGEST_BATCH = 10_000
_SMALL_BATCH = 10  # what a FIFO queue gives at once, and any queue without waiting


def arn_of(where: str, arn: str, service: str, shown: str) -> str:
    """An ARN of that service, as it was given."""
    found = _ARN.fullmatch(arn) if isinstance(arn, str) else None
    if found is None or found["service"] != service:
        raise UsageError(f"{where}: expected the ARN of {shown}, got {arn!r}.")
    return arn


def is_arn(text: object) -> bool:
    """Whether it is meant as an ARN."""
    return isinstance(text, str) and text.startswith("arn:")


def function_name(where: str, name: str) -> str:
    """The name of a function, as Lambda takes them."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(f"{where}: expected a name of at most 64 letters, digits, _ and -, got {name!r}.")
    return name


def queue_name(where: str, name: str) -> str:
    """The name of a queue."""
    return _named(
        where, name, _QUEUE, "the name of a queue: at most 80 letters, digits, _ and -, then perhaps .fifo"
    )


def bucket_name(where: str, name: str) -> str:
    """The name of a bucket."""
    wanted = "the name of a bucket: 3 to 63 small letters, digits, - and ., beginning and ending with a letter or digit"
    return _named(where, name, _BUCKET, wanted)


def topic_name(where: str, name: str) -> str:
    """The name of a topic, or its ARN."""
    if is_arn(name):
        return arn_of(where, name, "sns", "a topic, such as arn:aws:sns:eu-central-1:123456789012:news")
    return _named(where, name, _TOPIC, "the name of a topic, or its ARN")


def stream_name(where: str, name: str) -> str:
    """The name of a Kinesis stream, or its ARN."""
    if is_arn(name):
        return arn_of(
            where,
            name,
            "kinesis",
            "a stream, such as arn:aws:kinesis:eu-central-1:123456789012:stream/pitches",
        )
    return _named(where, name, _STREAM, "the name of a Kinesis stream, or its ARN")


def table_stream(where: str, arn: str) -> str:
    """The ARN of a DynamoDB table's stream."""
    shown = "a table's stream, such as arn:aws:dynamodb:eu-central-1:123456789012:table/Players/stream/2026-01-01T00:00:00.000"
    arn_of(where, arn, "dynamodb", shown)
    if not re.search(r":table/[^/]+/stream/.+", arn):
        raise UsageError(f"{where}: expected the ARN of {shown}, got that of something else: {arn!r}.")
    return arn


def s3_events(where: str, events: Sequence[str] | None) -> tuple[str, ...]:
    """The kinds of events of a bucket; those that are created, unless others are named."""
    if events is None:
        return ("s3:ObjectCreated:*",)
    if isinstance(events, str) or not events:
        raise UsageError(
            f"{where}: expected a list such as ['s3:ObjectCreated:*'] as events, got {events!r}."
        )
    for each in events:
        if not isinstance(each, str) or not _S3_EVENTS.fullmatch(each):
            raise UsageError(f"{where}: expected events such as 's3:ObjectRemoved:*', got {each!r}.")
    return tuple(events)


def text_or_none(where: str, keyword: str, value: object) -> None:
    """A text, if anything."""
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{where}: expected text as {keyword}, got {value!r}.")


def header(where: str, name: str) -> None:
    """The name of a header."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9-]{1,100}", name):
        raise UsageError(f"{where}: expected the name of a header, such as 'Authorization', got {name!r}.")


def brackets(decorator: str, first: object) -> None:
    """Whether a decorator was written with its brackets: without them it is given the function itself."""
    if callable(first):
        raise UsageError(f"@app.{decorator} was written without its brackets: write @app.{decorator}().")


def between(where: str, keyword: str, value: object, least: int, most: int, why: str = "") -> None:
    """A whole number within limits."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UsageError(
            f"{where}: expected {keyword} to be a whole number from {least} to {most}{why}, got {value!r}."
        )


def queue_batch(where: str, size: int, window: int, *, is_fifo: bool) -> None:
    """How many messages of a queue come at once, and how long they may be waited for."""
    most, why = (_SMALL_BATCH, " for a FIFO queue") if is_fifo else (_LARGEST_BATCH, "")
    between(where, "batch_size", size, 1, most, why)
    if is_fifo and window != 0:
        raise UsageError(f"{where}: a FIFO queue takes no {_WINDOW}; leave it out.")
    between(where, _WINDOW, window, 0, _LONGEST_WINDOW)
    if size > _SMALL_BATCH and window < 1:
        raise UsageError(
            f"{where}: more than {_SMALL_BATCH} messages at once need a {_WINDOW} of at least 1, got batch_size={size}."
        )


def stream_batch(where: str, size: int, window: int, position: str) -> None:
    """How many records of a stream come at once, how long they may be waited for, and where it begins."""
    between(where, "batch_size", size, 1, _LARGEST_BATCH)
    between(where, _WINDOW, window, 0, _LONGEST_WINDOW)
    if position not in _POSITIONS:
        raise UsageError(
            f"{where}: expected starting_position to be 'LATEST' or 'TRIM_HORIZON', got {position!r}."
        )


def pattern(where: str, value: Mapping[str, Any]) -> None:
    """An event pattern: names with lists of what is wanted, however deep."""
    if not isinstance(value, Mapping) or not value:
        raise UsageError(f"{where}: expected a pattern such as {{'source': ['aws.ec2']}}, got {value!r}.")
    for name, wanted in value.items():
        if isinstance(wanted, Mapping):
            pattern(where, wanted)
        elif not isinstance(wanted, list | tuple) or not wanted:
            raise UsageError(
                f"{where}: expected a list of what is wanted as {name!r}, such as {{{name!r}: [{wanted!r}]}}, got {wanted!r}."
            )


def action(value: str) -> str:
    """One of Amazon's actions, as `s3:GetObject`."""
    if not isinstance(value, str) or not _ACTION.fullmatch(value):
        raise UsageError(
            f"app.allow: expected an action such as 's3:GetObject' or 's3:Get*', got {value!r}. "
            "To allow everything is not to declare anything."
        )
    return value


def _named(where: str, name: str, form: re.Pattern[str], wanted: str) -> str:
    if not isinstance(name, str) or not form.fullmatch(name):
        raise UsageError(f"{where}: expected {wanted}, got {name!r}.")
    return name
