"""What a function is called with: a record's body over its parameters.

    {"id": 7, "lines": [...]}   def take(id: int, lines: list[Line])     by name
                                def take(order: Order)                   all of it, for the only parameter
                                def take(text: str)                      as text, for the only parameter
                                def take(id: int, message_id: str)       and what the record says beside its body

The body goes first: what it names itself is not what the record says beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from ...core.action import Action
from ...core.errors import MISSING, BindingError, UsageError
from ...core.given import is_given
from ...core.hints import bare, is_object, members
from ...core.signature import Parameter, Plan
from .authorizing import AuthRequest
from .kinds import BESIDES, FILLS
from .records import (
    Batch,
    CloudWatchEvent,
    DynamoDBEvent,
    KinesisEvent,
    LambdaContext,
    LambdaFunctionEvent,
    Raw,
    S3Event,
    SNSEvent,
    SQSEvent,
)

Beside = Callable[[], Mapping[str, object]]

WHOLE, RECORD, CONTEXT, UNTYPED = "whole", "record", "context", "untyped"

_EVENTS: Mapping[str, type[Raw]] = {
    "on_s3_event": S3Event,
    "on_sns_message": SNSEvent,
    "on_sqs_message": SQSEvent,
    "on_cw_event": CloudWatchEvent,
    "on_kinesis_record": KinesisEvent,
    "on_dynamodb_record": DynamoDBEvent,
    "schedule": CloudWatchEvent,
    "lambda_function": LambdaFunctionEvent,
    "authorizer": AuthRequest,
}


def event_class(surface: str) -> type[Raw]:
    """The class of the raw events of one kind."""
    return _EVENTS[surface]


@dataclass(frozen=True)
class Taking:
    """What a function takes from events of one kind: some as they are, the rest by its plan, one of those perhaps a whole body."""

    raw: Mapping[str, str]  # a parameter's name: WHOLE, RECORD, CONTEXT or UNTYPED
    plan: Plan
    sole: Parameter | None
    needs_beside: bool

    @classmethod
    def of(cls, action: Action, surface: str) -> Taking:
        """Look at a function once; raises UsageError if it wants what such an event never brings."""
        raw = {each.name: what for each in action.plan.parameters if (what := _raw(action, each, surface))}
        rest = tuple(
            each for each in action.plan.parameters if each.name not in raw and not is_given(each.type)
        )
        beside = FILLS.get(surface) or BESIDES[surface]
        _refuse_unfillable(action, rest, surface)
        others = [each for each in rest if each.name not in beside]
        sole = others[0] if len(others) == 1 and surface not in FILLS else None
        return cls(raw, Plan(rest, Any), sole, len(others) < len(rest))

    @property
    def is_whole(self) -> bool:
        """Whether the function is called once for an event, with all its records."""
        return not {WHOLE, UNTYPED}.isdisjoint(self.raw.values())

    def given(self, surface: str, event: Any, context: Any) -> dict[str, Any]:
        """What is handed over as it is: an event, a record of one, or the context."""
        return {name: _handed(what, surface, event, context) for name, what in self.raw.items()}

    def of_text(self, body: str | bytes, beside: Beside) -> dict[str, Any]:
        """Keyword arguments from a body that is text; raises BindingError."""
        if not self.plan.parameters:
            return {}
        try:
            content = msgspec.json.decode(body)
        except (ValueError, RecursionError):
            content = MISSING
        return self.of_data(content, beside, body)

    def of_data(self, content: object, beside: Beside, body: object = MISSING) -> dict[str, Any]:
        """Keyword arguments from JSON, or from the text that it came in where that is none; raises BindingError."""
        values = dict(beside()) if self.needs_beside else {}
        if isinstance(content, dict):
            values.update(content)
            if (sole := self.sole) is not None and sole.name not in content and self._takes_all_of(content):
                values[sole.name] = content
        elif self.sole is not None:
            values[self.sole.name] = self._whole(self.sole, content, body)
        elif content is MISSING or content is not None:
            self._refuse_nameless(body if content is MISSING else content, values)
        return self.plan.bind(values, text=False)

    def _takes_all_of(self, content: dict[Any, Any]) -> bool:
        assert self.sole is not None
        if not content and not self.sole.required:
            return False
        return self.sole.type is Any or any(map(is_object, members(self.sole.type)))

    def _whole(self, sole: Parameter, content: object, body: object) -> object:
        """A body that is no object, for the only parameter."""
        only = bare(sole.only)[0]
        if body is not MISSING and only in (str, bytes):
            return _as(sole, only, body)
        if content is MISSING:
            raise BindingError(sole.name, body, f"{sole.expected}, written as JSON")
        return content

    def _refuse_nameless(self, body: object, values: Mapping[str, object]) -> None:
        missing = [each.name for each in self.plan.parameters if each.required and each.name not in values]
        if missing:
            raise BindingError("body", body, f"a JSON object with {', '.join(missing)}")


def _handed(what: str, surface: str, event: Any, context: Any) -> Any:
    if what == CONTEXT:
        return context
    kind = event_class(surface)
    if what == RECORD:
        return cast("type[Batch]", kind).record(event, context)
    return event if what == UNTYPED and kind is LambdaFunctionEvent else kind(event, context)


def _as(sole: Parameter, kind: type, body: Any) -> object:
    if isinstance(body, kind):
        return body
    try:
        return body.encode() if kind is bytes else body.decode()
    except UnicodeError:
        raise BindingError(sole.name, body, "text as UTF-8") from None


def _raw(action: Action, parameter: Parameter, surface: str) -> str | None:
    """What a parameter gets as it is: by its type, or, where it has none, by its name, as Chalice's functions have it."""
    if not is_given(parameter.type):
        untyped = parameter.type is Any and parameter.name in ("event", "context", "auth_request")
        return (CONTEXT if parameter.name == "context" else UNTYPED) if untyped else None
    wanted = [bare(member)[0] for member in members(parameter.type)]
    event = event_class(surface)
    if LambdaContext in wanted:
        return CONTEXT
    if event in wanted:
        return WHOLE
    if issubclass(event, Batch) and event.record in wanted:
        return RECORD
    if parameter.required:
        raise UsageError(
            f"@app.{surface} on {action.name}(): its parameter {parameter.name!r} takes {wanted[0].__name__}, and such an event is "
            f"of the class {event.__name__}. Write `{parameter.name}: events.{event.__name__}`."
        )
    return None


def _refuse_unfillable(action: Action, parameters: tuple[Parameter, ...], surface: str) -> None:
    """Refuse a parameter without a default that such an event never fills."""
    fills = FILLS.get(surface)
    for parameter in parameters if fills is not None else ():
        if parameter.required and parameter.name not in fills:  # type: ignore[operator]
            raise UsageError(
                f"@app.{surface} on {action.name}(): nothing fills its parameter {parameter.name!r}. Such an event has "
                f"{', '.join(fills)}; name it so, or give it a default."  # type: ignore[arg-type]
            )
