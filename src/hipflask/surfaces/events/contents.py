"""What is in a record of each kind, as the keyword arguments of a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ...core.action import Door
from .authorizing import AuthRequest
from .binding import Taking
from .records import DynamoDBRecord, KinesisRecord, S3Record, SNSRecord, SQSRecord

Content = Callable[[Taking, Any], dict[str, Any]]


def _sqs(taking: Taking, record: Any) -> dict[str, Any]:
    message = SQSRecord(record)
    return taking.of_text(
        _unwrapped(message.body),
        lambda: {
            "body": message.body,
            "message_id": message.message_id,
            "receive_count": message.receive_count,
            "attributes": message.attributes,
        },
    )


def _unwrapped(body: str) -> str:
    """What was published, where a topic has put it into the queue in an envelope of its own."""
    if not body.startswith("{") or '"TopicArn"' not in body:
        return body
    try:
        envelope = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return body
    is_envelope = envelope.get("Type") == "Notification" and isinstance(envelope.get("TopicArn"), str)
    message = envelope.get("Message") if is_envelope else None
    return message if isinstance(message, str) else body


def _sns(taking: Taking, record: Any) -> dict[str, Any]:
    told = SNSRecord(record)
    return taking.of_text(
        told.message,
        lambda: {
            "message": told.message,
            "subject": told.subject,
            "message_id": told.message_id,
            "topic_arn": told.topic_arn,
            "attributes": told.message_attributes,
        },
    )


def _s3(taking: Taking, record: Any) -> dict[str, Any]:
    about = S3Record(record)
    values = {
        "bucket": about.bucket,
        "key": about.key,
        "size": about.size,
        "etag": about.etag,
        "version": about.version,
        "event": about.event,
        "time": about.time,
    }
    return taking.plan.bind(_known(values), text=False)


def _dynamodb(taking: Taking, record: Any) -> dict[str, Any]:
    change = DynamoDBRecord(record)
    values = {
        "keys": change.plain_keys,
        "new": change.new,
        "old": change.old,
        "event_name": change.event_name,
        "sequence_number": change.sequence_number,
        "table": change.table_name,
    }
    optional = {each.name for each in taking.plan.parameters if each.is_optional}
    return taking.plan.bind(_known(values, optional), text=False)


def _kinesis(taking: Taking, record: Any) -> dict[str, Any]:
    told = KinesisRecord(record)
    return taking.of_text(
        told.data,
        lambda: {
            "data": told.data,
            "partition_key": told.partition_key,
            "sequence_number": told.sequence_number,
        },
    )


def _bus(taking: Taking, event: Mapping[str, Any]) -> dict[str, Any]:
    about = {
        name: event[name]
        for name in ("detail", "source", "time", "account", "region", "resources", "id")
        if name in event
    }
    return taking.of_data(event.get("detail"), lambda: about | {"detail_type": event.get("detail-type")})


def _schedule(taking: Taking, event: Mapping[str, Any]) -> dict[str, Any]:
    return taking.plan.bind(_known({"time": event.get("time")}), text=False)


def _payload(taking: Taking, event: Any) -> dict[str, Any]:
    return taking.of_data(event, dict)


def _question(taking: Taking, event: Mapping[str, Any]) -> dict[str, Any]:
    asked = AuthRequest(event)
    names = ("token", "method_arn", "method", "path", "headers")
    return taking.plan.bind({name: getattr(asked, name) for name in names}, text=False)


def _known(values: Mapping[str, Any], optional: Any = ()) -> dict[str, Any]:
    """What is there: a parameter keeps its default where the event says nothing."""
    return {name: value for name, value in values.items() if value is not None or name in optional}


CONTENTS: Mapping[str, Content] = {
    "on_sqs_message": _sqs,
    "on_sns_message": _sns,
    "on_s3_event": _s3,
    "on_dynamodb_record": _dynamodb,
    "on_kinesis_record": _kinesis,
    "on_cw_event": _bus,
    "schedule": _schedule,
    "lambda_function": _payload,
    "authorizer": _question,
}

_IDENTIFIERS: Mapping[str, Callable[[Any], Any]] = {
    "on_sqs_message": lambda record: record["messageId"],
    "on_kinesis_record": lambda record: record["kinesis"]["sequenceNumber"],
    "on_dynamodb_record": lambda record: record["dynamodb"]["SequenceNumber"],
    "on_sns_message": lambda record: record["Sns"]["MessageId"],
    "on_s3_event": lambda record: record["s3"]["object"]["key"],
}


def identify(surface: str) -> Callable[[Any], Any]:
    """How a record of one kind is named in reports and logs; what it gives back may raise KeyError or TypeError."""
    return _IDENTIFIERS[surface]


def is_wanted(door: Door, record: Any) -> bool:
    """Whether a record is one that a function has asked for; of a bucket, that is a matter of its event and key."""
    if door.surface != "on_s3_event" or not isinstance(record, Mapping) or "s3" not in record:
        return True
    about = S3Record(record)
    if not any(_is_event(wanted, about.event) for wanted in door.options["events"]):
        return False
    return about.key.startswith(door.options["prefix"] or "") and about.key.endswith(
        door.options["suffix"] or ""
    )


def _is_event(wanted: str, event: str) -> bool:
    """Whether "ObjectCreated:Put" is one of "s3:ObjectCreated:*"."""
    name = wanted.removeprefix("s3:")
    return event == name or (name.endswith("*") and event.startswith(name[:-1]))
