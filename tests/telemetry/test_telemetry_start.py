"""Telemetry in a program's life: off unless somebody wants it, begun with whatever the program does first, ended with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask
from hipflask.core import tracing
from hipflask.core.errors import MissingPart, UsageError
from hipflask.telemetry import start
from hipflask.telemetry.settings import LONGEST_MESSAGE, settings_of
from telemetry.collector import Collector

PROGRAM = """
from hipflask import Hipflask

app = Hipflask("park")

@app.command("on")
@app.api("/on/<base>")
def on(base: str) -> str:
    return f"Who is on {base}."
"""

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture(autouse=True)
def _stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(ENDPOINT, raising=False)
    yield
    start.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(PROGRAM)
    return tmp_path


def ran(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hipflask.cli", *words],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_command_tells_of_itself(folder: Path) -> None:
    """It takes a moment, and is told all the same."""
    with Collector() as collector:
        done = ran(folder, "on", "first", **{ENDPOINT: collector.url})
        assert done.stdout == "Who is on first.\n"
        assert collector.named("command on")
        assert collector.resource["service.name"] == "park"


def test_nothing_is_imported_where_nobody_wants_it(folder: Path) -> None:
    """Neither OpenTelemetry nor what sends; and there is nobody who is told."""
    code = (
        "import sys, app; app.app.test_client().get('/on/first'); from hipflask.core import tracing;"
        "print(tracing.sinks, [n for n in sys.modules if n.startswith(('opentelemetry', 'hipflask.telemetry.'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "() ['hipflask.telemetry.start']"


@pytest.mark.parametrize(
    "off", [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"}]
)
def test_the_person_at_the_computer_can_switch_it_off(
    app: Hipflask, off: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the program says."""
    for name, value in off.items():
        monkeypatch.setenv(name, value)
    app.config["OTLP_ENDPOINT"] = "http://127.0.0.1:9"
    app.test_client().get("/")
    assert tracing.sinks == ()


@pytest.mark.parametrize("endpoint", ["127.0.0.1:4318", "ftp://x", "http://", "http://x y"])
def test_an_endpoint_that_is_none(
    app: Hipflask, endpoint: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program's own is refused with what to write; the environment's stops nobody's program."""
    app.config["OTLP_ENDPOINT"] = endpoint
    with pytest.raises(UsageError, match="such as http://"):
        start.start("park", app.config)
    monkeypatch.setenv(ENDPOINT, endpoint)
    start.start("park", {})
    assert "such as http://127.0.0.1:4318" in caplog.text


@pytest.mark.parametrize("number", ["inf", "nan", "1e400", "-1e300", "many"])
def test_numbers_that_are_none(number: str) -> None:
    """Somebody else's environment keeps no program from starting, and nobody waits for ever."""
    names = (
        "BSP_MAX_QUEUE_SIZE",
        "BSP_MAX_EXPORT_BATCH_SIZE",
        "BSP_SCHEDULE_DELAY",
        "METRIC_EXPORT_INTERVAL",
    )
    environment = {f"OTEL_{name}": number for name in (*names, "EXPORTER_OTLP_TIMEOUT")}
    found = settings_of({}, {ENDPOINT: "http://127.0.0.1:9", **environment})
    assert found == settings_of({}, {ENDPOINT: "http://127.0.0.1:9"})


def test_a_message_has_its_end() -> None:
    """Also where somebody has thought of milliseconds."""
    found = settings_of({}, {ENDPOINT: "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_TIMEOUT": "10000"})
    assert found is not None
    assert found.traces is not None
    assert found.traces.seconds == LONGEST_MESSAGE


def test_grpc_is_refused_with_what_to_set(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    app.config["OTLP_ENDPOINT"] = "http://127.0.0.1:4317"
    with pytest.raises(UsageError, match="4318"):
        start.start("park", app.config)


def test_a_missing_part_is_named(
    app: Hipflask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With what installs it; a program that has only met with a variable goes on without."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    app.config["OTLP_ENDPOINT"] = "http://127.0.0.1:9"
    with pytest.raises(MissingPart, match=r"pip install hipflask\[telemetry\]"):
        start.start("park", app.config)
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    start.start("park", {})
    assert "pip install hipflask[telemetry]" in caplog.text
    assert tracing.sinks == ()


def test_lambda_sends_before_it_stands_still(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each event, not whenever the next one comes."""
    from hipflask.surfaces.aws.answering import handler

    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {},
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.9"}, "domainName": "x.example"},
        "isBase64Encoded": False,
    }
    with Collector() as collector:
        monkeypatch.setenv(ENDPOINT, collector.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "3600000")
        answer = handler(app)
        for times in (1, 2):
            answer(event, None)
            assert len([span for span in collector.spans if span.name == "GET (none)"]) == times
