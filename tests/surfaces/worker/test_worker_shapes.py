"""What the worker makes is told apart and understood by the same code that reads Amazon's own events."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask
from hipflask.surfaces.events.calling import answer
from hipflask.surfaces.worker import shapes
from hipflask.surfaces.worker.messages import Message

NOW = 1_795_000_000.25
MESSAGE = Message("one", "orders", '{"number": 7}', {"kind": "pizza"}, NOW, 2, NOW + 1, "receipt", None)


@pytest.fixture
def seen(tmp_path: Path) -> list[Any]:
    """What functions were called with."""
    return []


@pytest.fixture
def shop(tmp_path: Path, seen: list[Any]) -> Hipflask:
    """An app with a function for each."""
    app = Hipflask("shop_under_test", root_path=str(tmp_path))

    @app.on_sqs_message("orders")
    def bake(number: int, message_id: str, receive_count: int) -> None:
        seen.append((number, message_id, receive_count))
        if number == 13:
            raise ValueError

    @app.on_s3_event("uploads", events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
    def filed(bucket: str, key: str, event: str, size: int = -1, etag: str = "") -> None:
        seen.append((bucket, key, event, size, etag))

    @app.on_sns_message("news")
    def heard(message: str, subject: str | None = None) -> None:
        seen.append((message, subject))

    @app.schedule("rate(1 minute)")
    def often() -> None:
        seen.append("fired")

    return app


def test_messages_of_a_queue(shop: Hipflask, seen: list[Any]) -> None:
    """Found by the queue's ARN, bound record by record; one that fails is named."""
    from dataclasses import replace

    poison = replace(MESSAGE, id="two", body='{"number": 13}')
    answered = answer(shop, shapes.of_messages("orders", [MESSAGE, poison]))
    assert seen == [(7, "one", 2), (13, "two", 2)]
    assert answered == {"batchItemFailures": [{"itemIdentifier": "two"}]}
    record = shapes.of_messages("orders", [MESSAGE])["Records"][0]
    assert record["attributes"]["SentTimestamp"] == "1795000000250"
    assert record["eventSourceARN"] == "arn:aws:sqs:local:000000000000:orders"


def test_objects_of_a_bucket(shop: Hipflask, seen: list[Any]) -> None:
    """Found by the bucket's name; a key of any letters arrives as it is."""
    key = "2026/Wer ist’s? 100%+.txt"
    answer(shop, shapes.of_object("ObjectCreated:Put", "uploads", key, NOW, 5, "etag"))
    answer(shop, shapes.of_object("ObjectRemoved:Delete", "uploads", key, NOW))
    assert seen == [
        ("uploads", key, "ObjectCreated:Put", 5, "etag"),
        ("uploads", key, "ObjectRemoved:Delete", -1, ""),
    ]


def test_what_is_published(shop: Hipflask, seen: list[Any]) -> None:
    """Found by the topic's ARN."""
    answer(shop, shapes.of_notice("news", "one", "Who’s on first", "Score", {"a": "b"}, NOW))
    assert seen == [("Who’s on first", "Score")]


def test_a_schedule_that_fires(shop: Hipflask, seen: list[Any]) -> None:
    """Found by its rule's name; the time is that for which it was planned."""
    event = shapes.of_schedule("often", "one", NOW)
    assert event["time"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW))
    answer(shop, event, name="often")
    assert seen == ["fired"]
