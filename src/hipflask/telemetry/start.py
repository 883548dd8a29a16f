"""Telemetry in a program's life: it begins with the program, if somebody wants it, and ends with the process.

What is not wanted is not even imported: a program asks here whenever it starts, also for one command.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..core.errors import MissingPart, UsageError

if TYPE_CHECKING:
    from .logs import Logs
    from .otlp import Exporter

ENDPOINTS = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)
CONFIGURED = "OTLP_ENDPOINT"
LOG_FORMAT = "LOG_FORMAT"

_LOG = logging.getLogger("hipflask.telemetry")
_lock = Lock()
_exporter: Exporter | None = None
_logs: Logs | None = None


def start(service: str, config: Mapping[str, Any]) -> None:
    """Send what the program tells to the collector that its configuration or the environment names; once for each process.

    Raises UsageError or MissingPart where the program itself asks for what cannot be. What the environment asks for is
    somebody else's wish, for which no program fails to start: a warning says why nothing is sent.
    """
    if config.get(LOG_FORMAT) or os.environ.get(LOG_FORMAT):
        _start_logs(service, config)
    if not config.get(CONFIGURED) and not any(os.environ.get(name) for name in ENDPOINTS):
        return
    with _lock:
        if _exporter is None:
            try:
                _start(service, config)
            except (UsageError, MissingPart) as error:
                if config.get(CONFIGURED):
                    raise
                _LOG.warning("No telemetry is sent. %s", error)


def flush(seconds: float) -> None:
    """Send what there is, where something is sent at all; waits no longer than this."""
    if _exporter is not None:
        _exporter.flush(seconds)


def stop() -> None:
    """Send the rest, and nothing any more."""
    global _exporter, _logs
    with _lock:
        if _exporter is not None:
            _exporter.close()
            _exporter = None
        if _logs is not None:
            _logs.end()
            _logs = None


def _start_logs(service: str, config: Mapping[str, Any]) -> None:
    global _logs
    from . import logs

    with _lock:
        if _logs is None and logs.are_wanted(config, os.environ):
            _logs = logs.Logs(service=service, values=bool(config.get(logs.VALUES)))
            _logs.begin()


def _start(service: str, config: Mapping[str, Any]) -> None:
    global _exporter
    from .settings import settings_of

    settings = settings_of(config, os.environ)
    if settings is None:
        return
    _refuse_without_opentelemetry()
    from .otlp import Exporter

    _exporter = Exporter(settings, service)


def _refuse_without_opentelemetry() -> None:
    from importlib.util import find_spec

    try:
        is_there = find_spec("opentelemetry.exporter.otlp.proto.common") and find_spec(
            "opentelemetry.sdk.trace"
        )
    except ModuleNotFoundError:
        is_there = None
    if not is_there:
        raise MissingPart(
            "Sending to a collector needs OpenTelemetry's SDK, which is not installed: pip install hipflask[telemetry]"
        )
