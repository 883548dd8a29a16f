"""`@app.schedule`, `@app.on_sqs_message` and their kin: each records a door and returns the function as it was.

The words are Chalice's. What is impossible is refused here, with the line that says it in the traceback.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.action import Door, Registry
from ...core.errors import UsageError
from ...core.signature import Plan
from . import checks
from .kinds import MIDDLEWARE_KINDS
from .resources import Bucket, Grant, Queue, Resource, Topic
from .taking import Taking

if TYPE_CHECKING:
    from .schedules import Schedule

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R", bound=Resource)

_NOTHING_BOUND = Plan((), Any)  # a middleware is called by position


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
        from .schedules import parse

        where = f"@app.schedule({str(expression)!r})"
        options = {"expression": parse(expression).to_string(), "description": description}
        return self._on_event("schedule", where, name, options)

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
        where = f"@app.on_s3_event({_shown(bucket)})"
        checks.text_or_none(where, "prefix", prefix)
        checks.text_or_none(where, "suffix", suffix)
        options = {
            "bucket": checks.bucket_name(where, _name_of(where, bucket, Bucket)),
            "events": checks.s3_events(where, events),
            "prefix": prefix,
            "suffix": suffix,
        }
        return self._on_event("on_s3_event", where, name, options)

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
        where = f"@app.on_sqs_message({_shown(queue if queue_arn is None else queue_arn)})"
        if (queue is None) == (queue_arn is None):
            raise UsageError(f"{where}: give either queue or queue_arn.")
        if queue_arn is not None:
            checks.arn_of(
                where, queue_arn, "sqs", "a queue, such as arn:aws:sqs:eu-central-1:123456789012:orders"
            )
        else:
            queue = checks.queue_name(where, _name_of(where, queue, Queue))
        is_fifo = (queue_arn or str(queue)).endswith(".fifo")
        checks.queue_batch(where, batch_size, maximum_batching_window_in_seconds, is_fifo=is_fifo)
        if maximum_concurrency is not None:
            checks.between(where, "maximum_concurrency", maximum_concurrency, 2, 1000)
        options = {
            "queue": queue,
            "queue_arn": queue_arn,
            "batch_size": batch_size,
            "maximum_batching_window_in_seconds": maximum_batching_window_in_seconds,
            "maximum_concurrency": maximum_concurrency,
        }
        return self._on_event("on_sqs_message", where, name, options)

    def on_sns_message(self, topic: str | Topic, name: str | None = None) -> Callable[[F], F]:
        """Have a function called for what is published on a topic: one of `app.topic`, a name, or another's ARN.

        The message's JSON fills the parameters by name; `message` is all of it as text, `subject` its subject.
        """
        where = f"@app.on_sns_message({_shown(topic)})"
        named = checks.topic_name(where, _name_of(where, topic, Topic))
        if named.endswith(".fifo"):
            raise UsageError(
                f"{where}: a FIFO topic reaches queues only. Use @app.on_sqs_message with a queue that follows it."
            )
        return self._on_event("on_sns_message", where, name, {"topic": named})

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
        where = f"@app.on_dynamodb_record({stream_arn!r})"
        options = {"stream_arn": checks.table_stream(where, stream_arn)}
        options |= _stream_options(where, batch_size, starting_position, maximum_batching_window_in_seconds)
        return self._on_event("on_dynamodb_record", where, name, options)

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
        where = f"@app.on_kinesis_record({stream!r})"
        options = {"stream": checks.stream_name(where, stream)}
        options |= _stream_options(where, batch_size, starting_position, maximum_batching_window_in_seconds)
        return self._on_event("on_kinesis_record", where, name, options)

    def on_cw_event(self, event_pattern: Mapping[str, Any], name: str | None = None) -> Callable[[F], F]:
        """Have a function called for the events on EventBridge's bus that fit a pattern: `{"source": ["aws.ec2"]}`.

        The event's `detail` fills the parameters by name; `source`, `detail_type`, `time`, `resources`, `account` and `region`
        are what they say, `detail` all of it.
        """
        where = f"@app.on_cw_event({event_pattern!r})"
        checks.pattern(where, event_pattern)
        return self._on_event("on_cw_event", where, name, {"event_pattern": dict(event_pattern)})

    def lambda_function(self, name: str | None = None) -> Callable[[F], F]:
        """Let a function be called by name, with what the caller sends: `hipflask invoke NAME`, or Lambda's own Invoke.

        A JSON object fills the parameters by name, and the result goes back. Without type hints, `def f(event, context)` gets
        the two as Lambda has them.
        """
        _refuse_bare("lambda_function", name)
        return self._on_event("lambda_function", "@app.lambda_function()", name, {})

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
        where = "@app.authorizer()"
        _refuse_bare("authorizer", ttl_seconds)
        if ttl_seconds is not None:
            checks.between(where, "ttl_seconds", ttl_seconds, 0, 3600)
        if execution_role is not None:
            checks.arn_of(
                where, execution_role, "iam", "a role, such as arn:aws:iam::123456789012:role/authorizer"
            )
        checks.text_or_none(where, "header", header)
        options = {"ttl_seconds": ttl_seconds, "execution_role": execution_role, "header": header}
        return self._on_event("authorizer", where, name, options)

    def middleware(self, event_type: str = "all") -> Callable[[F], F]:
        """Have a function stand around others: it takes an event and `get_response`, and returns a response.

        `event_type` is "all", "http", "s3", "sns", "sqs", "dynamodb", "kinesis", "cloudwatch", "scheduled" or "pure_lambda". The
        first one that was decorated is the outermost.
        """
        _refuse_bare("middleware", event_type)
        if event_type not in MIDDLEWARE_KINDS:
            raise UsageError(
                f"@app.middleware({event_type!r}): expected one of {', '.join(map(repr, MIDDLEWARE_KINDS))}."
            )

        def record(function: F) -> F:
            door = Door("middleware", function.__name__, {"event_type": event_type})
            self.actions.add(function, door, _NOTHING_BOUND)
            return function

        return record

    def register_middleware(self, function: Callable[[Any, Any], Any], event_type: str = "all") -> None:
        """Have a function that was written elsewhere stand around others, as `middleware` does."""

        def around(event: Any, get_response: Any) -> Any:
            return function(event, get_response)

        with_a_name = (
            function
            if hasattr(function, "__qualname__")
            else functools.update_wrapper(around, type(function))
        )
        self.middleware(event_type)(with_a_name)

    # ── what there has to be ──────────────────────────────────────────────────────────────────────

    def queue(self, name: str, dead_letter_after: int | None = None, visibility_timeout: int = 30) -> Queue:
        """A queue of this app: `orders = app.queue("orders")`, then `orders.send({"id": 1})`.

        A message that has failed `dead_letter_after` times (5, unless you say otherwise) goes to the dead letters. One that is
        being worked on is hidden from others for `visibility_timeout` seconds.
        """
        where = f"app.queue({name!r})"
        checks.queue_name(where, name)
        if dead_letter_after is not None:
            checks.between(where, "dead_letter_after", dead_letter_after, 1, 1000)
        checks.between(where, "visibility_timeout", visibility_timeout, 0, 43_200)
        return self._declare(
            Queue(name, dead_letter_after=dead_letter_after, visibility_timeout=visibility_timeout)
        )

    def bucket(self, name: str) -> Bucket:
        """A bucket of this app: `uploads = app.bucket("uploads")`, then `uploads.put("a.png", data)`."""
        return self._declare(Bucket(checks.bucket_name(f"app.bucket({name!r})", name)))

    def topic(self, name: str) -> Topic:
        """A topic of this app: `news = app.topic("news")`, then `news.publish({"title": "…"})`."""
        where = f"app.topic({name!r})"
        if checks.is_arn(name):
            raise UsageError(f"{where}: expected a name; a topic of somebody else is not made here.")
        return self._declare(Topic(checks.topic_name(where, name)))

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
        named = (actions,) if isinstance(actions, str) else tuple(actions)
        if not named or not resources:
            raise UsageError(
                "app.allow: give an action and a resource, as in app.allow('s3:GetObject', uploads)."
            )
        functions = None if on is None else (on,) if callable(on) else tuple(on)
        if functions is not None and not all(map(callable, functions)):
            raise UsageError(f"app.allow: expected functions of the app as on, got {on!r}.")
        kept = tuple(_granted(each) for each in resources)
        self.actions.declare(Grant(tuple(map(checks.action, named)), kept, functions))

    # ── recording ─────────────────────────────────────────────────────────────────────────────────

    def _on_event(
        self, surface: str, where: str, name: str | None, options: dict[str, Any]
    ) -> Callable[[F], F]:
        def record(function: F) -> F:
            door = Door(surface, checks.function_name(where, name or function.__name__), options)
            _refuse_taken(self.actions, door, where)
            action = self.actions.add(function, door)
            Taking.of(action, surface)
            _when_registered(self, lambda app: _refuse_taken(app.actions, door, where))
            return function

        return record

    def _declare(self, resource: R) -> R:
        _refuse_declared(self.actions, resource)
        self.actions.declare(resource)
        _when_registered(self, lambda app: _attach(resource, app))
        return resource


def _attach(resource: Resource, app: Any) -> None:
    if not any(resource is each for each in app.actions.declared(Resource)):
        _refuse_declared(app.actions, resource)
    resource.embedded = lambda: app.resources()


def _when_registered(scaffold: Any, then: Callable[[Any], None]) -> None:
    """Do something with the app: with the scaffold, if it is one, or with each that a blueprint is registered with."""
    if hasattr(scaffold, "url_map"):
        then(scaffold)
    else:
        scaffold.record(lambda state: then(state.app))


def _stream_options(where: str, batch_size: int, starting_position: str, window: int) -> dict[str, Any]:
    checks.stream_batch(where, batch_size, window, starting_position)
    return {
        "batch_size": batch_size,
        "starting_position": starting_position,
        "maximum_batching_window_in_seconds": window,
    }


def _shown(given: object) -> str:
    return repr(given.name if isinstance(given, Resource) else given)


def _name_of(where: str, given: object, kind: type[Resource]) -> Any:
    if isinstance(given, Resource) and not isinstance(given, kind):
        raise UsageError(
            f"{where}: expected a {kind.__name__.lower()}, got the {type(given).__name__.lower()} {given.name!r}."
        )
    return given.name if isinstance(given, Resource) else given


def _granted(resource: str | Resource) -> str | Resource:
    if isinstance(resource, Resource) or resource == "*" or checks.is_arn(resource):
        return resource
    raise UsageError(
        f"app.allow: expected an ARN, or what app.queue, app.bucket or app.topic returned, got {resource!r}."
    )


def _refuse_bare(decorator: str, first: object) -> None:
    if callable(first):
        raise UsageError(f"@app.{decorator} was written without its brackets: write @app.{decorator}().")


def _refuse_taken(actions: Registry, door: Door, where: str) -> None:
    for action, other in actions.doors(door.surface):
        if other is door:
            continue
        if other.name == door.name:
            raise UsageError(
                f"{where}: there is an @app.{door.surface} of the name {door.name!r} already; give it another, name='…'."
            )
        if door.surface == "on_sqs_message" and _queue_of(other) == _queue_of(door):
            raise UsageError(
                f"{where}: {action.name}() takes the messages of that queue already, and each message reaches only one of them. "
                "For several functions publish on a topic, or let one function call the other."
            )


def _queue_of(door: Door) -> str:
    return str(door.options["queue_arn"] or door.options["queue"])


def _refuse_declared(actions: Registry, resource: Resource) -> None:
    for other in actions.declared(type(resource)):
        if other is not resource and other.name == resource.name:
            kind = type(resource).__name__.lower()
            raise UsageError(
                f"There is a {kind} {resource.name!r} already: declare it once, and import it from there."
            )
