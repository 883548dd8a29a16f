"""Figures come to a collector: how long, how often, how many errors, and what can be asked at the moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from hipflask.core import tracing
from hipflask.telemetry.otlp import Exporter
from hipflask.telemetry.settings import settings_of
from telemetry.collector import Collector, attributes


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


def started(collector: Collector, **environment: str) -> Exporter:
    quick = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_METRIC_EXPORT_INTERVAL": "100"}
    settings = settings_of({}, quick | environment)
    assert settings is not None
    return Exporter(settings, "shop")


def act(times: int = 1) -> None:
    for _ in range(times):
        with tracing.span("request", "GET /on/<base>"), tracing.span("handler", "save", facts={"rows": 3}):
            pass


def test_durations_are_histograms(collector: Collector) -> None:
    """By route where the conventions have a word for it, else by kind and name; and they add up."""
    exporter = started(collector)
    act(3)
    exporter.close()
    figures = collector.figures()
    request = figures["http.server.request.duration"].histogram.data_points[0]
    assert attributes(request.attributes) == {"http.request.method": "GET", "http.route": "/on/<base>"}
    assert (request.count, sum(request.bucket_counts)) == (3, 3)
    assert len(request.bucket_counts) == len(request.explicit_bounds) + 1
    handler = figures["hipflask.duration"].histogram.data_points[0]
    assert attributes(handler.attributes) == {"hipflask.kind": "handler", "hipflask.name": "save"}
    rows = figures["hipflask.rows"].sum
    assert (rows.data_points[0].as_int, rows.is_monotonic) == (9, True)


def test_errors_are_counted_by_type(collector: Collector) -> None:
    """What they say is not told."""
    exporter = started(collector)
    with pytest.raises(KeyError), tracing.span("handler", "save"):
        raise KeyError("lou@example.com")
    exporter.close()
    point = collector.figures()["hipflask.errors"].sum.data_points[0]
    assert attributes(point.attributes)["error.type"] == "KeyError"
    assert point.as_int == 1
    assert not any(b"lou@" in body for body in collector.bodies)


def test_gauges_are_asked_each_time(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that raises is left out, and the others are told."""
    levels = iter(range(1, 1000))
    monkeypatch.setitem(tracing.gauges, "hipflask_test_level", lambda: [({"of": "x"}, next(levels))])
    monkeypatch.setitem(tracing.gauges, "hipflask_test_broken", lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    exporter = started(collector)
    collector.wait(lambda _: len(collector.metrics) >= 3)
    exporter.close()
    figures = collector.figures()
    point = figures["hipflask.test_level"].gauge.data_points[0]
    assert point.as_double >= 3
    assert attributes(point.attributes) == {"of": "x"}
    assert "hipflask.test_broken" not in figures
    assert figures["hipflask.telemetry_dropped"].gauge.data_points[0].as_double == 0


def test_news_alone_for_who_wants_it_so(collector: Collector) -> None:
    """Each thing is counted in one message: the first that arrives."""
    collector.status = 503
    exporter = started(collector, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE="delta")
    act(3)
    collector.wait(lambda _: collector.paths)
    collector.status = 200
    collector.wait(lambda _: collector.metrics)
    act(2)
    exporter.close()
    sums = [
        metric.histogram
        for message in collector.metrics
        for metric in message.resource_metrics[0].scope_metrics[0].metrics
        if metric.name == "hipflask.duration"
    ]
    assert {each.aggregation_temporality for each in sums} == {
        AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    }
    assert sum(each.data_points[0].count for each in sums) == 5


def test_either_can_go_without_the_other(collector: Collector) -> None:
    """`OTEL_TRACES_EXPORTER=none` sends figures alone, and costs no queue of spans."""
    exporter = started(collector, OTEL_TRACES_EXPORTER="none")
    act()
    assert exporter not in tracing.sinks
    exporter.close()
    assert set(collector.paths) == {"/v1/metrics"}
    del collector.paths[:]
    exporter = started(collector, OTEL_METRICS_EXPORTER="none")
    act()
    exporter.close()
    assert set(collector.paths) == {"/v1/traces"}
    assert tracing.sinks == ()
