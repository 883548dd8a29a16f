"""One AWS-shaped event in, and what Lambda wants returned out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import event_shapes as shapes
import pytest

from hipflask import Hipflask, events
from hipflask.core.errors import EventError
from hipflask.surfaces.events.calling import answer


@dataclass
class Line:
    item: str
    count: int = 1


def test_a_message_fills_typed_parameters(app: Hipflask) -> None:
    """The JSON of each message, by name, and nothing is reported when all went well."""
    taken: list[Any] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int, lines: list[Line]) -> None:
        taken.append((id, lines))

    event = shapes.sqs({"id": 1, "lines": [{"item": "bat"}]}, {"id": 2, "lines": []})
    assert answer(app, event) == {"batchItemFailures": []}
    assert taken == [(1, [Line("bat")]), (2, [])]


def test_a_message_that_does_not_bind_fails_alone(app: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """It is reported by its name, the others are done, and the log has the name but not what was in it."""
    taken: list[int] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int) -> None:
        taken.append(id)

    answered = answer(app, shapes.sqs({"id": 1}, {"id": "hidden words"}, {"id": 3}))
    assert answered == {"batchItemFailures": [{"itemIdentifier": "m2"}]}
    assert taken == [1, 3]
    assert "m2" in caplog.text and "hidden" not in caplog.text


def test_an_object_of_a_bucket_fills_its_names(app: Hipflask) -> None:
    """Bucket, key (as it was before it travelled), size and what happened."""
    seen: list[Any] = []

    @app.on_s3_event("uploads", prefix="in/")
    def thumbnail(bucket: str, key: str, size: int, event: str) -> None:
        seen.append((bucket, key, size, event))

    assert answer(app, shapes.s3("uploads", "in/a b+c.png")) is None
    assert seen == [("uploads", "in/a b+c.png", 1024, "ObjectCreated:Put")]


def test_a_schedule_is_found_by_its_rule(app: Hipflask) -> None:
    """The rule's name is the function's, unless another was given."""
    called: list[str] = []

    @app.schedule("rate(1 hour)")
    def hourly() -> None:
        called.append("hourly")

    @app.schedule(events.Cron(0, 2, "*", "*", "?", "*"), name="each-night")
    def nightly() -> None:
        called.append("nightly")

    answer(app, shapes.schedule("each-night"))
    assert called == ["nightly"]


def test_a_function_is_called_by_its_name(app: Hipflask) -> None:
    """Its payload fills the parameters, and its result goes back as plain data."""

    @app.lambda_function()
    def total(lines: list[Line]) -> dict[str, int]:
        return {"total": sum(line.count for line in lines)}

    assert answer(app, {"lines": [{"item": "bat", "count": 2}]}, name="total") == {"total": 2}


def test_nobody_listens(app: Hipflask) -> None:
    """An event that no function is for is said to be that."""
    with pytest.raises(
        EventError, match="messages of SQS from 'arn:aws:sqs:eu-central-1:123456789012:orders'"
    ):
        answer(app, shapes.sqs({"id": 1}))
