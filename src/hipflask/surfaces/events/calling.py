"""One event in, and what Lambda wants back: the way of every event to the functions that it is for.

    answer ─→ what is it, and who listens?          sources.py, listeners.py
           ─→ middlewares around                    around.py
           ─→ once, or record by record             batches.py
              ─→ bound, in a unit of work           binding.py, contents.py

It is the same on Lambda and off it: what calls functions locally speaks Amazon's shapes too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ...core.errors import BindingError, EventError
from ...core.results import to_builtins
from .around import wrapped
from .authorizing import AuthRequest, AuthResponse, answered
from .batches import Clock, failures, identifiers_of, time_left
from .binding import event_class
from .contents import CONTENTS, Content, identify, is_wanted
from .listeners import Listener, Listeners
from .records import Batch
from .sources import as_notification, is_test, source_of

_LOG = logging.getLogger("hipflask.events")
_KEPT = "hipflask_events"
_ONE_BY_ONE = ("on_sqs_message", "on_kinesis_record", "on_dynamodb_record")
_TOGETHER = ("on_s3_event", "on_sns_message")


def answer(app: Any, event: Any, context: Any = None, *, name: str | None = None) -> Any:
    """Call the functions that an event is for, and return what Lambda wants returned.

    `name` is that of a function, whose event it then is; without it, whoever listens to where the event comes from is called. For
    records of queues and streams that is `{"batchItemFailures": [...]}`, for a function that was called by name its result.
    Raises EventError if nobody listens, or it is no event at all, and what a function raises where nothing else tells of it.
    """
    app.actions.start("the events")
    found = _listening(app, event, name)
    if is_test(event) and all(listener.door.surface != "lambda_function" for listener, _ in found):
        return None
    if len(found) == 1:
        ((listener, form),) = found
        return _served(app, listener, form, context)
    return _merged([_outcome(app, listener, form, context) for listener, form in found])


def _listening(app: Any, event: Any, name: str | None) -> list[tuple[Listener, Any]]:
    listeners = _listeners(app)
    forms = [(source_of(event), event)]
    if (notification := as_notification(event)) is not None:
        forms.insert(0, (source_of(notification), notification))
    if is_test(event):
        forms.append((source_of({"Records": [{"eventSource": "aws:s3"}]}), event))
    found = [(each, form) for source, form in forms for each in listeners.find(name, source, form)]
    return found or [(listeners.plain(name, forms[-1][0]), event)]


def _listeners(app: Any) -> Listeners:
    kept = app.extensions.get(_KEPT)
    if kept is None:
        kept = app.extensions[_KEPT] = Listeners(app.actions)
    return kept  # type: ignore[no-any-return]


def _outcome(app: Any, listener: Listener, event: Any, context: Any) -> Any:
    """What one of several has made of an event: an exception, where it raised one, so that the others have their turn."""
    try:
        return _served(app, listener, event, context)
    except Exception as error:
        return error


def _merged(outcomes: Sequence[Any]) -> Any:
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    failed = [
        item for outcome in outcomes if isinstance(outcome, dict) for item in outcome["batchItemFailures"]
    ]
    reported = list({item["itemIdentifier"]: item for item in failed}.values())
    return {"batchItemFailures": reported} if any(isinstance(each, dict) for each in outcomes) else None


# ── one function ──────────────────────────────────────────────────────────────────────────────────


def _served(app: Any, listener: Listener, event: Any, context: Any) -> Any:
    if not listener.middlewares:
        return _serve(app, listener, event, context)
    around = wrapped(listener.middlewares, lambda seen: _serve(app, listener, seen.to_dict(), context))
    return around(event_class(listener.door.surface)(event, context))


def _serve(app: Any, listener: Listener, event: Any, context: Any) -> Any:
    surface = listener.door.surface
    if surface == "authorizer":
        return _authorized(app, listener, event, context)
    if listener.taking.is_whole:
        return _whole(app, listener, event, context)
    if surface in _ONE_BY_ONE:
        return _batch(app, listener, event, context)
    if surface in _TOGETHER:
        return _each(app, listener, event, context)
    result = _once(app, listener, CONTENTS[surface], event, context)
    return to_builtins(result) if surface == "lambda_function" else None


def _whole(app: Any, listener: Listener, event: Any, context: Any) -> Any:
    """One call with the event as it is."""
    surface = listener.door.surface
    if issubclass(event_class(surface), Batch):
        _records(event)
    result = _call(app, listener, listener.taking.given(surface, event, context), {})
    if surface in _ONE_BY_ONE:
        return (
            result
            if isinstance(result, dict) and "batchItemFailures" in result
            else {"batchItemFailures": []}
        )
    return to_builtins(result) if surface == "lambda_function" else None


def _once(app: Any, listener: Listener, content: Content, record: Any, context: Any) -> Any:
    taking = listener.taking
    values = content(taking, record)
    return _call(app, listener, taking.given(listener.door.surface, record, context), values)


def _call(app: Any, listener: Listener, given: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    with app.app_context(), app.actions.unit_of_work():
        return listener.action.call({**values, **given})


def _authorized(app: Any, listener: Listener, event: Any, context: Any) -> Any:
    request = AuthRequest(event, context)
    result = answered(_once(app, listener, CONTENTS["authorizer"], event, context), listener.action.name)
    return result.to_dict(request) if isinstance(result, AuthResponse) else result


# ── records ───────────────────────────────────────────────────────────────────────────────────────


def _batch(app: Any, listener: Listener, event: Any, context: Any) -> dict[str, Any]:
    """Records of a queue or stream: those that failed are reported, and come again."""
    surface = listener.door.surface
    records = _records(event)
    names = identifiers_of(records, identify(surface))
    is_ordered = surface != "on_sqs_message" or _is_fifo(records[0])

    def attempt(index: int) -> bool:
        return _try(app, listener, records[index], context, names[index]) is None

    failed, untried = failures(names, attempt, Clock(time_left(context)), is_ordered=is_ordered)
    if untried:
        _LOG.warning(
            "%s: %d of %d records are left for another time.", listener.door.name, untried, len(names)
        )
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def _each(app: Any, listener: Listener, event: Any, context: Any) -> None:
    """Records that cannot be reported by themselves: all are tried, and if one failed, the event as a whole did."""
    clock = Clock(time_left(context))
    errors: list[Exception] = []
    for record in _records(event):
        if not clock.has_time():
            errors.append(
                EventError(f"{listener.door.name} ran out of time; not all records of its event were tried.")
            )
            break
        if not is_wanted(listener.door, record):
            continue
        if (error := _try(app, listener, record, context, _id(listener, record))) is not None:
            errors.append(error)
    if errors:
        raise errors[0]


def _try(app: Any, listener: Listener, record: Any, context: Any, identifier: str) -> Exception | None:
    """Do one record; the exception if that went wrong, logged with the record's name and never with what is in it."""
    name = listener.door.name
    try:
        if not isinstance(record, Mapping):
            raise EventError("A record has to be an object.")
        _once(app, listener, CONTENTS[listener.door.surface], record, context)
    except BindingError as error:
        _LOG.warning(
            "%s: record %s does not fit: %s: expected %s.", name, identifier, error.parameter, error.expected
        )
        return error
    except EventError as error:
        _LOG.warning("%s: record %s is refused: %s", name, identifier, error)
        return error
    except Exception as error:
        _LOG.exception("%s: record %s failed.", name, identifier)
        return error
    return None


def _records(event: Any) -> list[Any]:
    records = event.get("Records") if isinstance(event, Mapping) else None
    if not isinstance(records, list) or not records:
        raise EventError("An event of records has a list of them as 'Records', and this has none.")
    return records


def _is_fifo(record: Any) -> bool:
    arn = record.get("eventSourceARN") if isinstance(record, Mapping) else None
    return isinstance(arn, str) and arn.endswith(".fifo")


def _id(listener: Listener, record: Any) -> str:
    try:
        return str(identify(listener.door.surface)(record))[:1100]
    except (KeyError, TypeError):
        return "without a name"
