"""`events`: schedules, and what a function that events call may take as it is.

Parts are loaded when they are first used.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .around import ConvertToMiddleware
    from .authorizing import AuthRequest, AuthResponse, AuthRoute
    from .records import (
        CloudWatchEvent,
        DynamoDBEvent,
        DynamoDBRecord,
        KinesisEvent,
        KinesisRecord,
        LambdaContext,
        LambdaFunctionEvent,
        S3Event,
        S3Record,
        SNSEvent,
        SNSRecord,
        SQSEvent,
        SQSRecord,
    )
    from .resources import Bucket, Queue, Topic
    from .schedules import Cron, Rate

_HOMES = {
    "AuthRequest": ".authorizing",
    "AuthResponse": ".authorizing",
    "AuthRoute": ".authorizing",
    "Bucket": ".resources",
    "CloudWatchEvent": ".records",
    "ConvertToMiddleware": ".around",
    "Cron": ".schedules",
    "DynamoDBEvent": ".records",
    "DynamoDBRecord": ".records",
    "KinesisEvent": ".records",
    "KinesisRecord": ".records",
    "LambdaContext": ".records",
    "LambdaFunctionEvent": ".records",
    "Queue": ".resources",
    "Rate": ".schedules",
    "S3Event": ".records",
    "S3Record": ".records",
    "SNSEvent": ".records",
    "SNSRecord": ".records",
    "SQSEvent": ".records",
    "SQSRecord": ".records",
    "Topic": ".resources",
}

__all__ = [
    "AuthRequest", "AuthResponse", "AuthRoute", "Bucket", "CloudWatchEvent", "ConvertToMiddleware", "Cron", "DynamoDBEvent",
    "DynamoDBRecord", "KinesisEvent", "KinesisRecord", "LambdaContext", "LambdaFunctionEvent", "Queue", "Rate", "S3Event",
    "S3Record", "SNSEvent", "SNSRecord", "SQSEvent", "SQSRecord", "Topic",
]  # fmt: skip


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"events has no {name!r}. It has: {', '.join(__all__)}.")
    return getattr(import_module(home, __name__), name)


def __dir__() -> Iterable[str]:
    return __all__
