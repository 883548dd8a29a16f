"""What an event is, by its shape: which decorator's functions it is for, and from where it comes.

    {"Records": [{"eventSource": "aws:sqs", "eventSourceARN": "arn:…:orders", …}]}   on_sqs_message, from the queue "orders"

Everything here looks at plain data, which may be anything at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote_plus

_BY_SOURCE = {
    "aws:s3": "on_s3_event",
    "aws:sqs": "on_sqs_message",
    "aws:sns": "on_sns_message",
    "aws:dynamodb": "on_dynamodb_record",
    "aws:kinesis": "on_kinesis_record",
}
_SCHEDULERS = ("aws.events", "aws.scheduler")

# EventBridge's words for what happens in a bucket, and those of the bucket's own notifications.
_S3_CREATED = {
    "PutObject": "ObjectCreated:Put",
    "POST Object": "ObjectCreated:Post",
    "CopyObject": "ObjectCreated:Copy",
    "CompleteMultipartUpload": "ObjectCreated:CompleteMultipartUpload",
}
_S3_OTHERS = {
    "Object Restore Initiated": "ObjectRestore:Post",
    "Object Restore Completed": "ObjectRestore:Completed",
    "Object Restore Expired": "ObjectRestore:Delete",
    "Object Storage Class Changed": "LifecycleTransition",
    "Object Access Tier Changed": "IntelligentTiering",
    "Object ACL Updated": "ObjectAcl:Put",
    "Object Tags Added": "ObjectTagging:Put",
    "Object Tags Deleted": "ObjectTagging:Delete",
}


class Source(NamedTuple):
    """Where an event comes from: the decorator that is meant, and the ARN, bucket or rule that says from which one."""

    surface: str
    origin: str = ""


def source_of(event: Any) -> Source:
    """Where an event comes from; one that is of no known shape was sent to a function by its name."""
    if not isinstance(event, Mapping):
        return Source("lambda_function")
    records = event.get("Records")
    if isinstance(records, list) and records and isinstance(records[0], Mapping):
        return _of_record(records[0])
    if isinstance(event.get("detail-type"), str) and isinstance(event.get("source"), str):
        return _of_bus(event)
    if event.get("type") in ("TOKEN", "REQUEST") and ("methodArn" in event or "routeArn" in event):
        return Source("authorizer")
    return Source("lambda_function")


def is_test(event: Any) -> bool:
    """Whether it is what S3 sends when it has been told whom to tell."""
    return (
        isinstance(event, Mapping)
        and event.get("Event") == "s3:TestEvent"
        and isinstance(event.get("Bucket"), str)
    )


def _has_records_of(source: str, key: str = "eventSource") -> Callable[[Any], bool]:
    def looks_right(event: Any) -> bool:
        try:
            return bool(event["Records"][0][key] == source)
        except (KeyError, TypeError, IndexError):
            return False

    return looks_right


def _is_scheduled(event: Any) -> bool:
    return isinstance(event, dict) and event.get("detail-type") == "Scheduled Event" and "source" in event


def _is_of_bus(event: Any) -> bool:
    return isinstance(event, dict) and "detail-type" in event and "source" in event


# Whether an event looks, at one glance, like one for functions of that decorator. Whatever does not is looked at by `source_of`.
LOOKS: Mapping[str, Callable[[Any], bool]] = {
    "on_s3_event": _has_records_of("aws:s3"),
    "on_sqs_message": _has_records_of("aws:sqs"),
    "on_sns_message": _has_records_of("aws:sns", "EventSource"),
    "on_dynamodb_record": _has_records_of("aws:dynamodb"),
    "on_kinesis_record": _has_records_of("aws:kinesis"),
    "schedule": _is_scheduled,
    "on_cw_event": _is_of_bus,
    "lambda_function": lambda event: True,  # it takes whatever it is sent
    "authorizer": lambda event: False,
}


def _of_record(record: Mapping[str, Any]) -> Source:
    given = record.get("eventSource", record.get("EventSource"))
    surface = _BY_SOURCE.get(given) if isinstance(given, str) else None
    if surface is None:
        return Source("lambda_function")
    return Source(surface, _origin(surface, record))


def _origin(surface: str, record: Mapping[str, Any]) -> str:
    if surface == "on_s3_event":
        return _text(record, "s3", "bucket", "name")
    if surface == "on_sns_message":
        return _text(record, "Sns", "TopicArn")
    return _text(record, "eventSourceARN")


def _of_bus(event: Mapping[str, Any]) -> Source:
    if event["source"] in _SCHEDULERS and event["detail-type"] == "Scheduled Event":
        rules = event.get("resources")
        first = rules[0] if isinstance(rules, list) and rules else ""
        return Source("schedule", first if isinstance(first, str) else "")
    return Source("on_cw_event")


def _text(value: Any, *path: str) -> str:
    """What is at the end of a path, if it is text."""
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def as_notification(event: Any) -> dict[str, Any] | None:
    """What EventBridge says of a bucket, in the form of the bucket's own notification; None if it is something else."""
    if not isinstance(event, Mapping) or event.get("source") != "aws.s3":
        return None
    detail = event.get("detail")
    name = _s3_name(event.get("detail-type"), detail if isinstance(detail, Mapping) else {})
    key = _text(detail, "object", "key")
    if name is None or not isinstance(detail, Mapping) or not key:
        return None
    thing = detail["object"]
    about = {"size": thing.get("size"), "eTag": thing.get("etag"), "versionId": thing.get("version-id")}
    known = {field: value for field, value in about.items() if value is not None}
    # Only notifications have their keys encoded.
    s3 = {"bucket": {"name": _text(detail, "bucket", "name")}, "object": {"key": quote_plus(key), **known}}
    when = {"eventTime": event.get("time"), "awsRegion": event.get("region", "")}
    return {"Records": [{"eventSource": "aws:s3", "eventName": name, **when, "s3": s3}]}


def _s3_name(detail_type: object, detail: Mapping[str, Any]) -> str | None:
    if not isinstance(detail_type, str):
        return None
    reason = detail.get("reason")
    if detail_type == "Object Created":
        return (
            _S3_CREATED.get(reason, "ObjectCreated:Put") if isinstance(reason, str) else "ObjectCreated:Put"
        )
    if detail_type == "Object Deleted":
        marked = detail.get("deletion-type") == "Delete Marker Created"
        kind = "LifecycleExpiration" if reason == "Lifecycle Expiration" else "ObjectRemoved"
        return f"{kind}:{'DeleteMarkerCreated' if marked else 'Delete'}"
    return _S3_OTHERS.get(detail_type)
