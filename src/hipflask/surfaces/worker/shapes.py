"""Events in the shapes that Amazon gives them, made here: what a function is called with is the same on either side.

The account is 000000000000 and the region "local": whoever looks at an ARN sees that it is nobody's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from .messages import Message

REGION, ACCOUNT = "local", "000000000000"


def arn(service: str, name: str) -> str:
    """The ARN of something here: `arn:aws:sqs:local:000000000000:orders`; a bucket's has neither region nor account."""
    where = ":" if service == "s3" else f"{REGION}:{ACCOUNT}"
    return f"arn:aws:{service}:{where}:{name}"


def of_messages(queue: str, messages: Sequence[Message]) -> dict[str, Any]:
    """What Lambda gets of a queue."""
    return {"Records": [_sqs_record(queue, each) for each in messages]}


def _sqs_record(queue: str, message: Message) -> dict[str, Any]:
    first = message.first_received_at or message.sent_at
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(_milliseconds(message.sent_at)),
            "SenderId": ACCOUNT,
            "ApproximateFirstReceiveTimestamp": str(_milliseconds(first)),
        },
        "messageAttributes": {
            name: {"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"}
            for name, value in message.attributes.items()
        },
        "md5OfBody": hashlib.md5(message.body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn("sqs", queue),
        "awsRegion": REGION,
    }


def of_object(event: str, bucket: str, key: str, now: float, size: int = 0, etag: str = "") -> dict[str, Any]:
    """What Lambda gets of a bucket; `event` is "ObjectCreated:Put" or "ObjectRemoved:Delete"."""
    thing: dict[str, Any] = {"key": quote_plus(key, safe="/"), "sequencer": f"{int(now * 1e9):016X}"}
    if event.startswith("ObjectCreated"):
        thing |= {"size": size, "eTag": etag}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": _iso(now),
        "eventName": event,
        "userIdentity": {"principalId": ACCOUNT},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "local",
            "bucket": {"name": bucket, "ownerIdentity": {"principalId": ACCOUNT}, "arn": arn("s3", bucket)},
            "object": thing,
        },
    }
    return {"Records": [record]}


def of_notice(
    topic: str, id: str, message: str, subject: str | None, attributes: Mapping[str, str], now: float
) -> dict[str, Any]:
    """What Lambda gets of a topic."""
    sent = notice(topic, id, message, subject, attributes, now)
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": f"{arn('sns', topic)}:{id}",
        "Sns": sent,
    }
    return {"Records": [record]}


def notice(
    topic: str, id: str, message: str, subject: str | None, attributes: Mapping[str, str], now: float
) -> dict[str, Any]:
    """What is published to a topic."""
    return {
        "Type": "Notification",
        "MessageId": id,
        "TopicArn": arn("sns", topic),
        "Subject": subject,
        "Message": message,
        "Timestamp": _iso(now),
        "MessageAttributes": {name: {"Type": "String", "Value": value} for name, value in attributes.items()},
    }


def of_schedule(name: str, id: str, at: float) -> dict[str, Any]:
    """What Lambda gets of a schedule that fires; `at` is the time for which it was planned."""
    return {
        "version": "0",
        "id": id,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [arn("events", f"rule/{name}")],
        "detail": {},
    }


def _milliseconds(at: float) -> int:
    return int(at * 1000)


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
