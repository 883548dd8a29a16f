"""What an app declares beside its functions: queues, buckets and topics, and what functions may do at Amazon's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from ...core.action import Registry
from ...core.errors import UsageError
from . import checks
from .recording import when_registered
from .resources import Bucket, Grant, Queue, Resource, Topic

R = TypeVar("R", bound=Resource)


def queue(scaffold: Any, name: str, dead_letter_after: int | None, visibility_timeout: int) -> Queue:
    """A queue."""
    where = f"app.queue({name!r})"
    checks.queue_name(where, name)
    if dead_letter_after is not None:
        checks.between(where, "dead_letter_after", dead_letter_after, 1, 1000)
    checks.between(where, "visibility_timeout", visibility_timeout, 0, 43_200)
    made = Queue(name, dead_letter_after, visibility_timeout)
    return _declared(scaffold, made)


def bucket(scaffold: Any, name: str) -> Bucket:
    """A bucket."""
    return _declared(scaffold, Bucket(checks.bucket_name(f"app.bucket({name!r})", name)))


def topic(scaffold: Any, name: str) -> Topic:
    """A topic."""
    where = f"app.topic({name!r})"
    if checks.is_arn(name):
        raise UsageError(f"{where}: expected a name; a topic of somebody else is not made here.")
    return _declared(scaffold, Topic(checks.topic_name(where, name)))


def allow(
    scaffold: Any,
    actions: str | Sequence[str],
    resources: Sequence[str | Resource],
    on: Callable[..., Any] | Iterable[Callable[..., Any]] | None,
) -> None:
    """Something that functions may do."""
    named = (actions,) if isinstance(actions, str) else tuple(actions)
    if not named or not resources:
        raise UsageError(
            "app.allow: give an action and a resource, as in app.allow('s3:GetObject', uploads)."
        )
    functions = None if on is None else (on,) if callable(on) else tuple(on)
    if functions is not None and not all(map(callable, functions)):
        raise UsageError(f"app.allow: expected functions of the app as on, got {on!r}.")
    kept = tuple(_granted(each) for each in resources)
    scaffold.actions.declare(Grant(tuple(map(checks.action, named)), kept, functions))


def _declared(scaffold: Any, resource: R) -> R:
    _refuse_another(scaffold.actions, resource)
    scaffold.actions.declare(resource)
    when_registered(scaffold, lambda app: _attach(resource, app))
    return resource


def _attach(resource: Resource, app: Any) -> None:
    _refuse_another(app.actions, resource)
    resource.keep_at(lambda: app.resources())


def _refuse_another(actions: Registry, resource: Resource) -> None:
    for other in actions.declared(type(resource)):
        if other is not resource and other.name == resource.name:
            kind = type(resource).__name__.lower()
            raise UsageError(
                f"There is a {kind} {resource.name!r} already: declare it once, and import it from there."
            )


def _granted(resource: str | Resource) -> str | Resource:
    if isinstance(resource, Resource) or resource == "*" or checks.is_arn(resource):
        return resource
    raise UsageError(
        f"app.allow: expected an ARN, or what app.queue, app.bucket or app.topic returned, got {resource!r}."
    )
