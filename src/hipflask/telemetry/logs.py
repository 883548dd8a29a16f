"""Logs for programs to read: each line a JSON object with the trace that it belongs to, and no value that anybody typed.

    app.config["LOG_FORMAT"] = "json"       or LOG_FORMAT=json in the environment

    {"timestamp": "2026-11-23T09:00:00.123Z", "level": "WARNING", "logger": "shop", "message": "Out of stock: %s",
     "place": "shop/orders.py:12", "within": "request POST /orders", "trace_id": "4bf9…", "span_id": "00f0…"}

Whatever is logged is written so, and a line for each request, handler, command, message and their kin, with how long it took. Values
stay out of it: a message is told as it stands in the code, before anything is put into it; of an error, its class and where it came
through. `LOG_VALUES = True` is for who wants them in.

Trace and span are called what OpenTelemetry calls them in logs of other formats, so that a collector finds them.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from ..core import tracing
from ..core.errors import UsageError
from ..core.tracing import Note, Span
from . import logged

CONFIG = "LOG_FORMAT"
VALUES = "LOG_VALUES"

# What somebody or something has asked for; all else is within one of these.
TOLD = frozenset(
    {"request", "command", "intent", "tool", "resource", "prompt", "message", "schedule", "handler", "task"}
)
SLOW_SECONDS = 1.0  # what else takes longer is worth a line
_WAITING = frozenset({"event", "frame", "reset"})  # for a person, or a screen


def are_wanted(config: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Whether a program's configuration asks for them, or else the environment; raises UsageError for a format that is none."""
    chosen = config.get(CONFIG)
    if chosen not in (None, "json", "text"):
        raise UsageError(
            f"app.config['{CONFIG}'] is {chosen!r}. Write 'json', or 'text', as it is without it."
        )
    return (chosen or environ.get(CONFIG)) == "json"  # other programs give that variable other meanings


class Lines(logging.Formatter):
    """Writes a record as a line of JSON, with `values` also what is in it."""

    def __init__(self, service: str = "", *, values: bool = False) -> None:
        super().__init__()
        self._service = service
        self._values = values

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        span = getattr(record, "hipflask_span", None)
        if isinstance(span, Span):
            told = logged.of_span(span, record.levelno)
        else:
            told = logged.of_record(record, values=self._values)
        return logged.line({**told, "service": self._service})


class Logs:
    """Everything that is logged, as lines of JSON in one place; and a `Sink`, which adds what was asked of the program."""

    def __init__(self, stream: TextIO | None = None, service: str = "", *, values: bool = False) -> None:
        self._handler = logging.StreamHandler(stream or sys.stderr)
        self._handler.setFormatter(Lines(service, values=values))
        self._replaced: list[tuple[logging.Logger, logging.Handler]] = []

    def begin(self) -> None:
        """Write, in the place of those who write to a terminal."""
        for logger in _loggers():
            for handler in tuple(logger.handlers):
                if type(handler) is logging.StreamHandler:  # files, and what others have made, stay
                    self._replaced.append((logger, handler))
                    logger.removeHandler(handler)
                    if not logger.propagate:
                        logger.addHandler(self._handler)
        logging.getLogger().addHandler(self._handler)
        tracing.add(self)

    def end(self) -> None:
        """Leave everything as it was."""
        tracing.remove(self)
        logging.getLogger().removeHandler(self._handler)
        for logger, handler in self._replaced:
            logger.removeHandler(self._handler)
            logger.addHandler(handler)
        self._replaced.clear()

    def began(self, span: Span) -> None:
        """Nothing yet."""

    def ended(self, span: Span) -> None:
        """A line, if it was asked for, or has taken long."""
        if span.kind in TOLD or (span.seconds > SLOW_SECONDS and span.kind not in _WAITING):
            level = logging.INFO if span.error is None else logging.ERROR
            record = logging.LogRecord("hipflask.trace", level, "", 0, span.name, None, None)
            record.hipflask_span = span
            self._handler.handle(record)

    def noted(self, note: Note) -> None:
        """Nothing: what is worth a line takes time, or is logged."""


def _loggers() -> Iterator[logging.Logger]:
    yield logging.getLogger()
    known = tuple(logging.Logger.manager.loggerDict.values())
    yield from (logger for logger in known if isinstance(logger, logging.Logger))
