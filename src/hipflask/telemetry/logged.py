"""What a line of the log says of a record or of a span: names and places of the code, and values only for who wants them.

logging.warning("Out of stock: %s", item)        "Out of stock: %s"
logging.warning(f"Out of stock: {item}")         nothing: nobody can tell what of it is the code's
"""

from __future__ import annotations

import logging
import math
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import msgspec

from ..core import lines, tracing
from ..core.tracing import Span

LONGEST = 2000  # characters of one text
MOST_ITEMS = 50
MOST_PLACES = 30  # of a traceback: those nearest to the error
DEEPEST = 4
_MOST_BITS = 512  # of a number; Python itself refuses to write out those of thousands of digits

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

Told = dict[str, Any]


def of_record(record: logging.LogRecord, *, values: bool) -> Told:
    """What is said of a record; to be asked where it was logged, in the same thread."""
    told: Told = {
        "timestamp": _moment(record.created),
        "level": record.levelname,
        "logger": record.name,
        "message": _message(record) if values else template(record),
        "place": lines.at(record.pathname, record.lineno),
    }
    within = tracing.current()
    if within is not None:
        told |= {"within": f"{within.kind} {within.name}", "session": within.session, **_ids(within)}
    if record.exc_info and record.exc_info[1] is not None:
        told |= _failure(record.exc_info[1], values=values)
    if values:  # by names that are not ours
        told |= {name: value for name, value in vars(record).items() if name not in _OWN | told.keys()}
    return told


def of_span(span: Span, level: int) -> Told:
    """What is said of a span that is over."""
    told: Told = {
        "timestamp": _moment(span.began / 1e9 + span.seconds),
        "level": logging.getLevelName(level),
        "logger": "hipflask.trace",
        "message": f"{span.kind} {span.name}",
        "seconds": round(span.seconds, 6),
        "session": span.session,
        "facts": dict(span.facts),
        **_ids(span),
    }
    if span.parent is not None:
        told["parent_id"] = f"{span.parent.span:016x}"
    if span.error is not None:
        told |= _failure(span.error, values=False)
    return told


def template(record: logging.LogRecord) -> str:
    """A record's message as it stands in the code that has logged it; "" if it does not stand there."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_lineno == record.lineno and frame.f_code.co_filename == record.pathname:
            is_there = isinstance(record.msg, str) and record.msg in frame.f_code.co_consts
            return record.msg if is_there else ""
        frame = frame.f_back
    return ""  # it was logged in another thread, or by nobody


def line(told: Mapping[str, Any]) -> str:
    """It as a line, without what is empty, whatever it holds."""
    plain = {_name(name): _plain(value) for name, value in told.items()}
    kept = {name: value for name, value in plain.items() if value not in ("", None, {}, [])}
    return msgspec.json.encode(kept).decode()


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # too few arguments, or one whose class cannot say what it is
        return template(record)


def _failure(error: BaseException, *, values: bool) -> Told:
    stack = traceback.extract_tb(error.__traceback__, limit=-MOST_PLACES)
    told: Told = {
        "error": type(error).__qualname__,
        "stack": [f"{lines.at(each.filename, each.lineno or 0)} {each.name}" for each in stack],
    }
    return told | {"error_message": _words(error)} if values else told


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as failure:  # the app's own class
        return f"<its __str__ raised {type(failure).__name__}>"


def _ids(span: Span) -> Told:
    return {"trace_id": f"{span.origin.trace:032x}", "span_id": f"{span.origin.span:016x}"}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _plain(value: Any, depth: int = 0) -> Any:
    """What JSON has for it: nothing too long, too deep or too strange, of which the class is told instead."""
    if isinstance(value, str):
        return value[:LONGEST].encode(errors="replace").decode()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value.bit_length() < 64:
            return value
        return str(value) if value.bit_length() <= _MOST_BITS else type(value).__name__
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth < DEEPEST and isinstance(value, Mapping):
        some = list(value.items())[:MOST_ITEMS]
        return {_name(name): _plain(each, depth + 1) for name, each in some}
    if depth < DEEPEST and isinstance(value, list | tuple):
        return [_plain(each, depth + 1) for each in value[:MOST_ITEMS]]
    return type(value).__name__


def _name(name: object) -> str:
    return str(_plain(name, DEEPEST))
