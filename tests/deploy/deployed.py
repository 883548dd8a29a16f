"""Three apps as AWS is to see them: one that only answers browsers, a shop, and one that asks for everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hipflask import Hipflask
from hipflask.deploy.configuration import settings
from hipflask.deploy.describing import describe
from hipflask.deploy.description import Description, Function
from hipflask.deploy.template import CodeLocation, template

CODE = CodeLocation("bundles-123456789012", "shop/0123456789abcdef.zip")
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/mail/password"
TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/Players/stream/2026-01-01T00:00:00.000"
STREAM = "arn:aws:kinesis:eu-central-1:123456789012:stream/pitches"
LAYER = "arn:aws:lambda:eu-central-1:123456789012:layer:fonts:3"
OTHER_QUEUE = "arn:aws:sqs:eu-central-1:123456789012:others"
OTHER_TOPIC = "arn:aws:sns:eu-west-1:123456789012:others"

Template = dict[str, Any]


def hello() -> Hipflask:
    """An app with one page."""
    app = Hipflask("hello")

    @app.route("/")
    def index() -> str:
        """Say hello."""
        return "Hello."

    return app


def shop() -> Hipflask:
    """Thumbnails, orders, a report at night, and a page."""
    app = Hipflask("shop")
    uploads, orders, news = app.bucket("uploads"), app.queue("orders", dead_letter_after=3), app.topic("news")

    @app.api("/order", methods=["POST"])
    def order(number: int) -> str:
        """Order something."""
        orders.send({"number": number})
        return "Thank you."

    @app.on_sqs_message(orders, batch_size=10, maximum_concurrency=5)
    def take(number: int) -> None:
        """Take an order."""

    @app.on_s3_event(uploads, prefix="in/", suffix=".png")
    def thumbnail(bucket: str, key: str) -> None:
        """Make a thumbnail."""

    @app.schedule("cron(0 2 * * ? *)")
    @app.lambda_function()
    def nightly() -> None:
        """Write the report of the day."""

    @app.on_sns_message(news)
    def tell(message: str) -> None:
        """Tell everybody."""

    app.allow("sqs:SendMessage", orders, on=order)
    app.allow(["s3:GetObject", "s3:PutObject"], uploads, on=thumbnail)
    app.allow("sns:Publish", news, on=nightly)
    return app


def everything() -> Hipflask:
    """One function for every trigger there is."""
    app = Hipflask("everything")
    app.config["ALEXA_SKILL_ID"] = "amzn1.ask.skill.0a, amzn1.ask.skill.1b"
    files, queue, fifo, topic = (
        app.bucket("files"),
        app.queue("work"),
        app.queue("work.fifo"),
        app.topic("talk"),
    )

    @app.api("/")
    def index() -> str:
        return "Hello."

    @app.authorizer(ttl_seconds=60)
    def who(token: str) -> bool: ...

    @app.lambda_function(name="direct-call")
    def direct_call(event: Any, context: Any) -> None: ...

    @app.schedule("rate(5 minutes)")
    def often() -> None: ...

    @app.on_cw_event({"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]})
    def machine(detail: dict[str, Any]) -> None: ...

    @app.on_s3_event(files, events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
    def own_file(key: str) -> None: ...

    @app.on_s3_event("album-of-somebody", prefix="in*/", suffix=".jpg")
    def their_file(key: str) -> None: ...

    @app.on_sqs_message(queue, batch_size=100, maximum_batching_window_in_seconds=20)
    def batch(body: str) -> None: ...

    @app.on_sqs_message(fifo)
    def in_order(body: str) -> None: ...

    @app.on_sqs_message(queue_arn=OTHER_QUEUE)
    def others(body: str) -> None: ...

    @app.on_sns_message(topic)
    def hear(message: str) -> None: ...

    @app.on_sns_message(OTHER_TOPIC)
    def overhear(message: str) -> None: ...

    @app.on_dynamodb_record(TABLE, starting_position="TRIM_HORIZON")
    def row(keys: dict[str, Any]) -> None: ...

    @app.on_kinesis_record(STREAM, batch_size=500)
    def record(data: bytes) -> None: ...

    @app.on_kinesis_record("clicks")
    def click(data: bytes) -> None: ...

    app.allow("dynamodb:PutItem", "arn:aws:dynamodb:eu-central-1:123456789012:table/Players", on=row)
    app.allow("ses:SendEmail", "*", on=hear)
    return app


EVERYTHING: Mapping[str, Any] = {
    "region": "eu-central-1",
    "memory": 256,
    "architecture": "x86_64",
    "python": "3.14",
    "environment": {"CURRENCY": "EUR"},
    "secrets": {"STRIPE_KEY": SECRET, "MAIL": PARAMETER},
    "domain": {"name": "app.example.com", "hosted-zone": "Z0123456789ABC"},
    "authorizer": "who",
    "log-retention-days": 7,
    "alarms": {"email": "people@example.com", "topic": "arn:aws:sns:eu-central-1:123456789012:pager"},
    "tracing": True,
    "layers": [LAYER],
    "vpc": {"subnets": ["subnet-0a1b2c3d", "subnet-1a1b2c3d"], "security-groups": ["sg-0a1b2c3d"]},
    "functions": {
        "batch": {
            "memory": 2048,
            "timeout": 120,
            "reserved-concurrency": 2,
            "environment": {"CURRENCY": "USD"},
        },
        "row": {"filter": [{"eventName": ["INSERT"]}]},
    },
}

APPS: Mapping[str, tuple[Callable[[], Hipflask], Mapping[str, Any]]] = {
    "hello": (hello, {}),
    "shop": (shop, {"functions": {"thumbnail": {"memory": 1024}}, "alarms": {"email": "shop@example.com"}}),
    "everything": (everything, EVERYTHING),
}


def made(name: str, stage: str = "prod", **over: Any) -> Template:
    """The template of one of them, with some settings otherwise."""
    make, said = APPS[name]
    return of(make(), {**said, **over}, stage)


def of(app: Hipflask, said: Mapping[str, Any] | None = None, stage: str = "prod") -> Template:
    """The template of an app."""
    return template(describe(app, f"{app.name}:app"), settings(said or {}, app.name, stage), CODE)


def properties(made: Template, id_: str) -> dict[str, Any]:
    """What a resource of a template is like."""
    found: dict[str, Any] = made["Resources"][id_]["Properties"]
    return found


def of_type(made: Template, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type."""
    return {id_: each["Properties"] for id_, each in made["Resources"].items() if each["Type"] == kind}


def stack(*functions: Function, queues: Any = (), buckets: Any = (), said: Any = None) -> dict[str, Any]:
    """The template of some functions."""
    about = Description("shop:app", functions, tuple(queues), tuple(buckets))
    return template(about, settings(said or {}, "shop", "prod"), CODE)
