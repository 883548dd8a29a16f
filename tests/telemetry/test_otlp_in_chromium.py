"""A press in a real browser is one trace: the event, its handler, what was drawn because of it, and the frame until it was painted."""

from __future__ import annotations

import pytest

from hipflask import Hipflask, ui
from hipflask.core import tracing
from hipflask.telemetry import start
from hipflask.testing import Screen
from telemetry.collector import Collector, attributes


def test_from_the_press_to_the_paint(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the program's configuration says, and nothing else."""

    @app.window("/")
    def counter() -> None:
        clicks = ui.state(0)

        def count() -> None:
            clicks.update(lambda before: before + 1)

        ui.button(f"{clicks.value} clicks", on_click=count)

    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    with Collector() as collector:
        app.config["OTLP_ENDPOINT"] = collector.url
        try:
            with Screen(app) as screen:
                screen.open("/")
                screen.click("0 clicks")
                screen.see("1 clicks")
                event = collector.named("click button")
                collector.wait(
                    lambda _: (
                        {"event", "handler", "draw", "frame"}
                        <= {
                            attributes(span.attributes)["hipflask.kind"]
                            for span in collector.spans
                            if span.trace_id == event.trace_id
                        }
                    )
                )
        finally:
            start.stop()
        assert collector.resource["service.name"] == app.name
        spans = {
            attributes(span.attributes)["hipflask.kind"]: span
            for span in collector.spans
            if span.trace_id == event.trace_id
        }
        assert spans["handler"].parent_span_id == event.span_id
        assert attributes(spans["draw"].attributes)["hipflask.causes"][0].startswith("state ")
        painted = spans["frame"]
        assert painted.end_time_unix_nano > spans["draw"].start_time_unix_nano >= event.start_time_unix_nano
        assert any(span.name == "GET /" for span in collector.spans)
    assert tracing.sinks == ()
