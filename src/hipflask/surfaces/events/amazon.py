"""Queues, topics and buckets at Amazon's, by boto3: which Lambda has, and is loaded when the first is used."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from math import ceil
from typing import Any, BinaryIO, cast

from ...core import outgoing
from ...core.errors import EventError, MissingPart
from ...core.ports import StoredObject

_GONE = ("NoSuchKey", "404", "NoSuchVersion")
_FORBIDDEN = ("AccessDenied", "403")


class Amazon:
    """Resources under their true names: a queue's URL, a topic's ARN, a bucket's name."""

    def send(
        self, queue: str, body: str, *, delay: float = 0, attributes: Mapping[str, str] | None = None
    ) -> None:
        """Put a message into a queue, by its URL."""
        more = _more(queue, attributes)
        if delay:
            more["DelaySeconds"] = ceil(delay)
        _when_sure(lambda: self._sqs.send_message(QueueUrl=queue, MessageBody=body, **more))

    def publish(
        self,
        topic: str,
        message: str,
        *,
        subject: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """Tell a message to whoever follows a topic, by its ARN."""
        more = _more(topic, attributes)
        if subject is not None:
            more["Subject"] = subject
        _when_sure(lambda: self._sns.publish(TopicArn=topic, Message=message, **more))

    def put(self, bucket: str, key: str, data: bytes | BinaryIO) -> None:
        """Keep an object; one that is read from a file is sent in parts."""
        if isinstance(data, bytes):
            self._s3.put_object(Bucket=bucket, Key=key, Body=data)
        else:
            self._s3.upload_fileobj(data, bucket, key)

    def open(self, bucket: str, key: str) -> BinaryIO:
        """An object's bytes as they come; raises KeyError if it is not there, and EventError if S3 does not say so."""
        try:
            return cast(BinaryIO, self._s3.get_object(Bucket=bucket, Key=key)["Body"])
        except self._s3.exceptions.ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code in _GONE:
                raise KeyError(key) from None
            if code in _FORBIDDEN:
                raise EventError(
                    f"S3 does not give {key!r} of {bucket!r}: either this function may not read it (s3:GetObject on the "
                    "bucket's objects), or it is not there, which S3 says only to who may list the bucket (s3:ListBucket)."
                ) from error
            raise

    def delete(self, bucket: str, key: str) -> None:
        """Do away with an object, if it is there."""
        self._s3.delete_object(Bucket=bucket, Key=key)

    def list(self, bucket: str, prefix: str = "") -> Sequence[StoredObject]:
        """The objects whose keys begin so, page after page."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [_stored(each) for page in pages for each in page.get("Contents", ())]

    @cached_property
    def _sqs(self) -> Any:
        return _boto3().client("sqs")

    @cached_property
    def _sns(self) -> Any:
        return _boto3().client("sns")

    @cached_property
    def _s3(self) -> Any:
        return _boto3().client("s3")


def _when_sure(deliver: Callable[[], object]) -> None:
    """What a unit of work sends leaves when all that it writes has been committed."""
    if not outgoing.hold(deliver):
        deliver()


def _more(place: str, attributes: Mapping[str, str] | None) -> dict[str, Any]:
    more: dict[str, Any] = {"MessageAttributes": _attributes(attributes)} if attributes else {}
    if place.endswith(".fifo"):
        more |= {"MessageGroupId": "all", "MessageDeduplicationId": uuid.uuid4().hex}
    return more


def _attributes(attributes: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}


def _stored(each: Mapping[str, Any]) -> StoredObject:
    return StoredObject(each["Key"], each["Size"], each["ETag"].strip('"'), each["LastModified"])


def _boto3() -> Any:
    try:
        return import_module("boto3")
    except ImportError:
        raise MissingPart(
            'The environment names resources at Amazon\'s, which are reached by boto3: pip install "hipflask[aws]".'
        ) from None
