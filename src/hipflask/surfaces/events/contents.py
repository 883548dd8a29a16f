"""How a record of each kind becomes the keyword arguments of a function: made once for each function, then only called.

bind = binder(Taking.of(action, "on_sqs_message"))
bind({"messageId": "…", "body": '{"id": 7}', …}, context)   ->   {"id": 7}
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from ...core.errors import EventError
from .attributes import plain_item
from .authorizing import AuthRequest
from .binding import body_type, of_data, of_text
from .records import (
    MALFORMED,
    CloudWatchEvent,
    DynamoDBRecord,
    KinesisRecord,
    NobodysRecord,
    Raw,
    S3Record,
    SNSRecord,
    SQSRecord,
    table_of,
)
from .sources import is_test
from .taking import Taking

Bind = Callable[[Any, Any], dict[str, Any]]

# In a body: it may be the envelope in which a topic has put what was published, or a test of S3's.
_MAY_BE_TESTS = ("on_sqs_message", "on_sns_message")
_ENVELOPE, _TEST = '"TopicArn"', '"s3:TestEvent"'


def binder(taking: Taking) -> Bind:
    """What takes a record and the context, and gives keyword arguments; raises BindingError, or EventError for what is no record."""
    is_looked_at = taking.plan.parameters or (taking.surface in _MAY_BE_TESTS and not taking.is_whole)
    bind = _BINDERS[taking.surface](taking) if is_looked_at else _nothing
    if not taking.raw:
        return bind
    return lambda record, context: {**bind(record, context), **taking.given(record, context)}


def _nothing(record: Any, context: Any) -> dict[str, Any]:
    return {}


# ── bodies ────────────────────────────────────────────────────────────────────────────────────────


def _sqs(taking: Taking) -> Bind:
    def slow(record: Any, context: Any) -> dict[str, Any]:
        message = SQSRecord(record)
        return of_text(
            taking,
            _no_test(published(message.body)),
            lambda: {
                "message_id": message.message_id,
                "receive_count": message.receive_count,
                "attributes": message.attributes,
            },
        )

    if (quick := body_type(taking)) is None:
        return slow
    decode = quick.decode

    def bind(record: Any, context: Any) -> dict[str, Any]:
        try:
            body = record["body"]
            if _ENVELOPE not in body and _TEST not in body:
                return decode(body)
        except MALFORMED:
            pass
        return slow(record, context)

    return bind


def _no_test(body: str) -> str:
    if _TEST in body and is_test(_decoded(body)):
        raise NobodysRecord
    return body


def published(body: str) -> str:
    """What was published, where a topic has put it into the queue in an envelope of its own; any other body as it is."""
    envelope = _decoded(body) if _ENVELOPE in body else None
    if not isinstance(envelope, dict) or envelope.get("Type") != "Notification":
        return body
    message = envelope.get("Message")
    return message if isinstance(message, str) and isinstance(envelope.get("TopicArn"), str) else body


def _decoded(body: str) -> Any:
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None


def _sns(taking: Taking) -> Bind:
    def slow(record: Any, context: Any) -> dict[str, Any]:
        told = SNSRecord(record)
        return of_text(
            taking,
            _no_test(told.message),
            lambda: {
                "subject": told.subject,
                "message_id": told.message_id,
                "topic_arn": told.topic_arn,
                "attributes": told.message_attributes,
            },
        )

    if (quick := body_type(taking)) is None:
        return slow
    decode = quick.decode

    def bind(record: Any, context: Any) -> dict[str, Any]:
        try:
            message = record["Sns"]["Message"]
            if _TEST not in message:
                return decode(message)
        except MALFORMED:
            pass
        return slow(record, context)

    return bind


def _kinesis(taking: Taking) -> Bind:
    def slow(record: Any, context: Any) -> dict[str, Any]:
        told = KinesisRecord(record)
        return of_text(
            taking,
            told.data,
            lambda: {
                "partition_key": told.partition_key,
                "sequence_number": told.sequence_number,
            },
        )

    if (quick := body_type(taking)) is None:
        return slow
    decode = quick.decode

    def bind(record: Any, context: Any) -> dict[str, Any]:
        try:
            return decode(a2b_base64(record["kinesis"]["data"], strict_mode=True))
        except MALFORMED:
            return slow(record, context)

    return bind


def _bus(taking: Taking) -> Bind:
    def slow(event: Any, context: Any) -> dict[str, Any]:
        about = CloudWatchEvent(event)
        return of_data(
            taking,
            about.detail,
            lambda: {
                "detail": about.detail,
                "detail_type": about.detail_type,
                "source": about.source,
                "time": about.time,
                "account": about.account,
                "region": about.region,
                "resources": about.resources,
                "id": about.event_id,
            },
        )

    if (quick := body_type(taking)) is None:
        return slow
    convert = quick.convert

    def bind(event: Any, context: Any) -> dict[str, Any]:
        try:
            return convert(event["detail"])
        except MALFORMED:
            return slow(event, context)

    return bind


def _payload(taking: Taking) -> Bind:
    def slow(event: Any, context: Any) -> dict[str, Any]:
        return of_data(taking, event, dict)

    if (quick := body_type(taking)) is None:
        return slow
    convert = quick.convert

    def bind(event: Any, context: Any) -> dict[str, Any]:
        try:
            return convert(event)
        except MALFORMED:
            return slow(event, context)

    return bind


# ── parts by name ─────────────────────────────────────────────────────────────────────────────────


def _named(parts: Mapping[str, Callable[[Any], Any]], kind: type[Raw]) -> Callable[[Taking], Bind]:
    """Parameters that are each filled by one part of a record; `kind` says what is wrong with what is no such record."""

    def make(taking: Taking) -> Bind:
        wanted = [
            (each.name, str if each.type is str else None, each, parts[each.name])
            for each in taking.plan.parameters
            if each.name in parts
        ]

        def bind(record: Any, context: Any) -> dict[str, Any]:
            values = {}
            try:
                for name, kind_of, parameter, part_of in wanted:
                    value = part_of(record)
                    if type(value) is kind_of:
                        values[name] = value
                    # Where the event says nothing, a default applies.
                    elif value is not None or parameter.required:
                        values[name] = parameter.bind(value, text=False)
            except MALFORMED as error:
                kind(record)
                raise EventError(f"This is no {kind.what}: {error}.") from None
            return values

        return bind

    return make


def _key(record: Any) -> str:
    key: str = record["s3"]["object"]["key"]
    return unquote_plus(key) if "%" in key or "+" in key else key


_S3 = {
    "bucket": lambda record: record["s3"]["bucket"]["name"],
    "key": _key,
    "size": lambda record: record["s3"]["object"].get("size"),
    "etag": lambda record: record["s3"]["object"].get("eTag"),
    "version": lambda record: record["s3"]["object"].get("versionId"),
    "event": lambda record: record["eventName"],
    "time": lambda record: record.get("eventTime"),
}
_DYNAMODB = {
    "keys": lambda record: plain_item(record["dynamodb"].get("Keys")),
    "new": lambda record: plain_item(record["dynamodb"].get("NewImage")),
    "old": lambda record: plain_item(record["dynamodb"].get("OldImage")),
    "event_name": lambda record: record["eventName"],
    "sequence_number": lambda record: record["dynamodb"]["SequenceNumber"],
    "table": lambda record: table_of(record["eventSourceARN"]),
}
_SCHEDULE = {"time": lambda event: event.get("time")}
_QUESTION = {
    "token": lambda event: AuthRequest(event).token,
    "method_arn": lambda event: AuthRequest(event).method_arn,
    "method": lambda event: AuthRequest(event).method,
    "path": lambda event: AuthRequest(event).path,
    "headers": lambda event: AuthRequest(event).headers,
}

_BINDERS: Mapping[str, Callable[[Taking], Bind]] = {
    "on_sqs_message": _sqs,
    "on_sns_message": _sns,
    "on_kinesis_record": _kinesis,
    "on_cw_event": _bus,
    "lambda_function": _payload,
    "on_s3_event": _named(_S3, S3Record),
    "on_dynamodb_record": _named(_DYNAMODB, DynamoDBRecord),
    "schedule": _named(_SCHEDULE, CloudWatchEvent),
    "authorizer": _named(_QUESTION, AuthRequest),
}
