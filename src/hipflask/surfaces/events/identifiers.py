"""How a record is named in reports and logs, and which records a function has asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...core.action import Door
from ...core.errors import EventError
from .records import MALFORMED, S3Record

_LONGEST = 1100  # characters; a key of S3 has at most 1024 bytes

_IDENTIFIERS: Mapping[str, Callable[[Any], Any]] = {
    "on_sqs_message": lambda record: record["messageId"],
    "on_kinesis_record": lambda record: record["kinesis"]["sequenceNumber"],
    "on_dynamodb_record": lambda record: record["dynamodb"]["SequenceNumber"],
    "on_sns_message": lambda record: record["Sns"]["MessageId"],
    "on_s3_event": lambda record: record["s3"]["object"]["key"],
}


def identifier_of(surface: str, record: Any) -> str | None:
    """The name of a record, None if it has none."""
    try:
        name = _IDENTIFIERS[surface](record)
    except (KeyError, TypeError, IndexError):
        return None
    return name[:_LONGEST] if isinstance(name, str) and name else None


def wanted_by(door: Door) -> Callable[[Any], bool]:
    """Whether a record is one that a function has asked for; of a bucket, that is a matter of what happened and of the key."""
    if door.surface != "on_s3_event":
        return lambda record: True
    names = [each.removeprefix("s3:") for each in door.options["events"]]
    exact = {name for name in names if not name.endswith("*")}
    beginnings = tuple(name[:-1] for name in names if name.endswith("*"))
    prefix, suffix = door.options["prefix"] or "", door.options["suffix"] or ""

    def is_wanted(record: Any) -> bool:
        try:
            event = record["eventName"].removeprefix("s3:")
            if not (event in exact or event.startswith(beginnings)):
                return False
            if not prefix and not suffix:
                return True
            key = S3Record(record).key
        except (EventError, *MALFORMED):
            return True  # what is wrong with it is said where it is bound
        return key.startswith(prefix) and key.endswith(suffix)

    return is_wanted
