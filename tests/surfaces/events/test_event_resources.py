"""Queues, buckets and topics: here in the app's own files, at Amazon's by boto3, and the same to whoever uses them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.s3.models import s3_backends

from hipflask import Hipflask
from hipflask.core.errors import EventError, MissingPart, UsageError
from hipflask.surfaces.events import resources

REGION = "eu-central-1"


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Amazon's services, as moto has them, in this process; and an account that nobody has."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    resources._amazon.cache_clear()
    with mock_aws():
        yield
    resources._amazon.cache_clear()


@pytest.fixture
def uploads(app: Hipflask, amazon: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    where = {"LocationConstraint": REGION}
    boto3.client("s3").create_bucket(Bucket="shop-dev-uploads", CreateBucketConfiguration=where)
    monkeypatch.setenv("HIPFLASK_BUCKET_UPLOADS", "shop-dev-uploads")
    return app.bucket("uploads")


def received(url: str) -> list[Any]:
    answered = boto3.client("sqs").receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    )
    return list(answered.get("Messages", []))


def a_queue(monkeypatch: pytest.MonkeyPatch, name: str = "orders", **attributes: str) -> str:
    url: str = boto3.client("sqs").create_queue(QueueName=f"shop-dev-{name}", Attributes=attributes)[
        "QueueUrl"
    ]
    monkeypatch.setenv(resources.environment_name("QUEUE", name), url)
    return url


@pytest.mark.parametrize(
    ("name", "variable"),
    [("orders", "ORDERS"), ("new-orders", "NEW_ORDERS"), ("new--orders.fifo", "NEW_ORDERS_FIFO")],
)
def test_the_variable_with_the_true_name(name: str, variable: str) -> None:
    """Capital letters, and one _ for everything that is neither letter nor digit."""
    assert resources.environment_name("QUEUE", name) == f"HIPFLASK_QUEUE_{variable}"


def test_a_message_reaches_the_queue(app: Hipflask, amazon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text as it is, everything else as JSON, with its attributes."""
    url = a_queue(monkeypatch)
    orders = app.queue("orders")
    orders.send("plain text")
    orders.send({"id": 1}, attributes={"colour": "red"})
    first, second = received(url)
    assert (first["Body"], json.loads(second["Body"])) == ("plain text", {"id": 1})
    assert second["MessageAttributes"]["colour"]["StringValue"] == "red"


def test_what_a_call_sends_leaves_when_it_has_ended_well(
    app: Hipflask, amazon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not at all if it raises."""
    url = a_queue(monkeypatch)
    orders = app.queue("orders")

    @app.lambda_function()
    def work(fails: bool) -> None:
        orders.send({"fails": fails})
        assert received(url) == []
        if fails:
            raise ZeroDivisionError

    from hipflask.surfaces.events.calling import answer

    with pytest.raises(ZeroDivisionError):
        answer(app, {"fails": True}, name="work")
    answer(app, {"fails": False}, name="work")
    assert [json.loads(each["Body"]) for each in received(url)] == [{"fails": False}]


def test_a_fifo_queue_keeps_one_order(app: Hipflask, amazon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages that are alike are still several; none is held back."""
    url = a_queue(monkeypatch, "orders.fifo", FifoQueue="true")
    orders = app.queue("orders.fifo")
    for body in ("a", "a", "b"):
        orders.send(body)
    assert [each["Body"] for each in received(url)] == ["a", "a", "b"]
    with pytest.raises(UsageError, match="leave delay out"):
        orders.send("c", delay=1)


def test_a_delay_is_within_limits(app: Hipflask, amazon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQS holds a message back for a quarter of an hour at most."""
    url = a_queue(monkeypatch)
    orders = app.queue("orders")
    orders.send("later", delay=0.5)
    assert received(url) == []
    for wrong in (-1, 901):
        with pytest.raises(UsageError, match="0 to 900 seconds"):
            orders.send("never", delay=wrong)


def test_a_topic_tells_who_follows(app: Hipflask, amazon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """With subject and attributes."""
    url = a_queue(monkeypatch, "news")
    sns = boto3.client("sns")
    arn = sns.create_topic(Name="shop-dev-news")["TopicArn"]
    queue_arn = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn["Attributes"]["QueueArn"])
    monkeypatch.setenv("HIPFLASK_TOPIC_NEWS", arn)
    app.topic("news").publish({"title": "First"}, subject="Baseball", attributes={"team": "wolves"})
    (message,) = received(url)
    told = json.loads(message["Body"])
    assert (json.loads(told["Message"]), told["Subject"]) == ({"title": "First"}, "Baseball")
    assert told["MessageAttributes"]["team"]["Value"] == "wolves"


def test_objects_of_a_bucket(uploads: Any) -> None:
    """Put, read, listed and deleted, by keys with any letter."""
    uploads.put("in/a b+ü.txt", "text")
    uploads.put("in/file", io.BytesIO(b"x" * 100))
    uploads.put("out", b"bytes")
    assert uploads.get("in/a b+ü.txt") == b"text"
    with uploads.open("in/file") as file:
        assert file.read(3) == b"xxx"
    assert [(each.key, each.size) for each in uploads.list()] == [
        ("in/a b+ü.txt", 4),
        ("in/file", 100),
        ("out", 5),
    ]
    assert [each.key for each in uploads.list("in/f")] == ["in/file"]
    assert uploads.list()[2].etag == "4b3a6218bb3e3a7303e8a171a60fcf92"
    assert uploads.list()[2].modified.tzinfo is not None
    uploads.delete("out")
    uploads.delete("out")
    with pytest.raises(KeyError):
        uploads.get("out")


def test_what_s3_does_not_say_is_told(uploads: Any) -> None:
    """Who may read and not list is not told that an object is missing: the error names both permissions."""
    stubber = Stubber(resources._amazon()._s3)  # type: ignore[attr-defined]
    stubber.add_client_error("get_object", "AccessDenied", http_status_code=403)
    with stubber, pytest.raises(EventError, match=r"s3:GetObject.*s3:ListBucket"):
        uploads.get("missing")


def test_a_bucket_of_many_pages_is_listed_whole(uploads: Any) -> None:
    """S3 gives a thousand at a time."""
    backend = s3_backends["123456789012"]["aws"]
    for number in range(1001):
        backend.put_object("shop-dev-uploads", f"{number:04}", b"")
    assert len(uploads.list()) == 1001


@pytest.mark.parametrize("key", ["", "x" * 1025, "ü" * 513, 5])
def test_a_key_that_s3_would_refuse(app: Hipflask, key: Any) -> None:
    """Is refused before anything is sent."""
    with pytest.raises(UsageError, match="a key of 1 to 1024 bytes"):
        app.bucket("uploads").put(key, b"")


def test_off_amazon_they_are_the_apps_own(app: Hipflask, tmp_path: Any) -> None:
    """The same handles, in the app's files."""
    app.config["HIPFLASK_EVENTS"] = str(tmp_path)
    uploads = app.bucket("uploads")
    uploads.put("a.txt", "text")
    assert uploads.get("a.txt") == b"text"
    assert [each.key for each in uploads.list()] == ["a.txt"]
    with pytest.raises(KeyError):
        uploads.get("b.txt")


def test_without_boto3_it_says_what_to_install(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda has it; a computer may not."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.setenv("HIPFLASK_QUEUE_ORDERS", "https://sqs.eu-central-1.amazonaws.com/123456789012/orders")
    resources._amazon.cache_clear()
    with pytest.raises(MissingPart, match=r'pip install "hipflask\[aws\]"'):
        app.queue("orders").send("x")
    resources._amazon.cache_clear()


def test_boto3_is_loaded_for_who_uses_it() -> None:
    """Decorating, declaring, and answering an event load nothing of it."""
    code = (
        "import sys\nfrom hipflask import Hipflask\napp = Hipflask('lean')\norders = app.queue('orders')\n"
        "@app.on_sqs_message(orders)\ndef take(id: int): pass\n@app.schedule('rate(1 day)')\ndef nightly(): pass\n"
        "from hipflask.surfaces.events.calling import answer\n"
        "record = {'messageId': 'm', 'body': '{\"id\": 1}', 'eventSource': 'aws:sqs', 'eventSourceARN': 'arn:aws:sqs:a:1:orders'}\n"
        "assert answer(app, {'Records': [record]}) == {'batchItemFailures': []}\n"
        "print(*sorted({'boto3', 'botocore', 'sqlalchemy', 'uvicorn', 'asyncio', 'hipflask.core.ports'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_an_app_without_events_loads_nothing_of_them() -> None:
    """A command starts as quickly as before there were any."""
    code = "import sys\nimport hipflask.app\nprint(*(name for name in sys.modules if '.surfaces.events' in name))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["hipflask.surfaces.events", "hipflask.surfaces.events.decorators"]
