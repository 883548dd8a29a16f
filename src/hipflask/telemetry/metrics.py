"""Figures as OpenTelemetry has them: durations by what was done, errors, amounts, and what `tracing.gauges` says at the moment.

("request", "GET /on/<base>")   → http.server.request.duration {http.request.method: GET, http.route: /on/<base>}
("statement", "SELECT player")  → db.client.operation.duration {…}
("handler", "save")             → hipflask.duration {hipflask.kind: handler, hipflask.name: save}
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from ..core import tracing
from . import conventions
from .bounds import SECONDS
from .figures import AMOUNTS, Figure

MOST_SAMPLES = 200  # of one gauge

_NAMES = {
    "request": "http.server.request.duration",
    "statement": "db.client.operation.duration",
    "message": "messaging.process.duration",
}
_OURS = "hipflask.duration"
_UNITS = {"bytes": "By", "changes": "{change}", "patches": "{patch}", "rows": "{row}"}

Key = tuple[str, str]


class Metrics:
    """What is counted, as one message after the other."""

    def __init__(
        self,
        resource: Resource,
        scope: InstrumentationScope,
        snapshot: Callable[[], list[Figure]],
        temporality: str,
    ) -> None:
        self._resource = resource
        self._scope = scope
        self._snapshot = snapshot
        self._is_delta = temporality in ("delta", "lowmemory")
        self._began = self._at = time.time_ns()
        self._last: dict[Key, Figure] = {}
        self._told: dict[Key, Figure] = {}

    def message(self) -> bytes:
        """All figures as they are now: from the beginning, or from what was `taken` last, as the collector wishes."""
        self._at = time.time_ns()
        self._told = {(figure.kind, figure.name): figure for figure in self._snapshot()}
        figures = [_since(figure, self._last.get(key)) for key, figure in self._told.items()]
        scoped = ScopeMetrics(
            self._scope, [*self._durations(figures), *self._sums(figures), *self._gauges()], ""
        )
        data = MetricsData([ResourceMetrics(self._resource, [scoped], "")])
        return bytes(encode_metrics(data).SerializeToString())

    def taken(self) -> None:
        """The last message has arrived: what it said is not said again, where only news is wanted."""
        if self._is_delta:
            self._last, self._began = self._told, self._at

    @property
    def _temporality(self) -> AggregationTemporality:
        return AggregationTemporality.DELTA if self._is_delta else AggregationTemporality.CUMULATIVE

    def _durations(self, figures: list[Figure]) -> Iterator[Metric]:
        for name in (*_NAMES.values(), _OURS):
            points = [self._duration(figure) for figure in figures if _NAMES.get(figure.kind, _OURS) == name]
            if points:
                yield Metric(name, "How long it took.", "s", Histogram(points, self._temporality))

    def _duration(self, figure: Figure) -> HistogramDataPoint:
        attributes = (
            conventions.of_name(figure.kind, figure.name)
            if figure.kind in _NAMES
            else conventions.of_key(figure)
        )
        return HistogramDataPoint(
            attributes, self._began, self._at, figure.count, figure.seconds, figure.buckets, SECONDS,
            min=None, max=None,  # type: ignore[arg-type]
        )  # fmt: skip

    def _sums(self, figures: list[Figure]) -> Iterator[Metric]:
        errors = [
            self._number({**conventions.of_key(figure), "error.type": kind}, count)
            for figure in figures
            for kind, count in figure.errors.items()
        ]
        if errors:
            yield self._sum("hipflask.errors", "How often it ended by an error.", "{error}", errors)
        for amount in AMOUNTS:
            points = [
                self._number(conventions.of_key(figure), figure.amounts[amount])
                for figure in figures
                if amount in figure.amounts
            ]
            if points:
                yield self._sum(
                    f"hipflask.{amount}", f"How many {amount} it was about.", _UNITS[amount], points
                )

    def _sum(self, name: str, words: str, unit: str, points: list[NumberDataPoint]) -> Metric:
        return Metric(name, words, unit, Sum(points, self._temporality, is_monotonic=True))

    def _gauges(self) -> Iterator[Metric]:
        for name, gauge in sorted(tracing.gauges.items()):
            points = self._asked(gauge)
            if points:
                yield Metric(name.replace("_", ".", 1), "", "", Gauge(points))

    def _asked(self, gauge: tracing.Gauge) -> list[NumberDataPoint]:
        """What a gauge says; nothing where it cannot be asked just now, which is no reason to say nothing of the others."""
        try:
            return [
                self._number({key: text[: conventions.LONGEST] for key, text in labels.items()}, float(value))
                for labels, value in islice(gauge(), MOST_SAMPLES)
            ]
        except Exception:
            return []

    def _number(self, attributes: conventions.Attributes, value: float) -> NumberDataPoint:
        return NumberDataPoint(attributes, self._began, self._at, value)


def _since(figure: Figure, before: Figure | None) -> Figure:
    if before is None:
        return figure
    return Figure(
        figure.kind,
        figure.name,
        figure.count - before.count,
        figure.seconds - before.seconds,
        [now - then for now, then in zip(figure.buckets, before.buckets, strict=True)],
        figure.errors - before.errors,
        figure.amounts - before.amounts,
    )
