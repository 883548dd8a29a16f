"""What a function takes from events of one kind, looked at once: some of it raw, the rest bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ...core.action import Action
from ...core.errors import UsageError
from ...core.given import given_classes
from ...core.hints import bare
from ...core.signature import Parameter, Plan
from .authorizing import AuthRequest
from .kinds import BESIDES, FILLS, TEXTS
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

WHOLE, RECORD, CONTEXT, UNTYPED = "whole", "record", "context", "untyped"
_CHALICE_NAMES = ("event", "context", "auth_request")  # of parameters without a type, which are raw then

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
    """What a function takes: by name what is handed over as it is, and the plan of the rest, of which `sole` may be a whole body."""

    surface: str
    raw: Mapping[str, str]  # WHOLE, RECORD, CONTEXT or UNTYPED
    plan: Plan
    text: Parameter | None  # the one that takes a body as it is
    sole: Parameter | None
    needs_beside: bool  # whether a parameter is filled by what a record says beside its body

    @classmethod
    def of(cls, action: Action, surface: str) -> Taking:
        """Look at a function; raises UsageError if it wants what such an event never brings."""
        plan = action.plan
        raw = {each.name: what for each in plan.given if (what := _given(action, each, surface))}
        raw |= {each.name: what for each in plan.parameters if (what := _untyped(each))}
        rest = tuple(each for each in plan.parameters if each.name not in raw)
        if issubclass(event_class(surface), Batch) and not {WHOLE, UNTYPED}.isdisjoint(raw.values()):
            _refuse_beside_batch(action, rest, surface)
            return cls(surface, raw, Plan((), Any), None, None, False)
        fills = FILLS.get(surface)
        if fills is not None:
            _refuse_unfillable(action, rest, surface, fills)
            return cls(surface, raw, Plan(rest, Any), None, None, bool(rest))
        text = next((each for each in rest if each.name == TEXTS.get(surface) and _takes_text(each)), None)
        others = [each for each in rest if each.name not in BESIDES[surface] and each is not text]
        sole = others[0] if len(others) == 1 else None
        needs_beside = any(each.name in BESIDES[surface] for each in rest)
        return cls(surface, raw, Plan(rest, Any), text, sole, needs_beside)

    @property
    def is_whole(self) -> bool:
        """Whether the function is called once for an event, with all its records."""
        return not {WHOLE, UNTYPED}.isdisjoint(self.raw.values())

    def given(self, event: Any, context: Any) -> dict[str, Any]:
        """What is handed over as it is: an event, a record of one, or the context."""
        return {name: self._handed(what, event, context) for name, what in self.raw.items()}

    def _handed(self, what: str, event: Any, context: Any) -> Any:
        if what == CONTEXT:
            return context
        kind = event_class(self.surface)
        if what == RECORD:
            return cast("type[Batch]", kind).record(event, context)
        return event if what == UNTYPED and kind is LambdaFunctionEvent else kind(event, context)


def _takes_text(parameter: Parameter) -> bool:
    """Whether it is to have a body as it is; one of any other type has what the body says."""
    return parameter.type is Any or bare(parameter.only)[0] in (str, bytes)


def _untyped(parameter: Parameter) -> str | None:
    """What a parameter without a type gets as it is, by its name, as Chalice's functions have it."""
    if parameter.type is not Any or parameter.name not in _CHALICE_NAMES:
        return None
    return CONTEXT if parameter.name == "context" else UNTYPED


def _given(action: Action, parameter: Parameter, surface: str) -> str | None:
    """What a parameter gets as it is, by its type; nothing, if such an event has none and it has a default."""
    wanted = given_classes(parameter.type)
    event = event_class(surface)
    if LambdaContext in wanted:
        return CONTEXT
    if event in wanted:
        return WHOLE
    if issubclass(event, Batch) and event.record in wanted:
        return RECORD
    if parameter.required:
        raise UsageError(
            f"@app.{surface} on {action.name}(): its parameter {parameter.name!r} takes {wanted[0].__name__}, and such an event "
            f"is of the class {event.__name__}. Write `{parameter.name}: events.{event.__name__}`."
        )
    return None


def _refuse_beside_batch(action: Action, parameters: tuple[Parameter, ...], surface: str) -> None:
    for parameter in parameters:
        if parameter.required:
            raise UsageError(
                f"@app.{surface} on {action.name}(): it takes the whole batch, of which no single record could fill its parameter "
                f"{parameter.name!r}. Take events.{cast('type[Batch]', event_class(surface)).record.__name__} for one at a time."
            )


def _refuse_unfillable(
    action: Action, parameters: tuple[Parameter, ...], surface: str, fills: tuple[str, ...]
) -> None:
    for parameter in parameters:
        if parameter.required and parameter.name not in fills:
            raise UsageError(
                f"@app.{surface} on {action.name}(): nothing fills its parameter {parameter.name!r}. Such an event has "
                f"{', '.join(fills)}; name it so, or give it a default."
            )
