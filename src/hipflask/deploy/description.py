"""What an app asks of AWS, as a plain record: everything after it is pure.

    orders = app.queue("orders")

    @app.on_sqs_message(orders, batch_size=5)
    def take(order: Order) -> None: ...

becomes one `Function("take", FromQueue(queue="orders", batch_size=5))` and one `Queue("orders")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

# ── what is kept somewhere ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the stack, with one beside it for messages that could not be dealt with."""

    name: str
    attempts: int = 5  # before a message goes there
    visibility_timeout: int = 30

    @property
    def is_fifo(self) -> bool:
        """Whether messages keep their order."""
        return self.name.endswith(".fifo")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of the stack."""

    name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the stack."""

    name: str


Resource = Queue | Bucket | Topic

# ── what calls a function; each has the decorator that asks for it, and how its functions' names end ──


@dataclass(frozen=True, slots=True)
class Web:
    """Browsers, voices and assistants: everything that Flask answers."""

    surface: ClassVar[str] = "web"
    ending: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Direct:
    """Whoever may: `hipflask invoke`, another program."""

    surface: ClassVar[str] = "lambda_function"
    ending: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Authorizer:
    """The gateway, to learn whether somebody may go on to the web function."""

    ttl_seconds: int | None = None
    header: str = "Authorization"
    execution_role: str | None = (
        None  # whose rights the gateway calls it with; it is permitted to call otherwise
    )
    surface: ClassVar[str] = "authorizer"
    ending: ClassVar[str] = "authorizer"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The clock."""

    expression: str  # "rate(5 minutes)" or "cron(0 2 * * ? *)"
    surface: ClassVar[str] = "schedule"
    ending: ClassVar[str] = "schedule"


@dataclass(frozen=True, slots=True)
class OnEvent:
    """An event on the account's default bus."""

    pattern: Mapping[str, Any]
    surface: ClassVar[str] = "on_cw_event"
    ending: ClassVar[str] = "event"


@dataclass(frozen=True, slots=True)
class FromBucket:
    """A change in a bucket: of the stack if it is declared, else one that exists."""

    bucket: str
    events: tuple[str, ...] = ("s3:ObjectCreated:*",)
    prefix: str = ""
    suffix: str = ""
    surface: ClassVar[str] = "on_s3_event"
    ending: ClassVar[str] = "s3"


@dataclass(frozen=True, slots=True)
class FromQueue:
    """Messages of a queue: of the stack by its name, or one that exists by its ARN."""

    queue: str
    batch_size: int = 1
    window: int = 0  # seconds to wait until a batch is full
    most_at_once: int | None = None
    surface: ClassVar[str] = "on_sqs_message"
    ending: ClassVar[str] = "sqs"


@dataclass(frozen=True, slots=True)
class FromTopic:
    """Messages of a topic: of the stack by its name, or one that exists by its ARN."""

    topic: str
    surface: ClassVar[str] = "on_sns_message"
    ending: ClassVar[str] = "sns"


@dataclass(frozen=True, slots=True)
class FromTable:
    """Changes in a DynamoDB table, by its stream's ARN."""

    stream: str
    batch_size: int = 100
    starting_position: str = "LATEST"
    window: int = 0
    surface: ClassVar[str] = "on_dynamodb_record"
    ending: ClassVar[str] = "dynamodb"


@dataclass(frozen=True, slots=True)
class FromStream:
    """Records of a Kinesis stream, by its name or ARN."""

    stream: str
    batch_size: int = 100
    starting_position: str = "LATEST"
    window: int = 0
    surface: ClassVar[str] = "on_kinesis_record"
    ending: ClassVar[str] = "kinesis"


Trigger = (
    Web
    | Direct
    | Authorizer
    | Schedule
    | OnEvent
    | FromBucket
    | FromQueue
    | FromTopic
    | FromTable
    | FromStream
)

# ── the whole ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person has allowed with `app.allow`: these actions on these resources, a record or an ARN each."""

    actions: tuple[str, ...]
    resources: tuple[Resource | str, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda function: its name for people, what calls it, and what it may do beyond what that needs."""

    name: str
    trigger: Trigger
    grants: tuple[Grant, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """An app as AWS is to see it."""

    app: str  # what is imported: "shop:app"
    functions: tuple[Function, ...] = ()
    queues: tuple[Queue, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    topics: tuple[Topic, ...] = ()
    skills: tuple[str, ...] = field(default=())  # Alexa's, which may call the web function without its URL


def skills_of(text: str) -> tuple[str, ...]:
    """The ids of skills in what ALEXA_SKILL_ID says."""
    return tuple(sorted({each.strip() for each in text.split(",") if each.strip()}))
