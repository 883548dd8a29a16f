"""What a program counts and can be asked at any time, in Prometheus's own words.

    hipflask_duration_seconds_bucket{kind="handler",name="save",le="0.1"} 17.0      each span, by kind and name
    hipflask_errors_total{kind="handler",name="save",type="ValueError"} 2.0
    hipflask_bytes_total{kind="frame",name="frame"} 10240.0                         also changes, patches, rows
    hipflask_sessions 3.0                                                           tracing.gauges

Names and labels come from the code, never from what people type; there is no room for more than a thousand names.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterator
from importlib.metadata import version
from itertools import accumulate, islice

from ..core import tracing
from ..core.errors import MissingPart
from .bounds import SECONDS
from .figures import AMOUNTS, LONGEST, Figure, Figures

try:
    from prometheus_client import CollectorRegistry, ProcessCollector
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
    from prometheus_client.exposition import choose_encoder
    from prometheus_client.metrics_core import Metric
except ImportError as error:
    raise MissingPart(
        "Figures for Prometheus are written by its own library, which is not installed: pip install hipflask[telemetry]"
    ) from error

MOST_SAMPLES = 200  # of one gauge
_BY = ("kind", "name")
_BOUNDS = (*map(str, SECONDS), "+Inf")

log = logging.getLogger("hipflask.telemetry")


class Page:
    """The page of one process."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(
            registry=self._registry
        )  # memory, processor, open files: as every such page has them

    def text(self, accept: str = "") -> tuple[bytes, str]:
        """The page as it is now, and its media type: the one that is asked for, if that is a newer form."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type

    def collect(self) -> Iterator[Metric]:
        """All of it, as the library wants it."""
        yield _about()
        yield from _counted(self._figures.snapshot())
        for name, gauge in sorted(tracing.gauges.items()):
            if (metric := _asked(name, gauge)) is not None:
                yield metric

    def describe(self) -> list[Metric]:
        """Nothing beforehand: which gauges there are is known when they are asked."""
        return []


def _about() -> Metric:
    about = GaugeMetricFamily("hipflask_info", "What runs here.", labels=("version", "python"))
    about.add_metric((version("hipflask"), platform.python_version()), 1.0)
    return about


def _counted(figures: list[Figure]) -> Iterator[Metric]:
    lengths = HistogramMetricFamily(
        "hipflask_duration_seconds", "How long it took, by what it was.", labels=_BY
    )
    errors = CounterMetricFamily("hipflask_errors", "How often it ended by an error.", labels=(*_BY, "type"))
    amounts = {
        name: CounterMetricFamily(f"hipflask_{name}", f"How many {name} it was about.", labels=_BY)
        for name in AMOUNTS
    }
    for figure in figures:
        labels = (figure.kind, figure.name)
        up_to = zip(_BOUNDS, map(float, accumulate(figure.buckets)), strict=True)
        lengths.add_metric(labels, list(up_to), figure.seconds)
        for kind, count in figure.errors.items():
            errors.add_metric((*labels, kind), count)
        for name, amount in figure.amounts.items():
            amounts[name].add_metric(labels, amount)
    yield from (lengths, errors, *amounts.values())


def _asked(name: str, gauge: tracing.Gauge) -> Metric | None:
    """What a gauge says; None where it cannot be asked just now, which is no reason to say nothing of the others."""
    try:
        # What only ever grows is a counter by its name; the page puts the ending back.
        kind = "counter" if name.endswith("_total") else "gauge"
        metric = Metric(name.removesuffix("_total"), _help(name, gauge), kind)
        for labels, value in islice(gauge(), MOST_SAMPLES):
            metric.add_sample(name, {key: text[:LONGEST] for key, text in labels.items()}, float(value))
    except Exception as error:
        log.debug("%s could not be asked: %s", name, type(error).__name__)
        return None
    return metric if metric.samples else None


def _help(name: str, gauge: tracing.Gauge) -> str:
    written = (gauge.__doc__ or "").strip().partition("\n")[0]
    return written or name.removeprefix("hipflask_").replace("_", " ").capitalize() + "."
