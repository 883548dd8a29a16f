"""What both apps are asked: the same requests and events, as data."""

from __future__ import annotations

import json
from typing import Any

Case = tuple[str, str, dict[str, str], str | None]
JSON = {"Content-Type": "application/json"}

REQUESTS: list[Case] = [
    ("GET", "/", {}, None),
    ("GET", "/orders/1", {}, None),
    ("GET", "/orders/99", {}, None),
    ("POST", "/orders", JSON, '{"item": "tea"}'),
    ("PUT", "/orders", {"Content-Type": "application/json; charset=utf-8"}, '{"item": "größer"}'),
    ("POST", "/orders", JSON, '{"thing": 1}'),
    ("POST", "/orders", {"Content-Type": "text/plain"}, "tea"),
    ("GET", "/search", {}, None),
    ("GET", "/search?q=tea&z=1&a=%C3%BC", {}, None),
    ("GET", "/first?q=tea&n=2", {}, None),
    ("GET", "/page", {}, None),
    ("GET", "/page?page=1&page=3", {}, None),
    ("GET", "/text", {}, None),
    ("GET", "/nothing", {}, None),
    ("GET", "/number", {}, None),
    ("GET", "/priced", {}, None),
    ("POST", "/raw", {"Content-Type": "text/plain"}, "quiet"),
    ("POST", "/raw", JSON, "{}"),
    ("GET", "/open", {}, None),
    ("GET", "/partly", {"X-Who": "me"}, None),
    ("POST", "/partly", {"X-Who": "you", **JSON}, "{}"),
    ("GET", "/files/a/b-c", {}, None),
    ("GET", "/guarded", {"Authorization": "let me in"}, None),
    ("GET", "/guarded", {"Authorization": "let me"}, None),
    ("GET", "/guarded", {}, None),
    ("GET", "/broken", {}, None),
    ("GET", "/more/here", {}, None),
    ("DELETE", "/more/refused", {}, None),
]

_RECORD: dict[str, Any] = {
    "eventSource": "aws:sqs",
    "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:orders",
    "messageId": "1",
    "receiptHandle": "r",
    "attributes": {"ApproximateReceiveCount": "1"},
    "messageAttributes": {},
}
_CLOCK = {
    "version": "0",
    "account": "123456789012",
    "region": "eu-central-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-01-01T00:00:00Z",
    "id": "1",
    "resources": ["arn:aws:events:eu-central-1:123456789012:rule/r"],
}
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("often", _CLOCK),
    ("nightly", _CLOCK),
    ("take", {"Records": [{**_RECORD, "body": text, "messageId": text} for text in ("one", "two")]}),
    (
        "read",
        {"Records": [{"EventSource": "aws:sns", "EventSubscriptionArn": "arn:aws:sns:eu-central-1:123456789012:news:1", "Sns": {
            "Subject": "new", "Message": "read this", "MessageAttributes": {}, "MessageId": "1", "Type": "Notification",
            "Timestamp": "2026-01-01T00:00:00Z", "TopicArn": "arn:aws:sns:eu-central-1:123456789012:news"}}]},
    ),
    (
        "uploaded",
        {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": "2026-01-01T00:00:00Z", "s3": {
            "bucket": {"name": "uploads", "arn": "arn:aws:s3:::uploads"}, "object": {"key": "a+b/c.png", "size": 1, "eTag": "e"}}}]},
    ),
    (
        "changed",
        {"Records": [{
            "eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1",
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/T/stream/2026-01-01T00:00:00.000",
            "dynamodb": {"ApproximateCreationDateTime": 1767225600, "Keys": {"id": {"S": "1"}}, "NewImage": {"id": {"S": "1"}},
                         "SequenceNumber": "1", "SizeBytes": 10, "StreamViewType": "NEW_IMAGE"}}]},
    ),
    (
        "clicked",
        {"Records": [{
            "eventSource": "aws:kinesis", "eventSourceARN": "arn:aws:kinesis:eu-central-1:123456789012:stream/clicks",
            "eventID": "shard:1", "kinesis": {"data": "aGVsbG8=", "sequenceNumber": "1", "partitionKey": "k",
                                              "approximateArrivalTimestamp": 1767225600, "kinesisSchemaVersion": "1.0"}}]},
    ),
    ("machine", {**_CLOCK, "source": "aws.ec2", "detail": {"state": "stopped"}, "detail-type": "EC2 Instance State-change Notification"}),
    ("twice", {"n": 21}),
]  # fmt: skip


def as_json() -> str:
    """All of it, for a process of its own."""
    return json.dumps({"requests": REQUESTS, "events": EVENTS})
