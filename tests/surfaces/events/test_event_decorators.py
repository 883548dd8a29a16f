"""The words, as Chalice's users know them: they stack, record, refuse what is impossible, and leave the function as it was."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import chalice
import event_shapes as shapes
import pytest

from hipflask import Blueprint, Hipflask, events
from hipflask.core.errors import LateRegistration, UsageError
from hipflask.surfaces.events.calling import answer
from hipflask.surfaces.events.resources import Bucket, Grant, Queue, Topic

WORDS = ["schedule", "on_s3_event", "on_sqs_message", "on_sns_message", "on_dynamodb_record", "on_kinesis_record", "on_cw_event",
         "lambda_function", "authorizer", "middleware", "register_middleware"]  # fmt: skip
STREAM = shapes.TABLE


@pytest.mark.parametrize("word", WORDS)
def test_the_keywords_are_chalices(word: str) -> None:
    """Each decorator takes what Chalice's takes, under the same names and with the same defaults."""
    theirs = inspect.signature(getattr(chalice.Chalice, word)).parameters
    ours = inspect.signature(getattr(Hipflask, word)).parameters
    different = {"func": "function"}  # positional there and here
    assert {different.get(name, name): each.default for name, each in theirs.items()} == {
        name: each.default for name, each in ours.items()
    }


@pytest.mark.filterwarnings("ignore:.*utcfromtimestamp:DeprecationWarning")  # Chalice's, since Python 3.12
@pytest.mark.parametrize(
    "name", ["S3Event", "SNSEvent", "SQSEvent", "CloudWatchEvent", "KinesisEvent", "DynamoDBEvent"]
)
def test_raw_events_have_what_chalices_have(name: str) -> None:
    """Every attribute of Chalice's event, and of its records, has the same value here."""
    event: Any = {
        "S3Event": shapes.s3("uploads", "a b.png"),
        "SNSEvent": shapes.sns("hello", subject="Greeting"),
        "SQSEvent": shapes.sqs("hello", "again"),
        "CloudWatchEvent": shapes.cloudwatch({"state": "stopped"}),
        "KinesisEvent": shapes.kinesis(b"hello", b"again"),
        "DynamoDBEvent": shapes.dynamodb({"Keys": {"id": {"N": "1"}}, "NewImage": {"id": {"N": "1"}}}),
    }[name]
    theirs, ours = getattr(chalice.app, name)(event, None), getattr(events, name)(event, None)
    for each, same in [
        (theirs, ours),
        *(zip(theirs, ours, strict=True) if hasattr(theirs, "__iter__") else []),
    ]:
        assert same.to_dict() == each.to_dict()
        for attribute, value in vars(each).items():
            if attribute == "timestamp":  # ours says that it is in UTC
                assert same.timestamp.replace(tzinfo=None) == value
            elif not attribute.startswith("_"):
                assert getattr(same, attribute) == value
    if name == "DynamoDBEvent":
        assert [each.table_name for each in ours] == [each.table_name for each in theirs] == ["Players"]


def test_all_of_them_on_one_function(app: Hipflask) -> None:
    """A function may be reached by every event, a command, a URL, an assistant and a voice, and is still itself."""

    def greet(name: str = "nobody") -> str:
        return f"Hello, {name}!"

    decorated: Any = greet
    for decorate in (
        app.schedule("rate(1 day)"),
        app.on_s3_event("uploads"),
        app.on_sqs_message("orders"),
        app.on_sns_message("news"),
        app.on_dynamodb_record(STREAM),
        app.on_kinesis_record("pitches"),
        app.on_cw_event({"source": ["aws.ec2"]}),
        app.lambda_function(),
        app.command(),
        app.api("/greet"),
        app.tool(),
        app.intent("Greet", "greet {name}"),
    ):
        decorated = decorate(decorated)
    assert decorated is greet
    assert greet("Lou") == "Hello, Lou!"
    assert answer(app, {"name": "Lou"}, name="greet") == "Hello, Lou!"
    assert answer(app, shapes.sqs({"name": "Lou"}), name="greet") == {"batchItemFailures": []}
    assert app.test_client().get("/greet?name=Lou").json == "Hello, Lou!"
    assert app.test_cli_runner().invoke(args=["greet", "--name", "Lou"]).output == "Hello, Lou!\n"


def test_a_door_keeps_what_a_template_needs(app: Hipflask) -> None:
    """Options are plain: names and ARNs in the place of handles, expressions as AWS writes them."""
    orders = app.queue("orders", dead_letter_after=3, visibility_timeout=60)
    uploads = app.bucket("uploads")

    @app.on_sqs_message(orders, batch_size=5)
    @app.on_s3_event(uploads, suffix=".png")
    @app.schedule(events.Rate(1, events.Rate.HOURS), description="Hourly.")
    def work() -> None: ...

    doors = {
        door.surface: door
        for kind in ("on_sqs_message", "on_s3_event", "schedule")
        for _, door in app.actions.doors(kind)
    }
    assert doors["on_sqs_message"].options == {
        "queue": "orders",
        "queue_arn": None,
        "batch_size": 5,
        "maximum_batching_window_in_seconds": 0,
        "maximum_concurrency": None,
    }
    assert doors["on_s3_event"].options == {
        "bucket": "uploads",
        "events": ("s3:ObjectCreated:*",),
        "prefix": None,
        "suffix": ".png",
    }
    assert doors["schedule"].options == {"expression": "rate(1 hour)", "description": "Hourly."}
    assert {door.name for door in doors.values()} == {"work"}


def test_what_is_declared_and_allowed(app: Hipflask) -> None:
    """Resources and permissions are kept beside the functions, in their order."""
    orders, news = app.queue("orders"), app.topic("news")

    @app.lambda_function()
    def thumbnail() -> None: ...

    app.allow(["s3:GetObject", "s3:Put*"], "arn:aws:s3:::uploads/*", on=thumbnail)
    app.allow("sqs:SendMessage", orders)
    assert list(app.actions.declared(Queue)) == [orders]
    assert list(app.actions.declared(Topic)) == [news]
    assert list(app.actions.declared(Bucket)) == []
    first, second = app.actions.declared(Grant)
    assert (first.actions, first.resources, first.on) == (
        ("s3:GetObject", "s3:Put*"),
        ("arn:aws:s3:::uploads/*",),
        (thumbnail,),
    )
    assert (second.resources, second.on) == ((orders,), None)
    assert (orders.attempts, app.queue("others", dead_letter_after=2).attempts) == (5, 2)


def plain() -> None: ...


REFUSED: list[tuple[Callable[[Hipflask], Any], str]] = [
    (lambda app: app.schedule("every day"), r"expected 'rate\(5 minutes\)'"),
    (lambda app: app.schedule(5), "got 5"),  # type: ignore[arg-type]
    (lambda app: app.on_s3_event("Up Loads"), "the name of a bucket"),
    (lambda app: app.on_s3_event("192.168.0.1"), "the name of a bucket"),
    (lambda app: app.on_s3_event("uploads", events=[]), "expected a list"),
    (lambda app: app.on_s3_event("uploads", events="s3:ObjectCreated:*"), "expected a list"),  # type: ignore[arg-type]
    (lambda app: app.on_s3_event("uploads", events=["ObjectCreated"]), "s3:ObjectRemoved"),
    (lambda app: app.on_s3_event("uploads", prefix=1), "prefix"),  # type: ignore[arg-type]
    (lambda app: app.on_s3_event(app.queue("orders")), "expected a bucket, got the queue 'orders'"),  # type: ignore[arg-type]
    (lambda app: app.on_sqs_message(), "either queue or queue_arn"),
    (lambda app: app.on_sqs_message("a", queue_arn="arn:aws:sqs:eu-central-1:123456789012:a"), "either queue or queue_arn"),
    (lambda app: app.on_sqs_message(queue_arn="orders"), "the ARN of a queue"),
    (lambda app: app.on_sqs_message(queue_arn="arn:aws:sns:eu-central-1:123456789012:orders"), "the ARN of a queue"),
    (lambda app: app.on_sqs_message("two words"), "the name of a queue"),
    (lambda app: app.on_sqs_message("orders", batch_size=0), "from 1 to 10000, got 0"),
    (lambda app: app.on_sqs_message("orders", batch_size=10_001), "from 1 to 10000"),
    (lambda app: app.on_sqs_message("orders", batch_size=True), "got True"),
    (lambda app: app.on_sqs_message("orders", batch_size=11), "at least 1, got batch_size=11"),
    (lambda app: app.on_sqs_message("orders", maximum_batching_window_in_seconds=301), "from 0 to 300"),
    (lambda app: app.on_sqs_message("orders", maximum_concurrency=1), "from 2 to 1000"),
    (lambda app: app.on_sqs_message("orders.fifo", batch_size=11), "from 1 to 10 for a FIFO queue"),
    (lambda app: app.on_sqs_message("orders.fifo", maximum_batching_window_in_seconds=1), "takes no maximum_batching"),
    (lambda app: app.on_sns_message("news.fifo"), "reaches queues only"),
    (lambda app: app.on_sns_message("arn:aws:sqs:eu-central-1:123456789012:news"), "the ARN of a topic"),
    (lambda app: app.on_dynamodb_record("Players"), "the ARN of a table's stream"),
    (lambda app: app.on_dynamodb_record("arn:aws:dynamodb:eu-central-1:123456789012:table/Players"), "that of something else"),
    (lambda app: app.on_dynamodb_record(STREAM, starting_position="AT_TIMESTAMP"), "'LATEST' or 'TRIM_HORIZON'"),
    (lambda app: app.on_kinesis_record("two words"), "a Kinesis stream"),
    (lambda app: app.on_kinesis_record("pitches", batch_size=10_001), "from 1 to 10000"),
    (lambda app: app.on_cw_event({}), "expected a pattern"),
    (lambda app: app.on_cw_event({"source": "aws.ec2"}), r"\{'source': \['aws.ec2'\]\}"),
    (lambda app: app.lambda_function(plain), r"write @app.lambda_function\(\)"),  # type: ignore[arg-type]
    (lambda app: app.authorizer(plain), r"write @app.authorizer\(\)"),  # type: ignore[arg-type]
    (lambda app: app.middleware(plain), r"write @app.middleware\(\)"),  # type: ignore[arg-type]
    (lambda app: app.middleware("smtp"), "expected one of 'all', 'http'"),
    (lambda app: app.authorizer(ttl_seconds=3601), "from 0 to 3600"),
    (lambda app: app.authorizer(execution_role="admin"), "the ARN of a role"),
    (lambda app: app.authorizer(header="X Y"), "the name of a header"),
    (lambda app: app.lambda_function(name="two words")(plain), "at most 64 letters"),
    (lambda app: app.queue("two words"), "the name of a queue"),
    (lambda app: app.queue("orders", dead_letter_after=0), "from 1 to 1000"),
    (lambda app: app.queue("orders", visibility_timeout=43_201), "from 0 to 43200"),
    (lambda app: app.topic("arn:aws:sns:eu-central-1:123456789012:news"), "expected a name"),
    (lambda app: app.bucket("uploads..old"), "the name of a bucket"),
    (lambda app: (app.queue("orders"), app.queue("orders")), "declare it once"),
    (lambda app: app.allow("GetObject", "*"), "'s3:GetObject'"),
    (lambda app: app.allow("*", "*"), "To allow everything"),
    (lambda app: app.allow("s3:GetObject"), "an action and a resource"),
    (lambda app: app.allow("s3:GetObject", "uploads"), "expected an ARN"),
    (lambda app: app.allow("s3:GetObject", "*", on="thumbnail"), "expected functions"),  # type: ignore[arg-type]
]  # fmt: skip


@pytest.mark.parametrize(("attempt", "told"), REFUSED, ids=[told for _, told in REFUSED])
def test_the_impossible_is_refused_at_the_decorator(
    app: Hipflask, attempt: Callable[[Hipflask], Any], told: str
) -> None:
    """With a sentence that says what was expected, before Amazon says it."""
    with pytest.raises(UsageError, match=told):
        attempt(app)


def test_names_are_unique_within_a_kind(app: Hipflask) -> None:
    """A second schedule of the same name is refused; a queue's function may have that name."""
    app.schedule("rate(1 day)", name="work")(plain)
    app.on_sqs_message("orders", name="work")(plain)
    with pytest.raises(UsageError, match="of the name 'work' already"):
        app.schedule("rate(2 days)", name="work")(plain)


def test_a_queue_has_one_function(app: Hipflask) -> None:
    """Two would each get half of the messages, at random."""

    def other() -> None: ...

    app.on_sqs_message("orders")(plain)
    with pytest.raises(UsageError, match=r"plain\(\) takes the messages of that queue already"):
        app.on_sqs_message("orders")(other)


def test_a_parameter_that_nothing_fills_is_refused(app: Hipflask) -> None:
    """Where an event has nothing but certain names, another one without a default can never be called."""
    with pytest.raises(UsageError, match="nothing fills its parameter 'day'"):

        @app.schedule("rate(1 day)")
        def report(day: str) -> None: ...

    with pytest.raises(UsageError, match="nothing fills its parameter 'name'"):

        @app.on_s3_event("uploads")
        def thumbnail(name: str) -> None: ...


def test_a_raw_event_of_another_kind_is_refused(app: Hipflask) -> None:
    """A queue brings no event of S3."""
    with pytest.raises(UsageError, match=r"Write `event: events\.SQSEvent`"):

        @app.on_sqs_message("orders")
        def take(event: events.S3Event) -> None: ...


def test_nothing_is_bound_beside_a_whole_batch(app: Hipflask) -> None:
    """A batch has many bodies; whoever wants one of them takes single records."""
    with pytest.raises(UsageError, match=r"Take events\.SQSRecord for one at a time"):

        @app.on_sqs_message("orders")
        def take(event: events.SQSEvent, id: int) -> None: ...


def test_a_blueprint_has_the_same_words(app: Hipflask) -> None:
    """What it records is the app's once it is registered, resources and permissions with it."""
    shop = Blueprint("shop", __name__)
    orders = shop.queue("orders")
    taken: list[int] = []

    @shop.on_sqs_message(orders)
    def take(id: int) -> None:
        taken.append(id)

    shop.allow("s3:GetObject", "*")
    with pytest.raises(UsageError, match="not registered with an app yet"):
        orders.send({"id": 1})
    app.register_blueprint(shop)
    assert answer(app, shapes.sqs({"id": 7})) == {"batchItemFailures": []}
    assert taken == [7]
    assert list(app.actions.declared(Queue)) == [orders]
    assert [grant.resources for grant in app.actions.declared(Grant)] == [("*",)]


def test_a_blueprint_may_not_take_a_name_of_the_apps(app: Hipflask) -> None:
    """It is refused when it is registered."""
    shop = Blueprint("shop", __name__)
    shop.schedule("rate(1 day)", name="nightly")(plain)
    app.schedule("rate(1 day)", name="nightly")(plain)
    with pytest.raises(UsageError, match="'nightly' already"):
        app.register_blueprint(shop)


def test_a_resource_is_declared_once(app: Hipflask) -> None:
    """Also if it is a blueprint that declares it again."""
    shop = Blueprint("shop", __name__)
    shop.bucket("uploads")
    app.bucket("uploads")
    with pytest.raises(UsageError, match="There is a bucket 'uploads' already"):
        app.register_blueprint(shop)


def test_nothing_is_recorded_once_events_are_answered(app: Hipflask) -> None:
    """Neither functions nor middlewares nor resources."""
    app.lambda_function()(plain)
    answer(app, {}, name="plain")
    for late in (
        lambda: app.schedule("rate(1 day)")(plain),
        lambda: app.middleware()(print),
        lambda: app.queue("orders"),
    ):
        with pytest.raises(LateRegistration, match="a caller of events has started"):
            late()


def test_other_surfaces_do_not_know_raw_events(app: Hipflask) -> None:
    """Who is called by a command too has no event then: the parameter needs a default, and is no option of the command."""
    seen: list[Any] = []

    @app.on_sqs_message("orders")
    @app.command()
    @app.tool()
    def work(event: events.SQSEvent | None = None, limit: int = 5) -> None:
        seen.append((event, limit))

    assert app.test_cli_runner().invoke(args=["work", "--limit", "3"]).exit_code == 0
    assert seen == [(None, 3)]
    assert "--event" not in app.test_cli_runner().invoke(args=["work", "--help"]).output
    for decorate in (app.command(), app.tool(), app.api("/take")):
        with pytest.raises(
            UsageError, match="nothing there could fill its parameter 'event', which takes SQSEvent"
        ):

            @decorate
            def take(event: events.SQSEvent) -> None: ...
