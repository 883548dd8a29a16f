"""How one function is called for its events: put together once, so that an event finds nothing left to look up.

once       schedules, EventBridge, calls by name     the function, and perhaps its result
whole      who takes a raw batch                     the function, with all records
batch      queues and streams                        record by record; {"batchItemFailures": [...]}
each       buckets and topics                        record by record; if one failed, the event did
question   authorizers                               a policy
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ...core import tracing
from ...core.action import Door
from ...core.errors import BindingError, EventError
from ...core.results import to_builtins
from .around import wrapped
from .authorizing import AuthRequest, AuthResponse, answered, with_token
from .batches import deadline_of, failed
from .contents import binder
from .identifiers import identifier_of, wanted_by
from .listeners import Listener
from .records import Batch, NobodysRecord
from .surroundings import Serve, Surround
from .taking import event_class
from .told import told

_Do = Callable[[Any, Any], Any]  # a record and the context, to what the function returns

REPORTED = ("on_sqs_message", "on_kinesis_record", "on_dynamodb_record")  # record by record
_TOGETHER = ("on_s3_event", "on_sns_message")
_LOG = logging.getLogger("hipflask.events")


def server(app: Any, listener: Listener, surround: Surround) -> Serve:
    """What serves the events of one function."""
    serve = _bare(app, listener)
    return surround(_through_middlewares(listener, serve) if listener.middlewares else serve)


def _through_middlewares(listener: Listener, serve: Serve) -> Serve:
    kind = event_class(listener.door.surface)

    def around(event: Any, context: Any) -> Any:
        asked = wrapped(listener.middlewares, lambda seen: serve(seen.to_dict(), context))
        return asked(kind(event, context))

    return around


def _bare(app: Any, listener: Listener) -> Serve:
    surface = listener.door.surface
    do = _doing(app, listener)
    if surface == "authorizer":
        return _question(listener, do)
    if listener.taking.is_whole:
        return _whole(surface, do)
    if surface in REPORTED:
        return _batch(listener, do)
    if surface in _TOGETHER:
        return _each(listener, do)
    return _once(listener, do)


def _doing(app: Any, listener: Listener) -> _Do:
    bind = binder(listener.taking)
    call = listener.action.call
    unit_of_work, name = app.actions.unit_of_work, listener.door.name

    def do(record: Any, context: Any) -> Any:
        values = bind(record, context)
        with unit_of_work():
            try:
                return call(values)
            except SystemExit:  # it would end the process, and all that waits in it
                raise EventError(f"{name} has called sys.exit, which ends no program here.") from None

    def seen(record: Any, context: Any) -> Any:
        if not tracing.sinks:
            return do(record, context)
        with told(listener, record):
            return do(record, context)

    return seen


# ── once ──────────────────────────────────────────────────────────────────────────────────────────


def _once(listener: Listener, do: _Do) -> Serve:
    is_answered = listener.door.surface == "lambda_function"

    def once(event: Any, context: Any) -> Any:
        try:
            result = do(event, context)
        except BindingError as error:
            raise _misfit(listener, "what it was called with", error) from None
        return to_builtins(result) if is_answered else None

    return once


def _misfit(listener: Listener, what: str, error: BindingError) -> EventError:
    """What does not bind, without what came: Lambda writes whatever is raised into the log."""
    return EventError(
        f"{listener.door.name}: {what} does not fit: {error.parameter}: expected {error.expected}."
    )


def _whole(surface: str, do: _Do) -> Serve:
    is_batch = issubclass(event_class(surface), Batch)

    def whole(event: Any, context: Any) -> Any:
        if is_batch:
            _records(event)
        result = do(event, context)
        if surface in REPORTED:
            return (
                result
                if isinstance(result, dict) and "batchItemFailures" in result
                else {"batchItemFailures": []}
            )
        return to_builtins(result) if surface == "lambda_function" else None

    return whole


def _question(listener: Listener, do: _Do) -> Serve:
    header = listener.door.options["header"].lower()

    def question(event: Any, context: Any) -> dict[str, Any]:
        event = with_token(event, header)
        request = AuthRequest(event, context)
        try:
            result = answered(do(event, context), listener.action.name)
        except BindingError as error:
            raise _misfit(listener, "the question", error) from None
        return result.to_dict(request) if isinstance(result, AuthResponse) else result

    return question


# ── record by record ──────────────────────────────────────────────────────────────────────────────


def _batch(listener: Listener, do: _Do) -> Serve:
    """Records of a queue or stream: those that failed are reported, and come again."""
    name, surface, tell = listener.door.name, listener.door.surface, _teller(listener)
    is_ordered = surface != "on_sqs_message" or _is_fifo(listener.door)

    def report(again: list[Any]) -> dict[str, Any]:
        return {"batchItemFailures": [{"itemIdentifier": _reported(surface, record)} for record in again]}

    def batch(event: Any, context: Any) -> dict[str, Any]:
        records = _records(event)
        if len(records) == 1:  # which needs no clock, and no order
            try:
                do(records[0], context)
            except Exception as error:
                if tell(records[0], error):
                    return report(records)
            return {"batchItemFailures": []}
        again, untried = failed(records, context, do, tell, deadline_of(context), is_ordered=is_ordered)
        if untried:
            _LOG.warning("%s: %d of %d records are left for another time.", name, untried, len(records))
        return report(again)

    return batch


def _each(listener: Listener, do: _Do) -> Serve:
    """Records that cannot be reported by themselves: all are tried, and if one failed, the event as a whole did."""
    name, surface = listener.door.name, listener.door.surface
    is_wanted, tell = wanted_by(listener.door), _teller(listener)

    def one(record: Any, context: Any) -> None:
        try:
            if is_wanted(record):
                do(record, context)
        except NobodysRecord:
            pass
        except BindingError as error:
            raise _misfit(listener, f"record {identifier_of(surface, record)}", error) from None

    def each(event: Any, context: Any) -> None:
        records = _records(event)
        if len(records) == 1:  # as nearly always; Lambda itself tells of what it raises
            one(records[0], context)
            return
        errors: list[Exception] = []

        def keep(record: Any, error: Exception) -> bool:
            errors.append(error)
            return tell(record, error)

        _, untried = failed(records, context, one, keep, deadline_of(context), is_ordered=False)
        if errors:
            raise errors[0]
        if untried:
            raise EventError(f"{name} ran out of time, and {untried} records of its event were not tried.")

    return each


def _teller(listener: Listener) -> Callable[[Any, Exception], bool]:
    """What logs that a record has failed, by its name and never with what is in it, and says whether it has."""
    name, surface = listener.door.name, listener.door.surface

    def tell(record: Any, error: Exception) -> bool:
        if isinstance(error, NobodysRecord):
            return False
        called = identifier_of(surface, record)
        if isinstance(error, BindingError):
            _LOG.warning(
                "%s: record %s does not fit: %s: expected %s.", name, called, error.parameter, error.expected
            )
        elif isinstance(error, EventError):
            _LOG.warning("%s: record %s is refused. %s", name, called, error)
        else:
            _LOG.error("%s: record %s failed.", name, called, exc_info=error)
        return True

    return tell


def _reported(surface: str, record: Any) -> str:
    """The name of a record that failed; without one the batch as a whole has to come again."""
    name = identifier_of(surface, record)
    if name is None:
        raise EventError(
            "A record that failed has no name by which it could be reported, so all of its batch comes again."
        )
    return name


def _records(event: Any) -> list[Any]:
    records = event.get("Records") if isinstance(event, dict) else None
    if not isinstance(records, list) or not records:
        raise EventError("An event of records has a list of them as 'Records', and this has none.")
    return records


def _is_fifo(door: Door) -> bool:
    return str(door.options["queue_arn"] or door.options["queue"]).endswith(".fifo")
