"""Raw events: what a parameter with one of these types gets, with the names that Chalice has for their parts.

    @app.on_sqs_message("orders", batch_size=10)
    def take(event: events.SQSEvent): ...      once, with the whole batch: `for record in event`

    @app.on_sqs_message("orders", batch_size=10)
    def take(record: events.SQSRecord): ...    once for each record

Moments are in UTC and say so, where Chalice's do not.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import unquote_plus

from ...core.errors import EventError
from ...core.given import Given
from .attributes import plain_item
from .kinds import SURFACES

# What looking into something raises that is not what it should be; RecursionError, if it is nested without end.
MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


class NobodysRecord(Exception):
    """A message with which S3 tries out a queue or a topic: done with, and no function's business."""


class LambdaContext(Given):
    """What Lambda says about the call: `function_name`, `aws_request_id`, `get_remaining_time_in_millis()`, and so on."""

    surfaces = SURFACES


class Raw(Given):
    """What every raw event, and every record of one, has."""

    surfaces = SURFACES
    what: ClassVar[str] = "event"

    def __init__(self, event: Mapping[str, Any], context: Any = None) -> None:
        self._event = event
        self.context = context
        try:
            self._read(event)
        except MALFORMED as error:
            raise EventError(
                f"This is no {self.what}: {_told(error)} is missing or not what it should be."
            ) from None

    def _read(self, event: Any) -> None:
        """Take out what has a name of its own."""

    def to_dict(self) -> Any:
        """The event as it came."""
        return self._event


class Batch(Raw):
    """An event of several records."""

    record: ClassVar[type[Raw]]

    def _read(self, event: Any) -> None:
        self._records = list(event["Records"])

    def __iter__(self) -> Iterator[Any]:
        return (self.record(each, self.context) for each in self._records)

    def __len__(self) -> int:
        return len(self._records)


class SQSRecord(Raw):
    """One message of a queue: `body`, `message_id`, `receipt_handle`, `receive_count`, `attributes`, `message_attributes`."""

    what = "message of SQS"

    def _read(self, event: Any) -> None:
        self.body = _text(event["body"])
        self.message_id = _text(event["messageId"])
        self.receipt_handle = event.get("receiptHandle", "")
        self.attributes = event.get("attributes", {})
        self.message_attributes = event.get("messageAttributes", {})
        self.receive_count = int(self.attributes.get("ApproximateReceiveCount", 1))


class SQSEvent(Batch):
    """Messages of a queue, which are its records."""

    what = "event of SQS"
    record = SQSRecord


class SNSRecord(Raw):
    """One message of a topic: `message`, `subject`, `message_id`, `topic_arn`, `message_attributes`."""

    what = "message of SNS"

    def _read(self, event: Any) -> None:
        sns = event["Sns"]
        self.message = _text(sns["Message"])
        self.subject = sns.get("Subject")
        self.message_id = sns.get("MessageId", "")
        self.topic_arn = sns.get("TopicArn", "")
        self.message_attributes = sns.get("MessageAttributes", {})


class SNSEvent(Batch):
    """A message of a topic: `message`, `subject` and `message_attributes` are those of its first record."""

    what = "event of SNS"
    record = SNSRecord

    def _read(self, event: Any) -> None:
        super()._read(event)
        first = SNSRecord(self._records[0])
        self.message = first.message
        self.subject = first.subject
        self.message_attributes = first.message_attributes


class S3Record(Raw):
    """What happened to one object: `bucket`, `key`, `size`, `etag`, `version`, `event` ("ObjectCreated:Put") and `time`."""

    what = "event of S3"

    def _read(self, event: Any) -> None:
        s3 = event["s3"]
        self.bucket = _text(s3["bucket"]["name"])
        self.key = unquote_plus(_text(s3["object"]["key"]))
        self.size = s3["object"].get("size")  # what was removed has none
        self.etag = s3["object"].get("eTag")
        self.version = s3["object"].get("versionId")
        self.event = _text(event.get("eventName", ""))
        self.time = event.get("eventTime")


class S3Event(Batch):
    """What happened in a bucket: `bucket` and `key` are those of its first record."""

    what = "event of S3"
    record = S3Record

    def _read(self, event: Any) -> None:
        super()._read(event)
        first = S3Record(self._records[0])
        self.bucket = first.bucket
        self.key = first.key


class KinesisRecord(Raw):
    """One record of a stream: `data` (bytes), `sequence_number`, `partition_key`, `schema_version`, `timestamp`.

    Records that a producer has put together into one (the Kinesis Producer Library's aggregation) are not taken apart.
    """

    what = "record of Kinesis"

    def _read(self, event: Any) -> None:
        kinesis = event["kinesis"]
        self.data = base64.b64decode(kinesis["data"], validate=True)
        self.sequence_number = _text(kinesis["sequenceNumber"])
        self.partition_key = kinesis.get("partitionKey", "")
        self.schema_version = kinesis.get("kinesisSchemaVersion", "")
        self.timestamp = _moment(kinesis.get("approximateArrivalTimestamp"))


class KinesisEvent(Batch):
    """Records of a stream."""

    what = "event of Kinesis"
    record = KinesisRecord


class DynamoDBRecord(Raw):
    """One change in a table: `keys`, `new_image` and `old_image` as they came, `event_name`, `table_name` and more.

    `new`, `old` and `plain_keys` are the same as plain values.
    """

    what = "record of DynamoDB"

    def _read(self, event: Any) -> None:
        dynamodb = event["dynamodb"]
        self.timestamp = _moment(dynamodb.get("ApproximateCreationDateTime"))
        self.keys = dynamodb.get("Keys")
        self.new_image = dynamodb.get("NewImage")
        self.old_image = dynamodb.get("OldImage")
        self.sequence_number = _text(dynamodb["SequenceNumber"])
        self.size_bytes = dynamodb.get("SizeBytes")
        self.stream_view_type = dynamodb.get("StreamViewType")
        self.aws_region = event.get("awsRegion", "")
        self.event_id = event.get("eventID", "")
        self.event_name = _text(event["eventName"])
        self.event_source_arn = _text(event.get("eventSourceARN", ""))

    @property
    def table_name(self) -> str:
        """The name of the table."""
        return table_of(self.event_source_arn)

    @property
    def plain_keys(self) -> dict[str, Any] | None:
        """The keys as plain values."""
        return plain_item(self.keys)

    @property
    def new(self) -> dict[str, Any] | None:
        """The item after the change as plain values, None if there is none."""
        return plain_item(self.new_image)

    @property
    def old(self) -> dict[str, Any] | None:
        """The item before the change as plain values, None if there is none."""
        return plain_item(self.old_image)


class DynamoDBEvent(Batch):
    """Changes in a table."""

    what = "event of DynamoDB"
    record = DynamoDBRecord


class CloudWatchEvent(Raw):
    """An event of EventBridge, or of a schedule: `source`, `detail_type`, `detail`, `time`, `resources` and more."""

    what = "event of EventBridge"

    def _read(self, event: Any) -> None:
        self.version = event.get("version", "0")
        self.account = event.get("account", "")
        self.region = event.get("region", "")
        self.detail = event["detail"]
        self.detail_type = _text(event["detail-type"])
        self.source = _text(event["source"])
        self.time = event.get("time")
        self.event_id = event.get("id", "")
        self.resources = event.get("resources", [])


class LambdaFunctionEvent(Raw):
    """What a function was called with by name: `event` is that, whatever it is."""

    def _read(self, event: Any) -> None:
        self.event = event


def table_of(stream_arn: str) -> str:
    """The name of the table whose stream that is, or nothing: arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/…"""
    parts = stream_arn.split(":", 5)[-1].split("/")
    return parts[1] if len(parts) > 1 else ""


def _moment(seconds: Any) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _told(error: Exception) -> str:
    return repr(error.args[0]) if isinstance(error, KeyError) else "a part of it"
