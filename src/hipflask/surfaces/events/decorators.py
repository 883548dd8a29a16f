"""`@app.schedule`, `@app.on_sqs_message` and their kin: each records a door and returns the function as it was.

The words are Chalice's. What stands behind them is loaded when one of them is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.action import Registry

if TYPE_CHECKING:
    from .resources import Bucket, Queue, Resource, Topic
    from .schedules import Schedule

F = TypeVar("F", bound=Callable[..., Any])


class EventDecorators:
    """The decorators of functions that something other than a person's request calls."""

    actions: Registry

    # ── what calls ────────────────────────────────────────────────────────────────────────────────

    def schedule(
        self, expression: str | Schedule, *, name: str | None = None, description: str = ""
    ) -> Callable[[F], F]:
        """Have a function called at certain times: `"rate(5 minutes)"`, `"cron(0 2 * * ? *)"`, `events.Rate` or `events.Cron`.

        Times are in UTC. The function needs no parameters; it may take the `time` at which it was due.
        """
        from . import options, recording

        return recording.on_event(self, "schedule", name, options.schedule(expression, description))

    def on_s3_event(
        self,
        bucket: str | Bucket,
        events: Sequence[str] | None = None,
        prefix: str | None = None,
        suffix: str | None = None,
        name: str | None = None,
    ) -> Callable[[F], F]:
        """Have a function called for what is put into a bucket, or for other `events` of it, such as `["s3:ObjectRemoved:*"]`.

        It is told by parameters of these names: `bucket`, `key`, `size`, `etag`, `version`, `event` and `time`. `prefix` and
        `suffix` say which keys are meant.
        """
        from . import options, recording

        return recording.on_event(self, "on_s3_event", name, options.bucket(bucket, events, prefix, suffix))

    def on_sqs_message(
        self,
        queue: str | Queue | None = None,
        batch_size: int = 1,
        name: str | None = None,
        queue_arn: str | None = None,
        maximum_batching_window_in_seconds: int = 0,
        maximum_concurrency: int | None = None,
    ) -> Callable[[F], F]:
        """Have a function called for each message of a queue, which is one of `app.queue`, a name, or another's by `queue_arn`.

        The message's JSON fills the parameters by name. A message for which the function raises comes again, and in the end
        goes to the dead letters; the others of its batch are done with.
        """
        from . import options, recording

        window = maximum_batching_window_in_seconds
        given = options.queue(queue, queue_arn, batch_size, window, maximum_concurrency)
        return recording.on_event(self, "on_sqs_message", name, given)

    def on_sns_message(self, topic: str | Topic, name: str | None = None) -> Callable[[F], F]:
        """Have a function called for what is published on a topic: one of `app.topic`, a name, or another's ARN.

        The message's JSON fills the parameters by name; `message` is all of it as text, `subject` its subject.
        """
        from . import options, recording

        return recording.on_event(self, "on_sns_message", name, options.topic(topic))

    def on_dynamodb_record(
        self,
        stream_arn: str,
        batch_size: int = 100,
        starting_position: str = "LATEST",
        name: str | None = None,
        maximum_batching_window_in_seconds: int = 0,
    ) -> Callable[[F], F]:
        """Have a function called for each change in a DynamoDB table, by the ARN of the table's stream.

        It is told by parameters of these names: `keys`, `new` and `old` as plain values or dataclasses, and `event_name`
        ("INSERT", "MODIFY" or "REMOVE").
        """
        from . import options, recording

        window = maximum_batching_window_in_seconds
        given = options.table(stream_arn, batch_size, starting_position, window)
        return recording.on_event(self, "on_dynamodb_record", name, given)

    def on_kinesis_record(
        self,
        stream: str,
        batch_size: int = 100,
        starting_position: str = "LATEST",
        name: str | None = None,
        maximum_batching_window_in_seconds: int = 0,
    ) -> Callable[[F], F]:
        """Have a function called for each record of a Kinesis stream, by its name or ARN.

        The record's JSON fills the parameters by name; `data: bytes` is the record as it is, `partition_key` its key.
        """
        from . import options, recording

        window = maximum_batching_window_in_seconds
        given = options.stream(stream, batch_size, starting_position, window)
        return recording.on_event(self, "on_kinesis_record", name, given)

    def on_cw_event(self, event_pattern: Mapping[str, Any], name: str | None = None) -> Callable[[F], F]:
        """Have a function called for the events on EventBridge's bus that fit a pattern: `{"source": ["aws.ec2"]}`.

        The event's `detail` fills the parameters by name; `source`, `detail_type`, `time`, `resources`, `account` and `region`
        are what they say, `detail` all of it.
        """
        from . import options, recording

        return recording.on_event(self, "on_cw_event", name, options.pattern(event_pattern))

    def lambda_function(self, name: str | None = None) -> Callable[[F], F]:
        """Let a function be called by name, with what the caller sends: `hipflask invoke NAME`, or Lambda's own Invoke.

        A JSON object fills the parameters by name, and the result goes back. Without type hints, `def f(event, context)` gets
        the two as Lambda has them.
        """
        from . import options, recording

        return recording.on_event(self, "lambda_function", name, options.plain(name))

    # ── what stands around and before ─────────────────────────────────────────────────────────────

    def authorizer(
        self,
        ttl_seconds: int | None = None,
        execution_role: str | None = None,
        name: str | None = None,
        header: str = "Authorization",
    ) -> Callable[[F], F]:
        """Let a function say who may ask: it takes an `events.AuthRequest` and returns an `events.AuthResponse`.

        It guards the rules that name it: `@app.api("/lineup", authorizer=who)`. What it has said holds for `ttl_seconds`.
        """
        from . import options, recording

        given = options.authorizer(ttl_seconds, execution_role, header)
        return recording.on_event(self, "authorizer", name, given)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        authorizer: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        """Flask's; with an `authorizer`, only whom that lets pass reaches the view."""
        if authorizer is not None:
            from .guarding import guarded

            view_func = guarded(self, rule, view_func, authorizer)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)  # type: ignore[misc]

    def middleware(self, event_type: str = "all") -> Callable[[F], F]:
        """Have a function stand around others: it takes an event and `get_response`, and returns a response.

        `event_type` is "all", "http", "s3", "sns", "sqs", "dynamodb", "kinesis", "cloudwatch", "scheduled" or "pure_lambda". The
        first one that was decorated is the outermost.
        """
        from . import recording

        return recording.middleware(self, event_type)

    def register_middleware(self, function: Callable[[Any, Any], Any], event_type: str = "all") -> None:
        """Have a function that was written elsewhere stand around others, as `middleware` does."""
        from . import recording

        recording.register_middleware(self, function, event_type)

    # ── what there has to be ──────────────────────────────────────────────────────────────────────

    def queue(self, name: str, dead_letter_after: int | None = None, visibility_timeout: int = 30) -> Queue:
        """A queue of this app: `orders = app.queue("orders")`, then `orders.send({"id": 1})`.

        A message that has failed `dead_letter_after` times (5, unless you say otherwise) goes to the dead letters. One that is
        being worked on is hidden from others for `visibility_timeout` seconds.
        """
        from . import declaring

        return declaring.queue(self, name, dead_letter_after, visibility_timeout)

    def bucket(self, name: str) -> Bucket:
        """A bucket of this app: `uploads = app.bucket("uploads")`, then `uploads.put("a.png", data)`."""
        from . import declaring

        return declaring.bucket(self, name)

    def topic(self, name: str) -> Topic:
        """A topic of this app: `news = app.topic("news")`, then `news.publish({"title": "…"})`."""
        from . import declaring

        return declaring.topic(self, name)

    def allow(
        self,
        actions: str | Sequence[str],
        *resources: str | Resource,
        on: Callable[..., Any] | Iterable[Callable[..., Any]] | None = None,
    ) -> None:
        """Allow functions to do something at Amazon's: `app.allow("s3:GetObject", uploads, on=thumbnail)`.

        A resource is one of this app's or an ARN; `on` is one function or several, and without it all of them. What a function
        needs to be called at all, it is allowed without a word.
        """
        from . import declaring

        declaring.allow(self, actions, resources, on)
