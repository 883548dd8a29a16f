"""One AWS-shaped event in, and what Lambda wants returned out."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import event_shapes as shapes
import flask
import pytest
from sqlalchemy.orm import Mapped, mapped_column

from hipflask import Hipflask, Store, events
from hipflask.core.errors import EventError
from hipflask.surfaces.events.calling import answer, caller

NONE_FAILED: dict[str, Any] = {"batchItemFailures": []}


def failed(*names: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


@dataclass
class Line:
    item: str
    count: int = 1


@dataclass
class Player:
    id: int
    name: str
    average: Decimal | None = None


# ── queues ────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_fills_typed_parameters(app: Hipflask) -> None:
    """The JSON of each message, by name, and nothing is reported when all went well."""
    taken: list[Any] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int, lines: list[Line]) -> None:
        taken.append((id, lines))

    event = shapes.sqs({"id": 1, "lines": [{"item": "bat"}]}, {"id": 2, "lines": []})
    assert answer(app, event) == NONE_FAILED
    assert taken == [(1, [Line("bat")]), (2, [])]


def test_a_message_that_does_not_bind_fails_alone(app: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """It is reported by its name, the others are done, and the log has the name but not what was in it."""
    taken: list[int] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int) -> None:
        taken.append(id)

    answered = answer(app, shapes.sqs({"id": 1}, {"id": "hidden words"}, "[", {}, {"id": 5}))
    assert answered == failed("m2", "m3", "m4")
    assert taken == [1, 5]
    assert "m2" in caplog.text and "id: expected a whole number" in caplog.text
    assert "hidden" not in caplog.text


def test_a_function_that_raises_fails_its_message_alone(
    app: Hipflask, caplog: pytest.LogCaptureFixture
) -> None:
    """The traceback is in the log, with the message's name and without its body."""
    taken: list[int] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int, secret: str) -> None:
        if id == 2:
            raise ZeroDivisionError("no such order")
        taken.append(id)

    messages = [{"id": at, "secret": "hidden words"} for at in (1, 2, 3)]
    assert answer(app, shapes.sqs(*messages)) == failed("m2")
    assert taken == [1, 3]
    assert "record m2 failed" in caplog.text and "ZeroDivisionError" in caplog.text
    assert "hidden" not in caplog.text


def test_what_is_nested_without_end_does_not_fit(app: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """It is told in one line as everything else that does not, and not as a mistake of the function's."""

    @app.on_sqs_message("orders")
    def take(id: int, more: Any = None) -> None: ...

    @app.on_dynamodb_record(shapes.TABLE)
    def changed(new: dict[str, Any]) -> None: ...

    body = f'{{"id": 1, "more": {"[" * 100_000}{"]" * 100_000}}}'
    assert answer(app, shapes.sqs(body)) == failed("m1")
    value: Any = {"N": "1"}
    for _ in range(5000):
        value = {"L": [value]}
    assert answer(app, shapes.dynamodb({"NewImage": {"deep": value}})) == failed("1")
    assert "m1 does not fit" in caplog.text and "record 1 is refused" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_fifo_queue_stops_at_the_first_failure(app: Hipflask) -> None:
    """What follows it keeps its order: it comes again, after what has failed."""
    taken: list[int] = []

    @app.on_sqs_message("orders.fifo", batch_size=10)
    def take(id: int) -> None:
        taken.append(id)

    assert answer(app, shapes.sqs({"id": 1}, {}, {"id": 3}, queue="orders.fifo")) == failed("m2", "m3")
    assert taken == [1]


def test_what_each_message_writes_is_taken_back_alone(app: Hipflask, tmp_path: Any) -> None:
    """A unit of work for each: a raise rolls back the writes of its own message, and no other's."""
    app.config["STORE"] = str(tmp_path / "orders.sqlite")
    db: Any = Store(app)

    class Order(db.Model):
        id: Mapped[int] = mapped_column(primary_key=True)
        item: Mapped[str]

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int, item: str) -> None:
        Order.create(id=id, item=item)
        if item == "poison":
            raise RuntimeError("after it has written")

    messages = [{"id": at, "item": item} for at, item in enumerate(("bat", "poison", "ball"), 1)]
    assert answer(app, shapes.sqs(*messages)) == failed("m2")
    with app.app_context():
        assert [each.item for each in db.all(Order)] == ["bat", "ball"]
    db.close()


def test_what_a_failed_message_has_sent_is_not_sent(app: Hipflask, tmp_path: Any) -> None:
    """A message that a function sends leaves when its work has been committed, and not at all if it raises."""
    sent: list[str] = []
    app.resources = lambda: Sending(sent)  # type: ignore[assignment, return-value, method-assign]
    letters = app.queue("letters")

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int) -> None:
        letters.send({"id": id})
        assert sent == []
        if id == 2:
            raise RuntimeError

    assert answer(app, shapes.sqs({"id": 1})) == NONE_FAILED
    assert sent == ['{"id":1}']
    assert answer(app, shapes.sqs({"id": 2})) == failed("m1")
    assert sent == ['{"id":1}']


class Sending:
    """Resources that hold what is sent as they have promised."""

    def __init__(self, sent: list[str]) -> None:
        self._sent = sent

    def send(self, queue: str, body: str, **more: Any) -> None:
        from hipflask.core import outgoing

        assert outgoing.hold(lambda: self._sent.append(body))


def test_a_raw_event_is_the_whole_batch(app: Hipflask) -> None:
    """By its type, or, as Chalice's functions have it, as a parameter `event` without one."""
    seen: list[Any] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(event: events.SQSEvent, context: Any) -> None:
        seen.append([record.body for record in event])
        seen.append(context)

    @app.on_sqs_message("others", batch_size=10)
    def also(event):  # type: ignore[no-untyped-def]
        seen.append([(record.body, record.message_id, record.receive_count) for record in event])

    assert answer(app, shapes.sqs("a", "b"), "the context") == NONE_FAILED
    assert answer(app, shapes.sqs("c", queue="others")) == NONE_FAILED
    assert seen == [["a", "b"], "the context", [("c", "m1", 1)]]


def test_who_takes_the_whole_batch_reports_for_himself(app: Hipflask) -> None:
    """What it returns is passed on; what it raises has all of the batch come again."""

    @app.on_sqs_message("orders", batch_size=10)
    def take(event: events.SQSEvent) -> Any:
        bodies = [record.body for record in event]
        if "raise" in bodies:
            raise ZeroDivisionError
        return failed(*(record.message_id for record in event if record.body == "bad"))

    assert answer(app, shapes.sqs("good", "bad")) == failed("m2")
    with pytest.raises(ZeroDivisionError):
        answer(app, shapes.sqs("raise"))


def test_a_raw_record_comes_one_by_one(app: Hipflask) -> None:
    """With what is in its body beside it, if that is asked for."""
    seen: list[Any] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(record: events.SQSRecord, id: int) -> None:
        seen.append((record.message_id, id))

    assert answer(app, shapes.sqs({"id": 1}, {}, {"id": 3})) == failed("m2")
    assert seen == [("m1", 1), ("m3", 3)]


def test_what_a_topic_put_into_the_queue_is_taken_out_of_its_envelope(app: Hipflask) -> None:
    """The function has the message that was published, not the envelope in which it came."""
    seen: list[Any] = []

    @app.on_sqs_message("orders")
    def take(id: int = 0) -> None:
        seen.append(id)

    told = shapes.sns({"id": 7})["Records"][0]["Sns"]
    assert answer(app, shapes.sqs(told)) == NONE_FAILED
    assert answer(app, shapes.sqs({"TopicArn": "of an order", "id": 8})) == NONE_FAILED
    assert seen == [7, 8]


def test_a_test_of_s3s_is_nobodys(app: Hipflask) -> None:
    """S3 tries out whom it is to tell: directly, by a queue, or by a topic."""
    seen: list[str] = []

    @app.on_s3_event("uploads")
    def upload() -> None:
        seen.append("upload")

    @app.on_sqs_message("orders")
    def take(id: int = 0) -> None:
        seen.append("order")

    @app.on_sns_message("news")
    def read() -> None:
        seen.append("news")

    test = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Bucket": "uploads",
        "RequestId": "5582815E1AEA5ADF",
    }
    assert answer(app, test) is None
    assert answer(app, test, name="upload") is None
    assert answer(app, shapes.sqs(test)) == NONE_FAILED
    assert answer(app, shapes.sns(test)) is None
    assert seen == []


# ── streams ───────────────────────────────────────────────────────────────────────────────────────


def test_a_stream_stops_at_the_first_failure(app: Hipflask) -> None:
    """Lambda begins again there, and all that follows comes again."""
    taken: list[int] = []

    @app.on_kinesis_record("pitches")
    def pitch(speed: int) -> None:
        taken.append(speed)

    assert answer(app, shapes.kinesis({"speed": 90}, b"\xff", {"speed": 92})) == failed("2", "3")
    assert taken == [90]


@pytest.mark.parametrize("hint", [Line, dict[str, str], "text", bytes, Any])
def test_a_parameter_of_the_bodys_own_name(app: Hipflask, hint: Any) -> None:
    """`body`, `message` and `data` are all of it: as it is where that is text or bytes, read where it is anything else."""
    seen: list[Any] = []
    kind = str if hint == "text" else hint

    @app.on_sqs_message("orders")
    def take(body: kind) -> None:  # type: ignore[valid-type]
        seen.append(body)

    @app.on_sns_message("news")
    def hear(message: kind, subject: str | None = None) -> None:  # type: ignore[valid-type]
        seen.append(message)

    @app.on_kinesis_record("pitches")
    def pitch(data: kind, partition_key: str) -> None:  # type: ignore[valid-type]
        seen.append(data)

    text = '{"item": "bat"}'
    for event in (shapes.sqs(text), shapes.sns(text), shapes.kinesis(text.encode())):
        assert answer(app, event) in (NONE_FAILED, None)
    read = {
        Line: Line("bat"),
        dict[str, str]: {"item": "bat"},
        "text": text,
        bytes: text.encode(),
        Any: text,
    }[hint]
    assert seen == [read, read, text.encode() if hint is Any else read]


def test_a_function_that_ends_the_program_fails_its_record(app: Hipflask) -> None:
    """`sys.exit` in one message neither ends the process nor fails the others."""
    taken: list[int] = []

    @app.on_sqs_message("orders", batch_size=10)
    @app.lambda_function(name="direct")
    def take(id: int) -> None:
        if id == 2:
            sys.exit("enough")
        taken.append(id)

    for call in (answer, lambda app, event: caller(app, "take")(event, None)):
        assert call(app, shapes.sqs({"id": 1}, {"id": 2}, {"id": 3})) == failed("m2")
        assert call(app, shapes.sqs({"id": 2})) == failed("m1")
    assert taken == [1, 3] * 2
    with pytest.raises(EventError, match=r"direct has called sys\.exit"):
        answer(app, {"id": 2}, name="direct")


def test_a_record_of_kinesis_as_bytes(app: Hipflask) -> None:
    """`data: bytes` is what was put into the stream."""
    seen: list[Any] = []

    @app.on_kinesis_record("pitches")
    def pitch(data: bytes, partition_key: str, sequence_number: str) -> None:
        seen.append((data, partition_key, sequence_number))

    assert answer(app, shapes.kinesis(b"\xff\x00")) == NONE_FAILED
    assert seen == [(b"\xff\x00", "1", "1")]


def test_changes_in_a_table_as_plain_values_and_dataclasses(app: Hipflask) -> None:
    """Numbers keep all their digits; who was removed has no new image."""
    seen: list[Any] = []

    @app.on_dynamodb_record(shapes.TABLE)
    def changed(event_name: str, keys: dict[str, Any], new: Player | None, old: Player | None) -> None:
        seen.append((event_name, keys, new, old))

    lou = {"id": {"N": "7"}, "name": {"S": "Lou"}, "average": {"N": "0.34000000000000000000000000000001"}}
    bud = {"id": {"N": "8"}, "name": {"S": "Bud"}}
    event = shapes.dynamodb(
        {"Keys": {"id": {"N": "7"}}, "NewImage": lou},
        {"Keys": {"id": {"N": "8"}}, "OldImage": bud, "event": "REMOVE"},
    )
    assert answer(app, event) == NONE_FAILED
    exact = Player(7, "Lou", Decimal("0.34000000000000000000000000000001"))
    assert seen == [("INSERT", {"id": 7}, exact, None), ("REMOVE", {"id": 8}, None, Player(8, "Bud"))]


def test_a_change_that_does_not_fit_stops_its_stream(app: Hipflask) -> None:
    """As every failure in a stream."""

    @app.on_dynamodb_record(shapes.TABLE)
    def changed(new: Player) -> None: ...

    good = {"NewImage": {"id": {"N": "7"}, "name": {"S": "Lou"}}}
    assert answer(app, shapes.dynamodb(good, {"NewImage": {"id": {"X": 1}}}, good)) == failed("2", "3")


# ── buckets, topics, the bus, schedules ───────────────────────────────────────────────────────────


def test_an_object_of_a_bucket_fills_its_names(app: Hipflask) -> None:
    """Bucket, key (as it was before it travelled), size and what happened."""
    seen: list[Any] = []

    @app.on_s3_event("uploads", prefix="in/")
    def thumbnail(bucket: str, key: str, size: int, event: str, version: str | None) -> None:
        seen.append((bucket, key, size, event, version))

    assert answer(app, shapes.s3("uploads", "in/a b+c%2F.png")) is None
    assert seen == [("uploads", "in/a b+c%2F.png", 1024, "ObjectCreated:Put", None)]


@pytest.mark.parametrize(
    ("kind", "detail", "expected"),
    [
        ("Object Created", {"reason": "CompleteMultipartUpload"}, "ObjectCreated:CompleteMultipartUpload"),
        ("Object Deleted", {"reason": "DeleteObject", "deletion-type": "Permanently Deleted"}, "ObjectRemoved:Delete"),
        ("Object Deleted", {"deletion-type": "Delete Marker Created"}, "ObjectRemoved:DeleteMarkerCreated"),
        ("Object Deleted", {"reason": "Lifecycle Expiration"}, "LifecycleExpiration:Delete"),
        ("Object Restore Completed", {}, "ObjectRestore:Completed"),
    ],
)  # fmt: skip
def test_a_bucket_that_speaks_by_the_bus_says_the_same(
    app: Hipflask, kind: str, detail: Any, expected: str
) -> None:
    """EventBridge has other words, and keys that are not encoded."""
    seen: list[Any] = []

    @app.on_s3_event("uploads", events=["s3:*"], suffix=".png")
    def change(key: str, event: str, size: int, etag: str, version: str) -> None:
        seen.append((key, event, size, etag, version))

    about = "a+b%20c.png", expected, 5, "b1946ac92492d2347c6235b4d2611184", "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"
    for name in (None, "change"):
        assert answer(app, shapes.s3_by_bus("uploads", "a+b%20c.png", kind, **detail), name=name) is None
        assert answer(app, shapes.s3_by_bus("uploads", "other.jpg", kind, **detail), name=name) is None
    assert caller(app, "change")(shapes.s3_by_bus("uploads", "a+b%20c.png", kind, **detail), None) is None
    assert seen == [about] * 3


@pytest.mark.parametrize(
    ("wanted", "event", "is_called"),
    [
        (None, "ObjectCreated:Copy", True),
        (None, "ObjectRemoved:Delete", False),
        (["s3:ObjectRemoved:*"], "ObjectRemoved:Delete", True),
        (["s3:ObjectCreated:Put"], "ObjectCreated:Put", True),
        (["s3:ObjectCreated:Put"], "ObjectCreated:Post", False),
    ],
)
def test_only_the_events_that_were_asked_for(app: Hipflask, wanted: Any, event: str, is_called: bool) -> None:
    """Also where Amazon's own filter is coarser."""
    seen: list[str] = []

    @app.on_s3_event("uploads", events=wanted)
    def change(key: str) -> None:
        seen.append(key)

    answer(app, shapes.s3("uploads", "a", event))
    assert seen == ["a"] * is_called


def test_all_records_are_tried_and_the_event_fails_with_the_first_error(app: Hipflask) -> None:
    """S3 and SNS cannot be told of single records: the event comes again."""
    seen: list[str] = []

    @app.on_s3_event("uploads")
    def upload(key: str) -> None:
        if key == "bad":
            raise ZeroDivisionError
        seen.append(key)

    records = [shapes.s3("uploads", key)["Records"][0] for key in ("a", "bad", "c")]
    with pytest.raises(ZeroDivisionError):
        answer(app, {"Records": records})
    assert seen == ["a", "c"]


def test_a_topics_message(app: Hipflask) -> None:
    """Its JSON by name, with the subject beside it; or all of it as text."""
    seen: list[Any] = []

    @app.on_sns_message("news")
    def read(title: str, subject: str | None) -> None:
        seen.append((title, subject))

    @app.on_sns_message("gossip")
    def hear(message: str) -> None:
        seen.append(message)

    assert answer(app, shapes.sns({"title": "Who's on first"}, subject="Baseball")) is None
    assert answer(app, shapes.sns({"title": "What's on second"})) is None
    assert answer(app, shapes.sns("not JSON", topic="gossip")) is None
    assert seen == [("Who's on first", "Baseball"), ("What's on second", None), "not JSON"]
    with pytest.raises(
        EventError, match="record 95df01b4-ee98-5cb9-9903-4c221d41eb5e does not fit: title: expected text"
    ):
        answer(app, shapes.sns({"titel": "…"}))


def test_nothing_that_came_is_in_what_is_raised(app: Hipflask) -> None:
    """Lambda writes what a function raises into its log, where bodies and tokens have no business."""

    @app.on_sns_message("news")
    @app.on_cw_event({"source": ["aws.ec2"]})
    def read(number: int) -> None: ...

    @app.on_s3_event("uploads")
    def upload(size: str) -> None: ...

    @app.authorizer()
    def who(token: int) -> Any: ...

    question = {"type": "TOKEN", "methodArn": "arn", "authorizationToken": "hidden words"}
    hidden = {"number": "hidden words"}
    for event in (shapes.sns(hidden), shapes.cloudwatch(hidden), shapes.s3("uploads", "a"), question):
        with pytest.raises(EventError, match="does not fit") as raised:
            answer(app, event)
        assert raised.value.__suppress_context__
        assert "hidden" not in str(raised.value) and "1024" not in str(raised.value)


def test_an_event_of_the_bus_reaches_all_whose_pattern_it_fits(app: Hipflask) -> None:
    """Its detail fills the parameters; one that fails does not keep the others from being called."""
    seen: list[Any] = []

    @app.on_cw_event({"source": ["aws.ec2"]})
    def broken() -> None:
        raise ZeroDivisionError

    @app.on_cw_event({"detail": {"state": [{"prefix": "stop"}]}})
    def stopped(state: str, source: str, detail_type: str) -> None:
        seen.append((state, source, detail_type))

    @app.on_cw_event({"source": ["aws.s3"]})
    def other() -> None:
        seen.append("other")

    with pytest.raises(ZeroDivisionError):
        answer(app, shapes.cloudwatch({"state": "stopped"}))
    assert seen == [("stopped", "aws.ec2", "EC2 Instance State-change Notification")]


def test_a_schedule_is_found_by_its_rule(app: Hipflask) -> None:
    """The rule's name is the function's, unless another was given; the newer scheduler's events are the same."""
    called: list[Any] = []

    @app.schedule("rate(1 hour)")
    def hourly() -> None:
        called.append("hourly")

    @app.schedule(events.Cron(0, 2, "*", "*", "?", "*"), name="each-night")
    def nightly(time: str) -> None:
        called.append(time)

    assert answer(app, shapes.schedule("each-night")) is None
    by_scheduler = {
        **shapes.schedule("x"),
        "source": "aws.scheduler",
        "resources": ["arn:aws:scheduler:eu-central-1:123456789012:schedule/default/each-night"],
        "detail": "{}",
    }
    assert answer(app, by_scheduler) is None
    assert answer(app, shapes.schedule("shop-prod-hourly-1X2Y"), name="hourly") is None
    assert called == ["2026-12-22T18:43:48Z"] * 2 + ["hourly"]


# ── by name ───────────────────────────────────────────────────────────────────────────────────────


def test_a_function_is_called_by_its_name(app: Hipflask) -> None:
    """Its payload fills the parameters, and its result goes back as plain data; what does not fit raises."""

    @app.lambda_function()
    def total(lines: list[Line]) -> dict[str, Any]:
        return {"total": sum(line.count for line in lines), "first": lines[0]}

    bought = {"lines": [{"item": "bat", "count": 2}]}
    assert answer(app, bought, name="total") == {"total": 2, "first": {"item": "bat", "count": 2}}
    assert answer(app, bought) == {"total": 2, "first": {"item": "bat", "count": 2}}
    with pytest.raises(EventError, match=r"does not fit: lines\[0\]\.item: expected text"):
        answer(app, {"lines": [{}]}, name="total")


def test_chalices_own_signature(app: Hipflask) -> None:
    """`def f(event, context)` gets both as Lambda has them, whatever the event is."""
    seen: list[Any] = []

    @app.lambda_function(name="first")
    def function(event, context):  # type: ignore[no-untyped-def]
        seen.append((event, context))
        return "done"

    for event in ({"a": 1}, [1], "text", 5, None, shapes.sqs("a"), shapes.schedule("first")):
        assert answer(app, event, "context", name="first") == "done"
        assert seen.pop() == (event, "context")


def test_an_async_function_is_run_to_its_end(app: Hipflask) -> None:
    """As on every surface."""

    @app.lambda_function()
    async def wait(seconds: int) -> int:
        return seconds

    assert answer(app, {"seconds": 2}, name="wait") == 2


def test_one_function_by_two_events_under_one_name(app: Hipflask) -> None:
    """The event says which of the two it is."""
    seen: list[Any] = []

    @app.schedule("rate(1 day)")
    @app.on_sqs_message("orders")
    def work(id: int = 0) -> None:
        seen.append(id)

    for call in (
        lambda event: answer(app, event, name="work"),
        lambda event: caller(app, "work")(event, None),
    ):
        assert call(shapes.schedule("work")) is None
        assert call(shapes.sqs({"id": 7})) == NONE_FAILED
    assert seen == [0, 7, 0, 7]


def test_the_true_name_of_a_resource_finds_its_function(
    app: Hipflask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On AWS a queue has another name than here; the environment has both."""
    monkeypatch.setenv(
        "HIPFLASK_QUEUE_NEW_ORDERS", "https://sqs.eu-central-1.amazonaws.com/123456789012/shop-dev-new-orders"
    )
    monkeypatch.setenv("HIPFLASK_BUCKET_UPLOADS", "shop-dev-uploads-123456789012")
    monkeypatch.setenv("HIPFLASK_TOPIC_NEWS", "arn:aws:sns:eu-central-1:123456789012:shop-dev-news")
    seen: list[str] = []

    @app.on_sqs_message("new-orders")
    def order() -> None:
        seen.append("order")

    @app.on_s3_event("uploads")
    def upload() -> None:
        seen.append("upload")

    @app.on_sns_message("news")
    def read() -> None:
        seen.append("news")

    answer(app, shapes.sqs("{}", queue="shop-dev-new-orders"))
    answer(app, shapes.s3("shop-dev-uploads-123456789012", "a"))
    answer(app, shapes.sns("{}", topic="shop-dev-news"))
    assert seen == ["order", "upload", "news"]


def test_nobody_listens(app: Hipflask) -> None:
    """An event that no function is for is said to be that, and who there is."""

    @app.schedule("rate(1 day)")
    def nightly() -> None: ...

    @app.lambda_function()
    def total() -> None: ...

    @app.lambda_function()
    def other() -> None: ...

    with pytest.raises(
        EventError, match="messages of SQS from 'arn:aws:sqs:eu-central-1:123456789012:orders'"
    ):
        answer(app, shapes.sqs({"id": 1}))
    with pytest.raises(EventError, match=r"'nightly' is @app\.schedule, and was called with messages of SQS"):
        answer(app, shapes.sqs({"id": 1}), name="nightly")
    with pytest.raises(EventError, match=r"No function is named 'weekly'\. There are: nightly, total, other"):
        answer(app, {}, name="weekly")
    with pytest.raises(EventError, match="Say which function is meant"):
        answer(app, {"id": 1})


# ── around the call ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stays", [False, True], ids=["left after each event", "left standing"])
def test_the_apps_context_is_there(app: Hipflask, stays: bool) -> None:
    """`current_app` and `g`, which is new for each event, and teardown after each."""
    torn: list[Any] = []

    @app.teardown_appcontext
    def tear(error: BaseException | None) -> None:
        torn.append((flask.g.get("seen"), type(error)))

    @app.lambda_function()
    def look(at: int) -> Any:
        flask.g.seen, before = at, flask.g.get("seen")
        if at == 2:
            raise ZeroDivisionError
        return [flask.current_app.name, before]

    def run() -> None:
        call = caller(app, "look", stays=stays)
        assert call({"at": 1}, None) == [app.name, None]
        with pytest.raises(ZeroDivisionError):
            call({"at": 2}, None)
        assert call({"at": 3}, None) == [app.name, None]

    import contextvars

    contextvars.Context().run(run)  # what stays, stays in there
    assert torn == [(1, type(None)), (2, ZeroDivisionError), (3, type(None))]
    assert not flask.has_app_context()


class Context:
    """Lambda's, with so much time left from now on."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


def test_what_there_is_no_time_for_comes_again(app: Hipflask, caplog: pytest.LogCaptureFixture) -> None:
    """The first message is always tried; those after it only if the time that is left is enough for one more."""
    taken: list[int] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int) -> None:
        taken.append(id)

    batch = shapes.sqs({"id": 1}, {"id": 2}, {"id": 3})
    assert answer(app, batch, Context(0.5)) == failed("m2", "m3")
    assert taken == [1]
    assert "2 of 3 records are left" in caplog.text
    assert answer(app, batch, Context(30)) == NONE_FAILED


def test_a_bucket_that_ran_out_of_time_is_told(app: Hipflask) -> None:
    """The event fails, so that it comes again, where its other records would be lost."""
    seen: list[str] = []

    @app.on_s3_event("uploads")
    def upload(key: str) -> None:
        seen.append(key)

    records = [shapes.s3("uploads", key)["Records"][0] for key in ("a", "b")]
    with pytest.raises(EventError, match="ran out of time, and 1 records"):
        answer(app, {"Records": records}, Context(0.1))
    assert seen == ["a"]


def test_what_is_quickly_bound_is_what_is_slowly_bound(app: Hipflask) -> None:
    """An answer by name takes the short way, and says the same as the long one."""
    seen: list[Any] = []

    @app.on_sqs_message("orders", batch_size=10)
    def take(id: int, lines: list[Line], note: str = "none") -> None:
        seen.append((id, lines, note))

    batch = shapes.sqs({"id": 1, "lines": []}, {"id": 2**63, "lines": []}, {"id": 1.0, "lines": []}, json.dumps({"id": 4, "lines": [{"item": "a"}], "note": "x"}))  # fmt: skip
    assert caller(app, "take")(batch, None) == answer(app, batch) == failed("m2", "m3")
    assert seen == [(1, [], "none"), (4, [Line("a")], "x")] * 2
