"""Reading from an app's decorators what it asks of AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..core.action import Action, Door
from ..core.errors import DeployError
from ..surfaces.events import resources
from .description import (
    Authorizer,
    Bucket,
    Description,
    Direct,
    FromBucket,
    FromQueue,
    FromStream,
    FromTable,
    FromTopic,
    Function,
    Grant,
    OnEvent,
    Queue,
    Resource,
    Schedule,
    Topic,
    Trigger,
    Web,
    skills_of,
)

WEB = "web"  # what the web function is called by people
# Surfaces that Flask answers for; an authorizer is asked by Flask, for the rules that name it, besides by a gateway.
_OF_FLASK = ("api", "authorizer", "intent", "prompt", "prompt_for", "resource", "tool", "voice", "window")


def describe(app: Any, import_path: str) -> Description:
    """What an app asks of AWS; `import_path` is where it is found there: "shop:app".

    Functions come in the order of their names, so that moving one in its file changes nothing.
    """
    grants = _Grants(app)
    functions = sorted(_functions(app, grants), key=lambda each: (each.trigger.surface, each.name))
    web = (
        [Function(WEB, Web(), grants.of_web(), f"{app.name}: web, voice, assistants")]
        if _has_web(app)
        else []
    )
    if not web and not functions:
        raise DeployError(
            f"{import_path} has nothing that AWS could call: no rule of Flask's, no window, and no function with @app.schedule, "
            "@app.on_sqs_message, @app.lambda_function or another of their kind."
        )
    return Description(
        app=import_path,
        functions=(*web, *functions),
        queues=_queues(app, functions),
        buckets=tuple(Bucket(each.name) for each in _declared(app, resources.Bucket)),
        topics=_topics(app, functions),
        skills=_skills(app),
    )


def _functions(app: Any, grants: _Grants) -> Iterator[Function]:
    for surface, trigger in _TRIGGERS.items():
        for action, door in app.actions.doors(surface):
            if door.name == WEB:
                raise DeployError(
                    f"@app.{surface} on {action.name}() cannot be called {WEB!r}: that is what answers Flask's rules. "
                    "Give it another name, name='…'."
                )
            yield Function(door.name, trigger(door.options), grants.of(action), _about(action, door))


_TRIGGERS: dict[str, Callable[[Any], Trigger]] = {
    Schedule.surface: lambda options: Schedule(options["expression"]),
    OnEvent.surface: lambda options: OnEvent(options["event_pattern"]),
    Direct.surface: lambda options: Direct(),
    Authorizer.surface: lambda options: Authorizer(
        options["ttl_seconds"], options["header"], options["execution_role"]
    ),
    FromBucket.surface: lambda options: FromBucket(
        options["bucket"], tuple(options["events"]), options["prefix"] or "", options["suffix"] or ""
    ),
    FromQueue.surface: lambda options: FromQueue(
        options["queue_arn"] or options["queue"],
        options["batch_size"],
        options["maximum_batching_window_in_seconds"],
        options["maximum_concurrency"],
    ),
    FromTopic.surface: lambda options: FromTopic(options["topic"]),
    FromTable.surface: lambda options: FromTable(options["stream_arn"], *_batch(options)),
    FromStream.surface: lambda options: FromStream(options["stream"], *_batch(options)),
}


def _batch(options: Any) -> tuple[int, str, int]:
    return options["batch_size"], options["starting_position"], options["maximum_batching_window_in_seconds"]


def _about(action: Action, door: Door) -> str:
    return str(door.options.get("description") or action.help)


# ── what is kept ──


def _queues(app: Any, functions: list[Function]) -> tuple[Queue, ...]:
    known = {
        each.name: Queue(each.name, each.attempts, each.visibility_timeout)
        for each in _declared(app, resources.Queue)
    }
    named = (each.trigger.queue for each in functions if isinstance(each.trigger, FromQueue))
    return tuple({name: known.get(name, Queue(name)) for name in _of_the_stack([*known, *named])}.values())


def _topics(app: Any, functions: list[Function]) -> tuple[Topic, ...]:
    known = [each.name for each in _declared(app, resources.Topic)]
    named = (each.trigger.topic for each in functions if isinstance(each.trigger, FromTopic))
    return tuple(Topic(name) for name in _of_the_stack([*known, *named]))


def _of_the_stack(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if not name.startswith("arn:")})


def _declared(app: Any, kind: Any) -> list[Any]:
    return sorted(app.actions.declared(kind), key=lambda each: str(each.name))


# ── what is allowed ──


class _Grants:
    """What `app.allow` has said, by who calls the functions that it names."""

    def __init__(self, app: Any) -> None:
        self._said = list(app.actions.declared(resources.Grant))
        self._around = {action.function for action, _ in app.actions.doors("middleware")}
        self._of_flask = {each for view in app.view_functions.values() for each in _with_wrapped(view)} | {
            action.function for surface in _OF_FLASK for action, _ in app.actions.doors(surface)
        }
        on_their_own = {action.function for surface in _TRIGGERS for action, _ in app.actions.doors(surface)}
        for function in (each for grant in self._said for each in grant.on or ()):
            if function not in self._around | self._of_flask | on_their_own:
                raise DeployError(
                    f"app.allow(…, on={getattr(function, '__name__', function)}): nothing calls that function at AWS. Name a function "
                    "that a decorator is on, or leave `on` out for all of them."
                )

    def of(self, action: Action) -> tuple[Grant, ...]:
        """What a function of its own may do."""
        return self._on({action.function})

    def of_web(self) -> tuple[Grant, ...]:
        """What the web function may do: everything that any function may which Flask answers with."""
        return self._on(self._of_flask)

    def _on(self, functions: set[Any]) -> tuple[Grant, ...]:
        allowed = functions | self._around  # a middleware stands around all of them
        mine = (each for each in self._said if each.on is None or not allowed.isdisjoint(each.on))
        return tuple(Grant(each.actions, tuple(map(_resource, each.resources))) for each in mine)


def _with_wrapped(view: Any) -> Iterator[Any]:
    """A view, and what it stands before: an authorizer's guard is not what a person calls the view."""
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)


def _resource(given: Any) -> Resource | str:
    if isinstance(given, resources.Queue):
        return Queue(given.name, given.attempts, given.visibility_timeout)
    if isinstance(given, resources.Bucket):
        return Bucket(given.name)
    return Topic(given.name) if isinstance(given, resources.Topic) else str(given)


# ── the web ──


def _has_web(app: Any) -> bool:
    """Whether Flask answers anything; the rule for static files, which every app has, counts where there are some."""
    if any(rule.endpoint != "static" for rule in app.url_map.iter_rules()):
        return True
    return bool(app.static_folder) and Path(app.static_folder).is_dir()


def _skills(app: Any) -> tuple[str, ...]:
    given = app.config.get("ALEXA_SKILL_ID") or ()
    return skills_of(given) if isinstance(given, str) else tuple(sorted(given))
