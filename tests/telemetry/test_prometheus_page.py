"""The page for Prometheus, read by Prometheus's own parsers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open_metrics
from prometheus_client.parser import text_string_to_metric_families as parse

from hipflask.core import tracing
from hipflask.telemetry import figures
from hipflask.telemetry.bounds import SECONDS
from hipflask.telemetry.prometheus import MOST_SAMPLES, Page

CANARY = "hunter2"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setattr(tracing, "gauges", {})
    yield Page(figures.follow())
    figures.leave()


def read(page: Page) -> dict[str, Any]:
    """The families on it by their names."""
    text, media_type = page.text()
    assert media_type.startswith("text/plain; version=")
    return {family.name: family for family in parse(text.decode())}


def value(family: Any, name: str, /, **labels: str) -> float:
    (found,) = [
        sample.value
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return float(found)


def test_spans(page: Page) -> None:
    """A histogram of how long, a counter of errors by type, counters of what it was about."""
    with tracing.span("frame", "frame", facts={"bytes": 300, "patches": 4}):
        pass
    with pytest.raises(ValueError, match=CANARY), tracing.span("handler", "save"):
        raise ValueError(CANARY)
    families = read(page)
    lengths = families["hipflask_duration_seconds"]
    assert (lengths.type, lengths.documentation) == ("histogram", "How long it took, by what it was.")
    assert value(lengths, "hipflask_duration_seconds_count", kind="handler", name="save") == 1
    assert value(lengths, "hipflask_duration_seconds_bucket", kind="frame", name="frame", le="+Inf") == 1
    assert (
        value(lengths, "hipflask_duration_seconds_bucket", kind="frame", name="frame", le=str(SECONDS[-1]))
        == 1
    )
    assert 0 < value(lengths, "hipflask_duration_seconds_sum", kind="frame", name="frame") < 1
    assert families["hipflask_errors"].type == "counter"
    assert value(families["hipflask_errors"], "hipflask_errors_total", type="ValueError", name="save") == 1
    assert value(families["hipflask_bytes"], "hipflask_bytes_total", kind="frame") == 300
    assert value(families["hipflask_patches"], "hipflask_patches_total", kind="frame") == 4
    assert CANARY not in page.text()[0].decode()


def test_gauges(page: Page) -> None:
    """Each has the first line of its docstring as help, or its name in words; its labels; and its value of this moment."""

    def lag() -> list[tuple[Mapping[str, str], float]]:
        """How far it is behind.

        And more that nobody reads there.
        """
        return [({"store": 'of "ann"\\\n'}, 1.5), ({"store": "b"}, 2.0)]

    tracing.gauges |= {"hipflask_lag_seconds": lag, "hipflask_live_queries": lambda: [({}, 3.0)]}
    families = read(page)
    assert (families["hipflask_lag_seconds"].type, families["hipflask_lag_seconds"].documentation) == (
        "gauge",
        "How far it is behind.",
    )
    assert value(families["hipflask_lag_seconds"], "hipflask_lag_seconds", store='of "ann"\\\n') == 1.5
    assert families["hipflask_live_queries"].documentation == "Live queries."
    assert value(families["hipflask_info"], "hipflask_info") == 1


def test_what_only_grows_is_a_counter(page: Page) -> None:
    tracing.gauges["hipflask_frames_total"] = lambda: [({}, 3.0)]
    frames = read(page)["hipflask_frames"]
    assert (frames.type, value(frames, "hipflask_frames_total")) == ("counter", 3.0)


def test_a_gauge_that_fails(page: Page) -> None:
    """It is left out, and all others are there; so is one whose name Prometheus would not take."""

    def gone() -> list[tuple[Mapping[str, str], float]]:
        raise OSError("the database is gone")

    tracing.gauges |= {
        "hipflask_gone": gone,
        "no name": lambda: [({}, 1.0)],
        "hipflask_words": lambda: [({}, "many")],  # type: ignore[dict-item, list-item]
        "hipflask_there": lambda: [({}, 1.0)],
    }
    families = read(page)
    assert "hipflask_there" in families
    assert "hipflask_gone" not in families


def test_a_gauge_without_end(page: Page) -> None:
    """A page has an end, whatever a gauge gives."""

    def many() -> Iterator[tuple[Mapping[str, str], float]]:
        number = 0
        while True:
            number += 1
            yield {"at": str(number)}, 1.0

    tracing.gauges["hipflask_many"] = many
    assert len(read(page)["hipflask_many"].samples) == MOST_SAMPLES


def test_as_open_metrics(page: Page) -> None:
    """The newer form, for who asks for it, is read by its own, stricter parser."""
    with tracing.span("handler", "save"):
        pass
    tracing.gauges["hipflask_sessions"] = lambda: [({}, 1.0)]
    text, media_type = page.text("application/openmetrics-text; version=1.0.0")
    assert media_type.startswith("application/openmetrics-text")
    families = {family.name: family for family in parse_open_metrics(text.decode())}
    assert {"hipflask_duration_seconds", "hipflask_errors", "hipflask_sessions"} <= families.keys()
