"""Where a program's telemetry goes, and how: OpenTelemetry's own variables, and what the app's configuration says.

    OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318        traces to …/v1/traces, figures to …/v1/metrics
    app.config["OTLP_ENDPOINT"] = "http://collector:4318"    the same, by the program

Nothing goes anywhere unless one of them is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from ..core.errors import UsageError

ENDPOINT = "OTLP_ENDPOINT"  # in the app's configuration
HEADERS = "OTLP_HEADERS"
EXPORTER = "OTEL_EXPORTER_OTLP_"
PROTOCOL = "http/protobuf"
LARGEST_NUMBER = 1e9
LONGEST_MESSAGE = (
    600.0  # seconds; other programs take the same variable for milliseconds, and 10000 is found there
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where one kind of record goes."""

    url: str = field(repr=False)  # may have a password in it
    headers: Mapping[str, str] = field(repr=False)
    seconds: float  # the longest that one message may take
    gzip: bool
    certificate: str | None  # of who signs the collector's
    client_certificate: str | None
    client_key: str | None

    @property
    def place(self) -> str:
        """What may be said of it in a log: neither path nor password."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


@dataclass(frozen=True, slots=True)
class Settings:
    """What is sent, in which pieces, and how often; without a target, that kind of record is not sent."""

    traces: Target | None
    metrics: Target | None
    most_waiting: int = 2048  # spans; beyond that the oldest are dropped
    most_at_once: int = 512
    seconds_between: float = 5.0
    seconds_between_figures: float = 60.0
    temporality: str = "cumulative"  # or "delta", "lowmemory": what the collector wants figures counted from


def settings_of(config: Mapping[str, Any], environment: Mapping[str, str]) -> Settings | None:
    """Where records go; None if nobody wants them. Raises UsageError for what cannot be meant."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    traces = _target("traces", config, environment)
    metrics = _target("metrics", config, environment)
    if traces is None and metrics is None:
        return None
    waiting = max(int(_number(environment, "OTEL_BSP_MAX_QUEUE_SIZE", 2048)), 1)
    return Settings(
        traces,
        metrics,
        waiting,
        min(max(int(_number(environment, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512)), 1), waiting),
        max(_number(environment, "OTEL_BSP_SCHEDULE_DELAY", 5000) / 1000, 0.01),
        max(_number(environment, "OTEL_METRIC_EXPORT_INTERVAL", 60_000) / 1000, 0.1),
        environment.get(EXPORTER + "METRICS_TEMPORALITY_PREFERENCE", "cumulative").strip().lower(),
    )


def _target(signal: str, config: Mapping[str, Any], environment: Mapping[str, str]) -> Target | None:
    exporter = environment.get(f"OTEL_{signal.upper()}_EXPORTER", "otlp")
    url = _url(signal, config, environment)
    if url is None or "otlp" not in exporter.split(","):
        return None
    _refuse_other_protocols(_said("PROTOCOL", signal, environment))
    return Target(
        url,
        {**_headers(_said("HEADERS", signal, environment) or ""), **dict(config.get(HEADERS) or {})},
        min(max(_number({"": _said("TIMEOUT", signal, environment) or "10"}, "", 10), 0.1), LONGEST_MESSAGE),
        (_said("COMPRESSION", signal, environment) or "").strip().lower() == "gzip",
        _said("CERTIFICATE", signal, environment),
        _said("CLIENT_CERTIFICATE", signal, environment),
        _said("CLIENT_KEY", signal, environment),
    )


def _url(signal: str, config: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    own = environment.get(f"{EXPORTER}{signal.upper()}_ENDPOINT")
    # The person at the computer may send elsewhere what the program would send to its maker.
    base = environment.get(EXPORTER + "ENDPOINT") or config.get(ENDPOINT)
    url = own or (f"{str(base).rstrip('/')}/v1/{signal}" if base else None)
    if url is not None:
        _refuse_odd(url)
    return url


def _refuse_odd(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_meant = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_meant = False
    if not is_meant or not url.isprintable() or " " in url:
        raise UsageError(
            "The endpoint for telemetry is no address that could be spoken to by HTTP. Write one such as http://127.0.0.1:4318, "
            f"in {EXPORTER}ENDPOINT or app.config[{ENDPOINT!r}]."  # it is not repeated here: it may have a password in it
        )


def _refuse_other_protocols(protocol: str | None) -> None:
    if protocol is not None and protocol.strip() != PROTOCOL:
        raise UsageError(
            f"{EXPORTER}PROTOCOL says {protocol!r}, and Hipflask speaks {PROTOCOL}: set that, and the collector's port for HTTP, "
            "which is 4318 where nobody has changed it."
        )


def _said(what: str, signal: str, environment: Mapping[str, str]) -> str | None:
    return environment.get(f"{EXPORTER}{signal.upper()}_{what}") or environment.get(EXPORTER + what) or None


def _headers(line: str) -> dict[str, str]:
    """`api-key=secret,x-team=blue`, as the specification has it."""
    pairs = (pair.partition("=") for pair in line.split(",") if "=" in pair)
    return {unquote(name).strip(): unquote(value).strip() for name, _, value in pairs}


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    try:
        found = float(environment.get(name) or default)
    except ValueError:
        return default
    return found if abs(found) <= LARGEST_NUMBER else default  # which "inf" and "nan" are not
